//! Penalties on large weights.

use crate::Real;
use std::ops::Range;

/// Adds λ₁ Σ|w| + λ₂/2 Σw² over the weights (not the biases) to what is minimised.
///
/// The losses that a training reports are without it, so that they stay comparable.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Penalty {
    /// λ₁: drives weights to exactly zero.
    pub l1: f64,
    /// λ₂: keeps weights small.
    pub l2: f64,
}

impl Penalty {
    /// Adds λ₁ sign(w) + λ₂ w to the gradient of the weights, which lie at these places of θ.
    pub fn add_gradient<T: Real>(self, theta: &[T], weights: &[Range<usize>], gradient: &mut [T]) {
        if self == Self::default() {
            return;
        }
        let (l1, l2) = (T::of(self.l1), T::of(self.l2));
        for range in weights {
            for (g, &w) in gradient[range.clone()].iter_mut().zip(&theta[range.clone()]) {
                let sign = if w == T::zero() { w } else { w.signum() };
                *g += l1 * sign + l2 * w;
            }
        }
    }

    /// λ₁ Σ|w| + λ₂/2 Σw².
    pub fn value<T: Real>(self, theta: &[T], weights: &[Range<usize>]) -> f64 {
        if self == Self::default() {
            return 0.0;
        }
        let weights = weights.iter().flat_map(|range| &theta[range.clone()]);
        weights.map(|w| self.l1 * w.f64().abs() + 0.5 * self.l2 * w.f64() * w.f64()).sum()
    }
}
