//! From a table to a model: what is learned, what is decided, and what can not be fitted.

use chainrule::{
    Network,
    training::{Ended, Epoch, Observer},
};
use chainrule_tabular::{FitError, Precision, Preparation, Settings, Table, fit};
use std::ops::ControlFlow;

/// `rows` points on a curl: y = sin(3a) + b², z = ab, with a constant column between them.
fn curl(rows: usize) -> Table {
    let a: Vec<f64> = (0..rows).map(|i| (i as f64 * 0.37).sin() * 2.0).collect();
    let b: Vec<f64> = (0..rows).map(|i| (i as f64 * 0.61).cos() * 100.0).collect();
    let of = |f: fn(f64, f64) -> f64| a.iter().zip(&b).map(|(a, b)| f(*a, *b)).collect::<Vec<_>>();
    let (y, z) = (of(|a, b| (3.0 * a).sin() + (b / 50.0).powi(2)), of(|a, b| a * b));
    let columns = [("a", a), ("one", vec![1.0; rows]), ("b", b), ("y", y), ("z", z)];
    Table::new(columns.map(|(name, values)| (name.to_owned(), values)).to_vec()).unwrap()
}

fn quick() -> Settings {
    Settings {
        solver: "adam".to_owned(),
        epochs: Some(60),
        hidden: Some(vec![16]),
        ..Settings::new(["y", "z"])
    }
}

#[test]
fn a_network_beats_the_line_and_the_line_the_mean() {
    let table = curl(300);
    for precision in [Precision::F32, Precision::F64] {
        let precision = Some(precision);
        let solver = "adam".to_owned();
        let settings =
            Settings { precision, solver, epochs: Some(200), ..Settings::new(["y", "z"]) };
        let fit = fit(&table, &settings, &mut ()).unwrap();
        assert_eq!(Some(fit.model.precision()), precision);
        assert_eq!(fit.scores.rows, 45);
        assert_eq!(fit.scores.targets.len(), 2);
        for target in &fit.scores.targets {
            let scores = target.scores;
            assert!(scores.network.rmse < 0.2 * scores.linear.unwrap().rmse, "{target:?}");
            assert!(scores.network.r_squared.unwrap() > 0.95, "{target:?}");
            assert!(scores.mean.r_squared.unwrap() <= 0.0, "{target:?}");
        }
        let mean =
            fit.scores.targets.iter().map(|target| target.scores.network.mae).sum::<f64>() / 2.0;
        assert!((fit.scores.overall.network.mae - mean).abs() < 1e-12 * mean);
    }
}

#[test]
fn a_linear_table_is_fitted_by_the_line_exactly() {
    let table = curl(60);
    let (a, b) = (table.column("a").unwrap(), table.column("b").unwrap());
    let y: Vec<f64> = a.iter().zip(b).map(|(a, b)| 7.0 * a - 0.25 * b + 1e4).collect();
    let twice: Vec<f64> = a.iter().map(|a| 2.0 * a - 3.0).collect();
    let columns = [("a", a.to_vec()), ("b", b.to_vec()), ("twice", twice), ("y", y)];
    let table =
        Table::new(columns.map(|(name, values)| (name.to_owned(), values)).to_vec()).unwrap();
    let settings = Settings { targets: vec!["y".to_owned()], ..quick() };
    let line = fit(&table, &settings, &mut ()).unwrap().scores.overall.linear.unwrap();
    assert!(line.rmse < 1e-6 && line.r_squared.unwrap() > 1.0 - 1e-12, "{line:?}");
}

/// Worked by hand: the scores of the mean, from the rows that were held out.
#[test]
fn scales_and_scores_come_from_the_right_rows() {
    let table = curl(40);
    let settings = Settings { targets: vec!["y".to_owned()], seed: 5, ..quick() };
    let fit = fit(&table, &settings, &mut ()).unwrap();
    let y = table.column("y").unwrap();
    let (training, held_out) = chainrule::data::split(40, 0.15, 5).unwrap();
    let mean = training.iter().map(|&row| y[row]).sum::<f64>() / 34.0;
    assert!((fit.model.targets()[0].mean - mean).abs() < 1e-14);
    let mae = held_out.iter().map(|&row| (y[row] - mean).abs()).sum::<f64>() / 6.0;
    assert!((fit.scores.overall.mean.mae - mae).abs() < 1e-14);
    // The best loss on the held-out rows, in the target's units, is the network's error on them.
    let loss = fit.history.validation_loss.unwrap() * fit.loss_unit().unwrap();
    assert!((loss.sqrt() - fit.scores.overall.network.rmse).abs() < 1e-5, "{loss}");
    let record = fit.model.record();
    assert_eq!((record.rows, record.validation_rows, record.seed), (40, 6, 5));
    assert_eq!(record.best_epoch, fit.history.best_epoch);
    assert_eq!(record.scores.as_ref(), Some(&fit.scores));
}

#[test]
fn the_same_seed_gives_the_same_file() {
    let table = curl(80);
    let bytes = |seed| {
        let settings = Settings { seed, dropout: 0.1, ..quick() };
        fit(&table, &settings, &mut ()).unwrap().model.to_bytes().unwrap()
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn decisions_are_told_with_their_flags() {
    let table = curl(200);
    let settings = Settings::new(["y", "z"]);
    let preparation = Preparation::new(&table, &settings).unwrap();
    let told: Vec<_> = preparation.decisions().iter().map(|d| (d.what.as_str(), d.flag)).collect();
    assert_eq!(
        told,
        [
            ("30 of 200 rows held out, by chance with seed 0", Some("--validation")),
            ("1 constant input left out", None),
            ("2 inputs and 2 targets standardised", None),
            ("solver bayesian_regularization", Some("--solver")),
            ("a hidden layer of 20 tanh units, 102 parameters", Some("--hidden")),
            ("4 trainings from different weights", Some("--restarts")),
        ]
    );
    assert!(preparation.decisions()[1].why.ends_with(": \"one\""));
    assert_eq!(preparation.loss_unit(), None);

    let (table, settings) = (curl(20), Settings { batch_size: Some(4), ..quick() });
    let preparation = Preparation::new(&table, &settings).unwrap();
    let told: Vec<_> = preparation.decisions().iter().map(|d| d.what.as_str()).collect();
    assert_eq!(told[1], "only 3 rows judge");
    let asked = |what: &&str| what.starts_with("steps") || what.starts_with("hidden");
    assert!(!told.iter().any(asked), "{told:?}");
}

#[test]
fn what_can_not_be_fitted_is_told() {
    let table = curl(50);
    let settings = |targets: &[&str]| Settings { targets: names(targets), ..quick() };
    let y = || settings(&["y"]);
    for (settings, expected) in [
        (settings(&[]), "name at least one target"),
        (settings(&["Y"]), "there is no column \"Y\"; did you mean \"y\"?"),
        (settings(&["y", "y"]), "the target \"y\" is named twice"),
        (settings(&["a", "one", "b", "y", "z"]), "all columns are targets; at least one"),
        (settings(&["one"]), "the target \"one\" has the same value in every training row"),
        (settings(&["a", "b", "y", "z"]), "every input has the same value in every training row"),
        (
            Settings { activation: Some("reul".into()), ..y() },
            "there is no activation \"reul\"; did you",
        ),
        (Settings { solver: "adma".into(), ..y() }, "there is no solver \"adma\"; did you"),
        (Settings { restarts: Some(0), ..y() }, "the number of restarts is 0"),
        (Settings { hidden: Some(vec![0]), ..y() }, "a hidden layer has the width 0"),
        (Settings { dropout: 1.0, ..y() }, "the dropout rate is 1"),
        (Settings { epochs: Some(0), ..y() }, "the number of epochs is 0"),
        (Settings { validation: 0.0, ..y() }, "the part held out is 0, but must be"),
        (Settings { validation: 1.0, ..y() }, "the part held out is 1, but must be"),
        (Settings { learning_rate: Some(0.0), ..y() }, "the learning rate is 0, but must be"),
        (Settings { batch_size: Some(0), ..y() }, "the batch size is 0, but must be"),
        (Settings { l1: -1.0, ..y() }, "the l1 penalty is -1, but must be"),
        (Settings { l2: f64::NAN, ..y() }, "the l2 penalty is NaN, but must be"),
    ] {
        let error = fit(&table, &settings, &mut ()).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
    for rows in 1..4 {
        let error = fit(&curl(rows), &y(), &mut ()).unwrap_err();
        assert_eq!(error, FitError::TooFewRows { found: rows, needed: 4 });
    }
    assert!(fit(&curl(4), &y(), &mut ()).is_ok());

    let text = Table::read_csv(b"x,city,y\n1,a,1\n2,b,2\n3,c,4\n4,d,3\n", "pump.csv").unwrap();
    let error = fit(&text, &y(), &mut ()).unwrap_err().to_string();
    assert!(
        error.starts_with("pump.csv, line 2: \"a\" in column \"city\" is not a number"),
        "{error}"
    );
}

#[test]
fn values_beyond_single_precision_are_told() {
    let mut a = vec![0.0; 50];
    a.iter_mut().enumerate().for_each(|(i, a)| *a = i as f64);
    let y = a.clone();
    // Only in a row that is held out, so that the deviation does not see it.
    a[chainrule::data::split(50, 0.15, 0).unwrap().1[0]] = 1e300;
    let table = Table::new(vec![("a".into(), a), ("y".into(), y)]).unwrap();
    let settings = Settings { targets: names(&["y"]), ..quick() };
    let error = fit(&table, &settings, &mut ()).unwrap_err().to_string();
    assert!(error.starts_with("column \"a\", row ") && error.contains("too far"), "{error}");
}

#[test]
fn a_training_can_be_broken_off_and_can_diverge() {
    struct Stop;
    impl Observer<f32> for Stop {
        fn epoch(&mut self, epoch: &Epoch, _: &Network<f32>) -> ControlFlow<()> {
            if epoch.number < 4 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        }
    }
    impl Observer<f64> for Stop {}
    let table = curl(60);
    let stopped = fit(&table, &quick(), &mut Stop).unwrap();
    assert_eq!(stopped.history.ended, Ended::Interrupted { epoch: 4 });
    assert_eq!(stopped.model.record().epochs, 5);

    let wild = Settings { learning_rate: Some(1e30), activation: Some("relu".into()), ..quick() };
    match fit(&table, &wild, &mut ()) {
        Ok(fit) => {
            assert!(matches!(fit.history.ended, Ended::Diverged { .. }), "{:?}", fit.history.ended);
            assert!(fit.model.to_bytes().is_ok());
        }
        Err(error) => assert_eq!(error, FitError::Diverged { epoch: 0 }),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
