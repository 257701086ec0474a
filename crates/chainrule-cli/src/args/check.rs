use super::Reading;
use std::path::PathBuf;

const CHECK_EXAMPLES: &str = "\
Examples:
  chainrule check titanic.csv
  chainrule check titanic.csv --target survived
  chainrule check pump.csv --target flow --type valve=category --missing=-999

Exit codes: 0 also if there are warnings; 3 if the target can not be learned, or the table can not be read.";

#[derive(Debug, clap::Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct Check {
    /// A table with a header line: CSV, Parquet or Arrow, also compressed; - for standard input
    pub(crate) data: PathBuf,

    /// The column (or columns, separated by commas) to predict: tells what gives it away, and whether it can be learned
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) target: Vec<String>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// Write one JSON object in place of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}
