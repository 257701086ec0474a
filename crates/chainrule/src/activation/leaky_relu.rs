use super::Activation;
use crate::{Real, initialization::Weights};

/// The leaky rectified linear unit: x for x > 0, else slope · x (Maas et al., 2013).
#[derive(Clone, Copy, Debug)]
pub struct LeakyRelu {
    /// The slope for negative x.
    pub slope: f64,
}

impl Default for LeakyRelu {
    /// Slope 0.01, as in PyTorch.
    fn default() -> Self {
        Self { slope: 0.01 }
    }
}

impl<T: Real> Activation<T> for LeakyRelu {
    fn name(&self) -> &str {
        "leaky_relu"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        if x > T::zero() { x } else { T::of(self.slope) * x }
    }

    /// σ' = 1 for x > 0, else the slope
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        if x > T::zero() { T::one() } else { T::of(self.slope) }
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
