use super::{Letter, Moments, Optimizer, Step};
use crate::{Real, kernel};

/// RMSProp: v ← ρv + (1 − ρ)g², then a step of g/(√v + ε); with momentum μ: b ← μb + g/(√v + ε) and a step
/// of b (Tieleman and Hinton, 2012, lecture 6.5; in PyTorch's arrangement).
#[derive(Clone, Copy, Debug)]
pub struct RmsProp {
    /// ρ: how much of the mean square survives a step.
    pub decay: f64,
    /// ε keeps the division finite.
    pub epsilon: f64,
    /// μ: 0 for none.
    pub momentum: f64,
}

impl Default for RmsProp {
    /// ρ = 0.99, ε = 10⁻⁸, no momentum.
    fn default() -> Self {
        Self { decay: 0.99, epsilon: 1e-8, momentum: 0.0 }
    }
}

impl<T: Real> Optimizer<T> for RmsProp {
    fn name(&self) -> &str {
        "rms_prop"
    }

    /// v and b
    fn start(&self, parameters: usize) -> Moments<T> {
        Moments::zeros(2, parameters)
    }

    fn step(&self, step: Step, theta: &mut [T], gradient: &[T], moments: &mut Moments<T>) {
        let (alpha, epsilon, mu) = (step.learning_rate, self.epsilon, self.momentum);
        let (alpha, epsilon, mu) = (T::of(alpha), T::of(epsilon), T::of(mu));
        let (rho, new) = (T::of(self.decay), T::of(1.0 - self.decay));
        kernel::update(theta, gradient, moments.slots(), move |theta, g, [v, b]| {
            *v = rho * *v + new * g * g;
            *b = mu * *b + g / (v.sqrt() + epsilon);
            theta - alpha * *b
        });
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        let Self { decay, epsilon, momentum } = *self;
        vec![("decay", decay), ("epsilon", epsilon), ("momentum", momentum)]
    }

    fn letters(&self, _: Step) -> Vec<Letter> {
        vec![Letter::plain("v"), Letter::plain("b")]
    }
}
