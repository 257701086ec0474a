//! A drawing before it is drawn: layers in the unit square, axes, words.
//!
//! All coordinates are finite and lie between 0 and 1; y grows upwards.

use crate::{Series, ink::Ink, scale::Scale, thin};

/// A place in the unit square.
pub(crate) type Point = (f64, f64);

/// What paper and terminal draw.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    /// Whether the plot is as high as it is wide (on paper).
    pub(crate) square: bool,
    /// The first lies undermost.
    pub(crate) layers: Vec<Layer>,
}

#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub(crate) name: String,
    pub(crate) scale: Scale,
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
}

impl Figure {
    /// All words of the figure, as they are drawn; the numbers on the axes are not among them.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let names = [&self.title, &self.x.name, &self.y.name];
        names.into_iter().chain(self.layers.iter().map(|layer| &layer.name)).map(String::as_str)
    }

    /// The layers of the legend.
    pub(crate) fn legend(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().filter(|layer| !layer.name.is_empty())
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
