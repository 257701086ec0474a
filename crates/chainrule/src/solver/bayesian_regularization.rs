use super::{
    Iterate, Iteration, LeastSquares, LevenbergMarquardt, Reason, Scaling, Stopping, dot,
    levenberg_marquardt::State,
};
use crate::error::Error;

/// Levenberg and Marquardt's method with a penalty on θ that it finds itself.
///
/// It minimises Σ r² + λ‖θ‖² and, at each iteration, estimates λ anew by MacKay's evidence. If the residuals are noise
/// of one variance and the parameters are drawn around zero with another, the data themselves tell both.
/// With N residuals and γ the effective number of parameters,
///
/// > γ = P − λ tr (JᵀJ + λI)⁻¹, σ² = Σ r² / (N − γ), λ = σ² γ / ‖θ‖².
///
/// So a network that is larger than the data need is not overfitted, and no samples have to be held out.
///
/// Sources: MacKay, *Bayesian interpolation*, Neural Computation 4 (1992) 415, equations 4.8 to 4.10; Foresee and
/// Hagan, *Gauss–Newton approximation to Bayesian learning*, ICNN 1997.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BayesianRegularization {
    /// The first damping, as in [`LevenbergMarquardt`].
    pub damping: f64,
}

impl Default for BayesianRegularization {
    /// A first damping of 10⁻³.
    fn default() -> Self {
        Self { damping: 1e-3 }
    }
}

/// What the data say about noise and parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// γ: how many parameters the data determine.
    pub effective_parameters: f64,
    /// P: how many there are.
    pub parameters: usize,
    /// N: how many residuals.
    pub residuals: usize,
    /// λ: the penalty on ‖θ‖².
    pub ridge: f64,
    /// σ²: the variance of a residual.
    pub noise: f64,
}

/// Iterations in a row that must change nothing.
const SETTLED: usize = 8;
/// What counts as nothing: this part of the objective, and of γ,
const LITTLE: f64 = 1e-4;
/// and this part of λ.
const LITTLE_RIDGE: f64 = 1e-2;

/// The penalty begins with this part of what the first guess says,
const FIRST_PART: f64 = 1e-6;
/// and rises by no more than this factor in an iteration.
const LARGEST_RISE: f64 = 1.3;

impl BayesianRegularization {
    /// Before the first iteration.
    pub fn start<'p>(
        &self,
        problem: &'p mut dyn LeastSquares,
        theta: &[f64],
        stopping: Stopping,
    ) -> Result<impl Iterate + 'p, Error> {
        let (damping, scaling) = (self.damping, Scaling::Identity);
        let method = LevenbergMarquardt { damping, scaling, acceleration: true };
        let state = State::new(method, problem, theta, stopping)?;
        let (parameters, residuals) = (theta.len(), state.equations.residuals());
        // Before anything is known: as many parameters as the data could determine at most.
        let guess = parameters.min(residuals / 2).max(1) as f64;
        let mut regularized = Regularized {
            evidence: Evidence {
                effective_parameters: guess,
                parameters,
                residuals,
                ridge: 0.0,
                noise: 0.0,
            },
            state,
            settled: 0,
        };
        regularized.estimate(guess);
        regularized.state.value += regularized.evidence.ridge * dot(theta, theta);
        Ok(regularized)
    }
}

struct Regularized<'p> {
    state: State<'p>,
    evidence: Evidence,
    settled: usize,
}

impl Regularized<'_> {
    /// Noise and penalty for this γ, from Σ r² and ‖θ‖² of this moment.
    fn estimate(&mut self, gamma: f64) {
        let State { theta, value, equations, .. } = &mut self.state;
        let squares = dot(theta, theta);
        let errors = (*value - equations.ridge * squares).max(0.0);
        let n = self.evidence.residuals as f64;
        // As many parameters as residuals would leave no noise to be seen.
        let noise = errors / (n - gamma).max(1e-3 * n);
        let mut ridge = noise * gamma / squares.max(f64::MIN_POSITIVE);
        // What has not been learned yet looks like noise: taken at its word at once, it would never be learned.
        ridge = match equations.ridge {
            0.0 => ridge * FIRST_PART,
            before => ridge.min(before * LARGEST_RISE),
        };
        // A perfect fit has no noise; the matrix stays regular all the same.
        equations.ridge = ridge.clamp(1e-18, 1e18);
        self.evidence.effective_parameters = gamma;
        (self.evidence.noise, self.evidence.ridge) = (noise, equations.ridge);
    }
}

impl Iterate for Regularized<'_> {
    fn theta(&self) -> &[f64] {
        self.state.theta()
    }

    fn value(&self) -> f64 {
        self.state.value()
    }

    fn advance(&mut self) -> Iteration {
        self.state.linearize();
        let before = self.evidence;
        let (size, ridge) = (self.state.equations.size() as f64, before.ridge);
        if self.state.equations.factorize(|_| ridge) {
            let gamma = size - ridge * self.state.equations.trace_of_inverse();
            if gamma.is_finite() {
                self.estimate(gamma.clamp(0.0, size));
                self.state.penalize(before.ridge);
            }
        }
        let value = self.state.value;
        let mut iteration = self.state.step();
        if iteration.reason == Some(Reason::Precision) {
            self.state.forget_refusals();
        }
        let moved = (self.evidence.effective_parameters - before.effective_parameters).abs();
        let is_settled = value - iteration.value <= LITTLE * value
            && moved <= LITTLE * self.evidence.effective_parameters.max(1.0)
            && (self.evidence.ridge / before.ridge - 1.0).abs() <= LITTLE_RIDGE;
        self.settled = if is_settled { self.settled + 1 } else { 0 };
        // As long as the penalty moves, the end of one problem is the beginning of the next.
        if self.settled < SETTLED && iteration.reason.is_some_and(|reason| reason != Reason::Goal) {
            iteration.reason = None;
        } else if self.settled >= SETTLED {
            iteration.reason = iteration.reason.or(Some(Reason::Decrease));
        }
        iteration
    }

    fn evidence(&self) -> Option<Evidence> {
        Some(self.evidence)
    }
}
