use super::{Activation, Kind};
use crate::{Real, initialization::Weights};

/// The rectified linear unit, σ(x) = max(x, 0): a hinge at 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Relu;

impl<T: Real> Activation<T> for Relu {
    fn name(&self) -> &str {
        "relu"
    }

    fn kind(&self) -> Kind {
        Kind::Relu
    }

    // Written so that NaN stays NaN (`max` would turn it into 0 and hide it from the loss).
    #[inline(always)]
    fn value(&self, x: T) -> T {
        if x <= T::zero() { T::zero() } else { x }
    }

    /// σ' = 1 for x > 0, else 0
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        if x > T::zero() { T::one() } else { T::zero() }
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
