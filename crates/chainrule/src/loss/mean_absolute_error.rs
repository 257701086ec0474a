use super::{Loss, mean, mean_gradient};
use crate::Real;

/// The mean absolute error, ℓ = |y − t|: its minimiser is the conditional median of the target.
#[derive(Clone, Copy, Debug, Default)]
pub struct MeanAbsoluteError;

impl<T: Real> Loss<T> for MeanAbsoluteError {
    fn name(&self) -> &str {
        "mean_absolute_error"
    }

    fn value(&self, y: &[T], target: &[T]) -> T {
        mean(y, target, |y, t| (y - t).abs())
    }

    /// ∂ℓ/∂y = sign(y − t), and 0 at the kink
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        mean_gradient(y, target, dy, |y, t| {
            if y > t {
                T::one()
            } else if y < t {
                -T::one()
            } else {
                y - t // 0, or NaN where one of them is
            }
        });
    }
}
