use crate::{
    model::{ArchitectureError, ModelError},
    names::{did_you_mean, list, quoted},
    table::TableError,
};
use thiserror::Error;

/// Why no model came of a table.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum FitError {
    /// No target.
    #[error("name at least one target: the column that is to be predicted")]
    NoTargets,
    /// A target twice.
    #[error("the target {} is named twice", quoted(name))]
    RepeatedTarget {
        /// Its name.
        name: String,
    },
    /// No column is left for the inputs.
    #[error("all columns are targets; at least one has to be left as an input")]
    OnlyTargets,
    /// A target that is the same everywhere.
    #[error(
        "the target {} has the same value in every training row; there is nothing to learn",
        quoted(name)
    )]
    ConstantTarget {
        /// Its name.
        name: String,
    },
    /// No input varies.
    #[error(
        "every input has the same value in every training row; nothing can be learned from them"
    )]
    ConstantInputs,
    /// The validation takes nearly all rows.
    #[error(
        "with {held_out} rows held out only {found} would be left to train on; hold fewer rows out"
    )]
    TooFewToTrain {
        /// Rows for the training.
        found: usize,
        /// Rows held out.
        held_out: usize,
    },
    /// Too few rows.
    #[error(
        "the table has {found} of the {needed} rows that are needed at least to train and to judge"
    )]
    TooFewRows {
        /// The rows of the table.
        found: usize,
        /// The rows that are needed.
        needed: usize,
    },
    /// A value so far from the others that it can not be computed with.
    #[error(
        "column {}, row {row} (counted from 1): {value} is too far from the other values to be \
         computed with; correct or remove it",
        quoted(column)
    )]
    OutOfRange {
        /// The name of the column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The value.
        value: f64,
    },
    /// No solver or optimizer of this name.
    #[error(
        "there is no solver {}{}",
        quoted(name),
        if nearest.is_empty() { format!("; there are {}", list(known)) } else { did_you_mean(nearest) }
    )]
    Solver {
        /// The name that was asked for.
        name: String,
        /// Names like it, the best one first.
        nearest: Vec<String>,
        /// All names.
        known: Vec<String>,
    },
    /// Something that only optimizers have.
    #[error(
        "{solver} takes all rows at once and finds the length of its steps: it has no use for {setting}"
    )]
    NotForSolvers {
        /// The name of the solver.
        solver: String,
        /// What was set.
        setting: &'static str,
    },
    /// No trainings.
    #[error("the number of restarts is 0, but must be at least 1")]
    NoStarts,
    /// No epochs.
    #[error("the number of epochs is 0, but must be at least 1")]
    NoEpochs,
    /// The training left the finite numbers before it had any result.
    #[error(
        "the training diverged at once (epoch {epoch}): the loss is not a finite number; use a smaller \
         learning rate"
    )]
    Diverged {
        /// The epoch, from 0.
        epoch: usize,
    },
    /// The network can not be built.
    #[error(transparent)]
    Architecture(#[from] ArchitectureError),
    /// The table lacks a column.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The result is no model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// What the core has to complain about, such as a setting.
    #[error(transparent)]
    Core(chainrule::Error),
}

impl From<chainrule::Error> for FitError {
    fn from(error: chainrule::Error) -> Self {
        match error {
            chainrule::Error::Diverged { epoch, .. } => Self::Diverged { epoch },
            error => Self::Core(error),
        }
    }
}
