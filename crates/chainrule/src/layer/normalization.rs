//! What layer and batch normalisation share: x̂ = (x − mean) / √(variance + ε), then y = gain · x̂ + bias.

use super::{Block, Role};
use crate::Real;

/// The gain starts at 1, the bias at 0.
pub(super) fn initialize<T: Real>(theta: &mut [T]) {
    let (gain, bias) = theta.split_at_mut(theta.len() / 2);
    gain.fill(T::one());
    bias.fill(T::zero());
}

pub(super) fn blocks(features: usize) -> Vec<Block> {
    vec![Block::new("gain", Role::Scale, [features]), Block::new("bias", Role::Bias, [features])]
}

/// The mean and the (biased) variance of some numbers, in two passes.
pub(super) fn moments<T: Real>(numbers: impl Iterator<Item = T> + Clone) -> (T, T) {
    let (mut n, mut sum) = (T::zero(), T::zero());
    for x in numbers.clone() {
        n += T::one();
        sum += x;
    }
    let mean = sum / n;
    let squares: T = numbers.map(|x| (x - mean) * (x - mean)).sum();
    (mean, squares / n)
}

/// The chain rule through x̂ for one group of n numbers that share a mean and a variance:
///
/// > dx = (dx̂ − mean(dx̂) − x̂ · mean(dx̂ · x̂)) / √(variance + ε)
///
/// `hat(i)` gives x̂ᵢ and dx̂ᵢ; the function returned gives dxᵢ.
pub(super) fn backward_of_group<T: Real>(
    n: usize,
    inverse_deviation: T,
    hat: impl Fn(usize) -> (T, T),
) -> impl Fn(usize) -> T {
    let (mut sum, mut sum_hat) = (T::zero(), T::zero());
    for i in 0..n {
        let (x_hat, dx_hat) = hat(i);
        sum += dx_hat;
        sum_hat += dx_hat * x_hat;
    }
    let n = T::of(n as f64);
    let (mean, mean_hat) = (sum / n, sum_hat / n);
    move |i| {
        let (x_hat, dx_hat) = hat(i);
        (dx_hat - mean - x_hat * mean_hat) * inverse_deviation
    }
}
