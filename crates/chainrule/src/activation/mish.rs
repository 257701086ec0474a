use super::Activation;
use crate::{
    Real,
    elementary::{sigmoid, softplus, tanh},
    initialization::Weights,
};

/// σ(x) = x · tanh(softplus(x)) (Misra, arXiv 1908.08681).
#[derive(Clone, Copy, Debug, Default)]
pub struct Mish;

impl<T: Real> Activation<T> for Mish {
    fn name(&self) -> &str {
        "mish"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        x * tanh(softplus(x))
    }

    /// σ' = t + x(1 − t²)s(x), with t = tanh(softplus(x)) and s the sigmoid
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        let t = tanh(softplus(x));
        t + x * (T::one() - t * t) * sigmoid(x)
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
