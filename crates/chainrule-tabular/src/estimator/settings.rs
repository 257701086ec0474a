use crate::{Architecture, Precision};
use chainrule::optimizer::Schedule;

/// The hidden layers unless told otherwise.
pub(super) const DEFAULT_HIDDEN: [usize; 2] = [64, 64];

/// What a fit is to do. Start from [`Settings::new`] and change what you like:
///
/// ```
/// use chainrule_tabular::Settings;
///
/// let settings = Settings { hidden: vec![32], seed: 7, ..Settings::new(["flow"]) };
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The columns to predict; all others are inputs.
    pub targets: Vec<String>,
    /// Columns that are left out: neither inputs nor targets. They may hold anything.
    pub without: Vec<String>,
    /// The widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Their activation: a name of [`chainrule::table::activations`], or `prelu`.
    pub activation: String,
    /// The rate of the dropout after each hidden layer: in [0, 1).
    pub dropout: f64,
    /// The rule of the steps: a name of [`chainrule::table::optimizers`].
    pub optimizer: String,
    /// Their length, before the schedule's factor.
    pub learning_rate: f64,
    /// The course of the learning rate.
    pub schedule: Schedule,
    /// How often all training rows are seen, at most.
    pub epochs: usize,
    /// Rows in a step; `None` to choose by the number of rows.
    pub batch_size: Option<usize>,
    /// The part of the rows that is held out, between 0 and 1.
    pub validation: f64,
    /// Epochs without progress on the held-out rows before the training stops; 0 to go on to the last epoch.
    pub patience: usize,
    /// λ₁ of the penalty λ₁ Σ|w| on the weights.
    pub l1: f64,
    /// λ₂ of the penalty λ₂/2 Σw² on the weights.
    pub l2: f64,
    /// Of all random numbers: the same seed gives the same model.
    pub seed: u64,
    /// The numbers that are computed with.
    pub precision: Precision,
    /// For the model's [record](crate::Record).
    pub command: Option<String>,
}

impl Settings {
    /// The defaults for these targets, chosen by measurements on tables of 200 to 20 000 rows with 1 to 13
    /// inputs: two hidden layers of 64 SiLU units, Adam with learning rate 0.005, halved after 30 epochs
    /// without progress; 15 % of the rows held out, at most 1000 epochs, the end after 100 without progress.
    pub fn new(targets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            targets: targets.into_iter().map(Into::into).collect(),
            without: Vec::new(),
            hidden: DEFAULT_HIDDEN.to_vec(),
            activation: "silu".to_owned(),
            dropout: 0.0,
            optimizer: "adam".to_owned(),
            learning_rate: 5e-3,
            schedule: Schedule::ReduceOnPlateau { factor: 0.5, patience: 30 },
            epochs: 1000,
            batch_size: None,
            validation: 0.15,
            patience: 100,
            l1: 0.0,
            l2: 0.0,
            seed: 0,
            precision: Precision::F32,
            command: None,
        }
    }

    /// The layers of the network.
    pub fn architecture(&self) -> Architecture {
        Architecture {
            hidden: self.hidden.clone(),
            activation: self.activation.clone(),
            dropout: self.dropout,
        }
    }

    /// Rows in a step, for this many training rows.
    ///
    /// Small steps are as fast here as large ones and reach lower errors; only where they are many, a less
    /// noisy gradient serves better.
    pub fn batch_size(&self, rows: usize) -> usize {
        let automatic = match rows {
            0..=10_000 => 32,
            10_001..=100_000 => 128,
            _ => 512,
        };
        self.batch_size.unwrap_or(automatic).min(rows)
    }
}
