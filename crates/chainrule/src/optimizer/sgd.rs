use super::{Letter, Moments, Optimizer, Step};
use crate::{Real, kernel};

/// Gradient descent: θ ← θ − αg; with momentum μ: b ← μb + g and θ ← θ − αb; in Nesterov's form
/// θ ← θ − α(g + μb) (Sutskever et al., 2013, in PyTorch's arrangement).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sgd {
    /// μ: 0 for plain descent, often 0.9.
    pub momentum: f64,
    /// Looks ahead by the momentum.
    pub nesterov: bool,
}

impl Sgd {
    /// With this momentum.
    pub fn momentum(momentum: f64) -> Self {
        Self { momentum, nesterov: false }
    }

    /// With this momentum in Nesterov's form.
    pub fn nesterov(momentum: f64) -> Self {
        Self { momentum, nesterov: true }
    }
}

impl<T: Real> Optimizer<T> for Sgd {
    fn name(&self) -> &str {
        match (self.momentum > 0.0, self.nesterov) {
            (false, _) => "sgd",
            (true, false) => "momentum",
            (true, true) => "nesterov",
        }
    }

    /// b
    fn start(&self, parameters: usize) -> Moments<T> {
        Moments::zeros(usize::from(self.momentum > 0.0), parameters)
    }

    fn step(&self, step: Step, theta: &mut [T], gradient: &[T], moments: &mut Moments<T>) {
        let (alpha, mu) = (T::of(step.learning_rate), T::of(self.momentum));
        if self.momentum <= 0.0 {
            kernel::update(theta, gradient, [], move |theta, g, []| theta - alpha * g);
        } else if self.nesterov {
            kernel::update(theta, gradient, moments.slots(), move |theta, g, [b]| {
                *b = mu * *b + g;
                theta - alpha * (g + mu * *b)
            });
        } else {
            kernel::update(theta, gradient, moments.slots(), move |theta, g, [b]| {
                *b = mu * *b + g;
                theta - alpha * *b
            });
        }
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        if self.momentum > 0.0 { vec![("momentum", self.momentum)] } else { Vec::new() }
    }

    fn letters(&self, _: Step) -> Vec<Letter> {
        if self.momentum > 0.0 { vec![Letter::plain("b")] } else { Vec::new() }
    }
}
