//! The search for settings: by chance, with more epochs for what looks good.
//!
//! ```text
//! settings by chance ─► few epochs each ─► the best third ─► three times as many ─► … ─► the best one
//! the default ────────► all epochs ──────────────────────────────────────────────────────┘
//! ```
//!
//! That is successive halving, one bracket of Hyperband: Jamieson and Talwalkar, *Non-stochastic best arm identification
//! and hyperparameter optimization*, AISTATS 2016, and Li et al., *Hyperband*, JMLR 18 (2018). A training goes on where it
//! stood, so that no epoch is done twice. Settings are judged by the loss on the rows of each fold that the training
//! has not learned from; the rows for the scores are never seen.

mod choice;
mod file;
mod halving;

pub use choice::Choice;
pub use file::SearchState;
pub use halving::rungs;

use crate::{
    FileError, FitError, Preparation, Settings, Table, Validation,
    estimator::{Progress, checkpoint::Identity, digest},
};
use chainrule::{random::Random, training::in_parallel};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// With more rows than this for the trainings, one fold judges well enough.
const SMALL_TABLE: usize = 5000;
/// With more rows than this, or with an order in time, there are no folds but one part.
const LARGE_TABLE: usize = 100_000;
/// How the rows are divided otherwise.
const FOLDS: usize = 5;

/// One trial: some settings and how good they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Counted from 0, which is the default.
    pub number: usize,
    /// What was chosen by chance; `None` for the default.
    pub choice: Option<Choice>,
    /// How many epochs the trainings had at most.
    pub epochs: usize,
    /// The smallest loss on rows that were not learned from; infinite if a training diverged.
    pub loss: f64,
}

/// What a search has found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The trials that were judged, the best one first.
    pub trials: Vec<Trial>,
    /// The settings of the best one; the default ones where these have not been judged.
    pub best: Settings,
    /// Whether it was broken off.
    pub is_interrupted: bool,
}

/// Watches a search.
pub trait Watcher: Send {
    /// Whether it is to stop. It is asked often, and should answer at once.
    fn is_asked_to_stop(&mut self) -> bool {
        false
    }

    /// A trial was judged after so many epochs; `state` has all that is needed to go on later. An error ends the
    /// search.
    fn judged(&mut self, trial: &Trial, state: &SearchState) -> Result<(), FileError> {
        let _ = (trial, state);
        Ok(())
    }
}

/// Watches nothing.
impl Watcher for () {}

/// Looks for better settings among so many trials, the default of `settings` among them. What is given in `settings` stays
/// as it is: layers, activation, dropout, learning rate, batch size, l2 penalty.
///
/// The same seed gives the same result, with any number of threads, and also if it goes on from the state of an earlier
/// search, whose trials are not done again.
pub fn search(
    table: &Table,
    settings: &Settings,
    trials: usize,
    from: Option<&SearchState>,
    watcher: &mut dyn Watcher,
) -> Result<Found, FitError> {
    let first = Preparation::new(table, None, settings)?;
    let is_large = first.training_rows() > LARGE_TABLE || settings.order.is_some();
    let usual = if is_large { Validation::Part(0.15) } else { Validation::Folds(FOLDS) };
    let base = Settings {
        validation: Some(settings.validation.unwrap_or(usual)),
        restarts: Some(1),
        ..settings.clone()
    };
    let mut random = Random::new(settings.seed, chainrule::random::Purpose::Data);
    let mut candidates = vec![Candidate { choice: None, settings: base.clone() }];
    for _ in 1..trials.max(1) {
        let choice = Choice::draw(&mut random, settings, first.training_rows());
        let settings = choice.clone().settings(&base);
        candidates.push(Candidate { choice: Some(choice), settings });
    }
    let identity = Identity::of(&first, &digest::of(table)).with("the number of trials", trials);
    let state = SearchState::new(identity, from)?;
    let searching = Searching {
        table,
        folds: if first.training_rows() > SMALL_TABLE { 1 } else { usize::MAX },
        progress: candidates.iter().map(|_| Mutex::new(Vec::new())).collect(),
        candidates,
        shared: Mutex::new(Shared { state, watcher, latest: Vec::new(), failure: None }),
    };
    searching.run(settings)
}

/// Some settings.
struct Candidate {
    choice: Option<Choice>,
    settings: Settings,
}

/// A search on its way.
struct Searching<'a> {
    table: &'a Table,
    /// How many folds judge at most.
    folds: usize,
    candidates: Vec<Candidate>,
    /// For each candidate and fold, where the training stands.
    progress: Vec<Mutex<Vec<Progress>>>,
    shared: Mutex<Shared<'a>>,
}

/// What the threads share.
struct Shared<'a> {
    state: SearchState,
    watcher: &'a mut dyn Watcher,
    latest: Vec<Trial>,
    failure: Option<FileError>,
}

impl Searching<'_> {
    fn run(self, settings: &Settings) -> Result<Found, FitError> {
        let most = settings.epochs.unwrap_or(Settings::EPOCHS);
        let rungs = rungs(self.candidates.len() - 1, most);
        let mut is_interrupted = false;
        let mut left: Vec<usize> = (1..self.candidates.len()).collect();
        for (place, (epochs, survivors)) in rungs.into_iter().enumerate() {
            for dropped in left.drain(survivors.min(left.len())..) {
                lock(&self.progress[dropped]).clear();
            }
            // The default has all epochs at once: it is never left behind for a bad start.
            let mut tasks: Vec<(usize, usize)> =
                left.iter().map(|trial| (*trial, epochs)).collect();
            if place == 0 {
                tasks.insert(0, (0, most));
            }
            let threads = settings.threads;
            let results = in_parallel(tasks.len(), threads, |task| {
                let (trial, epochs) = tasks[task];
                self.judge(trial, epochs)
            });
            for result in results {
                match result {
                    Ok(()) => {}
                    Err(FitError::Stopped) => is_interrupted = true,
                    Err(error) => return Err(error),
                }
            }
            let mut shared = lock(&self.shared);
            if let Some(error) = shared.failure.take() {
                return Err(FitError::Checkpoint(error));
            }
            if is_interrupted {
                break;
            }
            let loss = |trial: &usize| shared.loss(*trial);
            left.sort_by(|a, b| loss(a).total_cmp(&loss(b)).then(a.cmp(b)));
        }
        let mut trials = lock(&self.shared).latest.clone();
        trials.sort_by(|a, b| a.loss.total_cmp(&b.loss).then(a.number.cmp(&b.number)));
        let has_default = trials.iter().any(|trial| trial.choice.is_none());
        let best = trials.first().filter(|best| has_default && best.loss.is_finite());
        let best = match best.and_then(|best| best.choice.clone()) {
            Some(choice) => choice.settings(settings),
            None => settings.clone(),
        };
        Ok(Found { trials, best, is_interrupted })
    }

    /// Lets the trainings of a trial go on to so many epochs.
    fn judge(&self, number: usize, epochs: usize) -> Result<(), FitError> {
        let Candidate { choice, settings } = &self.candidates[number];
        let known = lock(&self.shared).state.loss(number, epochs);
        let loss = match known {
            Some(loss) => loss,
            None => self.train(number, epochs, settings)?,
        };
        let trial = Trial { number, choice: choice.clone(), epochs, loss };
        let mut shared = lock(&self.shared);
        let Shared { state, watcher, latest, failure } = &mut *shared;
        state.note(number, epochs, loss);
        latest.retain(|other| other.number != number);
        latest.push(trial.clone());
        if known.is_none() && failure.is_none() {
            *failure = watcher.judged(&trial, state).err();
        }
        Ok(())
    }

    /// The mean loss on the rows that were not learned from.
    fn train(&self, number: usize, epochs: usize, settings: &Settings) -> Result<f64, FitError> {
        let preparation = Preparation::new(self.table, None, settings)?;
        let mut progress = lock(&self.progress[number]);
        let folds = preparation.trainings().min(self.folds);
        progress.resize(folds, Progress::default());
        let is_stopped = || {
            let mut shared = lock(&self.shared);
            shared.failure.is_some() || shared.watcher.is_asked_to_stop()
        };
        let (mut sum, mut rows) = (0.0, 0);
        for (fold, progress) in progress.iter_mut().enumerate() {
            if is_stopped() {
                return Err(FitError::Stopped);
            }
            match preparation.go_on(fold, epochs, progress, &is_stopped) {
                Ok(()) => {}
                Err(FitError::Diverged { .. }) => return Ok(f64::INFINITY),
                Err(error) => return Err(error),
            }
            let judges = preparation.judging_rows(fold);
            sum += judges as f64 * progress.loss;
            rows += judges;
        }
        Ok(sum / rows as f64)
    }
}

impl Shared<'_> {
    fn loss(&self, number: usize) -> f64 {
        let trial = self.latest.iter().find(|trial| trial.number == number);
        trial.map_or(f64::INFINITY, |trial| trial.loss)
    }
}

fn lock<L: ?Sized>(mutex: &Mutex<L>) -> MutexGuard<'_, L> {
    // A panic of another training is passed on by whoever waits for it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
