use super::Activation;
use crate::{Real, elementary::exp, initialization::Weights};

/// σ(x) = x · tanh(softplus(x)) (Misra, arXiv 1908.08681).
#[derive(Clone, Copy, Debug, Default)]
pub struct Mish;

impl<T: Real> Activation<T> for Mish {
    fn name(&self) -> &str {
        "mish"
    }

    /// tanh(softplus(x)) = n/(n + 2) with n = w(w + 2) and w = eˣ
    #[inline(always)]
    fn value(&self, x: T) -> T {
        let (_, n) = w_and_n(x);
        x * (n / (n + T::of(2.0)))
    }

    /// σ' = t + x(1 − t²)s with t = tanh(softplus(x)), 1 − t² = 4(n + 1)/(n + 2)², and the sigmoid s = w/(w + 1)
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        let (one, two) = (T::one(), T::of(2.0));
        let (w, n) = w_and_n(x);
        let t = n / (n + two);
        let s = w / (w + one);
        let bend = T::of(4.0) * ((n + one) / (n + two)) * (s / (n + two));
        // Far out the bend is 0, and x times it is not NaN.
        if bend > T::zero() { t + x * bend } else { t }
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}

/// w = eˣ and n = w(w + 2); above x = 20, where t is 1, they stay as they are.
#[inline(always)]
fn w_and_n<T: Real>(x: T) -> (T, T) {
    let w = exp(if x > T::of(20.0) { T::of(20.0) } else { x });
    (w, w * (w + T::of(2.0)))
}
