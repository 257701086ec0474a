//! The target: whether it can be learned, and whether a column gives it away.

use super::{
    super::{Column, ColumnType, Numbers, Profile, Values},
    Finding, Patient,
    Severity::{Problem, Warning},
    finding::{count, percent},
    pairs::codes,
};
use crate::names::{list, quoted};

/// A column with a stronger correlation than that is the target in another dress.
const STRONG: f64 = 0.995;
/// With fewer rows, a strong correlation or a perfect agreement may be chance.
const FEWEST: usize = 20;
/// A class in fewer rows can not be learned and tested.
const RARE: usize = 10;

/// What was found of pairs of columns must be among the findings: it is not told again.
pub(super) fn examine(patient: &Patient<'_>, findings: &mut Vec<Finding>) {
    let Some((column, profile)) = patient.target() else { return };
    itself(patient.rows, column, profile, findings);
    others(patient, column, profile, findings);
}

/// The target by itself.
fn itself(rows: usize, column: &Column, profile: &Profile, findings: &mut Vec<Finding>) {
    let (name, target) = (profile.name.as_str(), quoted(&profile.name));
    let mut find = |severity, check, what: String, advice: &str| {
        findings.push(Finding::new(severity, check, &[name], what, advice));
    };
    match profile.kind {
        ColumnType::Constant => {
            let why = profile.note.as_deref().unwrap_or("it is said to be constant");
            let what = format!("The target {target} can not be learned: {why}.");
            find(Problem, "target", what, "Choose another target.");
        }
        ColumnType::Identifier | ColumnType::Text => {
            let why = profile.note.as_deref().unwrap_or("it was said to be one");
            let what = format!("The target {target} is of type {}: {why}.", profile.kind);
            find(Problem, "target", what, "Choose another target, or say with --type what it is.");
        }
        _ => {}
    }
    if profile.missing > 0 && profile.distinct > 0 {
        let what = format!(
            "The target {target} is missing in {} ({}).",
            count(profile.missing, "row"),
            percent(profile.missing, rows),
        );
        let advice = "Nothing can be learned from these rows; make sure that they are not missing for a reason.";
        find(Warning, "target-missing", what, advice);
    }
    if !matches!(profile.kind, ColumnType::Boolean | ColumnType::Category) {
        return;
    }
    let present = rows - profile.missing;
    if let Some(most) = profile.levels.first()
        && 10 * most.count >= 9 * present
        && profile.distinct > 1
    {
        let what = format!(
            "The target {target} is {} in {} of the rows: to say so always is right as often.",
            quoted(&most.value),
            percent(most.count, present),
        );
        let advice = "Look at more than the accuracy, and weigh the rare classes.";
        find(Warning, "imbalance", what, advice);
    }
    let rare = rare(column);
    if !rare.is_empty() && rows >= FEWEST {
        let what = format!(
            "{} of the target {target} {} in fewer than {RARE} rows: {}.",
            if rare.len() == 1 { "1 class".to_owned() } else { format!("{} classes", rare.len()) },
            if rare.len() == 1 { "is" } else { "are" },
            list(&rare),
        );
        let advice =
            "Collect more of them, or put classes together: these can not be learned and tested.";
        find(Warning, "imbalance", what, advice);
    }
}

/// The values in few rows.
fn rare(column: &Column) -> Vec<String> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for (row, code) in codes(column).into_iter().enumerate() {
        match counts.get_mut(code as usize) {
            Some((_, count)) => *count += 1,
            None => counts.push((row, 1)),
        }
    }
    let rare = counts.into_iter().filter(|(row, count)| *count < RARE && !column.is_missing(*row));
    rare.filter_map(|(row, _)| column.cell(row)).map(|cell| cell.into_owned()).collect()
}

/// The other columns beside it.
fn others(patient: &Patient<'_>, column: &Column, target: &Profile, findings: &mut Vec<Finding>) {
    if patient.rows < FEWEST || target.kind == ColumnType::Constant {
        return;
    }
    let target_codes = codes(column);
    for (other, profile) in patient.columns().filter(|(_, profile)| !patient.is_target(profile)) {
        let (name, names) = (profile.name.as_str(), (quoted(&profile.name), quoted(&target.name)));
        if findings.iter().any(|f| f.check == "leak" && f.columns.iter().any(|c| c == name)) {
            continue;
        }
        let advice = "Leave it out if it is not known before the target is.";
        if let Some(r) = correlation(other, column).filter(|r| r.abs() > STRONG) {
            let what = format!(
                "Column {} and the target {} have a correlation of {r:.4}: one is hardly more than the other in \
                 another unit.",
                names.0, names.1,
            );
            findings.push(Finding::new(Problem, "leak", &[name], what, advice));
        } else if is_of_levels(profile) && determines(other, column, &target_codes) {
            let what = format!(
                "Each value of column {} goes with one value of the target {}.",
                names.0, names.1,
            );
            findings.push(Finding::new(Warning, "leak", &[name], what, advice));
        }
    }
}

fn is_of_levels(profile: &Profile) -> bool {
    matches!(profile.kind, ColumnType::Boolean | ColumnType::Category | ColumnType::Integer)
}

/// Whether each value of one column goes with one value of the target, with five rows for each on average.
fn determines(column: &Column, target: &Column, target_codes: &[u32]) -> bool {
    let codes = codes(column);
    let mut of: Vec<Option<u32>> = Vec::new();
    for (row, code) in codes.iter().enumerate() {
        if *code as usize == of.len() {
            of.push(None);
        }
        let known = &mut of[*code as usize];
        if target.is_missing(row) {
            continue;
        }
        if *known.get_or_insert(target_codes[row]) != target_codes[row] {
            return false;
        }
    }
    5 * of.len() <= codes.len()
}

/// Pearson's r = Σ (a − ā)(b − b̄) / √(Σ (a − ā)² Σ (b − b̄)²) over the rows in which both have a number; `None` where
/// one of them does not vary, and for words.
fn correlation(a: &Column, b: &Column) -> Option<f64> {
    let (Values::Numbers(a), Values::Numbers(b)) = (a.values(), b.values()) else { return None };
    let scale = |values: &Numbers| {
        let finite = values.iter().filter(|value| value.is_finite());
        finite.fold(f64::MIN_POSITIVE, |most, value| most.max(value.abs()))
    };
    let (scale_a, scale_b) = (scale(a), scale(b));
    let both = || {
        let pairs = a.iter().zip(b.iter()).filter(|(a, b)| a.is_finite() && b.is_finite());
        pairs.map(|(a, b)| (a / scale_a, b / scale_b))
    };
    let n = both().count();
    let (sum_a, sum_b) = both().fold((0.0, 0.0), |sum, (a, b)| (sum.0 + a, sum.1 + b));
    let (mean_a, mean_b) = (sum_a / n as f64, sum_b / n as f64);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in both() {
        let (a, b) = (a - mean_a, b - mean_b);
        (ab, aa, bb) = (ab + a * b, aa + a * a, bb + b * b);
    }
    let r: f64 = ab / (aa.sqrt() * bb.sqrt());
    (n >= FEWEST && r.is_finite()).then(|| r.clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_worked_by_hand() {
        let column = |of: &dyn Fn(f64) -> f64| {
            Column::numbers((0..20).map(|i| of(f64::from(i % 4))).collect())
        };
        let x = column(&|x| x);
        let r = |of: &dyn Fn(f64) -> f64| correlation(&x, &column(of));
        let near = |r: Option<f64>, expected: f64| r.is_some_and(|r| (r - expected).abs() < 1e-14);
        assert!(near(r(&|x| 3.0 - 2.0 * x), -1.0));
        assert!(near(r(&|x| 5e307 * x), 1.0));
        // Of 0, 1, 2, 3 and 0, 1, 4, 9: Σab = 15, Σa² = 5, Σb² = 49 for each four rows.
        assert!(near(r(&|x| x * x), 15.0 / 245.0f64.sqrt()));
        assert_eq!(r(&|_| 1.0), None);
        assert_eq!(r(&|_| f64::NAN), None);
        assert_eq!(correlation(&x, &Column::words([Some("a")])), None);
    }
}
