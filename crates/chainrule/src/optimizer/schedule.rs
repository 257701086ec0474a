//! Schedules: how the learning rate changes in the course of a training.
//!
//! A [`Schedule`] is a function of time, counted in epochs, that multiplies the base learning rate. Within
//! an epoch time advances with the steps: after 3 epochs and 5 of 10 steps it is 3.5. At whole epochs
//! the rates are those of PyTorch's schedulers of the same names.

use crate::error::{Error, setting};
use std::f64::consts::PI;

/// The factor of the learning rate as a function of time in epochs.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Schedule {
    /// Always 1.
    #[default]
    Constant,
    /// Multiplied by `factor` after every `every` epochs.
    Step {
        /// Epochs between two changes.
        every: f64,
        /// The change.
        factor: f64,
    },
    /// Multiplied by `factor` in each epoch, evenly: factorᵗ.
    Exponential {
        /// The change in one epoch.
        factor: f64,
    },
    /// Half a cosine from 1 down to `end` at `epochs`, then `end` (Loshchilov and Hutter,
    /// arXiv 1608.03983).
    Cosine {
        /// The length.
        epochs: f64,
        /// The factor at its end.
        end: f64,
    },
    /// Half cosines from 1 to `end` again and again, each `growth` times as long as the one before.
    CosineRestarts {
        /// The length of the first one.
        epochs: f64,
        /// How much longer each next one is: at least 1.
        growth: f64,
        /// The factor at the end of each.
        end: f64,
    },
    /// Up from `start` to 1 in the part `peak` of the time, then down to `end`, both as half cosines
    /// (Smith and Topin, arXiv 1708.07120). It runs from time 0 to time `epochs` − 1, the start of the
    /// last epoch.
    OneCycle {
        /// The number of epochs.
        epochs: f64,
        /// Where the peak lies, as a part of `epochs`.
        peak: f64,
        /// The factor at the start.
        start: f64,
        /// The factor at the end.
        end: f64,
    },
    /// From `start` evenly up to 1 within some epochs, then another schedule, whose time begins there.
    WarmUp {
        /// The length.
        epochs: f64,
        /// The factor at the start.
        start: f64,
        /// What follows.
        then: Box<Schedule>,
    },
    /// Multiplied by `factor` when the loss has not become smaller for more than `patience` epochs, again
    /// and again. It depends on the losses: see [`Plateau`].
    ReduceOnPlateau {
        /// The change.
        factor: f64,
        /// Epochs without progress that are borne.
        patience: usize,
    },
}

impl Schedule {
    /// The factor at this time; that of [`Schedule::ReduceOnPlateau`] is 1 here, see [`Plateau`].
    pub fn factor(&self, time: f64) -> f64 {
        match *self {
            Self::Constant | Self::ReduceOnPlateau { .. } => 1.0,
            Self::Step { every, factor } => factor.powf((time / every).floor()),
            Self::Exponential { factor } => factor.powf(time),
            Self::Cosine { epochs, end } => half_cosine(1.0, end, time / epochs),
            Self::CosineRestarts { epochs, growth, end } => {
                if growth == 1.0 {
                    return half_cosine(1.0, end, (time % epochs) / epochs);
                }
                let (mut time, mut length) = (time, epochs);
                while time >= length {
                    time -= length;
                    length *= growth;
                }
                half_cosine(1.0, end, time / length)
            }
            Self::OneCycle { epochs, peak, start, end } => {
                let (top, last) = (peak * epochs - 1.0, epochs - 1.0);
                if time <= top {
                    half_cosine(start, 1.0, time / top)
                } else {
                    half_cosine(1.0, end, (time - top) / (last - top))
                }
            }
            Self::WarmUp { epochs, start, ref then } => {
                if time < epochs {
                    start + (1.0 - start) * time / epochs
                } else {
                    then.factor(time - epochs)
                }
            }
        }
    }

    /// What watches the losses for this schedule.
    pub fn plateau(&self) -> Plateau {
        match *self {
            Self::ReduceOnPlateau { factor, patience } => Plateau::new(factor, patience),
            Self::WarmUp { ref then, .. } => then.plateau(),
            _ => Plateau::new(1.0, usize::MAX),
        }
    }

    /// Fails if a constant is out of its range.
    pub fn check(&self) -> Result<(), Error> {
        let positive = |name, v: f64| setting(name, v, v > 0.0 && v.is_finite(), "positive");
        let part = |name, v: f64| setting(name, v, (0.0..=1.0).contains(&v), "in [0, 1]");
        match *self {
            Self::Constant => Ok(()),
            Self::Step { every, factor } => {
                positive("the epochs between steps of the schedule", every)?;
                positive("the factor of the schedule", factor)
            }
            Self::Exponential { factor } => positive("the factor of the schedule", factor),
            Self::Cosine { epochs, end } => {
                positive("the epochs of the schedule", epochs)?;
                part("the end of the schedule", end)
            }
            Self::CosineRestarts { epochs, growth, end } => {
                positive("the epochs of the schedule", epochs)?;
                setting("the growth of the schedule", growth, growth >= 1.0, "at least 1")?;
                part("the end of the schedule", end)
            }
            Self::OneCycle { epochs, peak, start, end } => {
                let fits = peak * epochs > 1.0 && peak < 1.0;
                setting(
                    "the peak of the schedule",
                    peak,
                    fits,
                    "after the first epoch and below 1",
                )?;
                part("the start of the schedule", start)?;
                part("the end of the schedule", end)
            }
            Self::WarmUp { epochs, start, ref then } => {
                positive("the epochs of the warm-up", epochs)?;
                part("the start of the warm-up", start)?;
                then.check()
            }
            Self::ReduceOnPlateau { factor, .. } => setting(
                "the factor of the schedule",
                factor,
                0.0 < factor && factor < 1.0,
                "in (0, 1)",
            ),
        }
    }
}

/// From `from` at 0 to `to` at 1, and `to` after that.
fn half_cosine(from: f64, to: f64, part: f64) -> f64 {
    to + (from - to) * 0.5 * (1.0 + (PI * part.clamp(0.0, 1.0)).cos())
}

/// Watches the losses of a training and reduces the learning rate when they stay the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Plateau {
    change: f64,
    patience: usize,
    pub(crate) best: f64,
    pub(crate) waited: usize,
    pub(crate) factor: f64,
}

impl Plateau {
    fn new(change: f64, patience: usize) -> Self {
        Self { change, patience, best: f64::MAX, waited: 0, factor: 1.0 }
    }

    /// The factor of the learning rate so far.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// Whether the factor can change.
    pub(crate) fn is_watching(&self) -> bool {
        self.change != 1.0
    }

    /// Takes note of an epoch's loss. Progress is a loss smaller than the best by one part in 10⁴.
    pub fn observe(&mut self, loss: f64) {
        // Losses may be negative: those of likelihoods are.
        if loss < self.best - 1e-4 * self.best.abs() {
            self.best = loss;
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        if self.waited > self.patience {
            self.factor *= self.change;
            self.waited = 0;
        }
    }
}
