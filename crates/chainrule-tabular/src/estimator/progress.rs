//! Trainings that go on a little at a time, to compare settings before they are trained to the end.

use super::{FitError, Preparation, checkpoint::converted, members::seed_of, plan::Method};
use crate::{AnyNetwork, Precision};
use chainrule::{
    Network, Real,
    training::{Checkpoint, Ended, Observer},
};
use std::ops::ControlFlow;

/// Where a training stands.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// The smallest loss on the rows that judge; infinite before it has begun.
    pub(crate) loss: f64,
    /// Where it goes on, if it does.
    checkpoint: Option<Checkpoint<f64>>,
    /// Whether it has ended by itself.
    is_over: bool,
}

impl Default for Progress {
    fn default() -> Self {
        Self { loss: f64::INFINITY, checkpoint: None, is_over: false }
    }
}

impl Preparation<'_> {
    /// The rows that train and judge.
    pub(crate) fn training_rows(&self) -> usize {
        self.division.development.len()
    }

    /// The rows that judge the trainings of this fold.
    pub(crate) fn judging_rows(&self, fold: usize) -> usize {
        self.division.judges[fold].len()
    }

    /// Lets the first training of a fold go on until it has done so many epochs. Once it has ended by itself it stays
    /// as it is. A solver, which can not go on, does all iterations at once.
    pub(crate) fn go_on(
        &self,
        fold: usize,
        epochs: usize,
        progress: &mut Progress,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(), FitError> {
        if progress.is_over {
            return Ok(());
        }
        match self.plan.precision {
            Precision::F32 => self.go_on_as::<f32>(fold, epochs, progress, is_stopped),
            Precision::F64 => self.go_on_as::<f64>(fold, epochs, progress, is_stopped),
        }
    }

    fn go_on_as<T: Real>(
        &self,
        fold: usize,
        epochs: usize,
        progress: &mut Progress,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(), FitError>
    where
        Network<T>: Into<AnyNetwork>,
    {
        let mut preparation = self.clone();
        preparation.plan.epochs = epochs;
        let from = progress.checkpoint.as_ref().map(converted::<f64, T>);
        let mut last = Last { epochs, checkpoint: None, is_stopped };
        let seed = seed_of(self.settings.seed, fold);
        let trained = preparation.train_one::<T>(fold, seed, from.as_ref(), &mut last)?;
        let history = trained.history;
        if let Ended::Interrupted { .. } = history.ended {
            return Err(FitError::Stopped);
        }
        let is_by_solver = matches!(self.plan.method, Method::Solver(_));
        *progress = Progress {
            loss: history.validation_loss.unwrap_or(history.loss),
            is_over: is_by_solver || history.ended != Ended::Completed,
            checkpoint: last.checkpoint,
        };
        Ok(())
    }
}

/// Keeps where a training stands after its last epoch.
struct Last<'a> {
    epochs: usize,
    checkpoint: Option<Checkpoint<f64>>,
    is_stopped: &'a dyn Fn() -> bool,
}

impl<T: Real> Observer<T> for Last<'_> {
    fn checkpoint(&mut self, number: usize) -> bool {
        number + 1 == self.epochs
    }

    fn save(&mut self, checkpoint: &Checkpoint<T>) {
        self.checkpoint = Some(converted(checkpoint));
    }

    fn step(&mut self) -> ControlFlow<()> {
        if (self.is_stopped)() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
