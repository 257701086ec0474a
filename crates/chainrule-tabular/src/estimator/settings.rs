use super::{Task, Validation};
use crate::{Precision, table::ColumnType};
use chainrule::optimizer::Schedule;

/// What a fit is to do. Start from [`Settings::new`] and change what you like:
///
/// ```
/// use chainrule_tabular::Settings;
///
/// let settings = Settings { hidden: Some(vec![32]), seed: 7, ..Settings::new(["flow"]) };
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The columns to predict; all others are inputs.
    pub targets: Vec<String>,
    /// Columns that are left out: neither inputs nor targets. They may hold anything.
    pub without: Vec<String>,
    /// What is to be learned; `None` for what the targets suggest.
    pub task: Option<Task>,
    /// Whether the logarithms of numbers are learned.
    pub log_target: bool,
    /// Types of columns, where they are not to be found out.
    pub types: Vec<(String, ColumnType)>,
    /// The column with the weights of the rows.
    pub weights: Option<String>,
    /// Whether rare classes weigh as much as frequent ones.
    pub balanced: bool,
    /// The column whose equal values keep rows together: they all train, or all judge.
    pub group: Option<String>,
    /// The column that puts the rows in order: the latest ones judge.
    pub order: Option<String>,
    /// The part of the rows that no decision sees, on which the model is scored: in [0, 1); `None` for
    /// [`Settings::TEST`], or 0 where other rows are given for that.
    pub test: Option<f64>,
    /// Which rows judge during the training; `None` to choose by the number of rows.
    pub validation: Option<Validation>,
    /// How the network is trained: [`Settings::AUTO`], a name of [`chainrule::table::solvers`] or of
    /// [`chainrule::table::optimizers`].
    pub solver: String,
    /// The widths of the hidden layers; `None` for what suits the solver.
    pub hidden: Option<Vec<usize>>,
    /// Their activation: a name of [`chainrule::table::activations`], or `prelu`; `None` for what suits the
    /// solver.
    pub activation: Option<String>,
    /// The rate of the dropout after each hidden layer: in [0, 1).
    pub dropout: f64,
    /// The length of an optimizer's steps, before the schedule's factor; `None` for 0.005. Solvers have none.
    pub learning_rate: Option<f64>,
    /// The course of the learning rate.
    pub schedule: Schedule,
    /// Epochs of an optimizer or iterations of a solver, at most; `None` for 1000.
    pub epochs: Option<usize>,
    /// Rows in an optimizer's step; `None` to choose by the number of rows. Solvers take all of them.
    pub batch_size: Option<usize>,
    /// How many trainings start from different weights for each fold; the model is the mean of all. `None` to choose.
    pub restarts: Option<usize>,
    /// Threads at most: for several trainings at a time, or for the large steps of one. It changes nothing else.
    pub threads: usize,
    /// Epochs without progress on the rows that judge before a training stops, 0 to go on to the last epoch;
    /// `None` for 30 where a solver of least squares trains, and 100 otherwise.
    pub patience: Option<usize>,
    /// λ₁ of the penalty λ₁ Σ|w| on the weights.
    pub l1: f64,
    /// λ₂ of the penalty λ₂/2 Σw² on the weights.
    pub l2: f64,
    /// The part of the true values that intervals are to hold: between 0 and 1.
    pub level: f64,
    /// Of all random numbers: the same seed gives the same model.
    pub seed: u64,
    /// The numbers that are computed with; `None` for single precision with an optimizer, double with a solver.
    pub precision: Option<Precision>,
    /// For the model's [record](crate::Record).
    pub command: Option<String>,
}

impl Settings {
    /// The name of no solver: one is chosen by the size of the table and of the network.
    pub const AUTO: &'static str = "auto";
    /// The usual length of an optimizer's steps.
    pub const LEARNING_RATE: f64 = 5e-3;
    /// The usual number of epochs or iterations, at most.
    pub const EPOCHS: usize = 1000;
    /// The usual patience with a solver of least squares, and with others.
    pub const PATIENCE: [usize; 2] = [30, 100];
    /// The units of the hidden layer that a solver trains usually, at most.
    pub const UNITS: usize = 20;
    /// The hidden layers that an optimizer trains usually.
    pub const LAYERS: [usize; 2] = [64, 64];
    /// The part of the rows that no decision sees, usually.
    pub const TEST: f64 = 0.15;
    /// The part of the true values that intervals are to hold, usually.
    pub const LEVEL: f64 = 0.9;

    /// The defaults for these targets, chosen by measurements on tables of 200 to 20 000 rows with 1 to 13 inputs.
    ///
    /// 15 % of the rows are kept for the scores. The others are divided into folds; the model is the mean of networks
    /// that each were trained without one of the folds, which told when to stop. On small tables a hidden layer of up to
    /// 20 tanh units is trained by Bayesian regularisation; on larger ones, and for classes, two hidden layers of 64 SiLU
    /// units by Adam with learning rate 0.005, halved after 30 epochs without progress.
    pub fn new(targets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            targets: targets.into_iter().map(Into::into).collect(),
            without: Vec::new(),
            task: None,
            log_target: false,
            types: Vec::new(),
            weights: None,
            balanced: false,
            group: None,
            order: None,
            test: None,
            validation: None,
            solver: Self::AUTO.to_owned(),
            hidden: None,
            activation: None,
            dropout: 0.0,
            learning_rate: None,
            schedule: Schedule::ReduceOnPlateau { factor: 0.5, patience: 30 },
            epochs: None,
            batch_size: None,
            restarts: None,
            threads: 1,
            patience: None,
            l1: 0.0,
            l2: 0.0,
            level: Self::LEVEL,
            seed: 0,
            precision: None,
            command: None,
        }
    }
}
