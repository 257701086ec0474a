//! Rows: those that are there twice, those with little in them, and whether there are enough.

use super::{
    super::{Column, ColumnType, Values},
    Finding, Patient,
    Severity::{Note, Warning},
    finding::{count, percent},
    pairs::key,
};
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many rows for each column are enough to begin with.
const ENOUGH: usize = 10;

pub(super) fn examine(patient: &Patient<'_>, findings: &mut Vec<Finding>) {
    let repeated = repeated(patient);
    if !repeated.is_empty() {
        let what = format!(
            "{} ({}) {} the same as one above.",
            count(repeated.len(), "row"),
            percent(repeated.len(), patient.rows),
            if repeated.len() == 1 { "is" } else { "are" },
        );
        let advice =
            "If they were counted twice, remove them: the same row may be learned and tested.";
        findings.push(Finding::new(Warning, "duplicate-rows", &[], what, advice).at(&repeated));
    }
    let empty = mostly_missing(patient);
    if !empty.is_empty() {
        let what = format!(
            "More than half of the values are missing in {} ({}).",
            count(empty.len(), "row"),
            percent(empty.len(), patient.rows),
        );
        let advice = "Remove them, unless such rows are to be predicted, too.";
        findings.push(Finding::new(Note, "missing-rows", &[], what, advice).at(&empty));
    }
    let inputs = patient.columns().filter(|(_, profile)| {
        let is_left_out = matches!(
            profile.kind,
            ColumnType::Constant | ColumnType::Identifier | ColumnType::Text
        );
        !is_left_out && !patient.is_target(profile)
    });
    let inputs: Vec<&str> = inputs.map(|(_, profile)| profile.name.as_str()).collect();
    if patient.rows < ENOUGH * inputs.len() {
        let what = format!(
            "There are {} for {} to learn from.",
            count(patient.rows, "row"),
            count(inputs.len(), "column"),
        );
        let advice = "Leave out what hardly matters, or collect more rows; trust the scores of several folds only.";
        findings.push(Finding::new(Warning, "few-rows", &inputs, what, advice));
    }
}

/// The rows that are the same as one above them.
fn repeated(patient: &Patient<'_>) -> Vec<usize> {
    let mut hashes = vec![0u64; patient.rows];
    for (column, _) in patient.columns() {
        for (row, hash) in hashes.iter_mut().enumerate() {
            let mut hasher = DefaultHasher::new();
            (*hash, value(column, row)).hash(&mut hasher);
            *hash = hasher.finish();
        }
    }
    let mut rows: Vec<usize> = (0..patient.rows).collect();
    rows.sort_unstable_by_key(|&row| (hashes[row], row));
    let same = |a: usize, b: usize| {
        patient.columns().all(|(column, _)| value(column, a) == value(column, b))
    };
    let mut repeated = Vec::new();
    for alike in rows.chunk_by(|&a, &b| hashes[a] == hashes[b]) {
        let mut different: Vec<usize> = Vec::new();
        for &row in alike {
            match different.iter().any(|&other| same(row, other)) {
                true => repeated.push(row),
                false => different.push(row),
            }
        }
    }
    repeated.sort_unstable();
    repeated
}

/// A number that is the same for the same values of a column.
fn value(column: &Column, row: usize) -> u64 {
    match column.values() {
        Values::Numbers(values) => key(values.get(row)),
        Values::Words(words) => u64::from(words.codes()[row]),
    }
}

/// The rows without a value in more than half of the columns; columns without any value do not count.
fn mostly_missing(patient: &Patient<'_>) -> Vec<usize> {
    let filled = || patient.columns().filter(|(_, profile)| profile.distinct > 0);
    let columns = filled().count();
    let mut missing = vec![0; patient.rows];
    for (column, _) in filled().filter(|(_, profile)| profile.missing > 0) {
        for (row, missing) in missing.iter_mut().enumerate() {
            *missing += usize::from(column.is_missing(row));
        }
    }
    (0..patient.rows).filter(|&row| 2 * missing[row] > columns).collect()
}
