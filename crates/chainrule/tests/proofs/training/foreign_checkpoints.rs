//! A checkpoint that is damaged or of another training is a typed error, and the network stays as it is.

use super::{
    checkpoints::{Keep, bits, deep, training},
    network as plain, regression,
};
use chainrule::{
    Error, Network, Training,
    optimizer::Schedule,
    table,
    training::{Checkpoint, Waiting},
};

/// Makes another checkpoint of one.
type Change = fn(&mut Checkpoint<f64>);

/// A checkpoint after the third epoch.
fn third() -> Checkpoint<f64> {
    let mut keep = Keep { last_epoch: 2, ..Keep::all() };
    training().run(&mut deep(1), &regression(30), Some(&regression(11)), &mut keep).unwrap();
    keep.checkpoints.swap_remove(2)
}

/// The error of going on from a checkpoint, which leaves the network as it was.
fn refusal(training: &Training<f64>, checkpoint: &Checkpoint<f64>) -> Error {
    let mut network = deep(2);
    let before = (network.parameters().to_vec(), network.statistics().to_vec());
    let (data, validation) = (regression(30), regression(11));
    let result = training.resume(&mut network, &data, Some(&validation), checkpoint, &mut ());
    assert_eq!((network.parameters(), network.statistics()), (&before.0[..], &before.1[..]));
    result.unwrap_err()
}

#[test]
fn damaged_checkpoints_are_refused() {
    const DAMAGES: [(&str, Change); 38] = [
        ("parameters of the checkpoint", |c| c.parameters.truncate(3)),
        ("statistics of the checkpoint", |c| c.statistics.push(0.0)),
        ("best parameters of the checkpoint", |c| c.best_parameters.clear()),
        ("best statistics of the checkpoint", |c| c.best_statistics.clear()),
        ("number 2 of its parameters is NaN", |c| c.parameters[2] = f64::NAN),
        ("number 1 of its statistics is inf", |c| c.statistics[1] = f64::INFINITY),
        ("number 0 of its best parameters is -inf", |c| c.best_parameters[0] = f64::NEG_INFINITY),
        ("number 0 of its best statistics is NaN", |c| c.best_statistics[0] = f64::NAN),
        ("moments of the checkpoint", |c| c.moments.clear()),
        ("moments of the checkpoint", |c| c.moments.push(Vec::new())),
        ("moments of the checkpoint", |c| c.moments[1].push(0.0)),
        ("number 4 of its moments is NaN", |c| c.moments[1][4] = f64::NAN),
        ("scalars of the checkpoint", |c| c.scalars.push(1.0)),
        ("its optimizer is \"ams_grad\", not \"adam\"", |c| c.optimizer = "ams_grad".to_owned()),
        ("12 steps, not 13", |c| c.steps += 1),
        ("not 18446744073709551615", |c| c.steps = u64::MAX),
        ("its seed is 6, not 5", |c| c.seed = 6),
        ("samples of the checkpoint", |c| c.order.truncate(29)),
        ("sample 30 of its order is none of the data", |c| c.order[0] = 30),
        ("is none of the data", |c| c.order[29] = usize::MAX),
        ("of its order is there twice", |c| c.order[3] = c.order[4]),
        ("the best loss of the schedule is NaN", |c| c.plateau.best = f64::NAN),
        ("the schedule has waited for 4 of 3", |c| c.plateau.waited = 4),
        ("the schedule has waited", |c| c.plateau.waited = usize::MAX),
        ("the factor NaN", |c| c.plateau_factor = f64::NAN),
        ("the factor -0.5", |c| c.plateau_factor = -0.5),
        ("the factor 1.5", |c| c.plateau_factor = 1.5),
        ("without early stopping", |c| c.early_stopping = None),
        ("early stopping has waited", |c| {
            c.early_stopping = Some(Waiting { best: 0.0, waited: usize::MAX })
        }),
        ("the best loss of early stopping is NaN", |c| {
            c.early_stopping = Some(Waiting { best: f64::NAN, waited: 0 })
        }),
        ("its best parameters is NaN", |c| c.best_loss = f64::NAN),
        ("its best parameters is -inf", |c| c.best_loss = f64::NEG_INFINITY),
        ("are of epoch 3, of 3", |c| c.best_epoch = 3),
        ("its epoch 1 has the number 7", |c| c.epochs[1].number = 7),
        ("a loss of epoch 2 is NaN", |c| c.epochs[2].training_loss = f64::NAN),
        ("a loss of epoch 0 is NaN", |c| c.epochs[0].validation_loss = Some(f64::NAN)),
        ("epoch 2 was without validation data", |c| c.epochs[2].validation_loss = None),
        ("2 epochs are 8 steps, not 12", |c| c.epochs.truncate(2)),
    ];
    let good = third();
    for (expected, damage) in DAMAGES {
        let mut checkpoint = good.clone();
        damage(&mut checkpoint);
        let error = refusal(&training(), &checkpoint).to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

/// What is remembered is what is gone on with: another number leads elsewhere.
#[test]
fn every_number_of_a_checkpoint_matters() {
    let changes: [(&str, Change); 12] = [
        ("parameters", |c| c.parameters[0] += 0.1),
        ("statistics", |c| c.statistics[0] += 0.1),
        ("moments", |c| c.moments[0][0] += 0.1),
        ("shuffling", |c| c.shuffling += 1),
        ("dropout", |c| c.dropout += 1),
        ("order", |c| c.order.reverse()),
        ("plateau", |c| c.plateau.best = -1.0),
        ("plateau_factor", |c| c.plateau_factor *= 0.5),
        ("early_stopping", |c| c.early_stopping = Some(Waiting { best: 0.0, waited: 3 })),
        ("the best", |c| (c.best_loss, c.best_epoch, c.best_parameters[0]) = (-1.0, 0, 9.0)),
        ("initial_loss", |c| c.initial_loss = -1.0),
        ("epochs", |c| c.epochs[0].learning_rate = 7.0),
    ];
    let (data, validation) = (regression(30), regression(11));
    let end = |checkpoint: &Checkpoint<f64>| {
        let mut network = deep(2);
        let result = training().resume(&mut network, &data, Some(&validation), checkpoint, &mut ());
        bits(&network, &result.unwrap())
    };
    let good = third();
    let expected = end(&good);
    for (what, change) in changes {
        let mut checkpoint = good.clone();
        change(&mut checkpoint);
        assert!(end(&checkpoint) != expected, "{what}");
    }
}

/// What can not be told from the numbers of a real training.
#[test]
fn odd_checkpoints_do_no_harm() {
    let (data, validation) = (regression(30), regression(11));
    let odd: [Change; 4] = [
        |c| (c.shuffling, c.dropout) = (u64::MAX, u64::MAX),
        |c| c.moments[1][0] = f64::INFINITY,
        |c| c.initial_loss = f64::NAN,
        |c| c.plateau_factor = 0.0,
    ];
    for change in odd {
        let mut checkpoint = third();
        change(&mut checkpoint);
        let mut network = deep(2);
        let result =
            training().resume(&mut network, &data, Some(&validation), &checkpoint, &mut ());
        assert!(result.is_ok() && network.is_finite(), "{result:?}");
    }
}

#[test]
fn checkpoints_of_other_trainings_are_refused() {
    let checkpoint = third();
    let others = [
        ("3 epochs are done already, more than 2", Training { epochs: 2, ..training() }),
        ("not 4", Training { seed: 4, ..training() }),
        ("3 epochs are 6 steps, not 12", Training { batch_size: Some(15), ..training() }),
        ("with early stopping", Training { early_stopping: None, ..training() }),
        ("not \"lion\"", Training { optimizer: table::optimizer("lion").unwrap(), ..training() }),
    ];
    for (expected, other) in others {
        let error = refusal(&other, &checkpoint).to_string();
        assert!(error.contains(expected) && error.contains("train from the start"), "{error}");
    }
    // A factor of a schedule that this training does not have.
    let mut reduced = checkpoint.clone();
    reduced.plateau_factor = 0.5;
    let constant = Training { schedule: Schedule::Constant, ..training() };
    assert!(refusal(&constant, &reduced).to_string().contains("the factor 0.5"));

    let (data, validation) = (regression(30), regression(11));
    let resume = |network: &mut Network<f64>, data, validation| {
        training().resume(network, data, validation, &checkpoint, &mut ()).unwrap_err()
    };
    let error = resume(&mut deep(2), &data, None).to_string();
    assert!(error.contains("with validation data, this training is without"), "{error}");
    let more = regression(31);
    let error = resume(&mut deep(2), &more, Some(&validation));
    assert!(matches!(error, Error::Shape { expected: 31, found: 30, .. }), "{error}");
    let error = resume(&mut plain(), &data, Some(&validation));
    assert!(matches!(error, Error::Shape { .. }), "{error}");
}
