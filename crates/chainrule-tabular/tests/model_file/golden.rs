//! Models that were written once are read for as long as there is this program, and predict the same.

use crate::by_hand::{self, VALUES};
use chainrule_tabular::{
    Calibration, Encoding, Model, Output, Precision, Settings, Table, Task, Validation, fit,
    table::Values,
};
use std::path::{Path, PathBuf};

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The golden models of version 2, by the names of their files.
pub(crate) const KINDS: [&str; 5] = ["value", "classes", "quantiles", "gaussian", "count"];

/// How often intervals are to hold the truth.
const LEVEL: f64 = 0.8;

fn path(kind: &str) -> PathBuf {
    fixture(&format!("{kind}_v2.safetensors"))
}

/// The bytes of a golden model.
pub(crate) fn bytes(kind: &str) -> Vec<u8> {
    std::fs::read(path(kind)).unwrap()
}

/// What the golden models were trained on: a number with gaps, words with a rare one and gaps, words with many levels,
/// dates, and a target of each kind.
pub(crate) fn table() -> Table {
    Table::open(&fixture("wells.csv")).unwrap()
}

/// Numbers that look like noise, the same on every machine.
fn noise(row: usize, of: usize) -> f64 {
    ((row * 7919 + of * 104_729) % 1000) as f64 / 500.0 - 1.0
}

fn wells() -> String {
    let mut text = "depth,soil,well,day,flow,state,visits\n".to_owned();
    for row in 0..108 {
        let (a, b) = (noise(row, 1), noise(row, 2));
        let depth = if row % 13 == 5 { String::new() } else { format!("{:.2}", 20.0 + 8.0 * a) };
        let soil = match row {
            17 => "peat",
            _ if row % 19 == 3 => "",
            _ => ["clay", "sand", "loam, wet"][row * 5 % 7 % 3],
        };
        let (year, month, day) = (2020 + row / 60, 1 + row * 5 % 12, 1 + row * 11 % 28);
        let flow = 3.0 + a * a - 0.5 * b + (row * 5 % 7 % 3) as f64 + 0.2 * noise(row, 3);
        let state = ["dry", "full", "low"][((a + noise(row, 4) + 2.0) * 0.74) as usize];
        let visits = (2.0 + 1.5 * a + noise(row, 5)).max(0.0) as usize;
        text += &format!(
            "{depth},\"{soil}\",w{},{year}-{month:02}-{day:02},{flow:.3},{state},{visits}\n",
            row * 31 % 36
        );
    }
    text
}

/// How the golden model of this kind was fitted.
fn settings(kind: &str) -> Settings {
    let (target, task) = match kind {
        "value" => ("flow", Task::Regression),
        "quantiles" => ("flow", Task::Quantiles(vec![0.1, 0.5, 0.9])),
        "gaussian" => ("flow", Task::Gaussian),
        "count" => ("visits", Task::Count),
        _ => ("state", Task::Classification),
    };
    let left = ["flow", "state", "visits"].into_iter().filter(|name| *name != target);
    let mut without: Vec<String> = left.map(str::to_owned).collect();
    if kind != "classes" {
        without.push("well".to_owned());
    }
    let solver = if kind == "value" { "bayesian_regularization" } else { "adam" };
    Settings {
        without,
        task: Some(task),
        solver: solver.to_owned(),
        hidden: Some(vec![3]),
        activation: (kind == "gaussian").then(|| "prelu".to_owned()),
        validation: Some(Validation::Folds(2)),
        restarts: Some(if kind == "value" { 2 } else { 1 }),
        epochs: Some(30),
        precision: (kind == "count").then_some(Precision::F64),
        seed: 7,
        level: LEVEL,
        ..Settings::new([target])
    }
}

#[test]
#[ignore = "writes the golden models: only ever for a new version of the format"]
fn write_golden_models() {
    std::fs::write(fixture("wells.csv"), wells()).unwrap();
    let table = table();
    for kind in KINDS {
        let model = fit(&table, &settings(kind), &mut ()).unwrap().model;
        model.save(&path(kind)).unwrap();
        let mut csv = Vec::new();
        predicted(&model).write_csv(&mut csv).unwrap();
        std::fs::write(fixture(&format!("{kind}_v2.csv")), csv).unwrap();
    }
}

/// The predictions for every third row, and for one of new levels and gaps only.
fn predicted(model: &Model) -> Table {
    let table = table();
    let rows: Vec<usize> = (0..table.rows()).step_by(3).collect();
    model.predict_within(&table.select(&rows).unwrap(), Some(LEVEL)).unwrap().table
}

/// Words are the same, numbers are nearly: elementary functions differ by a digit between machines.
fn assert_close(found: &Table, expected: &Table, precision: Precision, what: &str) {
    let tolerance = if precision == Precision::F32 { 1e-4 } else { 1e-8 };
    let names = |table: &Table| table.names().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "{what}");
    for ((name, a), (_, b)) in found.columns().zip(expected.columns()) {
        match (a.values(), b.values()) {
            (Values::Numbers(a), Values::Numbers(b)) => {
                for (a, b) in a.iter().zip(b.iter()) {
                    assert!(
                        (a - b).abs() <= tolerance * b.abs().max(0.1),
                        "{what} {name}: {a} {b}"
                    );
                }
            }
            (a, b) => assert_eq!(a, b, "{what} {name}"),
        }
    }
}

#[test]
fn models_of_version_2_predict_the_same() {
    for kind in KINDS {
        let model = Model::load(&path(kind)).unwrap();
        let expected = Table::open(&fixture(&format!("{kind}_v2.csv"))).unwrap();
        assert_close(&predicted(&model), &expected, model.precision(), kind);
        assert_eq!(model.to_bytes().unwrap(), bytes(kind), "{kind}: the same bytes again");
        let record = model.record();
        assert_eq!((record.seed, record.rows, record.folds), (7, 108, 2), "{kind}");
        assert!(record.evaluation.as_ref().is_some_and(|evaluation| evaluation.unseen), "{kind}");
    }
}

/// What the golden models cover.
#[test]
fn golden_models_hold_one_of_everything() {
    let models = KINDS.map(|kind| Model::load(&path(kind)).unwrap());
    let is_in = |is: &dyn Fn(&Encoding) -> bool| {
        models.iter().any(|model| model.inputs().iter().any(|input| is(&input.encoding)))
    };
    assert!(is_in(&|one| matches!(one, Encoding::Number { indicator: true, .. })));
    assert!(is_in(
        &|one| matches!(one, Encoding::OneHot(levels) if levels.other && levels.missing)
    ));
    assert!(is_in(&|one| matches!(one, Encoding::Embedding { .. })));
    assert!(is_in(&|one| matches!(one, Encoding::Date(dates) if !dates.cycles.is_empty())));
    let outputs: Vec<&Output> = models.iter().map(Model::output).collect();
    let levels = Output::Quantiles(vec![0.1, 0.5, 0.9]);
    let expected = [&Output::Value, &Output::Classes, &levels, &Output::Gaussian, &Output::Value];
    assert_eq!(outputs, expected);
    let [value, classes, rest @ ..] = &models;
    assert_eq!(value.members().len(), 4);
    assert_ne!(classes.calibration().temperature, Calibration::default().temperature);
    assert!([value].into_iter().chain(rest).all(|model| model.calibration().errors.len() == 1));
}

/// A model of version 1 that predicts a probability predicts a class beside it now.
#[test]
fn models_of_version_1_predict_the_same() {
    let table = by_hand::table();
    let model = Model::load(&fixture("value_v1.safetensors")).unwrap();
    assert_eq!(by_hand::predict(&model), VALUES);
    assert_eq!((model.record().seed, model.members().len()), (u64::MAX, 1));

    let model = Model::load(&fixture("probability_v1.safetensors")).unwrap();
    let prediction = model.predict(&table).unwrap().table;
    let names = ["flow (l/s)", "flow (l/s) = 0", "flow (l/s) = 1"];
    assert_eq!(prediction.names().collect::<Vec<_>>(), names);
    let [zero, one] = [1, 2].map(|place| prediction.numbers(names[place]).unwrap());
    for ((zero, one), logit) in zero.iter().zip(one).zip(by_hand::LOGITS) {
        assert!((one - 1.0 / (1.0 + (-logit).exp())).abs() < 1e-15, "{one}, {logit}");
        assert_eq!(*zero, 1.0 - one);
    }
    let likeliest: Vec<String> = (0..3)
        .filter_map(|row| Some(prediction.column(names[0]).ok()?.cell(row)?.into_owned()))
        .collect();
    assert_eq!(likeliest, ["0", "0", "1"]);
    // They are written as version 2.
    let again = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(again.predict(&table), model.predict(&table));
}
