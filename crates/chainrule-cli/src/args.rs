//! The command line: one item for each flag. The help texts are these comments.

use chainrule::table;
use clap::{
    Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, Styles},
};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chainrule demo sine                                  a network learns sin(x)
  chainrule fit pump.csv --target flow                 a table becomes a model
  chainrule predict pump.safetensors new.csv           the model's predictions, as CSV

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unfit data, 4 diverged, 130 interrupted.";

/// Small neural networks, hand-made from the chain rule up.
#[derive(Debug, Parser)]
#[command(name = "chainrule", version, after_help = EXAMPLES, styles = Styles::styled())]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train a network on a problem with a known answer, and draw what it learned
    Demo(Demo),
    /// Train a network on a CSV file of numbers and write a model file
    Fit(Fit),
    /// Write a model's predictions for a CSV file
    Predict(Predict),
    /// Describe a model file
    Info(Info),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Problem {
    /// The lesson: sin(x) on [-10, 10]
    Sine,
    /// exp(x/3) + x³ + x²/3 + x on [-10, 10]
    Polynomial,
    /// Two arms that wind around each other
    Spiral,
    /// Two half circles that reach into each other
    Moons,
    /// Opposite corners of a square belong together
    Xor,
}

const DEMO_EXAMPLES: &str = "\
Examples:
  chainrule demo sine
  chainrule demo sine --as-lesson                      the lesson's recipe, to the digit
  chainrule demo spiral --activation tanh --seed 7";

#[derive(Debug, clap::Args)]
#[command(after_help = DEMO_EXAMPLES)]
pub(crate) struct Demo {
    /// What is to be learned
    #[arg(value_enum)]
    pub(crate) problem: Problem,

    /// The lesson's recipe to the letter: raw x, zero biases, the random numbers of numpy's
    /// RandomState(seed), one number of noise for all samples, double precision
    #[arg(long, conflicts_with_all = ["noise", "activation", "optimizer"])]
    pub(crate) as_lesson: bool,

    /// Standard deviation of the normal noise, drawn for each sample [default: 0 for curves, 0.02 to 0.1 in
    /// the plane]
    #[arg(long, value_name = "NUMBER", value_parser = not_negative)]
    pub(crate) noise: Option<f64>,

    /// How often all samples are seen [default: 5000 for curves, 1000 in the plane]
    #[arg(long, value_name = "COUNT", value_parser = positive_count)]
    pub(crate) epochs: Option<usize>,

    /// Units of each hidden layer [default: 100 for curves, 32,32 in the plane]
    #[arg(long, value_name = "UNITS,...", value_delimiter = ',', value_parser = positive_count)]
    pub(crate) hidden: Vec<usize>,

    /// The activation of the hidden layers
    #[arg(long, default_value = "relu", value_parser = activation())]
    pub(crate) activation: String,

    /// The rule that turns a gradient into a step
    #[arg(long, default_value = "adam", value_parser = optimizer())]
    pub(crate) optimizer: String,

    /// The length of the steps
    #[arg(long, value_name = "NUMBER", default_value_t = 0.01, value_parser = positive)]
    pub(crate) learning_rate: f64,

    /// Of all random numbers: the same seed gives the same run
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    pub(crate) seed: u64,

    /// The numbers that are computed with [default: f32; f64 with --as-lesson]
    #[arg(long, value_enum)]
    pub(crate) precision: Option<Precision>,

    /// The folder for the chart (SVG and PNG) and the model
    #[arg(long, value_name = "FOLDER", default_value = "out")]
    pub(crate) out: PathBuf,
}

impl Demo {
    /// The name of the problem, as it is typed.
    pub(crate) fn name(&self) -> String {
        self.problem
            .to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Precision {
    /// Single precision
    F32,
    /// Double precision
    F64,
}

const FIT_EXAMPLES: &str = "\
Examples:
  chainrule fit pump.csv --target flow
  chainrule fit pump.csv --target flow,pressure --hidden 32,32 --activation tanh
  chainrule fit pump.csv --target flow --out models/pump.safetensors --seed 7";

#[derive(Debug, clap::Args)]
#[command(after_help = FIT_EXAMPLES)]
pub(crate) struct Fit {
    /// A CSV file of numbers with a header line; the separator is found by itself
    pub(crate) data: PathBuf,

    /// The column (or columns, separated by commas) to predict; all others are inputs
    #[arg(long, value_name = "COLUMN,...", required = true, value_delimiter = ',')]
    pub(crate) target: Vec<String>,

    /// Columns to leave out, separated by commas; they may hold anything
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) without: Vec<String>,

    /// The model file [default: the data's name with the ending .safetensors, in the current folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Units of each hidden layer [default: 64,64]
    #[arg(long, value_name = "UNITS,...", value_delimiter = ',', value_parser = positive_count)]
    pub(crate) hidden: Vec<usize>,

    /// The activation of the hidden layers [default: silu]
    #[arg(long, value_parser = activation())]
    pub(crate) activation: Option<String>,

    /// The part of the hidden numbers that is left out at random in training [default: 0]
    #[arg(long, value_name = "PART", value_parser = below_one)]
    pub(crate) dropout: Option<f64>,

    /// The rule that turns a gradient into a step [default: adam]
    #[arg(long, value_parser = optimizer())]
    pub(crate) optimizer: Option<String>,

    /// The length of the steps [default: 0.005]
    #[arg(long, value_name = "NUMBER", value_parser = positive)]
    pub(crate) learning_rate: Option<f64>,

    /// How often all samples are seen at most [default: 1000]
    #[arg(long, value_name = "COUNT", value_parser = positive_count)]
    pub(crate) epochs: Option<usize>,

    /// Samples in a step [default: chosen by the number of rows]
    #[arg(long, value_name = "COUNT", value_parser = positive_count)]
    pub(crate) batch_size: Option<usize>,

    /// The part of the rows that is held out: it decides when to stop and which parameters are best [default: 0.15]
    #[arg(long, value_name = "PART", value_parser = part)]
    pub(crate) validation: Option<f64>,

    /// Epochs without progress on the held-out rows before the training stops [default: 100]
    #[arg(long, value_name = "COUNT", value_parser = positive_count)]
    pub(crate) patience: Option<usize>,

    /// Adds this times the sum of |w| over the weights to what is minimised [default: 0]
    #[arg(long, value_name = "NUMBER", value_parser = not_negative)]
    pub l1: Option<f64>,

    /// Adds half of this times the sum of w² over the weights to what is minimised [default: 0]
    #[arg(long, value_name = "NUMBER", value_parser = not_negative)]
    pub l2: Option<f64>,

    /// Of all random numbers: the same seed gives the same model
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,

    /// The numbers that are computed with
    #[arg(long, value_enum, default_value = "f32")]
    pub(crate) precision: Precision,

    /// Say nothing but warnings and errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

const PREDICT_EXAMPLES: &str = "\
Examples:
  chainrule predict pump.safetensors new.csv
  chainrule predict pump.safetensors new.csv --out predictions.csv";

#[derive(Debug, clap::Args)]
#[command(after_help = PREDICT_EXAMPLES)]
pub(crate) struct Predict {
    /// A model file written by `chainrule fit`
    pub(crate) model: PathBuf,

    /// A CSV file that has a column for each input of the model, in any order
    pub(crate) data: PathBuf,

    /// The file for the predictions [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Say nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

const INFO_EXAMPLES: &str = "\
Example:
  chainrule info pump.safetensors";

#[derive(Debug, clap::Args)]
#[command(after_help = INFO_EXAMPLES)]
pub(crate) struct Info {
    /// A model file written by `chainrule fit`
    pub(crate) model: PathBuf,
}

fn activation() -> PossibleValuesParser {
    let names =
        table::activations::<f32>().iter().map(|one| one.name().to_owned()).collect::<Vec<_>>();
    PossibleValuesParser::new(names.into_iter().chain(["prelu".to_owned()]))
}

fn optimizer() -> PossibleValuesParser {
    PossibleValuesParser::new(table::optimizers::<f32>().iter().map(|one| one.name().to_owned()))
}

fn positive_count(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err("a whole number from 1 is needed".to_owned()),
        Ok(count) => Ok(count),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    checked(text, "a number above 0 is needed", |v| v > 0.0)
}

fn not_negative(text: &str) -> Result<f64, String> {
    checked(text, "a number from 0 is needed", |v| v >= 0.0)
}

fn below_one(text: &str) -> Result<f64, String> {
    checked(text, "a number from 0 to below 1 is needed", |v| (0.0..1.0).contains(&v))
}

fn part(text: &str) -> Result<f64, String> {
    checked(text, "a number between 0 and 1 is needed", |v| 0.0 < v && v < 1.0)
}

fn checked(text: &str, message: &str, allowed: impl Fn(f64) -> bool) -> Result<f64, String> {
    match text.trim().parse() {
        Ok(value) if allowed(value) && f64::is_finite(value) => Ok(value),
        _ => Err(message.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// The defaults stand in the library; the help repeats them.
    #[test]
    fn the_help_tells_the_defaults_of_the_library() {
        let help =
            Args::command().find_subcommand_mut("fit").unwrap().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let settings = chainrule_tabular::Settings::new(["y"]);
        for (flag, default) in [
            (
                "--hidden",
                settings.hidden.iter().map(usize::to_string).collect::<Vec<_>>().join(","),
            ),
            ("--activation", settings.activation),
            ("--dropout", settings.dropout.to_string()),
            ("--optimizer", settings.optimizer),
            ("--learning-rate", settings.learning_rate.to_string()),
            ("--epochs", settings.epochs.to_string()),
            ("--validation", settings.validation.to_string()),
            ("--patience", settings.patience.to_string()),
            ("--l1", settings.l1.to_string()),
            ("--l2", settings.l2.to_string()),
        ] {
            let (_, text) = help.split_once(&format!("{flag} <")).unwrap();
            let (_, text) = text.split_once("[default: ").unwrap();
            assert!(text.starts_with(&format!("{default}]")), "{flag}: {default} in {text:.20}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
