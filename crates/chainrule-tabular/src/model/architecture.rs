use crate::names::{did_you_mean, list, nearest, quoted};
use chainrule::{
    Error, Network, Real,
    activation::Identity,
    initialization::{Bias, Weights},
    layer::{Category, Dense, Dropout, Embedding, Layer, Prelu, Sequential},
    table,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The hidden layers of a network; inputs and outputs come from the table.
///
/// ```text
/// features ─► (embedding of codes ─►) [dense, activation, dropout] for each hidden layer ─► dense ─► outputs
/// ```
///
/// ```
/// use chainrule_tabular::Architecture;
///
/// let architecture = Architecture { hidden: vec![32, 32], activation: "tanh".into(), dropout: 0.0 };
/// let network = architecture.build::<f32>(3, 1, 0)?;
/// assert_eq!(network.parameters().len(), architecture.parameters(3, &[], 1)?);
/// # Ok::<(), chainrule_tabular::ArchitectureError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// The widths of the hidden layers, first to last; none for a linear model.
    pub hidden: Vec<usize>,
    /// Their activation: a name of [`chainrule::table::activations`], or `prelu`.
    pub activation: String,
    /// The rate of the dropout after each hidden layer: in [0, 1), 0 for none.
    pub dropout: f64,
}

/// Larger networks than these are not small or medium any more: rather a message than no memory left.
const MOST_LAYERS: usize = 100;
const LARGEST_WIDTH: usize = 1 << 16;
const MOST_PARAMETERS: usize = 100_000_000;

/// An activation with parameters of its own, which is a layer in the core.
const PRELU: &str = "prelu";
/// Activations of two straight lines.
const HINGES: [&str; 3] = ["relu", "leaky_relu", PRELU];

impl Architecture {
    /// The number of parameters of such a network, if it can be built at all. The last of the inputs are codes, one for
    /// each embedding, which has so many levels and learns so many numbers for each.
    pub fn parameters(
        &self,
        inputs: usize,
        embeddings: &[(usize, usize)],
        outputs: usize,
    ) -> Result<usize, ArchitectureError> {
        use ArchitectureError as Wrong;
        if self.hidden.len() > MOST_LAYERS {
            return Err(Wrong::Layers { found: self.hidden.len() });
        }
        if let Some(&width) = self.hidden.iter().find(|width| !(1..=LARGEST_WIDTH).contains(width))
        {
            return Err(Wrong::Width { width });
        }
        if self.activation != PRELU && table::activation::<f64>(&self.activation).is_none() {
            let known = activations();
            let nearest = nearest(&self.activation, known.iter().map(String::as_str));
            return Err(Wrong::Activation { name: self.activation.clone(), nearest, known });
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return Err(Wrong::Dropout { rate: self.dropout });
        }
        let slopes = if self.activation == PRELU { self.hidden.iter().sum() } else { 0 };
        let embedded = embedded(inputs, embeddings).ok_or(Wrong::Parameters)?;
        let learned = embeddings.iter().try_fold(slopes, |sum: usize, (levels, width)| {
            sum.checked_add(levels.checked_mul(*width)?)
        });
        let learned = learned.ok_or(Wrong::Parameters)?;
        let widths = || [embedded].into_iter().chain(self.hidden.iter().copied()).chain([outputs]);
        widths()
            .zip(widths().skip(1))
            .try_fold(learned, |sum: usize, (from, to)| {
                sum.checked_add(from.checked_add(1)?.checked_mul(to)?)
            })
            .filter(|parameters| *parameters <= MOST_PARAMETERS)
            .ok_or(Wrong::Parameters)
    }

    /// The layers, still without parameters; see [`Architecture::parameters`].
    pub fn layers<T: Real>(
        &self,
        inputs: usize,
        embeddings: &[(usize, usize)],
        outputs: usize,
    ) -> Result<Sequential<T>, ArchitectureError> {
        self.parameters(inputs, embeddings, outputs)?;
        let mut layers: Vec<Arc<dyn Layer<T>>> = Vec::new();
        let mut width = inputs;
        if !embeddings.is_empty() {
            let category = |&(levels, width)| Category { levels, width };
            let categories: Vec<Category> = embeddings.iter().map(category).collect();
            let embedding = Embedding::new(inputs - embeddings.len(), categories)?;
            width = Layer::<T>::outputs(&embedding);
            layers.push(Arc::new(embedding));
        }
        let features = width;
        for (place, &next) in self.hidden.iter().enumerate() {
            let mut dense = match table::activation(&self.activation) {
                Some(activation) => Dense::with_activation(width, next, activation),
                None => Dense::new(width, next, Identity).weights(Weights::HeNormal),
            };
            if place == 0 {
                dense = self.start_on_standardised(dense, features, next);
            }
            layers.push(Arc::new(dense));
            if self.activation == PRELU {
                layers.push(Arc::new(Prelu::new(next)));
            }
            if self.dropout > 0.0 {
                layers.push(Arc::new(Dropout::new(next, self.dropout)?));
            }
            width = next;
        }
        layers.push(Arc::new(Dense::new(width, outputs, Identity)));
        Ok(Sequential::new(layers)?)
    }

    /// The network without embeddings, its parameters drawn with this seed.
    pub fn build<T: Real>(
        &self,
        inputs: usize,
        outputs: usize,
        seed: u64,
    ) -> Result<Network<T>, ArchitectureError> {
        Ok(Network::new(self.layers(inputs, &[], outputs)?, seed))
    }

    /// How the first layer starts, whose inputs are standardised.
    ///
    /// With zero biases the hinges of ReLU, and the bends of its relatives and of sigmoids, would all go
    /// through the mean of the data; here they are spread over the data. One or two inputs get weights of
    /// Euclidean norm 3/inputs in each unit: with those of more inputs, units bend so gently that sin(x) over
    /// three periods looks like noise to them. A hinge is as sharp with any weights, and keeps its usual ones.
    fn start_on_standardised<T: Real>(
        &self,
        dense: Dense<T>,
        inputs: usize,
        outputs: usize,
    ) -> Dense<T> {
        let dense = dense.bias(Bias::STANDARDISED);
        if inputs > 2 || HINGES.contains(&self.activation.as_str()) {
            return dense;
        }
        let units_per_input = (outputs as f64 / inputs as f64).max(1.0);
        dense.weights(Weights::Orthogonal { gain: 3.0 / inputs as f64 * units_per_input.sqrt() })
    }
}

/// The numbers that the first dense layer reads: plain inputs, and what is learned for each code.
fn embedded(inputs: usize, embeddings: &[(usize, usize)]) -> Option<usize> {
    let plain = inputs.checked_sub(embeddings.len())?;
    embeddings.iter().try_fold(plain, |sum: usize, (_, width)| sum.checked_add(*width))
}

/// The names of all activations.
fn activations() -> Vec<String> {
    let names = table::activations::<f64>().into_iter().map(|one| one.name().to_owned());
    names.chain([PRELU.to_owned()]).collect()
}

/// Why a network can not be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// No activation of this name.
    #[error(
        "there is no activation {}{}",
        quoted(name),
        if nearest.is_empty() { format!("; there are {}", list(known)) } else { did_you_mean(nearest) }
    )]
    Activation {
        /// The name that was asked for.
        name: String,
        /// Names like it, the best one first.
        nearest: Vec<String>,
        /// All names.
        known: Vec<String>,
    },
    /// A width that is 0 or too large.
    #[error("a hidden layer has the width {width}; it must be between 1 and {LARGEST_WIDTH}")]
    Width {
        /// The width.
        width: usize,
    },
    /// Too many layers.
    #[error("there are {found} hidden layers; there can be at most {MOST_LAYERS}")]
    Layers {
        /// Their number.
        found: usize,
    },
    /// A dropout rate that is no probability below 1.
    #[error("the dropout rate is {rate}, but must be at least 0 and below 1")]
    Dropout {
        /// The rate.
        rate: f64,
    },
    /// Too many parameters.
    #[error("the network would have more than {MOST_PARAMETERS} parameters; use narrower layers")]
    Parameters,
    /// What the core has to complain about.
    #[error(transparent)]
    Core(#[from] Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn architecture(hidden: &[usize], activation: &str, dropout: f64) -> Architecture {
        Architecture { hidden: hidden.to_vec(), activation: activation.to_owned(), dropout }
    }

    #[test]
    fn every_activation_can_be_built() {
        for activation in activations() {
            for (hidden, dropout) in [(&[][..], 0.0), (&[4], 0.0), (&[5, 3], 0.2)] {
                let architecture = architecture(hidden, &activation, dropout);
                let network = architecture.build::<f32>(2, 3, 1).unwrap();
                assert_eq!((network.inputs(), network.outputs()), (2, 3), "{activation}");
                assert_eq!(architecture.parameters(2, &[], 3), Ok(network.parameters().len()));
                let embedded = architecture.layers::<f32>(3, &[(5, 2)], 3).unwrap();
                let network = Network::new(embedded, 1);
                assert_eq!(
                    architecture.parameters(3, &[(5, 2)], 3),
                    Ok(network.parameters().len())
                );
            }
        }
    }

    #[test]
    fn what_can_not_be_built_is_told() {
        for (architecture, expected) in [
            (architecture(&[0], "relu", 0.0), "a hidden layer has the width 0; it must"),
            (architecture(&[usize::MAX], "relu", 0.0), "a hidden layer has the width"),
            (
                architecture(&[1; 101], "relu", 0.0),
                "there are 101 hidden layers; there can be at most",
            ),
            (architecture(&[65_536; 3], "relu", 0.0), "the network would have more than 100000000"),
            (architecture(&[1], "rleu", 0.0), "there is no activation \"rleu\"; did you mean"),
            (architecture(&[1], "x", 0.0), "there is no activation \"x\"; there are \"identity\""),
            (architecture(&[1], "relu", 1.0), "the dropout rate is 1, but must be"),
            (architecture(&[1], "relu", f64::NAN), "the dropout rate is NaN, but must be"),
        ] {
            let error = architecture.build::<f32>(2, 1, 0).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        assert!(architecture(&[1], "relu", 0.0).parameters(usize::MAX, &[], 1).is_err());
    }
}
