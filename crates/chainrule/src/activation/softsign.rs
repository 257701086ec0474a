use super::Activation;
use crate::Real;

/// σ(x) = x / (1 + |x|), which approaches ±1 more slowly than tanh.
#[derive(Clone, Copy, Debug, Default)]
pub struct Softsign;

impl<T: Real> Activation<T> for Softsign {
    fn name(&self) -> &str {
        "softsign"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        x / (T::one() + x.abs())
    }

    /// σ' = 1 / (1 + |x|)²
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        let d = T::one() + x.abs();
        T::one() / (d * d)
    }
}
