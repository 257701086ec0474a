//! Which rows train, which judge during the training, and which nobody looks at before the end.

use super::FitError;
use chainrule::random::{Purpose, Random};
use std::ops::Range;

/// How the rows for the training are divided once more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Validation {
    /// Into so many folds, each of which judges the networks that the others trained.
    Folds(usize),
    /// Into rows that train and this part of them, which judges.
    Part(f64),
}

/// A division of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Division {
    /// The rows that no decision sees.
    pub(super) test: Vec<usize>,
    /// All others.
    pub(super) development: Vec<usize>,
    /// For each training the rows among them that judge; the others train.
    pub(super) judges: Vec<Vec<usize>>,
}

/// What a division has to mind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bonds<'a> {
    /// For each row of the table its class: each part has about the same share of each.
    pub(super) classes: Option<&'a [usize]>,
    /// For each row its group, which is never parted.
    pub(super) groups: Option<&'a [usize]>,
    /// For each row its time: earlier rows train, later ones judge.
    pub(super) times: Option<&'a [f64]>,
}

impl Division {
    /// Divides these rows; `test` is the part of them that no decision sees. The others are divided anew as often as
    /// `repeats` says.
    pub(super) fn new(
        rows: &[usize],
        test: f64,
        validation: Validation,
        repeats: usize,
        bonds: Bonds,
        seed: u64,
    ) -> Result<Self, FitError> {
        let mut division = match bonds.times {
            Some(times) => Self::by_time(rows, test, validation, repeats, times),
            None => Self::by_chance(rows, test, validation, repeats, bonds, seed),
        };
        division.development.sort_unstable();
        division.test.sort_unstable();
        division.judges.iter_mut().for_each(|judges| judges.sort_unstable());
        let smallest = division.judges.iter().map(Vec::len).min().unwrap_or(0);
        let largest = division.judges.iter().map(Vec::len).max().unwrap_or(0);
        let has_test = test == 0.0 || !division.test.is_empty();
        if smallest == 0 || division.development.len() < largest + FEWEST_TO_TRAIN || !has_test {
            let groups = bonds.groups.is_some();
            return Err(FitError::TooFewToDivide { rows: rows.len(), groups });
        }
        Ok(division)
    }

    /// The rows of the development that train where these judge.
    pub(super) fn training(&self, judges: &[usize]) -> Vec<usize> {
        let trains = |row: &&usize| judges.binary_search(row).is_err();
        self.development.iter().filter(trains).copied().collect()
    }

    /// The latest rows are the test, those before them judge, the earliest ones train.
    fn by_time(
        rows: &[usize],
        test: f64,
        validation: Validation,
        repeats: usize,
        times: &[f64],
    ) -> Self {
        let mut rows = rows.to_vec();
        rows.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
        let test = rows.split_off(rows.len() - part(rows.len(), test));
        let validation = match validation {
            Validation::Part(part) => part,
            Validation::Folds(folds) => 1.0 / folds.max(2) as f64,
        };
        let judges = rows[rows.len() - part(rows.len(), validation)..].to_vec();
        Self { test, development: rows, judges: vec![judges; repeats] }
    }

    fn by_chance(
        rows: &[usize],
        test: f64,
        validation: Validation,
        repeats: usize,
        bonds: Bonds,
        seed: u64,
    ) -> Self {
        let mut random = Random::new(seed, Purpose::Splitting);
        let (order, mut units) = units(rows, bonds.groups);
        let mut mix = |units: &mut [Range<usize>]| {
            random.shuffle(units);
            // Neighbours in this order have the same class, so that every n-th of them has its share of each.
            if let (Some(classes), None) = (bonds.classes, bonds.groups) {
                units.sort_by_key(|unit| classes[order[unit.start]]);
            }
        };
        let rows_of = |units: &[Range<usize>]| -> Vec<usize> {
            units.iter().flat_map(|unit| &order[unit.clone()]).copied().collect()
        };
        mix(&mut units);
        let (test, mut units) = held_out(units, test, rows.len());
        let development = rows_of(&units);
        let mut judges = Vec::new();
        for _ in 0..repeats {
            mix(&mut units);
            match validation {
                Validation::Part(part) => {
                    let (held_out, _) = held_out(units.clone(), part, development.len());
                    judges.push(rows_of(&held_out));
                }
                Validation::Folds(count) => {
                    judges.extend(folds(&order, &units, count, bonds.groups.is_some()));
                }
            }
        }
        Self { test: rows_of(&test), development, judges }
    }
}

/// Units in turn, or the largest groups first, each where the fewest rows are.
fn folds(
    order: &[usize],
    units: &[Range<usize>],
    count: usize,
    are_groups: bool,
) -> Vec<Vec<usize>> {
    let mut folds = vec![Vec::new(); count.clamp(2, units.len().max(2))];
    let mut units: Vec<&Range<usize>> = units.iter().collect();
    if are_groups {
        units.sort_by_key(|unit| usize::MAX - unit.len());
    }
    for (place, unit) in units.into_iter().enumerate() {
        let smallest = folds.iter().map(Vec::len).min();
        let next = place % folds.len();
        let fold = match are_groups {
            false => next,
            true => folds.iter().position(|fold| Some(fold.len()) == smallest).unwrap_or(next),
        };
        folds[fold].extend(&order[unit.clone()]);
    }
    folds
}

/// With fewer rows there is nothing to train.
const FEWEST_TO_TRAIN: usize = 2;

/// So many rows are a part of n: one at least, and not all, if any are wanted.
fn part(n: usize, part: f64) -> usize {
    if part <= 0.0 {
        0
    } else {
        ((n as f64 * part).round() as usize).clamp(1, n.saturating_sub(1).max(1))
    }
}

/// The rows in some order, and where what can not be parted lies in it: single rows, or the rows of a group.
fn units(rows: &[usize], groups: Option<&[usize]>) -> (Vec<usize>, Vec<Range<usize>>) {
    let mut order = rows.to_vec();
    let Some(groups) = groups else { return (order, (0..rows.len()).map(|i| i..i + 1).collect()) };
    order.sort_by_key(|&row| groups[row]);
    let mut start = 0;
    let unit = |rows: &[usize]| {
        start += rows.len();
        start - rows.len()..start
    };
    let units = order.chunk_by(|&a, &b| groups[a] == groups[b]).map(unit).collect();
    (order, units)
}

/// Every so manieth unit, until they have this part of so many rows; and the others.
fn held_out(
    units: Vec<Range<usize>>,
    part_of: f64,
    rows: usize,
) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let wanted = part(rows, part_of);
    let (mut held_out, mut others) = (Vec::new(), Vec::new());
    let (mut taken, mut seen) = (0, 0);
    for unit in units {
        seen += unit.len();
        // As many as are due up to here.
        if (taken + unit.len()) * rows <= wanted * seen + rows / 2 && taken < wanted {
            taken += unit.len();
            held_out.push(unit);
        } else {
            others.push(unit);
        }
    }
    (held_out, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(division: &Division, rows: usize) {
        let mut all = [&division.test[..], &division.development[..]].concat();
        all.sort_unstable();
        assert_eq!(all, (0..rows).collect::<Vec<_>>());
        for judges in &division.judges {
            let trains = division.training(judges);
            assert!(trains.iter().all(|row| !judges.contains(row)));
            assert_eq!(trains.len() + judges.len(), division.development.len());
        }
    }

    #[test]
    fn divisions_are_partitions() {
        for rows in [8, 10, 57, 200] {
            let all: Vec<usize> = (0..rows).collect();
            for (test, validation) in [
                (0.2, Validation::Folds(2)),
                (0.0, Validation::Folds(4)),
                (0.3, Validation::Part(0.2)),
            ] {
                let division =
                    Division::new(&all, test, validation, 2, Bonds::default(), 1).unwrap();
                check(&division, rows);
                if let Validation::Folds(count) = validation {
                    // Each repeat has every row once, and another division.
                    let (one, two) = division.judges.split_at(count);
                    for folds in [one, two] {
                        let mut judges = folds.concat();
                        judges.sort_unstable();
                        assert_eq!(judges, division.development);
                    }
                    assert!(rows < 10 || one != two);
                }
                let expected = (rows as f64 * test).round() as usize;
                assert_eq!(division.test.len(), expected, "{rows} {test}");
            }
        }
        let error = Division::new(&[0, 1], 0.5, Validation::Folds(2), 1, Bonds::default(), 0);
        assert!(error.is_err());
    }

    #[test]
    fn classes_have_their_share_everywhere() {
        let classes: Vec<usize> = (0..100).map(|row| usize::from(row % 10 == 0)).collect();
        let rows: Vec<usize> = (0..100).collect();
        let bonds = Bonds { classes: Some(&classes), ..Bonds::default() };
        for seed in 0..5 {
            let division = Division::new(&rows, 0.2, Validation::Folds(4), 1, bonds, seed).unwrap();
            let ones = |rows: &[usize]| rows.iter().filter(|row| classes[**row] == 1).count();
            assert_eq!(ones(&division.test), 2, "{:?}", division.test);
            assert!(division.judges.iter().all(|fold| ones(fold) == 2));
        }
    }

    #[test]
    fn groups_are_never_parted_and_time_goes_forwards() {
        let groups: Vec<usize> = (0..120).map(|row| (row * 7) % 13).collect();
        let rows: Vec<usize> = (0..120).collect();
        let bonds = Bonds { groups: Some(&groups), ..Bonds::default() };
        let division = Division::new(&rows, 0.2, Validation::Folds(3), 1, bonds, 3).unwrap();
        check(&division, 120);
        let parts = [std::slice::from_ref(&division.test), &division.judges[..]].concat();
        for group in 0..13 {
            let holds = |part: &&Vec<usize>| part.iter().any(|row| groups[*row] == group);
            assert_eq!(parts.iter().filter(holds).count(), 1, "{group}");
        }
        let times: Vec<f64> = (0..120).map(|row| f64::from((row * 37) % 120)).collect();
        let bonds = Bonds { times: Some(&times), ..Bonds::default() };
        let division = Division::new(&rows, 0.25, Validation::Part(0.2), 1, bonds, 3).unwrap();
        check(&division, 120);
        let latest = |rows: &[usize]| rows.iter().map(|row| times[*row]).fold(f64::MIN, f64::max);
        let earliest = |rows: &[usize]| rows.iter().map(|row| times[*row]).fold(f64::MAX, f64::min);
        assert_eq!((division.test.len(), division.judges[0].len()), (30, 18));
        assert!(latest(&division.training(&division.judges[0])) < earliest(&division.judges[0]));
        assert!(latest(&division.judges[0]) < earliest(&division.test));
    }
}
