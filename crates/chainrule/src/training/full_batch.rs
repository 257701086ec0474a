use super::{
    EarlyStopping, Ended, Epoch, History, MeanLoss, Observer, Residuals, best::Best, check_data,
    problem::round,
};
use crate::{
    Network, Real,
    data::Dataset,
    error::{Error, setting},
    layer::Layer,
    loss::Loss,
    network::Predictor,
    optimizer::Penalty,
    solver::{Demand, Evidence, Iterate, Solver, Stopping},
};
use std::sync::Arc;

/// A training by a [solver](crate::solver): all samples in each iteration, and no learning rate.
///
/// ```
/// use chainrule::{Dataset, Network, activation::{Identity, Tanh}, initialization::*, loss::MeanSquaredError};
/// use chainrule::{solver::LevenbergMarquardt, training::FullBatch};
/// use ndarray::{Array1, Axis};
///
/// let x = Array1::linspace(-10.0f64, 10.0, 100).insert_axis(Axis(1));
/// let data = Dataset::new(&x / x.std(0.0), x.mapv(f64::sin))?;
/// let mut network = Network::builder(1)
///     .dense_from(20, Tanh, Weights::GlorotUniform, Bias::STANDARDISED)
///     .dense(1, Identity)
///     .build(1)?;
///
/// let training = FullBatch::new(MeanSquaredError, LevenbergMarquardt::default());
/// let history = training.run(&mut network, &data, None, &mut ())?;
/// assert!(history.loss < 1e-9, "{}", history.loss);
/// # Ok::<(), chainrule::Error>(())
/// ```
///
/// In single precision the losses have 7 digits and the last iterations little to hold on to: take `f64`.
#[derive(Clone, Debug)]
pub struct FullBatch<T> {
    /// What is minimised.
    pub loss: Arc<dyn Loss<T>>,
    /// How.
    pub solver: Solver,
    /// How many iterations there are at most.
    pub iterations: usize,
    /// On large weights: λ₂ only, since |w| has a kink. Bayesian regularisation finds its own.
    pub penalty: Penalty,
    /// When the solver has come far enough.
    pub stopping: Stopping,
    /// When to stop before that, by the validation data.
    pub early_stopping: Option<EarlyStopping>,
}

pub(super) const GIB: f64 = (1 << 30) as f64;

impl<T: Real> FullBatch<T> {
    /// A problem that [demands](Self::demand) more memory than this is an error: 2 GiB.
    pub const MOST_BYTES: f64 = 2.0 * GIB;

    /// At most 1000 iterations, no penalty, as far as double precision goes.
    pub fn new(loss: impl Loss<T> + 'static, solver: impl Into<Solver>) -> Self {
        Self {
            loss: Arc::new(loss),
            solver: solver.into(),
            iterations: 1000,
            penalty: Penalty::default(),
            stopping: Stopping::default(),
            early_stopping: None,
        }
    }

    /// Trains the network on the data and leaves its best parameters in it, however the run ends.
    ///
    /// Each iteration is an [`Epoch`] of the history. The best parameters are those with the smallest loss on the
    /// validation data or, where there are none, the last ones, since no iteration makes worse what is minimised.
    /// The run ends when the solver [has converged](Ended::Converged), after the last iteration, by early
    /// stopping, or when the observer breaks it off.
    ///
    /// # Errors
    ///
    /// [`Error::Unsuitable`] for a loss, a network or a penalty that the solver is not made for, and
    /// [`Error::Memory`] for a problem that is too large for it, before anything is allocated.
    pub fn run(
        &self,
        network: &mut Network<T>,
        data: &Dataset<T>,
        validation: Option<&Dataset<T>>,
        observer: &mut dyn Observer<T>,
    ) -> Result<History, Error> {
        self.check(network, data, validation)?;
        let theta: Vec<f64> = network.parameters().iter().map(|v| v.f64()).collect();
        let (stopping, l2) = (self.stopping, self.penalty.l2);
        match self.solver {
            Solver::LevenbergMarquardt(solver) => {
                let problem = &mut Residuals::new(network, data, l2);
                let iterate = &mut solver.start(problem, &theta, stopping)?;
                self.drive(iterate, network, data, validation, observer)
            }
            Solver::BayesianRegularization(solver) => {
                let problem = &mut Residuals::new(network, data, l2);
                let iterate = &mut solver.start(problem, &theta, stopping)?;
                self.drive(iterate, network, data, validation, observer)
            }
            Solver::Lbfgs(solver) => {
                let problem = &mut MeanLoss::new(network, Arc::clone(&self.loss), data, l2);
                let iterate = &mut solver.start(problem, &theta, stopping)?;
                self.drive(iterate, network, data, validation, observer)
            }
            Solver::ScaledConjugateGradient(solver) => {
                let problem = &mut MeanLoss::new(network, Arc::clone(&self.loss), data, l2);
                let iterate = &mut solver.start(problem, &theta, stopping)?;
                self.drive(iterate, network, data, validation, observer)
            }
        }
    }

    fn drive(
        &self,
        iterate: &mut dyn Iterate,
        network: &mut Network<T>,
        data: &Dataset<T>,
        validation: Option<&Dataset<T>>,
        observer: &mut dyn Observer<T>,
    ) -> Result<History, Error> {
        let mut predictor = Predictor::new(network, data.len());
        let mut evaluate = |network: &Network<T>, data: &Dataset<T>| {
            network.evaluate_with(&mut predictor, &*self.loss, data.x(), data.targets())
        };
        let weights = network.weight_ranges();
        let mut best = Best::new(network);
        let mut evidence = None;
        let mut has_moved = false;
        let initial = match validation {
            Some(validation) => evaluate(network, validation)?,
            None => iterate.value(),
        };
        best.offer(network, initial, 0);
        let mut stopping = self.early_stopping.map(EarlyStopping::watch);
        let mut epochs = Vec::with_capacity(self.iterations.min(1 << 16));
        let mut ended = Ended::Completed;
        for number in 0..self.iterations {
            let iteration = iterate.advance();
            round(iterate.theta(), network.parameters_mut());
            let penalty = match iterate.evidence() {
                Some(Evidence { ridge, .. }) => {
                    ridge * iterate.theta().iter().map(|v| v * v).sum::<f64>()
                }
                None => self.penalty.value(network.parameters(), &weights),
            };
            let validation_loss = validation.map(|data| evaluate(network, data)).transpose()?;
            let judged = validation_loss.unwrap_or(iteration.value);
            has_moved |= iteration.step > 0.0;
            if validation.is_none() && iteration.step > 0.0 {
                // Each step goes down, also where a new penalty has raised what is minimised.
                best.loss = f64::INFINITY;
            }
            let improved = best.offer(network, judged, number);
            if improved {
                evidence = iterate.evidence();
            }
            let report = Epoch {
                number,
                training_loss: iteration.value - penalty,
                validation_loss,
                learning_rate: 1.0,
                iteration: Some(iteration),
                improved,
            };
            epochs.push(report);
            let is_broken_off =
                observer.epoch(&report, network).is_break() || observer.step().is_break();
            if let Some(reason) = iteration.reason {
                ended = Ended::Converged { epoch: number, reason };
            } else if is_broken_off {
                ended = Ended::Interrupted { epoch: number };
            } else if stopping.as_mut().is_some_and(|stopping| {
                stopping.observe(judged);
                stopping.is_over()
            }) {
                ended = Ended::Early { epoch: number };
            } else {
                continue;
            }
            break;
        }
        network.set(&best.theta, &best.statistics)?;
        Ok(History {
            best_epoch: best.epoch,
            learned: match validation {
                Some(_) => best.loss < initial || initial.is_nan(),
                None => has_moved,
            },
            loss: evaluate(network, data)?,
            validation_loss: validation.map(|_| best.loss),
            ended,
            epochs,
            // The residuals of the solver are the errors divided by the root of their number.
            evidence: evidence.or(iterate.evidence()).map(|evidence| Evidence {
                noise: evidence.noise * evidence.residuals as f64,
                ..evidence
            }),
        })
    }

    fn check(
        &self,
        network: &Network<T>,
        data: &Dataset<T>,
        validation: Option<&Dataset<T>>,
    ) -> Result<(), Error> {
        check_data(network, &*self.loss, data, validation)?;
        setting("the number of iterations", 0.0, self.iterations > 0, "at least 1")?;
        self.stopping.check()?;
        let Penalty { l1, l2 } = self.penalty;
        setting("the l2 penalty", l2, l2 >= 0.0 && l2.is_finite(), "at least 0")?;
        let unsuitable = |what: String, instead: &str| {
            Err(Error::Unsuitable { solver: self.solver.name(), what, instead: instead.to_owned() })
        };
        if self.solver.needs_residuals() && !self.loss.is_squared_error() {
            let what = format!("the loss {}, which is no sum of squares", self.loss.name());
            return unsuitable(what, "take lbfgs or scaled_conjugate_gradient");
        }
        if !network.layer().predicts_as_it_trains() || network.layer().couples_rows() {
            let what = "dropout or batch normalisation, with which each pass is another function";
            return unsuitable(what.to_owned(), "leave them out, or train with adam");
        }
        if l1 != 0.0 {
            let what = "an l1 penalty, which has a kink at 0".to_owned();
            return unsuitable(what, "take l2, or train with adam");
        }
        if l2 != 0.0 && matches!(self.solver, Solver::BayesianRegularization(_)) {
            let what = "an l2 penalty, since it finds its own".to_owned();
            return unsuitable(what, "leave it out, or take levenberg_marquardt");
        }
        let bytes = self.demand(network, data.len());
        if bytes > Self::MOST_BYTES {
            return Err(Error::Memory {
                solver: self.solver.name(),
                parameters: network.parameters().len(),
                gigabytes: bytes / GIB,
                instead: match self.solver {
                    Solver::ScaledConjugateGradient(_) => "mini-batches with adam",
                    Solver::Lbfgs(_) => "scaled_conjugate_gradient, or mini-batches with adam",
                    _ => "lbfgs, or mini-batches with adam",
                },
            });
        }
        Ok(())
    }

    /// How many bytes the solver takes for this network and so many samples.
    pub fn demand(&self, network: &Network<T>, samples: usize) -> f64 {
        let (parameters, outputs) = (network.parameters().len(), network.outputs());
        match self.solver {
            Solver::LevenbergMarquardt(_) | Solver::BayesianRegularization(_) => {
                let shard = Residuals::<T>::rows_of_shard(samples, outputs) * outputs;
                let ridge = self.penalty.l2 > 0.0;
                let is_bayesian = matches!(self.solver, Solver::BayesianRegularization(_));
                let matrices = if is_bayesian { 3.0 } else { 2.0 };
                Demand::new(parameters, samples * outputs, shard, ridge, matrices).bytes
            }
            Solver::Lbfgs(solver) => 8.0 * (2.0 * solver.memory as f64 + 6.0) * parameters as f64,
            Solver::ScaledConjugateGradient(_) => 8.0 * 6.0 * parameters as f64,
        }
    }
}
