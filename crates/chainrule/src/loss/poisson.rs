use super::{Loss, mean, mean_gradient};
use crate::{Real, elementary::exp};

/// The Poisson likelihood of counts: the output is the logarithm of the rate, ℓ = e^y − ty (the negative
/// logarithm of the likelihood without the term ln t!, which does not depend on y).
///
/// Above y = 30, a rate of 10¹³, the exponential goes on as its tangent, so that nothing overflows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Poisson;

const LIMIT: f64 = 30.0;

impl<T: Real> Loss<T> for Poisson {
    fn name(&self) -> &str {
        "poisson"
    }

    fn value(&self, y: &[T], target: &[T]) -> T {
        mean(y, target, |y, t| rate(y) * (T::one() + above_limit(y)) - t * y)
    }

    /// ∂ℓ/∂y = e^y − t
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        mean_gradient(y, target, dy, |y, t| rate(y) - t);
    }

    fn check_target(&self, target: &[T], _: usize) -> Result<(), String> {
        match target.iter().find(|t| **t < T::zero()) {
            Some(t) => Err(format!("it is {t}, but counts are not negative")),
            None => Ok(()),
        }
    }
}

/// e^y, constant above the limit.
fn rate<T: Real>(y: T) -> T {
    exp(if y > T::of(LIMIT) { T::of(LIMIT) } else { y })
}

/// How far y lies above the limit.
fn above_limit<T: Real>(y: T) -> T {
    if y > T::of(LIMIT) { y - T::of(LIMIT) } else { T::zero() }
}
