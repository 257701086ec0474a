use super::Loss;
use crate::{
    Real,
    elementary::{ln, sigmoid, softplus},
};

/// The likelihood of a normal distribution whose mean *and* variance the network predicts
/// (Nix and Weigend, 1994): ℓ = (ln v + (t − μ)²/v) / 2, without the constant ln(2π)/2.
///
/// For k target columns the network has 2k outputs: the k means μ, then k numbers s that give the
/// variances v = ln(1 + eˢ) + 10⁻⁶. The softplus keeps the variance positive and, unlike the
/// exponential, finite for every finite output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gaussian;

const SMALLEST_VARIANCE: f64 = 1e-6;

impl Gaussian {
    /// The variance that an output s of the network stands for: ln(1 + eˢ) + 10⁻⁶.
    pub fn variance<T: Real>(s: T) -> T {
        softplus(s) + T::of(SMALLEST_VARIANCE)
    }
}

impl<T: Real> Loss<T> for Gaussian {
    fn name(&self) -> &str {
        "gaussian"
    }

    fn outputs(&self, targets: usize) -> Option<usize> {
        Some(2 * targets)
    }

    fn value(&self, y: &[T], target: &[T]) -> T {
        let (means, s) = y.split_at(target.len());
        let mut sum = T::zero();
        for ((&mean, &s), &t) in means.iter().zip(s).zip(target) {
            let v = Self::variance(s);
            sum += T::of(0.5) * (ln(v) + (t - mean) * (t - mean) / v);
        }
        sum / T::of(target.len() as f64)
    }

    /// ∂ℓ/∂μ = (μ − t)/v and ∂ℓ/∂s = (1 − (t − μ)²/v) / 2v · sigmoid(s)
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        let (k, n) = (target.len(), T::of(target.len() as f64));
        let (d_means, d_s) = dy.split_at_mut(k);
        for i in 0..k {
            let (mean, s, t) = (y[i], y[k + i], target[i]);
            let v = Self::variance(s);
            let r = mean - t;
            d_means[i] = r / v / n;
            d_s[i] = T::of(0.5) * (T::one() - r * r / v) / v * sigmoid(s) / n;
        }
    }
}
