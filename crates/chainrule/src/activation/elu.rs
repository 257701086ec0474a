use super::Activation;
use crate::{Real, elementary::exp_m1, initialization::Weights};

/// The exponential linear unit: x for x > 0, else α(eˣ − 1) (Clevert et al., arXiv 1511.07289).
#[derive(Clone, Copy, Debug)]
pub struct Elu {
    /// The value that is approached for very negative x is −α.
    pub alpha: f64,
}

impl Default for Elu {
    /// α = 1: the derivative has no jump at 0.
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl<T: Real> Activation<T> for Elu {
    fn name(&self) -> &str {
        "elu"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        if x > T::zero() { x } else { T::of(self.alpha) * exp_m1(x) }
    }

    /// σ' = 1 for x > 0, else αeˣ = y + α
    #[inline(always)]
    fn derivative(&self, x: T, y: T) -> T {
        if x > T::zero() { T::one() } else { y + T::of(self.alpha) }
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
