use super::{
    Precision,
    values::{
        activation, below_one, duration, level, levels, not_negative, part, positive,
        positive_count, several, solver_or_auto, up_to_a_thousand,
    },
};
use chainrule_tabular::{Settings, Table, Task, Validation};
use clap::ValueEnum;
use std::time::Duration;

/// What is learned, and how.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Learning {
    /// The column (or columns, separated by commas) to predict; all others are inputs
    #[arg(long, value_name = "COLUMN,...", required = true, value_delimiter = ',')]
    pub(crate) target: Vec<String>,

    /// Columns to leave out, separated by commas; they may hold anything
    #[arg(long, value_name = "COLUMN,...", value_delimiter = ',')]
    pub(crate) without: Vec<String>,

    /// What is learned of the target [default: classes of words and of two numbers, else numbers]
    #[arg(long, value_enum)]
    pub(crate) task: Option<TaskName>,

    /// The levels of --task quantiles, separated by commas
    #[arg(long, value_name = "LEVEL,...", default_value = "0.05,0.5,0.95", value_parser = levels)]
    pub(crate) quantiles: Levels,

    /// Learn the logarithm of the target, so that errors are relative; the predictions are in its own unit
    #[arg(long)]
    pub(crate) log_target: bool,

    /// The column with the weights of the rows
    #[arg(long, value_name = "COLUMN")]
    pub(crate) weights: Option<String>,

    /// Let rare classes weigh as much as frequent ones; probabilities are no shares then
    #[arg(long)]
    pub(crate) balanced: bool,

    /// The column whose equal values belong together: such rows all train or all judge
    #[arg(long, value_name = "COLUMN", help_heading = "Honest scores")]
    pub(crate) group: Option<String>,

    /// The column that puts the rows in order, such as a date: the latest ones judge
    #[arg(long, value_name = "COLUMN", help_heading = "Honest scores", conflicts_with = "group")]
    pub(crate) order: Option<String>,

    /// In how many folds the rows are that train; each network is judged by one of them, and trained without it
    /// [default: 8 with a solver, 5 with an optimizer]
    #[arg(long, value_name = "COUNT", value_parser = several, help_heading = "Honest scores")]
    pub(crate) folds: Option<usize>,

    /// In place of folds, the part of the rows that judges all networks: it tells them when to stop [default: 0.15 for
    /// more than 100000 rows or with --order]
    #[arg(
        long,
        value_name = "PART",
        value_parser = part,
        help_heading = "Honest scores",
        conflicts_with = "folds"
    )]
    pub(crate) validation: Option<f64>,

    /// How often intervals are to hold the true value
    #[arg(long, value_name = "LEVEL", default_value_t = Settings::LEVEL, value_parser = level)]
    pub(crate) level: f64,

    /// Units of each hidden layer [default: up to 20 with a solver, 64,64 with an optimizer]
    #[arg(
        long,
        value_name = "UNITS,...",
        value_delimiter = ',',
        value_parser = positive_count,
        help_heading = "The networks"
    )]
    pub(crate) hidden: Vec<usize>,

    /// The activation of the hidden layers [default: tanh with a solver, silu with an optimizer]
    #[arg(long, value_parser = activation(), help_heading = "The networks")]
    pub(crate) activation: Option<String>,

    /// The part of the hidden numbers that is left out at random in training [default: 0]
    #[arg(long, value_name = "PART", value_parser = below_one, help_heading = "The networks")]
    pub(crate) dropout: Option<f64>,

    /// How the networks are trained: by a solver, which looks at all rows at once (levenberg_marquardt or lm,
    /// bayesian_regularization or bayes, scaled_conjugate_gradient or scg, lbfgs), or by the steps of an optimizer
    #[arg(
        long,
        alias = "optimizer",
        default_value = "auto",
        value_parser = solver_or_auto(),
        help_heading = "The training"
    )]
    pub(crate) solver: String,

    /// How many networks are trained for each fold, from different weights; the model is the mean of all [default: 2
    /// with a solver of least squares, 1 else; 4 without folds]
    #[arg(
        long,
        value_name = "COUNT",
        value_parser = up_to_a_thousand,
        help_heading = "The training"
    )]
    pub(crate) restarts: Option<usize>,

    /// Threads at most, for several trainings at a time or for the large steps of one; it does not change the model
    /// [default: the processor's cores]
    #[arg(
        long,
        value_name = "COUNT",
        value_parser = up_to_a_thousand,
        help_heading = "The training"
    )]
    pub(crate) threads: Option<usize>,

    /// The length of an optimizer's steps [default: 0.005]
    #[arg(long, value_name = "NUMBER", value_parser = positive, help_heading = "The training")]
    pub(crate) learning_rate: Option<f64>,

    /// How often all samples are seen at most: epochs or iterations [default: 1000]
    #[arg(long, value_name = "COUNT", value_parser = positive_count, help_heading = "The training")]
    pub(crate) epochs: Option<usize>,

    /// Ends the training after this time, such as 30s, 5m or 1h, with the best parameters so far [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "The training")]
    pub(crate) time: Option<Duration>,

    /// Samples in an optimizer's step [default: chosen by the number of rows]
    #[arg(long, value_name = "COUNT", value_parser = positive_count, help_heading = "The training")]
    pub(crate) batch_size: Option<usize>,

    /// Epochs without progress on the rows that judge before a training stops [default: 30 with a solver of least
    /// squares, else 100]
    #[arg(long, value_name = "COUNT", value_parser = positive_count, help_heading = "The training")]
    pub(crate) patience: Option<usize>,

    /// Adds this times the sum of |w| over the weights to what is minimised [default: 0]
    #[arg(long, value_name = "NUMBER", value_parser = not_negative, help_heading = "The training")]
    pub(crate) l1: Option<f64>,

    /// Adds half of this times the sum of w² over the weights to what is minimised [default: 0]
    #[arg(long, value_name = "NUMBER", value_parser = not_negative, help_heading = "The training")]
    pub(crate) l2: Option<f64>,

    /// Of all random numbers: the same seed gives the same model
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u64,

    /// The numbers that are computed with [default: f64 with a solver, f32 with an optimizer]
    #[arg(long, value_enum, help_heading = "The training")]
    pub(crate) precision: Option<Precision>,
}

/// What is learned of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TaskName {
    /// Numbers, by their mean
    Regression,
    /// Numbers, by quantiles
    Quantiles,
    /// Numbers, by a mean and a deviation for each row
    Gaussian,
    /// Counts, by their rate
    Count,
    /// Classes, by their probabilities; of several targets each has two
    Classification,
}

/// Levels of quantiles.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Levels(pub(crate) Vec<f64>);

impl Learning {
    /// As settings for this table.
    pub(crate) fn settings(&self, table: &Table) -> Settings {
        let usual = Settings::new(columns(&self.target, table));
        let task = self.task.map(|task| match task {
            TaskName::Regression => Task::Regression,
            TaskName::Quantiles => Task::Quantiles(self.quantiles.0.clone()),
            TaskName::Gaussian => Task::Gaussian,
            TaskName::Count => Task::Count,
            TaskName::Classification => Task::Classification,
        });
        let folds = self.folds.map(Validation::Folds);
        Settings {
            without: columns(&self.without, table),
            task,
            log_target: self.log_target,
            weights: self.weights.clone(),
            balanced: self.balanced,
            group: self.group.clone(),
            order: self.order.clone(),
            validation: folds.or(self.validation.map(Validation::Part)),
            solver: self.solver.clone(),
            hidden: (!self.hidden.is_empty()).then(|| self.hidden.clone()),
            activation: self.activation.clone(),
            dropout: self.dropout.unwrap_or(usual.dropout),
            learning_rate: self.learning_rate,
            epochs: self.epochs,
            batch_size: self.batch_size,
            restarts: self.restarts,
            threads: self.threads.unwrap_or_else(cores),
            patience: self.patience,
            l1: self.l1.unwrap_or(usual.l1),
            l2: self.l2.unwrap_or(usual.l2),
            level: self.level,
            seed: self.seed,
            precision: self.precision.map(|precision| match precision {
                Precision::F32 => chainrule_tabular::Precision::F32,
                Precision::F64 => chainrule_tabular::Precision::F64,
            }),
            ..usual
        }
    }
}

/// How many trainings can be done at a time.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The columns of an argument, which commas separate, unless there is a column of that very name.
pub(crate) fn columns(argument: &[String], table: &Table) -> Vec<String> {
    let whole = argument.join(",");
    if table.names().any(|name| name == whole) { vec![whole] } else { argument.to_vec() }
}
