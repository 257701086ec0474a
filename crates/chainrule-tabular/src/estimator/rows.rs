//! The rows: which can be used, what they weigh, and what keeps them together or in order.

use super::{Decision, FitError, Settings, decision::count};
use crate::{
    Table,
    encode::Target,
    table::{Column, DateFormat, Values},
};
use std::collections::HashMap;

/// The rows in which no target is missing, nor what weighs, groups or orders them.
pub(super) fn usable(
    table: &Table,
    settings: &Settings,
    decisions: &mut Vec<Decision>,
) -> Result<Vec<usize>, FitError> {
    let needed = [&settings.weights, &settings.group, &settings.order];
    let needed = settings.targets.iter().chain(needed.into_iter().flatten());
    let columns: Vec<&Column> = needed.map(|name| table.column(name)).collect::<Result<_, _>>()?;
    let is_usable = |row: &usize| columns.iter().all(|column| !column.is_missing(*row));
    let rows: Vec<usize> = (0..table.rows()).filter(is_usable).collect();
    let gaps = table.rows() - rows.len();
    if gaps > 0 {
        let what = format!("{} left out", count(gaps, "row", "rows"));
        let why = "the target is missing there, or what weighs, groups or orders them";
        decisions.push(Decision::new(what, why, None));
    }
    Ok(rows)
}

/// The weights of the rows, of which these are used.
pub(super) fn weights(table: &Table, name: &str, rows: &[usize]) -> Result<Vec<f64>, FitError> {
    let values = match table.column(name)?.values() {
        Values::Numbers(values) => values.to_vec(),
        Values::Words(_) => table.numbers(name)?,
    };
    match rows.iter().find(|&&row| !(values[row] >= 0.0 && values[row].is_finite())) {
        Some(&row) => {
            Err(FitError::Weight { name: name.to_owned(), row: row + 1, value: values[row] })
        }
        None => Ok(values),
    }
}

/// For each row a number that stands for its classes of all targets, in the order of these: as many labels have more
/// combinations than there are numbers, only those that occur are counted.
fn combinations(truth: &[Vec<f64>], rows: usize) -> Vec<usize> {
    let of = |row: usize| -> Vec<usize> {
        truth.iter().map(|truth| truth[row].max(0.0) as usize).collect()
    };
    let mut found: Vec<Vec<usize>> = (0..rows).map(of).collect();
    let all = found.clone();
    found.sort_unstable();
    found.dedup();
    all.iter().map(|one| found.partition_point(|other| other < one)).collect()
}

/// A number for each different cell.
pub(super) fn codes(column: &Column) -> Vec<usize> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let code = |row: usize| {
        let cell = column.cell(row).unwrap_or_default().into_owned();
        let next = places.len();
        *places.entry(cell).or_insert(next)
    };
    (0..column.len()).map(code).collect()
}

/// When each row was: numbers or dates.
pub(super) fn times(table: &Table, name: &str, rows: &[usize]) -> Result<Vec<f64>, FitError> {
    let column = table.column(name)?;
    match column.values() {
        Values::Numbers(values) => Ok(values.to_vec()),
        Values::Words(words) => {
            let no_time = || FitError::NoTime { name: name.to_owned() };
            let used = rows.iter().filter_map(|&row| words.word(row));
            let format = DateFormat::find(used).ok_or_else(no_time)?;
            let time = |row: usize| {
                let moment = words.word(row).and_then(|word| format.parse(word));
                moment.map_or(f64::NAN, |moment| moment.seconds())
            };
            Ok((0..column.len()).map(time).collect())
        }
    }
}

/// Weights that make the classes of each target weigh the same together, n / (classes · n of the class), times those that
/// are given.
pub(super) fn balanced(
    weights: Option<Vec<f64>>,
    truth: &[Vec<f64>],
    targets: &[Target],
    rows: &[usize],
) -> Result<Vec<f64>, FitError> {
    let (Some(truth), [target]) = (truth.first(), targets) else { return Err(FitError::Balance) };
    let classes = target.class_count().ok_or(FitError::Balance)?;
    let mut counts = vec![0.0f64; classes];
    for &row in rows {
        counts[truth[row] as usize] += 1.0;
    }
    let weight = |(row, class): (usize, &f64)| {
        let given = weights.as_ref().map_or(1.0, |weights| weights[row]);
        match class.is_nan() {
            true => 0.0,
            false => {
                given * rows.len() as f64 / (classes as f64 * counts[*class as usize].max(1.0))
            }
        }
    };
    Ok(truth.iter().enumerate().map(weight).collect())
}

/// For each row of the table the place of its classes among all combinations of those of the targets.
pub(super) fn class_places(table: &Table, targets: &[Target]) -> Result<Vec<usize>, FitError> {
    let all: Vec<usize> = (0..table.rows()).collect();
    let truth = |target: &Target| Ok(target.truth(table.column(&target.name)?, &all)?);
    let truth = targets.iter().map(truth).collect::<Result<Vec<_>, FitError>>()?;
    Ok(combinations(&truth, table.rows()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_are_counted_in_the_order_of_their_classes() {
        let truth = [vec![1.0, 0.0, 1.0, 0.0, f64::NAN], vec![0.0, 1.0, 0.0, 0.0, 1.0]];
        assert_eq!(combinations(&truth, 5), [2, 1, 2, 0, 1]);
        assert_eq!(combinations(&truth[..1], 5), [1, 0, 1, 0, 0]);
        // 2¹⁰⁰ combinations, of which two occur.
        assert_eq!(combinations(&vec![vec![1.0, 0.0]; 100], 2), [1, 0]);
    }
}
