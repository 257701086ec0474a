//! Small tables with a known relation, and settings that fit them quickly.

use chainrule::random::{Purpose, Random};
use chainrule_tabular::{Column, Fit, FitError, Model, Settings, Table, fit};

/// `rows` points on a curl: y = sin(3a) + (b/50)², z = ab, with a constant column between them.
pub(crate) fn curl(rows: usize) -> Table {
    let a: Vec<f64> = (0..rows).map(|i| (i as f64 * 0.37).sin() * 2.0).collect();
    let b: Vec<f64> = (0..rows).map(|i| (i as f64 * 0.61).cos() * 100.0).collect();
    let of = |f: fn(f64, f64) -> f64| a.iter().zip(&b).map(|(a, b)| f(*a, *b)).collect::<Vec<_>>();
    let (y, z) = (of(|a, b| (3.0 * a).sin() + (b / 50.0).powi(2)), of(|a, b| a * b));
    let columns = [("a", a), ("one", vec![1.0; rows]), ("b", b), ("y", y), ("z", z)];
    Table::new(columns.map(|(name, values)| (name.to_owned(), values)).to_vec()).unwrap()
}

/// A small network and few epochs.
pub(crate) fn quick(targets: &[&str]) -> Settings {
    Settings {
        solver: "adam".to_owned(),
        epochs: Some(60),
        hidden: Some(vec![16]),
        ..Settings::new(targets.iter().copied())
    }
}

/// A table of these columns.
pub(crate) fn table(columns: Vec<(&str, Column)>) -> Table {
    Table::of(columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect())
        .unwrap()
}

/// A column of words, empty ones missing.
pub(crate) fn words<S: AsRef<str>>(cells: &[S]) -> Column {
    let cells = cells.iter().map(AsRef::as_ref);
    Column::words(cells.map(|cell| (!cell.is_empty()).then_some(cell)))
}

/// A column of numbers, NaN where they are missing.
pub(crate) fn numbers(cells: impl IntoIterator<Item = f64>) -> Column {
    Column::numbers(cells.into_iter().collect())
}

pub(crate) fn random(seed: u64) -> Random {
    Random::new(seed, Purpose::Checking)
}

pub(crate) fn fitted(table: &Table, settings: &Settings) -> Fit {
    fit(table, settings, &mut ()).unwrap()
}

pub(crate) fn error(table: &Table, settings: &Settings) -> FitError {
    fit(table, settings, &mut ()).map(|fit| fit.decisions).unwrap_err()
}

pub(crate) fn predicted(model: &Model, table: &Table, name: &str) -> Vec<f64> {
    model.predict(table).unwrap().table.numbers(name).unwrap().to_vec()
}

/// What was decided, without the reasons.
pub(crate) fn told(fit: &Fit) -> Vec<&str> {
    fit.decisions.iter().map(|decision| decision.what.as_str()).collect()
}
