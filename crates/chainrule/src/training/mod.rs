//! Training: the loop around forward, loss, backward and step.
//!
//! A batch goes through the network in blocks of rows that stay in the cache. Each adds to the gradient:
//!
//! ```text
//! batch ─┬─ block 0: gather → forward → loss → backward ─┐
//!        ├─ block 1: gather → forward → loss → backward ─┼─► dθ  ─► penalty, clip ─► step
//!        └─ …                                            ─┘
//! ```
//!
//! [`Training`] does that with a first-order optimizer and mini-batches, [`FullBatch`] lets a
//! [solver](crate::solver) look at all samples in each iteration.
//!
//! The sum is right because a loss divides by the weight of the *whole* batch. Large steps are shared among threads, each
//! number by one of them, so that the bits do not depend on how many there are.

mod batch;
mod best;
mod checkpoint;
mod early_stopping;
mod full_batch;
mod history;
mod observer;
mod parallel;
mod posterior;
mod problem;
mod run;

pub use checkpoint::Checkpoint;
pub use early_stopping::{EarlyStopping, Waiting};
pub use full_batch::FullBatch;
pub use history::{Ended, Epoch, History};
pub use observer::Observer;
pub use parallel::in_parallel;
pub use posterior::Posterior;
pub use problem::{MeanLoss, Residuals};

use crate::{
    Network, Real,
    data::Dataset,
    error::{Error, expect, setting},
    instructions,
    loss::{self, Loss},
    optimizer::{Adam, Clip, Optimizer, Penalty, Schedule},
};
use run::Run;
use std::sync::Arc;

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
    /// Threads at most; `None` for those of the machine. Fewer are used where they would only wait for each other, and
    /// the result is the same to the last bit.
    pub threads: Option<usize>,
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
            threads: None,
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
        Run::new(self, network, data, validation).start(observer)
    }

    /// Goes on with a training that was broken off after a [`Checkpoint`]: with the same settings, data and layers it ends
    /// with the same parameters and the same history, to the last bit, as if it had never been broken off.
    ///
    /// The parameters and statistics that the network has are replaced by those of the checkpoint. The observer is
    /// told of the epochs that are left, the history has all of them. More [`epochs`](Self::epochs) than before are
    /// the way to train on. It fails if the checkpoint is of another training, as far as that can be told, or has been
    /// damaged; then the network stays as it is.
    pub fn resume(
        &self,
        network: &mut Network<T>,
        data: &Dataset<T>,
        validation: Option<&Dataset<T>>,
        checkpoint: &Checkpoint<T>,
        observer: &mut dyn Observer<T>,
    ) -> Result<History, Error> {
        self.check(network, data, validation)?;
        let mut run = Run::new(self, network, data, validation);
        run.restore(checkpoint)?;
        run.go_on(observer)
    }

    fn check(
        &self,
        network: &Network<T>,
        data: &Dataset<T>,
        validation: Option<&Dataset<T>>,
    ) -> Result<(), Error> {
        instructions::selected()?;
        check_data(network, &*self.loss, data, validation)?;
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

/// Whether the network and the loss can take these data.
fn check_data<T: Real>(
    network: &Network<T>,
    loss: &dyn Loss<T>,
    data: &Dataset<T>,
    validation: Option<&Dataset<T>>,
) -> Result<(), Error> {
    for (what, data) in [("inputs", Some(data)), ("inputs for validation", validation)] {
        let Some(data) = data else { continue };
        expect(&format!("columns of the {what}"), network.inputs(), data.x().ncols())?;
        loss::check(loss, network.outputs(), data.targets())?;
    }
    Ok(())
}
