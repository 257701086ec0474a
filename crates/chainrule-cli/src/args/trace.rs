use super::{
    Language, Subject,
    values::{optimizer, positive, up_to_a_thousand},
};
use std::path::PathBuf;

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
    #[command(flatten)]
    pub(crate) subject: Subject,

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
