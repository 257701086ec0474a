//! A fit that was broken off and went on ends with the same model file as one that was not.

use chainrule::{
    Real,
    training::{Epoch, History, Observer},
};
use chainrule_tabular::{
    Checkpoint, FileError, Fit, FitError, Keeper, Preparation, Settings, Table, Validation,
};
use std::ops::ControlFlow;

/// Two inputs, one of them words, with a bump in the target.
fn table() -> Table {
    let mut text = "a,kind,y\n".to_owned();
    for i in 0..80 {
        let (a, kind) = ((i as f64 * 0.37).sin(), ["u", "v", "w"][i % 3]);
        let y = (3.0 * a).sin() + (i % 3) as f64;
        text += &format!("{a},{kind},{y}\n");
    }
    Table::read_csv(text.as_bytes(), "t").unwrap()
}

/// Breaks the fit off after so many steps, of all trainings together.
struct After {
    steps: usize,
}

impl<T: Real> Observer<T> for After {
    fn step(&mut self) -> ControlFlow<()> {
        if self.steps == 0 {
            return ControlFlow::Break(());
        }
        self.steps -= 1;
        ControlFlow::Continue(())
    }
}

/// Keeps the last state as bytes, every so many epochs; fails after so many times.
struct Memory {
    every: usize,
    last: Option<Vec<u8>>,
    left: usize,
    is_at_end: bool,
}

impl Memory {
    fn every(epochs: usize) -> Self {
        Self { every: epochs, last: None, left: usize::MAX, is_at_end: true }
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        self.last.as_ref().map(|bytes| Checkpoint::from_bytes(bytes).unwrap())
    }
}

impl Keeper for Memory {
    fn is_due(&mut self, _: usize, epoch: Option<usize>) -> bool {
        epoch.map_or(self.is_at_end, |epoch| (epoch + 1).is_multiple_of(self.every))
    }

    fn keep(&mut self, checkpoint: &Checkpoint) -> Result<(), FileError> {
        if self.left == 0 {
            let reason = "no space left on device".to_owned();
            return Err(FileError::Unwritable { path: "c".into(), reason });
        }
        self.left -= 1;
        self.last = Some(checkpoint.to_bytes().unwrap());
        Ok(())
    }
}

fn run(
    settings: &Settings,
    steps: usize,
    from: Option<&Checkpoint>,
    keeper: Option<&mut dyn Keeper>,
) -> Result<Fit, FitError> {
    let table = table();
    let preparation = Preparation::new(&table, None, settings)?;
    preparation.run_kept(from, keeper, &mut After { steps })
}

fn adam() -> Settings {
    Settings {
        solver: "adam".to_owned(),
        hidden: Some(vec![6]),
        activation: Some("tanh".to_owned()),
        dropout: 0.1,
        epochs: Some(12),
        patience: Some(4),
        batch_size: Some(16),
        validation: Some(Validation::Folds(3)),
        restarts: Some(2),
        ..Settings::new(["y"])
    }
}

fn settings() -> Vec<(&'static str, Settings)> {
    let solver = |name: &str| Settings {
        solver: name.to_owned(),
        dropout: 0.0,
        batch_size: None,
        restarts: Some(1),
        ..adam()
    };
    let single = Settings { validation: Some(Validation::Part(0.3)), restarts: Some(1), ..adam() };
    let double = Settings { precision: Some(chainrule_tabular::Precision::F64), ..adam() };
    vec![
        ("adam", adam()),
        ("adam, one training", single),
        ("adam, f64", double),
        ("sgd", Settings { solver: "sgd".to_owned(), ..adam() }),
        ("bayes", solver("bayesian_regularization")),
        ("lbfgs", solver("lbfgs")),
    ]
}

#[test]
fn a_resumed_fit_ends_with_the_same_bits() {
    for (name, settings) in settings() {
        let whole = run(&settings, usize::MAX, None, None).unwrap().model.to_bytes().unwrap();
        let mut with_keeper = Memory::every(5);
        let kept = run(&settings, usize::MAX, None, Some(&mut with_keeper)).unwrap();
        assert_eq!(kept.model.to_bytes().unwrap(), whole, "{name}: keeping changes nothing");
        for threads in [1, 2] {
            let settings = Settings { threads, ..settings.clone() };
            for steps in [0, 1, 7, 40, 100, 170] {
                let mut memory = Memory::every(5);
                let broken = run(&settings, steps, None, Some(&mut memory));
                if let Ok(fit) = &broken {
                    let bytes = fit.model.to_bytes().unwrap();
                    assert!(fit.is_interrupted || bytes == whole, "{name} {threads} {steps}");
                }
                let checkpoint = memory.checkpoint().unwrap();
                let resumed = run(&settings, usize::MAX, Some(&checkpoint), None).unwrap();
                assert!(!resumed.is_interrupted);
                let bytes = resumed.model.to_bytes().unwrap();
                assert_eq!(bytes, whole, "{name}, {threads} threads, {steps} steps");
            }
        }
    }
}

/// Again and again, a few epochs at a time, until it ends by itself.
#[test]
fn a_fit_can_be_broken_off_often() {
    let settings = adam();
    let whole = run(&settings, usize::MAX, None, None).unwrap().model.to_bytes().unwrap();
    let mut from: Option<Checkpoint> = None;
    let mut epochs = 0;
    for _ in 0..200 {
        let mut memory = Memory::every(1000);
        let fit = run(&settings, 9, from.as_ref(), Some(&mut memory));
        let checkpoint = memory.checkpoint().unwrap();
        assert!(checkpoint.epochs() >= epochs);
        epochs = checkpoint.epochs();
        if let Ok(Fit { is_interrupted: false, model, .. }) = &fit {
            assert_eq!(model.to_bytes().unwrap(), whole);
            assert_eq!(checkpoint.finished(), checkpoint.trainings());
            return;
        }
        from = Some(checkpoint);
    }
    panic!("it never ended");
}

#[test]
fn a_finished_fit_is_not_trained_again() {
    let settings = adam();
    let mut memory = Memory::every(1000);
    let fit = run(&settings, usize::MAX, None, Some(&mut memory)).unwrap();
    // Not a single step is needed, nor allowed, after those that are asked about before each training.
    let again = run(&settings, 6, memory.checkpoint().as_ref(), None).unwrap();
    assert!(!again.is_interrupted);
    assert_eq!(again.model.to_bytes().unwrap(), fit.model.to_bytes().unwrap());
    let histories = |fit: &Fit| -> Vec<History> {
        fit.trainings.iter().map(|training| training.history.clone()).collect()
    };
    assert_eq!(histories(&again), histories(&fit));
}

#[test]
fn another_fit_is_refused_with_what_differs() {
    let mut memory = Memory::every(1);
    let _ = run(&adam(), 30, None, Some(&mut memory));
    let checkpoint = memory.checkpoint().unwrap();
    for (settings, expected) in [
        (Settings { seed: 1, ..adam() }, "the seed was 0 there, and is 1 here"),
        (
            Settings { learning_rate: Some(0.25), ..adam() },
            "the learning rate was not given there, and is 0.25 here",
        ),
        (Settings { hidden: None, ..adam() }, "the hidden layers was [6] there, and is not given"),
        (Settings { solver: "sgd".to_owned(), ..adam() }, "the solver was adam there, and is sgd"),
        (Settings { restarts: Some(1), ..adam() }, "the number of restarts was 2 there"),
    ] {
        let error = run(&settings, usize::MAX, Some(&checkpoint), None).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    // Threads change nothing.
    let settings = Settings { threads: 2, ..adam() };
    assert!(run(&settings, usize::MAX, Some(&checkpoint), None).is_ok());

    let mut text = Vec::new();
    table().write_csv(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap().replacen(",u,", ",v,", 1);
    let other = Table::read_csv(text.as_bytes(), "t").unwrap();
    let settings = adam();
    let preparation = Preparation::new(&other, None, &settings).unwrap();
    let error = preparation.run_kept(Some(&checkpoint), None, &mut ()).unwrap_err().to_string();
    assert!(error.contains("the table was one of 80 rows with the SHA-256"), "{error}");
}

#[test]
fn a_state_that_can_not_be_kept_ends_the_fit() {
    for threads in [1, 2] {
        for left in [0, 1, 3] {
            let mut memory = Memory { left, ..Memory::every(2) };
            let settings = Settings { threads, ..adam() };
            let error = run(&settings, usize::MAX, None, Some(&mut memory)).unwrap_err();
            assert!(matches!(error, FitError::Checkpoint(_)), "{error:?}");
            let expected =
                "could not be written, and the fit has ended: c can not be written: no space";
            assert!(error.to_string().contains(expected), "{error}");
            assert_eq!(memory.last.is_some(), left > 0);
        }
    }
}

/// The names and cells of the table are in the record of every fit.
#[test]
fn the_record_knows_the_table() {
    let fit = run(&adam(), usize::MAX, None, None).unwrap();
    let hash = fit.model.record().data.clone().unwrap();
    assert_eq!(hash.len(), 64);
    let again = run(&Settings { seed: 3, ..adam() }, usize::MAX, None, None).unwrap();
    assert_eq!(again.model.record().data, Some(hash));
}

/// The only training of a fit tells its epochs, and those before a checkpoint are not told again.
#[test]
fn the_epochs_that_are_left_are_told() {
    struct Count(usize, usize);
    impl Observer<f32> for Count {
        fn epoch(&mut self, _: &Epoch, _: &chainrule::Network<f32>) -> ControlFlow<()> {
            self.0 += 1;
            if self.0 == self.1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    impl Observer<f64> for Count {}
    let settings = Settings {
        validation: Some(Validation::Part(0.3)),
        restarts: Some(1),
        patience: Some(0),
        ..adam()
    };
    let table = table();
    let prepared = || Preparation::new(&table, None, &settings).unwrap();
    let (mut memory, mut count) = (Memory::every(1000), Count(0, 5));
    prepared().run_kept(None, Some(&mut memory), &mut count).unwrap();
    let mut rest = Count(0, usize::MAX);
    prepared().run_kept(memory.checkpoint().as_ref(), None, &mut rest).unwrap();
    assert_eq!((count.0, rest.0), (5, 7));
}
