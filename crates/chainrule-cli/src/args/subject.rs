use super::{
    Problem, Reading,
    values::{activation, loss, rows, up_to_a_thousand, widths},
};
use std::{ops::RangeInclusive, path::PathBuf};

/// The network and the batch that are looked at: those of a model and a table, or random ones.
#[derive(Debug, clap::Args)]
pub(crate) struct Subject {
    /// A model file written by `chainrule fit`; its rows come from --data
    #[arg(requires = "data")]
    pub(crate) model: Option<PathBuf>,

    /// A table with the inputs and the targets of the model; - for standard input
    #[arg(long, value_name = "FILE", requires = "model")]
    pub(crate) data: Option<PathBuf>,

    /// A row of the table, counted from 1, or rows such as 3-6; may be repeated [default: 1]
    #[arg(long, value_name = "ROW", value_parser = rows, requires = "model")]
    pub(crate) row: Vec<RangeInclusive<usize>>,

    /// Which network of the model, counted from 1 [default: the first]
    #[arg(long, value_name = "NUMBER", value_parser = up_to_a_thousand, requires = "model")]
    pub(crate) member: Option<usize>,

    /// A small network before its first step on a problem with a known answer
    #[arg(long, value_enum, value_name = "PROBLEM", conflicts_with_all = ["model", "network"])]
    pub(crate) demo: Option<Problem>,

    /// A network of these widths, from the inputs to the outputs, such as 2-3-1, with random weights and a random batch
    #[arg(long, value_name = "WIDTHS", value_parser = widths, conflicts_with = "model")]
    pub(crate) network: Option<Widths>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// The activation of the hidden layers of --demo and --network
    #[arg(
        long,
        default_value = "tanh",
        value_parser = activation(),
        conflicts_with = "model",
        help_heading = "The network and the batch"
    )]
    pub(crate) activation: String,

    /// What is minimised [default: what the model learned by; binary_cross_entropy for two classes, else
    /// mean_squared_error]
    #[arg(long, value_parser = loss(), conflicts_with = "model", help_heading = "The network and the batch")]
    pub(crate) loss: Option<String>,

    /// The rows of the batch of --demo and --network [default: 4]
    #[arg(
        long,
        value_name = "COUNT",
        value_parser = up_to_a_thousand,
        conflicts_with = "model",
        help_heading = "The network and the batch"
    )]
    pub(crate) batch: Option<usize>,

    /// Of the random numbers of --demo and --network
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 42,
        help_heading = "The network and the batch"
    )]
    pub(crate) seed: u64,
}

/// The widths of a network, from its inputs to its outputs: two at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Widths(pub(crate) Vec<usize>);
