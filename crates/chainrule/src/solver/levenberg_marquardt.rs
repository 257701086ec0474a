use super::{
    Iterate, Iteration, LeastSquares, NormalEquations, Reason, Solution, Stopping, check_start,
    largest, norm, run,
};
use crate::error::{Error, setting};

/// Levenberg and Marquardt's method for sums of squares.
///
/// At each iteration the residuals are linearised, and the step solves
///
/// > (JᵀJ + C + μD) δ = −(Jᵀr + Cθ).
///
/// With a small damping μ that is the step of Gauss and Newton, with a large one a short step down the slope.
/// How well the linear model predicted the decrease, the gain ratio ϱ, decides whether the step is taken
/// (ϱ > 0) and how μ changes: after a step by the factor max(1/3, 1 − (2ϱ − 1)³), after a refusal by 2, 4, 8, …
///
/// With acceleration the step follows the bend of the residuals, δ + a/2, where a solves the same equations with
/// the second derivative of r along δ in place of r; a step that bends too much, 2‖a‖ > ¾‖δ‖, is refused. It
/// costs one more evaluation of the residuals, and of the Jacobian where that comes in several shards, and pays in
/// narrow, curved valleys.
///
/// Sources: Marquardt, *J. SIAM* 11 (1963) 431; the damping rule: Nielsen, *Damping parameter in Marquardt's
/// method*, IMM-REP-1999-05, equation 2.5; the whole as algorithm 3.16 of Madsen, Nielsen and Tingleff,
/// *Methods for Non-Linear Least Squares Problems* (2004). Acceleration: Transtrum and Sethna, arXiv 1201.5885,
/// equations 10 to 15.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevenbergMarquardt {
    /// The first damping, as a part of the largest entry of D⁻¹ diag(JᵀJ), or of diag(JJᵀ) where there are fewer
    /// residuals than parameters.
    pub damping: f64,
    /// What the damping is measured by.
    pub scaling: Scaling,
    /// Whether steps follow the bend of the residuals.
    pub acceleration: bool,
}

/// The diagonal matrix D of the damping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaling {
    /// The identity (Levenberg): for parameters of one scale, such as those of a network.
    Identity,
    /// The largest diag(JᵀJ) so far (Marquardt; Moré 1978): a change of a parameter's unit changes nothing.
    /// With fewer residuals than parameters it is the identity all the same.
    Diagonal,
}

impl Default for LevenbergMarquardt {
    /// A first damping of 10⁻³, for the parameters of a network.
    fn default() -> Self {
        Self { damping: 1e-3, scaling: Scaling::Identity, acceleration: true }
    }
}

impl LevenbergMarquardt {
    /// Before the first iteration.
    pub fn start<'p>(
        &self,
        problem: &'p mut dyn LeastSquares,
        theta: &[f64],
        stopping: Stopping,
    ) -> Result<impl Iterate + 'p, Error> {
        State::new(*self, problem, theta, stopping)
    }
}

/// Minimises Σ rᵢ(θ)² for `residuals` functions rᵢ with a known Jacobian, from θ₀.
///
/// `f(θ, r)` writes the residuals; `jacobian(θ, J)` writes ∂rᵢ/∂θⱼ [residuals × parameters], row by row. The
/// method is [`LevenbergMarquardt`] with [`Scaling::Diagonal`] and acceleration, at most 10 000 iterations, and it stops where
/// double precision does. [`gradient_check::jacobian`](crate::gradient_check::jacobian) proves a Jacobian.
///
/// # Errors
///
/// [`Error::Start`] if θ₀ or a residual there is not a finite number, [`Error::NoSamples`] without residuals.
pub fn least_squares(
    residuals: usize,
    f: impl FnMut(&[f64], &mut [f64]),
    jacobian: impl FnMut(&[f64], &mut [f64]),
    theta: &[f64],
) -> Result<Solution, Error> {
    let mut problem = Functions { parameters: theta.len(), shards: [residuals], f, jacobian };
    let (damping, scaling) = (1e-3, Scaling::Diagonal);
    let solver = LevenbergMarquardt { damping, scaling, acceleration: true };
    let stopping = Stopping { goal: 0.0, gradient: 0.0, step: 1e-14, decrease: 1e-16 };
    Ok(run(&mut State::new(solver, &mut problem, theta, stopping)?, 10_000))
}

/// Two functions as a problem of one shard.
struct Functions<F, J> {
    parameters: usize,
    shards: [usize; 1],
    f: F,
    jacobian: J,
}

impl<F, J> LeastSquares for Functions<F, J>
where
    F: FnMut(&[f64], &mut [f64]),
    J: FnMut(&[f64], &mut [f64]),
{
    fn parameters(&self) -> usize {
        self.parameters
    }

    fn shards(&self) -> &[usize] {
        &self.shards
    }

    fn residuals(&mut self, theta: &[f64], _: usize, r: &mut [f64]) {
        (self.f)(theta, r);
    }

    fn jacobian(&mut self, theta: &[f64], _: usize, r: &mut [f64], jacobian: &mut [f64]) {
        (self.f)(theta, r);
        (self.jacobian)(theta, jacobian);
    }
}

/// The method on its way.
pub(super) struct State<'p> {
    pub(super) problem: &'p mut dyn LeastSquares,
    pub(super) equations: NormalEquations,
    pub(super) theta: Vec<f64>,
    pub(super) value: f64,
    scaling: Scaling,
    stopping: Stopping,
    /// D.
    scale: Vec<f64>,
    /// μ; before the first iteration the part of the largest entry that it starts with.
    damping: f64,
    first_damping: f64,
    is_new: bool,
    /// The factor of μ after the next refusal.
    growth: f64,
    accelerates: bool,
    /// The step, before acceleration δ.
    step: Vec<f64>,
    straight: Vec<f64>,
    /// a.
    bend: Vec<f64>,
    trial: Vec<f64>,
    r: Vec<f64>,
}

/// The largest 2‖a‖/‖δ‖ that is not refused.
const MOST_BEND: f64 = 0.75;
/// A step as short as this part of θ is not refused for its bend, which may be rounding: it is tried as it is.
const SHORT: f64 = 1e-4;

/// Refusals in one iteration after which no step is left to try: the damping has grown by 2^(1 + 2 + … + n).
const MOST_REFUSALS: usize = 40;

impl<'p> State<'p> {
    pub(super) fn new(
        solver: LevenbergMarquardt,
        problem: &'p mut dyn LeastSquares,
        theta: &[f64],
        stopping: Stopping,
    ) -> Result<Self, Error> {
        let damping = solver.damping;
        let allowed = damping > 0.0 && damping.is_finite();
        setting("the first damping", damping, allowed, "positive and finite")?;
        stopping.check()?;
        if problem.shards().iter().sum::<usize>() == 0 {
            return Err(Error::NoSamples { what: "the residuals" });
        }
        let equations = NormalEquations::new(problem);
        let mut r = vec![0.0; equations.residuals()];
        let value = match theta.len() == problem.parameters() {
            true => equations.value_at(problem, theta, &mut r),
            false => f64::NAN,
        };
        check_start(problem.parameters(), theta, value)?;
        Ok(Self {
            scale: vec![1.0; theta.len()],
            step: vec![0.0; theta.len()],
            straight: vec![0.0; theta.len()],
            bend: vec![0.0; theta.len()],
            accelerates: solver.acceleration,
            trial: theta.to_vec(),
            theta: theta.to_vec(),
            value,
            problem,
            equations,
            scaling: solver.scaling,
            stopping,
            damping,
            first_damping: damping,
            is_new: true,
            growth: 2.0,
            r,
        })
    }

    /// D, and the first μ.
    fn measure(&mut self) {
        if self.scaling == Scaling::Diagonal && !self.equations.is_dual() {
            for (scale, entry) in self.scale.iter_mut().zip(self.equations.diagonal()) {
                let before = if self.is_new { 0.0 } else { *scale };
                // A parameter without any effect: any scale will do.
                *scale = if before.max(entry) > 0.0 { before.max(entry) } else { 1.0 };
            }
        }
        if self.is_new {
            let scale = self.scale.iter().copied().chain(std::iter::repeat(1.0));
            let parts = self.equations.diagonal().zip(scale).map(|(entry, scale)| entry / scale);
            let largest = parts.fold(0.0, f64::max);
            self.damping *= if largest > 0.0 { largest } else { 1.0 };
            self.first_damping = self.damping;
            self.is_new = false;
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
        self.linearize();
        self.step()
    }
}

impl State<'_> {
    /// The normal equations at θ.
    pub(super) fn linearize(&mut self) {
        self.equations.assemble(self.problem, &self.theta);
        self.value = self.equations.value;
        self.measure();
    }

    /// Brings value and gradient to the penalty that the equations have now instead of this one.
    pub(super) fn penalize(&mut self, before: f64) {
        let more = self.equations.ridge - before;
        self.value += more * super::dot(&self.theta, &self.theta);
        for (g, theta) in self.equations.gradient.iter_mut().zip(&self.theta) {
            *g += more * theta;
        }
    }

    /// Tries steps, each with more damping, until one goes down.
    pub(super) fn step(&mut self) -> Iteration {
        let gradient = 2.0 * largest(&self.equations.gradient);
        let mut iteration = Iteration::begin(self.stopping, self.value, gradient);
        (iteration.damping, iteration.evaluations) = (Some(self.damping), 1);
        if iteration.reason.is_some() {
            return iteration;
        }
        for _ in 0..MOST_REFUSALS {
            let (theta, damping) = (&self.theta, self.damping);
            let solved =
                self.equations.solve(self.problem, theta, damping, &self.scale, &mut self.step);
            if !solved {
                self.refuse();
                continue;
            }
            self.straight.copy_from_slice(&self.step);
            if self.accelerates {
                iteration.evaluations += 1;
                if !self.bend() && norm(&self.step) > SHORT * norm(&self.theta) {
                    self.refuse();
                    continue;
                }
            }
            let theta = &self.theta;
            let length = norm(&self.step);
            for ((trial, theta), step) in self.trial.iter_mut().zip(theta).zip(&self.step) {
                *trial = theta + step;
            }
            let value = self.equations.value_at(self.problem, &self.trial, &mut self.r);
            iteration.evaluations += 1;
            iteration.damping = Some(damping);
            // L − L(δ) of the linear model: δᵀ(μDδ − g).
            let promised: f64 =
                (self.straight.iter().zip(&self.scale).zip(&self.equations.gradient))
                    .map(|((step, scale), g)| step * (damping * scale * step - g))
                    .sum();
            let gain = (self.value - value) / promised;
            if value < self.value && gain > 0.0 {
                let stopping = self.stopping;
                iteration.reason = stopping.after(self.value, value, promised, length, norm(theta));
                std::mem::swap(&mut self.theta, &mut self.trial);
                (self.value, iteration.value, iteration.step) = (value, value, length);
                self.damping *= (1.0 - (2.0 * gain - 1.0).powi(3)).max(1.0 / 3.0);
                self.growth = 2.0;
                return iteration;
            }
            if length <= f64::EPSILON * norm(&self.theta) {
                break;
            }
            self.refuse();
        }
        iteration.reason = Some(Reason::Precision);
        iteration
    }

    /// Makes the step δ follow the bend of the residuals: δ + a/2. False if it bends too much.
    fn bend(&mut self) -> bool {
        let Self { equations, problem, theta, step, trial, r, bend, scale, .. } = self;
        if !equations.accelerate(*problem, theta, step, trial, r, bend) {
            return false;
        }
        let square = |v: &[f64]| v.iter().zip(&*scale).map(|(v, d)| d * v * v).sum::<f64>();
        let (bent, allowed) = (4.0 * square(bend), MOST_BEND * MOST_BEND * square(step));
        if bent > allowed || bent.is_nan() {
            return false;
        }
        for (step, bend) in step.iter_mut().zip(&*bend) {
            *step += 0.5 * bend;
        }
        true
    }

    /// Begins with the first damping again, for another problem at the same place.
    pub(super) fn forget_refusals(&mut self) {
        (self.damping, self.growth) = (self.first_damping, 2.0);
    }

    fn refuse(&mut self) {
        self.damping *= self.growth;
        self.growth *= 2.0;
    }
}
