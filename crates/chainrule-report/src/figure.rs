//! A drawing before it is drawn: layers in the unit square, axes, words.
//!
//! All coordinates are finite and lie between 0 and 1; y grows upwards.

mod data;

pub(crate) use data::{Data, Matrix};

use crate::scale::{Scale, Tick};
use crate::{Series, ink::Ink, thin};

/// A place in the unit square.
pub(crate) type Point = (f64, f64);

/// What paper and terminal draw.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// How high the plot is (on paper).
    pub(crate) proportion: Proportion,
    /// Whether there are lines and marks along the plot.
    pub(crate) axes: bool,
    /// The first lies undermost.
    pub(crate) layers: Vec<Layer>,
    /// Numbers that belong to the figure and that no layer holds: series, x and y in words.
    pub(crate) notes: Vec<[String; 3]>,
}

/// The height of a plot in relation to its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proportion {
    /// Lower than wide.
    Wide,
    /// As high as wide.
    Square,
    /// So many rows of equal height, each with room for one line of words.
    Rows(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub(crate) name: String,
    pub(crate) scale: Scale,
    /// Categories, which stand in place of numbers; none on an axis of numbers.
    pub(crate) categories: Vec<Tick>,
}

impl Axis {
    /// At most `most` marks at round values, or the categories.
    pub(crate) fn ticks(&self, most: usize) -> Vec<Tick> {
        if self.categories.is_empty() { self.scale.ticks(most) } else { self.categories.clone() }
    }

    /// The most marks up to `most` whose labels, `fits` says, do not run into each other.
    pub(crate) fn ticks_that(&self, most: usize, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
        if self.categories.is_empty() {
            return self.scale.ticks_that(most, fits);
        }
        let every = |n| self.categories.iter().step_by(n).cloned().collect::<Vec<_>>();
        (1..=self.categories.len()).map(every).find(|ticks| fits(ticks)).unwrap_or_default()
    }

    /// The middles of `names.len()` equal parts of an axis, from its beginning.
    pub(crate) fn parts<S: Into<String>>(names: impl ExactSizeIterator<Item = S>) -> Vec<Tick> {
        let n = names.len() as f64;
        let tick = |(i, name): (usize, S)| Tick { at: (i as f64 + 0.5) / n, label: name.into() };
        names.enumerate().map(tick).collect()
    }
}

/// One shape in one colour; a named one stands in the legend.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) ink: Ink,
    pub(crate) shape: Shape,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// A curve, in several pieces where values are missing.
    Curve { pieces: Vec<Vec<Point>>, style: Style },
    /// Samples.
    Points { points: Vec<Point>, mark: Mark },
    /// The background, row by row from the lowest, each from left to right.
    Cells { columns: usize, cells: Vec<Option<Cell>> },
    /// One place that is pointed out.
    Ring { at: Point },
    /// Rectangles, each from its left lower to its right upper corner.
    Bars { bars: Vec<(Point, Point)> },
    /// Straight lines from end to end, across or upright, with a small stroke at both ends if
    /// `capped`.
    Ranges { ranges: Vec<(Point, Point)>, capped: bool },
    /// The area between two curves: (x, lower y, upper y), in several pieces.
    Band { pieces: Vec<Vec<(f64, f64, f64)>> },
    /// Shaded cells with words, row by row from the lowest, each from left to right.
    Tiles { columns: usize, tiles: Vec<Tile> },
    /// Straight lines from a unit to another, with their strength from 0 to 1.
    Links { links: Vec<(Point, Point, f64)> },
    /// Words at places.
    Words { words: Vec<Word> },
}

/// A cell with words in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tile {
    /// How strongly it is shaded, from 0 to 1.
    pub(crate) share: f64,
    pub(crate) words: String,
    /// A second line, which is left out where there is no room.
    pub(crate) below: String,
}

/// A word at a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    pub(crate) at: Point,
    pub(crate) side: Side,
    pub(crate) text: String,
}

/// Where a word stands in relation to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    On,
    Right,
}

/// The class that is most probable in a cell, and how sure that is, 0 to [`crate::ink::LEVELS`] − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) class: usize,
    pub(crate) level: usize,
}

/// The form of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// What the picture is about.
    Wide,
    /// The same with a dot at each of its points, which are few.
    Marked,
    /// For a curve that may jump up and down.
    Fine,
    /// For what the others are compared with.
    Dashed,
}

/// The form of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// As small as can be: for samples of one kind.
    Dot,
    /// The form of a class: circle, square, triangle, diamond and triangle downwards in turn.
    Class(usize),
    /// A unit of a network: a circle with a hole.
    Unit,
}

impl Figure {
    /// All words of the figure, as they are drawn; the numbers on the axes are not among them.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let names = [&self.title, &self.x.name, &self.y.name];
        let categories = self.x.categories.iter().chain(&self.y.categories);
        let drawn = self.layers.iter().flat_map(|layer| match &layer.shape {
            Shape::Words { words } => words.as_slice(),
            _ => &[],
        });
        let names = names.into_iter().chain(self.layers.iter().map(|layer| &layer.name));
        let names = names.chain(categories.map(|tick| &tick.label));
        names.chain(drawn.map(|word| &word.text)).map(String::as_str)
    }

    /// The layers of the legend.
    pub(crate) fn legend(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().filter(|layer| !layer.name.is_empty())
    }

    /// The same figure with at most so many samples in a layer.
    pub(crate) fn thinned(mut self, most: usize) -> Self {
        for layer in &mut self.layers {
            if let Shape::Points { points, .. } = &mut layer.shape {
                *points = thin::points_to(most, std::mem::take(points));
            }
        }
        self
    }

    /// The samples of a series, thinned.
    pub(crate) fn points(series: &Series<'_>, x: &Scale, y: &Scale) -> Vec<Point> {
        let points = series.pairs().filter_map(|(a, b)| Some((x.place(a)?, y.place(b)?)));
        thin::points(points.collect())
    }

    /// The series as a curve from left to right, interrupted where y cannot be drawn.
    pub(crate) fn curve(series: &Series<'_>, x: &Scale, y: &Scale) -> Vec<Vec<Point>> {
        let places =
            series.x.iter().zip(series.y).filter_map(|(a, b)| Some((x.place(*a)?, y.place(*b))));
        let mut places: Vec<(f64, Option<f64>)> = places.collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let pieces = places.split(|place| place.1.is_none());
        let pieces =
            pieces.map(|piece| piece.iter().filter_map(|(x, y)| Some((*x, (*y)?))).collect());
        pieces.map(thin::curve).filter(|piece| !piece.is_empty()).collect()
    }
}
