//! The command line: one item for each flag. The help texts are these comments.

use chainrule::{solver::Solver, table};
use clap::{
    Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, Styles, TypedValueParser},
};
use std::{path::PathBuf, time::Duration};

const EXAMPLES: &str = "\
Examples:
  chainrule demo sine                                  a network learns sin(x)
  chainrule fit pump.csv --target flow                 a table becomes a model
  chainrule predict pump.safetensors new.csv           the model's predictions, as CSV

Environment:
  CHAINRULE_KERNEL   the instructions to compute with, such as avx2 or reference [default: the best there are]

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
    /// Let the solvers train one network on a table from the same start, and compare error and time
    Race(Race),
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
  chainrule demo sine --hidden 20 --activation tanh --solver lm
  chainrule demo spiral --activation tanh --seed 7";

#[derive(Debug, clap::Args)]
#[command(after_help = DEMO_EXAMPLES)]
pub(crate) struct Demo {
    /// What is to be learned
    #[arg(value_enum)]
    pub(crate) problem: Problem,

    /// The lesson's recipe to the letter: raw x, zero biases, the random numbers of numpy's
    /// RandomState(seed), one number of noise for all samples, double precision
    #[arg(long, conflicts_with_all = ["noise", "activation", "solver"])]
    pub(crate) as_lesson: bool,

    /// Standard deviation of the normal noise, drawn for each sample [default: 0 for curves, 0.02 to 0.1 in
    /// the plane]
    #[arg(long, value_name = "NUMBER", value_parser = not_negative)]
    pub(crate) noise: Option<f64>,

    /// How often all samples are seen: epochs or iterations [default: 5000 for curves, 1000 in the plane]
    #[arg(long, value_name = "COUNT", value_parser = positive_count)]
    pub(crate) epochs: Option<usize>,

    /// Units of each hidden layer [default: 100 for curves, 32,32 in the plane]
    #[arg(long, value_name = "UNITS,...", value_delimiter = ',', value_parser = positive_count)]
    pub(crate) hidden: Vec<usize>,

    /// The activation of the hidden layers
    #[arg(long, default_value = "relu", value_parser = activation())]
    pub(crate) activation: String,

    /// How it is learned: by the steps of an optimizer, or by a solver, which looks at all samples at once
    /// (levenberg_marquardt or lm, bayesian_regularization or bayes, scaled_conjugate_gradient or scg, lbfgs)
    #[arg(long, alias = "optimizer", default_value = "adam", value_parser = solver())]
    pub(crate) solver: String,

    /// The length of an optimizer's steps [default: 0.01]
    #[arg(long, value_name = "NUMBER", value_parser = positive)]
    pub(crate) learning_rate: Option<f64>,

    /// Of all random numbers: the same seed gives the same run
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    pub(crate) seed: u64,

    /// The numbers that are computed with [default: f32; f64 with --as-lesson or a solver]
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
  chainrule fit pump.csv --target flow,pressure --hidden 32,32 --solver adam
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

    /// Units of each hidden layer [default: up to 20 with a solver, 64,64 with an optimizer]
    #[arg(long, value_name = "UNITS,...", value_delimiter = ',', value_parser = positive_count)]
    pub(crate) hidden: Vec<usize>,

    /// The activation of the hidden layers [default: tanh with a solver, silu with an optimizer]
    #[arg(long, value_parser = activation())]
    pub(crate) activation: Option<String>,

    /// The part of the hidden numbers that is left out at random in training [default: 0]
    #[arg(long, value_name = "PART", value_parser = below_one)]
    pub(crate) dropout: Option<f64>,

    /// How the network is trained: by a solver, which looks at all rows at once (levenberg_marquardt or lm,
    /// bayesian_regularization or bayes, scaled_conjugate_gradient or scg, lbfgs), or by the steps of an optimizer
    #[arg(long, alias = "optimizer", default_value = "auto", value_parser = solver_or_auto())]
    pub(crate) solver: String,

    /// How many trainings start from different weights; the best one on the held-out rows is kept [default: 4 with a
    /// solver of least squares, else 1]
    #[arg(long, value_name = "COUNT", value_parser = up_to_a_thousand)]
    pub(crate) restarts: Option<usize>,

    /// Threads at most, for several trainings at a time or for the large steps of one; it does not change the model
    /// [default: the processor's cores]
    #[arg(long, value_name = "COUNT", value_parser = up_to_a_thousand)]
    pub(crate) threads: Option<usize>,

    /// The length of an optimizer's steps [default: 0.005]
    #[arg(long, value_name = "NUMBER", value_parser = positive)]
    pub(crate) learning_rate: Option<f64>,

    /// How often all samples are seen at most: epochs or iterations [default: 1000]
    #[arg(long, value_name = "COUNT", value_parser = positive_count)]
    pub(crate) epochs: Option<usize>,

    /// Ends the training after this time, such as 30s, 5m or 1h, with the best parameters so far [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) time: Option<Duration>,

    /// Samples in an optimizer's step [default: chosen by the number of rows]
    #[arg(long, value_name = "COUNT", value_parser = positive_count)]
    pub(crate) batch_size: Option<usize>,

    /// The part of the rows that is held out: it decides when to stop and which parameters are best [default: 0.15]
    #[arg(long, value_name = "PART", value_parser = part)]
    pub(crate) validation: Option<f64>,

    /// Epochs without progress on the held-out rows before the training stops [default: 30 with a solver of least
    /// squares, else 100]
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

    /// The numbers that are computed with [default: f64 with a solver, f32 with an optimizer]
    #[arg(long, value_enum)]
    pub(crate) precision: Option<Precision>,

    /// Say nothing but warnings and errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

const RACE_EXAMPLES: &str = "\
Examples:
  chainrule race pump.csv --target flow
  chainrule race pump.csv --target flow --hidden 10 --solvers lm,lbfgs,adam --time 20s";

#[derive(Debug, clap::Args)]
#[command(after_help = RACE_EXAMPLES)]
pub(crate) struct Race {
    /// A CSV file of numbers with a header line
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

    /// The folder for the chart (SVG and PNG)
    #[arg(long, value_name = "FOLDER", default_value = "out")]
    pub(crate) out: PathBuf,
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

/// The name of a solver or an optimizer, and what else it is called.
fn methods() -> Vec<(String, Option<&'static str>)> {
    let solvers = table::solvers().into_iter().map(|solver| {
        let short = match solver {
            Solver::LevenbergMarquardt(_) => Some("lm"),
            Solver::BayesianRegularization(_) => Some("bayes"),
            Solver::ScaledConjugateGradient(_) => Some("scg"),
            Solver::Lbfgs(_) => None,
        };
        (solver.name().to_owned(), short)
    });
    let optimizers = table::optimizers::<f32>();
    solvers.chain(optimizers.iter().map(|one| (one.name().to_owned(), None))).collect()
}

/// Names of methods and these; short names are written out.
fn solver_or(others: &[&'static str]) -> impl TypedValueParser<Value = String> {
    let value = |(name, short): (String, Option<&'static str>)| match short {
        Some(short) => PossibleValue::new(name).alias(short),
        None => PossibleValue::new(name),
    };
    let others = others.iter().map(|&name| PossibleValue::new(name));
    let values = others.chain(methods().into_iter().map(value));
    PossibleValuesParser::new(values.collect::<Vec<_>>()).map(|name| {
        let full = methods().into_iter().find(|(_, short)| *short == Some(name.as_str()));
        full.map_or(name, |(full, _)| full)
    })
}

fn solver() -> impl TypedValueParser<Value = String> {
    solver_or(&[])
}

fn solver_or_auto() -> impl TypedValueParser<Value = String> {
    solver_or(&[chainrule_tabular::Settings::AUTO])
}

fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text.trim()) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("a time such as 30s, 5m or 1h is needed".to_owned()),
    }
}

fn positive_count(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err("a whole number from 1 is needed".to_owned()),
        Ok(count) => Ok(count),
    }
}

fn up_to_a_thousand(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(count @ 1..=1000) => Ok(count),
        _ => Err("a whole number from 1 to 1000 is needed".to_owned()),
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
        use chainrule_tabular::Settings;
        let settings = Settings::new(["y"]);
        let list =
            |widths: &[usize]| widths.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let [layers, units] = [list(&Settings::LAYERS), list(&[Settings::UNITS])];
        let [few, many] = Settings::PATIENCE;
        for (flag, default) in [
            ("--hidden", format!("up to {units} with a solver, {layers} with an optimizer")),
            (
                "--restarts",
                format!("{} with a solver of least squares, else 1", Settings::RESTARTS),
            ),
            ("--learning-rate", Settings::LEARNING_RATE.to_string()),
            ("--epochs", Settings::EPOCHS.to_string()),
            ("--patience", format!("{few} with a solver of least squares, else {many}")),
            ("--solver", settings.solver),
            ("--dropout", settings.dropout.to_string()),
            ("--validation", settings.validation.to_string()),
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
