//! What the trainings have come to, while they run on their threads.

use super::{
    super::{FitError, members::Trained},
    Checkpoint, Finished, Identity, State, converted,
};
use crate::{FileError, Precision, model::with_network};
use chainrule::{
    Network, Real,
    training::{self, Ended, Epoch, History, Observer},
};
use std::{
    ops::ControlFlow,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Says when the state of a fit is wanted, and keeps it.
pub trait Keeper: Send {
    /// Whether the state is wanted now: after this epoch of an optimizer or, with `None`, after the end of this
    /// training, both counted from 0. At the end of the fit it is kept without a question, also when it is broken off.
    fn is_due(&mut self, training: usize, epoch: Option<usize>) -> bool;

    /// Keeps the state, in place of the one before. An error ends the fit.
    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), FileError>;
}

/// The state of a fit on its way, which the threads share.
pub(in super::super) struct Keeping<'k> {
    kept: Mutex<Kept<'k>>,
    /// Whether somebody keeps it.
    is_kept: bool,
    has_failed: AtomicBool,
}

struct Kept<'k> {
    checkpoint: Checkpoint,
    keeper: Option<&'k mut dyn Keeper>,
    failure: Option<FileError>,
}

impl<'k> Keeping<'k> {
    /// From the beginning, or from where an earlier one came to, if it was the same fit.
    pub(in super::super) fn new(
        fit: Identity,
        precision: Precision,
        trainings: usize,
        from: Option<&Checkpoint>,
        keeper: Option<&'k mut dyn Keeper>,
    ) -> Result<Self, FitError> {
        let mut checkpoint = Checkpoint::new(fit, precision, trainings);
        if let Some(from) = from {
            checkpoint.fit.check(&from.fit)?;
            if (from.precision, from.trainings.len()) != (precision, trainings) {
                let reason = "it has other trainings than this fit".to_owned();
                return Err(FitError::Resume { reason });
            }
            checkpoint.trainings.clone_from(&from.trainings);
        }
        let is_kept = keeper.is_some();
        let kept = Mutex::new(Kept { checkpoint, keeper, failure: None });
        Ok(Self { kept, is_kept, has_failed: AtomicBool::new(false) })
    }

    /// What a training comes from.
    pub(in super::super) fn state(&self, training: usize) -> State {
        self.lock().checkpoint.trainings[training].clone()
    }

    /// The observer of a training, which keeps what it has come to.
    pub(in super::super) fn observer<'a, T: Real>(
        &'a self,
        training: usize,
        is_by_steps: bool,
        observer: &'a mut dyn Observer<T>,
    ) -> Keeps<'a, 'k, T> {
        let waits = is_by_steps && self.is_kept;
        Keeps { keeping: self, training, waits, is_stopped: false, observer }
    }

    /// Takes note of the end of a training, unless it was broken off.
    pub(in super::super) fn ended(&self, training: usize, result: &Result<Trained, FitError>) {
        if !self.is_kept {
            return;
        }
        let state = match result {
            Ok(Trained { history: History { ended: Ended::Interrupted { .. }, .. }, .. }) => return,
            Ok(trained) => State::Finished(Box::new(Finished::of(trained))),
            Err(FitError::Diverged { epoch }) => State::Diverged { epoch: *epoch },
            Err(_) => return,
        };
        let mut kept = self.lock();
        kept.checkpoint.trainings[training] = state;
        if kept.is_due(training, None) {
            self.keep(&mut kept);
        }
    }

    /// Keeps the state at the end of the fit. Fails if it could not be kept, now or before.
    pub(in super::super) fn finish(self) -> Result<(), FitError> {
        let mut kept = self.lock();
        self.keep(&mut kept);
        kept.failure.take().map_or(Ok(()), |error| Err(FitError::Checkpoint(error)))
    }

    /// After a failure nothing more is tried: what is there is whole.
    fn keep(&self, kept: &mut Kept) {
        let Kept { checkpoint, keeper: Some(keeper), failure: failure @ None } = kept else {
            return;
        };
        if let Err(error) = keeper.keep(checkpoint) {
            *failure = Some(error);
            self.has_failed.store(true, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept<'k>> {
        // A panic of another training is passed on by whoever waits for it.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept<'_> {
    fn is_due(&mut self, training: usize, epoch: Option<usize>) -> bool {
        self.keeper.as_mut().is_some_and(|keeper| keeper.is_due(training, epoch))
    }
}

impl Finished {
    fn of(trained: &Trained) -> Self {
        let (parameters, statistics) = with_network!(&trained.member.network, network => {
            let widened = |numbers: &[_]| numbers.iter().map(|&v| Real::f64(v)).collect::<Vec<f64>>();
            (widened(network.parameters()), widened(network.statistics()))
        });
        let (history, outputs) = (trained.history.clone(), trained.outputs.clone());
        Self { parameters, statistics, history, outputs }
    }
}

/// Watches a training for its own observer and for who keeps the state of the fit.
pub(in super::super) struct Keeps<'a, 'k, T> {
    keeping: &'a Keeping<'k>,
    training: usize,
    /// Whether the training is broken off at the end of an epoch only, where its state can be kept.
    waits: bool,
    is_stopped: bool,
    observer: &'a mut dyn Observer<T>,
}

impl<T: Real> Observer<T> for Keeps<'_, '_, T> {
    fn epoch(&mut self, epoch: &Epoch, network: &Network<T>) -> ControlFlow<()> {
        self.is_stopped |= self.observer.epoch(epoch, network).is_break();
        if self.is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn checkpoint(&mut self, number: usize) -> bool {
        self.keeping.is_kept
            && (self.is_stopped || self.keeping.lock().is_due(self.training, Some(number)))
    }

    fn save(&mut self, checkpoint: &training::Checkpoint<T>) {
        let state = State::Running(Box::new(converted(checkpoint)));
        let mut kept = self.keeping.lock();
        kept.checkpoint.trainings[self.training] = state;
        // At the end of the fit it is kept in any case.
        if !self.is_stopped {
            self.keeping.keep(&mut kept);
        }
    }

    fn step(&mut self) -> ControlFlow<()> {
        if self.keeping.has_failed.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        self.is_stopped = self.is_stopped || self.observer.step().is_break();
        match self.is_stopped && !self.waits {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}
