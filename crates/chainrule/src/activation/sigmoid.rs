use super::Activation;
use crate::{Real, elementary::sigmoid};

/// The logistic function, σ(x) = 1 / (1 + e^−x).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sigmoid;

impl<T: Real> Activation<T> for Sigmoid {
    fn name(&self) -> &str {
        "sigmoid"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        sigmoid(x)
    }

    /// σ' = y(1 − y): of the *output*
    #[inline(always)]
    fn derivative(&self, _: T, y: T) -> T {
        y * (T::one() - y)
    }
}
