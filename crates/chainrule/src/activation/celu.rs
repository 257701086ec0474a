use super::Activation;
use crate::{Real, elementary::exp_m1, initialization::Weights};

/// The continuously differentiable exponential linear unit: x for x > 0, else α(e^(x/α) − 1)
/// (Barron, arXiv 1704.07483). Smooth at 0 for every α.
#[derive(Clone, Copy, Debug)]
pub struct Celu {
    /// The value that is approached for very negative x is −α.
    pub alpha: f64,
}

impl Default for Celu {
    /// α = 1.
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl<T: Real> Activation<T> for Celu {
    fn name(&self) -> &str {
        "celu"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        let alpha = T::of(self.alpha);
        if x > T::zero() { x } else { alpha * exp_m1(x / alpha) }
    }

    /// σ' = 1 for x > 0, else e^(x/α) = y/α + 1
    #[inline(always)]
    fn derivative(&self, x: T, y: T) -> T {
        if x > T::zero() { T::one() } else { y / T::of(self.alpha) + T::one() }
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
