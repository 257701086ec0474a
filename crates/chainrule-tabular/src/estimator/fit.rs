use super::{
    Decision, FitError, Preparation, Settings,
    plan::Method,
    preparation::{MOST_INPUTS_OF_REGRESSION, loss_unit},
};
use crate::{
    AnyNetwork, Comparison, Model, Output, Parts, Precision, Record, Score, Scores, Table,
    TargetScores, evaluate::LeastSquares,
};
use chainrule::{
    Dataset, Network, Real, Training,
    loss::MeanSquaredError,
    optimizer::Penalty,
    table,
    training::{EarlyStopping, Ended, FullBatch, History, Observer, in_parallel},
};
use ndarray::Array2;
use std::{
    ops::ControlFlow,
    sync::{Mutex, PoisonError},
};

/// A fitted model and how it came about.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The model, with the best parameters of the training.
    pub model: Model,
    /// The course of the training. Its losses are mean squared errors of the standardised targets; see
    /// [`Fit::loss_unit`].
    pub history: History,
    /// How good the network is on the held-out rows, in the targets' units, beside the baselines.
    pub scores: Scores,
    /// All trainings, by the loss of the held-out rows from the best, which the model has, to the worst.
    pub starts: Vec<Start>,
    /// What was decided without being asked.
    pub decisions: Vec<Decision>,
}

/// One of several trainings from different weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// The seed of the weights, of the shuffling and of dropout; which rows are held out is the same for all.
    pub seed: u64,
    /// The loss on the held-out rows: the mean squared error of the standardised targets.
    pub loss: f64,
    /// Epochs or iterations.
    pub epochs: usize,
}

impl Fit {
    /// What turns a loss of the history into a mean squared error in the squared unit of the target; see
    /// [`Preparation::loss_unit`].
    pub fn loss_unit(&self) -> Option<f64> {
        loss_unit(self.model.targets())
    }
}

/// Fits a network to the table: the targets as a function of all other columns.
///
/// The observer sees every epoch and step, and can break the training off; the best parameters so far are
/// kept then, as they are when the training diverges (`history.ended` says so). Of several trainings it sees the
/// steps, and each one's end.
pub fn fit<O: Observer<f32> + Observer<f64> + Send>(
    table: &Table,
    settings: &Settings,
    observer: &mut O,
) -> Result<Fit, FitError> {
    Preparation::new(table, settings)?.run(observer)
}

impl Preparation<'_> {
    /// Trains the network and scores it.
    pub fn run<O: Observer<f32> + Observer<f64> + Send>(
        self,
        observer: &mut O,
    ) -> Result<Fit, FitError> {
        let (network, history, starts): (AnyNetwork, History, _) = match self.plan.precision {
            Precision::F32 => {
                let (network, history, starts) = self.train_best::<f32>(observer)?;
                (network.into(), history, starts)
            }
            Precision::F64 => {
                let (network, history, starts) = self.train_best::<f64>(observer)?;
                (network.into(), history, starts)
            }
        };
        let parts = Parts {
            inputs: self.inputs.numbers.clone(),
            targets: self.targets.numbers.clone(),
            output: Output::Value,
            architecture: self.plan.architecture.clone(),
            network,
            record: self.record(&history, starts.len()),
        };
        let model = Model::of_built(parts)?;
        let scores = self.score(&model)?;
        let model = Model::of_built(Parts {
            record: Record { scores: Some(scores.clone()), ..model.record().clone() },
            ..model.into_parts()
        })?;
        Ok(Fit { model, history, scores, starts, decisions: self.decisions })
    }

    /// Trains from several starts, and keeps the best by the held-out rows. After a start that was broken off no other
    /// one begins.
    fn train_best<T: Real>(
        &self,
        observer: &mut (dyn Observer<T> + Send),
    ) -> Result<(Network<T>, History, Vec<Start>), FitError> {
        let (data, held_out) = self.datasets::<T>()?;
        let seed = self.settings.seed;
        if self.plan.starts == 1 {
            let (network, history) = self.train(seed, &data, &held_out, observer)?;
            let start = Start::new(seed, &history);
            return Ok((network, history, vec![start]));
        }
        let observer = Mutex::new(observer);
        let best: Mutex<Option<(usize, Network<T>, History)>> = Mutex::new(None);
        let threads = self.settings.threads.min(self.trainings_in_memory::<T>()?);
        let starts = in_parallel(self.plan.starts, threads, |number| {
            if number > 0 && lock(&observer).step().is_break() {
                return Ok(None);
            }
            let seed = seed_of_start(seed, number);
            let (network, history) = self.train(seed, &data, &held_out, &mut Steps(&observer))?;
            lock(&observer).start_ended(number, &history);
            let start = Start::new(seed, &history);
            let mut best = lock(&best);
            // Of equal ones the first, whichever ended first.
            let rank = |number, history: &History| (Start::new(0, history).loss, number);
            let is_better = best.as_ref().is_none_or(|(before, _, kept)| {
                let (ours, theirs) = (rank(number, &history), rank(*before, kept));
                ours.0.total_cmp(&theirs.0).then(ours.1.cmp(&theirs.1)).is_lt()
            });
            let is_interrupted = matches!(history.ended, Ended::Interrupted { .. });
            if is_better {
                *best = Some((number, network, history));
            }
            Ok::<_, FitError>(Some((start, is_interrupted)))
        });
        // One that diverged is no reason to give up the others.
        let mut first_error = None;
        let mut done = Vec::new();
        let mut is_interrupted = false;
        for start in starts {
            match start {
                Ok(Some((start, interrupted))) => {
                    is_interrupted |= interrupted;
                    done.push(start);
                }
                Ok(None) => is_interrupted = true,
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        done.sort_by(|a, b| a.loss.total_cmp(&b.loss));
        let best = best.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some((_, network, mut history)) = best else {
            return Err(first_error.unwrap_or(FitError::NoStarts));
        };
        if is_interrupted {
            history.ended = Ended::Interrupted { epoch: history.epochs.len().saturating_sub(1) };
        }
        Ok((network, history, done))
    }

    /// How many trainings at a time stay within what one alone may take.
    fn trainings_in_memory<T: Real>(&self) -> Result<usize, FitError> {
        let Method::Solver(solver) = self.plan.method else { return Ok(usize::MAX) };
        let (inputs, outputs) = (self.inputs.numbers.len(), self.targets.numbers.len());
        let network = self.plan.architecture.build::<T>(inputs, outputs, 0)?;
        let training = FullBatch::<T>::new(MeanSquaredError, solver);
        let demand = training.demand(&network, self.training.len()).max(1.0);
        Ok(((FullBatch::<T>::MOST_BYTES / demand) as usize).max(1))
    }

    /// One training from the weights of this seed.
    fn train<T: Real>(
        &self,
        seed: u64,
        data: &Dataset<T>,
        held_out: &Dataset<T>,
        observer: &mut dyn Observer<T>,
    ) -> Result<(Network<T>, History), FitError> {
        let (settings, plan) = (self.settings, &self.plan);
        let (inputs, outputs) = (self.inputs.numbers.len(), self.targets.numbers.len());
        let mut network = plan.architecture.build::<T>(inputs, outputs, seed)?;
        let penalty = Penalty { l1: settings.l1, l2: settings.l2 };
        let early_stopping = (plan.patience > 0).then(|| EarlyStopping::after(plan.patience));
        let history = match &plan.method {
            Method::Solver(solver) => {
                let training = FullBatch {
                    iterations: plan.epochs,
                    penalty,
                    early_stopping,
                    ..FullBatch::new(MeanSquaredError, *solver)
                };
                training.run(&mut network, data, Some(held_out), observer)?
            }
            Method::Optimizer(name) => {
                let usual = Training::new(MeanSquaredError);
                let training = Training {
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
                training.run(&mut network, data, Some(held_out), observer)?
            }
        };
        Ok((network, history))
    }

    fn record(&self, history: &History, starts: usize) -> Record {
        let (settings, plan) = (self.settings, &self.plan);
        let (learning_rate, batch_size) = match plan.method {
            Method::Solver(_) => (0.0, self.training.len()),
            Method::Optimizer(_) => {
                (settings.learning_rate.unwrap_or(Settings::LEARNING_RATE), plan.batch_size)
            }
        };
        Record {
            command: settings.command.clone(),
            rows: self.training.len() + self.held_out.len(),
            validation: settings.validation,
            validation_rows: self.held_out.len(),
            seed: settings.seed,
            starts,
            epochs: history.epochs.len(),
            best_epoch: history.best_epoch,
            optimizer: plan.method.name().to_owned(),
            learning_rate,
            batch_size,
            l1: settings.l1,
            l2: settings.l2,
            ..Record::default()
        }
    }

    /// The model beside the baselines, on the rows that were held out.
    fn score(&self, model: &Model) -> Result<Scores, FitError> {
        let network = model.predict_rows(&self.inputs.values, &self.held_out)?;
        let linear = self.linear_regression()?;
        let mut targets = Vec::new();
        for (j, number) in self.targets.numbers.iter().enumerate() {
            let truth: Vec<f64> =
                self.held_out.iter().map(|&row| self.targets.values[j][row]).collect();
            let linear = linear.as_ref().map(|linear| {
                let values: Vec<f64> =
                    linear.column(j).iter().map(|&z| number.inverse(z)).collect();
                Score::new(&values, &truth)
            });
            let mean = vec![number.mean; truth.len()];
            let scores = Comparison {
                network: Score::new(&network[j], &truth)?,
                linear: linear.transpose()?,
                mean: Score::new(&mean, &truth)?,
            };
            targets.push(TargetScores { target: number.name.clone(), scores });
        }
        Scores::new(self.held_out.len(), targets).ok_or(FitError::NoTargets)
    }

    /// What a linear regression on the training rows predicts for the held-out rows, standardised.
    ///
    /// The standardised columns have mean 0 on the training rows, so that the intercept is 0. With very many
    /// inputs there is none: it takes memory in the square of their number.
    fn linear_regression(&self) -> Result<Option<Array2<f64>>, FitError> {
        let (inputs, outputs) = (self.inputs.numbers.len(), self.targets.numbers.len());
        if inputs > MOST_INPUTS_OF_REGRESSION {
            return Ok(None);
        }
        let mut least_squares = LeastSquares::new(inputs, outputs);
        for rows in self.training.chunks(ROWS_AT_A_TIME) {
            let (x, y) = (self.inputs.transform(rows)?, self.targets.transform(rows)?);
            least_squares.add(x.view(), y.view());
        }
        Ok(Some(self.inputs.transform::<f64>(&self.held_out)?.dot(&least_squares.solve())))
    }
}

impl Start {
    fn new(seed: u64, history: &History) -> Self {
        let loss = history.validation_loss.unwrap_or(f64::NAN);
        Self { seed, loss, epochs: history.epochs.len() }
    }
}

/// The first start has the seed itself; the others have seeds that nobody chooses by hand.
fn seed_of_start(seed: u64, number: usize) -> u64 {
    seed.wrapping_add((number as u64) << 32)
}

/// What an observer sees of one of several trainings at a time: the steps.
struct Steps<'a, 'o, T>(&'a Mutex<&'o mut (dyn Observer<T> + Send)>);

impl<T: Real> Observer<T> for Steps<'_, '_, T> {
    fn step(&mut self) -> ControlFlow<()> {
        lock(self.0).step()
    }
}

fn lock<'m, L>(mutex: &'m Mutex<L>) -> std::sync::MutexGuard<'m, L> {
    // A panic of another training is passed on by whoever waits for it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const ROWS_AT_A_TIME: usize = 1024;
