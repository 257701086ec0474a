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
    #[error("the network has {found} {what}, but there are {expected} columns for them")]
    Columns {
        /// `inputs` or `outputs`.
        what: &'static str,
        /// Columns.
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
    /// A mean or deviation that is no scale.
    #[error(
        "the scale of column {} is wrong: mean {mean}, deviation {deviation} (a finite number and a \
         positive one are needed)",
        quoted(name)
    )]
    Scale {
        /// The name of the column.
        name: String,
        /// Its mean.
        mean: f64,
        /// Its deviation.
        deviation: f64,
    },
    /// A probability with a scale.
    #[error("the target {} is a probability, which has mean 0 and deviation 1", quoted(name))]
    ScaledProbability {
        /// The name of the target.
        name: String,
    },
    /// NaN or infinity among the parameters.
    #[error("a parameter of the network is not a finite number")]
    NotFinite,
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
        /// The value.
        value: f64,
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
