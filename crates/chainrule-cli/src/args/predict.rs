use super::{Reading, values::part};
use clap::ValueEnum;
use std::path::{Path, PathBuf};

const PREDICT_EXAMPLES: &str = "\
Examples:
  chainrule predict pump.safetensors new.csv
  chainrule predict pump.safetensors new.csv --intervals --keep --out predictions.csv
  chainrule predict pump.safetensors new.parquet --out predictions.parquet
  chainrule predict pump.safetensors new.csv --format jsonl
  cat new.csv | chainrule predict pump.safetensors - | head";

#[derive(Debug, clap::Args)]
#[command(after_help = PREDICT_EXAMPLES)]
pub(crate) struct Predict {
    /// A model file written by `chainrule fit`
    pub(crate) model: PathBuf,

    /// A table that has a column for each input of the model, in any order; - for standard input
    pub(crate) data: PathBuf,

    /// Add the ends of intervals that hold the true value so often, such as 0.9
    #[arg(long, value_name = "LEVEL", value_parser = part, num_args = 0..=1, default_missing_value = "0.9")]
    pub(crate) intervals: Option<f64>,

    /// Put the columns of the table before the predictions; a prediction of a column that is there already is named
    /// "COLUMN predicted"
    #[arg(long, help_heading = "Output")]
    pub(crate) keep: bool,

    /// How the predictions are written [default: as the ending of --out says, else csv]
    #[arg(long, value_enum, help_heading = "Output")]
    pub(crate) format: Option<Format>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// The file for the predictions [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,

    /// Write one JSON object about the predictions, which go to --out
    #[arg(long, requires = "out", help_heading = "Output")]
    pub(crate) json: bool,

    /// Say nothing but errors
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Commas, and a header line
    Csv,
    /// A JSON object for each row, on a line of its own
    Jsonl,
    /// Apache Parquet
    Parquet,
}

impl Predict {
    /// The format that was asked for, or that of the file's ending.
    pub(crate) fn format(&self) -> Format {
        let ending = self.out.as_deref().and_then(Path::extension).map(|ending| {
            let ending = ending.to_string_lossy().to_lowercase();
            match ending.as_str() {
                "jsonl" | "ndjson" => Format::Jsonl,
                "parquet" => Format::Parquet,
                _ => Format::Csv,
            }
        });
        self.format.or(ending).unwrap_or(Format::Csv)
    }
}
