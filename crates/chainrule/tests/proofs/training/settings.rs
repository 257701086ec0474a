//! Settings and data that can not be trained with are typed errors, and the network stays as it is.

use super::{descent, network, regression};
use chainrule::{
    Dataset, Error, Network, Training,
    activation::Identity,
    loss::{BinaryCrossEntropy, CrossEntropy, Gaussian, Loss, Poisson},
    optimizer::{Clip, Penalty, Schedule},
    training::EarlyStopping,
};
use ndarray::{Array2, array};

/// The error of a training with these settings.
fn error(training: &Training<f64>) -> Error {
    let (mut network, data) = (network(), regression(10));
    let before = network.parameters().to_vec();
    let error = training.run(&mut network, &data, None, &mut ()).unwrap_err();
    assert_eq!(network.parameters(), before);
    error
}

/// Fails unless the error names the setting and its value.
fn assert_refused(training: Training<f64>, expected: &str, number: f64) {
    let error = error(&training);
    let Error::Setting { name, value, range } = error else { panic!("{expected}: {error}") };
    assert!(name.contains(expected) && !range.is_empty(), "{expected}: {error}");
    assert!(value == number || value.is_nan() && number.is_nan(), "{expected}: {error}");
}

#[test]
fn settings_out_of_range() {
    let good = || descent(0.1, 3);
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_refused(descent(rate, 3), "learning rate", rate);
    }
    assert_refused(Training { batch_size: Some(0), ..good() }, "batch size", 0.0);
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let l1 = Penalty { l1: bad, l2: 0.0 };
        assert_refused(Training { penalty: l1, ..good() }, "l1 penalty", bad);
        let l2 = Penalty { l1: 0.0, l2: bad };
        assert_refused(Training { penalty: l2, ..good() }, "l2 penalty", bad);
        let early_stopping = Some(EarlyStopping { patience: 3, min_delta: bad });
        assert_refused(Training { early_stopping, ..good() }, "early stopping", bad);
    }
    for bad in [0.0, -1.0, f64::NAN] {
        assert_refused(Training { clip: Clip::Norm(bad), ..good() }, "gradient", bad);
        assert_refused(Training { clip: Clip::Value(bad), ..good() }, "gradient", bad);
    }
}

#[test]
fn schedules_out_of_range() {
    let schedules = [
        (Schedule::Step { every: 0.0, factor: 0.5 }, 0.0),
        (Schedule::Step { every: 1.0, factor: -0.5 }, -0.5),
        (Schedule::Exponential { factor: f64::INFINITY }, f64::INFINITY),
        (Schedule::Cosine { epochs: f64::NAN, end: 0.0 }, f64::NAN),
        (Schedule::Cosine { epochs: 3.0, end: 2.0 }, 2.0),
        (Schedule::CosineRestarts { epochs: 3.0, growth: 0.5, end: 0.0 }, 0.5),
        (Schedule::OneCycle { epochs: 3.0, peak: 0.1, start: 0.1, end: 0.0 }, 0.1),
        (Schedule::OneCycle { epochs: 30.0, peak: 1.0, start: 0.1, end: 0.0 }, 1.0),
        (Schedule::WarmUp { epochs: -2.0, start: 0.1, then: Box::default() }, -2.0),
        (Schedule::ReduceOnPlateau { factor: 1.0, patience: 3 }, 1.0),
    ];
    for (schedule, value) in schedules {
        let inner = Schedule::WarmUp { epochs: 2.0, start: 0.5, then: Box::new(schedule.clone()) };
        for schedule in [schedule, inner] {
            assert_refused(Training { schedule, ..descent(0.1, 3) }, "", value);
        }
    }
}

/// More epochs than there is memory for, with a reason to stop: nothing is set aside for all of them.
#[test]
fn any_number_of_epochs() {
    let early_stopping = Some(EarlyStopping { patience: 1, min_delta: 1e9 });
    let training = Training { early_stopping, ..descent::<f64>(0.1, usize::MAX) };
    let history = training.run(&mut network(), &regression(10), None, &mut ()).unwrap();
    assert_eq!(history.epochs.len(), 2);
}

#[test]
fn widths_that_do_not_fit() {
    let shape = |what: &str, result: Result<_, Error>, widths: (usize, usize)| {
        let Err(Error::Shape { what: named, expected, found }) = result.map(|_: ()| ()) else {
            panic!("{what}")
        };
        assert!(named.contains(what) && (expected, found) == widths, "{named} {expected} {found}");
    };
    let run = |data: &Dataset<f64>, validation: Option<&Dataset<f64>>| {
        descent(0.1, 3).run(&mut network(), data, validation, &mut ()).map(|_| ())
    };
    let data = |inputs, targets| {
        Dataset::new(Array2::zeros((4, inputs)), Array2::zeros((4, targets))).unwrap()
    };
    shape("columns of the inputs", run(&data(3, 1), None), (2, 3));
    shape("columns of the inputs for validation", run(&data(2, 1), Some(&data(3, 1))), (2, 3));
    shape("mean_squared_error", run(&data(2, 2), None), (2, 1));
    shape("mean_squared_error", run(&data(2, 1), Some(&data(2, 2))), (2, 1));
    let gaussian = Training { loss: std::sync::Arc::new(Gaussian), ..descent(0.1, 3) };
    let result = gaussian.run(&mut network(), &data(2, 1), None, &mut ());
    shape("gaussian", result.map(|_| ()), (2, 1));
}

#[test]
fn targets_that_do_not_suit_the_loss_are_named_with_their_row() {
    fn assert_refused(loss: impl Loss<f64> + Clone + 'static, good: f64, bad: f64) {
        let mut network = Network::builder(1).dense(3, Identity).build(0).unwrap();
        let columns = loss.outputs(3).map_or(1, |_| 3);
        let data = |last: f64| {
            let mut targets = Array2::from_elem((3, columns), good);
            targets[[2, columns - 1]] = last;
            Dataset::new(array![[1.0], [2.0], [3.0]], targets).unwrap()
        };
        let training = Training { epochs: 1, ..Training::new(loss.clone()) };
        assert!(training.run(&mut network, &data(good), None, &mut ()).is_ok());
        for (data, validation) in [(data(bad), None), (data(good), Some(&data(bad)))] {
            let error = training.run(&mut network, &data, validation, &mut ()).unwrap_err();
            let Error::Target { loss: named, row: 2, reason } = error else { panic!("{error}") };
            assert!(named == loss.name() && reason.contains(&bad.to_string()), "{named} {reason}");
        }
    }
    for bad in [3.0, -1.0, 0.5, 1e300] {
        assert_refused(CrossEntropy::default(), 2.0, bad);
    }
    assert_refused(BinaryCrossEntropy, 0.5, 1.5);
    assert_refused(BinaryCrossEntropy, 1.0, -0.1);
    assert_refused(Poisson, 0.0, -1.0);

    let classes = Dataset::new(array![[1.0]], array![[0.0, 1.0, 0.0]]).unwrap();
    let mut network = Network::builder(1).dense(3, Identity).build(0).unwrap();
    let result = Training::new(CrossEntropy::default()).run(&mut network, &classes, None, &mut ());
    assert!(matches!(result, Err(Error::Target { row: 0, .. })), "classes in three columns");
}
