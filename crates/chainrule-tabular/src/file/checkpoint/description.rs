//! The single numbers of a fit's state, as JSON.

use super::bits::Bits;
use crate::{
    Precision,
    estimator::{
        Checkpoint,
        checkpoint::{Identity, State},
    },
};
use chainrule::{
    solver::{Evidence, Reason},
    training::{self, Ended, Epoch, History},
};
use serde::{Deserialize, Serialize};

/// Everything but the tensors.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    pub(super) fit: Identity,
    pub(super) precision: Precision,
    pub(super) trainings: Vec<Training>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Training {
    Waiting,
    Diverged { epoch: usize },
    Running(Running),
    Finished(Course),
}

#[derive(Serialize, Deserialize)]
pub(super) struct Running {
    pub(super) optimizer: String,
    pub(super) steps: u64,
    /// The number of vectors that the optimizer remembers.
    pub(super) moments: usize,
    pub(super) seed: u64,
    pub(super) shuffling: u64,
    pub(super) dropout: u64,
    pub(super) plateau: Waiting,
    pub(super) plateau_factor: Bits,
    pub(super) early_stopping: Option<Waiting>,
    pub(super) best_loss: Bits,
    pub(super) best_epoch: usize,
    pub(super) initial_loss: Bits,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Waiting {
    best: Bits,
    waited: usize,
}

/// A history without its epochs.
#[derive(Serialize, Deserialize)]
pub(super) struct Course {
    best_epoch: usize,
    learned: bool,
    loss: Bits,
    validation_loss: Option<Bits>,
    ended: End,
    evidence: Option<Found>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Completed,
    /// The reason by its [code](code_of).
    Converged {
        epoch: usize,
        reason: u8,
    },
    Early {
        epoch: usize,
    },
    Interrupted {
        epoch: usize,
    },
    Diverged {
        epoch: usize,
        batch: Option<usize>,
    },
}

#[derive(Serialize, Deserialize)]
struct Found {
    effective_parameters: Bits,
    parameters: usize,
    residuals: usize,
    ridge: Bits,
    noise: Bits,
}

impl Description {
    pub(super) fn of(checkpoint: &Checkpoint) -> Self {
        Self {
            fit: checkpoint.fit.clone(),
            precision: checkpoint.precision,
            trainings: checkpoint.trainings.iter().map(Training::of).collect(),
        }
    }
}

impl Training {
    fn of(state: &State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Diverged { epoch } => Self::Diverged { epoch: *epoch },
            State::Running(checkpoint) => Self::Running(Running {
                optimizer: checkpoint.optimizer.clone(),
                steps: checkpoint.steps,
                moments: checkpoint.moments.len(),
                seed: checkpoint.seed,
                shuffling: checkpoint.shuffling,
                dropout: checkpoint.dropout,
                plateau: checkpoint.plateau.into(),
                plateau_factor: Bits(checkpoint.plateau_factor),
                early_stopping: checkpoint.early_stopping.map(Into::into),
                best_loss: Bits(checkpoint.best_loss),
                best_epoch: checkpoint.best_epoch,
                initial_loss: Bits(checkpoint.initial_loss),
            }),
            State::Finished(finished) => Self::Finished(Course::of(&finished.history)),
        }
    }
}

impl Course {
    fn of(history: &History) -> Self {
        Self {
            best_epoch: history.best_epoch,
            learned: history.learned,
            loss: Bits(history.loss),
            validation_loss: history.validation_loss.map(Bits),
            ended: match history.ended {
                Ended::Completed => End::Completed,
                Ended::Converged { epoch, reason } => {
                    End::Converged { epoch, reason: code_of(Some(reason)) }
                }
                Ended::Early { epoch } => End::Early { epoch },
                Ended::Interrupted { epoch } => End::Interrupted { epoch },
                Ended::Diverged { epoch, batch } => End::Diverged { epoch, batch },
            },
            evidence: history.evidence.map(|evidence| Found {
                effective_parameters: Bits(evidence.effective_parameters),
                parameters: evidence.parameters,
                residuals: evidence.residuals,
                ridge: Bits(evidence.ridge),
                noise: Bits(evidence.noise),
            }),
        }
    }

    /// With these epochs.
    pub(super) fn history(self, epochs: Vec<Epoch>) -> History {
        History {
            epochs,
            best_epoch: self.best_epoch,
            learned: self.learned,
            loss: self.loss.0,
            validation_loss: self.validation_loss.map(|loss| loss.0),
            ended: match self.ended {
                End::Completed => Ended::Completed,
                End::Converged { epoch, reason } => Ended::Converged {
                    epoch,
                    // Codes that are none do not pass the checksum.
                    reason: reason_of(reason).unwrap_or(Reason::Precision),
                },
                End::Early { epoch } => Ended::Early { epoch },
                End::Interrupted { epoch } => Ended::Interrupted { epoch },
                End::Diverged { epoch, batch } => Ended::Diverged { epoch, batch },
            },
            evidence: self.evidence.map(|found| Evidence {
                effective_parameters: found.effective_parameters.0,
                parameters: found.parameters,
                residuals: found.residuals,
                ridge: found.ridge.0,
                noise: found.noise.0,
            }),
        }
    }
}

impl From<training::Waiting> for Waiting {
    fn from(waiting: training::Waiting) -> Self {
        Self { best: Bits(waiting.best), waited: waiting.waited }
    }
}

impl From<Waiting> for training::Waiting {
    fn from(waiting: Waiting) -> Self {
        Self { best: waiting.best.0, waited: waiting.waited }
    }
}

const REASONS: [Reason; 5] =
    [Reason::Goal, Reason::Gradient, Reason::Step, Reason::Decrease, Reason::Precision];

/// 0 for none, otherwise 1 for the goal, 2 for the gradient, 3 for the step, 4 for the decrease, 5 for the precision.
pub(super) fn code_of(reason: Option<Reason>) -> u8 {
    match reason {
        None => 0,
        Some(Reason::Goal) => 1,
        Some(Reason::Gradient) => 2,
        Some(Reason::Step) => 3,
        Some(Reason::Decrease) => 4,
        Some(Reason::Precision) => 5,
    }
}

pub(super) fn reason_of(code: u8) -> Option<Reason> {
    REASONS.get(usize::from(code).checked_sub(1)?).copied()
}
