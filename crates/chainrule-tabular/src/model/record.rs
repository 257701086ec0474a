use crate::evaluate::Scores;
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
    /// The part of them that was held out, in [0, 1).
    pub validation: f64,
    /// The number of rows that were held out.
    pub validation_rows: usize,
    /// Of all random numbers.
    pub seed: u64,
    /// How many trainings started from different weights; this is the best one.
    pub starts: usize,
    /// The epochs that were done.
    pub epochs: usize,
    /// The epoch whose parameters these are, counted from 0.
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
    /// How good it is on the rows that were held out.
    pub scores: Option<Scores>,
}

impl Default for Record {
    /// Of an unknown training by this version of chainrule.
    fn default() -> Self {
        Self {
            chainrule: env!("CARGO_PKG_VERSION").to_owned(),
            command: None,
            rows: 0,
            validation: 0.0,
            validation_rows: 0,
            seed: 0,
            starts: 1,
            epochs: 0,
            best_epoch: 0,
            optimizer: String::new(),
            learning_rate: 0.0,
            batch_size: 0,
            l1: 0.0,
            l2: 0.0,
            scores: None,
        }
    }
}
