use crate::{
    Network, Real,
    data::Dataset,
    layer::Layer,
    loss::{Loss, Sum, Targets},
    network::Workspace,
    random::{Purpose, Random},
};
use ndarray::{Array1, Array2, s};

/// A batch in row shards, each with memory of its own.
pub(super) struct Shards<T> {
    shards: Vec<Shard<T>>,
    batch_size: usize,
    rows: usize,
    sum: Vec<T>,
}

/// Some rows of a batch.
struct Shard<T> {
    workspace: Workspace<T>,
    targets: Array2<T>,
    weights: Option<Array1<T>>,
}

/// Rows of a shard: enough of them to fill the registers many times, few enough for their activations
/// to stay in the second-level cache.
const SHARD_ROWS: usize = 256;

impl<T: Real> Shards<T> {
    pub(super) fn new(network: &Network<T>, data: &Dataset<T>, batch: usize, seed: u64) -> Self {
        let rows = if network.layer().couples_rows() { batch } else { batch.min(SHARD_ROWS) };
        let targets = data.targets();
        let shard = |shard: usize| {
            let mut workspace = network.workspace(rows);
            workspace.set_random(Random::new(seed, Purpose::Dropout { shard: shard as u32 }));
            Shard {
                workspace,
                targets: Array2::zeros((rows, targets.values.ncols())),
                weights: targets.weights.map(|_| Array1::zeros(rows)),
            }
        };
        Self {
            shards: (0..batch.div_ceil(rows)).map(shard).collect(),
            batch_size: batch,
            rows,
            sum: vec![T::zero(); network.parameters().len()],
        }
    }

    pub(super) fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// The gradient of the last batch, to be changed and stepped along.
    pub(super) fn sum_mut(&mut self) -> &mut [T] {
        &mut self.sum
    }

    /// Computes the gradient of the mean loss over these samples; returns their loss.
    pub(super) fn gradient(
        &mut self,
        network: &mut Network<T>,
        data: &Dataset<T>,
        samples: &[usize],
        loss: &dyn Loss<T>,
    ) -> Sum {
        let parts = samples.chunks(self.rows);
        let mut divisor = 0.0;
        for (shard, samples) in self.shards.iter_mut().zip(parts.clone()) {
            shard.gather(data, samples);
            divisor += loss.divisor(shard.targets(samples.len()));
        }
        // A batch whose samples all weigh 0 teaches nothing.
        let divisor = if divisor > 0.0 { divisor } else { 1.0 };

        let mut total = Sum::default();
        self.sum.fill(T::zero());
        for (shard, samples) in self.shards.iter_mut().zip(parts) {
            total += shard.gradient(network, samples.len(), loss, divisor);
            for (sum, &g) in self.sum.iter_mut().zip(shard.workspace.gradient()) {
                *sum += g;
            }
        }
        total
    }
}

impl<T: Real> Shard<T> {
    fn gather(&mut self, data: &Dataset<T>, samples: &[usize]) {
        let (from, targets) = (data.x(), data.targets());
        let mut x = self.workspace.inputs_mut(samples.len());
        for (i, &sample) in samples.iter().enumerate() {
            x.row_mut(i).assign(&from.row(sample));
            self.targets.row_mut(i).assign(&targets.values.row(sample));
            if let (Some(weights), Some(from)) = (&mut self.weights, targets.weights) {
                weights[i] = from[sample];
            }
        }
    }

    fn targets(&self, rows: usize) -> Targets<'_, T> {
        Targets {
            values: self.targets.slice(s![..rows, ..]),
            weights: self.weights.as_ref().map(|weights| weights.slice(s![..rows])),
        }
    }

    fn gradient(
        &mut self,
        network: &mut Network<T>,
        rows: usize,
        loss: &dyn Loss<T>,
        divisor: f64,
    ) -> Sum {
        let (layer, theta, statistics) = network.parts_mut();
        self.workspace.forward_inputs(layer, theta, statistics);
        let targets = Targets {
            values: self.targets.slice(s![..rows, ..]),
            weights: self.weights.as_ref().map(|weights| weights.slice(s![..rows])),
        };
        let sum = self.workspace.loss(loss, targets);
        self.workspace.backward(layer, theta, loss, targets, divisor);
        sum
    }
}
