use super::{
    Reading,
    values::{activation, duration, part, positive_count, solver},
};
use std::{path::PathBuf, time::Duration};

const RACE_EXAMPLES: &str = "\
Examples:
  chainrule race pump.csv --target flow
  chainrule race pump.csv --target flow --hidden 10 --solvers lm,lbfgs,adam --time 20s";

#[derive(Debug, clap::Args)]
#[command(after_help = RACE_EXAMPLES)]
pub(crate) struct Race {
    /// A table with a header line: CSV, Parquet or Arrow, also compressed; - for standard input
    pub(crate) data: PathBuf,

    /// The column (or columns, separated by commas) to predict; all others are inputs
    #[arg(long, value_name = "COLUMN,...", required = true, value_delimiter = ',')]
    pub(crate) target: Vec<String>,

    /// Columns to leave out, separated by commas; they may hold anything
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) without: Vec<String>,

    /// Who takes part, separated by commas: solvers and optimizers; lm, bayes and scg are short names
    #[arg(
        long,
        value_name = "NAME,...",
        value_delimiter = ',',
        default_value = "lm,bayes,lbfgs,scg,adam",
        value_parser = solver()
    )]
    pub(crate) solvers: Vec<String>,

    /// Units of each hidden layer
    #[arg(
        long,
        value_name = "UNITS,...",
        value_delimiter = ',',
        default_value = "20",
        value_parser = positive_count
    )]
    pub(crate) hidden: Vec<usize>,

    /// The activation of the hidden layers
    #[arg(long, default_value = "tanh", value_parser = activation())]
    pub(crate) activation: String,

    /// How long each of them may take, such as 30s or 2m
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(crate) time: Duration,

    /// The part of the rows that is held out
    #[arg(long, value_name = "PART", default_value_t = 0.15, value_parser = part)]
    pub(crate) validation: f64,

    /// Of the weights, and of the rows that are held out
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// The folder for the chart (SVG and PNG)
    #[arg(long, value_name = "FOLDER", default_value = "out", help_heading = "Output")]
    pub(crate) out: PathBuf,

    /// Write one JSON object in place of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Say nothing but warnings and errors
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
}
