//! The lesson: the numpy script's run, the lesson written from scratch, and the engine agree.

use chainrule::{
    Dataset, Network, Training,
    activation::{Identity, Relu},
    loss::MeanSquaredError,
    optimizer::{Adam, Descent},
};
use ndarray::{Array2, Axis};
use serde::Deserialize;
use std::sync::Arc;

#[path = "../examples/from_scratch.rs"]
#[allow(missing_docs, reason = "an example")]
mod from_scratch;

/// The run of the numpy script, with the parameters that its random numbers gave.
#[derive(Deserialize)]
struct Script {
    y: Vec<f64>,
    initial: Initial,
    loss_at_epochs_0_to_99: Vec<f64>,
    loss_every_100_epochs: Vec<f64>,
}

#[derive(Deserialize)]
struct Initial {
    w1: Vec<f64>,
    w2: Vec<f64>,
}

impl Script {
    fn read() -> Self {
        serde_json::from_str(include_str!("fixtures/lesson.json")).unwrap()
    }

    fn data(&self) -> (Array2<f64>, Array2<f64>) {
        let x = ndarray::Array1::linspace(-10.0, 10.0, 100).insert_axis(Axis(1));
        (x, Array2::from_shape_vec((100, 1), self.y.clone()).unwrap())
    }

    fn network(&self) -> Network<f64> {
        let mut network = Network::builder(1).dense(100, Relu).dense(1, Identity).build(0).unwrap();
        let theta = [&self.initial.w1[..], &[0.0; 100], &self.initial.w2, &[0.0]].concat();
        network.set(&theta, &[]).unwrap();
        network
    }
}

/// The script gives Adam y − t, which is n/2 times the gradient of the mean. Adam does not notice the factor
/// but for ε, so ε is scaled instead.
fn adam() -> Adam {
    Adam { epsilon: 1e-8 * 2.0 / 100.0, ..Adam::default() }
}

#[test]
fn the_engine_repeats_the_numpy_script() {
    let script = Script::read();
    let (x, t) = script.data();
    let training = Training {
        epochs: 5000,
        learning_rate: 0.01,
        optimizer: Arc::new(adam()),
        ..Training::new(MeanSquaredError)
    };
    let mut network = script.network();
    let data = Dataset::new(x, t).unwrap();
    let history = training.run(&mut network, &data, None, &mut ()).unwrap();
    let losses: Vec<f64> = history.epochs.iter().map(|epoch| epoch.training_loss).collect();

    let first = script.loss_at_epochs_0_to_99.iter().copied().enumerate();
    let hundreds = script.loss_every_100_epochs.iter().copied().enumerate();
    for (epoch, expected) in first.chain(hundreds.map(|(i, loss)| (100 * i, loss)).take(9)) {
        let error = (losses[epoch] / expected - 1.0).abs();
        assert!(error < 1e-9, "epoch {epoch}: {} instead of {expected}", losses[epoch]);
    }
    // After some 1000 epochs the run is chaotic: rounding decides which wave is learnt first, and when a loss jumps.
    let lowest = losses[4900..].iter().copied().fold(f64::INFINITY, f64::min);
    assert!(lowest < 0.05 && history.loss < 0.01, "{lowest} {}", history.loss);
}

#[test]
fn the_engine_repeats_the_lesson_written_from_scratch() {
    let script = Script::read();
    let (x, t) = script.data();
    let column = |v: &[f64], shape| Array2::from_shape_vec(shape, v.to_vec()).unwrap();
    let mut first =
        from_scratch::Linear::new(column(&script.initial.w1, (1, 100)), Array2::zeros((1, 100)));
    let mut second =
        from_scratch::Linear::new(column(&script.initial.w2, (100, 1)), Array2::zeros((1, 1)));
    let expected = from_scratch::train([&mut first, &mut second], &x, &t, 500);

    let mut network = script.network();
    let mut workspace = network.workspace(100);
    let mut descent = Descent::new(Adam::default(), network.parameters().len());
    for (epoch, expected) in expected.iter().enumerate() {
        network.forward(x.view(), &mut workspace);
        let loss = network.backward(&MeanSquaredError, t.view().into(), &mut workspace);
        descent.step(0.01, network.parameters_mut(), workspace.gradient());
        assert!((loss / expected - 1.0).abs() < 1e-10, "epoch {epoch}: {loss}, not {expected}");
    }
    let theta = first.w.iter().chain(&first.b).chain(&second.w).chain(&second.b);
    for (ours, theirs) in network.parameters().iter().zip(theta) {
        assert!((ours - theirs).abs() < 1e-9, "{ours} {theirs}");
    }
}
