use super::{Keeping, Learning, Reading, values::test};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chainrule fit pump.csv --target flow
  chainrule fit titanic.csv --target survived --without alive
  chainrule fit pump.csv --target flow,pressure --hidden 32,32 --solver adam
  chainrule fit pump.csv --target flow --test later.csv --require 'r2>0.9' --quiet
  chainrule fit patients.csv --target ill --group clinic --balanced --json
  zcat pump.csv.gz | chainrule fit - --target flow --out pump.safetensors

The model is the mean of several networks: the rows are divided into folds, and each network is trained without one \
of them, which tells it when to stop and how large its errors are on rows that it has not seen. So a model file is \
as many times larger than one network; --validation 0.15 --restarts 1 makes a single one.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unfit data, 4 diverged, 5 a requirement is not met, 130 interrupted; \
after 4, 5 and 130 the model file is there if anything was learned.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Fit {
    /// A table with a header line: CSV, Parquet or Arrow, also compressed; - for standard input
    pub(crate) data: PathBuf,

    #[command(flatten)]
    pub(crate) learning: Learning,

    /// The rows that no decision sees, on which the model is scored: a part such as 0.15, a file, or none
    #[arg(
        long,
        value_name = "PART|FILE",
        default_value = "0.15",
        value_parser = test,
        help_heading = "Honest scores"
    )]
    pub(crate) test: Test,

    /// A measure that the model must have, such as 'r2>0.9' or 'accuracy>=0.8'; otherwise the exit code is 5. May be
    /// repeated
    #[arg(long, value_name = "REQUIREMENT", help_heading = "Honest scores")]
    pub(crate) require: Vec<super::Requirement>,

    #[command(flatten)]
    pub(crate) keeping: Keeping,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// The model file [default: the data's name with the ending .safetensors, in the current folder]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,

    /// Also write a report as one HTML file: scores, errors on the rows that are kept for the scores, what the inputs do,
    /// the courses of the trainings
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// The language of the report
    #[arg(long, value_enum, default_value = "en", requires = "report")]
    pub(crate) lang: super::Language,

    /// Write one JSON object in place of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Say nothing but warnings and errors
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
}

/// The rows for the scores.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// This part of the table; 0 for none.
    Part(f64),
    /// Those of another file.
    File(PathBuf),
}
