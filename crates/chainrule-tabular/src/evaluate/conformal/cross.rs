use super::{FoldResiduals, ResidualsError, lower_rank};
use crate::evaluate::check;
use chainrule::Error;
use serde::{Deserialize, Serialize};

/// Intervals from a cross-validation: CV+ (Barber, Candès, Ramdas and Tibshirani, *Predictive inference with the
/// jackknife+*, 2021, section 3).
///
/// With the residual Rᵢ = |tᵢ − µ₋ₖ(xᵢ)| of each row i by the model µ₋ₖ that was trained without the row's fold k, the
/// interval at x goes from the ⌊α(n + 1)⌋-th smallest of µ₋ₖ(x) − Rᵢ to the ⌈(1 − α)(n + 1)⌉-th smallest of
/// µ₋ₖ(x) + Rᵢ. Every row is used to train and to judge. With folds of one size the truth is inside with probability
/// 1 − 2α − √(2/n) at least, as they prove, and in practice about 1 − α.
///
/// Of a fold with more than 200 rows 200 residuals are kept, so that a model file stays small. Each stands for a run of
/// the sorted residuals and is the largest of it. So the interval holds the exact one, and lies within the exact one
/// whose ranks are farther out by ⌈nₖ/200⌉ − 1 for each fold of nₖ rows: within the one for α − 1/200.
///
/// ```
/// use chainrule_tabular::evaluate::conformal::CrossConformal;
///
/// let intervals = CrossConformal::new(vec![vec![1.0, -2.0], vec![0.5, 3.0]])?;
/// assert_eq!(intervals.interval(&[10.0, 20.0], 0.2), Some((8.0, 23.0)));
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<FoldResiduals>", into = "Vec<FoldResiduals>")]
pub struct CrossConformal {
    folds: Vec<FoldResiduals>,
}

impl TryFrom<Vec<FoldResiduals>> for CrossConformal {
    type Error = ResidualsError;

    fn try_from(folds: Vec<FoldResiduals>) -> Result<Self, ResidualsError> {
        if folds.is_empty() {
            return Err(ResidualsError::NoFolds);
        }
        folds.iter().enumerate().try_for_each(|(number, fold)| fold.check(number))?;
        Ok(Self { folds })
    }
}

impl From<CrossConformal> for Vec<FoldResiduals> {
    fn from(intervals: CrossConformal) -> Self {
        intervals.folds
    }
}

impl CrossConformal {
    /// From the residuals t − µ₋ₖ(x) of each fold's rows, in any order and of any sign: at least one fold, each with at
    /// least one row.
    pub fn new(folds: Vec<Vec<f64>>) -> Result<Self, Error> {
        check::some("the cross-validation", folds.len())?;
        for residuals in &folds {
            check::some("a fold of the cross-validation", residuals.len())?;
            check::finite("the residuals of the cross-validation", residuals)?;
        }
        Ok(Self { folds: folds.into_iter().map(FoldResiduals::new).collect() })
    }

    /// The residuals of each fold.
    pub fn folds(&self) -> &[FoldResiduals] {
        &self.folds
    }

    /// The interval at an x where the model without fold k predicts `predictions[k]`.
    ///
    /// `None` if there are too few rows for α (fewer than 1/α − 1), α does not lie between 0 and 1, or the predictions are not
    /// one finite number for each fold. Up to α = ½, the lower end is not above the upper one.
    pub fn interval(&self, predictions: &[f64], alpha: f64) -> Option<(f64, f64)> {
        if predictions.len() != self.folds.len() || !predictions.iter().all(|y| y.is_finite()) {
            return None;
        }
        let n: u64 = self.folds.iter().map(|fold| fold.rows).fold(0, u64::saturating_add);
        let n = usize::try_from(n).ok()?;
        // The k-th smallest of µ − R is the (n + 1 − k)-th smallest of −µ + R, but for its sign.
        let rank = (n + 1 - lower_rank(n, alpha)?) as u64;
        let low = -self.smallest(predictions, -1.0, rank);
        let high = self.smallest(predictions, 1.0, rank);
        (low.is_finite() && high.is_finite()).then_some((low, high))
    }

    /// The `rank`-th smallest of all sign · µₖ + R, where 1 ≤ rank ≤ n.
    ///
    /// Each fold is sorted, so that a number is ranked by a binary search in each. The middle of the longest range that
    /// is left is tried until one is the answer; each trial halves that range, and in general all of them.
    fn smallest(&self, predictions: &[f64], sign: f64, rank: u64) -> f64 {
        let sum = |fold: usize, residual: f64| sign * predictions[fold] + residual;
        // A few folds need no memory of their own; more are rare.
        let mut ranges: Vec<(usize, usize)> =
            self.folds.iter().map(|fold| (0, fold.residuals.len())).collect();
        let mut last = f64::INFINITY;
        while let Some((fold, &(start, end))) =
            ranges.iter().enumerate().max_by_key(|(_, (start, end))| end - start)
            && start < end
        {
            let pivot = sum(fold, self.folds[fold].residuals[start + (end - start) / 2]);
            last = pivot;
            let below = |k: usize| self.folds[k].residuals.partition_point(|&r| sum(k, r) < pivot);
            let up_to = |k: usize| self.folds[k].residuals.partition_point(|&r| sum(k, r) <= pivot);
            let count = |places: &dyn Fn(usize) -> usize| {
                (0..self.folds.len()).map(|k| self.folds[k].rows_of(places(k))).sum::<u64>()
            };
            if count(&up_to) < rank {
                for (k, range) in ranges.iter_mut().enumerate() {
                    range.0 = range.0.max(up_to(k));
                }
            } else if count(&below) < rank {
                return pivot;
            } else {
                for (k, range) in ranges.iter_mut().enumerate() {
                    range.1 = range.1.min(below(k));
                }
            }
            for range in &mut ranges {
                range.1 = range.1.max(range.0);
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::random::{Purpose, Random};

    /// By sorting everything.
    fn exact(folds: &[Vec<f64>], predictions: &[f64], low: usize, high: usize) -> (f64, f64) {
        let sums = |sign: f64| {
            let mut sums: Vec<f64> = (folds.iter().zip(predictions))
                .flat_map(|(fold, y)| fold.iter().map(move |r| y + sign * r.abs()))
                .collect();
            sums.sort_by(f64::total_cmp);
            sums
        };
        (sums(-1.0)[low - 1], sums(1.0)[high - 1])
    }

    fn normal(random: &mut Random, n: usize) -> Vec<f64> {
        (0..n).map(|_| random.normal()).collect()
    }

    // Worked by hand: of 10 ± {1, 2} and 20 ± {0.5, 3}, the 1st and the 2nd from outside.
    #[test]
    fn by_hand() {
        let intervals = CrossConformal::new(vec![vec![-2.0, 1.0], vec![0.5, -3.0]]).unwrap();
        assert_eq!(intervals.interval(&[10.0, 20.0], 0.2), Some((8.0, 23.0)));
        assert_eq!(intervals.interval(&[10.0, 20.0], 0.4), Some((9.0, 20.5)));
        assert_eq!(intervals.interval(&[10.0, 20.0], 0.39), Some((8.0, 23.0)));
        // ⌊0.19 · 5⌋ = 0: too few rows.
        assert_eq!(intervals.interval(&[10.0, 20.0], 0.19), None);
        for (predictions, alpha) in [
            (&[10.0][..], 0.2),
            (&[10.0, f64::NAN], 0.2),
            (&[10.0, 20.0], 0.0),
            (&[10.0, 20.0], f64::NAN),
            (&[f64::MAX, f64::MAX], 1.0),
        ] {
            assert_eq!(intervals.interval(predictions, alpha), None);
        }
    }

    // Small folds are kept as they are: the same numbers as by sorting, ties and folds of different sizes included.
    #[test]
    fn exact_for_small_folds() {
        let mut random = Random::new(31, Purpose::Checking);
        for sizes in [&[1][..], &[1, 1], &[7, 3, 1], &[200, 40, 199], &[30; 10]] {
            let folds: Vec<Vec<f64>> = (sizes.iter())
                .map(|&n| normal(&mut random, n).iter().map(|r| (r * 8.0).round()).collect())
                .collect();
            let n: usize = sizes.iter().sum();
            let intervals = CrossConformal::new(folds.clone()).unwrap();
            for spread in [0.0, 1.0, 1000.0] {
                let y: Vec<f64> =
                    normal(&mut random, sizes.len()).iter().map(|y| (spread * y).round()).collect();
                for rank in 1..=n {
                    let alpha = rank as f64 / (n as f64 + 1.0);
                    let expected = exact(&folds, &y, rank, n + 1 - rank);
                    assert_eq!(intervals.interval(&y, alpha), Some(expected), "{sizes:?} {rank}");
                }
            }
        }
    }

    #[test]
    fn thinned_folds_are_as_accurate_as_stated() {
        let mut random = Random::new(32, Purpose::Checking);
        let sizes = [201, 1000, 1001, 399];
        let folds: Vec<Vec<f64>> = sizes.iter().map(|&n| normal(&mut random, n)).collect();
        let n: usize = sizes.iter().sum();
        let farther: usize = sizes.iter().map(|n| n.div_ceil(200) - 1).sum();
        assert!(farther as f64 / (n as f64 + 1.0) <= 1.0 / 200.0);
        let intervals = CrossConformal::new(folds.clone()).unwrap();
        for fold in intervals.folds() {
            assert_eq!(fold.residuals.len(), 200);
            assert_eq!(fold.rows_of(200), fold.rows);
        }
        let mut different = 0;
        for _ in 0..20 {
            let y = normal(&mut random, 4);
            for alpha in [0.05, 0.1, 0.3] {
                let rank = lower_rank(n, alpha).unwrap();
                let (low, high) = intervals.interval(&y, alpha).unwrap();
                let inner = exact(&folds, &y, rank, n + 1 - rank);
                let outer = exact(&folds, &y, rank - farther, n + 1 - rank + farther);
                assert!(outer.0 <= low && low <= inner.0, "{outer:?} {low} {inner:?}");
                assert!(inner.1 <= high && high <= outer.1, "{inner:?} {high} {outer:?}");
                different += usize::from((low, high) != inner);
            }
        }
        assert!(different > 0);
    }

    // With one constant prediction for all folds it is split conformal: n = 9 and α = 0.2 cover 8 in 10.
    #[test]
    fn coverage_of_few_rows() {
        let mut random = Random::new(33, Purpose::Checking);
        let mut covered = 0;
        for _ in 0..20_000 {
            let folds = (0..3).map(|_| normal(&mut random, 3)).collect();
            let (low, high) = CrossConformal::new(folds).unwrap().interval(&[0.0; 3], 0.2).unwrap();
            let new: f64 = random.normal();
            covered += usize::from(low <= new && new <= high);
        }
        assert!((covered as f64 / 20_000.0 - 0.8).abs() < 0.012, "{covered}");
    }

    // The mean as a model, five folds of 8 rows each: about 1 − α.
    #[test]
    fn coverage_of_a_cross_validation() {
        let mut random = Random::new(34, Purpose::Checking);
        let (mut covered, repeats) = (0, 4000);
        for _ in 0..repeats {
            let y = normal(&mut random, 40);
            let without = |fold: usize| {
                let others = (0..40).filter(|row| row / 8 != fold);
                others.map(|row| y[row]).sum::<f64>() / 32.0
            };
            let means: Vec<f64> = (0..5).map(without).collect();
            let folds = (0..5).map(|k| (0..8).map(|i| y[k * 8 + i] - means[k]).collect()).collect();
            let (low, high) = CrossConformal::new(folds).unwrap().interval(&means, 0.1).unwrap();
            let new: f64 = random.normal();
            covered += usize::from(low <= new && new <= high);
        }
        let share = covered as f64 / f64::from(repeats);
        assert!((share - 0.9).abs() < 0.02, "{share}");
    }

    #[test]
    fn files_are_checked() {
        let intervals = CrossConformal::new(vec![vec![1.0, -2.0], vec![0.5]]).unwrap();
        let text = serde_json::to_string(&intervals).unwrap();
        assert_eq!(serde_json::from_str::<CrossConformal>(&text).unwrap(), intervals);
        for bad in [
            "[]",
            r#"[{"rows":0,"residuals":[]}]"#,
            r#"[{"rows":1,"residuals":[1,2]}]"#,
            r#"[{"rows":2,"residuals":[2,1]}]"#,
            r#"[{"rows":2,"residuals":[-1,1]}]"#,
            r#"[{"rows":18446744073709551615,"residuals":[1]}]"#,
        ] {
            assert!(serde_json::from_str::<CrossConformal>(bad).is_err(), "{bad}");
        }
        let coarse = r#"[{"rows":1099511627776,"residuals":[1,2]}]"#;
        let coarse: CrossConformal = serde_json::from_str(coarse).unwrap();
        assert_eq!(coarse.interval(&[0.0], 0.4), Some((-2.0, 2.0)));
        assert_eq!(coarse.interval(&[0.0], 0.6), Some((-1.0, 1.0)));
        assert!(CrossConformal::new(vec![]).is_err());
        assert!(CrossConformal::new(vec![vec![1.0], vec![]]).is_err());
        assert!(CrossConformal::new(vec![vec![f64::NAN]]).is_err());
    }
}
