//! Files with the state of a fit: safetensors with a JSON description, like those of models.
//!
//! | in the file | holds |
//! |---|---|
//! | tensor `training_1.parameters`, `.statistics` | of a training that has begun: those after its last epoch, or of its result; F32 or F64 |
//! | `.best_parameters`, `.best_statistics`, `.moments_1`, … | of one on its way: the best ones, and what its optimizer remembers; F32 or F64 |
//! | `.order`, `.scalars` | of one on its way: the samples in their last order, U64, and the optimizer's single numbers, F64 |
//! | `.outputs` | of a finished one: the outputs for the rows of its fold, F64 [rows × outputs] |
//! | `.epochs` | its course, F64 [epochs × 10]; see `epochs` |
//! | metadata `checksum` | SHA-256 of the whole file, with 64 zeros in its own place |
//! | metadata `format`, `format_version` | `chainrule checkpoint`, `1` |
//! | metadata `description` | which fit it is, and the single numbers of each training, as JSON |
//!
//! Numbers that JSON does not know, such as the infinite loss of what has not been judged yet, stand there by their bits.

mod bits;
mod description;
mod epochs;
mod tensors;

use super::{FileError, FormatError, checksum, in_file, read_whole, safetensors, write_atomically};
use crate::estimator::{
    Checkpoint,
    checkpoint::{Finished, State},
};
use ::safetensors::SafeTensors;
use chainrule::training;
use description::{Description, Training};
use ndarray::Array2;
use serde_json::{Map, json};
use std::path::Path;
use tensors::{Read, Write};

const FORMAT: &str = "chainrule checkpoint";
const VERSION: u32 = 1;

/// More than any fit that one waits for needs.
const MOST_BYTES: u64 = 1 << 34;

impl Checkpoint {
    /// Writes the file, by way of a temporary sibling: a failure leaves what was there.
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let bytes = self.to_bytes().map_err(|error| in_file(path, error))?;
        write_atomically(path, &bytes)
    }

    /// Reads the file.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let bytes = read_whole(path, MOST_BYTES)?;
        Self::from_bytes(&bytes).map_err(|error| in_file(path, error))
    }

    /// The bytes of the file. The same state gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        let description = Description::of(self);
        let description = serde_json::to_string(&description)
            .map_err(|error| FormatError::Unwritable { reason: error.to_string() })?;
        let mut header = Map::new();
        let metadata = json!({
            "checksum": checksum::BLANK,
            "description": description,
            "format": FORMAT,
            "format_version": VERSION.to_string(),
        });
        header.insert("__metadata__".to_owned(), metadata);
        let mut to = Write::new(header, self.precision);
        for (number, state) in self.trainings.iter().enumerate() {
            to.training(number);
            write_state(&mut to, state);
        }
        Ok(to.finish())
    }

    /// The state in these bytes of a file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let (header, tensors) =
            SafeTensors::read_metadata(bytes).map_err(|error| damaged(error.to_string()))?;
        let none = || FormatError::NoCheckpoint;
        let metadata = tensors.metadata().as_ref().ok_or_else(none)?;
        let entry = |name: &str| metadata.get(name).map_or("", String::as_str);
        if entry("format") != FORMAT {
            return Err(none());
        }
        match entry("format_version").parse::<u32>() {
            Ok(VERSION) => {}
            Ok(found) if found > VERSION => {
                return Err(FormatError::Version { found, known: VERSION });
            }
            _ => return Err(damaged("its format version is none".to_owned())),
        }
        if !checksum::is_whole(bytes) {
            return Err(damaged("its checksum is wrong".to_owned()));
        }
        let description: Description = serde_json::from_str(entry("description"))
            .map_err(|error| damaged(error.to_string()))?;
        let numbers = &bytes[safetensors::PREFIX + header..];
        let mut from = Read::new(&tensors, numbers, description.precision);
        let mut trainings = Vec::with_capacity(description.trainings.len());
        for (number, training) in description.trainings.into_iter().enumerate() {
            from.training(number);
            trainings.push(read_state(&from, training)?);
        }
        Ok(Self { fit: description.fit, precision: description.precision, trainings })
    }
}

fn write_state(to: &mut Write, state: &State) {
    match state {
        State::Waiting | State::Diverged { .. } => {}
        State::Running(checkpoint) => {
            to.reals("parameters", &checkpoint.parameters);
            to.reals("statistics", &checkpoint.statistics);
            to.reals("best_parameters", &checkpoint.best_parameters);
            to.reals("best_statistics", &checkpoint.best_statistics);
            for (place, moments) in checkpoint.moments.iter().enumerate() {
                to.reals(&moments_name(place), moments);
            }
            to.doubles("scalars", &[checkpoint.scalars.len()], &checkpoint.scalars);
            to.counts("order", &checkpoint.order);
            to.epochs(&checkpoint.epochs);
        }
        State::Finished(finished) => {
            to.reals("parameters", &finished.parameters);
            to.reals("statistics", &finished.statistics);
            let (rows, width) = finished.outputs.dim();
            let outputs: Vec<f64> = finished.outputs.iter().copied().collect();
            to.doubles("outputs", &[rows, width], &outputs);
            to.epochs(&finished.history.epochs);
        }
    }
}

fn read_state(from: &Read, training: Training) -> Result<State, FormatError> {
    Ok(match training {
        Training::Waiting => State::Waiting,
        Training::Diverged { epoch } => State::Diverged { epoch },
        Training::Running(running) => {
            let moments = (0..running.moments).map(|place| from.reals(&moments_name(place)));
            let moments = moments.collect::<Result<Vec<_>, _>>()?;
            State::Running(Box::new(training::Checkpoint {
                parameters: from.reals("parameters")?,
                statistics: from.reals("statistics")?,
                best_parameters: from.reals("best_parameters")?,
                best_statistics: from.reals("best_statistics")?,
                moments,
                scalars: from.doubles("scalars")?.1,
                order: from.counts("order")?,
                epochs: from.epochs()?,
                optimizer: running.optimizer,
                steps: running.steps,
                seed: running.seed,
                shuffling: running.shuffling,
                dropout: running.dropout,
                plateau: running.plateau.into(),
                plateau_factor: running.plateau_factor.0,
                early_stopping: running.early_stopping.map(Into::into),
                best_loss: running.best_loss.0,
                best_epoch: running.best_epoch,
                initial_loss: running.initial_loss.0,
            }))
        }
        Training::Finished(course) => {
            let (shape, outputs) = from.doubles("outputs")?;
            let shape = match shape[..] {
                [rows, width] => (rows, width),
                _ => return Err(damaged(format!("outputs have the shape {shape:?}"))),
            };
            State::Finished(Box::new(Finished {
                parameters: from.reals("parameters")?,
                statistics: from.reals("statistics")?,
                outputs: Array2::from_shape_vec(shape, outputs)
                    .map_err(|error| damaged(error.to_string()))?,
                history: course.history(from.epochs()?),
            }))
        }
    })
}

fn moments_name(place: usize) -> String {
    format!("moments_{}", place + 1)
}

fn damaged(reason: String) -> FormatError {
    FormatError::Checkpoint { reason }
}

#[cfg(test)]
mod tests;
