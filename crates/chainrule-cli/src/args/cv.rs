use super::{Learning, Reading, values::several};
use std::path::PathBuf;

const CV_EXAMPLES: &str = "\
Examples:
  chainrule cv pump.csv --target flow
  chainrule cv pump.csv --target flow --outer 10 --solver lm --hidden 10
  chainrule cv patients.csv --target ill --group clinic
  chainrule cv sales.csv --target sold --order day --json

The table is divided into --outer folds. For each of them everything that `chainrule fit` does is done without its \
rows, which then score: scaling, choice of network, stopping, the mean of several networks. So the scores are those of \
the whole procedure, and a small table is used to the last row. With --order the folds follow each other in time, and \
each is scored by a model of the rows before it. --time is the limit of each fit. No model file is written: that is \
what `chainrule fit` does.";

#[derive(Debug, clap::Args)]
#[command(after_help = CV_EXAMPLES)]
pub(crate) struct Cv {
    /// A table with a header line: CSV, Parquet or Arrow, also compressed; - for standard input
    pub(crate) data: PathBuf,

    #[command(flatten)]
    pub(crate) learning: Learning,

    /// In how many folds the table is divided; each is scored by a fit of the others
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 5,
        value_parser = several,
        help_heading = "Honest scores"
    )]
    pub(crate) outer: usize,

    /// A measure that the mean of the folds must have, such as 'r2>0.9' or 'accuracy>=0.8'; otherwise the exit code is
    /// 5. May be repeated
    #[arg(long, value_name = "REQUIREMENT", help_heading = "Honest scores")]
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
