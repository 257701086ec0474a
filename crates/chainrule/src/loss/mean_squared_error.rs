use super::{Loss, mean, mean_gradient};
use crate::Real;

/// The mean squared error, ℓ = (y − t)²: its minimiser is the conditional mean of the target.
#[derive(Clone, Copy, Debug, Default)]
pub struct MeanSquaredError;

impl<T: Real> Loss<T> for MeanSquaredError {
    fn name(&self) -> &str {
        "mean_squared_error"
    }

    fn is_squared_error(&self) -> bool {
        true
    }

    fn value(&self, y: &[T], target: &[T]) -> T {
        mean(y, target, |y, t| (y - t) * (y - t))
    }

    /// ∂ℓ/∂y = 2(y − t)
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        mean_gradient(y, target, dy, |y, t| T::of(2.0) * (y - t));
    }
}
