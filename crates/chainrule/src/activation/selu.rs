use super::Activation;
use crate::{Real, elementary::exp_m1, initialization::Weights};

/// The scaled exponential linear unit: λx for x > 0, else λα(eˣ − 1) (Klambauer et al., arXiv 1706.02515).
///
/// α and λ are such that mean 0 and variance 1 are a stable fixed point of deep networks whose weights
/// have variance 1 / inputs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selu;

// Appendix of the paper, equation 14, to double precision.
const ALPHA: f64 = 1.673_263_242_354_377_2;
const LAMBDA: f64 = 1.050_700_987_355_480_5;

impl<T: Real> Activation<T> for Selu {
    fn name(&self) -> &str {
        "selu"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        if x > T::zero() { T::of(LAMBDA) * x } else { T::of(LAMBDA * ALPHA) * exp_m1(x) }
    }

    /// σ' = λ for x > 0, else λαeˣ = y + λα
    #[inline(always)]
    fn derivative(&self, x: T, y: T) -> T {
        if x > T::zero() { T::of(LAMBDA) } else { y + T::of(LAMBDA * ALPHA) }
    }

    fn default_weights(&self) -> Weights {
        Weights::LecunNormal
    }
}
