use super::Activation;
use crate::{Real, elementary::tanh};

/// The hyperbolic tangent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tanh;

impl<T: Real> Activation<T> for Tanh {
    fn name(&self) -> &str {
        "tanh"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        tanh(x)
    }

    /// σ' = 1 − y²
    #[inline(always)]
    fn derivative(&self, _: T, y: T) -> T {
        T::one() - y * y
    }
}
