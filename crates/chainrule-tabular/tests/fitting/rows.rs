//! Which rows train, which judge, which score, and how much each of them weighs.

use crate::tables::{curl, fitted, numbers, predicted, quick, random, table, told, words};
use chainrule_tabular::{Fit, Preparation, Settings, Table, Task, Validation, fit};

/// A line that is trained to its end by all rows but the last ones in time, which judge.
fn line() -> Settings {
    Settings {
        solver: "levenberg_marquardt".to_owned(),
        hidden: Some(vec![]),
        order: Some("time".to_owned()),
        test: Some(0.0),
        restarts: Some(1),
        patience: Some(0),
        ..Settings::new(["y"])
    }
}

/// A line with noise, in an order; these rows stand `copies` times in a row, with this weight.
fn noisy_line(copies: impl Fn(usize) -> usize, weight: impl Fn(usize) -> f64) -> Table {
    let mut random = random(9);
    let [mut time, mut x, mut w, mut y] = [const { Vec::new() }; 4];
    for i in 0..100 {
        let (at, noise): (f64, f64) = (random.normal(), random.normal());
        for _ in 0..copies(i) {
            time.push(i as f64);
            x.push(at);
            w.push(weight(i));
            y.push(3.0 * at - 1.0 + noise + if i % 3 == 0 { 2.0 * at } else { 0.0 });
        }
    }
    table(vec![("time", numbers(time)), ("x", numbers(x)), ("w", numbers(w)), ("y", numbers(y))])
}

/// The slope and the value at 0 of the fitted line.
fn coefficients(table: &Table, settings: &Settings) -> [f64; 2] {
    let model = fitted(table, settings).model;
    let x = numbers([0.0, 1.0]);
    let y = predicted(&model, &self::table(vec![("x", x)]), "y");
    [y[1] - y[0], y[0]]
}

/// By the weighted normal equations of the first rows.
fn least_squares(table: &Table, rows: usize) -> [f64; 2] {
    let [x, w, y] = ["x", "w", "y"].map(|name| table.numbers(name).unwrap()[..rows].to_vec());
    let sum = |f: &dyn Fn(usize) -> f64| (0..rows).map(|i| w[i] * f(i)).sum::<f64>();
    let (n, sx, sy) = (sum(&|_| 1.0), sum(&|i| x[i]), sum(&|i| y[i]));
    let (sxx, sxy) = (sum(&|i| x[i] * x[i]), sum(&|i| x[i] * y[i]));
    let slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
    [slope, (sy - slope * sx) / n]
}

fn assert_near(a: [f64; 2], b: [f64; 2], tolerance: f64) {
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < tolerance), "{a:?} {b:?}");
}

#[test]
fn a_weight_of_2_is_the_row_twice() {
    let is_heavy = |i: usize| i.is_multiple_of(3);
    let weighted = noisy_line(|_| 1, |i| if is_heavy(i) { 2.0 } else { 1.0 });
    let twice = noisy_line(|i| if is_heavy(i) { 2 } else { 1 }, |_| 1.0);
    let plain = noisy_line(|_| 1, |_| 1.0);
    let settings = |validation, weights: bool| Settings {
        validation: Some(Validation::Part(validation)),
        weights: weights.then(|| "w".to_owned()),
        without: if weights { vec![] } else { vec!["w".to_owned()] },
        ..line()
    };
    // The last 10 of the rows judge: of those that stand twice, 13 of 134.
    let by_weight = coefficients(&weighted, &settings(0.1, true));
    let by_copies = coefficients(&twice, &settings(14.0 / 134.0, false));
    assert_eq!(twice.rows(), 134);
    assert_near(by_weight, least_squares(&weighted, 90), 1e-6);
    assert_near(by_copies, least_squares(&twice, 120), 1e-6);
    assert_near(by_weight, by_copies, 1e-6);
    let without = coefficients(&plain, &settings(0.1, false));
    assert!((without[0] - by_weight[0]).abs() > 0.05, "{without:?} {by_weight:?}");
    // A weight of 0 is a row that is not there; the unit of the weights does not matter.
    let zero = noisy_line(|_| 1, |i| if is_heavy(i) { 0.0 } else { 1.0 });
    let gone = noisy_line(|i| usize::from(!is_heavy(i)), |_| 1.0);
    let by_weight = coefficients(&zero, &settings(0.1, true));
    assert_near(by_weight, least_squares(&gone, 60), 1e-6);
    let scaled = noisy_line(|_| 1, |i| if is_heavy(i) { 0.0 } else { 1e6 });
    assert_near(coefficients(&scaled, &settings(0.1, true)), by_weight, 1e-6);
}

/// The weighted column is no input.
#[test]
fn what_weighs_groups_or_orders_is_no_input() {
    let data = noisy_line(|_| 1, |_| 1.0);
    let settings = Settings {
        weights: Some("w".into()),
        order: Some("time".into()),
        validation: None,
        ..line()
    };
    let fit = fitted(&data, &settings);
    assert_eq!(fit.model.inputs().len(), 1);
    let settings = Settings { group: Some("time".into()), order: None, weights: None, ..settings };
    let fit = fitted(&data, &settings);
    assert!(fit.model.inputs().iter().all(|input| input.name != "time"));
}

#[test]
fn balanced_classes_find_the_rare_one() {
    let mut random = random(10);
    let (mut x, mut class) = (Vec::new(), Vec::new());
    for i in 0..400 {
        let is_rare = i % 10 == 0;
        x.push(random.normal::<f64>() + if is_rare { 1.5 } else { 0.0 });
        class.push(if is_rare { "rare" } else { "usual" });
    }
    let data = table(vec![("x", numbers(x)), ("class", words(&class))]);
    let found = |balanced| {
        let settings = Settings { balanced, ..quick(&["class"]) };
        let prediction = fitted(&data, &settings).model.predict(&data).unwrap().table;
        let column = prediction.column("class").unwrap();
        (0..400).filter(|&row| column.cell(row).as_deref() == Some("rare")).count()
    };
    let (plain, balanced) = (found(false), found(true));
    assert!(balanced > 60 && balanced > 2 * plain, "{plain} {balanced}");
}

#[test]
fn groups_are_not_parted() {
    // y is chance, but the same within a group: who knows the group knows y.
    let mut random = random(11);
    let of_group: Vec<f64> = (0..20).map(|_| random.normal()).collect();
    let group: Vec<String> = (0..200).map(|i| format!("g{}", i % 20)).collect();
    let y = numbers((0..200).map(|i| of_group[i % 20]));
    let data = table(vec![("k", words(&group)), ("g", words(&group)), ("y", y)]);
    let error = |group: Option<&str>| {
        let settings = Settings {
            group: group.map(str::to_owned),
            without: vec!["g".to_owned()],
            epochs: Some(300),
            ..quick(&["y"])
        };
        let fit = fitted(&data, &settings);
        let told = told(&fit).join("; ");
        assert_eq!(told.contains("whole groups of \"g\""), group.is_some(), "{told}");
        fit.evaluation.targets[0].measures.main()
    };
    assert!(error(None) < 0.6 * error(Some("g")), "{} {}", error(None), error(Some("g")));
}

#[test]
fn later_rows_judge_and_score() {
    let days: Vec<String> =
        (0..100).map(|i| format!("{:02}.{:02}.2024", 1 + i * 37 % 28, 1 + i % 12)).collect();
    let x = numbers((0..100).map(f64::from));
    let y = numbers((0..100).map(|i| f64::from(i * 7 % 13)));
    let data = table(vec![("x", x), ("day", words(&days)), ("y", y)]);
    let settings = Settings { order: Some("day".into()), ..quick(&["y"]) };
    let fit = fitted(&data, &settings);
    assert!(told(&fit)[0].ends_with("kept for the scores, the latest ones"), "{:?}", told(&fit));
    // One part judges.
    assert_eq!((fit.model.record().folds, fit.model.record().test_rows), (1, 15));
}

#[test]
fn tests_folds_and_parts() {
    let data = curl(100);
    let other = curl(130);
    let of = |settings: Settings, test: Option<&Table>| {
        let preparation = Preparation::new(&data, test, &settings).unwrap();
        let trainings = preparation.trainings();
        let fit = preparation.run(&mut ()).unwrap();
        assert_eq!(fit.model.members().len(), trainings);
        let Fit { evaluation, model, .. } = fit;
        let record = model.record().clone();
        (evaluation.rows, evaluation.unseen, record.test_rows, record.folds, trainings)
    };
    let quick = || Settings { epochs: Some(20), ..quick(&["y"]) };
    for (settings, test, expected) in [
        (quick(), None, (15, true, 15, 5, 10)),
        (Settings { test: Some(0.3), ..quick() }, None, (30, true, 30, 5, 10)),
        // Without a test, the rows that judged tell the scores: all of them, or the part.
        (Settings { test: Some(0.0), ..quick() }, None, (100, false, 0, 5, 10)),
        (
            Settings {
                test: Some(0.0),
                validation: Some(Validation::Part(0.25)),
                restarts: Some(2),
                ..quick()
            },
            None,
            (41, false, 0, 1, 2),
        ),
        (
            Settings { validation: Some(Validation::Folds(3)), restarts: Some(2), ..quick() },
            None,
            (15, true, 15, 3, 6),
        ),
        (quick(), Some(&other), (130, true, 130, 5, 10)),
    ] {
        assert_eq!(of(settings.clone(), test), expected, "{settings:?}");
    }
}

/// The rows that score do not depend on how the others are divided.
#[test]
fn the_test_is_the_same_for_every_validation() {
    let data = curl(80);
    let mean = |validation| {
        let settings = Settings { validation: Some(validation), epochs: Some(2), ..quick(&["y"]) };
        let evaluation = fitted(&data, &settings).evaluation;
        let baselines = &evaluation.targets[0].baselines;
        baselines.iter().find(|one| one.name.contains("mean")).unwrap().measures.main()
    };
    let expected = mean(Validation::Folds(5));
    for validation in [Validation::Folds(2), Validation::Part(0.3)] {
        assert!((mean(validation) - expected).abs() < 1e-12);
    }
}

#[test]
fn rows_without_a_target_are_left_out() {
    let data = curl(60);
    let gaps = numbers(
        data.numbers("y").unwrap().iter().enumerate().map(
            |(i, y)| {
                if i % 4 == 1 { f64::NAN } else { *y }
            },
        ),
    );
    let columns = ["a", "b"].map(|name| (name, data.column(name).unwrap().clone()));
    let gappy = table(columns.into_iter().chain([("y", gaps)]).collect());
    let few = Settings { epochs: Some(3), ..quick(&["y"]) };
    let fit = fitted(&gappy, &few);
    assert!(told(&fit).contains(&"15 rows left out"), "{:?}", told(&fit));
    // The same as if they had never been there.
    let kept: Vec<usize> = (0..60).filter(|i| i % 4 != 1).collect();
    let again = fitted(&gappy.select(&kept).unwrap(), &few);
    assert_eq!(again.model.predict(&data), fit.model.predict(&data));
}

#[test]
fn decisions_are_told_with_their_flags() {
    let data = curl(300);
    let settings = Settings::new(["y", "z"]);
    let preparation = Preparation::new(&data, None, &settings).unwrap();
    let told: Vec<_> = preparation
        .decisions()
        .iter()
        .map(|one| (one.what.as_str(), one.flag.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("45 of 300 rows kept for the scores, by chance with seed 0", Some("--test")),
            (
                "16 networks, each trained without one of 8 folds of the rows, 2 times anew",
                Some("--folds")
            ),
            ("regression of \"y\", \"z\"", Some("--task")),
            ("1 constant column left out: \"one\"", None),
            ("solver bayesian_regularization", Some("--solver")),
            ("a hidden layer of 20 tanh units, 102 parameters", Some("--hidden")),
        ]
    );
    assert_eq!(preparation.loss_unit(), None);
    assert_eq!((preparation.epochs(), preparation.solver()), (1000, "bayesian_regularization"));
    assert_eq!(preparation.task(), &Task::Regression);

    // What was asked for is not told.
    let (data, asked) = (curl(20), Settings { batch_size: Some(4), ..quick(&["y"]) });
    let preparation = Preparation::new(&data, None, &asked).unwrap();
    let told: Vec<_> = preparation.decisions().iter().map(|one| one.what.as_str()).collect();
    assert_eq!(told[1], "only 3 rows in the scores");
    let is_asked = |what: &&str| what.starts_with("steps") || what.starts_with("hidden");
    assert!(!told.iter().any(is_asked), "{told:?}");
    let unit = preparation.loss_unit().unwrap();
    let deviation = preparation.targets()[0].unit().unwrap();
    assert!((unit - deviation * deviation).abs() < 1e-12);
}

/// The loss of the training in the unit of the target is the error of the scores on the same rows.
#[test]
fn losses_and_scores_agree() {
    let data = curl(120);
    let settings = Settings {
        test: Some(0.0),
        validation: Some(Validation::Part(0.2)),
        restarts: Some(1),
        without: vec!["z".to_owned()],
        ..quick(&["y"])
    };
    let preparation = Preparation::new(&data, None, &settings).unwrap();
    let unit = preparation.loss_unit().unwrap();
    let fit = fit(&data, &settings, &mut ()).unwrap();
    let loss = fit.trainings[0].history.validation_loss.unwrap() * unit;
    let rmse = fit.evaluation.targets[0].measures.main();
    assert!((loss.sqrt() - rmse).abs() < 1e-4 * rmse, "{loss} {rmse}");
}
