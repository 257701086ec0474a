use super::{
    Precision,
    values::{activation, not_negative, positive, positive_count, solver},
};
use clap::ValueEnum;
use std::path::PathBuf;

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
