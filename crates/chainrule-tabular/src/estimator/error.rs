use crate::{
    file::FileError,
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
    /// No column tells anything.
    #[error(
        "no column is left to learn from: each of {} is the same in every training row, different in each, or free \
         text (--type says otherwise)",
        list(left)
    )]
    NoInputs {
        /// The columns that were left out.
        left: Vec<String>,
    },
    /// A column that is a target and something else.
    #[error("{} is a target and can not weigh, group or order the rows", quoted(name))]
    TargetElsewhere {
        /// Its name.
        name: String,
    },
    /// Too few rows, or too few groups, for the parts that are wanted.
    #[error(
        "{rows} rows {}can not be divided into rows that train, rows that judge and rows for the scores; ask for \
         smaller parts or fewer folds",
        if *groups { "in so few groups " } else { "" }
    )]
    TooFewToDivide {
        /// The rows of the table.
        rows: usize,
        /// Whether there are groups.
        groups: bool,
    },
    /// A part that is none.
    #[error("the part of the rows for the scores is {part}, but must be at least 0 and below 1")]
    TestPart {
        /// The part.
        part: f64,
    },
    /// A level that is none.
    #[error(
        "intervals are to hold the part {level} of the true values; it must be between 0 and 1"
    )]
    Level {
        /// The level.
        level: f64,
    },
    /// A weight that is none.
    #[error(
        "column {}, row {row} (counted from 1): the weight {value} is not a finite number from 0",
        quoted(name)
    )]
    Weight {
        /// The name of the column.
        name: String,
        /// The row, from 1.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A column that puts nothing in order.
    #[error(
        "{} can not put the rows in order: it holds neither numbers nor dates such as 2026-01-31",
        quoted(name)
    )]
    NoTime {
        /// The name of the column.
        name: String,
    },
    /// Balance without classes.
    #[error("only the classes of a single target can be balanced")]
    Balance,
    /// Several targets, one with more than two classes.
    #[error(
        "of several targets each may have two classes, but {} has more; fit a model for each",
        quoted(name)
    )]
    SeveralClasses {
        /// The name of the target.
        name: String,
    },
    /// A target with a class in hardly any row.
    #[error(
        "the target {} has classes with a single row, of which nothing can be learned: {}; remove these rows or put \
         classes together",
        quoted(name),
        list(rare)
    )]
    RareClasses {
        /// The name of the target.
        name: String,
        /// The classes.
        rare: Vec<String>,
    },
    /// A target with nearly as many classes as rows.
    #[error(
        "the target {} has {found} different values in {rows} rows, too many for classes; if they are numbers, use \
         --task regression",
        quoted(name)
    )]
    TooManyClasses {
        /// The name of the target.
        name: String,
        /// Its classes.
        found: usize,
        /// The rows with a value.
        rows: usize,
    },
    /// A number without a logarithm.
    #[error(
        "the target {}, row {row} (counted from 1): {value} has no logarithm; leave --log-target out",
        quoted(name)
    )]
    NoLogarithm {
        /// The name of the target.
        name: String,
        /// The row, from 1.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A count below zero.
    #[error(
        "the target {}, row {row} (counted from 1): {value} is no count; use --task regression",
        quoted(name)
    )]
    NegativeCount {
        /// The name of the target.
        name: String,
        /// The row, from 1.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Levels that are none.
    #[error("the levels of quantiles are to lie between 0 and 1, each above the one before")]
    Levels,
    /// A solver of least squares for another loss.
    #[error(
        "{solver} minimises squared errors only; use lbfgs, scaled_conjugate_gradient or an optimizer"
    )]
    OnlySquares {
        /// The name of the solver.
        solver: String,
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
        /// The value, as text.
        value: String,
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
    /// A training was broken off before it had any result.
    #[error("the training was stopped before anything was learned")]
    Stopped,
    /// The state of the fit could not be kept.
    #[error("the checkpoint could not be written, and the fit has ended: {0}")]
    Checkpoint(FileError),
    /// A checkpoint of another fit.
    #[error(
        "the checkpoint is of another fit: {what} was {then} there, and is {now} here; resume with the command and the \
         data that it was made with, or begin anew with another checkpoint"
    )]
    OtherFit {
        /// What differs.
        what: String,
        /// How it was.
        then: String,
        /// How it is now.
        now: String,
    },
    /// A checkpoint that does not fit, although it should.
    #[error("the fit can not go on from this checkpoint: {reason}; begin anew with another one")]
    Resume {
        /// What does not fit.
        reason: String,
    },
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
