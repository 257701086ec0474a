//! Losses: how wrong one sample's prediction is, each beside its gradient.
//!
//! A [`Loss`] knows a single sample: ℓ(y, t) of its prediction y and target t, and ∂ℓ/∂y. The loss of a
//! batch is the weighted mean
//!
//! > L = Σᵢ wᵢ ℓ(yᵢ, tᵢ) / Σᵢ wᵢ
//!
//! with all wᵢ = 1 where no sample weights are given, and
//!
//! > ∂L/∂yᵢ = wᵢ · ∂ℓ/∂yᵢ / Σⱼ wⱼ
//!
//! That division happens here and nowhere else. So the gradients of parts of a batch can simply be
//! summed, over blocks of rows as over processes.
//!
//! A sample with several outputs has the mean of their losses.
//!
//! To add your own, implement [`Loss`] (two formulas) and prove it with
//! [`gradient_check::loss`](crate::gradient_check::loss); or write its [`Formula`] alone, which differentiates itself.

mod binary_cross_entropy;
mod cross_entropy;
mod formula;
mod gaussian;
mod huber;
mod log_cosh;
mod mean_absolute_error;
mod mean_squared_error;
mod poisson;
mod quantile;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use cross_entropy::{CrossEntropy, softmax};
pub use formula::Formula;
pub use gaussian::Gaussian;
pub use huber::Huber;
pub use log_cosh::LogCosh;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_squared_error::MeanSquaredError;
pub use poisson::Poisson;
pub use quantile::Quantile;

use crate::{
    Real,
    error::{Error, expect},
    kernel,
};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2, s};
use std::{fmt::Debug, ops::Range};

/// The loss of one sample, ℓ(y, t), with its gradient.
///
/// `y` holds the network's outputs for the sample, `target` the columns of its target.
pub trait Loss<T: Real>: Debug + Send + Sync {
    /// The name in summaries, on the command line and in files: lower case with underscores.
    fn name(&self) -> &str;

    /// ℓ(y, t).
    fn value(&self, y: &[T], target: &[T]) -> T;

    /// Writes ∂ℓ/∂y to `dy`, which is as long as `y`.
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]);

    /// How many outputs a network needs for targets of this many columns; `None` if any number will do.
    fn outputs(&self, targets: usize) -> Option<usize> {
        Some(targets)
    }

    /// Says what is wrong with a target, if anything is (`outputs` is the width of the network's output).
    fn check_target(&self, target: &[T], outputs: usize) -> Result<(), String> {
        let _ = (target, outputs);
        Ok(())
    }

    /// What a sample with this target adds to the divisor of the mean: 1, unless the loss itself weighs
    /// samples, such as [`CrossEntropy`] with class weights.
    fn share(&self, target: &[T]) -> T {
        let _ = target;
        T::one()
    }

    /// The sum over a batch and what it is to be divided by.
    ///
    /// Shapes: `y` [samples × outputs], `targets.values` [samples × target columns].
    fn sum(&self, y: ArrayView2<T>, targets: Targets<T>) -> Sum {
        let (outputs, columns) = (y.ncols(), targets.values.ncols());
        let (y, t) = (slice(&y), slice(&targets.values));
        if let (1, 1, None) = (outputs, columns, targets.weights) {
            // The most common case, as vectors.
            let loss = kernel::sum(y, t, |y, t| self.value(&[y], &[t]).f64());
            let weight = kernel::sum(t, t, |t, _| self.share(&[t]).f64());
            return Sum { loss, weight };
        }
        let mut sum = Sum::default();
        for (i, (y, t)) in y.chunks_exact(outputs).zip(t.chunks_exact(columns.max(1))).enumerate() {
            let weight = targets.weight(i).f64();
            if weight == 0.0 {
                continue; // also where its loss is infinite
            }
            sum.loss += weight * self.value(y, t).f64();
            sum.weight += weight * self.share(t).f64();
        }
        sum
    }

    /// Whether ℓ is the mean of (y − t)² over the outputs, so that solvers of least squares can minimise it.
    fn is_squared_error(&self) -> bool {
        false
    }

    /// The divisor of the mean alone: Σᵢ wᵢ.
    fn divisor(&self, targets: Targets<T>) -> f64 {
        let (columns, t) = (targets.values.ncols(), slice(&targets.values));
        if let (1, None) = (columns, targets.weights) {
            return kernel::sum(t, t, |t, _| self.share(&[t]).f64());
        }
        let shares = t.chunks_exact(columns.max(1)).enumerate();
        shares.map(|(i, t)| (targets.weight(i) * self.share(t)).f64()).sum()
    }

    /// Writes ∂L/∂y = wᵢ · ∂ℓ/∂y / divisor to `dy` [samples × outputs].
    fn batch_gradient(
        &self,
        y: ArrayView2<T>,
        targets: Targets<T>,
        divisor: f64,
        mut dy: ArrayViewMut2<T>,
    ) {
        let (outputs, columns) = (y.ncols(), targets.values.ncols());
        let (y, t) = (slice(&y), slice(&targets.values));
        let dy = dy.as_slice_mut().expect(STANDARD_LAYOUT);
        if let (1, 1, None) = (outputs, columns, targets.weights) {
            // The most common case, as vectors.
            let scale = T::of(1.0 / divisor);
            return kernel::zip(y, t, dy, |y, t| {
                let mut dy = [T::zero()];
                self.gradient(&[y], &[t], &mut dy);
                scale * dy[0]
            });
        }
        let rows = y.chunks_exact(outputs).zip(t.chunks_exact(columns.max(1)));
        for (i, ((y, t), dy)) in rows.zip(dy.chunks_exact_mut(outputs)).enumerate() {
            let scale = T::of(targets.weight(i).f64() / divisor);
            if scale == T::zero() {
                dy.fill(T::zero());
                continue;
            }
            self.gradient(y, t, dy);
            for dy in dy {
                *dy *= scale;
            }
        }
    }

    /// The [`sum`](Self::sum) and the [`batch_gradient`](Self::batch_gradient) at once, for a loss where they share
    /// work.
    fn sum_and_gradient(
        &self,
        y: ArrayView2<T>,
        targets: Targets<T>,
        divisor: f64,
        dy: ArrayViewMut2<T>,
    ) -> Sum {
        self.batch_gradient(y, targets, divisor, dy);
        self.sum(y, targets)
    }
}

/// The targets of a batch with the weights of its samples.
#[derive(Clone, Copy, Debug)]
pub struct Targets<'a, T> {
    /// [samples × target columns], in standard layout.
    pub values: ArrayView2<'a, T>,
    /// One weight for each sample; without them, every sample weighs 1.
    pub weights: Option<ArrayView1<'a, T>>,
}

impl<T: Real> Targets<'_, T> {
    /// Those of some of the samples.
    pub(crate) fn rows(&self, rows: Range<usize>) -> Targets<'_, T> {
        Targets {
            values: self.values.slice_move(s![rows.clone(), ..]),
            weights: self.weights.map(|weights| weights.slice_move(s![rows])),
        }
    }

    fn weight(&self, sample: usize) -> T {
        self.weights.map_or(T::one(), |weights| weights[sample])
    }
}

impl<'a, T> From<ArrayView2<'a, T>> for Targets<'a, T> {
    fn from(values: ArrayView2<'a, T>) -> Self {
        Self { values, weights: None }
    }
}

/// A sum of losses beside the sum of the weights: their quotient is the mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// Σᵢ wᵢ ℓᵢ
    pub loss: f64,
    /// Σᵢ wᵢ
    pub weight: f64,
}

impl Sum {
    /// The mean loss: NaN for no samples.
    pub fn mean(self) -> f64 {
        self.loss / self.weight
    }
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.loss += other.loss;
        self.weight += other.weight;
    }
}

/// Checks once, before a training, that the loss can be computed for these outputs and targets.
pub(crate) fn check<T: Real>(
    loss: &dyn Loss<T>,
    outputs: usize,
    targets: Targets<T>,
) -> Result<(), Error> {
    if let Some(expected) = loss.outputs(targets.values.ncols()) {
        expect(&format!("outputs of the network for the loss {}", loss.name()), expected, outputs)?;
    }
    for (i, target) in targets.values.outer_iter().enumerate() {
        loss.check_target(row(&target), outputs).map_err(|reason| Error::Target {
            loss: loss.name().to_owned(),
            row: i,
            reason,
        })?;
    }
    Ok(())
}

const STANDARD_LAYOUT: &str = "arrays of the engine are row-major and contiguous";

fn slice<'a, T>(array: &'a ArrayView2<T>) -> &'a [T] {
    array.as_slice().expect(STANDARD_LAYOUT)
}

fn row<'a, T>(row: &'a ArrayView1<T>) -> &'a [T] {
    row.as_slice().expect(STANDARD_LAYOUT)
}

/// The mean of `f(y, t)` over the outputs of one sample.
#[inline(always)]
fn mean<T: Real>(y: &[T], target: &[T], f: impl Fn(T, T) -> T) -> T {
    let mut sum = T::zero();
    for (&y, &t) in y.iter().zip(target) {
        sum += f(y, t);
    }
    sum / T::of(y.len() as f64)
}

/// The gradient of [`mean`], where `f` is now the derivative by y.
#[inline(always)]
fn mean_gradient<T: Real>(y: &[T], target: &[T], dy: &mut [T], f: impl Fn(T, T) -> T) {
    let n = T::of(y.len() as f64);
    for ((dy, &y), &t) in dy.iter_mut().zip(y).zip(target) {
        *dy = f(y, t) / n;
    }
}
