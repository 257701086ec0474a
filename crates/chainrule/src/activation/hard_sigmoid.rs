use super::Activation;
use crate::Real;

/// A sigmoid of three straight lines: σ(x) = min(max(x/6 + 1/2, 0), 1) (PyTorch's form).
#[derive(Clone, Copy, Debug, Default)]
pub struct HardSigmoid;

impl<T: Real> Activation<T> for HardSigmoid {
    fn name(&self) -> &str {
        "hard_sigmoid"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        if x <= T::of(-3.0) {
            T::zero()
        } else if x >= T::of(3.0) {
            T::one()
        } else {
            x / T::of(6.0) + T::of(0.5)
        }
    }

    /// σ' = 1/6 for −3 < x < 3, else 0
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        if x.abs() < T::of(3.0) { T::of(1.0 / 6.0) } else { T::zero() }
    }
}
