use super::Activation;
use crate::Real;

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

/// 1 / (1 + e^−x) = e^x / (1 + e^x), in the form whose exponential can not overflow.
#[inline(always)]
pub(crate) fn sigmoid<T: Real>(x: T) -> T {
    let e = (-x.abs()).exp();
    let numerator = if x < T::zero() { e } else { T::one() };
    numerator / (T::one() + e)
}
