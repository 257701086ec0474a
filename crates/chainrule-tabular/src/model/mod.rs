//! Models: networks with everything around them.
//!
//! ```text
//! table ─► columns by name ─► encoder ─┬► network ─┬► mean ─► · deviation + mean ─────► table
//!                                      ├► network ─┤      └─► probabilities, classes ─┘
//!                                      └► …        ┘
//! ```

mod architecture;
mod batch;
mod calibration;
mod error;
mod evaluate;
mod natural;
mod output;
mod precision;
mod predict;
mod predicted;
mod record;

pub use architecture::{Architecture, ArchitectureError};
pub use batch::Batch;
pub use calibration::{Calibration, Errors};
pub use error::ModelError;
pub(crate) use natural::{gaussian_deviation, natural, sorted_quantiles};
pub use output::Output;
pub(crate) use precision::with_network;
pub use precision::{AnyNetwork, Precision};
pub use predict::Prediction;
pub use predicted::Predicted;
pub use record::Record;

use crate::encode::{Encoder, Encoding, Input, Target};
use chainrule::{Network, Real, network::Summary};
use ndarray::Array2;
use std::collections::HashSet;

/// What a model consists of; see [`Model::new`].
#[derive(Clone, Debug)]
pub struct Parts {
    /// The columns that it reads.
    pub inputs: Vec<Input>,
    /// The columns that it predicts.
    pub targets: Vec<Target>,
    /// What the outputs of the networks mean.
    pub output: Output,
    /// The layers of each network.
    pub architecture: Architecture,
    /// The trained networks, all of one precision: at least one.
    pub members: Vec<Member>,
    /// What unseen rows say about the errors.
    pub calibration: Calibration,
    /// How it came about.
    pub record: Record,
}

/// One of the networks of a model.
#[derive(Clone, Debug)]
pub struct Member {
    /// The network.
    pub network: AnyNetwork,
    /// The number of its training, from 0.
    pub training: usize,
}

impl Parts {
    /// Of a single network without calibration.
    pub fn of_network(
        inputs: Vec<Input>,
        targets: Vec<Target>,
        output: Output,
        architecture: Architecture,
        network: impl Into<AnyNetwork>,
    ) -> Self {
        Self {
            inputs,
            targets,
            output,
            architecture,
            members: vec![Member { network: network.into(), training: 0 }],
            calibration: Calibration::default(),
            record: Record::default(),
        }
    }
}

/// Networks together with their preprocessing: they predict tables, and are saved and loaded as one file.
///
/// ```
/// use chainrule_tabular::{Architecture, Input, Model, Output, Parts, Table, Target};
///
/// let architecture = Architecture { hidden: vec![8], activation: "tanh".into(), dropout: 0.0 };
/// let network = architecture.build::<f64>(1, 1, 0)?; // and trained
/// let (inputs, targets) = (vec![Input::raw("x")], vec![Target::raw("y")]);
/// let parts = Parts::of_network(inputs, targets, Output::Value, architecture, network);
/// let model = Model::new(parts)?;
/// let prediction = model.predict(&Table::new(vec![("x".into(), vec![0.5, 1.0])])?)?;
/// assert_eq!(prediction.table.numbers("y")?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    encoder: Encoder,
    parts: Parts,
}

impl Model {
    /// Puts a model together, if the parts fit: as many features and outputs as the columns need, names of their own,
    /// scales, finite parameters, and networks that compute what the architecture says.
    pub fn new(parts: Parts) -> Result<Self, ModelError> {
        let embeddings = Encoder::new(parts.inputs.clone()).embeddings();
        for member in &parts.members {
            with_network!(&member.network, network => {
                check_network(network, &parts.architecture, &embeddings)
            })?;
        }
        Self::of_built(parts)
    }

    /// The same for networks that were just built by this architecture.
    pub(crate) fn of_built(parts: Parts) -> Result<Self, ModelError> {
        check_columns(&parts)?;
        let encoder = Encoder::new(parts.inputs.clone());
        let first = parts.members.first().ok_or(ModelError::NoMembers)?;
        let precision = first.network.precision();
        for Member { network, .. } in &parts.members {
            for (what, expected, found) in [
                ("inputs", encoder.width(), network.inputs()),
                ("outputs", parts.output.width(&parts.targets), network.outputs()),
            ] {
                if expected != found {
                    return Err(ModelError::Columns { what, expected, found });
                }
            }
            if network.precision() != precision {
                return Err(ModelError::Precisions);
            }
            if !network.is_finite() {
                return Err(ModelError::NotFinite);
            }
        }
        if !parts.calibration.is_sound(&parts.output, parts.targets.len()) {
            return Err(ModelError::Calibration);
        }
        Ok(Self { encoder, parts })
    }

    /// The columns that it reads.
    pub fn inputs(&self) -> &[Input] {
        &self.parts.inputs
    }

    /// How they become the features of the networks.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The columns that it predicts.
    pub fn targets(&self) -> &[Target] {
        &self.parts.targets
    }

    /// What the outputs of the networks mean.
    pub fn output(&self) -> &Output {
        &self.parts.output
    }

    /// The layers of each network.
    pub fn architecture(&self) -> &Architecture {
        &self.parts.architecture
    }

    /// The networks: at least one.
    pub fn members(&self) -> &[Member] {
        &self.parts.members
    }

    /// What unseen rows say about the errors.
    pub fn calibration(&self) -> &Calibration {
        &self.parts.calibration
    }

    /// How the model came about.
    pub fn record(&self) -> &Record {
        &self.parts.record
    }

    /// The numbers that it computes with.
    pub fn precision(&self) -> Precision {
        self.parts.members[0].network.precision()
    }

    /// The number of trained parameters of each network.
    pub fn parameters(&self) -> usize {
        with_network!(&self.parts.members[0].network, network => network.parameters().len())
    }

    /// The layers of the first network as a table.
    pub fn summary(&self) -> Summary {
        self.parts.members[0].network.summary()
    }

    /// What it consists of, to make another model of it.
    pub fn into_parts(self) -> Parts {
        self.parts
    }
}

/// Every column has a name of its own and can be encoded.
fn check_columns(parts: &Parts) -> Result<(), ModelError> {
    if parts.inputs.is_empty() || parts.targets.is_empty() {
        return Err(ModelError::NoColumns);
    }
    let mut seen = HashSet::new();
    let names = parts.inputs.iter().map(|input| &input.name);
    for name in names.chain(parts.targets.iter().map(|target| &target.name)) {
        if name.trim().is_empty() {
            return Err(ModelError::EmptyName);
        }
        if !seen.insert(name) {
            return Err(ModelError::RepeatedName { name: name.clone() });
        }
    }
    for Input { name, encoding } in &parts.inputs {
        let is_sound = match encoding {
            Encoding::Number { scale, fill, .. } => {
                scale.is_sound() && fill.is_none_or(f64::is_finite)
            }
            Encoding::OneHot(levels) => levels.is_sound(),
            Encoding::Embedding { levels, width } => levels.is_sound() && *width > 0,
            Encoding::Date(dates) => dates.is_sound(),
            Encoding::Presence => true,
        };
        if !is_sound {
            return Err(ModelError::Scale { name: name.clone() });
        }
    }
    if let Some(target) = parts.targets.iter().find(|target| !target.is_sound()) {
        return Err(ModelError::Scale { name: target.name.clone() });
    }
    match parts.output.suits(&parts.targets) {
        true => Ok(()),
        false => Err(ModelError::Output),
    }
}

/// The architecture, with the parameters of the network, computes what the network computes.
fn check_network<T: Real>(
    network: &Network<T>,
    architecture: &Architecture,
    embeddings: &[(usize, usize)],
) -> Result<(), ModelError> {
    let layers = architecture.layers::<T>(network.inputs(), embeddings, network.outputs())?;
    let mut again = Network::new(layers, 0);
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
