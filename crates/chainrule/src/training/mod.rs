//! Training: the loop around forward, loss, backward and step.
//!
//! A batch is cut into *row shards* whose boundaries depend on the batch and the network alone. Each
//! shard runs forward, loss and backward in its own planned memory, and the shards' gradients are
//! summed in their order:
//!
//! ```text
//! batch ─┬─ shard 0: forward → loss → backward → dθ₀ ─┐
//!        ├─ shard 1: forward → loss → backward → dθ₁ ─┼─► dθ = dθ₀ + dθ₁ + …  ─► penalty, clip ─► step
//!        └─ …                                         ─┘
//! ```
//!
//! The sum is right because a loss divides by the weight of the *whole* batch, and it is the same to
//! the last bit, whoever computes the shards.

mod early_stopping;
mod history;
mod observer;
mod shards;

pub use early_stopping::EarlyStopping;
pub use history::{Ended, Epoch, History};
pub use observer::Observer;

use crate::{
    Network, Real,
    data::Dataset,
    error::{Error, expect, setting},
    layer::Layer,
    loss::{self, Loss},
    network::Predictor,
    optimizer::{Adam, Clip, Descent, Optimizer, Penalty, Schedule},
    random::{Purpose, Random},
};
use shards::Shards;
use std::{ops::Range, sync::Arc};

/// What a training is to do. Start from [`Training::new`] and change what you like:
///
/// ```
/// use chainrule::{Network, Training, activation::{Identity, Tanh}, data::synthetic, loss::MeanSquaredError};
///
/// let data = synthetic::SINE.sample::<f64>(100, 0.0, 0);
/// let mut network = Network::builder(1).dense(30, Tanh).dense(1, Identity).build(1)?;
/// let training = Training { epochs: 200, learning_rate: 0.01, ..Training::new(MeanSquaredError) };
/// let history = training.run(&mut network, &data, None, &mut ())?;
/// assert!(history.loss < history.epochs[0].training_loss);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Training<T> {
    /// What is minimised.
    pub loss: Arc<dyn Loss<T>>,
    /// How.
    pub optimizer: Arc<dyn Optimizer<T>>,
    /// α, before the schedule's factor.
    pub learning_rate: f64,
    /// The course of the learning rate.
    pub schedule: Schedule,
    /// How often all samples are seen.
    pub epochs: usize,
    /// Samples in a step; `None` for all of them.
    pub batch_size: Option<usize>,
    /// Whether the samples come in a new random order in each epoch (in mini-batches).
    pub shuffle: bool,
    /// On large weights.
    pub penalty: Penalty,
    /// Of large gradients.
    pub clip: Clip,
    /// When to stop before the last epoch.
    pub early_stopping: Option<EarlyStopping>,
    /// Of the shuffling and of dropout.
    pub seed: u64,
}

impl<T: Real> Training<T> {
    /// Adam with learning rate 0.001, 100 epochs of the full batch, no penalties.
    pub fn new(loss: impl Loss<T> + 'static) -> Self {
        Self {
            loss: Arc::new(loss),
            optimizer: Arc::new(Adam::default()),
            learning_rate: 1e-3,
            schedule: Schedule::Constant,
            epochs: 100,
            batch_size: None,
            shuffle: true,
            penalty: Penalty::default(),
            clip: Clip::None,
            early_stopping: None,
            seed: 0,
        }
    }

    /// Trains the network on the data and leaves its best parameters in it, however the run ends.
    ///
    /// The best parameters are those with the smallest loss on the validation data or, where there are
    /// none, with the smallest [training loss](Epoch::training_loss) of an epoch. The run ends after the last epoch, by [early
    /// stopping](EarlyStopping), when the observer breaks it off, or when the loss is not a finite number
    /// any more ([`Ended::Diverged`]). It fails if there is nothing finite to return, also if the
    /// network's parameters are not finite at the start.
    pub fn run(
        &self,
        network: &mut Network<T>,
        data: &Dataset<T>,
        validation: Option<&Dataset<T>>,
        observer: &mut dyn Observer<T>,
    ) -> Result<History, Error> {
        self.check(network, data, validation)?;
        if !network.is_finite() {
            return Err(Error::Diverged { epoch: 0, batch: 0 });
        }
        Run::new(self, network, data, validation).finish(observer)
    }

    fn check(
        &self,
        network: &Network<T>,
        data: &Dataset<T>,
        validation: Option<&Dataset<T>>,
    ) -> Result<(), Error> {
        for (what, data) in [("inputs", Some(data)), ("inputs for validation", validation)] {
            let Some(data) = data else { continue };
            expect(&format!("columns of the {what}"), network.inputs(), data.x().ncols())?;
            loss::check(&*self.loss, network.outputs(), data.targets())?;
        }
        let rate = self.learning_rate;
        setting("the learning rate", rate, rate > 0.0 && rate.is_finite(), "positive")?;
        let (l1, l2) = (self.penalty.l1, self.penalty.l2);
        setting("the l1 penalty", l1, l1 >= 0.0 && l1.is_finite(), "at least 0")?;
        setting("the l2 penalty", l2, l2 >= 0.0 && l2.is_finite(), "at least 0")?;
        if let Some(batch) = self.batch_size {
            setting("the batch size", batch as f64, batch > 0, "at least 1")?;
        }
        if let Clip::Norm(limit) | Clip::Value(limit) = self.clip {
            setting("the limit of the gradient", limit, limit > 0.0, "positive")?;
        }
        if let Some(EarlyStopping { min_delta, .. }) = self.early_stopping {
            let range = "at least 0 and finite";
            let allowed = min_delta >= 0.0 && min_delta.is_finite();
            setting("the least progress of early stopping", min_delta, allowed, range)?;
        }
        self.schedule.check()
    }
}

/// A training on its way.
struct Run<'a, T> {
    training: &'a Training<T>,
    network: &'a mut Network<T>,
    data: &'a Dataset<T>,
    validation: Option<&'a Dataset<T>>,
    shards: Shards<T>,
    predictor: Predictor<T>,
    descent: Descent<T, Arc<dyn Optimizer<T>>>,
    weights: Vec<Range<usize>>,
    order: Vec<usize>,
    shuffling: Random,
    judge: Judge,
    best: Best<T>,
}

/// The loss that tells which parameters are the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judge {
    /// That on the validation data, after each epoch.
    Validation,
    /// That of the only step of an epoch, which is exactly that of the parameters before the step.
    Step,
    /// The mean over the steps of an epoch, for the parameters after it.
    Epoch,
    /// That on the training data, after each epoch: dropout and batch normalisation compute something else
    /// in training than in prediction, and a lucky draw must not count.
    Training,
}

/// The best parameters so far.
struct Best<T> {
    loss: f64,
    epoch: usize,
    theta: Vec<T>,
    statistics: Vec<T>,
}

impl<T: Real> Best<T> {
    /// Takes note of an epoch's loss; true if it is the best so far and the parameters were kept.
    fn offer(&mut self, network: &Network<T>, loss: f64, epoch: usize) -> bool {
        if loss >= self.loss || !loss.is_finite() || !network.is_finite() {
            return false;
        }
        (self.loss, self.epoch) = (loss, epoch);
        self.theta.copy_from_slice(network.parameters());
        self.statistics.copy_from_slice(network.statistics());
        true
    }
}

impl<'a, T: Real> Run<'a, T> {
    fn new(
        training: &'a Training<T>,
        network: &'a mut Network<T>,
        data: &'a Dataset<T>,
        validation: Option<&'a Dataset<T>>,
    ) -> Self {
        let batch = training.batch_size.unwrap_or(data.len()).min(data.len());
        let weights = network.weight_ranges();
        let parameters = network.parameters().len();
        Self {
            shards: Shards::new(network, data, batch, training.seed),
            predictor: Predictor::new(network, data.len()),
            descent: Descent::with_decay_on(
                Arc::clone(&training.optimizer),
                parameters,
                weights.clone(),
            ),
            judge: match validation {
                Some(_) => Judge::Validation,
                None if !network.layer().predicts_as_it_trains() => Judge::Training,
                None if batch == data.len() => Judge::Step,
                None => Judge::Epoch,
            },
            weights,
            order: (0..data.len()).collect(),
            shuffling: Random::new(training.seed, Purpose::Shuffling),
            best: Best {
                loss: f64::INFINITY,
                epoch: 0,
                theta: network.parameters().to_vec(),
                statistics: network.statistics().to_vec(),
            },
            training,
            network,
            data,
            validation,
        }
    }

    fn finish(mut self, observer: &mut dyn Observer<T>) -> Result<History, Error> {
        let training = self.training;
        // Room for all epochs, so that none of them allocates; within reason, since a run may be asked for
        // more of them than there is memory and be stopped early.
        let mut epochs = Vec::with_capacity(training.epochs.min(1 << 16));
        let mut plateau = training.schedule.plateau();
        let mut stopping = training.early_stopping.map(EarlyStopping::watch);
        let mut ended = Ended::Completed;

        // The initial parameters are the first candidates: what diverges at once can go back to them.
        self.offer_current(0)?;
        for number in 0..training.epochs {
            let loss = match self.epoch(number, plateau.factor(), observer) {
                Ok(loss) => loss,
                Err(early) => {
                    ended = early;
                    break;
                }
            };
            let validation_loss = self.validation_loss()?;
            let watched = match self.judge {
                Judge::Validation => validation_loss.unwrap_or(f64::NAN),
                Judge::Step | Judge::Epoch => loss.mean,
                Judge::Training => self.loss_of(self.data)?,
            };
            let improved = match self.judge {
                // `epoch` has offered the parameters before the step.
                Judge::Step => self.best.epoch == number && self.best.loss == loss.mean,
                _ => self.best.offer(self.network, watched, number),
            };
            let report = Epoch {
                number,
                training_loss: loss.mean,
                validation_loss,
                learning_rate: loss.learning_rate,
                improved,
            };
            epochs.push(report);
            if !watched.is_finite() {
                ended = Ended::Diverged { epoch: number, batch: None };
                break;
            }
            plateau.observe(watched);
            if observer.epoch(&report, self.network).is_break() {
                ended = Ended::Interrupted { epoch: number };
                break;
            }
            if stopping.as_mut().is_some_and(|stopping| stopping.is_over(watched)) {
                ended = Ended::Early { epoch: number };
                break;
            }
        }
        self.end(epochs, ended)
    }

    /// Puts the best parameters into the network and computes their loss.
    fn end(mut self, epochs: Vec<Epoch>, ended: Ended) -> Result<History, Error> {
        let last = epochs.len().saturating_sub(1);
        // The parameters after the last step may not have been judged yet.
        self.offer_current(last)?;
        self.network.set(&self.best.theta, &self.best.statistics)?;
        if !self.best.loss.is_finite() {
            let (epoch, batch) = match ended {
                Ended::Diverged { epoch, batch } => (epoch, batch.unwrap_or(0)),
                _ => (last, 0),
            };
            return Err(Error::Diverged { epoch, batch });
        }
        Ok(History {
            best_epoch: self.best.epoch,
            loss: self.loss_of(self.data)?,
            validation_loss: self.validation_loss()?,
            ended,
            epochs,
        })
    }

    /// Judges the parameters of this moment.
    fn offer_current(&mut self, epoch: usize) -> Result<(), Error> {
        if self.network.is_finite() {
            let loss = match self.validation_loss()? {
                Some(loss) => loss,
                None => self.loss_of(self.data)?,
            };
            self.best.offer(self.network, loss, epoch);
        }
        Ok(())
    }

    fn loss_of(&mut self, data: &Dataset<T>) -> Result<f64, Error> {
        let loss = &*self.training.loss;
        self.network.evaluate_with(&mut self.predictor, loss, data.x(), data.targets())
    }

    fn validation_loss(&mut self) -> Result<Option<f64>, Error> {
        self.validation.map(|data| self.loss_of(data)).transpose()
    }

    /// All samples once; tells why the run ends if it does.
    fn epoch(
        &mut self,
        number: usize,
        plateau: f64,
        observer: &mut dyn Observer<T>,
    ) -> Result<EpochLoss, Ended> {
        let training = self.training;
        let batch_size = self.shards.batch_size();
        let batches = self.data.len().div_ceil(batch_size);
        if training.shuffle && batches > 1 {
            self.shuffling.shuffle(&mut self.order);
        }
        let mut sum = loss::Sum::default();
        let mut learning_rate = training.learning_rate;
        for batch in 0..batches {
            let time = number as f64 + batch as f64 / batches as f64;
            learning_rate = training.learning_rate * plateau * training.schedule.factor(time);
            let start = batch * batch_size;
            let samples = &self.order[start..self.data.len().min(start + batch_size)];

            let loss = &*training.loss;
            let batch_loss = self.shards.gradient(self.network, self.data, samples, loss);
            if !batch_loss.loss.is_finite() {
                return Err(Ended::Diverged { epoch: number, batch: Some(batch) });
            }
            sum += batch_loss;
            if self.judge == Judge::Step {
                self.best.offer(self.network, sum.mean(), number);
            }
            self.step(learning_rate);
            if observer.step().is_break() {
                return Err(Ended::Interrupted { epoch: number });
            }
        }
        Ok(EpochLoss { mean: sum.mean(), learning_rate })
    }

    /// Penalty, clipping and the optimizer's step.
    fn step(&mut self, learning_rate: f64) {
        let training = self.training;
        let theta = self.network.parameters_mut();
        let gradient = self.shards.sum_mut();
        training.penalty.add_gradient(theta, &self.weights, gradient);
        training.clip.apply(gradient);
        self.descent.step(learning_rate, theta, gradient);
    }
}

/// The training loss of an epoch: the mean over its batches, each before its step.
struct EpochLoss {
    mean: f64,
    learning_rate: f64,
}
