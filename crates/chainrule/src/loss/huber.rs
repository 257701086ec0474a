use super::{Loss, mean, mean_gradient};
use crate::Real;

/// Huber's loss (1964): r²/2 for a residual |r| ≤ δ, else δ(|r| − δ/2): squared near the target, absolute
/// far from it, so that outliers pull less.
#[derive(Clone, Copy, Debug)]
pub struct Huber {
    /// The residual at which the parabola becomes a line, in units of the target.
    pub delta: f64,
}

impl Default for Huber {
    /// δ = 1, which suits a standardised target.
    fn default() -> Self {
        Self { delta: 1.0 }
    }
}

impl<T: Real> Loss<T> for Huber {
    fn name(&self) -> &str {
        "huber"
    }

    fn value(&self, y: &[T], target: &[T]) -> T {
        let (delta, half) = (T::of(self.delta), T::of(0.5));
        mean(y, target, |y, t| {
            let r = (y - t).abs();
            if r <= delta { half * r * r } else { delta * (r - half * delta) }
        })
    }

    /// ∂ℓ/∂y = r limited to [−δ, δ]
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        let delta = T::of(self.delta);
        mean_gradient(y, target, dy, |y, t| {
            let r = y - t;
            if r > delta {
                delta
            } else if r < -delta {
                -delta
            } else {
                r
            }
        });
    }
}
