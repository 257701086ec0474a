//! A network on its data as a problem for the solvers.
//!
//! The samples go through the network in shards, whose cuts depend on their number and the network alone.

use crate::{
    Network, Real,
    data::Dataset,
    layer::{Layer, Memory, Mode, Pass, Sequential, matrix, matrix_mut},
    loss::{Loss, Targets},
    network::Workspace,
    random::{Purpose, Random},
    solver::{LeastSquares, Objective},
};
use ndarray::s;
use std::{ops::Range, sync::Arc};

/// Residuals of a shard: enough of them to fill the registers many times, few enough for a shard of the
/// Jacobian to stay in the cache where the network is small.
const SHARD: usize = 256;

/// The errors of a network on its data: the residuals of [`LeastSquares`].
///
/// > rᵢₖ = √(wᵢ / (K Σw)) (yᵢₖ − tᵢₖ) for sample i with weight wᵢ and output k of K,
///
/// so that Σ r² is the mean squared error; to that comes λ₂/2 Σw² over the weights.
#[derive(Debug)]
pub struct Residuals<'a, T> {
    layer: Arc<Sequential<T>>,
    data: &'a Dataset<T>,
    /// √(wᵢ / (K Σw)).
    scales: Vec<T>,
    rows_of_shard: usize,
    /// How many residuals each shard has.
    shards: Vec<usize>,
    ridge: Option<Vec<f64>>,
    theta: Vec<T>,
    y: Vec<T>,
    dy: Vec<T>,
    memory: Memory<T>,
    random: Random,
    /// ∂y/∂θ of one output [rows × parameters].
    jacobian: Vec<T>,
}

impl<'a, T: Real> Residuals<'a, T> {
    /// Of this network on these data, with the penalty λ₂ on its weights.
    ///
    /// # Panics
    ///
    /// If the data do not have as many columns as the network has inputs and outputs.
    pub fn new(network: &Network<T>, data: &'a Dataset<T>, l2: f64) -> Self {
        let (samples, outputs) = (data.len(), network.outputs());
        assert_eq!(data.x().ncols(), network.inputs(), "columns of the inputs");
        assert_eq!(data.targets().values.ncols(), outputs, "columns of the targets");
        let rows = Self::rows_of_shard(samples, outputs);
        let parameters = network.parameters().len();
        let weights = data.targets().weights;
        let sum = weights.map_or(samples as f64, |weights| weights.iter().map(|w| w.f64()).sum());
        let scale = |i: usize| {
            let weight = weights.map_or(1.0, |weights| weights[i].f64());
            T::of((weight / (outputs as f64 * sum)).sqrt())
        };
        let ridge = (l2 > 0.0).then(|| {
            let mut ridge = vec![0.0; parameters];
            network.weight_ranges().into_iter().for_each(|range| ridge[range].fill(0.5 * l2));
            ridge
        });
        Self {
            layer: network.shared_layer(),
            data,
            scales: (0..samples).map(scale).collect(),
            rows_of_shard: rows,
            shards: (0..samples)
                .step_by(rows)
                .map(|start| rows.min(samples - start) * outputs)
                .collect(),
            ridge,
            theta: vec![T::zero(); parameters],
            y: vec![T::zero(); rows * outputs],
            dy: vec![T::zero(); rows * outputs],
            memory: network.layer().memory(rows),
            random: Random::new(0, Purpose::Dropout { shard: 0 }),
            jacobian: vec![T::zero(); rows * parameters],
        }
    }

    /// Samples in a shard.
    pub(super) fn rows_of_shard(samples: usize, outputs: usize) -> usize {
        (SHARD / outputs).clamp(1, samples.max(1))
    }

    fn rows(&self, shard: usize) -> Range<usize> {
        let start = shard * self.rows_of_shard;
        start..self.data.len().min(start + self.rows_of_shard)
    }

    /// Computes the outputs of a shard and writes its residuals, one output after the other.
    fn forward(&mut self, theta: &[f64], shard: usize, r: &mut [f64]) {
        let rows = self.rows(shard);
        let (count, outputs) = (rows.len(), self.layer.outputs());
        round(theta, &mut self.theta);
        let x = self.data.x().slice_move(s![rows.clone(), ..]);
        let mode = Mode::Train { random: &mut self.random, statistics: &mut [] };
        let y = matrix_mut(&mut self.y, count, outputs);
        self.layer.forward(&self.theta, x, y, &mut self.memory, mode);
        let targets = self.data.targets().values;
        for k in 0..outputs {
            for (i, r) in r[k * count..][..count].iter_mut().enumerate() {
                let error = self.y[i * outputs + k] - targets[[rows.start + i, k]];
                *r = (self.scales[rows.start + i] * error).f64();
            }
        }
    }
}

impl<T: Real> LeastSquares for Residuals<'_, T> {
    fn parameters(&self) -> usize {
        self.theta.len()
    }

    fn shards(&self) -> &[usize] {
        &self.shards
    }

    fn residuals(&mut self, theta: &[f64], shard: usize, r: &mut [f64]) {
        self.forward(theta, shard, r);
    }

    /// ∂rᵢₖ/∂θ is the backward pass of row i for ∂L/∂y = √(wᵢ / (K Σw)) at output k, and 0 at the others.
    fn jacobian(&mut self, theta: &[f64], shard: usize, r: &mut [f64], jacobian: &mut [f64]) {
        self.forward(theta, shard, r);
        let rows = self.rows(shard);
        let (count, outputs, parameters) = (rows.len(), self.layer.outputs(), self.theta.len());
        for k in 0..outputs {
            let mut dy = matrix_mut(&mut self.dy, count, outputs);
            dy.fill(T::zero());
            for (i, dy) in dy.column_mut(k).iter_mut().enumerate() {
                *dy = self.scales[rows.start + i];
            }
            let pass = Pass {
                theta: &self.theta,
                x: self.data.x().slice_move(s![rows.clone(), ..]),
                y: matrix(&self.y, count, outputs),
            };
            let by_row = matrix_mut(&mut self.jacobian, count, parameters);
            self.layer.backward_by_row(pass, dy.view(), None, by_row, &mut self.memory);
            let part = &mut jacobian[k * count * parameters..][..count * parameters];
            for (to, from) in part.iter_mut().zip(&self.jacobian) {
                *to = from.f64();
            }
        }
    }

    fn ridge(&self) -> Option<&[f64]> {
        self.ridge.as_deref()
    }
}

/// The mean loss of a network over its data, and λ₂/2 Σw² over the weights: an [`Objective`].
#[derive(Debug)]
pub struct MeanLoss<'a, T> {
    network: Network<T>,
    loss: Arc<dyn Loss<T>>,
    data: &'a Dataset<T>,
    /// Σ of the losses' divisors over all samples.
    divisor: f64,
    l2: f64,
    weights: Vec<Range<usize>>,
    rows_of_shard: usize,
    workspace: Workspace<T>,
}

impl<'a, T: Real> MeanLoss<'a, T> {
    /// Of this network on these data, with the penalty λ₂ on its weights.
    pub fn new(
        network: &Network<T>,
        loss: Arc<dyn Loss<T>>,
        data: &'a Dataset<T>,
        l2: f64,
    ) -> Self {
        let rows = SHARD.min(data.len());
        let divisor = loss.divisor(data.targets());
        Self {
            divisor: if divisor > 0.0 { divisor } else { 1.0 },
            l2,
            weights: network.weight_ranges(),
            rows_of_shard: rows,
            workspace: network.workspace(rows),
            network: network.clone(),
            loss,
            data,
        }
    }
}

impl<T: Real> Objective for MeanLoss<'_, T> {
    fn parameters(&self) -> usize {
        self.network.parameters().len()
    }

    fn gradient(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        round(theta, self.network.parameters_mut());
        gradient.fill(0.0);
        let mut value = 0.0;
        for start in (0..self.data.len()).step_by(self.rows_of_shard) {
            let rows = start..self.data.len().min(start + self.rows_of_shard);
            let targets = self.data.targets();
            let targets: Targets<T> = targets.rows(rows.clone());
            let x = self.data.x().slice_move(s![rows, ..]);
            self.network.forward(x, &mut self.workspace);
            let (layer, theta, _) = self.network.parts_mut();
            let (loss, divisor, workspace) = (&*self.loss, self.divisor, &mut self.workspace);
            value += workspace.loss_and_backward(layer, theta, loss, targets, divisor, true).loss;
            for (sum, g) in gradient.iter_mut().zip(self.workspace.gradient()) {
                *sum += g.f64();
            }
        }
        value /= self.divisor;
        if self.l2 > 0.0 {
            for i in self.weights.iter().cloned().flatten() {
                value += 0.5 * self.l2 * theta[i] * theta[i];
                gradient[i] += self.l2 * theta[i];
            }
        }
        value
    }
}

/// θ of a solver as the numbers of a network.
pub(super) fn round<T: Real>(theta: &[f64], numbers: &mut [T]) {
    for (number, theta) in numbers.iter_mut().zip(theta) {
        *number = T::of(*theta);
    }
}
