use super::{
    Iterate, Iteration, Objective, Reason, Stopping, check_start, dot, largest,
    line_search::{Point, strong_wolfe},
    norm,
};
use crate::error::{Error, setting};
use std::collections::VecDeque;

/// The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno, for any smooth function.
///
/// The last m steps s and the changes y of the gradient on them tell how the surface bends. The direction
/// −Hg follows from them without a matrix (Nocedal and Wright, *Numerical Optimization*, 2nd edition,
/// algorithm 7.4), the length of the step from a line search with the strong Wolfe conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lbfgs {
    /// m: how many steps are remembered.
    pub memory: usize,
}

impl Default for Lbfgs {
    /// Ten steps.
    fn default() -> Self {
        Self { memory: 10 }
    }
}

impl Lbfgs {
    /// Before the first iteration.
    pub fn start<'p>(
        &self,
        objective: &'p mut dyn Objective,
        theta: &[f64],
        stopping: Stopping,
    ) -> Result<impl Iterate + 'p, Error> {
        State::new(*self, objective, theta, stopping)
    }
}

struct State<'p> {
    objective: &'p mut dyn Objective,
    stopping: Stopping,
    theta: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    /// The latest last.
    pairs: VecDeque<Pair>,
    /// Room for pairs to come.
    spare: Vec<Pair>,
    direction: Vec<f64>,
    trial: Vec<f64>,
    trial_gradient: Vec<f64>,
    alphas: Vec<f64>,
}

/// A step s, the change y of the gradient on it, and ϱ = 1/sᵀy.
struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
    rho: f64,
}

impl Pair {
    fn new(parameters: usize) -> Self {
        Self { s: vec![0.0; parameters], y: vec![0.0; parameters], rho: 0.0 }
    }
}

impl<'p> State<'p> {
    fn new(
        solver: Lbfgs,
        objective: &'p mut dyn Objective,
        theta: &[f64],
        stopping: Stopping,
    ) -> Result<Self, Error> {
        let memory = solver.memory;
        setting("the memory of L-BFGS", memory as f64, memory > 0, "at least 1")?;
        stopping.check()?;
        let n = theta.len();
        let mut gradient = vec![0.0; n];
        let value = match n == objective.parameters() {
            true => objective.gradient(theta, &mut gradient),
            false => f64::NAN,
        };
        check_start(objective.parameters(), theta, value)?;
        check_start(n, &gradient, value)?;
        Ok(Self {
            objective,
            stopping,
            theta: theta.to_vec(),
            value,
            gradient,
            pairs: VecDeque::with_capacity(memory),
            spare: (0..memory).map(|_| Pair::new(n)).collect(),
            direction: vec![0.0; n],
            trial: vec![0.0; n],
            trial_gradient: vec![0.0; n],
            alphas: Vec::with_capacity(memory),
        })
    }

    /// d = −Hg, by two loops over the pairs.
    fn point_downhill(&mut self) {
        let d = &mut self.direction;
        for (d, g) in d.iter_mut().zip(&self.gradient) {
            *d = -g;
        }
        self.alphas.clear();
        for Pair { s, y, rho } in self.pairs.iter().rev() {
            let alpha = rho * dot(s, d);
            d.iter_mut().zip(y).for_each(|(d, y)| *d -= alpha * y);
            self.alphas.push(alpha);
        }
        if let Some(Pair { y, rho, .. }) = self.pairs.back() {
            let gamma = 1.0 / (rho * dot(y, y));
            d.iter_mut().for_each(|d| *d *= gamma);
        }
        for (Pair { s, y, rho }, alpha) in self.pairs.iter().zip(self.alphas.iter().rev()) {
            let beta = alpha - rho * dot(y, d);
            d.iter_mut().zip(s).for_each(|(d, s)| *d += beta * s);
        }
    }

    /// Takes the step to the trial point in, and remembers it where the surface bends upwards.
    fn accept(&mut self, value: f64) -> f64 {
        let spare = self.spare.pop();
        let Some(mut pair) = spare.or_else(|| self.pairs.pop_front()) else { return 0.0 };
        for i in 0..self.theta.len() {
            pair.s[i] = self.trial[i] - self.theta[i];
            pair.y[i] = self.trial_gradient[i] - self.gradient[i];
        }
        let (curvature, length) = (dot(&pair.s, &pair.y), norm(&pair.s));
        if curvature > f64::EPSILON * dot(&pair.y, &pair.y) {
            pair.rho = 1.0 / curvature;
            self.pairs.push_back(pair);
        } else {
            self.spare.push(pair);
        }
        std::mem::swap(&mut self.theta, &mut self.trial);
        std::mem::swap(&mut self.gradient, &mut self.trial_gradient);
        self.value = value;
        length
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
        let gradient = largest(&self.gradient);
        let mut iteration = Iteration::begin(self.stopping, self.value, gradient);
        if iteration.reason.is_some() {
            return iteration;
        }
        // A second try forgets the past and goes straight down the slope.
        for _ in 0..2 {
            self.point_downhill();
            let slope = dot(&self.direction, &self.gradient);
            let start = Point { step: 0.0, value: self.value, slope };
            // Without a past, the scale of a step is unknown.
            let first = if self.pairs.is_empty() {
                (1.0 / self.gradient.iter().map(|g| g.abs()).sum::<f64>()).min(1.0)
            } else {
                1.0
            };
            let Self { objective, theta, direction, trial, trial_gradient, .. } = self;
            let found = strong_wolfe(start, first, |step| {
                for ((trial, theta), d) in trial.iter_mut().zip(&*theta).zip(&*direction) {
                    *trial = theta + step * d;
                }
                iteration.evaluations += 1;
                let value = objective.gradient(trial, trial_gradient);
                Point { step, value, slope: dot(direction, trial_gradient) }
            });
            if let Some(point) = found.filter(|_| slope < 0.0) {
                let before = self.value;
                let length = self.accept(point.value);
                (iteration.value, iteration.step) = (point.value, length);
                let theta = norm(&self.theta);
                iteration.reason = self.stopping.after(before, point.value, 0.0, length, theta);
                return iteration;
            }
            if self.pairs.is_empty() {
                break;
            }
            self.spare.extend(self.pairs.drain(..));
        }
        iteration.reason = Some(Reason::Precision);
        iteration
    }
}
