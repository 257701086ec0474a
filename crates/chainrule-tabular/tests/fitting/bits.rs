//! The same seed gives the same file, and a training can be broken off.

use crate::tables::{curl, quick, table, words};
use chainrule::{
    Network, Real,
    training::{Ended, Epoch, History, Observer},
};
use chainrule_tabular::{FitError, Settings, Table, Task, Validation, fit};
use std::{iter, ops::ControlFlow};

fn bytes(table: &Table, settings: &Settings) -> Vec<u8> {
    fit(table, settings, &mut ()).unwrap().model.to_bytes().unwrap()
}

/// A table with words, gaps and several classes.
fn motley() -> Table {
    let curl = curl(120);
    let words = words(&(0..120).map(|i| format!("k{}", i * 5 % 37)).collect::<Vec<_>>());
    let class = (0..120).map(|i| ["a", "b", "c"][i * i % 7 % 3]).collect::<Vec<_>>();
    let column = |name| curl.column(name).unwrap().clone();
    table(vec![
        ("a", column("a")),
        ("k", words),
        ("b", column("b")),
        ("y", column("y")),
        ("class", self::words(&class)),
    ])
}

#[test]
fn the_same_seed_gives_the_same_file_on_any_number_of_threads() {
    let table = motley();
    let regression = Settings { without: vec!["class".into()], ..quick(&["y"]) };
    for settings in [
        Settings { dropout: 0.1, ..regression.clone() },
        Settings { validation: Some(Validation::Part(0.2)), ..regression.clone() },
        Settings { task: Some(Task::Quantiles(vec![0.1, 0.9])), ..regression.clone() },
        Settings { without: vec!["y".into()], balanced: true, ..quick(&["class"]) },
        Settings {
            solver: Settings::AUTO.to_owned(),
            epochs: Some(15),
            hidden: Some(vec![4]),
            ..regression.clone()
        },
    ] {
        let settings = Settings { restarts: Some(2), ..settings };
        let expected = bytes(&table, &settings);
        for threads in [1, 2, 4] {
            let settings = Settings { threads, ..settings.clone() };
            assert!(bytes(&table, &settings) == expected, "{threads} threads: {settings:?}");
        }
        let other = Settings { seed: 1, ..settings };
        assert!(bytes(&table, &other) != expected, "{other:?}");
    }
}

#[derive(Default)]
struct Stop {
    after_epochs: Option<usize>,
    after_starts: Option<usize>,
    steps: usize,
    at_step: Option<usize>,
    starts: usize,
}

impl<T: Real> Observer<T> for Stop {
    fn epoch(&mut self, epoch: &Epoch, _: &Network<T>) -> ControlFlow<()> {
        flow(self.after_epochs.is_some_and(|epochs| epoch.number >= epochs))
    }

    fn step(&mut self) -> ControlFlow<()> {
        self.steps += 1;
        let is_late = self.at_step.is_some_and(|step| self.steps >= step);
        flow(is_late || self.after_starts.is_some_and(|starts| self.starts >= starts))
    }

    fn start_ended(&mut self, _: usize, _: &History) {
        self.starts += 1;
    }
}

fn flow(stops: bool) -> ControlFlow<()> {
    if stops { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

#[test]
fn what_was_learned_before_an_interruption_is_kept() {
    let table = curl(60);
    let one = Settings {
        validation: Some(Validation::Part(0.2)),
        restarts: Some(1),
        without: vec!["z".into()],
        ..quick(&["y"])
    };
    let mut stop = Stop { after_epochs: Some(4), ..Stop::default() };
    let stopped = fit(&table, &one, &mut stop).unwrap();
    assert_eq!(stopped.trainings[0].history.ended, Ended::Interrupted { epoch: 4 });
    assert_eq!(stopped.model.record().epochs, 5);
    assert!(stopped.is_interrupted);
    let again = Settings { epochs: Some(5), ..one };
    let same = fit(&table, &again, &mut ()).unwrap();
    assert!(!same.is_interrupted);
    assert_eq!(stopped.model.predict(&table), same.model.predict(&table));

    // Of several trainings those that ended are whole, and the others are left out.
    let folds = Settings {
        validation: Some(Validation::Folds(4)),
        restarts: Some(1),
        without: vec!["z".into()],
        ..quick(&["y"])
    };
    for starts in 1..4 {
        let mut stop = Stop { after_starts: Some(starts), ..Stop::default() };
        let stopped = fit(&table, &folds, &mut stop).unwrap();
        assert!(stopped.is_interrupted);
        assert_eq!((stopped.model.members().len(), stopped.trainings.len()), (starts, starts));
        let members: Vec<usize> = stopped.model.members().iter().map(|one| one.training).collect();
        assert_eq!(members, (0..starts).collect::<Vec<_>>());
        assert!(stopped.model.to_bytes().is_ok());
        assert!(stopped.model.predict_within(&table, Some(0.5)).is_ok());
    }
    // At any step there is a model, or the sentence that there is none.
    for at_step in iter::successors(Some(1), |step| Some(step * 3)).take(6) {
        let mut stop = Stop { at_step: Some(at_step), ..Stop::default() };
        match fit(&table, &folds, &mut stop) {
            Ok(stopped) => assert!(stopped.is_interrupted && stopped.model.to_bytes().is_ok()),
            Err(error) => {
                assert_eq!(error, FitError::Stopped);
                let expected = "the training was stopped before anything was learned";
                assert_eq!(error.to_string(), expected);
            }
        }
    }
    let mut stop = Stop { at_step: Some(1), ..Stop::default() };
    assert_eq!(fit(&table, &folds, &mut stop).unwrap_err(), FitError::Stopped);
}

#[test]
fn a_training_that_diverges_is_told_or_left_out() {
    let table = curl(60);
    for validation in [Validation::Part(0.2), Validation::Folds(3)] {
        let wild = Settings {
            learning_rate: Some(1e30),
            activation: Some("relu".into()),
            validation: Some(validation),
            restarts: Some(1),
            ..quick(&["y"])
        };
        match fit(&table, &wild, &mut ()) {
            Ok(fit) => {
                let ended = fit.trainings.iter().map(|one| one.history.ended);
                let diverged =
                    ended.filter(|ended| matches!(ended, Ended::Diverged { .. })).count();
                assert!(diverged + fit.diverged > 0);
                assert!(fit.model.to_bytes().is_ok());
            }
            Err(error) => {
                assert_eq!(error, FitError::Diverged { epoch: 0 });
                let expected = "the training diverged at once (epoch 0): the loss is not a finite";
                assert!(error.to_string().starts_with(expected), "{error}");
            }
        }
    }
}
