//! What a column is worth to a model: permutation importance (Breiman, *Random Forests*, 2001; for any model: Fisher,
//! Rudin and Dominici, *All Models are Wrong, but Many are Useful*, 2019).
//!
//! The values of one column are put into a random order among the rows, the others stay, and the loss is measured again.
//! It rises by as much as the model relies on the column. Columns that tell the same share their importance, so a small
//! one is no proof that a column does not matter.

use chainrule::random::{Purpose, Random};
use serde::{Deserialize, Serialize};

/// By how much the loss rises when a column is shuffled, in units of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The mean of the increase over the repeats.
    pub mean: f64,
    /// Its standard deviation √(Σ(v − mean)²/(repeats − 1)); `None` of a single repeat.
    pub deviation: Option<f64>,
}

/// The importance of each of `columns` columns.
///
/// `score_with(column, permutation)` is the loss when row i has row `permutation[i]`'s value in that column. It is asked
/// once with the rows in their order, for the loss that the others are compared with, and `repeats` times for each
/// column. All columns see the same permutations, so that their order makes no difference. An importance is `None` if
/// one of its losses is not finite, or nothing is repeated.
///
/// ```
/// use chainrule_tabular::evaluate::importance::permutation_importance;
///
/// // The truth is the first column; the second one is noise that the model does not look at.
/// let x = [[1.0, 5.0], [2.0, 3.0], [3.0, 4.0], [4.0, 1.0]];
/// let loss = |column: usize, permutation: &[usize]| {
///     let errors = (0..4).map(|row| {
///         let seen = if column == 0 { x[permutation[row]][0] } else { x[row][0] };
///         f64::abs(seen - x[row][0])
///     });
///     errors.sum::<f64>() / 4.0
/// };
/// let importances = permutation_importance(4, 2, 42, 10, loss);
/// assert!(importances[0].is_some_and(|first| first.mean > 0.0));
/// assert!(importances[1].is_some_and(|second| second.mean == 0.0));
/// ```
pub fn permutation_importance(
    rows: usize,
    columns: usize,
    seed: u64,
    repeats: usize,
    mut score_with: impl FnMut(usize, &[usize]) -> f64,
) -> Vec<Option<Importance>> {
    if columns == 0 || repeats == 0 {
        return vec![None; columns];
    }
    let order: Vec<usize> = (0..rows).collect();
    let loss = score_with(0, &order);
    let mut random = Random::new(seed, Purpose::Shuffling);
    let permutations: Vec<Vec<usize>> = (0..repeats).map(|_| random.permutation(rows)).collect();
    (0..columns)
        .map(|column| {
            let n = repeats as f64;
            let increases: Vec<f64> =
                permutations.iter().map(|order| score_with(column, order) - loss).collect();
            let mean = increases.iter().map(|v| v / n).sum::<f64>();
            let squares: f64 = increases.iter().map(|v| (v - mean) * (v - mean)).sum();
            let deviation = (repeats > 1).then(|| (squares / (n - 1.0)).sqrt());
            let finite = mean.is_finite() && deviation.is_none_or(f64::is_finite);
            finite.then_some(Importance { mean, deviation })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // ŷ = 3a + b is the truth: shuffling a moves it by 3 (a' − a), and E (a' − a)² = 2 Var a.
    #[test]
    fn a_linear_model() {
        let mut random = Random::new(5, Purpose::Checking);
        let a: Vec<f64> = (0..500).map(|_| random.normal()).collect();
        let b: Vec<f64> = (0..500).map(|_| random.normal()).collect();
        let loss = |column: usize, order: &[usize]| {
            let errors = (0..500).map(|row| match column {
                0 => 3.0 * (a[order[row]] - a[row]),
                1 => b[order[row]] - b[row],
                _ => 0.0,
            });
            1.0 + errors.map(|e| e * e).sum::<f64>() / 500.0
        };
        let importances: Vec<_> =
            permutation_importance(500, 3, 1, 20, loss).into_iter().map(Option::unwrap).collect();
        assert!((importances[0].mean - 18.0).abs() < 2.0, "{importances:?}");
        assert!((importances[1].mean - 2.0).abs() < 0.3, "{importances:?}");
        assert_eq!(importances[2], Importance { mean: 0.0, deviation: Some(0.0) });
        assert_eq!(permutation_importance(500, 3, 1, 20, loss)[0], Some(importances[0]));
        assert_ne!(permutation_importance(500, 3, 2, 20, loss)[0], Some(importances[0]));
        assert_eq!(permutation_importance(500, 1, 1, 1, loss)[0].unwrap().deviation, None);
    }

    // Worked by hand: losses 1, then 2 and 4.
    #[test]
    fn mean_and_deviation() {
        let mut losses = [1.0, 2.0, 4.0].into_iter();
        let importances = permutation_importance(9, 1, 1, 2, |_, _| losses.next().unwrap());
        assert_eq!(importances, [Some(Importance { mean: 2.0, deviation: Some(2f64.sqrt()) })]);
    }

    #[test]
    fn what_is_undefined_is_none() {
        assert_eq!(permutation_importance(3, 2, 1, 0, |_, _| 1.0), [None, None]);
        assert_eq!(permutation_importance(3, 0, 1, 5, |_, _| 1.0), []);
        let one = |column, _: &[usize]| if column == 1 { f64::NAN } else { 1.0 };
        let importances = permutation_importance(3, 2, 1, 5, one);
        assert!(importances[0].is_some() && importances[1].is_none());
    }
}
