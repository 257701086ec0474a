use super::{Loss, mean, mean_gradient};
use crate::{
    Real,
    elementary::{softplus, tanh},
};
use std::f64::consts::LN_2;

/// ℓ = ln cosh(y − t): like r²/2 near the target and |r| − ln 2 far from it, and smooth everywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogCosh;

impl<T: Real> Loss<T> for LogCosh {
    fn name(&self) -> &str {
        "log_cosh"
    }

    // ln cosh r = |r| + ln(1 + e^(−2|r|)) − ln 2, where nothing overflows.
    fn value(&self, y: &[T], target: &[T]) -> T {
        mean(y, target, |y, t| {
            let r = (y - t).abs();
            r + softplus(T::of(-2.0) * r) - T::of(LN_2)
        })
    }

    /// ∂ℓ/∂y = tanh(y − t)
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        mean_gradient(y, target, dy, |y, t| tanh(y - t));
    }
}
