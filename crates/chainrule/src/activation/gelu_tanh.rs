use super::Activation;
use crate::{Real, initialization::Weights};

/// The Gaussian error linear unit in its tanh form: σ(x) = x(1 + tanh u)/2 with
/// u = √(2/π)(x + 0.044715x³) (Hendrycks and Gimpel, arXiv 1606.08415, section 2).
#[derive(Clone, Copy, Debug, Default)]
pub struct GeluTanh;

const CUBIC: f64 = 0.044_715;
/// √(2/π)
const SCALE: f64 = 0.797_884_560_802_865_4;

impl<T: Real> Activation<T> for GeluTanh {
    fn name(&self) -> &str {
        "gelu_tanh"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        let u = T::of(SCALE) * (x + T::of(CUBIC) * x * x * x);
        T::of(0.5) * x * (T::one() + u.tanh())
    }

    /// σ' = (1 + tanh u)/2 + x(1 − tanh²u)u'/2 with u' = √(2/π)(1 + 3 · 0.044715x²)
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        let u = T::of(SCALE) * (x + T::of(CUBIC) * x * x * x);
        let du = T::of(SCALE) * (T::one() + T::of(3.0 * CUBIC) * x * x);
        let tanh = u.tanh();
        // 1 − tanh² is 0 where u' is huge: their product is then 0, not NaN.
        let slope = T::one() - tanh * tanh;
        let bend = if slope > T::zero() { x * slope * du } else { T::zero() };
        T::of(0.5) * (T::one() + tanh + bend)
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
