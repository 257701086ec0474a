use super::{Letter, Moments, Optimizer, Step, power};
use crate::{Real, kernel};

/// Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1): running means of the gradient and of its square,
///
/// > m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
///
/// corrected for their start at zero, m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ), then
///
/// > θ ← θ − α m̂ / (√v̂ + ε).
///
/// [AMSGrad](Adam::ams_grad) divides by the largest v so far (Reddi et al., arXiv 1904.09237);
/// [AdamW](Adam::decoupled) also takes αλ off the weights (Loshchilov and Hutter, arXiv 1711.05101).
///
/// Both means of a parameter are independent of the scale of its gradient up to ε, which is why it
/// hardly matters to Adam whether a loss is summed or averaged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// β₁: how much of the mean survives a step.
    pub beta1: f64,
    /// β₂: how much of the mean square survives a step.
    pub beta2: f64,
    /// ε keeps the division finite.
    pub epsilon: f64,
    /// Divides by the largest v so far.
    pub ams_grad: bool,
    /// λ: decoupled weight decay.
    pub weight_decay: f64,
}

impl Default for Adam {
    /// β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ams_grad: false, weight_decay: 0.0 }
    }
}

impl Adam {
    /// AMSGrad.
    pub fn ams_grad() -> Self {
        Self { ams_grad: true, ..Self::default() }
    }

    /// AdamW with this decay λ.
    pub fn decoupled(weight_decay: f64) -> Self {
        Self { weight_decay, ..Self::default() }
    }
}

impl<T: Real> Optimizer<T> for Adam {
    fn name(&self) -> &str {
        match (self.ams_grad, self.weight_decay > 0.0) {
            (true, _) => "ams_grad",
            (false, true) => "adam_w",
            (false, false) => "adam",
        }
    }

    /// m, v and, for AMSGrad, the largest v
    fn start(&self, parameters: usize) -> Moments<T> {
        Moments::zeros(2 + usize::from(self.ams_grad), parameters)
    }

    fn step(&self, step: Step, theta: &mut [T], gradient: &[T], moments: &mut Moments<T>) {
        let (beta1, new1) = (T::of(self.beta1), T::of(1.0 - self.beta1));
        let (beta2, new2) = (T::of(self.beta2), T::of(1.0 - self.beta2));
        let epsilon = T::of(self.epsilon);
        // α m̂ = length · m and √v̂ = scale · √v.
        let length = T::of(step.learning_rate / (1.0 - power(self.beta1, step.number)));
        let scale = T::of(1.0 / (1.0 - power(self.beta2, step.number)).sqrt());

        if self.ams_grad {
            kernel::update(theta, gradient, moments.slots(), move |theta, g, [m, v, largest]| {
                *m = vanish(beta1 * *m + new1 * g);
                *v = vanish_square(beta2 * *v + new2 * g * g);
                *largest = if *v > *largest { *v } else { *largest };
                theta - length * *m / (scale * largest.sqrt() + epsilon)
            });
        } else {
            kernel::update(theta, gradient, moments.slots(), move |theta, g, [m, v]| {
                *m = vanish(beta1 * *m + new1 * g);
                *v = vanish_square(beta2 * *v + new2 * g * g);
                theta - length * *m / (scale * v.sqrt() + epsilon)
            });
        }
    }

    fn weight_decay(&self) -> f64 {
        self.weight_decay
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        let Self { beta1, beta2, epsilon, weight_decay, .. } = *self;
        let mut constants = vec![("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon)];
        if weight_decay != 0.0 {
            constants.push(("weight_decay", weight_decay));
        }
        constants
    }

    fn letters(&self, step: Step) -> Vec<Letter> {
        let [of_m, of_v] = [self.beta1, self.beta2].map(|beta| 1.0 - power(beta, step.number));
        let m = Letter::corrected("m", of_m);
        match self.ams_grad {
            false => vec![m, Letter::corrected("v", of_v)],
            true => vec![m, Letter::plain("v"), Letter::corrected("v_max", of_v)],
        }
    }
}

/// The same for the mean square, whose root is far below any ε by then.
#[inline(always)]
pub(super) fn vanish_square<T: Real>(v: T) -> T {
    if v < T::min_positive_value() { T::zero() } else { v }
}

/// The mean of a unit that died decays for ever; as a subnormal number it would slow the processor.
#[inline(always)]
pub(super) fn vanish<T: Real>(m: T) -> T {
    if m.abs() < T::TINY { T::zero() } else { m }
}
