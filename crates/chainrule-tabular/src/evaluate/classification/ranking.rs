use super::check;
use chainrule::Error;
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

/// A point of the ROC curve: rows are called positive from a threshold of their score on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// The lowest score that is called positive; `None` where no row is.
    pub threshold: Option<f64>,
    /// The share of the negative rows that are called positive.
    pub false_positive_rate: f64,
    /// The share of the positive rows that are called positive.
    pub true_positive_rate: f64,
}

/// A point of the precision–recall curve: rows are called positive from a threshold of their score on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrecisionRecallPoint {
    /// The lowest score that is called positive.
    pub threshold: f64,
    /// The share of positive rows among those called positive.
    pub precision: f64,
    /// The share of the positive rows that are called positive.
    pub recall: f64,
}

/// The area under the ROC curve: the probability that a positive row has a higher score than a negative one, where a tie
/// counts half (Mann and Whitney, 1947). `None` if there are no positive or no negative rows.
pub fn roc_auc(scores: &[f64], positive: &[bool]) -> Result<Option<f64>, Error> {
    Ok(Ranking::new(scores, positive)?.roc_auc())
}

/// The average precision Σ (Rᵢ − Rᵢ₋₁) Pᵢ over the thresholds in falling order, with recalls R and precisions P: the
/// area under the precision–recall curve as steps, as scikit-learn has it. `None` if there are no positive rows.
pub fn average_precision(scores: &[f64], positive: &[bool]) -> Result<Option<f64>, Error> {
    Ok(Ranking::new(scores, positive)?.average_precision())
}

/// The ROC curve from (0, 0) to (1, 1), without the points that lie on the line between their neighbours. `None` if there
/// are no positive or no negative rows.
pub fn roc_curve(scores: &[f64], positive: &[bool]) -> Result<Option<Vec<RocPoint>>, Error> {
    Ok(Ranking::new(scores, positive)?.roc_curve())
}

/// The precision–recall curve in the order of rising recall, from the highest score to the threshold that calls all rows
/// positive. `None` if there are no positive rows.
pub fn precision_recall_curve(
    scores: &[f64],
    positive: &[bool],
) -> Result<Option<Vec<PrecisionRecallPoint>>, Error> {
    Ok(Ranking::new(scores, positive)?.precision_recall_curve())
}

/// How many rows are called positive from each of the scores on, in falling order of the scores.
#[derive(Debug)]
pub(super) struct Ranking {
    steps: Vec<Step>,
}

/// The rows with a score of at least the threshold.
#[derive(Clone, Copy, Debug)]
struct Step {
    threshold: f64,
    positive: usize,
    negative: usize,
}

impl Ranking {
    fn new(scores: &[f64], positive: &[bool]) -> Result<Self, Error> {
        check::length("scores", positive.len(), scores.len())?;
        check::some("the scores", scores.len())?;
        check::finite("the scores", scores)?;
        Ok(Self::of(scores.iter().copied().zip(positive.iter().copied()).collect()))
    }

    /// Of one class against the rest, by its probabilities, which are finite.
    pub(super) fn of_class(scores: ArrayView1<f64>, truth: &[usize], class: usize) -> Self {
        Self::of(scores.iter().zip(truth).map(|(&score, &truth)| (score, truth == class)).collect())
    }

    fn of(mut rows: Vec<(f64, bool)>) -> Self {
        // Not `total_cmp`: 0 and −0 are the same score.
        rows.sort_unstable_by(|a, b| (b.0 + 0.0).total_cmp(&(a.0 + 0.0)));
        let (mut positive, mut negative) = (0, 0);
        let mut steps: Vec<Step> = Vec::new();
        for (score, is_positive) in rows {
            *(if is_positive { &mut positive } else { &mut negative }) += 1;
            let step = Step { threshold: score, positive, negative };
            match steps.last_mut() {
                Some(last) if last.threshold == score => *last = step,
                _ => steps.push(step),
            }
        }
        Self { steps }
    }

    /// The positive and the negative rows, if there are some of the positive ones.
    fn totals(&self) -> Option<(f64, f64)> {
        let last = self.steps.last()?;
        (last.positive > 0).then_some((last.positive as f64, last.negative as f64))
    }

    pub(super) fn roc_auc(&self) -> Option<f64> {
        let (positive, negative) = self.totals().filter(|totals| totals.1 > 0.0)?;
        // Each positive row counts the negative ones below it, and half of those beside it.
        let (mut wins, mut before) = (0.0, (0, 0));
        for step in &self.steps {
            let here = (step.positive - before.0) as f64;
            let (below, beside) =
                (negative - step.negative as f64, (step.negative - before.1) as f64);
            wins += here * (below + 0.5 * beside);
            before = (step.positive, step.negative);
        }
        Some(wins / positive / negative)
    }

    pub(super) fn average_precision(&self) -> Option<f64> {
        let (positive, _) = self.totals()?;
        let (mut sum, mut before) = (0.0, 0);
        for step in &self.steps {
            let precision = step.positive as f64 / (step.positive + step.negative) as f64;
            sum += (step.positive - before) as f64 * precision;
            before = step.positive;
        }
        Some(sum / positive)
    }

    fn roc_curve(&self) -> Option<Vec<RocPoint>> {
        let (positive, negative) = self.totals().filter(|totals| totals.1 > 0.0)?;
        let point = |step: &Step| RocPoint {
            threshold: Some(step.threshold),
            false_positive_rate: step.negative as f64 / negative,
            true_positive_rate: step.positive as f64 / positive,
        };
        // The difference of two steps, and whether two of them have the same direction; exact in whole numbers.
        let from = |a: (usize, usize), b: &Step| (b.positive - a.0, b.negative - a.1);
        let aligned = |a: (usize, usize), b: (usize, usize)| {
            a.0 as u128 * b.1 as u128 == a.1 as u128 * b.0 as u128
        };
        let start = RocPoint { threshold: None, false_positive_rate: 0.0, true_positive_rate: 0.0 };
        let mut points = vec![start];
        let mut kept = (0, 0);
        for (i, step) in self.steps.iter().enumerate() {
            let here = (step.positive, step.negative);
            let corner = match self.steps.get(i + 1) {
                Some(next) => !aligned(from(kept, step), from(here, next)),
                None => true,
            };
            if corner {
                points.push(point(step));
                kept = here;
            }
        }
        Some(points)
    }

    fn precision_recall_curve(&self) -> Option<Vec<PrecisionRecallPoint>> {
        let (positive, _) = self.totals()?;
        let points = self.steps.iter().map(|step| PrecisionRecallPoint {
            threshold: step.threshold,
            precision: step.positive as f64 / (step.positive + step.negative) as f64,
            recall: step.positive as f64 / positive,
        });
        Some(points.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 6] = [0.9, 0.8, 0.8, 0.4, 0.2, 0.1];
    const POSITIVE: [bool; 6] = [true, true, false, true, false, false];

    // Worked by hand: of 9 pairs the first positive row wins 3, the second 2.5, the third 2.
    #[test]
    fn ties_count_half() {
        assert_eq!(roc_auc(&SCORES, &POSITIVE), Ok(Some(7.5 / 9.0)));
        let same = roc_auc(&[0.0, -0.0, 0.0], &[true, false, false]);
        assert_eq!(same, Ok(Some(0.5)));
        let reversed = POSITIVE.map(|positive| !positive);
        assert_eq!(roc_auc(&SCORES, &reversed), Ok(Some(1.5 / 9.0)));
    }

    // Worked by hand: recalls 1/3, 2/3, 1 with precisions 1, 2/3, 3/4.
    #[test]
    fn precisions() {
        let ap = average_precision(&SCORES, &POSITIVE).unwrap().unwrap();
        assert!((ap - (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0).abs() < 1e-15);
        let curve = precision_recall_curve(&SCORES, &POSITIVE).unwrap().unwrap();
        let points: Vec<_> = curve.iter().map(|p| (p.threshold, p.precision, p.recall)).collect();
        let third = 1.0 / 3.0;
        assert_eq!(
            points,
            [
                (0.9, 1.0, third),
                (0.8, 2.0 / 3.0, 2.0 / 3.0),
                (0.4, 0.75, 1.0),
                (0.2, 0.6, 1.0),
                (0.1, 0.5, 1.0)
            ]
        );
    }

    // Worked by hand; the point at 0.2 lies on the line from 0.4 to 0.1.
    #[test]
    fn corners_of_the_roc_curve() {
        let curve = roc_curve(&SCORES, &POSITIVE).unwrap().unwrap();
        let points: Vec<_> = curve
            .iter()
            .map(|p| (p.threshold, p.false_positive_rate, p.true_positive_rate))
            .collect();
        let third = 1.0 / 3.0;
        assert_eq!(
            points,
            [
                (None, 0.0, 0.0),
                (Some(0.9), 0.0, third),
                (Some(0.8), third, 2.0 * third),
                (Some(0.4), third, 1.0),
                (Some(0.1), 1.0, 1.0)
            ]
        );
        // The trapezoids below it are the area.
        let area: f64 = curve
            .windows(2)
            .map(|w| {
                (w[1].false_positive_rate - w[0].false_positive_rate)
                    * (w[1].true_positive_rate + w[0].true_positive_rate)
                    / 2.0
            })
            .sum();
        assert!((area - 7.5 / 9.0).abs() < 1e-15);
    }

    #[test]
    fn what_is_undefined_is_none() {
        for (positive, auc, ap) in [(true, None, Some(1.0)), (false, None, None)] {
            assert_eq!(roc_auc(&[0.3, 0.4], &[positive; 2]), Ok(auc));
            assert_eq!(average_precision(&[0.3, 0.4], &[positive; 2]), Ok(ap));
            assert_eq!(roc_curve(&[0.3, 0.4], &[positive; 2]), Ok(None));
        }
        assert_eq!(precision_recall_curve(&[0.3], &[false]), Ok(None));
        assert!(roc_auc(&[f64::NAN], &[true]).is_err() && roc_auc(&[], &[]).is_err());
        assert!(roc_auc(&[0.1, 0.2], &[true]).is_err());
    }
}
