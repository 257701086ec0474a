//! What can not be fitted, each with its sentence.

use crate::tables::{curl, error, fitted, numbers, quick, table, words};
use chainrule_tabular::{
    FitError, Preparation, Settings, Table, Task, Validation, fit, table::ColumnType,
};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[track_caller]
fn told(table: &Table, settings: &Settings, expected: &str) {
    let error = error(table, settings).to_string();
    assert!(error.starts_with(expected), "{error}\n{expected}");
}

#[test]
fn settings_that_do_not_go_with_the_table() {
    let table = curl(50);
    let y = || quick(&["y"]);
    let some = |name: &str| Some(name.to_owned());
    for (settings, expected) in [
        (quick(&[]), "name at least one target: the column that is to be predicted"),
        (quick(&["Y"]), "there is no column \"Y\"; did you mean \"y\"?"),
        (quick(&["y", "y"]), "the target \"y\" is named twice"),
        (
            quick(&["a", "one", "b", "y", "z"]),
            "all columns are targets; at least one has to be left",
        ),
        (quick(&["one"]), "the target \"one\" has the same value in every training row"),
        (
            Settings { task: Some(Task::Classification), ..quick(&["one"]) },
            "the target \"one\" has the same value in every training row",
        ),
        (
            quick(&["a", "b", "y", "z"]),
            "no column is left to learn from: each of \"one\" is the same in every training row, different in each",
        ),
        (
            Settings { without: names(&["a", "one", "b", "z"]), ..y() },
            "all columns are targets; at least one has to be left as an input",
        ),
        (
            Settings { without: names(&["A"]), ..y() },
            "there is no column \"A\"; did you mean \"a\"?",
        ),
        (
            Settings { types: vec![("A".into(), ColumnType::Number)], ..y() },
            "there is no column \"A\"; did you mean \"a\"?",
        ),
        (Settings { weights: some("w"), ..y() }, "there is no column \"w\""),
        (Settings { group: some("w"), ..y() }, "there is no column \"w\""),
        (Settings { order: some("w"), ..y() }, "there is no column \"w\""),
        (
            Settings { weights: some("y"), ..y() },
            "\"y\" is a target and can not weigh, group or order",
        ),
        (
            Settings { group: some("y"), ..y() },
            "\"y\" is a target and can not weigh, group or order",
        ),
        (
            Settings { order: some("y"), ..y() },
            "\"y\" is a target and can not weigh, group or order",
        ),
        (
            Settings { weights: some("a"), ..y() },
            "column \"a\", row 10 (counted from 1): the weight -0.",
        ),
        (Settings { balanced: true, ..y() }, "only the classes of a single target can be balanced"),
        (
            Settings { test: Some(1.0), ..y() },
            "the part of the rows for the scores is 1, but must be",
        ),
        (Settings { test: Some(-0.5), ..y() }, "the part of the rows for the scores is -0.5, but"),
        (
            Settings { test: Some(f64::NAN), ..y() },
            "the part of the rows for the scores is NaN, but",
        ),
        (
            Settings { test: Some(0.99), ..y() },
            "50 rows can not be divided into rows that train, rows that judge and rows for the scores;",
        ),
        (
            Settings { validation: Some(Validation::Part(0.0)), ..y() },
            "50 rows can not be divided into rows that train, rows that judge and rows for the scores;",
        ),
        (
            Settings { group: some("one"), ..y() },
            "50 rows in so few groups can not be divided into rows that train",
        ),
        (
            Settings { task: Some(Task::Quantiles(vec![])), ..y() },
            "the levels of quantiles are to lie between 0 and 1, each above the one before",
        ),
        (
            Settings { task: Some(Task::Quantiles(vec![0.9, 0.1])), ..y() },
            "the levels of quantiles are to lie between 0 and 1, each above the one before",
        ),
        (
            Settings { task: Some(Task::Quantiles(vec![0.5, f64::NAN])), ..y() },
            "the levels of quantiles are to lie between 0 and 1, each above the one before",
        ),
        (
            Settings { log_target: true, ..quick(&["z"]) },
            "the target \"z\", row 1 (counted from 1): 0 has no logarithm; leave --log-target out",
        ),
        (Settings { task: Some(Task::Count), ..y() }, "the target \"y\", row "),
        (
            Settings { task: Some(Task::Classification), ..y() },
            "the target \"y\" has 50 different values in 50 rows, too many for classes; if they are numbers",
        ),
        (
            Settings {
                solver: "bayesian_regularization".into(),
                task: Some(Task::Gaussian),
                ..y()
            },
            "bayesian_regularization minimises squared errors only; use lbfgs, ",
        ),
        (
            Settings { solver: "lbfgs".into(), learning_rate: Some(0.1), ..y() },
            "lbfgs takes all rows at once and finds the length of its steps: it has no use for a learning rate",
        ),
        (
            Settings { solver: "lbfgs".into(), batch_size: Some(8), ..y() },
            "lbfgs takes all rows at once and finds the length of its steps: it has no use for a batch size",
        ),
        (Settings { solver: "adma".into(), ..y() }, "there is no solver \"adma\"; did you mean"),
        (
            Settings { solver: "xyzzy!".into(), ..y() },
            "there is no solver \"xyzzy!\"; there are \"",
        ),
        (
            Settings { activation: some("reul"), ..y() },
            "there is no activation \"reul\"; did you mean",
        ),
        (
            Settings { restarts: Some(0), ..y() },
            "the number of restarts is 0, but must be at least 1",
        ),
        (Settings { epochs: Some(0), ..y() }, "the number of epochs is 0, but must be at least 1"),
        (Settings { hidden: Some(vec![0]), ..y() }, "a hidden layer has the width 0"),
        (Settings { dropout: 1.0, ..y() }, "the dropout rate is 1, but must be"),
        (Settings { learning_rate: Some(0.0), ..y() }, "the learning rate is 0, but must be"),
        (
            Settings { learning_rate: Some(f64::NAN), ..y() },
            "the learning rate is NaN, but must be",
        ),
        (Settings { batch_size: Some(0), ..y() }, "the batch size is 0, but must be"),
        (Settings { l1: -1.0, ..y() }, "the l1 penalty is -1, but must be"),
        (Settings { l2: f64::NAN, ..y() }, "the l2 penalty is NaN, but must be"),
    ] {
        let error = fit(&table, &settings, &mut ()).map(|_| ()).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn tables_that_can_not_be_fitted() {
    let y = quick(&["y"]);
    for rows in 1..8 {
        let expected = FitError::TooFewRows { found: rows, needed: 8 };
        assert_eq!(error(&curl(rows), &y), expected);
        let sentence = format!("the table has {rows} of the 8 rows that are needed at least");
        assert!(expected.to_string().starts_with(&sentence), "{expected}");
    }
    assert_eq!(fitted(&curl(8), &Settings { epochs: Some(2), ..y.clone() }).evaluation.rows, 1);

    let x = || numbers((0..40).map(f64::from));
    let text = words(
        &(0..40).map(|i| if i == 5 { "abc".to_owned() } else { i.to_string() }).collect::<Vec<_>>(),
    );
    let broken = table(vec![("x", x()), ("y", text.clone())]);
    told(&broken, &y, "column \"y\" holds words, not numbers");
    let read = |text: &str| Table::read_csv(text.as_bytes(), "pump.csv").unwrap();
    let rows: String =
        (0..40).map(|i| format!("{i},{}\n", if i == 5 { "1,5x" } else { "3" })).collect();
    let ragged =
        Table::read_csv(format!("x,y\n{rows}").as_bytes(), "pump.csv").unwrap_err().to_string();
    assert!(ragged.starts_with("pump.csv, line 7: 3 cells"), "{ragged}");
    let rows: String =
        (0..40).map(|i| format!("{i},{}\n", if i == 5 { "~3" } else { "3.5" })).collect();
    told(
        &read(&format!("x,y\n{rows}")),
        &y,
        "pump.csv, line 7: \"~3\" in column \"y\" is not a number",
    );
    let rows: String =
        (0..40).map(|i| format!("{},{i}\n", if i == 5 { "~3" } else { "3.5" })).collect();
    told(
        &read(&format!("x,y\n{rows}")),
        &y,
        "pump.csv, line 7: \"~3\" in column \"x\" is not a number",
    );

    let infinite = numbers((0..40).map(|i| if i == 5 { f64::INFINITY } else { f64::from(i) }));
    told(
        &table(vec![("x", x()), ("y", infinite.clone())]),
        &y,
        "column \"y\", row 5 (counted from 0) is inf",
    );
    told(
        &table(vec![("x", infinite), ("y", x())]),
        &y,
        "column \"x\", row 5 (counted from 0) is inf",
    );

    let class = |f: &dyn Fn(usize) -> String| words(&(0..40).map(f).collect::<Vec<_>>());
    let rare =
        class(&|i| if i == 7 { "once, \"odd\"".to_owned() } else { ["a", "b"][i % 2].to_owned() });
    told(
        &table(vec![("x", x()), ("y", rare)]),
        &y,
        "the target \"y\" has classes with a single row, of which nothing can be learned: \"once, \\\"odd\\\"\"; remove",
    );
    let three = class(&|i| ["a", "b", "c"][i % 3].to_owned());
    let two = class(&|i| ["a", "b"][i % 2].to_owned());
    let several = table(vec![("x", x()), ("y", three), ("z", two)]);
    told(
        &several,
        &quick(&["z", "y"]),
        "of several targets each may have two classes, but \"y\" has more; fit a model for each",
    );
    let balanced = Settings { balanced: true, without: vec!["y".into()], ..quick(&["z"]) };
    assert!(fit(&several, &Settings { epochs: Some(1), ..balanced }, &mut ()).is_ok());

    let negative = numbers((0..40).map(|i| f64::from(i - 3)));
    told(
        &table(vec![("x", x()), ("y", negative)]),
        &Settings { task: Some(Task::Count), ..y.clone() },
        "the target \"y\", row 1 (counted from 1): -3 is no count; use --task regression",
    );
    let order = class(&|i| ["soon", "later", "never", "now"][i % 4].to_owned());
    told(
        &table(vec![("x", x()), ("when", order), ("y", x())]),
        &Settings { order: Some("when".into()), ..y.clone() },
        "\"when\" can not put the rows in order: it holds neither numbers nor dates such as 2026-01-31",
    );
    // Weights that are words, missing or all zero.
    let weighted = |w| table(vec![("x", x()), ("w", w), ("y", x())]);
    let by_w = Settings { weights: Some("w".into()), ..y.clone() };
    told(&weighted(words(&["a"; 40])), &by_w, "column \"w\" holds words, not numbers");
    let infinite = numbers((0..40).map(|i| if i == 3 { f64::INFINITY } else { 1.0 }));
    told(
        &weighted(infinite),
        &by_w,
        "column \"w\", row 4 (counted from 1): the weight inf is not a finite",
    );
    let zero = error(&weighted(numbers([0.0; 40])), &by_w);
    assert!(matches!(zero, FitError::Core(_)), "{zero}");
}

#[test]
fn values_beyond_what_can_be_computed_with_are_told() {
    let y: Vec<f64> = (0..50).map(f64::from).collect();
    // Only in the latest row, which scores: so that the deviation does not see it.
    let far =
        |value: f64| numbers((0..50).map(move |i| if i == 49 { value } else { f64::from(i) }));
    let time = numbers((0..50).map(f64::from));
    let table = table(vec![("a", far(1e300)), ("time", time), ("y", numbers(y))]);
    let settings = Settings { order: Some("time".into()), ..quick(&["y"]) };
    told(&table, &settings, "column \"a\", row 50 (counted from 1): 1");
    told(&table, &settings, "column \"a\", row 50");
    assert!(error(&table, &settings).to_string().contains("is too far from"));
    let columns = ["a", "time", "y"].map(|name| table.numbers(name).unwrap().to_vec());
    let [a, time, y] = columns;
    // A target in a row that judges.
    let a = a.iter().map(|a| if *a > 1e9 { 49.5 } else { a + 0.5 });
    let y = y.iter().map(|y| if *y == 42.0 { 1e300 } else { *y });
    let table = self::table(vec![("a", numbers(a)), ("time", numbers(time)), ("y", numbers(y))]);
    let settings = Settings { test: Some(0.1), ..settings };
    match fit(&table, &settings, &mut ()) {
        Ok(fit) => assert!(fit.model.to_bytes().is_ok()),
        Err(error) => assert!(error.to_string().contains("too far"), "{error}"),
    }
}

/// Parts and folds that are none.
#[test]
fn odd_divisions_are_told_or_taken_for_the_next_sensible_one() {
    let table = curl(40);
    for validation in [
        Validation::Part(-1.0),
        Validation::Part(2.0),
        Validation::Part(f64::NAN),
        Validation::Folds(0),
        Validation::Folds(1),
        Validation::Folds(40),
        Validation::Folds(usize::MAX),
    ] {
        let settings = Settings { validation: Some(validation), epochs: Some(1), ..quick(&["y"]) };
        match Preparation::new(&table, None, &settings) {
            Ok(preparation) => {
                // Two divisions, or four parts.
                assert!((1..=80).contains(&preparation.trainings()), "{validation:?}")
            }
            Err(error) => assert!(matches!(error, FitError::TooFewToDivide { .. }), "{error}"),
        }
    }
}

/// The table that the scores are to come from.
#[test]
fn tests_that_do_not_go_with_the_table() {
    let data = curl(40);
    let settings = Settings { epochs: Some(1), ..quick(&["y"]) };
    let run = |test: &Table| {
        let preparation = Preparation::new(&data, Some(test), &settings)?;
        preparation.run(&mut ()).map(|fit| fit.evaluation.rows)
    };
    let column = |name: &str| (name.to_owned(), curl(10).column(name).unwrap().clone());
    let of =
        |columns: &[&str]| Table::of(columns.iter().map(|name| column(name)).collect()).unwrap();
    assert_eq!(run(&of(&["a", "b", "z", "y"])), Ok(10));
    let error = run(&of(&["a", "b", "z"])).unwrap_err().to_string();
    assert!(error.starts_with("there is no column \"y\""), "{error}");
    let error = run(&of(&["a", "y"])).unwrap_err().to_string();
    assert!(
        error.starts_with("the model needs the column \"b\", which the table does not"),
        "{error}"
    );
    let gaps = table(vec![
        ("a", numbers([1.0])),
        ("b", numbers([1.0])),
        ("z", numbers([1.0])),
        ("y", numbers([f64::NAN])),
    ]);
    let error = run(&gaps).unwrap_err().to_string();
    assert!(error.starts_with("no row of the table has a value of the target"), "{error}");
}
