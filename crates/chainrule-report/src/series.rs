//! The input of a chart: named slices of numbers.

use crate::{Error, scale::is_drawable};

/// The words around a chart. Empty ones are left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Labels<'a> {
    /// What the chart shows; stands above it.
    pub title: &'a str,
    /// The name of the horizontal axis, with its unit.
    pub x: &'a str,
    /// The name of the vertical axis, with its unit.
    pub y: &'a str,
}

/// Pairs (x, y) under one name, which the legend shows. `x[i]` belongs to `y[i]`.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// The name in the legend; an empty one has no entry there.
    pub name: &'a str,
    /// The horizontal values.
    pub x: &'a [f64],
    /// The vertical values, as many as there are in `x`.
    pub y: &'a [f64],
}

impl<'a> Series<'a> {
    /// The pairs (x, y) under `name`.
    pub fn new(name: &'a str, x: &'a [f64], y: &'a [f64]) -> Self {
        Self { name, x, y }
    }

    /// The pairs that can be drawn, in the order given.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + Clone + '_ {
        let pairs = self.x.iter().copied().zip(self.y.iter().copied());
        pairs.filter(|&(x, y)| is_drawable(x) && is_drawable(y))
    }

    /// Fails when x and y differ in length, or when no pair can be drawn.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.x.len() != self.y.len() {
            return Err(Error::Length {
                what: format!("the y values of \"{}\", one for each x", self.name),
                expected: self.x.len(),
                found: self.y.len(),
            });
        }
        match self.pairs().next() {
            Some(_) => Ok(()),
            None => Err(Error::Empty { what: format!("\"{}\"", self.name) }),
        }
    }
}
