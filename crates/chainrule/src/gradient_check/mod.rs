//! The proof of a derivative: the numbers of the backward pass beside numerical derivatives.
//!
//! Each entry of the gradient is compared with the central difference of fourth order,
//!
//! > f'(v) ≈ (8 (f(v + h) − f(v − h)) − (f(v + 2h) − f(v − 2h))) / 12h,
//!
//! in double precision for several h. A right derivative agrees for one of them; a wrong one for none. At a
//! kink, such as that of ReLU at 0, the derivatives from the left and from the right differ; there
//! the backward pass may give any number between them.
//!
//! Sums of squares have siblings of these checks: [`jacobian`], and [`normal_equations`] for what a solver makes of it.
//!
//! A check in which every entry is zero proves nothing and is refused.
//!
//! ```
//! use chainrule::{activation::Activation, gradient_check};
//!
//! #[derive(Debug)]
//! struct Cube;
//!
//! impl Activation<f64> for Cube {
//!     fn name(&self) -> &str { "cube" }
//!     fn value(&self, x: f64) -> f64 { x * x * x }
//!     fn derivative(&self, x: f64, _: f64) -> f64 { 2.0 * x * x } // a slip
//! }
//!
//! let error = gradient_check::activation(&Cube).unwrap_err();
//! assert!(error.to_string().contains("∂y/∂x at x ="), "{error}");
//! ```

mod jacobian;

pub use jacobian::{jacobian, normal_equations};

use crate::{
    Network,
    activation::Activation,
    graph::Plan,
    layer::{Block, Layer, Memory, Mode, Pass, count, matrix, matrix_mut},
    loss::{Loss, Targets},
    random::{Purpose, Random},
    solver::Objective,
};
use ndarray::ArrayView2;
use std::fmt;
use thiserror::Error;

/// The largest relative error that a check forgives.
pub const TOLERANCE: f64 = 1e-7;

/// A passed check.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How many entries were compared.
    pub checked: usize,
    /// How many of them lie at a kink.
    pub kinks: usize,
    /// The entry with the largest relative error, away from kinks.
    pub worst: Option<Entry>,
    /// The relative error of each entry, in their order; none at a kink.
    pub relative_errors: Vec<Option<f64>>,
}

/// One entry of a gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name, such as `∂L/∂θ[17] (dense_2.w[0,17])`.
    pub name: String,
    /// What the backward pass gives.
    pub backward: f64,
    /// What the difference quotient gives.
    pub numerical: f64,
    /// |backward − numerical| / the larger one of them, or of 10⁻³ of the largest entry.
    pub relative_error: f64,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, backward, numerical, relative_error } = self;
        write!(f, "{name}: backward {backward:.9e}, numerical {numerical:.9e}")?;
        write!(f, " (relative error {relative_error:.1e})")
    }
}

/// A failed check.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// An entry is wrong: the worst one.
    #[error("{worst}; {wrong} of {checked} entries are wrong")]
    Wrong {
        /// The entry with the largest relative error.
        worst: Entry,
        /// How many are wrong.
        wrong: usize,
        /// Out of how many.
        checked: usize,
    },
    /// The loss can not be computed for these outputs and targets.
    #[error(transparent)]
    Unfit(crate::Error),
    /// Every entry is zero.
    #[error(
        "the gradient of {what} is zero everywhere, which proves nothing; check at another point"
    )]
    AllZero {
        /// What was checked.
        what: String,
    },
    /// The function or its gradient is not a finite number.
    #[error("{name} is not a finite number: backward {backward}, numerical {numerical}")]
    NotFinite {
        /// The entry.
        name: String,
        /// What the backward pass gives.
        backward: f64,
        /// What the difference quotient gives.
        numerical: f64,
    },
}

/// Checks σ'(x) of an activation at points from −8 to 8.
pub fn activation(activation: &dyn Activation<f64>) -> Result<Report, Failure> {
    let x: Vec<f64> = (-80..=80).map(|i| f64::from(i) * 0.1 + 0.003).collect();
    let backward: Vec<f64> =
        x.iter().map(|&x| activation.derivative(x, activation.value(x))).collect();
    let name = |i: usize| format!("∂y/∂x at x = {:.3} of {}", x[i], activation.name());
    compare(activation.name(), &x, &backward, &name, |x, i| activation.value(x[i]))
}

/// Checks ∂L/∂y of a loss for predictions `y` [samples × outputs] and their targets.
pub fn loss(
    loss: &dyn Loss<f64>,
    y: ArrayView2<f64>,
    targets: Targets<f64>,
) -> Result<Report, Failure> {
    let (rows, columns) = y.dim();
    let point: Vec<f64> = y.iter().copied().collect();
    let mut dy = vec![0.0; point.len()];
    let divisor = loss.divisor(targets);
    loss.batch_gradient(
        matrix(&point, rows, columns),
        targets,
        divisor,
        matrix_mut(&mut dy, rows, columns),
    );
    let name = |i: usize| format!("∂L/∂y[{},{}] of {}", i / columns, i % columns, loss.name());
    compare(loss.name(), &point, &dy, &name, |y, _| {
        loss.sum(matrix(y, rows, columns), targets).mean()
    })
}

/// Checks ∂L/∂x and ∂L/∂θ of a layer in training mode, where L = Σ cᵢⱼ yᵢⱼ with random numbers c, for random
/// parameters and `rows` random inputs. Dropout draws the same numbers in every pass.
pub fn layer(layer: &dyn Layer<f64>, rows: usize, seed: u64) -> Result<Report, Failure> {
    let (inputs, outputs) = (layer.inputs(), layer.outputs());
    let mut random = Random::new(seed, Purpose::Checking);
    let mut theta = vec![0.0; count(&layer.blocks())];
    let mut statistics = vec![0.0; count(&layer.statistics())];
    layer.initialize(&mut theta, &mut statistics, &mut random);
    // Away from the initial values, which may be special: biases of 0, gains of 1.
    theta.iter_mut().for_each(|v| *v += random.uniform(-0.3, 0.3));
    let c: Vec<f64> = (0..rows * outputs).map(|_| random.normal()).collect();

    // One vector of everything that can be moved: x, then θ.
    let mut point: Vec<f64> = (0..rows * inputs).map(|_| random.normal()).collect();
    point.extend(theta);
    let forward = |point: &[f64], y: &mut [f64], memory: &mut Memory<f64>| {
        let (x, theta) = point.split_at(rows * inputs);
        let (mut random, mut statistics) =
            (Random::new(seed, Purpose::Dropout { shard: 0 }), statistics.clone());
        let mode = Mode::Train { random: &mut random, statistics: &mut statistics };
        let y = matrix_mut(y, rows, outputs);
        layer.forward(theta, matrix(x, rows, inputs), y, memory, mode);
    };

    let (mut y, mut memory) = (vec![0.0; c.len()], layer.memory(rows));
    forward(&point, &mut y, &mut memory);
    let mut backward = vec![0.0; point.len()];
    let (dx, d_theta) = backward.split_at_mut(rows * inputs);
    // `backward` *writes* dx: what lies there before must not matter.
    dx.fill(f64::NAN);
    let (x, theta) = point.split_at(rows * inputs);
    let pass = Pass { theta, x: matrix(x, rows, inputs), y: matrix(&y, rows, outputs) };
    let dx = matrix_mut(dx, rows, inputs);
    layer.backward(pass, matrix(&c, rows, outputs), Some(dx), d_theta, &mut memory);

    let blocks = layer.blocks();
    let name = |i: usize| match i.checked_sub(rows * inputs) {
        None => format!("∂L/∂x[{},{}] of {}", i / inputs, i % inputs, layer.name()),
        Some(i) => format!("∂L/∂θ[{i}] ({}) of {}", entry(&blocks, i), layer.name()),
    };
    compare(&layer.name(), &point, &backward, &name, |point, _| {
        forward(point, &mut y, &mut memory);
        c.iter().zip(&y).map(|(c, y)| c * y).sum()
    })
}

/// Checks ∂L/∂θ of a whole network in training mode: every parameter, for these samples.
pub fn network(
    network: &Network<f64>,
    loss: &dyn Loss<f64>,
    x: ArrayView2<f64>,
    targets: Targets<f64>,
) -> Result<Report, Failure> {
    crate::loss::check(loss, network.outputs(), targets).map_err(Failure::Unfit)?;
    let mut network = network.clone();
    let mut workspace = network.workspace(x.nrows());
    let random = Random::new(0, Purpose::Dropout { shard: 0 });
    let point = network.parameters().to_vec();

    workspace.set_random(random.clone());
    network.forward(x, &mut workspace);
    network.backward(loss, targets, &mut workspace);
    let backward = workspace.gradient().to_vec();

    let blocks = network.blocks();
    let name = |i: usize| format!("∂L/∂θ[{i}] ({})", entry(&blocks, i));
    compare("the network", &point, &backward, &name, |theta, _| {
        network.parameters_mut().copy_from_slice(theta);
        workspace.set_random(random.clone());
        loss.sum(network.forward(x, &mut workspace), targets).mean()
    })
}

/// Checks ∂L/∂θ of an expression at this θ.
pub fn plan(plan: &mut Plan<f64>, theta: &[f64]) -> Result<Report, Failure> {
    let blocks = plan.blocks().to_vec();
    let mut backward = vec![0.0; count(&blocks)];
    Objective::gradient(plan, theta, &mut backward);
    let name = |i: usize| format!("∂L/∂θ[{i}] ({})", entry(&blocks, i));
    // A θ of another length has no value, which is told as any other is.
    compare("the expression", theta, &backward, &name, |theta, _| {
        plan.loss(theta).unwrap_or(f64::NAN)
    })
}

/// The name of one entry of θ, such as `dense_2.w[0,17]`.
fn entry(blocks: &[Block], mut index: usize) -> String {
    for block in blocks {
        if index < block.len() {
            return block.entry(index);
        }
        index -= block.len();
    }
    format!("{index}")
}

/// Compares a gradient with the difference quotients of `objective(point, i)`, where i is the coordinate
/// that was moved.
fn compare(
    what: &str,
    point: &[f64],
    backward: &[f64],
    name: &dyn Fn(usize) -> String,
    mut objective: impl FnMut(&[f64], usize) -> f64,
) -> Result<Report, Failure> {
    let largest = backward.iter().fold(0.0f64, |largest, g| largest.max(g.abs()));
    let mut report =
        Report { checked: backward.len(), kinks: 0, worst: None, relative_errors: Vec::new() };
    let (mut wrong, mut any_slope) = (0, false);
    let mut moved = point.to_vec();
    for (i, &g) in backward.iter().enumerate() {
        let mut at = |v: f64| {
            moved[i] = v;
            let value = objective(&moved, i);
            moved[i] = point[i];
            value
        };
        let (numerical, relative_error) = closest_quotient(g, largest, point[i], &mut at);
        if !numerical.is_finite() || !g.is_finite() {
            return Err(Failure::NotFinite { name: name(i), backward: g, numerical });
        }
        any_slope |= g != 0.0 || numerical.abs() > TOLERANCE;
        if relative_error > TOLERANCE {
            if is_between_the_slopes_of_a_kink(g, point[i], &mut at) {
                report.kinks += 1;
                report.relative_errors.push(None);
                continue;
            }
            wrong += 1;
        }
        report.relative_errors.push(Some(relative_error));
        if report.worst.as_ref().is_none_or(|worst| relative_error > worst.relative_error) {
            let entry = Entry { name: name(i), backward: g, numerical, relative_error };
            report.worst = Some(entry);
        }
    }
    match report.worst {
        Some(worst) if wrong > 0 => Err(Failure::Wrong { worst, wrong, checked: report.checked }),
        _ if !any_slope => Err(Failure::AllZero { what: what.to_owned() }),
        _ => Ok(report),
    }
}

/// The difference quotient that agrees best with the backward pass, and its relative error.
fn closest_quotient(g: f64, largest: f64, v: f64, at: &mut dyn FnMut(f64) -> f64) -> (f64, f64) {
    let mut closest = (f64::NAN, f64::INFINITY);
    for h in [1e-3, 1e-4, 1e-5] {
        let h = h * v.abs().max(1.0);
        let near = at(v + h) - at(v - h);
        let far = at(v + 2.0 * h) - at(v - 2.0 * h);
        let numerical = (8.0 * near - far) / (12.0 * h);
        let scale = g.abs().max(numerical.abs()).max(1e-3 * largest).max(f64::MIN_POSITIVE);
        let error = (g - numerical).abs() / scale;
        if closest.0.is_nan() || error < closest.1 {
            closest = (numerical, error);
        }
        if closest.1 <= TOLERANCE * 1e-2 {
            break;
        }
    }
    closest
}

/// Whether the slopes to the left and to the right stay apart however near one looks, and g is one of
/// them or lies between.
fn is_between_the_slopes_of_a_kink(g: f64, v: f64, at: &mut dyn FnMut(f64) -> f64) -> bool {
    let center = at(v);
    let mut slopes = |h: f64| ((center - at(v - h)) / h, (at(v + h) - center) / h);
    let (near, nearer) = (slopes(1e-6), slopes(1e-7));
    let (gap, closer_gap) = ((near.1 - near.0).abs(), (nearer.1 - nearer.0).abs());
    // Where the function is smooth, the gap shrinks with the distance.
    let is_kink = gap > 1e-4 && closer_gap > 0.5 * gap;
    let (low, high) = (nearer.0.min(nearer.1), nearer.0.max(nearer.1));
    is_kink && g >= low - 1e-3 * gap && g <= high + 1e-3 * gap
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Identity, Relu, Tanh};
    use crate::loss::MeanSquaredError;
    use ndarray::array;

    #[derive(Debug)]
    struct Wrong;

    /// The lesson's slip: y(1 − y) applied to the input.
    impl Activation<f64> for Wrong {
        fn name(&self) -> &str {
            "wrong_sigmoid"
        }
        fn value(&self, x: f64) -> f64 {
            1.0 / (1.0 + (-x).exp())
        }
        fn derivative(&self, x: f64, _: f64) -> f64 {
            x * (1.0 - x)
        }
    }

    #[test]
    fn a_wrong_derivative_is_named() {
        let failure = activation(&Wrong).unwrap_err();
        let Failure::Wrong { worst, wrong, checked } = failure else { panic!("{failure}") };
        assert!(worst.name.starts_with("∂y/∂x at x = ") && worst.name.ends_with("wrong_sigmoid"));
        assert!(wrong > checked / 2);
    }

    #[derive(Debug)]
    struct Flat;

    impl Activation<f64> for Flat {
        fn name(&self) -> &str {
            "flat"
        }
        fn value(&self, _: f64) -> f64 {
            1.0
        }
        fn derivative(&self, _: f64, _: f64) -> f64 {
            0.0
        }
    }

    #[test]
    fn a_check_that_proves_nothing_is_refused() {
        assert_eq!(activation(&Flat), Err(Failure::AllZero { what: "flat".to_owned() }));
    }

    #[test]
    fn an_all_zero_gradient_of_a_function_with_slope_is_wrong() {
        #[derive(Debug)]
        struct Forgotten;
        impl Activation<f64> for Forgotten {
            fn name(&self) -> &str {
                "forgotten"
            }
            fn value(&self, x: f64) -> f64 {
                x
            }
            fn derivative(&self, _: f64, _: f64) -> f64 {
                0.0
            }
        }
        assert!(matches!(activation(&Forgotten), Err(Failure::Wrong { .. })));
    }

    #[test]
    fn kinks_are_recognised_and_counted() {
        // Zero biases and an input of zero put every hinge of the layer on the sample.
        let mut net = Network::builder(1).dense(5, Relu).dense(1, Identity).build(3).unwrap();
        net.parameters_mut()[5..10].fill(0.0);
        let target = array![[1.0], [2.0]];
        let x = array![[0.0], [1.0]];
        let report = network(&net, &MeanSquaredError, x.view(), target.view().into()).unwrap();
        assert!(report.kinks > 0 && report.kinks < report.checked, "{report:?}");
    }

    #[test]
    fn the_worst_entry_has_a_name() {
        let net = Network::builder(2).dense(3, Tanh).dense(1, Identity).build(3).unwrap();
        let (x, t) = (array![[0.3, -0.2], [1.0, 0.5]], array![[1.0], [2.0]]);
        let report = network(&net, &MeanSquaredError, x.view(), t.view().into()).unwrap();
        assert!(report.worst.unwrap().name.starts_with("∂L/∂θ["));
        assert_eq!(entry(&net.blocks(), 4), "dense_1.w[1,1]");
        assert_eq!(entry(&net.blocks(), 9), "dense_2.w[0,0]");
    }
}
