//! How far chance moves a measure: percentile bootstrap intervals (Efron, *Bootstrap Methods*, 1979).
//!
//! Rows are drawn with replacement, as many as there are, the measure is computed on them, and again and again. The
//! middle part of these values is the interval. It tells what other rows of the same kind would have done to the measure;
//! it does not tell what another training would have done.
//!
//! ```
//! use chainrule_tabular::evaluate::bootstrap::bootstrap;
//!
//! let errors = [1.0, 3.0, 2.0, 2.0, 4.0, 1.0, 2.0, 3.0];
//! let mean = |rows: &[usize]| Some(rows.iter().map(|&row| errors[row]).sum::<f64>() / rows.len() as f64);
//! let interval = bootstrap(errors.len(), 200, 42, 0.95, mean).expect("there are rows");
//! assert!(interval.low < 2.25 && 2.25 < interval.high);
//! ```

use chainrule::random::{Purpose, Random};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A part of the real line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The interval of a measure of `rows` rows, by so many resamples; `level` is the share of them inside, such as 0.95.
///
/// The measure is given row numbers below `rows`, some of them more than once. Its ends are the quantiles (1 − level)/2
/// and (1 + level)/2 of the values, with straight lines between the order statistics. `None` if there are no rows or no
/// repeats, the level does not lie between 0 and 1, or the measure is `None` (or not finite) on more than half of the
/// resamples; fewer of those are left out.
pub fn bootstrap(
    rows: usize,
    repeats: usize,
    seed: u64,
    level: f64,
    measure: impl Fn(&[usize]) -> Option<f64>,
) -> Option<Interval> {
    let [interval] = bootstrap_all(rows, repeats, seed, level, |rows| [measure(rows)]);
    interval
}

/// The intervals of several measures, which see the same resamples: what they share is computed once for all of them. See
/// [`bootstrap`].
///
/// ```
/// use chainrule_tabular::evaluate::{bootstrap::bootstrap_all, regression::RegressionScore};
///
/// let (prediction, truth) = ([1.0, 2.5, 3.0, 4.5, 5.0, 5.5], [1.5, 2.0, 3.0, 4.0, 6.0, 5.0]);
/// let [rmse, mae, r_squared] = bootstrap_all(6, 200, 42, 0.95, |rows| {
///     let pick = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<f64>>();
///     match RegressionScore::new(&pick(&prediction), &pick(&truth), None) {
///         Ok(score) => [Some(score.rmse), Some(score.mae), score.r_squared],
///         Err(_) => [None; 3],
///     }
/// });
/// assert!(rmse.is_some_and(|rmse| rmse.low < rmse.high));
/// # assert!(mae.is_some() && r_squared.is_some());
/// ```
pub fn bootstrap_all<const N: usize>(
    rows: usize,
    repeats: usize,
    seed: u64,
    level: f64,
    measures: impl Fn(&[usize]) -> [Option<f64>; N],
) -> [Option<Interval>; N] {
    let mut sample = vec![0; rows];
    resample(if rows == 0 { 0 } else { repeats }, seed, level, measures, |random| {
        sample.iter_mut().for_each(|row| *row = random.below(rows));
        sample.clone()
    })
}

/// As [`bootstrap_all`], where rows of one group (the same number in `groups`, which has one for each row) are not
/// independent: whole groups are drawn with replacement, as many as there are, so that a resample may have more or fewer
/// rows. The groups are numbered by their first row; which numbers they have makes no difference.
pub fn bootstrap_groups<const N: usize>(
    groups: &[usize],
    repeats: usize,
    seed: u64,
    level: f64,
    measures: impl Fn(&[usize]) -> [Option<f64>; N],
) -> [Option<Interval>; N] {
    let mut places = HashMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    for (row, group) in groups.iter().enumerate() {
        let place = *places.entry(group).or_insert(members.len());
        if place == members.len() {
            members.push(Vec::new());
        }
        members[place].push(row);
    }
    resample(if groups.is_empty() { 0 } else { repeats }, seed, level, measures, |random| {
        let drawn = (0..members.len()).map(|_| &members[random.below(members.len())]);
        drawn.flatten().copied().collect()
    })
}

fn resample<const N: usize>(
    repeats: usize,
    seed: u64,
    level: f64,
    measures: impl Fn(&[usize]) -> [Option<f64>; N],
    mut draw: impl FnMut(&mut Random) -> Vec<usize>,
) -> [Option<Interval>; N] {
    if !(level > 0.0 && level < 1.0) {
        return [None; N];
    }
    // A resample is synthetic data: the stream is one that no fit takes anything from.
    let mut random = Random::new(seed, Purpose::Data);
    let mut values: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..repeats {
        for (values, value) in values.iter_mut().zip(measures(&draw(&mut random))) {
            values.extend(value.filter(|value| value.is_finite()));
        }
    }
    values.map(|mut values| {
        values.sort_unstable_by(f64::total_cmp);
        (!values.is_empty() && 2 * values.len() >= repeats).then(|| Interval {
            low: quantile(&values, (1.0 - level) / 2.0),
            high: quantile(&values, (1.0 + level) / 2.0),
        })
    })
}

/// The quantile of sorted values (at least one): the value at the place (n − 1) · level, counted from 0 (Hyndman and Fan,
/// *Sample Quantiles in Statistical Packages*, 1996, definition 7).
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let place = (sorted.len() - 1) as f64 * level;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] * (1.0 - part) + sorted[above] * part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{classification::ClassificationScore, regression::RegressionScore};
    use ndarray::{Array2, Axis};

    fn mean_of(values: &[f64]) -> impl Fn(&[usize]) -> Option<f64> {
        |rows| Some(rows.iter().map(|&row| values[row]).sum::<f64>() / rows.len() as f64)
    }

    fn normal(n: usize) -> Vec<f64> {
        let mut random = Random::new(3, Purpose::Checking);
        (0..n).map(|_| random.normal()).collect()
    }

    #[test]
    fn quantiles() {
        for (level, expected) in [(0.0, 1.0), (0.25, 2.0), (0.5, 3.0), (0.625, 4.0), (1.0, 9.0)] {
            assert_eq!(quantile(&[1.0, 2.0, 3.0, 5.0, 9.0], level), expected);
        }
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
    }

    // The interval of a mean has half the width 1.96 σ/√n.
    #[test]
    fn the_interval_of_a_mean() {
        let values = normal(400);
        let interval = bootstrap(400, 2000, 1, 0.95, mean_of(&values)).unwrap();
        let mean = values.iter().sum::<f64>() / 400.0;
        let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 400.0).sqrt();
        let half = 1.96 * deviation / 20.0;
        assert!((interval.low - (mean - half)).abs() < 0.1 * half, "{interval:?}");
        assert!((interval.high - (mean + half)).abs() < 0.1 * half, "{interval:?}");
    }

    #[test]
    fn the_seed_decides() {
        let values = normal(50);
        let run = |seed| bootstrap(50, 100, seed, 0.9, mean_of(&values));
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let two = |rows: &[usize]| [mean_of(&values)(rows), Some(1.0)];
        assert_eq!(bootstrap_all(50, 100, 1, 0.9, two)[0], run(1));
        assert_eq!(bootstrap_all(50, 100, 1, 0.9, two)[1], Some(Interval { low: 1.0, high: 1.0 }));
    }

    // The size that a report has: every measure of 3,000 rows gets an interval around its value.
    #[test]
    fn all_measures_of_many_rows() {
        let mut random = Random::new(4, Purpose::Checking);
        let truth: Vec<usize> = (0..3000).map(|_| random.below(3)).collect();
        let mut p = Array2::from_shape_fn((3000, 3), |(row, class)| {
            random.unit::<f64>() + if truth[row] == class { 0.5 } else { 0.1 }
        });
        p.outer_iter_mut().for_each(|mut row| row /= row.sum());
        let y = p.column(0).to_vec();
        let t: Vec<f64> = truth.iter().map(|class| f64::from(*class == 0) + 1.0).collect();
        let measures = |rows: &[usize]| {
            let pick = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<f64>>();
            let numbers = RegressionScore::new(&pick(&y), &pick(&t), None).unwrap();
            let truth: Vec<usize> = rows.iter().map(|&row| truth[row]).collect();
            let classes = ClassificationScore::new(p.select(Axis(0), rows).view(), &truth).unwrap();
            [
                Some(numbers.rmse),
                Some(numbers.mae),
                numbers.mape,
                numbers.r_squared,
                Some(numbers.median_absolute_error),
                Some(classes.accuracy),
                Some(classes.balanced_accuracy),
                Some(classes.macro_f1),
                Some(classes.log_loss),
                Some(classes.brier_score),
                classes.roc_auc,
                classes.average_precision,
            ]
        };
        let all: Vec<usize> = (0..3000).collect();
        let intervals = bootstrap_all(3000, 200, 1, 0.99, measures);
        for (i, (interval, value)) in intervals.into_iter().zip(measures(&all)).enumerate() {
            let (interval, value) = (interval.unwrap(), value.unwrap());
            assert!(interval.low < value && value < interval.high, "{i}: {value} {interval:?}");
        }
    }

    // 20 groups of 20 equal rows say as much as 20 rows: √20 times the width of 400 rows.
    #[test]
    fn groups_are_drawn_as_a_whole() {
        let groups: Vec<usize> = (0..400).map(|row| 1000 - row % 20).collect();
        let of_groups = normal(20);
        let values: Vec<f64> = (0..400).map(|row| of_groups[row % 20]).collect();
        let mean = |rows: &[usize]| {
            assert_eq!(rows.len(), 400);
            [mean_of(&values)(rows)]
        };
        let [grouped] = bootstrap_groups(&groups, 1000, 1, 0.95, mean);
        let [single] = bootstrap_all(400, 1000, 1, 0.95, mean);
        let width = |interval: Option<Interval>| interval.map(|i| i.high - i.low).unwrap();
        let ratio = width(grouped) / width(single) / 20f64.sqrt();
        assert!((ratio - 1.0).abs() < 0.15, "{ratio}");
        // Groups of one row are rows.
        let alone: Vec<usize> = (0..400).collect();
        assert_eq!(
            bootstrap_groups(&alone, 100, 1, 0.95, mean),
            bootstrap_all(400, 100, 1, 0.95, mean)
        );
    }

    #[test]
    fn what_is_undefined_is_none() {
        let one = |_: &[usize]| Some(1.0);
        assert_eq!(bootstrap(0, 10, 1, 0.9, one), None);
        assert_eq!(bootstrap(10, 0, 1, 0.9, one), None);
        for level in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(bootstrap(10, 10, 1, level, one), None);
        }
        assert_eq!(bootstrap(10, 10, 1, 0.9, |_| None), None);
        assert_eq!(bootstrap(10, 10, 1, 0.9, |_| Some(f64::NAN)), None);
        assert_eq!(bootstrap_groups(&[], 10, 1, 0.9, |_| [Some(1.0)]), [None]);
        // Undefined without row 0, which is missing from a third of the resamples: (1 − 1/3)³ = 8/27.
        let seldom = |rows: &[usize]| rows.contains(&0).then_some(1.0);
        assert_eq!(bootstrap(3, 300, 1, 0.9, seldom), Some(Interval { low: 1.0, high: 1.0 }));
        // Undefined unless each of three rows is there: 1 − 6/27.
        let often = |rows: &[usize]| (0..3).all(|row| rows.contains(&row)).then_some(1.0);
        assert_eq!(bootstrap(3, 300, 1, 0.9, often), None);
    }
}
