//! The state of a fit between two epochs, so that it can go on later: in memory here, as a file in
//! [`file`](mod@crate::file).
//!
//! ```text
//! training 1 ─ finished ─────────────► network, course, outputs on its fold ─┐
//! training 2 ─ epoch 17 of an optimizer ─► all that it remembers ────────────┼─► Checkpoint ─► Keeper ─► file
//! training 3 ─ iteration 5 of a solver, or not begun ─► nothing: starts anew ┘
//! ```

mod identity;
mod keeping;

pub(crate) use identity::Identity;
pub use keeping::Keeper;
pub(super) use keeping::Keeping;

use crate::Precision;
use chainrule::{
    Real,
    training::{self, History},
};
use ndarray::Array2;

/// The state of a fit: what it takes to go on with it later as if it had never been broken off, to the last bit of the
/// model file. See [`Preparation::run_kept`](super::Preparation::run_kept).
///
/// It holds what each of the trainings has come to. One by an optimizer goes on with the epoch after its last
/// checkpoint; a solver remembers too much to be kept, and starts anew: it takes the same way again.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// What must be the same when the fit goes on.
    pub(crate) fit: Identity,
    /// Of the networks. The numbers below have been widened, which loses nothing.
    pub(crate) precision: Precision,
    pub(crate) trainings: Vec<State>,
}

/// What one of the trainings has come to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// Nothing to go on from.
    Waiting,
    /// So far.
    Running(Box<training::Checkpoint<f64>>),
    /// To its end.
    Finished(Box<Finished>),
    /// It has no result, since the loss was no finite number in this epoch.
    Diverged {
        /// Counted from 0.
        epoch: usize,
    },
}

/// The result of a training.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finished {
    pub(crate) parameters: Vec<f64>,
    pub(crate) statistics: Vec<f64>,
    pub(crate) history: History,
    /// Of the network, for the rows of its fold [rows × outputs].
    pub(crate) outputs: Array2<f64>,
}

impl Checkpoint {
    /// Of a fit that has not begun.
    pub(super) fn new(fit: Identity, precision: Precision, trainings: usize) -> Self {
        Self { fit, precision, trainings: vec![State::Waiting; trainings] }
    }

    /// How many trainings the fit has.
    pub fn trainings(&self) -> usize {
        self.trainings.len()
    }

    /// How many of them have ended, with or without a result.
    pub fn finished(&self) -> usize {
        let is_over = |state: &&State| matches!(state, State::Finished(_) | State::Diverged { .. });
        self.trainings.iter().filter(is_over).count()
    }

    /// How many epochs are in it, of all trainings together.
    pub fn epochs(&self) -> usize {
        let of = |state: &State| match state {
            State::Running(checkpoint) => checkpoint.epochs.len(),
            State::Finished(finished) => finished.history.epochs.len(),
            State::Waiting | State::Diverged { .. } => 0,
        };
        self.trainings.iter().map(of).sum()
    }
}

/// The same checkpoint in the numbers of another precision: exact from single to double precision and back.
pub(super) fn converted<A: Real, B: Real>(
    checkpoint: &training::Checkpoint<A>,
) -> training::Checkpoint<B> {
    let numbers = |numbers: &[A]| numbers.iter().map(|v| B::of(v.f64())).collect::<Vec<B>>();
    training::Checkpoint {
        parameters: numbers(&checkpoint.parameters),
        statistics: numbers(&checkpoint.statistics),
        optimizer: checkpoint.optimizer.clone(),
        steps: checkpoint.steps,
        moments: checkpoint.moments.iter().map(|moments| numbers(moments)).collect(),
        scalars: checkpoint.scalars.clone(),
        seed: checkpoint.seed,
        shuffling: checkpoint.shuffling,
        dropout: checkpoint.dropout,
        order: checkpoint.order.clone(),
        plateau: checkpoint.plateau,
        plateau_factor: checkpoint.plateau_factor,
        early_stopping: checkpoint.early_stopping,
        best_loss: checkpoint.best_loss,
        best_epoch: checkpoint.best_epoch,
        best_parameters: numbers(&checkpoint.best_parameters),
        best_statistics: numbers(&checkpoint.best_statistics),
        initial_loss: checkpoint.initial_loss,
        epochs: checkpoint.epochs.clone(),
    }
}
