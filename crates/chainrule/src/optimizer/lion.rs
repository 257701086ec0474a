use super::{Letter, Moments, Optimizer, Step, adam::vanish};
use crate::{Real, kernel};

/// Lion: steps of one length, α · sign(c), in the direction of c = β₁m + (1 − β₁)g; then
/// m ← β₂m + (1 − β₂)g (Chen et al., arXiv 2302.06675, algorithm 2). Its learning rate is 3 to 10 times
/// smaller than Adam's.
#[derive(Clone, Copy, Debug)]
pub struct Lion {
    /// β₁: the part of the mean in the direction.
    pub beta1: f64,
    /// β₂: how much of the mean survives a step.
    pub beta2: f64,
    /// λ: decoupled weight decay.
    pub weight_decay: f64,
}

impl Default for Lion {
    /// β₁ = 0.9, β₂ = 0.99, no weight decay.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.99, weight_decay: 0.0 }
    }
}

impl<T: Real> Optimizer<T> for Lion {
    fn name(&self) -> &str {
        "lion"
    }

    /// m
    fn start(&self, parameters: usize) -> Moments<T> {
        Moments::zeros(1, parameters)
    }

    fn step(&self, step: Step, theta: &mut [T], gradient: &[T], moments: &mut Moments<T>) {
        let alpha = T::of(step.learning_rate);
        let (beta1, new1) = (T::of(self.beta1), T::of(1.0 - self.beta1));
        let (beta2, new2) = (T::of(self.beta2), T::of(1.0 - self.beta2));
        kernel::update(theta, gradient, moments.slots(), move |theta, g, [m]| {
            let c = beta1 * *m + new1 * g;
            *m = vanish(beta2 * *m + new2 * g);
            if c > T::zero() {
                theta - alpha
            } else if c < T::zero() {
                theta + alpha
            } else {
                theta - alpha * c // 0, or NaN where the gradient is
            }
        });
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        let Self { beta1, beta2, weight_decay } = *self;
        vec![("beta1", beta1), ("beta2", beta2), ("weight_decay", weight_decay)]
    }

    fn letters(&self, _: Step) -> Vec<Letter> {
        vec![Letter::plain("m")]
    }
}
