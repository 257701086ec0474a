//! Which rows a whole fit learns from, and which it is scored on, several times over: cross-validation.

use super::{
    FitError, Settings, Validation,
    division::{Bonds, Division},
    preparation::check,
    rows::{class_places, codes, times, usable},
    task::Task,
};
use crate::{Output, Table};

/// The rows of a table for a cross-validation of the whole fit: for each fold those that are learned from and those that
/// score, both in ascending order.
///
/// Rows without a target are in none of them. Each other row scores once, and the division minds what the fit minds:
///
/// | settings | division |
/// |---|---|
/// | classes | each fold has about the same share of each class |
/// | `group` | the rows of a group score together |
/// | `order` | the rows are cut into `folds + 1` blocks in the order of time; fold k learns from the first k blocks and scores on the next one, so the first block never scores |
///
/// ```
/// use chainrule_tabular::{Settings, Table, estimator::outer_folds};
///
/// let x: Vec<f64> = (0..20).map(f64::from).collect();
/// let table = Table::new(vec![("x".into(), x.clone()), ("y".into(), x)])?;
/// let folds = outer_folds(&table, &Settings::new(["y"]), 4)?;
/// assert_eq!(folds.len(), 4);
/// assert!(folds.iter().all(|[learned, scored]| learned.len() == 15 && scored.len() == 5));
/// let settings = Settings { order: Some("x".into()), ..Settings::new(["y"]) };
/// assert_eq!(outer_folds(&table, &settings, 3)?[0], [vec![0, 1, 2, 3, 4], vec![5, 6, 7, 8, 9]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn outer_folds(
    table: &Table,
    settings: &Settings,
    folds: usize,
) -> Result<Vec<[Vec<usize>; 2]>, FitError> {
    check(table, settings)?;
    let rows = usable(table, settings, &mut Vec::new())?;
    let too_few =
        || FitError::TooFewToDivide { rows: rows.len(), groups: settings.group.is_some() };
    if folds < 2 || rows.len() <= folds {
        return Err(too_few());
    }
    if let Some(name) = &settings.order {
        return Ok(forward(&rows, &times(table, name, &rows)?, folds));
    }
    let task = match &settings.task {
        Some(task) => task.clone(),
        None => Task::suggested(table, settings, &rows)?,
    };
    let (targets, output) = task.targets(table, settings, &rows)?;
    let classes = match output {
        Output::Probability | Output::Classes => Some(class_places(table, &targets)?),
        _ => None,
    };
    let groups = settings.group.as_ref().map(|name| table.column(name).map(codes)).transpose()?;
    let bonds = Bonds { classes: classes.as_deref(), groups: groups.as_deref(), times: None };
    let division = Division::new(&rows, 0.0, Validation::Folds(folds), 1, bonds, settings.seed)?;
    // Of fewer groups than folds there would be fewer folds than somebody reads about.
    if division.judges.len() != folds {
        return Err(too_few());
    }
    let pair = |judges: &Vec<usize>| [division.training(judges), judges.clone()];
    Ok(division.judges.iter().map(pair).collect())
}

/// Blocks in the order of time: the earlier ones teach, the next one scores.
fn forward(rows: &[usize], times: &[f64], folds: usize) -> Vec<[Vec<usize>; 2]> {
    let mut rows = rows.to_vec();
    rows.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
    let end = |block: usize| block * rows.len() / (folds + 1);
    let sorted = |mut rows: Vec<usize>| {
        rows.sort_unstable();
        rows
    };
    let fold = |k: usize| {
        let (learned, scored) = (&rows[..end(k)], &rows[end(k)..end(k + 1)]);
        [sorted(learned.to_vec()), sorted(scored.to_vec())]
    };
    (1..=folds).map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    /// 60 rows: x, a class in every sixth row, a group of 7 rows each, y with a gap in row 3.
    fn table() -> Table {
        let numbers =
            |f: &dyn Fn(usize) -> f64| Column::numbers((0..60).map(f).collect::<Vec<f64>>());
        let class = (0..60).map(|i| Some(if i % 6 == 0 { "rare" } else { "usual" }));
        Table::of(vec![
            ("x".into(), numbers(&|i| ((i * 7) % 60) as f64)),
            ("class".into(), Column::words(class)),
            ("group".into(), numbers(&|i| (i / 7) as f64)),
            ("y".into(), numbers(&|i| if i == 3 { f64::NAN } else { i as f64 })),
        ])
        .unwrap()
    }

    #[test]
    fn every_row_scores_once() {
        let table = table();
        for (settings, left_out) in [
            (Settings::new(["y"]), Some(3)),
            (Settings::new(["class"]), None),
            (Settings { group: Some("group".into()), ..Settings::new(["class"]) }, None),
        ] {
            let folds = outer_folds(&table, &settings, 5).unwrap();
            let mut scored: Vec<usize> = folds.iter().flat_map(|[_, s]| s.clone()).collect();
            scored.sort_unstable();
            let expected: Vec<usize> = (0..60).filter(|row| Some(*row) != left_out).collect();
            assert_eq!(scored, expected);
            for [learned, scored] in &folds {
                assert!(learned.iter().all(|row| !scored.contains(row)));
                assert_eq!(learned.len() + scored.len(), expected.len());
            }
        }
    }

    #[test]
    fn classes_have_their_share_and_groups_stay_together() {
        let table = table();
        for [_, scored] in outer_folds(&table, &Settings::new(["class"]), 5).unwrap() {
            assert_eq!(scored.iter().filter(|row| *row % 6 == 0).count(), 2);
        }
        let settings = Settings { group: Some("group".into()), ..Settings::new(["class"]) };
        for [learned, scored] in outer_folds(&table, &settings, 4).unwrap() {
            assert!(learned.iter().all(|a| scored.iter().all(|b| a / 7 != b / 7)));
        }
    }

    #[test]
    fn time_goes_forwards() {
        let table = table();
        let settings = Settings { order: Some("x".into()), ..Settings::new(["class"]) };
        let time = |row: &usize| (row * 7) % 60;
        let folds = outer_folds(&table, &settings, 4).unwrap();
        assert_eq!(folds.iter().map(|[l, _]| l.len()).collect::<Vec<_>>(), [12, 24, 36, 48]);
        for [learned, scored] in folds {
            assert_eq!(scored.len(), 12);
            assert!(learned.iter().map(time).max() < scored.iter().map(time).min());
        }
    }

    #[test]
    fn too_many_folds_are_an_error() {
        let table = table();
        for (settings, folds) in [
            (Settings::new(["y"]), 1),
            (Settings::new(["y"]), 60),
            (Settings { group: Some("group".into()), ..Settings::new(["y"]) }, 10),
        ] {
            let error = outer_folds(&table, &settings, folds);
            assert!(matches!(error, Err(FitError::TooFewToDivide { .. })), "{error:?}");
        }
    }
}
