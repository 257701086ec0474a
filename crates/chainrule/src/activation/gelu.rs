use super::Activation;
use crate::{Real, initialization::Weights};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The Gaussian error linear unit, exact: σ(x) = xΦ(x), with Φ the normal distribution function
/// (Hendrycks and Gimpel, arXiv 1606.08415).
#[derive(Clone, Copy, Debug, Default)]
pub struct Gelu;

impl<T: Real> Activation<T> for Gelu {
    fn name(&self) -> &str {
        "gelu"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        x * distribution(x)
    }

    /// σ' = Φ(x) + xφ(x)
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        distribution(x) + x * density(x)
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}

/// Φ(x) = (1 + erf(x/√2)) / 2
fn distribution<T: Real>(x: T) -> T {
    T::of(0.5) * (T::one() + (x * T::of(FRAC_1_SQRT_2)).erf())
}

/// φ(x) = exp(−x²/2) / √(2π)
fn density<T: Real>(x: T) -> T {
    (T::of(-0.5) * x * x).exp() / T::of((2.0 * PI).sqrt())
}
