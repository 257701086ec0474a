use crate::Precision;
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
    /// How many trainings start from different weights, the best of which is kept; `None` for 4 where a solver of
    /// least squares trains, and 1 otherwise.
    pub restarts: Option<usize>,
    /// Threads at most: for several trainings at a time, or for the large steps of one. It changes nothing else.
    pub threads: usize,
    /// The part of the rows that is held out, between 0 and 1.
    pub validation: f64,
    /// Epochs without progress on the held-out rows before the training stops, 0 to go on to the last epoch;
    /// `None` for 30 where a solver of least squares trains, and 100 otherwise.
    pub patience: Option<usize>,
    /// λ₁ of the penalty λ₁ Σ|w| on the weights.
    pub l1: f64,
    /// λ₂ of the penalty λ₂/2 Σw² on the weights.
    pub l2: f64,
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
    /// The usual number of starts of a solver of least squares.
    pub const RESTARTS: usize = 4;
    /// The units of the hidden layer that a solver trains usually, at most.
    pub const UNITS: usize = 20;
    /// The hidden layers that an optimizer trains usually.
    pub const LAYERS: [usize; 2] = [64, 64];

    /// The defaults for these targets, chosen by measurements on tables of 200 to 20 000 rows with 1 to 13 inputs.
    ///
    /// On small tables a hidden layer of up to 20 tanh units is trained by Bayesian regularisation, four times from different
    /// weights; on larger ones two hidden layers of 64 SiLU units by Adam with learning rate 0.005, halved
    /// after 30 epochs without progress. 15 % of the rows are held out.
    pub fn new(targets: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            targets: targets.into_iter().map(Into::into).collect(),
            without: Vec::new(),
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
            validation: 0.15,
            patience: None,
            l1: 0.0,
            l2: 0.0,
            seed: 0,
            precision: None,
            command: None,
        }
    }
}
