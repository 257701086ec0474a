//! However a training ends, the network has the best parameters that were seen, the initial ones among them, and
//! all of them are finite.

use super::{batches, descent, network, regression};
use chainrule::{
    Dataset, Error, Network, Real, Training,
    activation::{Identity, Tanh},
    data::synthetic,
    initialization::{Bias, Weights},
    loss::MeanSquaredError,
    optimizer::Schedule,
    training::{EarlyStopping, Ended, Epoch, History, Observer},
};
use ndarray::{Array2, array};
use std::ops::ControlFlow;

/// Counts the steps and the epochs and stops after one of them.
struct Count {
    steps: usize,
    epochs: usize,
    last_step: usize,
    last_epoch: usize,
}

impl Count {
    fn stop_after_steps(last_step: usize) -> Self {
        Self { steps: 0, epochs: 0, last_step, last_epoch: usize::MAX }
    }

    fn stop_after_epochs(last_epoch: usize) -> Self {
        Self { steps: 0, epochs: 0, last_step: usize::MAX, last_epoch }
    }

    fn never() -> Self {
        Self::stop_after_steps(usize::MAX)
    }
}

impl<T: Real> Observer<T> for Count {
    fn epoch(&mut self, epoch: &Epoch, _: &Network<T>) -> ControlFlow<()> {
        assert_eq!(epoch.number, self.epochs);
        self.epochs += 1;
        if self.epochs == self.last_epoch {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn step(&mut self) -> ControlFlow<()> {
        self.steps += 1;
        if self.steps == self.last_step {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// What holds of every training that returned: the history speaks of the network's parameters.
fn assert_sound<T: Real>(network: &Network<T>, data: &Dataset<T>, history: &History) {
    assert!(network.is_finite() && history.loss.is_finite(), "{history:?}");
    let loss = network.evaluate(&MeanSquaredError, data.x(), data.targets()).unwrap();
    assert_eq!(loss, history.loss);
    assert!(history.best_epoch <= history.epochs.len(), "{history:?}");
    let numbers: Vec<usize> = history.epochs.iter().map(|epoch| epoch.number).collect();
    assert_eq!(numbers, (0..numbers.len()).collect::<Vec<_>>());
}

/// The smallest number.
fn smallest(losses: impl Iterator<Item = f64>) -> f64 {
    losses.fold(f64::INFINITY, f64::min)
}

/// Few noisy samples and many units: the network soon learns the noise.
fn overfitting() -> (Training<f64>, Network<f64>, Dataset<f64>, Dataset<f64>) {
    let data = synthetic::SINE.sample(15, 1.0, 1);
    let validation = synthetic::SINE.sample(60, 0.0, 2);
    let network = Network::builder(1).dense(40, Tanh).dense(1, Identity).build(1).unwrap();
    let training =
        Training { epochs: 5000, learning_rate: 0.02, ..Training::new(MeanSquaredError) };
    (training, network, data, validation)
}

const PATIENCE: usize = 300;

#[test]
fn early_stopping_returns_the_best_parameters() {
    let (training, mut network, data, validation) = overfitting();
    let training = Training { early_stopping: Some(EarlyStopping::after(PATIENCE)), ..training };
    let targets = validation.targets();
    let start = network.evaluate(&MeanSquaredError, validation.x(), targets).unwrap();
    let history = training.run(&mut network, &data, Some(&validation), &mut ()).unwrap();
    assert_sound(&network, &data, &history);

    let last = history.epochs.len() - 1;
    assert_eq!(history.ended, Ended::Early { epoch: last });
    assert_eq!(history.best_epoch, last - PATIENCE);
    let best = smallest(history.epochs.iter().map(|epoch| epoch.validation_loss.unwrap()));
    assert_eq!(history.validation_loss, Some(best));
    assert_eq!(network.evaluate(&MeanSquaredError, validation.x(), targets), Ok(best));
    let last = history.epochs[last].validation_loss.unwrap();
    assert!(best < 0.9 * last, "it did overfit: {best}, then {last}");
    // `improved` marks each record, and the last record is the best epoch.
    let mut record = start;
    for epoch in &history.epochs {
        assert_eq!(epoch.improved, epoch.validation_loss.unwrap() < record, "{epoch:?}");
        record = record.min(epoch.validation_loss.unwrap());
    }
    assert!(history.epochs[history.best_epoch].improved);
}

#[test]
fn early_stopping_waits_for_progress_of_the_size_asked_for() {
    let (training, mut network, data, _) = overfitting();
    for patience in [1, 4] {
        let stopping = EarlyStopping { patience, min_delta: 1e9 };
        let training = Training { early_stopping: Some(stopping), ..training.clone() };
        let history = training.run(&mut network, &data, None, &mut ()).unwrap();
        assert_eq!(history.ended, Ended::Early { epoch: patience });
        assert!(history.loss < history.epochs[0].training_loss, "small gains are kept as well");
    }
}

#[test]
fn all_epochs_or_none() {
    for batch_size in [None, Some(7)] {
        for epochs in [0, 1, 20] {
            let (mut network, data) = (network::<f32>(), regression(30));
            let before = network.parameters().to_vec();
            let training = Training { batch_size, ..descent(0.05, epochs) };
            let mut count = Count::never();
            let history = training.run(&mut network, &data, None, &mut count).unwrap();
            assert_sound(&network, &data, &history);
            assert_eq!((history.ended, history.epochs.len()), (Ended::Completed, epochs));
            assert_eq!(count.steps, epochs * batches(&data, &training));
            assert_eq!(network.parameters() == before, epochs == 0);
        }
    }
}

/// With one step in an epoch, the training loss is that of known parameters: the best of them are returned.
#[test]
fn a_full_batch_returns_the_parameters_of_the_smallest_loss() {
    let (mut network, data) = (network::<f64>(), regression(30));
    // So long steps that the loss jumps about.
    let history = descent(0.45, 60).run(&mut network, &data, None, &mut ()).unwrap();
    assert_sound(&network, &data, &history);
    let best = smallest(history.epochs.iter().map(|epoch| epoch.training_loss));
    let rises = history.epochs.windows(2).any(|pair| pair[1].training_loss > pair[0].training_loss);
    assert!(rises && history.loss <= best, "{} and {best}", history.loss);
}

#[test]
fn an_interruption_keeps_the_best_parameters() {
    for (batch_size, stop_after) in [(None, 1), (None, 9), (Some(8), 1), (Some(8), 2), (Some(8), 9)]
    {
        let (mut network, data) = (network::<f32>(), regression(30));
        let start = network.evaluate(&MeanSquaredError, data.x(), data.targets()).unwrap();
        let training = Training { batch_size, ..descent(0.05, 50) };
        let mut count = Count::stop_after_steps(stop_after);
        let history = training.run(&mut network, &data, None, &mut count).unwrap();
        assert_sound(&network, &data, &history);
        let epoch = (stop_after - 1) / batches(&data, &training);
        assert_eq!(history.ended, Ended::Interrupted { epoch });
        assert_eq!((history.epochs.len(), count.steps), (epoch, stop_after));
        assert!(history.loss < start, "what was learnt is kept: {} < {start}", history.loss);
    }
}

#[test]
fn an_interruption_between_epochs_keeps_the_epoch() {
    let (mut network, data) = (network::<f64>(), regression(30));
    let mut count = Count::stop_after_epochs(4);
    let history = descent(0.05, 50).run(&mut network, &data, None, &mut count).unwrap();
    assert_sound(&network, &data, &history);
    assert_eq!(history.ended, Ended::Interrupted { epoch: 3 });
    assert_eq!((history.epochs.len(), count.steps), (4, 4));
}

/// Interrupted right after a step into the void: the parameters before it are the best.
#[test]
fn an_interruption_while_diverging_returns_finite_parameters() {
    let (mut network, data) = (network::<f32>(), regression(30));
    let before = network.parameters().to_vec();
    let mut stop = Count::stop_after_steps(1);
    let history = descent(1e30, 50).run(&mut network, &data, None, &mut stop).unwrap();
    assert_sound(&network, &data, &history);
    assert_eq!(
        (network.parameters(), history.ended),
        (&before[..], Ended::Interrupted { epoch: 0 })
    );
}

#[test]
fn divergence_is_named_and_the_best_parameters_stay() {
    let (mut network, data) = (network::<f32>(), regression(30));
    let mut count = Count::never();
    let history = descent(1e6, 100).run(&mut network, &data, None, &mut count).unwrap();
    assert_sound(&network, &data, &history);
    let Ended::Diverged { epoch, batch: Some(0) } = history.ended else { panic!("{history:?}") };
    assert!(epoch > 0 && epoch < 100);
    assert_eq!((history.epochs.len(), count.steps), (epoch, epoch));
    assert!(history.loss <= history.epochs[0].training_loss);
}

#[test]
fn divergence_in_a_later_mini_batch_is_named() {
    let (mut network, data) = (network::<f32>(), regression(30));
    // Three good epochs, then steps a thousand million times as long.
    let schedule = Schedule::Step { every: 3.0, factor: 1e9 };
    let training = Training { batch_size: Some(5), schedule, ..descent(0.05, 100) };
    let mut count = Count::never();
    let history = training.run(&mut network, &data, None, &mut count).unwrap();
    assert_sound(&network, &data, &history);
    let Ended::Diverged { epoch: 3, batch: Some(batch) } = history.ended else {
        panic!("{history:?}")
    };
    assert_eq!((history.epochs.len(), count.steps), (3, 3 * 6 + batch));
    assert_eq!(history.best_epoch, 2);
    assert!(batch > 0 && history.loss < history.epochs[0].training_loss);
}

/// A line whose slope grows from 0 to 10, judged at x = 3 · 10¹⁸, where (slope · x)² leaves f32 above 6.
#[test]
fn divergence_on_the_validation_data_is_named() {
    let data = Dataset::new(array![[-1.0f32], [1.0]], array![[-10.0], [10.0]]).unwrap();
    let validation = Dataset::new(array![[3e18]], array![[0.0]]).unwrap();
    let builder = Network::builder(1);
    let mut network =
        builder.dense_from(1, Identity, Weights::Zeros, Bias::Zeros).build(0).unwrap();
    let history = descent(0.05, 100).run(&mut network, &data, Some(&validation), &mut ()).unwrap();
    assert_sound(&network, &data, &history);
    let Ended::Diverged { epoch, batch: None } = history.ended else { panic!("{history:?}") };
    assert_eq!((history.epochs.len(), history.best_epoch), (epoch + 1, 0));
    assert!(epoch > 0 && history.epochs[epoch - 1].validation_loss.unwrap().is_finite());
    // The line y = 0 of the start suits the validation data best.
    assert_eq!((network.parameters(), history.validation_loss), (&[0.0, 0.0][..], Some(0.0)));
    assert_eq!(history.epochs[epoch].validation_loss, Some(f64::INFINITY));
}

/// Before any epoch is done, the initial parameters are the best that there are.
#[test]
fn divergence_in_the_first_epoch_returns_the_initial_parameters() {
    let (mut network, data) = (network::<f32>(), regression(60));
    let before = network.parameters().to_vec();
    let training = Training { batch_size: Some(2), ..descent(1e6, 100) };
    let mut count = Count::never();
    let history = training.run(&mut network, &data, None, &mut count).unwrap();
    assert_sound(&network, &data, &history);
    assert_eq!(history.ended, Ended::Diverged { epoch: 0, batch: Some(count.steps) });
    assert!(history.epochs.is_empty() && count.steps > 0);
    assert_eq!(network.parameters(), before);
}

#[test]
fn parameters_that_are_no_numbers_at_the_start_are_an_error() {
    for bad in [f64::NAN, f64::INFINITY] {
        for (batch_size, epochs) in [(None, 10), (Some(8), 10), (None, 0)] {
            let (mut network, data) = (network::<f64>(), regression(30));
            network.parameters_mut()[40] = bad;
            let training = Training { batch_size, ..descent(0.05, epochs) };
            let result = training.run(&mut network, &data, None, &mut ());
            assert_eq!(result, Err(Error::Diverged { epoch: 0, batch: 0 }), "{bad}");
        }
    }
}

/// Targets so large that their squares are infinite.
#[test]
fn a_loss_that_is_infinite_from_the_start_is_an_error() {
    let data = Dataset::new(array![[1.0f32, 1.0]], array![[1e30]]).unwrap();
    let result = descent(0.05, 10).run(&mut network(), &data, None, &mut ());
    assert_eq!(result, Err(Error::Diverged { epoch: 0, batch: 0 }));
    let far = Dataset::new(Array2::ones((1, 2)), array![[1e30f32]]).unwrap();
    let result = descent(0.05, 10).run(&mut network(), &regression(30), Some(&far), &mut ());
    assert_eq!(result, Err(Error::Diverged { epoch: 0, batch: 0 }), "on the validation data");
}
