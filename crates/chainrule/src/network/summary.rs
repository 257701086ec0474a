use super::Network;
use crate::{Real, layer::count};
use std::fmt;

/// What a network consists of: one row for each layer. Displays as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The layers, first to last.
    pub layers: Vec<LayerSummary>,
    /// The number of trained parameters.
    pub parameters: usize,
    /// The precision, `f32` or `f64`.
    pub precision: &'static str,
    /// Bytes of the parameters and statistics.
    pub bytes: usize,
}

/// One layer of a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// Its name with its number among the layers of that name, such as `dense_1`.
    pub name: String,
    /// The columns of its outputs.
    pub outputs: usize,
    /// Its settings.
    pub settings: String,
    /// The number of its parameters.
    pub parameters: usize,
}

impl Summary {
    pub(super) fn new<T: Real>(network: &Network<T>) -> Self {
        let mut layers: Vec<LayerSummary> = Vec::new();
        for layer in network.layer().layers() {
            let kind = layer.name() + "_";
            let number = 1 + layers.iter().filter(|other| other.name.starts_with(&kind)).count();
            layers.push(LayerSummary {
                name: format!("{kind}{number}"),
                outputs: layer.outputs(),
                settings: layer.describe(),
                parameters: count(&layer.blocks()),
            });
        }
        let numbers = network.parameters().len() + network.statistics().len();
        Self {
            layers,
            parameters: network.parameters().len(),
            precision: T::NAME,
            bytes: numbers * size_of::<T>(),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: &dyn Fn(&LayerSummary) -> usize| self.layers.iter().map(text).max();
        let name = width(&|layer| layer.name.len()).unwrap_or(0).max(5);
        let settings = width(&|layer| layer.settings.len()).unwrap_or(0).max(8);
        writeln!(
            f,
            "{:name$}  {:>7}  {:settings$}  {:>10}",
            "Layer", "Outputs", "Settings", "Parameters"
        )?;
        for layer in &self.layers {
            let LayerSummary { name: n, outputs, settings: s, parameters } = layer;
            writeln!(f, "{n:name$}  {outputs:>7}  {s:settings$}  {parameters:>10}")?;
        }
        write!(f, "Total parameters {}, {} bytes ({})", self.parameters, self.bytes, self.precision)
    }
}
