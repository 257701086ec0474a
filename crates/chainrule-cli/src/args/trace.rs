use super::{
    Language, Problem, Reading,
    values::{activation, loss, optimizer, positive, rows, up_to_a_thousand, widths},
};
use std::{ops::RangeInclusive, path::PathBuf};

const TRACE_EXAMPLES: &str = "\
Examples:
  chainrule trace --network 2-3-1 --activation sigmoid          a random network and a random batch
  chainrule trace --network 2-3-1 --html step.html              the same as a page with formulas
  chainrule trace --demo xor --steps 5 --html xor.html --lang zh
  chainrule trace pump.safetensors --data pump.csv --row 3      one row through a trained network
  chainrule trace pump.safetensors --data pump.csv --row 3-6 --row 9 --json

All numbers are in double precision: inputs, z, a, the loss, δ, dW, db, dx, each gradient beside its difference
quotients, and the step of the optimizer.";

#[derive(Debug, clap::Args)]
#[command(after_help = TRACE_EXAMPLES)]
pub(crate) struct Trace {
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
        help_heading = "The step"
    )]
    pub(crate) activation: String,

    /// What is minimised [default: what the model learned by; binary_cross_entropy for two classes, else
    /// mean_squared_error]
    #[arg(long, value_parser = loss(), conflicts_with = "model", help_heading = "The step")]
    pub(crate) loss: Option<String>,

    /// The rows of the batch of --demo and --network [default: 4]
    #[arg(
        long,
        value_name = "COUNT",
        value_parser = up_to_a_thousand,
        conflicts_with = "model",
        help_heading = "The step"
    )]
    pub(crate) batch: Option<usize>,

    /// The rule of the steps
    #[arg(long, default_value = "adam", value_parser = optimizer(), help_heading = "The step")]
    pub(crate) optimizer: String,

    /// The length of the steps
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 0.01,
        value_parser = positive,
        help_heading = "The step"
    )]
    pub(crate) learning_rate: f64,

    /// How many steps, each with the whole batch
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 1,
        value_parser = up_to_a_thousand,
        help_heading = "The step"
    )]
    pub(crate) steps: usize,

    /// Of the random numbers of --demo and --network
    #[arg(long, value_name = "NUMBER", default_value_t = 42, help_heading = "The step")]
    pub(crate) seed: u64,

    /// Leave out the difference quotients, which take two passes for each number
    #[arg(long, help_heading = "The step")]
    pub(crate) no_differences: bool,

    /// Write a page with formulas, to be read in a browser
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) html: Option<PathBuf>,

    /// The language of headings and sentences
    #[arg(long, value_enum, default_value = "en", help_heading = "Output")]
    pub(crate) lang: Language,

    /// Write one JSON object in place of text, with every number as nested lists
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

/// The widths of a network, from its inputs to its outputs: two at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Widths(pub(crate) Vec<usize>);
