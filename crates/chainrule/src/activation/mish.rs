use super::{Activation, sigmoid, softplus};
use crate::{Real, initialization::Weights};

/// σ(x) = x · tanh(softplus(x)) (Misra, arXiv 1908.08681).
#[derive(Clone, Copy, Debug, Default)]
pub struct Mish;

impl<T: Real> Activation<T> for Mish {
    fn name(&self) -> &str {
        "mish"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        x * softplus(x).tanh()
    }

    /// σ' = t + x(1 − t²)s(x), with t = tanh(softplus(x)) and s the sigmoid
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        let t = softplus(x).tanh();
        t + x * (T::one() - t * t) * sigmoid(x)
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
