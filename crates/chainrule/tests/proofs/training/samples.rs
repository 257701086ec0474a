//! A batch in blocks has the gradient of the whole, and a weight does what repeating a row would do.

use super::{Last, descent};
use crate::support::{assert_close, normals, outputs, random, targets, weights};
use chainrule::{
    Dataset, Network, Training,
    activation::{Identity, Tanh},
    loss::{CrossEntropy, Loss},
    table,
};
use ndarray::Array1;
use std::sync::Arc;

/// Random samples that suit a loss.
fn samples(loss: &dyn Loss<f64>, rows: usize) -> Dataset<f64> {
    let random = &mut random(31);
    Dataset::new(normals(rows, 3, random), targets(loss, rows, 2, random)).unwrap()
}

/// A network for them, with or without a layer that looks at the whole batch.
fn network_for(loss: &dyn Loss<f64>, batch_norm: bool) -> Network<f64> {
    let builder = Network::builder(3).dense(7, Tanh);
    let builder = if batch_norm { builder.batch_norm() } else { builder };
    builder.dense(outputs(loss, 2), Identity).build(5).unwrap()
}

/// The parameters after some steps of gradient descent on the full batch.
fn trained(
    network: &Network<f64>,
    loss: &Arc<dyn Loss<f64>>,
    data: &Dataset<f64>,
    steps: usize,
) -> Vec<f64> {
    let training = Training { loss: Arc::clone(loss), ..descent(STEP, steps) };
    let mut last = Last::default();
    training.run(&mut network.clone(), data, None, &mut last).unwrap();
    assert_ne!(last.0, network.parameters(), "{loss:?}");
    last.0
}

const STEP: f64 = 1e-3;

/// All losses, and the one whose divisor depends on the targets.
fn losses() -> Vec<Arc<dyn Loss<f64>>> {
    let mut losses = table::losses();
    let class_weights = CrossEntropy::default().class_weights([0.5, 2.0, 1.0, 1.5]).unwrap();
    losses.push(Arc::new(class_weights));
    losses
}

#[test]
fn blocks_have_the_gradient_of_the_whole_batch() {
    for loss in losses() {
        // Cut after 256 rows each; with batch normalisation not at all.
        for (rows, batch_norm) in
            [(255, false), (257, false), (512, false), (700, false), (700, true)]
        {
            let data = samples(&*loss, rows).with_weights(weights(rows, &mut random(2))).unwrap();
            let mut network = network_for(&*loss, batch_norm);
            let after = trained(&network, &loss, &data, 1);
            let before = network.parameters().to_vec();
            let step: Vec<f64> = before.iter().zip(&after).map(|(b, a)| (b - a) / STEP).collect();

            let mut workspace = network.workspace(rows);
            network.forward(data.x(), &mut workspace);
            network.backward(&*loss, data.targets(), &mut workspace);
            let what = format!("{loss:?}, {rows} rows, batch norm {batch_norm}");
            // θ is rounded to 10⁻¹⁶ and the step is 10⁻³ of the gradient.
            assert_close(&what, &step, workspace.gradient(), 1e-10, 1e-12);
        }
    }
}

#[test]
fn a_weight_of_k_is_k_times_the_row() {
    for loss in losses() {
        let data = samples(&*loss, 12);
        let counts = Array1::from_shape_fn(12, |i| (i % 4) as f64);
        let rows: Vec<usize> = (0..12).flat_map(|i| std::iter::repeat_n(i, i % 4)).collect();
        let repeated = data.select(&rows);
        let weighted = data.with_weights(counts).unwrap();
        let network = network_for(&*loss, false);
        let (a, b) =
            (trained(&network, &loss, &weighted, 20), trained(&network, &loss, &repeated, 20));
        assert_close(&format!("{loss:?}"), &a, &b, 1e-12, 1e-13);
    }
}

#[test]
fn a_weight_of_zero_leaves_a_sample_out() {
    for loss in losses() {
        let data = samples(&*loss, 9);
        let kept = [0, 1, 3, 4, 6, 7];
        let left_out = |i: usize| if kept.contains(&i) { 1.0 } else { 0.0 };
        let selected = data.select(&kept);
        let weighted = data.with_weights(Array1::from_shape_fn(9, left_out)).unwrap();
        let network = network_for(&*loss, false);
        let (a, b) =
            (trained(&network, &loss, &weighted, 20), trained(&network, &loss, &selected, 20));
        assert_close(&format!("{loss:?}"), &a, &b, 1e-12, 1e-13);
    }
}

#[test]
fn only_the_ratios_of_the_weights_count() {
    for loss in losses() {
        let (data, numbers) = (samples(&*loss, 9), weights(9, &mut random(1)));
        let network = network_for(&*loss, false);
        let with = |factor: f64| data.clone().with_weights(&numbers * factor).unwrap();
        let (a, b) =
            (trained(&network, &loss, &with(1.0), 20), trained(&network, &loss, &with(1e6), 20));
        assert_close(&format!("{loss:?}"), &a, &b, 1e-12, 1e-13);
    }
}

/// A mini-batch whose samples all weigh nothing has no mean loss; it is passed over.
#[test]
fn a_batch_without_weight_teaches_nothing() {
    for loss in losses() {
        let numbers = Array1::from_shape_fn(12, |i| if i < 4 { 0.0 } else { 1.0 });
        let rest: Vec<usize> = (4..12).collect();
        let data = samples(&*loss, 12);
        let selected = data.select(&rest);
        let weighted = data.with_weights(numbers).unwrap();
        let training = Training {
            loss: Arc::clone(&loss),
            batch_size: Some(4),
            shuffle: false,
            ..descent(STEP, 5)
        };
        let run = |data: &Dataset<f64>| {
            let mut network = network_for(&*loss, false);
            let history = training.run(&mut network, data, None, &mut ()).unwrap();
            let losses: Vec<f64> = history.epochs.iter().map(|epoch| epoch.training_loss).collect();
            (network.parameters().to_vec(), losses)
        };
        assert_eq!(run(&weighted), run(&selected), "{loss:?}");
    }
}

/// The loss that is reported is the mean over the samples, whatever the size of the batches.
#[test]
fn the_training_loss_is_the_mean_over_all_samples() {
    for loss in losses() {
        let data = samples(&*loss, 10).with_weights(weights(10, &mut random(1))).unwrap();
        let network = network_for(&*loss, false);
        let expected = network.evaluate(&*loss, data.x(), data.targets()).unwrap();
        for batch_size in [None, Some(3), Some(1), Some(1000)] {
            // The steps are too short to move the loss.
            let training = Training { loss: Arc::clone(&loss), batch_size, ..descent(1e-14, 1) };
            let history = training.run(&mut network.clone(), &data, None, &mut ()).unwrap();
            let reported = history.epochs[0].training_loss;
            assert_close(
                &format!("{loss:?}, {batch_size:?}"),
                [&reported],
                [&expected],
                1e-11,
                0.0,
            );
        }
    }
}
