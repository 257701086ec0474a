use super::{Iterate, Iteration, Objective, Reason, Stopping, check_start, dot, largest, norm};
use crate::error::Error;

/// Møller's scaled conjugate gradients, for any smooth function.
///
/// A conjugate direction p, and along it the step αp with α = pᵀr / δ, where r = −∂L/∂θ. The curvature
/// δ = pᵀHp is the difference of two gradients, so that there is no line search; a scale λ, raised and lowered by how
/// well the parabola predicted the decrease, keeps δ positive.
///
/// Source: Møller, *A scaled conjugate gradient algorithm for fast supervised learning*, Neural Networks 6 (1993)
/// 525, with its steps 1 to 9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScaledConjugateGradient;

/// σ: the length over which the curvature is measured.
const SIGMA: f64 = 5e-5;
/// The first λ.
const FIRST_LAMBDA: f64 = 5e-7;
const MOST_REFUSALS: usize = 60;

impl ScaledConjugateGradient {
    /// Before the first iteration.
    pub fn start<'p>(
        &self,
        objective: &'p mut dyn Objective,
        theta: &[f64],
        stopping: Stopping,
    ) -> Result<impl Iterate + 'p, Error> {
        State::new(objective, theta, stopping)
    }
}

struct State<'p> {
    objective: &'p mut dyn Objective,
    stopping: Stopping,
    theta: Vec<f64>,
    value: f64,
    /// r, down the slope.
    down: Vec<f64>,
    /// p.
    direction: Vec<f64>,
    lambda: f64,
    since_restart: usize,
    trial: Vec<f64>,
    trial_gradient: Vec<f64>,
}

impl<'p> State<'p> {
    fn new(
        objective: &'p mut dyn Objective,
        theta: &[f64],
        stopping: Stopping,
    ) -> Result<Self, Error> {
        stopping.check()?;
        let mut gradient = vec![0.0; theta.len()];
        let value = match theta.len() == objective.parameters() {
            true => objective.gradient(theta, &mut gradient),
            false => f64::NAN,
        };
        check_start(objective.parameters(), theta, value)?;
        check_start(theta.len(), &gradient, value)?;
        let down: Vec<f64> = gradient.iter().map(|g| -g).collect();
        Ok(Self {
            objective,
            stopping,
            theta: theta.to_vec(),
            value,
            direction: down.clone(),
            down,
            lambda: FIRST_LAMBDA,
            since_restart: 0,
            trial: theta.to_vec(),
            trial_gradient: gradient,
        })
    }

    /// Computes L and its gradient at θ + αp.
    fn look(&mut self, alpha: f64) -> f64 {
        for ((trial, theta), p) in self.trial.iter_mut().zip(&self.theta).zip(&self.direction) {
            *trial = theta + alpha * p;
        }
        self.objective.gradient(&self.trial, &mut self.trial_gradient)
    }

    /// Takes the step to the trial point and turns to the next direction; `mu` is pᵀr before it.
    fn accept(&mut self, value: f64, mu: f64) {
        std::mem::swap(&mut self.theta, &mut self.trial);
        self.value = value;
        let overlap = -dot(&self.trial_gradient, &self.down);
        for (down, g) in self.down.iter_mut().zip(&self.trial_gradient) {
            *down = -g;
        }
        self.since_restart += 1;
        let beta = (dot(&self.down, &self.down) - overlap) / mu;
        for (p, r) in self.direction.iter_mut().zip(&self.down) {
            *p = r + beta * *p;
        }
        // After as many steps as there are parameters, or where p does not go down.
        let slope = dot(&self.direction, &self.down);
        if self.since_restart >= self.theta.len() || slope <= 0.0 || slope.is_nan() {
            self.direction.copy_from_slice(&self.down);
            self.since_restart = 0;
        }
    }
}

impl Iterate for State<'_> {
    fn theta(&self) -> &[f64] {
        &self.theta
    }

    fn value(&self) -> f64 {
        self.value
    }

    fn advance(&mut self) -> Iteration {
        let gradient = largest(&self.down);
        let mut iteration = Iteration::begin(self.stopping, self.value, gradient);
        if iteration.reason.is_some() {
            return iteration;
        }
        // Step 2: the curvature along p.
        let square = dot(&self.direction, &self.direction);
        let sigma = SIGMA / square.sqrt();
        self.look(sigma);
        iteration.evaluations += 1;
        let curvature =
            (dot(&self.direction, &self.trial_gradient) + dot(&self.direction, &self.down)) / sigma;
        // Where it is no number, λ alone has to do.
        let curvature = if curvature.is_finite() { curvature } else { 0.0 };
        let mu = dot(&self.direction, &self.down);
        for _ in 0..MOST_REFUSALS {
            // Steps 3 and 4: made positive by λ.
            let mut delta = curvature + self.lambda * square;
            if delta <= 0.0 {
                // −δ + λp² with the λ before, which is half of the new λ times p².
                self.lambda = 2.0 * (self.lambda - delta / square);
                delta = (self.lambda / 2.0).max(f64::MIN_POSITIVE) * square;
            }
            // Steps 5 and 6: the step, and how well the parabola predicted it.
            let alpha = mu / delta;
            let length = alpha * square.sqrt();
            let value = self.look(alpha);
            iteration.evaluations += 1;
            let comparison = 2.0 * delta * (self.value - value) / (mu * mu);
            let is_lower = value.is_finite()
                && largest(&self.trial_gradient).is_finite()
                && value <= self.value
                && comparison >= 0.0;
            // Steps 7 and 8.
            if is_lower {
                let theta = norm(&self.theta);
                iteration.reason = self.stopping.after(self.value, value, 0.0, length, theta);
                self.accept(value, mu);
                (iteration.value, iteration.step) = (value, length);
                if comparison >= 0.75 {
                    self.lambda /= 4.0;
                }
            }
            // A point where the function has no value counts as far above.
            let comparison = if comparison.is_finite() { comparison.max(-3.0) } else { -3.0 };
            if comparison < 0.25 {
                self.lambda += delta * (1.0 - comparison) / square;
            }
            if is_lower {
                return iteration;
            }
            if length <= f64::EPSILON * norm(&self.theta) {
                break;
            }
        }
        iteration.reason = Some(Reason::Precision);
        iteration
    }
}
