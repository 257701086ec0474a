//! Where a quantity stands in a trace: its names in the page, and its neighbours.

use super::{
    formula::{indexed, symbol},
    math::derivative,
};
use chainrule::trace::{LayerTrace, ParameterTrace, Quantity, StepTrace};

/// A layer in its step.
pub(super) struct Place<'a> {
    pub(super) step: &'a StepTrace,
    pub(super) layer: &'a LayerTrace,
    /// The place among the layers, from 0.
    pub(super) index: usize,
    /// The number that stands above the letters, from 1.
    pub(super) number: usize,
}

/// The quantity that another one is the same as.
pub(super) struct Source {
    pub(super) symbol: String,
    pub(super) name: String,
}

impl<'a> Place<'a> {
    pub(super) fn of(step: &'a StepTrace, index: usize) -> Self {
        Self { step, layer: &step.layers[index], index, number: index + 1 }
    }

    pub(super) fn get(&self, symbol: &str) -> Option<&'a Quantity> {
        self.layer.get(symbol)
    }

    pub(super) fn parameter(&self, symbol: &str) -> Option<&'a ParameterTrace> {
        self.layer.parameter(symbol)
    }

    /// The name of the table of a quantity. Tables of x are those of what it is the same as.
    pub(super) fn name(&self, symbol: &str) -> String {
        if symbol == "x"
            && let Some(source) = self.get("x").and_then(|x| self.source(x))
        {
            return source.name;
        }
        name(self.step.number, self.index, symbol)
    }

    /// The letter of an entry, whose row and column are counted from 0. Where there is one row, it has no number.
    pub(super) fn entry(&self, symbol: &str, i: usize, j: usize) -> String {
        indexed(symbol, self.number, &self.indices(symbol, i, j))
    }

    /// The letter of ∂L by an entry of a parameter.
    pub(super) fn gradient_entry(&self, symbol: &str, i: usize, j: usize) -> String {
        indexed(&format!("d{symbol}"), self.number, &self.indices(symbol, i, j))
    }

    fn indices(&self, symbol: &str, i: usize, j: usize) -> String {
        let is_one_row = self.step.x.shape.first() == Some(&1);
        match symbol {
            "b" => format!("<mn>{}</mn>", j + 1),
            "W" => format!("<mn>{}</mn><mo>,</mo><mn>{}</mn>", i + 1, j + 1),
            _ if is_one_row => format!("<mn>{}</mn>", j + 1),
            _ => format!("<mn>{}</mn><mo>,</mo><mn>{}</mn>", i + 1, j + 1),
        }
    }

    /// Of x: the output before; of dy: what comes back from after. It has the same numbers, to the last bit.
    pub(super) fn source(&self, quantity: &Quantity) -> Option<Source> {
        let step = self.step;
        let is_same =
            |other: &Quantity| other.shape == quantity.shape && other.values == quantity.values;
        let of_layer = |index: usize, symbols: &[&str]| {
            let layer = &step.layers[index];
            let found =
                symbols.iter().find_map(|symbol| layer.get(symbol).filter(|one| is_same(one)))?;
            let symbol = symbol(&found.symbol, index + 1);
            Some(Source { symbol, name: name(step.number, index, &found.symbol) })
        };
        if quantity.symbol == "x" {
            let before = (0..self.index).rev().find_map(|index| of_layer(index, &["a", "y"]));
            let first =
                || Source { symbol: "<mi>x</mi>".to_owned(), name: global(step.number, "x") };
            return before.or_else(|| is_same(&step.x).then(first));
        }
        let after = (self.index + 1..step.layers.len()).find_map(|index| of_layer(index, &["dx"]));
        let around = || (0..self.index).rev().find_map(|index| of_layer(index, &["dy"]));
        let last = || Source { symbol: derivative("<mi>y</mi>"), name: global(step.number, "dy") };
        let is_last = is_same(&step.loss.gradient);
        if is_last { Some(last()) } else { after.or_else(around) }
    }
}

/// The name of the table of a quantity of a layer.
pub(super) fn name(step: u64, layer: usize, symbol: &str) -> String {
    format!("s{step}-{layer}-{symbol}")
}

/// The same of a quantity of the whole step.
pub(super) fn global(step: u64, symbol: &str) -> String {
    format!("s{step}-{symbol}")
}
