//! Naughty strings as names and as words: whatever people write, it comes back the same.

use crate::tables::{quick, words};
use chainrule_tabular::{Column, Encoding, Model, Settings, Table, fit};
use std::path::Path;

/// The lines of the big list of naughty strings; none where the data folder is not known.
fn naughty() -> Option<Vec<String>> {
    let Some(folder) = std::env::var_os("CHAINRULE_DATA") else {
        println!("SKIPPED: set CHAINRULE_DATA to the folder with data/robustness-inputs/blns.txt");
        return None;
    };
    let text = std::fs::read(Path::new(&folder).join("data/robustness-inputs/blns.txt")).unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    Some(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

fn written(table: &Table) -> Vec<u8> {
    let mut bytes = Vec::new();
    table.write_csv(&mut bytes).unwrap();
    bytes
}

/// What CSV makes of a table: blanks around words do not count.
fn through_csv(table: &Table) -> Option<Table> {
    Table::read_csv(&written(table), "naughty.csv").ok()
}

/// Saves, loads, predicts; writes the prediction and reads it again: all the same.
fn round(model: &Model, table: &Table, what: &str) {
    let bytes = model.to_bytes().unwrap();
    let again = Model::from_bytes(&bytes).unwrap();
    assert_eq!(again.to_bytes().unwrap(), bytes, "{what:?}");
    assert_eq!((again.inputs(), again.targets()), (model.inputs(), model.targets()));
    let prediction = again.predict_within(table, Some(0.8)).unwrap();
    assert_eq!(prediction, model.predict_within(table, Some(0.8)).unwrap(), "{what:?}");
    let read = Table::read_csv(&written(&prediction.table), "predictions.csv");
    let read = read.unwrap_or_else(|error| panic!("{what:?}: {error}"));
    let names = |table: &Table| table.names().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(names(&read), names(&prediction.table), "{what:?}");
    for ((name, a), (_, b)) in prediction.table.columns().zip(read.columns()) {
        for row in 0..a.len() {
            assert_eq!(a.cell(row), b.cell(row), "{what:?}, column {name:?}, row {row}");
        }
    }
}

fn few(target: &str) -> Settings {
    Settings { epochs: Some(2), hidden: Some(vec![2]), ..quick(&[target]) }
}

fn x() -> Column {
    Column::numbers((0..40).map(f64::from).collect())
}

/// Each line as the name of the input and then as that of the target.
#[test]
fn naughty_names() {
    let Some(lines) = naughty() else { return };
    let (mut names, mut left) = (0, Vec::new());
    for line in lines.iter() {
        let y = Column::numbers((0..40).map(|i| f64::from(i * i)).collect());
        let table = Table::of(vec![(line.clone(), x()), ("y".to_owned(), y)]).ok();
        let Some(table) = table.as_ref().and_then(through_csv) else {
            left.push(line);
            continue;
        };
        names += 1;
        let (first, second) = {
            let mut names = table.names();
            (names.next().unwrap().to_owned(), names.next().unwrap().to_owned())
        };
        for (input, target) in [(&first, &second), (&second, &first)] {
            let model = fit(&table, &few(target), &mut ());
            let model = model.unwrap_or_else(|error| panic!("{line:?}: {error}")).model;
            assert_eq!(&model.inputs()[0].name, input);
            round(&model, &table, line);
        }
    }
    println!("{names} names; no names: {left:?}");
    assert!(names > 480 && left.len() < 20, "{names}, {left:?}");
}

/// All lines as the levels of a column.
#[test]
fn naughty_levels() {
    let Some(lines) = naughty() else { return };
    let cells: Vec<&str> = lines.iter().chain(&lines).map(String::as_str).collect();
    let y = Column::numbers((0..cells.len()).map(|i| i as f64).collect());
    let table = Table::of(vec![("k".into(), words(&cells)), ("y".into(), y)]).unwrap();
    let read = through_csv(&table).unwrap();
    let settings = Settings {
        types: vec![("k".to_owned(), chainrule_tabular::table::ColumnType::Category)],
        ..few("y")
    };
    for table in [&table, &read] {
        let model = fit(table, &settings, &mut ()).unwrap().model;
        let Encoding::Embedding { levels, .. } = &model.inputs()[0].encoding else {
            panic!("{:?}", model.inputs())
        };
        assert!(levels.levels.len() > 450, "{}", levels.levels.len());
        round(&model, table, "levels");
    }
}

/// Each line as a class: it is predicted, and stands in the name of a column.
#[test]
fn naughty_classes() {
    let Some(lines) = naughty() else { return };
    let mut left = Vec::new();
    for pair in lines.chunks(2) {
        let [a, b] = pair else { continue };
        let class: Vec<&str> = (0..40).map(|i| [a.as_str(), b][i % 2]).collect();
        let table = Table::of(vec![("x".into(), x()), ("class".into(), words(&class))]).unwrap();
        let table = through_csv(&table).unwrap();
        match fit(&table, &few("class"), &mut ()) {
            Ok(fit) if fit.model.targets()[0].class_count().is_some() => {
                round(&fit.model, &table, &format!("{a:?} {b:?}"));
            }
            Ok(_) => left.push(format!("{a:?} {b:?}: numbers")),
            Err(error) => left.push(format!("{a:?} {b:?}: {error}")),
        }
    }
    println!("no classes: {left:#?}");
    assert!(left.len() < 30, "{left:#?}");
}
