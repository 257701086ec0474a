use super::{Reading, values::level};
use chainrule_tabular::Settings;
use std::path::PathBuf;

const EVALUATE_EXAMPLES: &str = "\
Examples:
  chainrule evaluate pump.safetensors later.csv
  chainrule eval pump.safetensors later.csv --require 'r2>0.9' --json
  chainrule evaluate titanic.safetensors new.csv --by sex

Rows that the model was trained on flatter it: give it rows that it has not seen.";

#[derive(Debug, clap::Args)]
#[command(after_help = EVALUATE_EXAMPLES)]
pub(crate) struct Evaluate {
    /// A model file written by `chainrule fit`
    pub(crate) model: PathBuf,

    /// A table that has a column for each input and each target of the model, in any order; - for standard input
    pub(crate) data: PathBuf,

    /// How often intervals are to hold the true value
    #[arg(long, value_name = "LEVEL", default_value_t = Settings::LEVEL, value_parser = level)]
    pub(crate) level: f64,

    /// Score the rows of each value of this column by themselves, too; many numbers are cut into quarters
    #[arg(long, value_name = "COLUMN")]
    pub(crate) by: Option<String>,

    /// A measure that the model must have, such as 'r2>0.9' or 'accuracy>=0.8'; otherwise the exit code is 5. May be
    /// repeated
    #[arg(long, value_name = "REQUIREMENT")]
    pub(crate) require: Vec<super::Requirement>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Write one JSON object in place of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Say nothing but warnings and errors
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
}
