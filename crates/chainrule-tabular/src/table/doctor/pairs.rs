//! Columns that say the same.

use super::{
    super::{Column, ColumnType, Profile, Values},
    Finding, Patient,
    Severity::{Note, Problem, Warning},
};
use crate::names::{list, quoted};
use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

/// In fewer rows, that two columns of few values go together may be chance.
const FEWEST: usize = 20;

/// For each row the number of its value, in the order in which the values first appear; a gap is a value, too.
///
/// Two columns are one to one exactly if these numbers are the same.
pub(super) fn codes(column: &Column) -> Vec<u32> {
    let mut places = HashMap::new();
    let mut code = |key: u64| {
        let next = places.len() as u32;
        *places.entry(key).or_insert(next)
    };
    match column.values() {
        Values::Numbers(values) => values.iter().map(|value| code(key(value))).collect(),
        Values::Words(words) => words.codes().iter().map(|word| code(u64::from(*word))).collect(),
    }
}

/// The same for the same numbers, and for all gaps.
pub(super) fn key(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { (value + 0.0).to_bits() }
}

pub(super) fn examine(patient: &Patient<'_>, findings: &mut Vec<Finding>) {
    // Only columns with the same hash are compared, so that not all codes are in memory at once.
    let mut alike: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (place, (column, profile)) in patient.columns.iter().enumerate() {
        if profile.kind != ColumnType::Constant {
            let mut hasher = DefaultHasher::new();
            codes(column).hash(&mut hasher);
            alike.entry(hasher.finish()).or_default().push(place);
        }
    }
    let mut groups: Vec<Vec<usize>> = alike.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_unstable();
    for group in groups {
        let first_codes = codes(patient.columns[group[0]].0);
        let rows = first_rows(&first_codes);
        let agree = |place: &usize| codes(patient.columns[*place].0) == first_codes;
        let group: Vec<usize> = group.into_iter().filter(agree).collect();
        let families = equal(patient, &group, &rows);
        // Where all rows are different, everything is one to one.
        let tells = patient.rows >= FEWEST && 2 * rows.len() <= patient.rows;
        for family in &families {
            tell(
                patient,
                family,
                ["holds the same values as", "hold the same values as"],
                findings,
            );
        }
        if tells {
            let is_target = |place: &usize| patient.target == Some(*place);
            let of =
                |family: &Vec<usize>| family.iter().copied().find(is_target).unwrap_or(family[0]);
            let firsts: Vec<usize> = families.iter().map(of).collect();
            tell(patient, &firsts, ["goes one to one with", "go one to one with"], findings);
        }
    }
}

/// The columns of a group whose cells are the same; `rows` are the first rows of their values.
fn equal(patient: &Patient<'_>, group: &[usize], rows: &[usize]) -> Vec<Vec<usize>> {
    let mut families: Vec<Vec<usize>> = Vec::new();
    for &place in group {
        let (column, _) = patient.columns[place];
        let is_same = |family: &&mut Vec<usize>| {
            let (first, _) = patient.columns[family[0]];
            rows.iter().all(|row| column.cell(*row) == first.cell(*row))
        };
        match families.iter_mut().find(is_same) {
            Some(family) => family.push(place),
            None => families.push(vec![place]),
        }
    }
    families
}

/// Tells that the columns at these places say the same, if there are several; the others are compared with the target,
/// or with the first of them.
fn tell(patient: &Patient<'_>, places: &[usize], verbs: [&str; 2], findings: &mut Vec<Finding>) {
    let target = patient.target.filter(|target| places.contains(target));
    let Some(first) = target.or_else(|| places.first().copied()) else { return };
    let others = places.iter().filter(|place| **place != first);
    let others: Vec<&Profile> = others.map(|place| patient.columns[*place].1).collect();
    if !others.is_empty() {
        let verb = verbs[usize::from(others.len() > 1)];
        findings.push(finding(target.is_some(), patient.columns[first].1, &others, verb));
    }
}

fn finding(is_target: bool, first: &Profile, others: &[&Profile], verb: &str) -> Finding {
    let names: Vec<String> = others.iter().map(|profile| profile.name.clone()).collect();
    let columns = if names.len() == 1 { "Column" } else { "Columns" };
    let what = |end: &str| format!("{columns} {} {verb} {end}.", list(&names));
    let mut of: Vec<&str> = others.iter().map(|profile| profile.name.as_str()).collect();
    if is_target {
        let what = what(&format!("the target {}", quoted(&first.name)));
        let advice = "Leave out what is not known before the target is.";
        return Finding::new(Problem, "leak", &of, what, advice);
    }
    of.insert(0, first.name.as_str());
    let severity = if verb.contains("same") { Warning } else { Note };
    let what = what(&format!("column {}", quoted(&first.name)));
    Finding::new(severity, "duplicate-columns", &of, what, "Leave out all but one of them.")
}

/// The first row of each value.
fn first_rows(codes: &[u32]) -> Vec<usize> {
    let mut rows = Vec::new();
    for (row, code) in codes.iter().enumerate() {
        if *code as usize == rows.len() {
            rows.push(row);
        }
    }
    rows
}
