use crate::solver::{Evidence, Iteration, Reason};

/// What happened in one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Counted from 0.
    pub number: usize,
    /// The mean loss over the samples, each taken before the step that it took part in, without penalty.
    pub training_loss: f64,
    /// The loss on the validation data after the epoch.
    pub validation_loss: Option<f64>,
    /// The learning rate of the last step; 1 for a solver, which finds the length of its steps itself.
    pub learning_rate: f64,
    /// What the solver did, where there is one.
    pub iteration: Option<Iteration>,
    /// Whether this epoch has the best parameters so far.
    pub improved: bool,
}

/// The course of a training and its result.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// One entry for each epoch that was finished.
    pub epochs: Vec<Epoch>,
    /// The epoch of the best parameters, which the network now has.
    pub best_epoch: usize,
    /// Whether they are better than the initial parameters, which otherwise are the best ones themselves.
    pub learned: bool,
    /// Their loss on the training data, without dropout.
    pub loss: f64,
    /// Their loss on the validation data.
    pub validation_loss: Option<f64>,
    /// Why the training ended.
    pub ended: Ended,
    /// What Bayesian regularisation has found out in the iteration of the best parameters; its noise is the variance of a target of
    /// average weight around the network.
    pub evidence: Option<Evidence>,
}

/// Why a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All epochs were done.
    Completed,
    /// The solver has come as far as it was asked to, or as it can.
    Converged {
        /// The last iteration.
        epoch: usize,
        /// Why it stopped.
        reason: Reason,
    },
    /// There was no more progress; see [`EarlyStopping`](super::EarlyStopping).
    Early {
        /// The last epoch.
        epoch: usize,
    },
    /// The observer broke it off.
    Interrupted {
        /// The epoch it was in.
        epoch: usize,
    },
    /// The loss was not a finite number any more.
    Diverged {
        /// The epoch, counted from 0.
        epoch: usize,
        /// The batch within the epoch, counted from 0; `None` for the validation after it.
        batch: Option<usize>,
    },
}
