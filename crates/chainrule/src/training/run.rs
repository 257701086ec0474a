use super::{EarlyStopping, Ended, Epoch, History, Observer, Training, batch::Batch, best::Best};
use crate::{
    Network, Real,
    data::Dataset,
    error::Error,
    kernel::team::Team,
    layer::Layer,
    loss::Sum,
    network::Predictor,
    optimizer::{Descent, Optimizer},
    random::{Purpose, Random},
};
use std::{ops::Range, sync::Arc};

/// A training on its way.
pub(super) struct Run<'a, T> {
    training: &'a Training<T>,
    network: &'a mut Network<T>,
    data: &'a Dataset<T>,
    validation: Option<&'a Dataset<T>>,
    batch: Batch<T>,
    team: Arc<Team>,
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

impl<'a, T: Real> Run<'a, T> {
    pub(super) fn new(
        training: &'a Training<T>,
        network: &'a mut Network<T>,
        data: &'a Dataset<T>,
        validation: Option<&'a Dataset<T>>,
    ) -> Self {
        let batch = training.batch_size.unwrap_or(data.len()).min(data.len());
        let weights = network.weight_ranges();
        let parameters = network.parameters().len();
        Self {
            batch: Batch::new(network, data, batch, training.seed),
            team: Arc::new(Team::new(threads(training.threads, network, batch))),
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
            best: Best::new(network),
            training,
            network,
            data,
            validation,
        }
    }

    pub(super) fn finish(self, observer: &mut dyn Observer<T>) -> Result<History, Error> {
        let team = Arc::clone(&self.team);
        team.join(|| self.epochs(observer))
    }

    fn epochs(mut self, observer: &mut dyn Observer<T>) -> Result<History, Error> {
        let training = self.training;
        // Room for all epochs, so that none of them allocates; within reason, since a run may be asked for
        // more of them than there is memory and be stopped early.
        let mut epochs = Vec::with_capacity(training.epochs.min(1 << 16));
        let mut plateau = training.schedule.plateau();
        let mut stopping = training.early_stopping.map(EarlyStopping::watch);
        let mut ended = Ended::Completed;

        // The initial parameters are the first candidates: what diverges at once can go back to them.
        let validation_loss = self.validation_loss()?;
        let (initial, _) = self.offer_current(0, validation_loss)?;
        for number in 0..training.epochs {
            let steps = match self.epoch(number, plateau.factor(), observer) {
                Ok(steps) => steps,
                Err(early) => {
                    ended = early;
                    break;
                }
            };
            let validation_loss = self.validation_loss()?;
            let (watched, improved) = match self.judge {
                Judge::Step => steps.judged,
                Judge::Epoch => self.offer(self.penalised(steps.loss), number),
                Judge::Training | Judge::Validation => {
                    self.offer_current(number, validation_loss)?
                }
            };
            let report = Epoch {
                number,
                training_loss: steps.loss,
                validation_loss,
                learning_rate: steps.learning_rate,
                iteration: None,
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
        self.end(epochs, ended, initial)
    }

    /// Puts the best parameters into the network and computes their loss. `initial` is what the initial ones
    /// were judged by.
    fn end(mut self, epochs: Vec<Epoch>, ended: Ended, initial: f64) -> Result<History, Error> {
        let last = epochs.len().saturating_sub(1);
        // The parameters after the last step may not have been judged yet.
        let validation_loss = self.validation_loss()?;
        self.offer_current(last, validation_loss)?;
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
            learned: initial.is_nan() || self.best.loss < initial,
            loss: self.loss_of(self.data)?,
            validation_loss: self.validation.map(|_| self.best.loss),
            ended,
            epochs,
            evidence: None,
        })
    }

    /// Judges the parameters of this moment, by the validation loss where there is one and otherwise by what is
    /// minimised, the training loss with its penalty. Returns what they are judged by and whether they are the
    /// best so far.
    fn offer_current(
        &mut self,
        epoch: usize,
        validation_loss: Option<f64>,
    ) -> Result<(f64, bool), Error> {
        let judged = match validation_loss {
            Some(loss) => loss,
            None => {
                let loss = self.loss_of(self.data)?;
                self.penalised(loss)
            }
        };
        Ok(self.offer(judged, epoch))
    }

    fn offer(&mut self, judged: f64, epoch: usize) -> (f64, bool) {
        (judged, self.best.offer(self.network, judged, epoch))
    }

    fn penalised(&self, loss: f64) -> f64 {
        loss + self.training.penalty.value(self.network.parameters(), &self.weights)
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
    ) -> Result<Steps, Ended> {
        let training = self.training;
        let batch_size = self.batch.size();
        let batches = self.data.len().div_ceil(batch_size);
        if training.shuffle && batches > 1 {
            self.shuffling.shuffle(&mut self.order);
        }
        let mut sum = Sum::default();
        let mut judged = (f64::INFINITY, false);
        let mut learning_rate = training.learning_rate;
        for batch in 0..batches {
            let time = number as f64 + batch as f64 / batches as f64;
            learning_rate = training.learning_rate * plateau * training.schedule.factor(time);
            let start = batch * batch_size;
            let samples = &self.order[start..self.data.len().min(start + batch_size)];

            let loss = &*training.loss;
            let batch_loss = self.batch.gradient(self.network, self.data, samples, loss);
            if !batch_loss.loss.is_finite() {
                return Err(Ended::Diverged { epoch: number, batch: Some(batch) });
            }
            sum += batch_loss;
            if self.judge == Judge::Step {
                judged = self.offer(self.penalised(sum.mean()), number);
            }
            self.step(learning_rate);
            if observer.step().is_break() {
                return Err(Ended::Interrupted { epoch: number });
            }
        }
        Ok(Steps { loss: sum.mean(), learning_rate, judged })
    }

    /// Penalty, clipping and the optimizer's step.
    fn step(&mut self, learning_rate: f64) {
        let training = self.training;
        let theta = self.network.parameters_mut();
        let gradient = self.batch.gradient_mut();
        training.penalty.add_gradient(theta, &self.weights, gradient);
        training.clip.apply(gradient);
        self.descent.step(learning_rate, theta, gradient);
    }
}

/// How many threads are worth while: one where a step is so short that it is over before the others have heard of it.
fn threads<T: Real>(most: Option<usize>, network: &Network<T>, batch: usize) -> usize {
    // Forward, to the inputs and to the parameters, each of which multiplies and adds once for each parameter.
    const LEAST_OPERATIONS: usize = 4 << 20;
    let most = most.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let operations = 3 * network.parameters().len() * batch;
    if operations < LEAST_OPERATIONS { 1 } else { most }
}

/// The steps of an epoch.
struct Steps {
    /// The mean training loss, each batch's taken before its step.
    loss: f64,
    /// That of the last step.
    learning_rate: f64,
    /// For [`Judge::Step`]: what the parameters before the step were judged by, and whether they are the best.
    judged: (f64, bool),
}
