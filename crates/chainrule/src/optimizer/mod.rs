//! First-order optimizers: how a step follows from the gradient.
//!
//! An [`Optimizer`] is a rule with its constants. What it remembers from step to step are the
//! [`Moments`], which the caller keeps, for example in a [`Descent`]. It sees slices of numbers only: no
//! layers, no losses.
//!
//! Letters: θ parameters, g gradient, t the number of the step from 1, α the learning rate.

mod adagrad;
mod adam;
pub mod clip;
mod lion;
mod nadam;
pub mod penalty;
mod rms_prop;
pub mod schedule;
mod sgd;

pub use crate::kernel::Aligned;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use clip::Clip;
pub use lion::Lion;
pub use nadam::Nadam;
pub use penalty::Penalty;
pub use rms_prop::RmsProp;
pub use schedule::Schedule;
pub use sgd::Sgd;

use crate::Real;
use std::{fmt::Debug, ops::Range, sync::Arc};

/// A rule that turns a gradient into a step.
pub trait Optimizer<T: Real>: Debug + Send + Sync {
    /// The name in summaries, on the command line and in files: lower case with underscores.
    fn name(&self) -> &str;

    /// What the rule remembers before the first step for this many parameters.
    fn start(&self, parameters: usize) -> Moments<T>;

    /// Writes the new θ and moments.
    fn step(&self, step: Step, theta: &mut [T], gradient: &[T], moments: &mut Moments<T>);

    /// The part λ of the weights that each step takes off apart from the gradient, in units of the
    /// learning rate: w ← w − αλw. Decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
    fn weight_decay(&self) -> f64 {
        0.0
    }

    /// Its constants by name, such as `beta1`, for those who look on.
    fn constants(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// The letters of the [moments](Moments::vectors), in their order, at this step.
    fn letters(&self, step: Step) -> Vec<Letter> {
        let _ = step;
        Vec::new()
    }
}

/// What formulas call one of the moments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letter {
    /// The letter, such as `m`.
    pub name: &'static str,
    /// What corrects it for its start at zero: m̂ = m / divisor. `None` where it is used as it is.
    pub divisor: Option<f64>,
}

impl Letter {
    /// A moment that is used as it is.
    pub fn plain(name: &'static str) -> Self {
        Self { name, divisor: None }
    }

    /// A moment that is divided before it is used.
    pub fn corrected(name: &'static str, divisor: f64) -> Self {
        Self { name, divisor: Some(divisor) }
    }
}

/// Which step it is and how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// t, counted from 1.
    pub number: u64,
    /// α.
    pub learning_rate: f64,
}

/// What an optimizer remembers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments<T> {
    /// Vectors as long as θ: Adam's m and v.
    pub vectors: Vec<Aligned<T>>,
    /// Single numbers.
    pub scalars: Vec<f64>,
}

impl<T: Real> Moments<T> {
    /// This many vectors of zeros.
    pub fn zeros(vectors: usize, parameters: usize) -> Self {
        Self { vectors: vec![Aligned::zeros(parameters); vectors], scalars: Vec::new() }
    }

    /// The first N vectors, to change them together.
    fn slots<const N: usize>(&mut self) -> [&mut [T]; N] {
        let mut vectors = self.vectors.iter_mut();
        std::array::from_fn(|_| vectors.next().map_or(&mut [][..], |vector| &mut vector[..]))
    }
}

/// An optimizer on its way: the rule, its moments and the number of steps so far.
///
/// ```
/// use chainrule::optimizer::{Adam, Descent};
///
/// let mut theta = [1.0, -2.0];
/// let mut descent = Descent::new(Adam::default(), 2);
/// for _ in 0..500 {
///     let gradient = theta.map(|v: f64| 2.0 * v); // of θ₁² + θ₂²
///     descent.step(0.05, &mut theta, &gradient);
/// }
/// assert!(theta.iter().all(|v| v.abs() < 1e-3));
/// ```
#[derive(Debug)]
pub struct Descent<T, O> {
    optimizer: O,
    moments: Moments<T>,
    steps: u64,
    decayed: Vec<Range<usize>>,
}

/// βᵗ by squaring: the same number on every system, whose own functions differ in the last bits.
fn power(beta: f64, mut t: u64) -> f64 {
    let (mut power, mut square) = (1.0, beta);
    while t > 0 {
        if t & 1 == 1 {
            power *= square;
        }
        square *= square;
        t >>= 1;
    }
    power
}

impl<T: Real, O: Optimizer<T>> Descent<T, O> {
    /// Before the first step, for this many parameters. Weight decay, if the optimizer has any, acts on
    /// all of them.
    #[allow(clippy::single_range_in_vec_init, reason = "it is a list of ranges")]
    pub fn new(optimizer: O, parameters: usize) -> Self {
        Self::with_decay_on(optimizer, parameters, vec![0..parameters])
    }

    /// The same, with weight decay on these parts of θ only; see
    /// [`Network::weight_ranges`](crate::Network::weight_ranges).
    pub fn with_decay_on(optimizer: O, parameters: usize, decayed: Vec<Range<usize>>) -> Self {
        Self { moments: optimizer.start(parameters), optimizer, steps: 0, decayed }
    }

    /// One step of this length.
    pub fn step(&mut self, learning_rate: f64, theta: &mut [T], gradient: &[T]) {
        self.steps += 1;
        let decay = self.optimizer.weight_decay();
        if decay != 0.0 {
            let keep = T::of(1.0 - learning_rate * decay);
            for range in &self.decayed {
                theta[range.clone()].iter_mut().for_each(|w| *w *= keep);
            }
        }
        let step = Step { number: self.steps, learning_rate };
        self.optimizer.step(step, theta, gradient, &mut self.moments);
    }

    /// How many steps have been done.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// What the optimizer remembers.
    pub fn moments(&self) -> &Moments<T> {
        &self.moments
    }

    /// Goes on after so many steps, with these moments: vectors as long as θ, and single numbers.
    pub(crate) fn restore(&mut self, steps: u64, vectors: &[Vec<T>], scalars: &[f64]) {
        self.steps = steps;
        for (moment, vector) in self.moments.vectors.iter_mut().zip(vectors) {
            moment.copy_from_slice(vector);
        }
        self.moments.scalars.copy_from_slice(scalars);
    }
}

impl<T: Real> Optimizer<T> for Arc<dyn Optimizer<T>> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn start(&self, parameters: usize) -> Moments<T> {
        (**self).start(parameters)
    }

    fn step(&self, step: Step, theta: &mut [T], gradient: &[T], moments: &mut Moments<T>) {
        (**self).step(step, theta, gradient, moments);
    }

    fn weight_decay(&self) -> f64 {
        (**self).weight_decay()
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        (**self).constants()
    }

    fn letters(&self, step: Step) -> Vec<Letter> {
        (**self).letters(step)
    }
}
