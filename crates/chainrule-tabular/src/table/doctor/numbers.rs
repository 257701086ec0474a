//! Numbers that are far from all others.

use super::{
    super::{Column, ColumnType, Profile, Values, schema::median},
    Finding,
    Severity::Warning,
    finding::count,
};
use crate::names::quoted;

/// Farther from the median than so many robust deviations is far.
const FAR: f64 = 20.0;
/// With fewer numbers nothing can be said.
const FEWEST: usize = 20;
/// What people write where a number is missing.
const CODES: [f64; 12] = [
    -9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0, -1e9,
];

pub(super) fn examine(column: &Column, profile: &Profile, findings: &mut Vec<Finding>) {
    let Values::Numbers(values) = column.values() else { return };
    if !matches!(profile.kind, ColumnType::Number | ColumnType::Integer) {
        return;
    }
    let mut sorted: Vec<f64> = values.iter().filter(|value| value.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    if sorted.len() < FEWEST {
        return;
    }
    let name = profile.name.as_str();
    let rows = |is_meant: &dyn Fn(f64) -> bool| -> Vec<usize> {
        (0..values.len()).filter(|&row| is_meant(values.get(row))).collect()
    };
    while let Some(code) = code(&sorted) {
        sorted.retain(|value| *value != code);
        let rows = rows(&|value| value == code);
        let what = format!(
            "{code} stands in {} of column {}, far from all other numbers there ({} to {}): it looks like a missing value.",
            count(rows.len(), "row"),
            quoted(name),
            sorted[0],
            sorted[sorted.len() - 1],
        );
        let advice = format!("If it is one, say --missing={code}.");
        findings.push(Finding::new(Warning, "hidden-missing", &[name], what, advice).at(&rows));
    }
    let Some((middle, deviation)) = robust(&sorted) else { return };
    let is_far = |value: f64| (value - middle).abs() / deviation > FAR;
    let far = sorted.iter().filter(|value| is_far(**value)).count();
    if far > 0 {
        let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
        let farthest = if middle - low > high - middle { low } else { high };
        let rows =
            rows(&|value| value.is_finite() && is_far(value) && (low..=high).contains(&value));
        let what = format!(
            "In column {} {} more than {FAR} robust deviations from the median {middle}: {farthest} is the farthest.",
            quoted(name),
            if far == 1 { "1 number lies".to_owned() } else { format!("{far} numbers lie") },
        );
        let advice =
            "Check these rows; if they are right, predict the logarithm or a bounded form of it.";
        findings.push(Finding::new(Warning, "outlier", &[name], what, advice).at(&rows));
    }
}

/// The least or the greatest of the numbers, if it is one of the usual codes and farther from the rest than they are
/// from each other.
fn code(sorted: &[f64]) -> Option<f64> {
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    let above = *sorted.iter().find(|value| **value > low)?;
    let below = *sorted.iter().rev().find(|value| **value < high)?;
    if CODES.contains(&low) && above - low > high - above && above < high {
        return Some(low);
    }
    (CODES.contains(&high) && high - below > below - low && low < below).then_some(high)
}

/// The median, and a deviation that single numbers can not move: the median distance from it, or, where half of the
/// numbers are the same, the distance of the quartiles; both are scaled to be the standard deviation of normally
/// distributed numbers (Rousseeuw and Croux, *Alternatives to the median absolute deviation*, 1993, section 1). `None`
/// where three quarters of the numbers are the same.
fn robust(sorted: &[f64]) -> Option<(f64, f64)> {
    let middle = median(sorted);
    let mut distances: Vec<f64> = sorted.iter().map(|value| (value - middle).abs()).collect();
    distances.sort_unstable_by(f64::total_cmp);
    let quarter = sorted.len() / 4;
    let quartiles = sorted[sorted.len() - 1 - quarter] - sorted[quarter];
    let deviation = match median(&distances) {
        0.0 => quartiles / 1.349,
        distance => 1.4826 * distance,
    };
    (deviation > 0.0 && deviation.is_finite()).then_some((middle, deviation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_out() {
        for (numbers, expected) in [
            (&[-999.0, 10.0, 20.0, 30.0][..], Some(-999.0)),
            (&[1.0, 5.0, 999.0], Some(999.0)),
            // An age, and temperatures of a cold place.
            (&[1.0, 60.0, 90.0, 99.0], None),
            (&[-9.0, -5.0, 0.0, 7.0], None),
            (&[-998.0, 10.0, 20.0], None),
            (&[-999.0, 1.0], None),
            (&[-999.0], None),
            (&[], None),
        ] {
            assert_eq!(code(numbers), expected, "{numbers:?}");
        }
    }

    #[test]
    fn deviations_worked_by_hand() {
        // The median is 3, the distances are 2, 1, 0, 1, 97.
        assert_eq!(robust(&[1.0, 2.0, 3.0, 4.0, 100.0]), Some((3.0, 1.4826)));
        assert_eq!(robust(&[0.0, 0.0, 0.0, 0.0, 1.0]), None);
        assert_eq!(robust(&[-2.698, -1.349, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0]), None);
        assert_eq!(robust(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.349, 2.0, 2.0]), Some((0.0, 1.349 / 1.349)));
    }
}
