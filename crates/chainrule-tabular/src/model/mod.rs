//! Models: a network with everything around it.
//!
//! ```text
//! table ─► columns by name ─► (x − mean)/deviation ─► network ─► · deviation + mean ─► table
//!                                                            └─► sigmoid (probabilities) ─┘
//! ```

mod architecture;
mod error;
mod precision;
mod predict;
mod record;

pub use architecture::{Architecture, ArchitectureError};
pub use error::ModelError;
pub(crate) use precision::with_network;
pub use precision::{AnyNetwork, Precision};
pub use predict::Prediction;
pub use record::Record;

use crate::encode::Number;
use chainrule::{Network, Real, network::Summary};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What the outputs of a network mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// Standardised values of the targets.
    #[default]
    Value,
    /// Logits: the sigmoid makes each the probability that its target is 1.
    Probability,
}

/// What a model consists of; see [`Model::new`].
#[derive(Clone, Debug)]
pub struct Parts {
    /// The columns of the inputs, in the order of the network's inputs, each with its scale.
    pub inputs: Vec<Number>,
    /// The columns of the predictions, in the order of the network's outputs, each with its scale.
    pub targets: Vec<Number>,
    /// What the outputs mean.
    pub output: Output,
    /// The layers of the network.
    pub architecture: Architecture,
    /// The trained network.
    pub network: AnyNetwork,
    /// How it came about.
    pub record: Record,
}

/// A network together with its preprocessing: it predicts tables, and is saved and loaded as one file.
///
/// ```
/// use chainrule_tabular::{Architecture, Model, Number, Output, Parts, Record, Table};
///
/// let architecture = Architecture { hidden: vec![8], activation: "tanh".into(), dropout: 0.0 };
/// let model = Model::new(Parts {
///     inputs: vec![Number::raw("x")],
///     targets: vec![Number::raw("y")],
///     output: Output::Value,
///     network: architecture.build::<f64>(1, 1, 0)?.into(), // and trained
///     architecture,
///     record: Record::default(),
/// })?;
/// let prediction = model.predict(&Table::new(vec![("x".into(), vec![0.5, 1.0])])?)?;
/// assert_eq!(prediction.table.column("y")?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    parts: Parts,
}

impl Model {
    /// Puts a model together, if the parts fit: as many columns as inputs and outputs, each with a name of its
    /// own and a scale, finite parameters, and a network that computes what its architecture says.
    pub fn new(parts: Parts) -> Result<Self, ModelError> {
        with_network!(&parts.network, network => check_network(network, &parts.architecture))?;
        Self::of_built(parts)
    }

    /// The same for a network that was just built by this architecture.
    pub(crate) fn of_built(parts: Parts) -> Result<Self, ModelError> {
        check_columns(&parts)?;
        let (inputs, outputs) = (parts.network.inputs(), parts.network.outputs());
        for (what, expected, found) in
            [("inputs", parts.inputs.len(), inputs), ("outputs", parts.targets.len(), outputs)]
        {
            if expected != found {
                return Err(ModelError::Columns { what, expected, found });
            }
        }
        if !parts.network.is_finite() {
            return Err(ModelError::NotFinite);
        }
        Ok(Self { parts })
    }

    /// The columns that it reads, each with its scale.
    pub fn inputs(&self) -> &[Number] {
        &self.parts.inputs
    }

    /// The columns that it predicts, each with its scale.
    pub fn targets(&self) -> &[Number] {
        &self.parts.targets
    }

    /// What the outputs of the network mean.
    pub fn output(&self) -> Output {
        self.parts.output
    }

    /// The layers of the network.
    pub fn architecture(&self) -> &Architecture {
        &self.parts.architecture
    }

    /// The network itself, between the scales.
    pub fn network(&self) -> &AnyNetwork {
        &self.parts.network
    }

    /// How the model came about.
    pub fn record(&self) -> &Record {
        &self.parts.record
    }

    /// The numbers that it computes with.
    pub fn precision(&self) -> Precision {
        self.parts.network.precision()
    }

    /// The number of trained parameters.
    pub fn parameters(&self) -> usize {
        with_network!(&self.parts.network, network => network.parameters().len())
    }

    /// The layers of the network as a table.
    pub fn summary(&self) -> Summary {
        self.parts.network.summary()
    }

    /// What it consists of, to make another model of it.
    pub fn into_parts(self) -> Parts {
        self.parts
    }
}

/// Every column has a name of its own and a scale.
fn check_columns(parts: &Parts) -> Result<(), ModelError> {
    if parts.inputs.is_empty() || parts.targets.is_empty() {
        return Err(ModelError::NoColumns);
    }
    let mut seen = HashSet::new();
    for number in parts.inputs.iter().chain(&parts.targets) {
        let name = || number.name.clone();
        if number.name.trim().is_empty() {
            return Err(ModelError::EmptyName);
        }
        if !seen.insert(&number.name) {
            return Err(ModelError::RepeatedName { name: name() });
        }
        if !number.is_sound() {
            let (mean, deviation) = (number.mean, number.deviation);
            return Err(ModelError::Scale { name: name(), mean, deviation });
        }
    }
    let raw = |number: &&Number| number.mean == 0.0 && number.deviation == 1.0;
    match parts.targets.iter().find(|target| !raw(target)) {
        Some(target) if parts.output == Output::Probability => {
            Err(ModelError::ScaledProbability { name: target.name.clone() })
        }
        _ => Ok(()),
    }
}

/// The architecture, with the parameters of the network, computes what the network computes.
fn check_network<T: Real>(
    network: &Network<T>,
    architecture: &Architecture,
) -> Result<(), ModelError> {
    let mut again = architecture.build::<T>(network.inputs(), network.outputs(), 0)?;
    if again.blocks() != network.blocks() {
        let what = "its parameters have other names or shapes".to_owned();
        return Err(ModelError::Network { what });
    }
    again.set(network.parameters(), network.statistics())?;
    // Activations have no parameters that could differ, so it takes a look at the outputs.
    let probe = Array2::from_shape_fn((9, network.inputs()), |(i, j)| {
        T::of((i as f64 - 4.0) / 2.0 + (j % 7) as f64 / 10.0)
    });
    let [a, b] = [network.predict(probe.view())?, again.predict(probe.view())?];
    if a.iter().zip(&b).any(|(a, b)| a != b && !(a.is_nan() && b.is_nan())) {
        let what = "it computes other outputs".to_owned();
        return Err(ModelError::Network { what });
    }
    Ok(())
}
