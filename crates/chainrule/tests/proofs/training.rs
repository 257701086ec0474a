//! Training: reproducible, right about samples and their weights, and well-behaved however it ends.

mod checkpoints;
mod endings;
mod foreign_checkpoints;
mod reproducible;
mod samples;
mod settings;
mod steps;

use crate::support::random;
use chainrule::{
    Dataset, Network, Real, Training,
    activation::{Identity, Tanh},
    loss::MeanSquaredError,
    optimizer::Sgd,
    training::{Epoch, Observer},
};
use ndarray::Array2;
use std::{ops::ControlFlow, sync::Arc};

/// A small regression without noise: t = sin(2x₀) − x₁/2.
fn regression<T: Real>(rows: usize) -> Dataset<T> {
    let mut random = random(21);
    let x = Array2::from_shape_simple_fn((rows, 2), || random.uniform(-1.0f64, 1.0));
    let t = Array2::from_shape_fn((rows, 1), |(i, _)| (2.0 * x[[i, 0]]).sin() - 0.5 * x[[i, 1]]);
    Dataset::new(x.mapv(T::of), t.mapv(T::of)).unwrap()
}

/// A network for it.
fn network<T: Real>() -> Network<T> {
    Network::builder(2).dense(16, Tanh).dense(1, Identity).build(3).unwrap()
}

/// Gradient descent on the mean squared error.
fn descent<T: Real>(learning_rate: f64, epochs: usize) -> Training<T> {
    let optimizer = Arc::new(Sgd::default());
    Training { learning_rate, epochs, optimizer, ..Training::new(MeanSquaredError) }
}

/// Keeps the parameters after the last epoch, whether or not they are the best.
#[derive(Default)]
struct Last(Vec<f64>);

impl Observer<f64> for Last {
    fn epoch(&mut self, _: &Epoch, network: &Network<f64>) -> ControlFlow<()> {
        self.0 = network.parameters().to_vec();
        ControlFlow::Continue(())
    }
}

/// Steps in an epoch.
fn batches<T: Real>(data: &Dataset<T>, training: &Training<T>) -> usize {
    data.len().div_ceil(training.batch_size.unwrap_or(data.len()))
}
