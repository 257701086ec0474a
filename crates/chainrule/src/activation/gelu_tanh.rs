use super::Activation;
use crate::{
    Real,
    elementary::{sigmoid, sigmoid_and_slope},
    initialization::Weights,
};

/// The Gaussian error linear unit in its tanh form: σ(x) = x(1 + tanh u)/2 with
/// u = √(2/π)(x + 0.044715x³) (Hendrycks and Gimpel, arXiv 1606.08415, section 2).
///
/// Computed as x · s with the sigmoid s of 2u, which is (1 + tanh u)/2 and loses nothing for very negative x.
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
        x * sigmoid(u(x) + u(x))
    }

    /// σ' = s + x · 2s(1 − s)u' with u' = √(2/π)(1 + 3 · 0.044715x²)
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        let (s, slope) = sigmoid_and_slope(u(x) + u(x));
        let du = T::of(SCALE) * (T::one() + T::of(3.0 * CUBIC) * x * x);
        // The slope is 0 where u' is huge: their product is then 0, not NaN.
        let bend = if slope > T::zero() { x * T::of(2.0) * slope * du } else { T::zero() };
        s + bend
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}

#[inline(always)]
fn u<T: Real>(x: T) -> T {
    T::of(SCALE) * (x + T::of(CUBIC) * x * x * x)
}
