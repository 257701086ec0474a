use super::{Epoch, Training, Waiting, run::Run};
use crate::{
    Real,
    error::{Error, expect},
};

/// Everything that a training needs to go on from where it stands between two epochs: see
/// [`Training::resume`](crate::Training::resume).
///
/// It is plain numbers, so that any file format can hold it; which settings, data and layers it belongs to is for the
/// caller to keep. An [`Observer`](super::Observer) asks for it:
///
/// ```
/// use chainrule::{
///     Network, Training, activation::{Identity, Tanh}, data::synthetic, loss::MeanSquaredError,
///     training::{Checkpoint, Epoch, Observer},
/// };
/// use std::ops::ControlFlow;
///
/// /// Breaks off after epoch 20 and keeps what is needed to go on.
/// #[derive(Default)]
/// struct BreakOff(Option<Checkpoint<f64>>);
///
/// impl Observer<f64> for BreakOff {
///     fn epoch(&mut self, epoch: &Epoch, _: &Network<f64>) -> ControlFlow<()> {
///         if epoch.number == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
///     }
///
///     fn checkpoint(&mut self, number: usize) -> bool { number == 20 }
///
///     fn save(&mut self, checkpoint: &Checkpoint<f64>) { self.0 = Some(checkpoint.clone()); }
/// }
///
/// let data = synthetic::SINE.sample(50, 0.1, 0);
/// let network = |seed| Network::builder(1).dense(9, Tanh).dropout(0.1).dense(1, Identity).build(seed);
/// let training = Training { epochs: 50, batch_size: Some(8), ..Training::new(MeanSquaredError) };
///
/// let mut network_at_once = network(1)?;
/// let history_at_once = training.run(&mut network_at_once, &data, None, &mut ())?;
///
/// let mut broken_off = BreakOff::default();
/// training.run(&mut network(1)?, &data, None, &mut broken_off)?;
/// let checkpoint = broken_off.0.expect("it was asked for");
/// let mut resumed = network(2)?; // the parameters come from the checkpoint
/// let history = training.resume(&mut resumed, &data, None, &checkpoint, &mut ())?;
/// assert_eq!(resumed.parameters(), network_at_once.parameters());
/// assert_eq!(history, history_at_once);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint<T> {
    /// θ after the last step.
    pub parameters: Vec<T>,
    /// The statistics after the last step.
    pub statistics: Vec<T>,
    /// The name of the optimizer.
    pub optimizer: String,
    /// The steps that it has done.
    pub steps: u64,
    /// What it remembers: vectors as long as θ, such as Adam's m and v. They may hold infinity, but not NaN.
    pub moments: Vec<Vec<T>>,
    /// What it remembers as single numbers.
    pub scalars: Vec<f64>,
    /// The seed of the training.
    pub seed: u64,
    /// How many words of 32 bits have been drawn for the order of the samples.
    pub shuffling: u64,
    /// How many words of 32 bits have been drawn for dropout.
    pub dropout: u64,
    /// The samples in the order of the last epoch, by their number from 0. The next epoch shuffles it further.
    pub order: Vec<usize>,
    /// The losses as the schedule has seen them.
    pub plateau: Waiting,
    /// What the schedule has made of them: the factor of the learning rate, in [0, 1].
    pub plateau_factor: f64,
    /// The losses as early stopping has seen them, where there is early stopping.
    pub early_stopping: Option<Waiting>,
    /// The loss that the best parameters were judged by; infinite if none have been yet.
    pub best_loss: f64,
    /// Their epoch.
    pub best_epoch: usize,
    /// The best θ.
    pub best_parameters: Vec<T>,
    /// The statistics that belong to it.
    pub best_statistics: Vec<T>,
    /// What the initial parameters were judged by, which may be no finite number.
    pub initial_loss: f64,
    /// The reports of the epochs so far.
    pub epochs: Vec<Epoch>,
}

impl<T: Real> Run<'_, T> {
    /// A copy of all that changes in the course of a training.
    pub(super) fn checkpoint(&self) -> Checkpoint<T> {
        let moments = self.descent.moments();
        Checkpoint {
            parameters: self.network.parameters().to_vec(),
            statistics: self.network.statistics().to_vec(),
            optimizer: self.training.optimizer.name().to_owned(),
            steps: self.descent.steps(),
            moments: moments.vectors.iter().map(|vector| vector.to_vec()).collect(),
            scalars: moments.scalars.clone(),
            seed: self.training.seed,
            shuffling: self.shuffling.position(),
            dropout: self.batch.dropout_position(),
            order: self.order.clone(),
            plateau: Waiting { best: self.plateau.best, waited: self.plateau.waited },
            plateau_factor: self.plateau.factor,
            early_stopping: self.stopping.as_ref().map(|stopping| stopping.state),
            best_loss: self.best.loss,
            best_epoch: self.best.epoch,
            best_parameters: self.best.theta.clone(),
            best_statistics: self.best.statistics.clone(),
            initial_loss: self.initial,
            epochs: self.epochs.clone(),
        }
    }

    /// Goes to where the checkpoint was made. If it does not fit, nothing has changed.
    pub(super) fn restore(&mut self, checkpoint: &Checkpoint<T>) -> Result<(), Error> {
        self.check_numbers(checkpoint)?;
        check_order(&checkpoint.order, self.data.len())?;
        self.check_course(checkpoint)?;

        self.network.set(&checkpoint.parameters, &checkpoint.statistics)?;
        self.descent.restore(checkpoint.steps, &checkpoint.moments, &checkpoint.scalars);
        self.shuffling.set_position(checkpoint.shuffling);
        self.batch.set_dropout_position(checkpoint.dropout);
        self.order.copy_from_slice(&checkpoint.order);
        (self.plateau.best, self.plateau.waited) =
            (checkpoint.plateau.best, checkpoint.plateau.waited);
        self.plateau.factor = checkpoint.plateau_factor;
        if let (Some(stopping), Some(state)) = (&mut self.stopping, checkpoint.early_stopping) {
            stopping.state = state;
        }
        (self.best.loss, self.best.epoch) = (checkpoint.best_loss, checkpoint.best_epoch);
        self.best.theta.copy_from_slice(&checkpoint.best_parameters);
        self.best.statistics.copy_from_slice(&checkpoint.best_statistics);
        self.initial = checkpoint.initial_loss;
        self.epochs.extend_from_slice(&checkpoint.epochs);
        Ok(())
    }

    /// The parameters, the statistics and the moments: as many as there are, and numbers.
    fn check_numbers(&self, checkpoint: &Checkpoint<T>) -> Result<(), Error> {
        let (parameters, statistics) =
            (self.network.parameters().len(), self.network.statistics().len());
        let finite = |v: T| v.is_finite();
        for (what, expected, numbers) in [
            ("parameters", parameters, &checkpoint.parameters),
            ("statistics", statistics, &checkpoint.statistics),
            ("best parameters", parameters, &checkpoint.best_parameters),
            ("best statistics", statistics, &checkpoint.best_statistics),
        ] {
            check_vector(what, expected, numbers, finite)?;
        }

        let (name, optimizer) = (self.training.optimizer.name(), &checkpoint.optimizer);
        require(name == optimizer, || format!("its optimizer is {optimizer:?}, not {name:?}"))?;
        let moments = self.descent.moments();
        let (vectors, scalars) = (moments.vectors.len(), moments.scalars.len());
        expect("moments of the checkpoint", vectors, checkpoint.moments.len())?;
        for (own, moment) in moments.vectors.iter().zip(&checkpoint.moments) {
            check_vector("moments", own.len(), moment, |v| !v.is_nan())?;
        }
        expect("scalars of the checkpoint", scalars, checkpoint.scalars.len())?;
        require(!checkpoint.scalars.iter().any(|v| v.is_nan()), || {
            "a scalar of its optimizer is NaN".to_owned()
        })
    }

    /// The epochs and what was learnt from their losses.
    fn check_course(&self, checkpoint: &Checkpoint<T>) -> Result<(), Error> {
        let Training { epochs: most, seed, early_stopping, .. } = *self.training;
        let epochs = &checkpoint.epochs;
        let done = epochs.len();
        require(done <= most, || format!("{done} epochs are done already, more than {most}"))?;
        for (i, epoch) in epochs.iter().enumerate() {
            let Epoch { number, training_loss, validation_loss, .. } = *epoch;
            require(number == i, || format!("its epoch {i} has the number {number}"))?;
            let nan = training_loss.is_nan() || validation_loss.is_some_and(f64::is_nan);
            require(!nan, || format!("a loss of epoch {i} is NaN"))?;
            require(validation_loss.is_some() == self.validation.is_some(), || {
                let (with, now) = match validation_loss {
                    Some(_) => ("with", "without"),
                    None => ("without", "with"),
                };
                format!("epoch {i} was {with} validation data, this training is {now}")
            })?;
        }
        let other = checkpoint.seed;
        require(seed == other, || format!("its seed is {other}, not {seed}"))?;
        let steps =
            (done as u64).saturating_mul(self.data.len().div_ceil(self.batch.size()) as u64);
        let found = checkpoint.steps;
        require(steps == found, || format!("{done} epochs are {steps} steps, not {found}"))?;

        let Checkpoint { plateau, plateau_factor: factor, best_loss, best_epoch, .. } = *checkpoint;
        check_waiting("the schedule", plateau, done)?;
        let fits =
            if self.plateau.is_watching() { (0.0..=1.0).contains(&factor) } else { factor == 1.0 };
        require(fits, || format!("the factor {factor} is not one of this schedule"))?;
        match (early_stopping, checkpoint.early_stopping) {
            (Some(_), Some(waiting)) => check_waiting("early stopping", waiting, done)?,
            (None, None) => {}
            (now, _) => {
                let (with, now) =
                    if now.is_some() { ("without", "with") } else { ("with", "without") };
                let reason = format!("it was made {with} early stopping, this training is {now}");
                return Err(Error::Checkpoint { reason });
            }
        }
        let fits = best_loss.is_finite() || best_loss == f64::INFINITY;
        require(fits, || format!("the loss of its best parameters is {best_loss}"))?;
        require(best_epoch < done.max(1), || {
            format!("its best parameters are of epoch {best_epoch}, of {done}")
        })
    }
}

/// Fails unless there are so many numbers and each is as `allowed`.
fn check_vector<T: Real>(
    what: &str,
    expected: usize,
    numbers: &[T],
    allowed: impl Fn(T) -> bool,
) -> Result<(), Error> {
    expect(&format!("{what} of the checkpoint"), expected, numbers.len())?;
    match numbers.iter().position(|&v| !allowed(v)) {
        Some(i) => {
            Err(Error::Checkpoint { reason: format!("number {i} of its {what} is {}", numbers[i]) })
        }
        None => Ok(()),
    }
}

/// Fails unless each number of a sample is there once.
fn check_order(order: &[usize], samples: usize) -> Result<(), Error> {
    expect("samples of the checkpoint", samples, order.len())?;
    let mut seen = vec![false; samples];
    for &sample in order {
        let is_new = seen.get_mut(sample).is_some_and(|seen| !std::mem::replace(seen, true));
        require(is_new, || {
            let problem = if sample < samples { "is there twice" } else { "is none of the data" };
            format!("sample {sample} of its order {problem}")
        })?;
    }
    Ok(())
}

/// Fails for what can not have been seen in so many epochs.
fn check_waiting(what: &str, waiting: Waiting, epochs: usize) -> Result<(), Error> {
    let Waiting { best, waited } = waiting;
    require(!best.is_nan(), || format!("the best loss of {what} is NaN"))?;
    require(waited <= epochs, || format!("{what} has waited for {waited} of {epochs} epochs"))
}

fn require(fits: bool, reason: impl FnOnce() -> String) -> Result<(), Error> {
    if fits { Ok(()) } else { Err(Error::Checkpoint { reason: reason() }) }
}
