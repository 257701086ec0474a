//! The settings with nothing left open: which method, which network, how often.

use super::{Decision, FitError, Settings, Validation, decision::count};
use crate::{Architecture, Precision, names::nearest};
use chainrule::{
    solver::{BayesianRegularization, LevenbergMarquardt, Solver},
    table,
};

/// Up to so many training rows a table is small. There a small network that a solver trains to the end is ahead of a
/// larger one that Adam trains where the data have little noise, and a little behind where they have much; beyond
/// that it is behind (measured in `docs/solvers.md`).
const SMALL_TABLE: usize = 5000;
/// With more rows than this, one part of them judges well enough: folds would only take time.
const LARGE_TABLE: usize = 100_000;
/// What a solver that factorizes matrices of the parameters can do in about a tenth of a second per iteration.
const MOST_PARAMETERS: usize = 2000;
const MOST_PRODUCTS: f64 = 2e9;

/// Activations of straight lines.
const HINGES: [&str; 3] = ["relu", "leaky_relu", "prelu"];

/// How a network is trained.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Method {
    /// By all rows at once.
    Solver(Solver),
    /// By mini-batches and a rule of the steps, which has this name.
    Optimizer(String),
}

/// What is to be trained.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// Rows of the development.
    pub(super) rows: usize,
    /// Features, codes included.
    pub(super) inputs: usize,
    /// The levels and widths of embeddings.
    pub(super) embeddings: Vec<(usize, usize)>,
    pub(super) outputs: usize,
    /// Whether it is learned by squared errors.
    pub(super) is_squared: bool,
    /// Whether rows have an order in time.
    pub(super) is_ordered: bool,
}

/// What a fit does.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) method: Method,
    pub(super) architecture: Architecture,
    pub(super) precision: Precision,
    pub(super) epochs: usize,
    pub(super) patience: usize,
    /// How often the rows are divided anew.
    pub(super) starts: usize,
    pub(super) validation: Validation,
    /// Rows in a step of an optimizer.
    pub(super) batch_size: usize,
}

impl Method {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Solver(solver) => solver.name(),
            Self::Optimizer(name) => name,
        }
    }

    fn named(name: &str) -> Option<Self> {
        let optimizer = || table::optimizer::<f64>(name);
        let optimizer =
            || optimizer().map(|optimizer| Self::Optimizer(optimizer.name().to_owned()));
        table::solver(name).map(Self::Solver).or_else(optimizer)
    }

    fn of(settings: &Settings) -> Result<Self, FitError> {
        Self::named(&settings.solver).ok_or_else(|| {
            let known: Vec<String> = names();
            let nearest = nearest(&settings.solver, known.iter().map(String::as_str));
            FitError::Solver { name: settings.solver.clone(), nearest, known }
        })
    }

    /// The default, and half a sentence that says why.
    fn choose(settings: &Settings, problem: &Problem) -> Result<(Self, String), FitError> {
        let adam = |why: &str| Ok((Self::Optimizer("adam".to_owned()), why.to_owned()));
        if !problem.is_squared {
            return adam("what is learned is no squared error");
        }
        if settings.dropout > 0.0 || settings.l1 > 0.0 {
            return adam("dropout and l1 penalties need steps of mini-batches");
        }
        if settings.activation.as_deref().is_some_and(|name| HINGES.contains(&name)) {
            return adam("least squares make nothing of hinges: they have no curvature");
        }
        if settings.learning_rate.is_some() || settings.batch_size.is_some() {
            return adam("a learning rate or a batch size is for steps of mini-batches");
        }
        // The first one finds a penalty of its own.
        let method = Self::Solver(match settings.l2 > 0.0 {
            false => BayesianRegularization::default().into(),
            true => LevenbergMarquardt::default().into(),
        });
        let architecture = method.architecture(settings, problem);
        let parameters = problem.parameters(&architecture)?;
        let products = (problem.rows * problem.outputs) as f64 * (parameters as f64).powi(2);
        if settings.hidden.is_none() && problem.rows > SMALL_TABLE {
            adam("for so many rows a larger network and mini-batches are better")
        } else if parameters > MOST_PARAMETERS || products > MOST_PRODUCTS {
            adam(&format!("{} would be slow with {parameters} parameters", method.name()))
        } else {
            Ok((method, "made for squared errors and few parameters".to_owned()))
        }
    }

    /// The layers that were asked for, or that suit the method: for a solver one of 20 units, or fewer, so that there are
    /// about as many parameters as numbers to learn from.
    fn architecture(&self, settings: &Settings, problem: &Problem) -> Architecture {
        let (hidden, activation) = match self {
            Self::Solver(_) => {
                let (inputs, outputs) = (problem.inputs, problem.outputs);
                let units = problem.rows * outputs / (inputs + outputs + 1);
                (vec![units.clamp(2, Settings::UNITS)], "tanh")
            }
            Self::Optimizer(_) => (Settings::LAYERS.to_vec(), "silu"),
        };
        Architecture {
            hidden: settings.hidden.clone().unwrap_or(hidden),
            activation: settings.activation.clone().unwrap_or(activation.to_owned()),
            dropout: settings.dropout,
        }
    }

    /// Whether where it ends is partly luck: a solver of least squares.
    fn has_luck(&self) -> bool {
        matches!(self, Self::Solver(solver) if solver.needs_residuals())
    }
}

/// The names of all methods.
fn names() -> Vec<String> {
    let optimizers = table::optimizers::<f64>();
    let optimizers = optimizers.iter().map(|one| one.name().to_owned());
    table::solvers().iter().map(|one| one.name().to_owned()).chain(optimizers).collect()
}

impl Problem {
    fn parameters(&self, architecture: &Architecture) -> Result<usize, FitError> {
        Ok(architecture.parameters(self.inputs, &self.embeddings, self.outputs)?)
    }
}

impl Plan {
    /// Decides what the settings leave open, and says so.
    pub(super) fn new(
        settings: &Settings,
        problem: &Problem,
        decisions: &mut Vec<Decision>,
    ) -> Result<Self, FitError> {
        let mut decide = |what, why: &str, flag| decisions.push(Decision::new(what, why, flag));
        let method = if settings.solver == Settings::AUTO {
            let (method, why) = Method::choose(settings, problem)?;
            decide(format!("solver {}", method.name()), &why, Some("--solver"));
            method
        } else {
            Method::of(settings)?
        };
        let architecture = method.architecture(settings, problem);
        let parameters = problem.parameters(&architecture)?;
        if settings.hidden.is_none() {
            let widths: Vec<String> = architecture.hidden.iter().map(usize::to_string).collect();
            let layers = if widths.len() == 1 { "a hidden layer" } else { "hidden layers" };
            let what = format!(
                "{layers} of {} {} units, {}",
                widths.join(" and "),
                architecture.activation,
                count(parameters, "parameter", "parameters")
            );
            decide(what, "a size that suits such tables", Some("--hidden"));
        }
        let is_solver = matches!(method, Method::Solver(_));
        if is_solver {
            for (setting, is_given) in [
                ("a learning rate", settings.learning_rate.is_some()),
                ("a batch size", settings.batch_size.is_some()),
            ] {
                if is_given {
                    return Err(FitError::NotForSolvers {
                        solver: settings.solver.clone(),
                        setting,
                    });
                }
            }
        }
        if method.has_luck() && !problem.is_squared {
            return Err(FitError::OnlySquares { solver: method.name().to_owned() });
        }
        let validation = settings.validation.unwrap_or(automatic_validation(problem, is_solver));
        let starts = settings.restarts.unwrap_or(match validation {
            // Two networks for each row that judges tell how much networks differ.
            Validation::Folds(_) => 2,
            Validation::Part(_) => 4,
        });
        let batch_size = settings.batch_size.unwrap_or(automatic_batch(problem.rows));
        let batch_size = batch_size.min(problem.rows);
        if settings.batch_size.is_none() && !is_solver {
            let what = format!("steps of {}", count(batch_size, "row", "rows"));
            decide(what, "chosen by the number of training rows", Some("--batch-size"));
        }
        Ok(Self {
            architecture,
            precision: settings.precision.unwrap_or(match is_solver {
                true => Precision::F64,
                false => Precision::F32,
            }),
            epochs: settings.epochs.unwrap_or(Settings::EPOCHS),
            patience: settings
                .patience
                .unwrap_or(Settings::PATIENCE[usize::from(!method.has_luck())]),
            starts,
            validation,
            batch_size,
            method,
        })
    }
}

/// Folds, unless so many rows are there that a part of them is enough, or they have an order in time.
fn automatic_validation(problem: &Problem, is_solver: bool) -> Validation {
    if problem.is_ordered || problem.rows > LARGE_TABLE {
        return Validation::Part(0.15);
    }
    Validation::Folds(if is_solver { 8 } else { 5 })
}

/// Rows in a step, for so many training rows.
///
/// Small steps are as fast here as large ones and reach lower errors; only where they are many, a less
/// noisy gradient serves better.
fn automatic_batch(rows: usize) -> usize {
    match rows {
        0..=10_000 => 32,
        10_001..=100_000 => 128,
        _ => 512,
    }
}
