use super::{Block, Layer, Memory, Mode, Pass, Remembered, normalization};
use crate::{Real, random::Random};
use ndarray::{ArrayView2, ArrayViewMut2};

/// Layer normalisation: each *row* is shifted and scaled to mean 0 and variance 1, then
/// y = gain · x̂ + bias with learned gain and bias (Ba et al., arXiv 1607.06450).
#[derive(Clone, Debug)]
pub struct LayerNorm {
    features: usize,
    epsilon: f64,
}

impl LayerNorm {
    /// A layer for this many features, with ε = 10⁻⁵ under the root.
    pub fn new(features: usize) -> Self {
        Self { features, epsilon: 1e-5 }
    }

    /// Another ε.
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }
}

impl<T: Real> Layer<T> for LayerNorm {
    fn name(&self) -> String {
        "layer_norm".to_owned()
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

    fn initialize(&self, theta: &mut [T], _: &mut [T], _: &mut Random) {
        normalization::initialize(theta);
    }

    /// x̂ [rows × features] and 1/√(variance + ε) for each row.
    fn memory(&self, rows: usize) -> Memory<T> {
        Memory::numbers(rows * self.features + rows)
    }

    fn remembered(&self, rows: usize) -> Vec<Remembered> {
        let n = self.features;
        vec![
            Remembered::new("x_hat", [rows, n], 0),
            Remembered::new("inverse_deviation", [rows], rows * n),
        ]
    }

    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        _: Mode<T>,
    ) {
        let (gain, bias) = theta.split_at(self.features);
        let (x_hat, inverse) = memory.numbers.split_at_mut(x.len());
        let rows = x.outer_iter().zip(y.outer_iter_mut());
        for (((x, mut y), x_hat), inverse) in
            rows.zip(x_hat.chunks_exact_mut(self.features)).zip(inverse)
        {
            let (mean, variance) = normalization::moments(x.iter().copied());
            *inverse = (variance + T::of(self.epsilon)).sqrt().recip();
            for i in 0..self.features {
                x_hat[i] = (x[i] - mean) * *inverse;
                y[i] = gain[i] * x_hat[i] + bias[i];
            }
        }
    }

    /// > d_gain = Σ dy · x̂, d_bias = Σ dy over the rows; dx̂ = gain · dy, and within a row
    /// > dx = (dx̂ − mean(dx̂) − x̂ · mean(dx̂ · x̂)) / √(variance + ε)
    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        let n = self.features;
        let gain = &pass.theta[..n];
        let (d_gain, d_bias) = d_theta.split_at_mut(n);
        let (x_hat, inverse) = memory.numbers.split_at(pass.x.len());
        for (row, dy) in dy.outer_iter().enumerate() {
            let x_hat = &x_hat[row * n..][..n];
            for i in 0..n {
                d_gain[i] += dy[i] * x_hat[i];
                d_bias[i] += dy[i];
            }
            if let Some(dx) = &mut dx {
                let hat = |i: usize| (x_hat[i], gain[i] * dy[i]);
                let d = normalization::backward_of_group(n, inverse[row], hat);
                dx.row_mut(row).iter_mut().enumerate().for_each(|(i, dx)| *dx = d(i));
            }
        }
    }
}
