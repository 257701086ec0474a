use crate::{
    Network, Real,
    data::Dataset,
    kernel,
    layer::Layer,
    loss::{Loss, Sum, Targets},
    network::Workspace,
    random::{Purpose, Random},
};
use ndarray::{Array1, Array2, s};

/// The gradient of a batch. The batch goes through the network some rows at a time, in memory that was planned once
/// and that stays in the cache.
pub(super) struct Batch<T> {
    workspace: Workspace<T>,
    targets: Array2<T>,
    weights: Option<Array1<T>>,
    size: usize,
    /// Rows at a time.
    rows: usize,
    /// The divisor of a batch that is all of the data in one block: it has been gathered and stays as it is.
    whole: Option<f64>,
}

/// Enough rows to fill the registers many times, few enough for their activations to stay in the second-level cache.
const MOST_ROWS: usize = 256;

impl<T: Real> Batch<T> {
    pub(super) fn new(network: &Network<T>, data: &Dataset<T>, size: usize, seed: u64) -> Self {
        let rows = if network.layer().couples_rows() { size } else { size.min(MOST_ROWS) };
        let mut workspace = network.workspace(rows);
        workspace.set_random(Random::new(seed, Purpose::Dropout { shard: 0 }));
        Self {
            workspace,
            targets: Array2::zeros((rows, data.targets().values.ncols())),
            weights: data.targets().weights.map(|_| Array1::zeros(rows)),
            size,
            rows,
            whole: None,
        }
    }

    /// Samples in a batch.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The gradient of the last batch, to be changed and stepped along.
    pub(super) fn gradient_mut(&mut self) -> &mut [T] {
        self.workspace.gradient_mut()
    }

    /// Where the stream stands that dropout draws from.
    pub(super) fn dropout_position(&self) -> u64 {
        self.workspace.random().position()
    }

    /// Goes there.
    pub(super) fn set_dropout_position(&mut self, position: u64) {
        let mut random = self.workspace.random().clone();
        random.set_position(position);
        self.workspace.set_random(random);
    }

    /// Computes the gradient of the mean loss over these samples; returns their loss.
    pub(super) fn gradient(
        &mut self,
        network: &mut Network<T>,
        data: &Dataset<T>,
        samples: &[usize],
        loss: &dyn Loss<T>,
    ) -> Sum {
        let divisor = self.whole.unwrap_or_else(|| self.divisor(data, samples, loss));
        let (layer, theta, statistics) = network.parts_mut();
        let mut total = Sum::default();
        for (i, part) in samples.chunks(self.rows).enumerate() {
            if self.whole.is_none() {
                if samples.len() > self.rows {
                    self.gather_targets(data, part);
                }
                let mut x = self.workspace.inputs_mut(part.len());
                let x = x.as_slice_mut().expect(ROWS);
                kernel::gather(data.x().as_slice().expect(ROWS), part, x);
            }
            self.workspace.forward_inputs(layer, theta, statistics);
            let targets = Targets {
                values: self.targets.slice(s![..part.len(), ..]),
                weights: self.weights.as_ref().map(|weights| weights.slice(s![..part.len()])),
            };
            let workspace = &mut self.workspace;
            total += workspace.loss_and_backward(layer, theta, loss, targets, divisor, i == 0);
        }
        if samples.len() == data.len() && samples.len() == self.rows {
            self.whole = Some(divisor);
        }
        total
    }

    /// The weight of the batch, and its targets in place if it is one block.
    fn divisor(&mut self, data: &Dataset<T>, samples: &[usize], loss: &dyn Loss<T>) -> f64 {
        let mut divisor = 0.0;
        for samples in samples.chunks(self.rows) {
            self.gather_targets(data, samples);
            divisor += loss.divisor(self.targets(samples.len()));
        }
        // A batch whose samples all weigh 0 teaches nothing.
        if divisor > 0.0 { divisor } else { 1.0 }
    }

    fn gather_targets(&mut self, data: &Dataset<T>, samples: &[usize]) {
        let from = data.targets();
        let columns = from.values.ncols();
        let targets = self.targets.as_slice_mut().expect(ROWS);
        let targets = &mut targets[..samples.len() * columns];
        kernel::gather(from.values.as_slice().expect(ROWS), samples, targets);
        if let (Some(weights), Some(from)) = (&mut self.weights, from.weights) {
            for (weight, &sample) in weights.iter_mut().zip(samples) {
                *weight = from[sample];
            }
        }
    }

    fn targets(&self, rows: usize) -> Targets<'_, T> {
        Targets {
            values: self.targets.slice(s![..rows, ..]),
            weights: self.weights.as_ref().map(|weights| weights.slice(s![..rows])),
        }
    }
}

const ROWS: &str = "a dataset is row-major";
