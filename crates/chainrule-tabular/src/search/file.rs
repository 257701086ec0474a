use crate::{
    FileError, FitError, FormatError,
    estimator::checkpoint::Identity,
    file::{read_document, write_document},
};
use serde::{Deserialize, Serialize};
use std::path::Path;

const FORMAT: &str = "chainrule search";

/// What a search has found out so far: enough to go on later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchState {
    search: Identity,
    judged: Vec<Judged>,
}

/// A trial after so many epochs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Judged {
    trial: usize,
    epochs: usize,
    /// `None` where a training diverged: JSON has no infinity.
    loss: Option<f64>,
}

impl SearchState {
    /// Of a search that begins, or goes on from an earlier one, if that was the same.
    pub(super) fn new(search: Identity, from: Option<&Self>) -> Result<Self, FitError> {
        let Some(from) = from else { return Ok(Self { search, judged: Vec::new() }) };
        search.check(&from.search)?;
        Ok(from.clone())
    }

    pub(super) fn loss(&self, trial: usize, epochs: usize) -> Option<f64> {
        let is = |judged: &&Judged| (judged.trial, judged.epochs) == (trial, epochs);
        self.judged.iter().find(is).map(|judged| judged.loss.unwrap_or(f64::INFINITY))
    }

    pub(super) fn note(&mut self, trial: usize, epochs: usize, loss: f64) {
        if self.loss(trial, epochs).is_none() {
            let loss = loss.is_finite().then_some(loss);
            self.judged.push(Judged { trial, epochs, loss });
        }
    }

    /// How often a trial was judged.
    pub fn judged(&self) -> usize {
        self.judged.len()
    }

    /// Writes the file, by way of a temporary sibling: a failure leaves what was there.
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let json = serde_json::to_string(self);
        write_document(path, FORMAT, json.map_err(|error| error.to_string()))
    }

    /// Reads the file.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        read_document(path, FORMAT, |json| {
            serde_json::from_str(json)
                .map_err(|error| FormatError::Checkpoint { reason: error.to_string() })
        })
    }
}
