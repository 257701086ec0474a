use super::Activation;
use crate::{
    Real,
    elementary::{sigmoid, softplus},
    initialization::Weights,
};

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
