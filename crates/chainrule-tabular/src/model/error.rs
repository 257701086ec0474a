use super::ArchitectureError;
use crate::{
    TableError,
    names::{did_you_mean, list, quoted},
};
use thiserror::Error;

/// Why parts do not make a model, or a model can not predict a table.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The network can not be built.
    #[error(transparent)]
    Architecture(#[from] ArchitectureError),
    /// The network has other layers than the architecture says.
    #[error("the network is not the one that the architecture describes: {what}")]
    Network {
        /// What differs.
        what: String,
    },
    /// The network has another number of inputs or outputs than there are columns.
    #[error("the network has {found} {what}, but the columns need {expected}")]
    Columns {
        /// `inputs` or `outputs`.
        what: &'static str,
        /// What the columns need.
        expected: usize,
        /// Inputs or outputs of the network.
        found: usize,
    },
    /// A model without inputs or targets.
    #[error("a model needs at least one input and one target")]
    NoColumns,
    /// A column without a name.
    #[error("an input or target of the model has no name")]
    EmptyName,
    /// Two columns of one name.
    #[error("the model has two columns named {}", quoted(name))]
    RepeatedName {
        /// The name.
        name: String,
    },
    /// No networks.
    #[error("a model needs at least one network")]
    NoMembers,
    /// Networks of different precisions.
    #[error("the networks of the model have different precisions")]
    Precisions,
    /// A calibration that does not go with the targets.
    #[error("the calibration does not go with the targets and the networks")]
    Calibration,
    /// A scale that is none, a column of categories without levels, or the like.
    #[error("column {} can not be encoded: its scale or its levels are wrong", quoted(name))]
    Scale {
        /// The name of the column.
        name: String,
    },
    /// Outputs that do not go with the targets.
    #[error("what the outputs of the network mean does not go with the targets")]
    Output,
    /// NaN or infinity among the parameters.
    #[error("a parameter of the network is not a finite number")]
    NotFinite,
    /// A table without a row that has all targets.
    #[error(
        "no row of the table has a value of the target that the model knows; there is nothing to compare with"
    )]
    NoTruth,
    /// A row without a target.
    #[error(
        "row {row} (counted from 1) has no value of {} that the model knows; choose a row that has one",
        quoted(target)
    )]
    NoTruthInRow {
        /// The name of the target.
        target: String,
        /// The row, from 1.
        row: usize,
    },
    /// The table lacks inputs.
    #[error(
        "the model needs the column {}, which the table does not have{}{}",
        quoted(missing.first().map_or("", |name| name)),
        did_you_mean(nearest),
        if missing.len() > 1 { format!(" (all missing columns: {})", list(missing)) } else { String::new() }
    )]
    MissingInputs {
        /// Their names.
        missing: Vec<String>,
        /// Columns of the table with names like the first of them, the best one first.
        nearest: Vec<String>,
    },
    /// A column that is no input of the model.
    #[error(
        "the model has no input {}{}",
        quoted(name),
        if nearest.is_empty() { format!("; it has {}", list(inputs)) } else { did_you_mean(nearest) }
    )]
    NoInput {
        /// The name that was asked for.
        name: String,
        /// Names like it, the best one first.
        nearest: Vec<String>,
        /// The names of all inputs.
        inputs: Vec<String>,
    },
    /// An input so far from those of the training that it can not be computed with.
    #[error(
        "column {}, row {row} (counted from 1): {value} is too far from the values of the training to \
         be computed with",
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
    /// A prediction that is not a finite number.
    #[error(
        "the prediction of {} for row {row} (counted from 1) is not a finite number; its inputs are \
         too far from those of the training",
        quoted(target)
    )]
    Prediction {
        /// The name of the target.
        target: String,
        /// The row, from 1.
        row: usize,
    },
    /// What a table has to complain about.
    #[error(transparent)]
    Table(#[from] TableError),
    /// What the core has to complain about.
    #[error(transparent)]
    Core(#[from] chainrule::Error),
}
