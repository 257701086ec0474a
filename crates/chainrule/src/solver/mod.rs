//! Solvers: methods of the full batch that use more than the slope.
//!
//! A first-order optimizer sees one gradient at a time and takes thousands of small steps. On small
//! problems these methods come much further in much less time, since they know how the surface bends:
//!
//! | solver | sees | an iteration costs | for |
//! |---|---|---|---|
//! | [`LevenbergMarquardt`] | residuals r and their Jacobian J | a Cholesky factorization of JᵀJ | squared errors, up to some thousand parameters |
//! | [`BayesianRegularization`] | the same | the same, and an inverse | the same, from few or noisy samples |
//! | [`Lbfgs`] | L and its gradient | one or two gradients | any smooth loss |
//! | [`ScaledConjugateGradient`] | L and its gradient | two gradients | any smooth loss, with the least memory |
//!
//! They know numbers only: θ, a function of it, derivatives. What makes a network such a function is
//! [`FullBatch`](crate::training::FullBatch), which trains one; here stands what solves any problem:
//!
//! ```
//! use chainrule::solver::{Stopping, least_squares};
//!
//! // y = θ₀ exp(θ₁ x) through three points.
//! let (x, y) = ([0.0, 1.0, 2.0], [2.0, 1.0, 0.5]);
//! let solution = least_squares(
//!     x.len(),
//!     |theta, r| (0..3).for_each(|i| r[i] = theta[0] * (theta[1] * x[i]).exp() - y[i]),
//!     |theta, jacobian| {
//!         for i in 0..3 {
//!             let e = (theta[1] * x[i]).exp();
//!             jacobian[2 * i..][..2].copy_from_slice(&[e, theta[0] * x[i] * e]);
//!         }
//!     },
//!     &[1.0, 0.0],
//! )?;
//! assert!((solution.theta[0] - 2.0).abs() < 1e-9 && (solution.theta[1] + 2.0f64.ln()).abs() < 1e-9);
//! # Ok::<(), chainrule::Error>(())
//! ```
//!
//! All numbers are `f64`: near a minimum the decrease of a step is the difference of two nearly equal
//! losses, and a product JᵀJ has the square of the condition of J.

mod bayesian_regularization;
mod lbfgs;
mod levenberg_marquardt;
mod line_search;
mod normal_equations;
mod scaled_conjugate_gradient;

pub use bayesian_regularization::{BayesianRegularization, Evidence};
pub use lbfgs::Lbfgs;
pub use levenberg_marquardt::{LevenbergMarquardt, Scaling, least_squares};
pub(crate) use normal_equations::{Demand, NormalEquations};
pub use scaled_conjugate_gradient::ScaledConjugateGradient;

use crate::error::{Error, expect};
use std::fmt;

/// A smooth function L(θ) with its gradient.
pub trait Objective {
    /// How many numbers θ has.
    fn parameters(&self) -> usize;

    /// Writes ∂L/∂θ and returns L(θ). Where the function has no value, NaN or infinity is the right answer:
    /// the solver then turns back.
    fn gradient(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64;
}

/// A sum of squares L(θ) = Σ rᵢ(θ)² + Σ cⱼ θⱼ² with the Jacobian of its residuals r.
///
/// The residuals come in shards, so that the Jacobian never has to be held as a whole.
pub trait LeastSquares {
    /// How many numbers θ has.
    fn parameters(&self) -> usize;

    /// How many residuals each shard has. The cuts must not change.
    fn shards(&self) -> &[usize];

    /// Writes the residuals of a shard. Where they have no value, NaN or infinity is the right answer.
    fn residuals(&mut self, theta: &[f64], shard: usize, r: &mut [f64]);

    /// Writes the residuals of a shard and their Jacobian ∂rᵢ/∂θⱼ [residuals × parameters], row by row.
    fn jacobian(&mut self, theta: &[f64], shard: usize, r: &mut [f64], jacobian: &mut [f64]);

    /// The penalties c ≥ 0, one for each parameter, if there are any.
    fn ridge(&self) -> Option<&[f64]> {
        None
    }
}

/// When a solver has come far enough. Zero switches a rule off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stopping {
    /// L(θ) is at most this.
    pub goal: f64,
    /// No entry of ∂L/∂θ is larger than this.
    pub gradient: f64,
    /// The step is shorter than this part of θ.
    pub step: f64,
    /// The step lowers L by less than this part of it (and, where there is a linear model, no more was promised).
    pub decrease: f64,
}

impl Default for Stopping {
    /// Nearly as far as double precision goes: 10⁻¹² for the gradient and the step, 10⁻¹⁴ for the decrease.
    fn default() -> Self {
        Self { goal: 0.0, gradient: 1e-12, step: 1e-12, decrease: 1e-14 }
    }
}

impl Stopping {
    pub(crate) fn check(self) -> Result<(), Error> {
        for (name, value) in [
            ("the goal of the loss", self.goal),
            ("the tolerance of the gradient", self.gradient),
            ("the tolerance of the step", self.step),
            ("the tolerance of the decrease", self.decrease),
        ] {
            let allowed = value >= 0.0 && value.is_finite();
            crate::error::setting(name, value, allowed, "at least 0 and finite")?;
        }
        Ok(())
    }

    /// What a point by itself says: it is good enough, or flat.
    fn at(self, value: f64, gradient: f64) -> Option<Reason> {
        if self.goal > 0.0 && value <= self.goal || value == 0.0 {
            Some(Reason::Goal)
        } else if gradient <= self.gradient {
            Some(Reason::Gradient)
        } else {
            None
        }
    }
}

impl Stopping {
    /// What a step of this length from L = `before` to `value` says, `promised` being the decrease that was expected.
    fn after(
        self,
        before: f64,
        value: f64,
        promised: f64,
        length: f64,
        theta: f64,
    ) -> Option<Reason> {
        let least = self.decrease * before.abs();
        if self.goal > 0.0 && value <= self.goal {
            Some(Reason::Goal)
        } else if least > 0.0 && before - value <= least && promised <= least {
            Some(Reason::Decrease)
        } else if self.step > 0.0 && length <= self.step * (theta + self.step) {
            Some(Reason::Step)
        } else {
            None
        }
    }
}

/// Why a solver stopped by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The loss is as small as was asked for, or zero.
    Goal,
    /// The gradient is as good as zero: a minimum, or a saddle.
    Gradient,
    /// The steps became too short to matter.
    Step,
    /// The decrease became too small to matter.
    Decrease,
    /// No step, however short, makes the loss smaller: the numbers have no more digits.
    Precision,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Goal => "the goal is reached",
            Self::Gradient => "the gradient is as good as zero",
            Self::Step => "the steps became too short to matter",
            Self::Decrease => "the decrease became too small to matter",
            Self::Precision => "no step makes the loss any smaller",
        })
    }
}

/// One iteration of a solver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Iteration {
    /// What is minimised, after the iteration.
    pub value: f64,
    /// The largest entry of its gradient, where the iteration began.
    pub gradient: f64,
    /// ‖Δθ‖, zero if no step was taken.
    pub step: f64,
    /// The damping μ of a Levenberg–Marquardt step.
    pub damping: Option<f64>,
    /// How often the function (the residuals) was computed.
    pub evaluations: usize,
    /// Why the solver stops, if it does.
    pub reason: Option<Reason>,
}

impl Iteration {
    /// The beginning of one, where the value and the largest entry of the gradient are these.
    fn begin(stopping: Stopping, value: f64, gradient: f64) -> Self {
        let reason = stopping.at(value, gradient);
        Self { value, gradient, step: 0.0, damping: None, evaluations: 0, reason }
    }
}

/// A solver on its way: where it is, and the next iteration.
pub trait Iterate {
    /// The best θ so far.
    fn theta(&self) -> &[f64];

    /// What is minimised, at this θ.
    fn value(&self) -> f64;

    /// Goes on from here. θ changes only to a point where L is finite.
    fn advance(&mut self) -> Iteration;

    /// What Bayesian regularisation has found out about noise and weights.
    fn evidence(&self) -> Option<Evidence> {
        None
    }
}

/// Where a solver ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The parameters.
    pub theta: Vec<f64>,
    /// L(θ).
    pub value: f64,
    /// How many iterations it took.
    pub iterations: usize,
    /// How often the function was computed.
    pub evaluations: usize,
    /// Why it stopped; `None` after the last iteration.
    pub reason: Option<Reason>,
}

/// Lets a solver run until it stops by itself, at most for so many iterations.
pub fn run(iterate: &mut dyn Iterate, iterations: usize) -> Solution {
    let (mut done, mut evaluations, mut reason) = (0, 1, None);
    while done < iterations && reason.is_none() {
        let iteration = iterate.advance();
        done += 1;
        evaluations += iteration.evaluations;
        reason = iteration.reason;
    }
    let (theta, value) = (iterate.theta().to_vec(), iterate.value());
    Solution { theta, value, iterations: done, evaluations, reason }
}

/// A solver, chosen at run time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Solver {
    /// For squared errors.
    LevenbergMarquardt(LevenbergMarquardt),
    /// For squared errors, with a penalty that it finds itself.
    BayesianRegularization(BayesianRegularization),
    /// For any smooth loss.
    Lbfgs(Lbfgs),
    /// For any smooth loss.
    ScaledConjugateGradient(ScaledConjugateGradient),
}

impl Solver {
    /// The name in summaries, on the command line and in files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::LevenbergMarquardt(_) => "levenberg_marquardt",
            Self::BayesianRegularization(_) => "bayesian_regularization",
            Self::Lbfgs(_) => "lbfgs",
            Self::ScaledConjugateGradient(_) => "scaled_conjugate_gradient",
        }
    }

    /// Whether it needs residuals, so that only squared errors can be minimised.
    pub fn needs_residuals(&self) -> bool {
        matches!(self, Self::LevenbergMarquardt(_) | Self::BayesianRegularization(_))
    }
}

macro_rules! from {
    ($($solver:ident),*) => {$(
        impl From<$solver> for Solver {
            fn from(solver: $solver) -> Self {
                Self::$solver(solver)
            }
        }
    )*};
}
from!(LevenbergMarquardt, BayesianRegularization, Lbfgs, ScaledConjugateGradient);

/// Checks the point that a solver is to start from, and its value there.
fn check_start(parameters: usize, theta: &[f64], value: f64) -> Result<(), Error> {
    expect("parameters at the start", parameters, theta.len())?;
    if theta.iter().all(|v| v.is_finite()) && value.is_finite() {
        Ok(())
    } else {
        Err(Error::Start)
    }
}

fn largest(v: &[f64]) -> f64 {
    // Not `max`, which loses NaN.
    v.iter().fold(0.0, |largest, v| if v.abs() <= largest { largest } else { v.abs() })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}
