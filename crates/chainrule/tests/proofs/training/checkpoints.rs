//! A training that was broken off and resumed has the bits of one that was not.

use super::{network as plain, regression};
use chainrule::{
    Dataset, Network, Real, Training,
    activation::{Identity, Tanh},
    loss::MeanSquaredError,
    optimizer::{Clip, Penalty, Schedule},
    table,
    training::{Checkpoint, EarlyStopping, Ended, Epoch, History, Observer},
};
use std::{ops::ControlFlow, sync::Arc};

/// Keeps a checkpoint of each epoch, and breaks off after an epoch or a step.
pub(super) struct Keep<T> {
    pub(super) checkpoints: Vec<Checkpoint<T>>,
    pub(super) steps: usize,
    pub(super) last_epoch: usize,
    pub(super) last_step: usize,
}

impl<T> Keep<T> {
    pub(super) fn all() -> Self {
        Self { checkpoints: Vec::new(), steps: 0, last_epoch: usize::MAX, last_step: usize::MAX }
    }
}

impl<T: Real> Observer<T> for Keep<T> {
    fn epoch(&mut self, epoch: &Epoch, _: &Network<T>) -> ControlFlow<()> {
        if epoch.number == self.last_epoch {
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

    fn checkpoint(&mut self, number: usize) -> bool {
        assert_eq!(number, self.checkpoints.last().map_or(number, |last| last.epochs.len()));
        true
    }

    fn save(&mut self, checkpoint: &Checkpoint<T>) {
        self.checkpoints.push(checkpoint.clone());
    }
}

/// The bits of a network and the course of its training. (`{:?}` tells −0 from 0.)
pub(super) fn bits<T: Real>(network: &Network<T>, history: &History) -> (Vec<u64>, String) {
    let numbers = network.parameters().iter().chain(network.statistics());
    (numbers.map(|v| v.f64().to_bits()).collect(), format!("{history:?}"))
}

/// A network in which everything random and everything measured takes part.
pub(super) fn deep<T: Real>(seed: u64) -> Network<T> {
    let builder = Network::builder(2).dense(7, Tanh).dropout(0.2).batch_norm().dense(5, Tanh);
    builder.dropout(0.1).dense(1, Identity).build(seed).unwrap()
}

/// Everything that remembers something takes part.
pub(super) fn training<T: Real>() -> Training<T> {
    let plateau = Schedule::ReduceOnPlateau { factor: 0.5, patience: 0 };
    Training {
        learning_rate: 0.02,
        epochs: 9,
        batch_size: Some(8),
        schedule: Schedule::WarmUp { epochs: 2.0, start: 0.1, then: Box::new(plateau) },
        early_stopping: Some(EarlyStopping { patience: 3, min_delta: 0.0 }),
        penalty: Penalty { l1: 1e-4, l2: 1e-4 },
        clip: Clip::Norm(1.0),
        seed: 5,
        ..Training::new(MeanSquaredError)
    }
}

/// Runs a training at once, and broken off after each of its epochs and resumed in a network of other parameters.
/// Returns its history and the checkpoints.
fn assert_resumes<T: Real>(
    training: &Training<T>,
    network: impl Fn(u64) -> Network<T>,
    data: &Dataset<T>,
    validation: Option<&Dataset<T>>,
) -> (History, Vec<Checkpoint<T>>) {
    let what = format!("{training:?}, validation: {}", validation.is_some());
    let mut at_once = network(1);
    let history = training.run(&mut at_once, data, validation, &mut ()).unwrap();
    let expected = bits(&at_once, &history);

    let (mut watched, mut keep) = (network(1), Keep::all());
    let same = training.run(&mut watched, data, validation, &mut keep).unwrap();
    assert!(bits(&watched, &same) == expected, "a checkpoint changes nothing: {what}");
    for (epoch, checkpoint) in keep.checkpoints.iter().enumerate() {
        // As one that breaks off sees it.
        let (mut broken, mut last) = (network(1), Keep { last_epoch: epoch, ..Keep::all() });
        let early = training.run(&mut broken, data, validation, &mut last).unwrap();
        assert_eq!(early.ended, Ended::Interrupted { epoch });
        assert!(last.checkpoints.last() == Some(checkpoint), "epoch {epoch} of {what}");

        let (mut resumed, mut rest) = (network(2), Keep::all());
        let history =
            training.resume(&mut resumed, data, validation, checkpoint, &mut rest).unwrap();
        assert!(bits(&resumed, &history) == expected, "after epoch {epoch} of {what}");
        // And so do the checkpoints of the rest, from which one could resume again.
        assert!(rest.checkpoints == keep.checkpoints[epoch + 1..], "after epoch {epoch} of {what}");
    }
    (history, keep.checkpoints)
}

fn every_optimizer<T: Real>() {
    let (data, validation) = (regression(30), regression(11));
    for optimizer in table::optimizers::<T>() {
        for validation in [None, Some(&validation)] {
            let training = Training { optimizer: Arc::clone(&optimizer), ..training() };
            let (history, checkpoints) = assert_resumes(&training, deep, &data, validation);
            assert_eq!(checkpoints.len(), history.epochs.len(), "one of each epoch");
        }
    }
}

#[test]
fn every_optimizer_goes_on_in_single_precision() {
    every_optimizer::<f32>();
}

#[test]
fn every_optimizer_goes_on_in_double_precision() {
    every_optimizer::<f64>();
}

/// Those whose losses are judged in other ways: by the step, and by the epoch.
#[test]
fn full_batches_and_plain_networks_go_on() {
    let (data, validation) = (regression::<f64>(30), regression(11));
    for batch_size in [None, Some(8), Some(1000)] {
        for shuffle in [true, false] {
            let training = Training { batch_size, shuffle, ..training() };
            for validation in [None, Some(&validation)] {
                assert_resumes(&training, plain_from, &data, validation);
                assert_resumes(&training, deep, &data, validation);
            }
        }
    }
}

/// The plain network with other parameters for each seed.
fn plain_from(seed: u64) -> Network<f64> {
    let mut network = plain();
    network.parameters_mut().iter_mut().for_each(|v| *v *= seed as f64);
    network
}

/// Each way to end is reached from every epoch, and what decides it has been at work.
#[test]
fn every_ending_is_the_same() {
    let (data, validation) = (regression::<f64>(30), regression(11));
    let patient = Training { early_stopping: None, ..training() };
    let (history, _) = assert_resumes(&patient, deep, &data, None);
    assert_eq!(history.ended, Ended::Completed);

    // Steps so long that there is no progress.
    let restless = Training { learning_rate: 2.0, epochs: 40, ..training() };
    let (history, checkpoints) = assert_resumes(&restless, deep, &data, Some(&validation));
    let last = checkpoints.last().unwrap();
    assert_eq!(history.ended, Ended::Early { epoch: last.epochs.len() - 1 });
    assert_eq!(last.early_stopping.unwrap().waited, 3);
    assert!(last.plateau_factor < 1.0, "the schedule was at work");

    let schedule = Schedule::Step { every: 3.0, factor: 1e200 };
    let clip = Clip::None;
    let diverging = Training { schedule, clip, learning_rate: 0.01, ..patient };
    let optimizer = table::optimizer("sgd").unwrap();
    let (history, checkpoints) =
        assert_resumes(&Training { optimizer, ..diverging }, plain_from, &data, None);
    assert!(matches!(history.ended, Ended::Diverged { .. }), "{:?}", history.ended);
    assert!(!checkpoints.is_empty());
}

/// What came after the last checkpoint is done again.
#[test]
fn a_training_that_was_broken_off_within_an_epoch_goes_on_from_the_last_one() {
    let (training, data) = (training::<f32>(), regression(30));
    let mut at_once = deep(1);
    let history = training.run(&mut at_once, &data, None, &mut ()).unwrap();
    for last_step in [5, 7, 8, 15] {
        let mut keep = Keep { last_step, ..Keep::all() };
        training.run(&mut deep(1), &data, None, &mut keep).unwrap();
        let checkpoint = keep.checkpoints.last().unwrap();
        assert_eq!(checkpoint.epochs.len(), (last_step - 1) / 4);
        let mut resumed = deep(2);
        let again = training.resume(&mut resumed, &data, None, checkpoint, &mut ()).unwrap();
        assert!(bits(&resumed, &again) == bits(&at_once, &history), "step {last_step}");
    }
}

/// More epochs than the training had: as if it had had them from the start.
#[test]
fn a_finished_training_can_be_longer() {
    let (data, none) = (regression::<f32>(30), None);
    let long = Training { early_stopping: none, ..training() };
    let short = Training { epochs: 4, ..long.clone() };
    let mut keep = Keep::all();
    short.run(&mut deep(1), &data, None, &mut keep).unwrap();
    let (mut at_once, mut resumed) = (deep(1), deep(2));
    let history = long.run(&mut at_once, &data, None, &mut ()).unwrap();
    let again = long.resume(&mut resumed, &data, None, &keep.checkpoints[3], &mut ()).unwrap();
    assert!(bits(&resumed, &again) == bits(&at_once, &history));
}
