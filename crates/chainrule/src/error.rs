//! What can be wrong with a network, its data or a training, in sentences.

use thiserror::Error;

/// An error of the mathematics: what is wrong, where, and what was expected.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A network without layers.
    #[error("the network has no layers: add at least one, for example `dense(1, Identity)`")]
    NoLayers,
    /// A width that is zero.
    #[error("{what} has width 0: every layer needs at least one input and one output")]
    ZeroWidth {
        /// The layer or array.
        what: String,
    },
    /// Two widths that should be one.
    #[error("{what}: expected {expected}, found {found}")]
    Shape {
        /// What was measured, such as "columns of the inputs".
        what: String,
        /// The number that fits.
        expected: usize,
        /// The number that was given.
        found: usize,
    },
    /// A setting outside of its range.
    #[error("{name} is {value}, but must be {range}")]
    Setting {
        /// The name of the setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range that it must lie in, in words.
        range: &'static str,
    },
    /// An expression that is not right.
    #[error(transparent)]
    Expression(#[from] crate::graph::Error),
    /// `CHAINRULE_KERNEL` asks for instructions that there are not.
    #[error(
        "CHAINRULE_KERNEL is \"{asked}\", but this processor has: {available}. Choose one of them, or unset it for the best"
    )]
    Instructions {
        /// What it asks for.
        asked: String,
        /// What there is.
        available: String,
    },
    /// No samples.
    #[error("there are no samples in {what}")]
    NoSamples {
        /// Which set of data.
        what: &'static str,
    },
    /// NaN or infinity where a number belongs.
    #[error("{what}: row {row}, column {column} is {value}, not a finite number (counted from 0)")]
    NotFinite {
        /// Which array.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// The column, from 0.
        column: usize,
        /// The value in it.
        value: f64,
    },
    /// A target that the loss can not be computed for.
    #[error("the target of row {row} (counted from 0) does not suit {loss}: {reason}")]
    Target {
        /// The name of the loss.
        loss: String,
        /// The row, from 0.
        row: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A solver that is not made for the task.
    #[error("{solver} is not made for {what}; {instead}")]
    Unsuitable {
        /// The name of the solver.
        solver: &'static str,
        /// What it can not deal with.
        what: String,
        /// What to do instead.
        instead: String,
    },
    /// A task that is too large for a solver.
    #[error(
        "{solver} would need {gigabytes:.1} GiB of memory for {parameters} parameters; use {instead}"
    )]
    Memory {
        /// The name of the solver.
        solver: &'static str,
        /// The parameters of the network.
        parameters: usize,
        /// What it would take, in GiB.
        gigabytes: f64,
        /// What to use instead.
        instead: &'static str,
    },
    /// A solver can not start from here.
    #[error(
        "the parameters at the start, or the function and its slope there, are not finite numbers; start \
         elsewhere or scale the data"
    )]
    Start,
    /// A checkpoint that a training can not go on from.
    #[error(
        "the training can not go on from this checkpoint: {reason}; resume with the settings and the data that \
         it was made with, or train from the start"
    )]
    Checkpoint {
        /// What does not fit, or what is damaged.
        reason: String,
    },
    /// The training left the finite numbers before it had any result.
    #[error(
        "the training diverged at once (epoch {epoch}, batch {batch}): the loss is not a finite \
         number; use a smaller learning rate or scale the data"
    )]
    Diverged {
        /// The epoch, from 0.
        epoch: usize,
        /// The batch within the epoch, from 0.
        batch: usize,
    },
}

/// Fails unless `found` is the `expected` number.
pub(crate) fn expect(what: &str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::Shape { what: what.to_owned(), expected, found })
}

/// Fails unless the setting's value is `allowed`.
pub(crate) fn setting(
    name: &'static str,
    value: f64,
    allowed: bool,
    range: &'static str,
) -> Result<(), Error> {
    if allowed { Ok(()) } else { Err(Error::Setting { name, value, range }) }
}
