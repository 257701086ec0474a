use super::{Activation, sigmoid};
use crate::{Real, initialization::Weights};

/// σ(x) = ln(1 + eˣ), a smooth ReLU.
#[derive(Clone, Copy, Debug, Default)]
pub struct Softplus;

impl<T: Real> Activation<T> for Softplus {
    fn name(&self) -> &str {
        "softplus"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        softplus(x)
    }

    /// σ' = the sigmoid of x
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        sigmoid(x)
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|): nothing overflows, and nothing is lost for very negative x.
#[inline(always)]
pub(crate) fn softplus<T: Real>(x: T) -> T {
    let positive = if x > T::zero() { x } else { T::zero() };
    positive + (-x.abs()).exp().ln_1p()
}
