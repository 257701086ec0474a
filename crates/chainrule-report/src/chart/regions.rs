use super::Chart;
use crate::figure::{Cell, Layer, Mark, Proportion, Shape};
use crate::ink::{CLASSES, LEVELS};
use crate::scale::{Scale, is_drawable};
use crate::{Error, Labels, Series, figure::Figure, text};

/// What a classifier says at each place of a rectangle. About 200 cells each way look smooth.
#[derive(Debug, Clone)]
pub struct Grid {
    x: (f64, f64),
    y: (f64, f64),
    columns: usize,
    cells: Vec<Option<Cell>>,
}

/// The samples of a classification: `class[i]` is the number of the class of (`x[i]`, `y[i]`).
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    /// The first input.
    pub x: &'a [f64],
    /// The second input.
    pub y: &'a [f64],
    /// The number of the class, from 0.
    pub class: &'a [usize],
}

impl Grid {
    /// A grid of class numbers `[rows × columns]`, the lowest row first, each from left to right,
    /// over the rectangle `x` (from, to) times `y` (from, to).
    ///
    /// # Errors
    ///
    /// [`Error::Rectangle`], and [`Error::Length`] when `class` is not a number of full rows.
    pub fn of_classes(
        x: (f64, f64),
        y: (f64, f64),
        columns: usize,
        class: &[usize],
    ) -> Result<Self, Error> {
        let cells = class.iter().map(|&class| Some(Cell { class, level: LEVELS - 1 }));
        Self { x, y, columns, cells: cells.collect() }.checked()
    }

    /// A grid of probabilities `[rows × columns × classes]`, the lowest row first, each from left to
    /// right. A cell has the colour of its most probable class, the paler the less sure. A cell with
    /// probabilities that are not finite stays white.
    ///
    /// # Errors
    ///
    /// [`Error::Rectangle`], and [`Error::Length`] when `probability` is not a number of full rows.
    pub fn of_probabilities(
        x: (f64, f64),
        y: (f64, f64),
        columns: usize,
        classes: usize,
        probability: &[f64],
    ) -> Result<Self, Error> {
        if classes == 0 || !probability.len().is_multiple_of(classes) {
            let what = "the probabilities of the last cell, one for each class".into();
            return Err(Error::Length {
                what,
                expected: classes,
                found: probability.len() % classes.max(1),
            });
        }
        let cells = probability.chunks(classes).map(most_probable);
        Self { x, y, columns, cells: cells.collect() }.checked()
    }

    fn checked(self) -> Result<Self, Error> {
        for (axis, (low, high)) in [('x', self.x), ('y', self.y)] {
            if !(is_drawable(low) && is_drawable(high) && low < high) {
                return Err(Error::Rectangle { axis, low, high });
            }
        }
        if self.cells.is_empty() {
            return Err(Error::Empty { what: "the grid".into() });
        }
        if self.columns == 0 || !self.cells.len().is_multiple_of(self.columns) {
            let found = self.cells.len() % self.columns.max(1);
            return Err(Error::Length {
                what: "the cells of the last row of the grid".into(),
                expected: self.columns,
                found,
            });
        }
        Ok(self)
    }
}

/// The most probable class; the level 0 is as sure as guessing, the last is certain.
fn most_probable(probability: &[f64]) -> Option<Cell> {
    if !probability.iter().copied().all(is_drawable) {
        return None;
    }
    let (class, &most) = probability.iter().enumerate().rev().max_by(|a, b| a.1.total_cmp(b.1))?;
    let guess = 1.0 / probability.len() as f64;
    let sure = if guess < 1.0 { (most - guess) / (1.0 - guess) } else { 1.0 };
    Some(Cell { class, level: ((sure * LEVELS as f64) as usize).min(LEVELS - 1) })
}

/// The decision regions of a classifier with two inputs, and the samples over them, each in the
/// colour and the form of its class. `classes` are the names, 1 to 10.
///
/// Samples outside the grid's rectangle are left out.
///
/// # Errors
///
/// [`Error::Classes`], [`Error::UnknownClass`], and [`Error::Length`] when the samples' lists differ
/// in length.
pub fn regions(
    labels: Labels<'_>,
    classes: &[&str],
    grid: &Grid,
    samples: Samples<'_>,
) -> Result<Chart, Error> {
    if classes.is_empty() || classes.len() > CLASSES.len() {
        return Err(Error::Classes { found: classes.len(), most: CLASSES.len() });
    }
    for (what, found) in
        [("the samples' y values", samples.y.len()), ("the samples' classes", samples.class.len())]
    {
        if found != samples.x.len() {
            return Err(Error::Length {
                what: format!("{what}, one for each x"),
                expected: samples.x.len(),
                found,
            });
        }
    }
    let last = classes.len() - 1;
    let known = |what, class| {
        if class > last { Err(Error::UnknownClass { what, class, last }) } else { Ok(()) }
    };
    grid.cells.iter().flatten().try_for_each(|cell| known("the grid", cell.class))?;
    samples.class.iter().try_for_each(|&class| known("the samples", class))?;

    let x = Scale::exact(grid.x.0, grid.x.1);
    let y = Scale::exact(grid.y.0, grid.y.1);
    let cells = Shape::Cells { columns: grid.columns, cells: grid.cells.clone() };
    let mut layers = vec![Layer { name: String::new(), ink: CLASSES[0], shape: cells }];
    for (class, (name, ink)) in classes.iter().zip(CLASSES).enumerate() {
        let of_class =
            samples.class.iter().zip(samples.x.iter().zip(samples.y)).filter(|(c, _)| **c == class);
        let (xs, ys): (Vec<f64>, Vec<f64>) = of_class.map(|(_, pair)| pair).unzip();
        let points = Figure::points(&Series::new(name, &xs, &ys), &x, &y);
        layers.push(Layer {
            name: text::clean(name),
            ink,
            shape: Shape::Points { points, mark: Mark::Class(class) },
        });
    }
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    chart.figure.proportion = Proportion::Square;
    Ok(chart)
}
