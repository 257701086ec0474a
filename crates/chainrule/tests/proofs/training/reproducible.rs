//! The same seeds give the same bits; other seeds do not.

use super::regression;
use crate::support::random;
use chainrule::{
    Dataset, Network, Real, Training,
    activation::{Identity, Relu, Silu, Tanh},
    loss::MeanSquaredError,
    training::History,
};
use ndarray::Array1;

/// The seeds of the network and of the training.
type Seeds = (u64, u64);

/// A training in which everything random takes part, and its bits.
fn run<T: Real>(rows: usize, batch: Option<usize>, seeds: Seeds) -> (Vec<u64>, History) {
    let mut random = random(1);
    let weights = Array1::from_shape_simple_fn(rows, || random.uniform(T::zero(), T::one()));
    let data: Dataset<T> = regression(rows).with_weights(weights).unwrap();
    let validation = regression(50);
    let builder = Network::builder(2).dense(12, Tanh).dropout(0.2).layer_norm().batch_norm();
    let mut network =
        builder.dense(9, Tanh).dropout(0.1).dense(1, Identity).build(seeds.0).unwrap();
    let training =
        Training { epochs: 6, batch_size: batch, seed: seeds.1, ..Training::new(MeanSquaredError) };
    let history = training.run(&mut network, &data, Some(&validation), &mut ()).unwrap();
    let numbers = network.parameters().iter().chain(network.statistics());
    (numbers.map(|v| v.f64().to_bits()).collect(), history)
}

fn same_seed_same_bits<T: Real>() {
    // Mini-batches with a smaller last one, and a full batch of several blocks.
    for (rows, batch) in [(100, Some(16)), (600, None)] {
        let first = run::<T>(rows, batch, (1, 2));
        for _ in 0..3 {
            assert_eq!(run::<T>(rows, batch, (1, 2)), first, "{} rows {rows}", T::NAME);
        }
        for other in [(2, 2), (1, 3)] {
            let (bits, history) = run::<T>(rows, batch, other);
            assert!(bits != first.0 && history.epochs != first.1.epochs, "seeds {other:?}");
        }
    }
}

#[test]
fn same_seed_same_bits_in_single_precision() {
    same_seed_same_bits::<f32>();
}

#[test]
fn same_seed_same_bits_in_double_precision() {
    same_seed_same_bits::<f64>();
}

/// Steps that are large enough to be shared among threads, in each of which every kernel takes part.
fn same_bits_for_any_number_of_threads<T: Real>() {
    let run = |threads| {
        let builder = Network::builder(2).dense(200, Tanh).layer_norm().dense(203, Relu);
        let builder = builder.dropout(0.1).batch_norm().dense(150, Silu);
        let mut network: Network<T> = builder.dense(1, Identity).build(1).unwrap();
        let (data, threads) = (regression(150), Some(threads));
        let training = Training {
            epochs: 2,
            batch_size: Some(64),
            threads,
            ..Training::new(MeanSquaredError)
        };
        let history = training.run(&mut network, &data, None, &mut ()).unwrap();
        let bits = network.parameters().iter().map(|v| v.f64().to_bits());
        (bits.collect::<Vec<_>>(), history)
    };
    let one = run(1);
    for threads in [2, 3, 4, 8] {
        assert!(run(threads) == one, "{} on {threads} threads", T::NAME);
    }
}

#[test]
fn same_bits_for_any_number_of_threads_in_single_precision() {
    same_bits_for_any_number_of_threads::<f32>();
}

#[test]
fn same_bits_for_any_number_of_threads_in_double_precision() {
    same_bits_for_any_number_of_threads::<f64>();
}

/// Without dropout, the seed of a full-batch training has nothing to decide; shuffling is what it decides
/// in mini-batches.
#[test]
fn the_seed_decides_the_order_of_mini_batches() {
    let run = |seed, batch_size, shuffle| {
        let training =
            Training { epochs: 3, batch_size, shuffle, seed, ..Training::new(MeanSquaredError) };
        let (mut network, data) = (super::network::<f32>(), regression(40));
        training.run(&mut network, &data, None, &mut ()).unwrap();
        network.parameters().to_vec()
    };
    assert_eq!(run(1, None, true), run(2, None, true), "full batch");
    assert_eq!(run(1, Some(10), false), run(2, Some(10), false), "in the order of the data");
    assert_ne!(run(1, Some(10), true), run(2, Some(10), true), "shuffled");
}
