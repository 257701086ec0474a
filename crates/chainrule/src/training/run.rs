use super::{
    EarlyStopping, Ended, Epoch, History, Observer, Training, batch::Batch, best::Best,
    early_stopping::Watch,
};
use crate::{
    Network, Real,
    data::Dataset,
    error::Error,
    kernel::team::Team,
    layer::Layer,
    loss::Sum,
    network::Predictor,
    optimizer::{Descent, Optimizer, schedule::Plateau},
    random::{Purpose, Random},
};
use std::{ops::Range, sync::Arc};

/// A training on its way.
pub(super) struct Run<'a, T> {
    pub(super) training: &'a Training<T>,
    pub(super) network: &'a mut Network<T>,
    pub(super) data: &'a Dataset<T>,
    pub(super) validation: Option<&'a Dataset<T>>,
    pub(super) batch: Batch<T>,
    team: Arc<Team>,
    predictor: Predictor<T>,
    pub(super) descent: Descent<T, Arc<dyn Optimizer<T>>>,
    weights: Vec<Range<usize>>,
    pub(super) order: Vec<usize>,
    pub(super) shuffling: Random,
    pub(super) plateau: Plateau,
    pub(super) stopping: Option<Watch>,
    judge: Judge,
    pub(super) best: Best<T>,
    /// What the initial parameters were judged by.
    pub(super) initial: f64,
    pub(super) epochs: Vec<Epoch>,
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
            plateau: training.schedule.plateau(),
            stopping: training.early_stopping.map(EarlyStopping::watch),
            best: Best::new(network),
            initial: f64::NAN,
            // Room for all epochs, so that none of them allocates; within reason, since a run may be asked for
            // more of them than there is memory and be stopped early.
            epochs: Vec::with_capacity(training.epochs.min(1 << 16)),
            training,
            network,
            data,
            validation,
        }
    }

    /// From the initial parameters to the end.
    pub(super) fn start(mut self, observer: &mut dyn Observer<T>) -> Result<History, Error> {
        let team = Arc::clone(&self.team);
        team.join(|| {
            // The initial parameters are the first candidates: what diverges at once can go back to them.
            let validation_loss = self.validation_loss()?;
            (self.initial, _) = self.offer_current(0, validation_loss)?;
            let ended = self.train(observer)?;
            self.end(ended)
        })
    }

    /// From where it stands to the end.
    pub(super) fn go_on(mut self, observer: &mut dyn Observer<T>) -> Result<History, Error> {
        let team = Arc::clone(&self.team);
        team.join(|| {
            let ended = self.train(observer)?;
            self.end(ended)
        })
    }

    /// The epochs that are left; tells why they end.
    fn train(&mut self, observer: &mut dyn Observer<T>) -> Result<Ended, Error> {
        loop {
            let number = self.epochs.len();
            if self.stopping.as_ref().is_some_and(Watch::is_over) {
                return Ok(Ended::Early { epoch: number.saturating_sub(1) });
            }
            if number >= self.training.epochs {
                return Ok(Ended::Completed);
            }
            let steps = match self.epoch(number, self.plateau.factor(), observer) {
                Ok(steps) => steps,
                Err(early) => return Ok(early),
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
            self.epochs.push(report);
            if !watched.is_finite() {
                return Ok(Ended::Diverged { epoch: number, batch: None });
            }
            self.plateau.observe(watched);
            if let Some(stopping) = &mut self.stopping {
                stopping.observe(watched);
            }
            let is_broken_off = observer.epoch(&report, self.network).is_break();
            if observer.checkpoint(number) && self.network.is_finite() {
                observer.save(&self.checkpoint());
            }
            if is_broken_off {
                return Ok(Ended::Interrupted { epoch: number });
            }
        }
    }

    /// Puts the best parameters into the network and computes their loss.
    fn end(mut self, ended: Ended) -> Result<History, Error> {
        let last = self.epochs.len().saturating_sub(1);
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
            learned: self.initial.is_nan() || self.best.loss < self.initial,
            loss: self.loss_of(self.data)?,
            validation_loss: self.validation.map(|_| self.best.loss),
            ended,
            epochs: self.epochs,
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
