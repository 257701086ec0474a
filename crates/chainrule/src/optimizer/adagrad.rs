use super::{Letter, Moments, Optimizer, Step};
use crate::{Real, kernel};

/// Adagrad: s ← s + g², then a step of g/(√s + ε) (Duchi et al., 2011).
#[derive(Clone, Copy, Debug)]
pub struct Adagrad {
    /// ε keeps the division finite.
    pub epsilon: f64,
}

impl Default for Adagrad {
    /// ε = 10⁻¹⁰.
    fn default() -> Self {
        Self { epsilon: 1e-10 }
    }
}

impl<T: Real> Optimizer<T> for Adagrad {
    fn name(&self) -> &str {
        "adagrad"
    }

    /// s
    fn start(&self, parameters: usize) -> Moments<T> {
        Moments::zeros(1, parameters)
    }

    fn step(&self, step: Step, theta: &mut [T], gradient: &[T], moments: &mut Moments<T>) {
        let (alpha, epsilon) = (T::of(step.learning_rate), T::of(self.epsilon));
        kernel::update(theta, gradient, moments.slots(), move |theta, g, [s]| {
            *s += g * g;
            theta - alpha * g / (s.sqrt() + epsilon)
        });
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        vec![("epsilon", self.epsilon)]
    }

    fn letters(&self, _: Step) -> Vec<Letter> {
        vec![Letter::plain("s")]
    }
}
