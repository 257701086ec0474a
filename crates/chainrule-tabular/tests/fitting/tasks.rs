//! Every task, from the table to the predictions.

use crate::tables::{curl, error, fitted, numbers, predicted, quick, random, table, told, words};
use chainrule_tabular::{
    Column, Measures, Output, Precision, Settings, Table, Task, evaluate::Verdict,
    table::ColumnType,
};

#[test]
fn a_network_beats_the_line_and_the_line_the_mean() {
    let table = curl(300);
    for precision in [Precision::F32, Precision::F64] {
        let settings = Settings {
            precision: Some(precision),
            epochs: Some(200),
            hidden: None,
            ..quick(&["y", "z"])
        };
        let fit = fitted(&table, &settings);
        assert_eq!(fit.model.precision(), precision);
        assert_eq!((fit.evaluation.rows, fit.evaluation.unseen), (45, true));
        assert_eq!(fit.evaluation.targets.len(), 2);
        for target in &fit.evaluation.targets {
            let Measures::Numbers { score, .. } = &target.measures else { panic!("numbers") };
            assert!(score.r_squared.unwrap() > 0.9, "{target:?}");
            assert_eq!(target.verdict, Some(Verdict::Better), "{target:?}");
            let baseline = |name: &str| {
                let found = target.baselines.iter().find(|one| one.name.contains(name));
                found.unwrap_or_else(|| panic!("{name}: {target:?}")).measures.main()
            };
            assert!(score.rmse < 0.5 * baseline("linear"), "{target:?}");
            assert!(baseline("linear") < 1.2 * baseline("mean"), "{target:?}");
        }
        assert!(told(&fit).contains(&"regression of \"y\", \"z\""), "{:?}", told(&fit));
    }
}

/// One value and interval a row, in the unit of the target.
#[test]
fn several_targets_have_intervals_of_their_own() {
    let table = curl(200);
    let model = fitted(&table, &quick(&["y", "z"])).model;
    let prediction = model.predict_within(&table, Some(0.9)).unwrap().table;
    let names = ["y", "y low", "y high", "z", "z low", "z high"];
    assert_eq!(prediction.names().collect::<Vec<_>>(), names);
    let [y, low, high, z, z_low, z_high] = names.map(|name| prediction.numbers(name).unwrap());
    for i in 0..200 {
        assert!(low[i] < y[i] && y[i] < high[i] && z_low[i] < z[i] && z[i] < z_high[i], "{i}");
    }
    // Of z the numbers are much larger.
    assert!(z_high[0] - z_low[0] > 5.0 * (high[0] - low[0]));
}

#[test]
fn logarithms_are_learned_when_asked_for() {
    let table = curl(200);
    let y: Vec<f64> = table.numbers("y").unwrap().iter().map(|y| (2.0 * y).exp()).collect();
    let a = table.column("a").unwrap().clone();
    let b = table.column("b").unwrap().clone();
    let table = self::table(vec![("a", a), ("b", b), ("y", numbers(y))]);
    let settings = Settings { log_target: true, ..quick(&["y"]) };
    let model = fitted(&table, &settings).model;
    assert!(model.targets()[0].unit().is_none());
    let prediction = model.predict_within(&table, Some(0.9)).unwrap().table;
    let [low, high] = ["y low", "y high"].map(|name| prediction.numbers(name).unwrap());
    // A constant interval of logarithms: of factors.
    assert!(low.iter().zip(&high).all(|(low, high)| 0.0 < *low && low < high));
    let factors: Vec<f64> = high.iter().zip(low).map(|(high, low)| high / low).collect();
    assert!(factors.iter().all(|factor| *factor < 2000.0), "{factors:?}");
}

/// Noise whose size depends on x: y = x + (0.1 + x) · noise for x in [0, 1].
fn fan(rows: usize) -> Table {
    let mut random = random(5);
    let x: Vec<f64> = (0..rows).map(|_| random.unit()).collect();
    let y = x.iter().map(|x| x + (0.1 + x) * random.normal::<f64>()).collect::<Vec<_>>();
    table(vec![("x", numbers(x)), ("y", numbers(y))])
}

#[test]
fn quantiles_open_where_the_noise_grows() {
    let levels = vec![0.1, 0.5, 0.9];
    let settings = Settings {
        task: Some(Task::Quantiles(levels.clone())),
        level: 0.8,
        epochs: Some(100),
        ..quick(&["y"])
    };
    let fit = fitted(&fan(600), &settings);
    assert_eq!(fit.model.output(), &Output::Quantiles(levels));
    let new = table(vec![("x", numbers([0.1, 0.9]))]);
    let prediction = fit.model.predict_within(&new, Some(0.8)).unwrap().table;
    let names = ["y", "y low", "y high", "y q0.1", "y q0.5", "y q0.9"];
    assert_eq!(prediction.names().collect::<Vec<_>>(), names);
    let [y, _, _, low, middle, high] = names.map(|name| prediction.numbers(name).unwrap());
    assert_eq!(y, middle);
    for i in 0..2 {
        assert!(low[i] < middle[i] && middle[i] < high[i]);
    }
    assert!(high[1] - low[1] > 2.0 * (high[0] - low[0]), "{low:?} {high:?}");
    // For another level than theirs there are no intervals.
    let other = fit.model.predict_within(&new, Some(0.9)).unwrap().table;
    assert_eq!(other.names().collect::<Vec<_>>(), ["y", "y q0.1", "y q0.5", "y q0.9"]);
    let named = fit.evaluation.targets[0].named();
    assert!(named.iter().any(|(name, _)| *name == "pinball"), "{named:?}");
}

#[test]
fn deviations_grow_with_the_noise() {
    let settings = Settings { task: Some(Task::Gaussian), epochs: Some(150), ..quick(&["y"]) };
    let fit = fitted(&fan(600), &settings);
    let new = table(vec![("x", numbers([0.05, 0.95]))]);
    let prediction = fit.model.predict_within(&new, Some(0.9)).unwrap().table;
    let names = ["y", "y low", "y high", "y deviation"];
    assert_eq!(prediction.names().collect::<Vec<_>>(), names);
    let [y, low, high, deviation] = names.map(|name| prediction.numbers(name).unwrap());
    // The truth is 0.15 and 1.05.
    assert!(deviation[0] < 0.4 && (0.7..1.5).contains(&deviation[1]), "{deviation:?}");
    for i in 0..2 {
        let half = (high[i] - low[i]) / 2.0;
        assert!(low[i] < y[i] && y[i] < high[i]);
        assert!((1.2..2.2).contains(&(half / deviation[i])), "{half} {}", deviation[i]);
    }
    let named = fit.evaluation.targets[0].named();
    assert!(named.iter().any(|(name, _)| *name == "log_likelihood"), "{named:?}");
}

#[test]
fn counts_have_rates() {
    let mut random = random(6);
    let x: Vec<f64> = (0..500).map(|_| random.unit()).collect();
    // Poisson numbers of the rate exp(2x), by Knuth's products of uniform numbers.
    let mut count = |rate: f64| {
        let (mut product, mut count) = (random.unit::<f64>(), 0.0);
        while product > (-rate).exp() {
            product *= random.unit::<f64>();
            count += 1.0;
        }
        count
    };
    let y: Vec<f64> = x.iter().map(|x| count((2.0 * x).exp())).collect();
    let data = table(vec![("x", numbers(x)), ("y", numbers(y))]);
    let fit =
        fitted(&data, &Settings { task: Some(Task::Count), epochs: Some(300), ..quick(&["y"]) });
    let new = table(vec![("x", numbers([0.0, 0.5, 1.0]))]);
    let prediction = fit.model.predict_within(&new, Some(0.9)).unwrap().table;
    let [y, low] = ["y", "y low"].map(|name| prediction.numbers(name).unwrap());
    for (rate, x) in y.iter().zip([0.0f64, 0.5, 1.0]) {
        assert!((rate / (2.0 * x).exp()).ln().abs() < 0.35, "{y:?}");
    }
    assert!(low.iter().all(|low| *low >= 0.0), "{low:?}");
    let named = fit.evaluation.targets[0].named();
    assert!(named.iter().any(|(name, _)| *name == "deviance"), "{named:?}");
}

/// Classes that a line tells apart, but for some noise.
fn classes(names: &[&str]) -> Table {
    let mut random = random(7);
    let (mut a, mut b, mut class) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..300 {
        let (x, y): (f64, f64) = (random.normal(), random.normal());
        let place = (x + 0.2 * random.normal::<f64>()).mul_add(0.8, names.len() as f64 / 2.0);
        class.push(names[(place.max(0.0) as usize).min(names.len() - 1)]);
        a.push(x);
        b.push(y);
    }
    table(vec![("a", numbers(a)), ("b", numbers(b)), ("class", words(&class))])
}

fn accuracy(fit: &chainrule_tabular::Fit) -> f64 {
    match &fit.evaluation.targets[0].measures {
        Measures::Classes { score, .. } => score.accuracy,
        measures => panic!("{measures:?}"),
    }
}

#[test]
fn two_classes_have_probabilities() {
    for (names, expected) in [
        (["no", "yes"], ["no", "yes"]),
        (["yes", "no"], ["no", "yes"]),
        (["1", "0"], ["0", "1"]),
        (["b", "a"], ["a", "b"]),
        (["10", "9"], ["9", "10"]),
    ] {
        // As in a file, where digits are numbers.
        let mut csv = Vec::new();
        classes(&names).write_csv(&mut csv).unwrap();
        let table = Table::read_csv(&csv, "classes.csv").unwrap();
        let asked = (names[0] == "10").then_some(Task::Classification);
        let fit = fitted(&table, &Settings { task: asked, ..quick(&["class"]) });
        assert_eq!(fit.model.output(), &Output::Probability, "{names:?}");
        assert_eq!(fit.model.targets()[0].class_names().unwrap(), expected);
        assert!(accuracy(&fit) > 0.85, "{names:?}: {}", accuracy(&fit));
        let prediction = fit.model.predict(&table).unwrap().table;
        let columns = expected.map(|class| format!("class = {class}"));
        let all: Vec<&str> = prediction.names().collect();
        assert_eq!(all, ["class", &columns[0], &columns[1]]);
        let [p, q] = [0, 1].map(|i| prediction.numbers(&columns[i]).unwrap());
        for row in 0..300 {
            assert!((p[row] + q[row] - 1.0).abs() < 1e-12 && (0.0..=1.0).contains(&p[row]));
            let likeliest = expected[usize::from(q[row] > p[row])];
            let cell = prediction.column("class").unwrap().cell(row).unwrap();
            assert_eq!(cell, likeliest, "{row}");
        }
    }
}

#[test]
fn several_classes_have_probabilities() {
    let table = classes(&["low", "middle", "high", "top"]);
    let fit = fitted(&table, &quick(&["class"]));
    assert_eq!(fit.model.output(), &Output::Classes);
    assert!(accuracy(&fit) > 0.7, "{}", accuracy(&fit));
    let prediction = fit.model.predict(&table).unwrap().table;
    let names = ["class = high", "class = low", "class = middle", "class = top"];
    assert_eq!(prediction.names().skip(1).collect::<Vec<_>>(), names);
    let columns = names.map(|name| prediction.numbers(name).unwrap());
    for row in 0..300 {
        let sum: f64 = columns.iter().map(|column| column[row]).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }
    assert!(fit.model.calibration().temperature > 0.0);
}

#[test]
fn numbers_can_stand_for_classes() {
    let x: Vec<f64> = (0..120).map(f64::from).collect();
    let class = x.iter().map(|x| 10.0 + 5.0 * (x / 40.0).floor());
    let data = table(vec![("x", numbers(x.clone())), ("class", numbers(class))]);
    let settings = Settings { task: Some(Task::Classification), ..quick(&["class"]) };
    let fit = fitted(&data, &settings);
    assert_eq!(fit.model.targets()[0].class_names().unwrap(), ["10", "15", "20"]);
    assert!(accuracy(&fit) > 0.8);
    // Without being asked, they are numbers.
    let model = fitted(&data, &quick(&["class"])).model;
    assert_eq!(model.output(), &Output::Value);
    assert_eq!(predicted(&model, &data, "class").len(), 120);
    // It is enough to say what the column holds.
    let types = vec![("class".to_owned(), ColumnType::Category)];
    let model = fitted(&data, &Settings { types, ..quick(&["class"]) }).model;
    assert_eq!(model.output(), &Output::Classes);
}

/// Words that are nearly all numbers are numbers with a slip among them, unless they are said to be classes.
#[test]
fn grades_of_numbers_and_letters_are_classes_once_that_is_said() {
    let grades = ["1", "2", "3"].iter().cycle().take(117).chain(&["A"; 3]);
    let grades: Vec<String> = grades.map(|grade| (*grade).to_owned()).collect();
    let data = table(vec![("x", numbers((0..120).map(f64::from))), ("grade", words(&grades))]);
    let error = error(&data, &quick(&["grade"])).to_string();
    assert!(error.starts_with("column \"grade\" holds words, not numbers"), "{error}");
    let types = vec![("grade".to_owned(), ColumnType::Category)];
    let model = fitted(&data, &Settings { types, ..quick(&["grade"]) }).model;
    assert_eq!(model.targets()[0].class_names().unwrap(), ["1", "2", "3", "A"]);
}

#[test]
fn several_labels_have_a_probability_each() {
    let mut random = random(8);
    let x: Vec<f64> = (0..200).map(|_| random.normal()).collect();
    let positive: Vec<&str> = x.iter().map(|x| if *x > 0.0 { "yes" } else { "no" }).collect();
    let large = x.iter().map(|x| f64::from(u8::from(x.abs() > 1.0)));
    let data = table(vec![
        ("x", numbers(x.clone())),
        ("positive", words(&positive)),
        ("large", numbers(large)),
    ]);
    let fit = fitted(&data, &quick(&["positive", "large"]));
    assert_eq!(fit.model.output(), &Output::Probability);
    assert!(told(&fit).contains(&"a probability for each of \"positive\", \"large\""));
    let prediction = fit.model.predict(&data).unwrap().table;
    let names = ["positive", "positive = no", "positive = yes", "large", "large = 0", "large = 1"];
    assert_eq!(prediction.names().collect::<Vec<_>>(), names);
    let hits = |name: &str| {
        let [a, b] = [&prediction, &data].map(|table| table.column(name).unwrap());
        (0..200).filter(|&row| a.cell(row) == b.cell(row)).count()
    };
    assert!(
        hits("positive") > 185 && hits("large") > 170,
        "{} {}",
        hits("positive"),
        hits("large")
    );
}

/// The combinations of their classes are more than a number can count.
#[test]
fn many_labels_are_divided_like_few() {
    let x: Vec<f64> = (0..60).map(f64::from).collect();
    let label = |j: usize| numbers((0..60).map(|i| f64::from(u8::from((i + j).is_multiple_of(3)))));
    let names: Vec<String> = (0..70).map(|j| format!("label {j}")).collect();
    let mut columns = vec![("x".to_owned(), numbers(x))];
    columns.extend(names.iter().enumerate().map(|(j, name)| (name.clone(), label(j))));
    let data = Table::of(columns).unwrap();
    let settings = Settings { epochs: Some(2), ..Settings::new(names) };
    assert_eq!(fitted(&data, &settings).model.targets().len(), 70);
}

/// Nothing but gaps and words beside the target.
#[test]
fn a_single_column_of_words_is_enough() {
    let data = Column::words((0..60).map(|i| Some(["a", "b", "c"][i % 3])));
    let y = numbers((0..60).map(|i| (i % 3) as f64 * 10.0));
    let data = table(vec![("k", data), ("y", y)]);
    let settings = Settings { epochs: Some(300), ..quick(&["y"]) };
    let predicted = predicted(&fitted(&data, &settings).model, &data, "y");
    for (i, y) in predicted.iter().take(3).enumerate() {
        assert!((y - i as f64 * 10.0).abs() < 1.0, "{predicted:?}");
    }
}
