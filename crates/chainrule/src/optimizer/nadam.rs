use super::{
    Letter, Moments, Optimizer, Step,
    adam::{vanish, vanish_square},
    power,
};
use crate::{Real, kernel};

/// NAdam: Adam with Nesterov's look ahead (Dozat, 2016). With μₜ = β₁(1 − ½ · 0.96^(tψ)) and its product
/// Πₜ = μ₁ ⋯ μₜ,
///
/// > θ ← θ − α (μₜ₊₁ m / (1 − Πₜ₊₁) + (1 − μₜ) g / (1 − Πₜ)) / (√v̂ + ε).
#[derive(Clone, Copy, Debug)]
pub struct Nadam {
    /// β₁: how much of the mean survives a step, in the end.
    pub beta1: f64,
    /// β₂: how much of the mean square survives a step.
    pub beta2: f64,
    /// ε keeps the division finite.
    pub epsilon: f64,
    /// ψ: how fast μ rises from β₁/2 to β₁.
    pub momentum_decay: f64,
}

impl Default for Nadam {
    /// β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, ψ = 0.004, as in PyTorch.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum_decay: 0.004 }
    }
}

impl<T: Real> Optimizer<T> for Nadam {
    fn name(&self) -> &str {
        "nadam"
    }

    /// m and v, and Π
    fn start(&self, parameters: usize) -> Moments<T> {
        Moments { scalars: vec![1.0], ..Moments::zeros(2, parameters) }
    }

    fn step(&self, step: Step, theta: &mut [T], gradient: &[T], moments: &mut Moments<T>) {
        let t = step.number as f64;
        let mu = |t: f64| self.beta1 * (1.0 - 0.5 * 0.96f64.powf(t * self.momentum_decay));
        let (mu_now, mu_next) = (mu(t), mu(t + 1.0));
        let product = moments.scalars[0] * mu_now;
        moments.scalars[0] = product;

        let (beta1, new1) = (T::of(self.beta1), T::of(1.0 - self.beta1));
        let (beta2, new2) = (T::of(self.beta2), T::of(1.0 - self.beta2));
        let epsilon = T::of(self.epsilon);
        let of_m = T::of(step.learning_rate * mu_next / (1.0 - product * mu_next));
        let of_g = T::of(step.learning_rate * (1.0 - mu_now) / (1.0 - product));
        let scale = T::of(1.0 / (1.0 - power(self.beta2, step.number)).sqrt());
        kernel::update(theta, gradient, moments.slots(), move |theta, g, [m, v]| {
            *m = vanish(beta1 * *m + new1 * g);
            *v = vanish_square(beta2 * *v + new2 * g * g);
            theta - (of_m * *m + of_g * g) / (scale * v.sqrt() + epsilon)
        });
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        let Self { beta1, beta2, epsilon, momentum_decay } = *self;
        let psi = ("momentum_decay", momentum_decay);
        vec![("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon), psi]
    }

    fn letters(&self, step: Step) -> Vec<Letter> {
        let of_v = 1.0 - power(self.beta2, step.number);
        vec![Letter::plain("m"), Letter::corrected("v", of_v)]
    }
}
