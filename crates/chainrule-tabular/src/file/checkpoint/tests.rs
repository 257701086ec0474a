use super::*;
use crate::{Precision, estimator::checkpoint::Identity};
use chainrule::{
    solver::{Evidence, Iteration, Reason},
    training::{Ended, Epoch, History, Waiting},
};

fn epoch(number: usize, is_by_solver: bool) -> Epoch {
    let at = number as f64;
    Epoch {
        number,
        training_loss: 1.0 / (1.0 + at),
        validation_loss: (number != 1).then_some(if number == 2 { f64::INFINITY } else { at }),
        learning_rate: 0.1,
        iteration: is_by_solver.then_some(Iteration {
            value: at,
            gradient: 0.25,
            step: 1e-300,
            damping: (number == 0).then_some(0.5),
            evaluations: 7 + number,
            reason: (number == 2).then_some(Reason::Decrease),
        }),
        improved: number.is_multiple_of(2),
    }
}

/// A state with something of everything, also of what JSON can not hold.
fn example(precision: Precision) -> Checkpoint {
    let running = training::Checkpoint {
        parameters: vec![0.5, -0.25, 3.0],
        statistics: Vec::new(),
        optimizer: "adam".to_owned(),
        steps: u64::MAX,
        moments: vec![vec![1.0, f64::INFINITY, 0.0], vec![0.0, 2.0, -0.0]],
        scalars: vec![f64::INFINITY, 0.1],
        seed: 1 << 60,
        shuffling: 17,
        dropout: 0,
        order: vec![2, 0, 1],
        plateau: Waiting { best: f64::INFINITY, waited: 0 },
        plateau_factor: 0.1 + 0.2,
        early_stopping: Some(Waiting { best: f64::NEG_INFINITY, waited: 3 }),
        best_loss: f64::INFINITY,
        best_epoch: 2,
        best_parameters: vec![1.0, 2.0, 4.0],
        best_statistics: Vec::new(),
        initial_loss: f64::NEG_INFINITY,
        epochs: (0..3).map(|number| epoch(number, false)).collect(),
    };
    let finished = |ended, evidence| {
        State::Finished(Box::new(Finished {
            parameters: vec![0.125; 3],
            statistics: vec![1.5],
            history: History {
                epochs: (0..3).map(|number| epoch(number, true)).collect(),
                best_epoch: 1,
                learned: true,
                loss: 0.1,
                validation_loss: Some(f64::INFINITY),
                ended,
                evidence,
            },
            outputs: Array2::from_shape_fn((4, 2), |(i, j)| 0.1 * i as f64 - j as f64),
        }))
    };
    let evidence = Evidence {
        effective_parameters: 2.5,
        parameters: 3,
        residuals: 9,
        ridge: f64::INFINITY,
        noise: 0.3,
    };
    Checkpoint {
        fit: serde_json::from_str::<Identity>(r#"[["the \"checksum\":\"seed","1"]]"#).unwrap(),
        precision,
        trainings: vec![
            State::Waiting,
            State::Running(Box::new(running)),
            State::Diverged { epoch: 3 },
            finished(Ended::Completed, None),
            finished(Ended::Converged { epoch: 2, reason: Reason::Step }, Some(evidence)),
            finished(Ended::Early { epoch: 2 }, None),
            finished(Ended::Diverged { epoch: 2, batch: Some(4) }, None),
        ],
    }
}

#[test]
fn a_state_comes_back_as_it_was() {
    for precision in [Precision::F32, Precision::F64] {
        let state = example(precision);
        let bytes = state.to_bytes().unwrap();
        let again = Checkpoint::from_bytes(&bytes).unwrap();
        assert_eq!(again, state);
        assert_eq!(again.to_bytes().unwrap(), bytes);
        assert_eq!((again.trainings(), again.finished(), again.epochs()), (7, 5, 15));
    }
}

/// NaN, which is equal to nothing.
#[test]
fn a_loss_that_is_no_number_comes_back() {
    let mut state = example(Precision::F64);
    let State::Running(running) = &mut state.trainings[1] else { panic!() };
    running.initial_loss = f64::NAN;
    let again = Checkpoint::from_bytes(&state.to_bytes().unwrap()).unwrap();
    let State::Running(running) = &again.trainings[1] else { panic!() };
    assert!(running.initial_loss.is_nan());
}

#[test]
fn damaged_bytes_are_told() {
    let bytes = example(Precision::F32).to_bytes().unwrap();
    for place in (0..bytes.len()).step_by(7) {
        for damaged in [bytes[..place].to_vec(), {
            let mut bytes = bytes.clone();
            bytes[place] ^= 0x10;
            bytes
        }] {
            assert!(Checkpoint::from_bytes(&damaged).is_err(), "{place}");
        }
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(Checkpoint::from_bytes(&longer).is_err());
}

#[test]
fn other_files_are_told() {
    let mut header = Map::new();
    let metadata = json!({ "checksum": checksum::BLANK, "format": "chainrule" });
    header.insert("__metadata__".to_owned(), metadata);
    let model = safetensors::assemble(header, &[]);
    assert_eq!(Checkpoint::from_bytes(&model).unwrap_err(), FormatError::NoCheckpoint);

    let mut header = Map::new();
    let metadata = json!({ "checksum": checksum::BLANK, "format": FORMAT, "format_version": "2" });
    header.insert("__metadata__".to_owned(), metadata);
    let newer = safetensors::assemble(header, &[]);
    let error = Checkpoint::from_bytes(&newer).unwrap_err();
    assert_eq!(error, FormatError::Version { found: 2, known: 1 });
    assert!(
        Checkpoint::from_bytes(b"x,y\n1,2\n").unwrap_err().to_string().contains("no checkpoint")
    );
}
