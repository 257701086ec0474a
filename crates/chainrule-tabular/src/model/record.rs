use crate::{estimator::Decision, evaluate::Evaluation};
use serde::{Deserialize, Serialize};

/// How a model came about: what a reader of its file wants to know, and nothing that predictions depend on.
///
/// It has no paths and no times, unless they are in the `command` that the caller gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The version of chainrule that trained it.
    pub chainrule: String,
    /// The command that did it, as far as the caller wants it told.
    pub command: Option<String>,
    /// The rows of the table.
    pub rows: usize,
    /// The number of rows that no decision has seen.
    pub test_rows: usize,
    /// In how many folds the other rows were; 1 if only some were held out.
    pub folds: usize,
    /// SHA-256 of the columns' names and cells, in hexadecimal digits.
    pub data: Option<String>,
    /// Of all random numbers.
    pub seed: u64,
    /// How many trainings there were for each fold.
    pub starts: usize,
    /// The epochs or iterations of the longest training.
    pub epochs: usize,
    /// The epoch whose parameters a network has, counted from 0: the median of all networks.
    pub best_epoch: usize,
    /// The solver, or the rule of the steps.
    pub optimizer: String,
    /// The length of the steps, before the schedule's factor; 0 for a solver.
    pub learning_rate: f64,
    /// Rows in a step.
    pub batch_size: usize,
    /// The penalty λ₁ on the weights.
    pub l1: f64,
    /// The penalty λ₂ on the weights.
    pub l2: f64,
    /// What was decided without being asked.
    pub decisions: Vec<Decision>,
    /// How good it is on the rows that no decision has seen.
    pub evaluation: Option<Evaluation>,
}

impl Default for Record {
    /// Of an unknown training by this version of chainrule.
    fn default() -> Self {
        Self {
            chainrule: env!("CARGO_PKG_VERSION").to_owned(),
            command: None,
            rows: 0,
            test_rows: 0,
            folds: 1,
            data: None,
            seed: 0,
            starts: 1,
            epochs: 0,
            best_epoch: 0,
            optimizer: String::new(),
            learning_rate: 0.0,
            batch_size: 0,
            l1: 0.0,
            l2: 0.0,
            decisions: Vec::new(),
            evaluation: None,
        }
    }
}
