use super::{Block, Layer, Memory, Mode, Pass, Remembered, Role, normalization};
use crate::{Real, random::Random};
use ndarray::{ArrayView2, ArrayViewMut2};

/// Batch normalisation: each *feature* is shifted and scaled to mean 0 and variance 1 over the batch, then
/// y = gain · x̂ + bias with learned gain and bias (Ioffe and Szegedy, arXiv 1502.03167).
///
/// Prediction uses running averages of the batches' means and variances instead, so that a row's
/// prediction does not depend on its batch. Each training pass moves them by the momentum m, as in
/// PyTorch: r ← (1 − m) r + m · value, with the variance estimated without bias.
#[derive(Clone, Debug)]
pub struct BatchNorm {
    features: usize,
    epsilon: f64,
    momentum: f64,
}

impl BatchNorm {
    /// A layer for this many features, with ε = 10⁻⁵ under the root and momentum 0.1.
    pub fn new(features: usize) -> Self {
        Self { features, epsilon: 1e-5, momentum: 0.1 }
    }

    /// Another ε.
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// Another momentum of the running averages.
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.momentum = momentum;
        self
    }
}

impl<T: Real> Layer<T> for BatchNorm {
    fn name(&self) -> String {
        "batch_norm".to_owned()
    }

    fn inputs(&self) -> usize {
        self.features
    }

    fn outputs(&self) -> usize {
        self.features
    }

    fn blocks(&self) -> Vec<Block> {
        normalization::blocks(self.features)
    }

    fn statistics(&self) -> Vec<Block> {
        vec![
            Block::new("mean", Role::Statistic, [self.features]),
            Block::new("variance", Role::Statistic, [self.features]),
        ]
    }

    fn initialize(&self, theta: &mut [T], statistics: &mut [T], _: &mut Random) {
        normalization::initialize(theta);
        let (mean, variance) = statistics.split_at_mut(self.features);
        mean.fill(T::zero());
        variance.fill(T::one());
    }

    /// 1/√(variance + ε) for each feature, whether the batch was used (one number), and x̂
    /// [rows × features].
    fn memory(&self, rows: usize) -> Memory<T> {
        Memory::numbers(self.features + 1 + rows * self.features)
    }

    fn remembered(&self, rows: usize) -> Vec<Remembered> {
        let n = self.features;
        vec![
            Remembered::new("inverse_deviation", [n], 0),
            Remembered::new("x_hat", [rows, n], n + 1),
        ]
    }

    fn couples_rows(&self) -> bool {
        true
    }

    fn predicts_as_it_trains(&self) -> bool {
        false
    }

    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        mut mode: Mode<T>,
    ) {
        let (rows, n) = x.dim();
        let (gain, bias) = theta.split_at(n);
        let (inverse, rest) = memory.numbers.split_at_mut(n);
        let (used_batch, x_hat) = rest.split_at_mut(1);
        used_batch[0] = if matches!(mode, Mode::Train { .. }) { T::one() } else { T::zero() };
        if rows == 0 {
            return; // No rows have no mean: they must not make the running averages NaN.
        }
        for j in 0..n {
            let (mean, variance) = match &mut mode {
                Mode::Predict { statistics } => (statistics[j], statistics[n + j]),
                Mode::Train { statistics, .. } => {
                    let (mean, variance) = normalization::moments(x.column(j).iter().copied());
                    let unbiased = variance * T::of(rows as f64 / (rows.max(2) - 1) as f64);
                    let m = T::of(self.momentum);
                    statistics[j] = (T::one() - m) * statistics[j] + m * mean;
                    statistics[n + j] = (T::one() - m) * statistics[n + j] + m * unbiased;
                    (mean, variance)
                }
            };
            inverse[j] = (variance + T::of(self.epsilon)).sqrt().recip();
            for i in 0..rows {
                x_hat[i * n + j] = (x[[i, j]] - mean) * inverse[j];
                y[[i, j]] = gain[j] * x_hat[i * n + j] + bias[j];
            }
        }
    }

    /// > d_gain = Σ dy · x̂, d_bias = Σ dy over the rows; dx̂ = gain · dy, and within a feature
    /// > dx = (dx̂ − mean(dx̂) − x̂ · mean(dx̂ · x̂)) / √(variance + ε)
    ///
    /// After a prediction pass the mean and the variance are constants: dx = dx̂ / √(variance + ε).
    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        let (rows, n) = pass.x.dim();
        let gain = &pass.theta[..n];
        let (d_gain, d_bias) = d_theta.split_at_mut(n);
        let (inverse, rest) = memory.numbers.split_at(n);
        let (used_batch, x_hat) = rest.split_at(1);
        for j in 0..n {
            for i in 0..rows {
                d_gain[j] += dy[[i, j]] * x_hat[i * n + j];
                d_bias[j] += dy[[i, j]];
            }
            let Some(dx) = &mut dx else { continue };
            if used_batch[0] == T::zero() {
                for i in 0..rows {
                    dx[[i, j]] = gain[j] * dy[[i, j]] * inverse[j];
                }
                continue;
            }
            let hat = |i: usize| (x_hat[i * n + j], gain[j] * dy[[i, j]]);
            let d = normalization::backward_of_group(rows, inverse[j], hat);
            dx.column_mut(j).iter_mut().enumerate().for_each(|(i, dx)| *dx = d(i));
        }
    }
}
