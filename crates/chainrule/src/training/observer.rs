use super::{Checkpoint, Epoch, History};
use crate::{Network, Real};
use std::ops::ControlFlow;

/// Watches a training and can break it off. The best parameters are kept in any case.
///
/// ```
/// use chainrule::{Network, training::{Epoch, Observer}};
/// use std::ops::ControlFlow;
///
/// struct StopBelow(f64);
///
/// impl Observer<f32> for StopBelow {
///     fn epoch(&mut self, epoch: &Epoch, _: &Network<f32>) -> ControlFlow<()> {
///         if epoch.training_loss < self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
///     }
/// }
/// ```
pub trait Observer<T: Real> {
    /// After each epoch. The network has the parameters of this moment, not the best ones.
    fn epoch(&mut self, epoch: &Epoch, network: &Network<T>) -> ControlFlow<()> {
        let _ = (epoch, network);
        ControlFlow::Continue(())
    }

    /// After each epoch of [`Training::run`](crate::Training::run), after [`epoch`](Self::epoch), also when that has broken
    /// the training off: whether a [`Checkpoint`] is wanted. It costs a copy of all that the training remembers.
    fn checkpoint(&mut self, number: usize) -> bool {
        let _ = number;
        false
    }

    /// The checkpoint that was wanted, to be kept or written. There is none of parameters that are not finite: that
    /// training is about to end.
    fn save(&mut self, checkpoint: &Checkpoint<T>) {
        let _ = checkpoint;
    }

    /// Where several trainings start from different weights: after one of them has ended, its number counted from
    /// 0. They may end in any order. Of their epochs an observer is not told.
    fn start_ended(&mut self, number: usize, history: &History) {
        let _ = (number, history);
    }

    /// After each step: the place to look for Ctrl-C. It is called often and should return at once.
    fn step(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Watches nothing.
impl<T: Real> Observer<T> for () {}
