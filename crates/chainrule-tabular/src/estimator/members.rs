//! The trainings.

use super::{
    FitError, Preparation, Settings,
    checkpoint::{Finished, Keeping, State, converted},
    plan::Method,
};
use crate::{AnyNetwork, Output, Precision, model::Member};
use chainrule::{
    Network, Real, Training,
    optimizer::Penalty,
    table,
    training::{Checkpoint, EarlyStopping, Ended, FullBatch, History, Observer, in_parallel},
};
use ndarray::Array2;
use std::{
    ops::ControlFlow,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A trained network and how it came about.
#[derive(Clone, Debug)]
pub(super) struct Trained {
    pub(super) member: Member,
    pub(super) seed: u64,
    pub(super) history: History,
    /// Its outputs for the rows that judged it, which it was not trained on.
    pub(super) outputs: Array2<f64>,
}

/// All trainings.
#[derive(Clone, Debug)]
pub(super) struct Trainings {
    /// Those that have a result, in the order of their numbers.
    pub(super) trained: Vec<Trained>,
    /// How many had none, since they diverged.
    pub(super) diverged: usize,
    /// Whether the observer broke one off.
    pub(super) is_interrupted: bool,
}

impl Preparation<'_> {
    /// Does all trainings. After one that was broken off no other one begins.
    pub(super) fn train<O: Observer<f32> + Observer<f64> + Send>(
        &self,
        keeping: Keeping,
        observer: &mut O,
    ) -> Result<Trainings, FitError> {
        let results = match self.plan.precision {
            Precision::F32 => self.train_all::<f32>(&keeping, observer)?,
            Precision::F64 => self.train_all::<f64>(&keeping, observer)?,
        };
        keeping.finish()?;
        collected(results)
    }

    /// The results of all trainings that have begun, in the order of their numbers.
    fn train_all<T: Real>(
        &self,
        keeping: &Keeping,
        observer: &mut (dyn Observer<T> + Send),
    ) -> Result<Vec<Option<Result<Trained, FitError>>>, FitError>
    where
        Network<T>: Into<AnyNetwork>,
    {
        let count = self.trainings();
        if count == 1 {
            return Ok(vec![Some(self.train_kept::<T>(0, keeping, observer))]);
        }
        let observer = Mutex::new(observer);
        let threads = self.settings.threads.min(self.trainings_in_memory::<T>()?);
        Ok(in_parallel(count, threads, |number| {
            if lock(&observer).step().is_break() {
                return None;
            }
            let trained = self.train_kept::<T>(number, keeping, &mut Steps(&observer));
            if let Ok(trained) = &trained {
                lock(&observer).start_ended(number, &trained.history);
            }
            Some(trained)
        }))
    }

    /// How many trainings at a time stay within what one alone may take.
    fn trainings_in_memory<T: Real>(&self) -> Result<usize, FitError> {
        let Method::Solver(solver) = self.plan.method else { return Ok(usize::MAX) };
        let network = self.network::<T>(0)?;
        let mut training = FullBatch::<T>::new(chainrule::loss::MeanSquaredError, solver);
        training.loss = self.output.loss(&self.targets);
        let demand = training.demand(&network, self.division.development.len()).max(1.0);
        Ok(((FullBatch::<T>::MOST_BYTES / demand) as usize).max(1))
    }

    fn network<T: Real>(&self, seed: u64) -> Result<Network<T>, FitError> {
        let (encoder, outputs) = (&self.encoder, self.output.width(&self.targets));
        let architecture = &self.plan.architecture;
        let layers = architecture.layers::<T>(encoder.width(), &encoder.embeddings(), outputs)?;
        Ok(Network::new(layers, seed))
    }

    /// The training of this number, from where an earlier fit left it.
    fn train_kept<T: Real>(
        &self,
        number: usize,
        keeping: &Keeping,
        observer: &mut dyn Observer<T>,
    ) -> Result<Trained, FitError>
    where
        Network<T>: Into<AnyNetwork>,
    {
        let seed = seed_of(self.settings.seed, number);
        let from = match keeping.state(number) {
            State::Finished(finished) => return self.trained::<T>(number, seed, *finished),
            State::Diverged { epoch } => return Err(FitError::Diverged { epoch }),
            State::Running(checkpoint) => Some(converted(&checkpoint)),
            State::Waiting => None,
        };
        let is_by_steps = matches!(self.plan.method, Method::Optimizer(_));
        let mut observer = keeping.observer(number, is_by_steps, observer);
        let result = self.train_one::<T>(number, seed, from.as_ref(), &mut observer);
        keeping.ended(number, &result);
        result
    }

    /// What an earlier fit has learned already.
    fn trained<T: Real>(
        &self,
        number: usize,
        seed: u64,
        finished: Finished,
    ) -> Result<Trained, FitError>
    where
        Network<T>: Into<AnyNetwork>,
    {
        let Finished { parameters, statistics, history, outputs } = finished;
        let shape = (self.division.judges[number].len(), self.output.width(&self.targets));
        if outputs.dim() != shape {
            let (rows, width) = outputs.dim();
            let reason =
                format!("a training has {rows} × {width} outputs for the rows that judge it");
            return Err(FitError::Resume { reason });
        }
        let narrowed = |numbers: &[f64]| numbers.iter().map(|v| T::of(*v)).collect::<Vec<T>>();
        let mut network = self.network::<T>(seed)?;
        network.set(&narrowed(&parameters), &narrowed(&statistics))?;
        let member = Member { network: network.into(), training: number };
        Ok(Trained { member, seed, history, outputs })
    }

    /// What counts as progress on the rows that judge: any, of squared errors; of classes that can be told apart the loss
    /// falls for ever, and more than a ten-thousandth of a nat is asked for.
    fn least_progress(&self) -> f64 {
        match self.output {
            Output::Probability | Output::Classes => 1e-4,
            _ => 0.0,
        }
    }

    /// One training from the weights of this seed, or from where an earlier one came to.
    pub(super) fn train_one<T: Real>(
        &self,
        number: usize,
        seed: u64,
        from: Option<&Checkpoint<T>>,
        observer: &mut dyn Observer<T>,
    ) -> Result<Trained, FitError>
    where
        Network<T>: Into<AnyNetwork>,
    {
        let (settings, plan) = (self.settings, &self.plan);
        let [data, judges] = self.datasets::<T>(number)?;
        let mut network = self.network::<T>(seed)?;
        let penalty = Penalty { l1: settings.l1, l2: settings.l2 };
        let usual = EarlyStopping {
            min_delta: self.least_progress(),
            ..EarlyStopping::after(plan.patience)
        };
        let early_stopping = (plan.patience > 0).then_some(usual);
        let loss = self.output.loss::<T>(&self.targets);
        let history = match &plan.method {
            Method::Solver(solver) => {
                let usual = FullBatch::new(chainrule::loss::MeanSquaredError, *solver);
                let iterations = plan.epochs;
                let training = FullBatch { loss, iterations, penalty, early_stopping, ..usual };
                training.run(&mut network, &data, Some(&judges), observer)?
            }
            Method::Optimizer(name) => {
                let usual = Training::new(chainrule::loss::MeanSquaredError);
                let training = Training {
                    loss,
                    optimizer: table::optimizer(name).unwrap_or(usual.optimizer.clone()),
                    learning_rate: settings.learning_rate.unwrap_or(Settings::LEARNING_RATE),
                    schedule: settings.schedule.clone(),
                    epochs: plan.epochs,
                    batch_size: Some(plan.batch_size),
                    penalty,
                    early_stopping,
                    seed,
                    threads: Some(settings.threads),
                    ..usual
                };
                let (network, judges) = (&mut network, Some(&judges));
                match from {
                    None => training.run(network, &data, judges, observer)?,
                    Some(from) => training.resume(network, &data, judges, from, observer)?,
                }
            }
        };
        let outputs = network.predict(judges.x())?.mapv(|y| y.f64());
        let member = Member { network: network.into(), training: number };
        Ok(Trained { member, seed, history, outputs })
    }
}

/// Those that have a result, if there is any.
fn collected(results: Vec<Option<Result<Trained, FitError>>>) -> Result<Trainings, FitError> {
    let mut trainings = Trainings { trained: Vec::new(), diverged: 0, is_interrupted: false };
    let mut diverged = None;
    for result in results {
        match result {
            // Not begun.
            None => trainings.is_interrupted = true,
            Some(Ok(trained)) => {
                trainings.is_interrupted |=
                    matches!(trained.history.ended, Ended::Interrupted { .. });
                trainings.trained.push(trained);
            }
            // One that diverged is no reason to give up the others.
            Some(Err(error @ FitError::Diverged { .. })) => {
                trainings.diverged += 1;
                diverged = diverged.or(Some(error));
            }
            Some(Err(error)) => return Err(error),
        }
    }
    keep_whole(&mut trainings.trained);
    match (trainings.trained.is_empty(), diverged) {
        (false, _) => Ok(trainings),
        (true, Some(error)) => Err(error),
        (true, None) => Err(FitError::Stopped),
    }
}

/// Leaves those out that were broken off or learned nothing, if there are others.
fn keep_whole(trained: &mut Vec<Trained>) {
    let has_learned = |one: &Trained| one.history.learned;
    let is_whole = |one: &Trained| !matches!(one.history.ended, Ended::Interrupted { .. });
    for is_good in [&has_learned as &dyn Fn(&Trained) -> bool, &is_whole] {
        if trained.iter().any(is_good) {
            trained.retain(is_good);
        }
    }
}

/// The first training has the seed itself; the others have seeds that nobody chooses by hand.
pub(super) fn seed_of(seed: u64, number: usize) -> u64 {
    seed.wrapping_add((number as u64) << 32)
}

/// What an observer sees of one of several trainings at a time: the steps.
struct Steps<'a, 'o, T>(&'a Mutex<&'o mut (dyn Observer<T> + Send)>);

impl<T: Real> Observer<T> for Steps<'_, '_, T> {
    fn step(&mut self) -> ControlFlow<()> {
        lock(self.0).step()
    }
}

fn lock<'m, L>(mutex: &'m Mutex<L>) -> MutexGuard<'m, L> {
    // A panic of another training is passed on by whoever waits for it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
