//! How good predictions are, beside what is cheap to have: the mean, and a linear regression.
//!
//! | room | holds |
//! |---|---|
//! | [`regression`] | errors of predicted numbers, and likelihoods of predicted distributions |
//! | [`classification`] | measures of predicted probabilities, and the curves behind them |
//! | [`bootstrap`] | how far chance moves a measure |
//! | [`conformal`] | intervals and sets that hold the truth as often as promised |
//! | [`calibration`] | a temperature that makes probabilities honest |
//! | [`importance`] | what a column is worth |
//! | [`neighbours`] | the most similar rows, as one more baseline |
//!
//! The measures are functions of slices: they know no table and no network.

pub mod bootstrap;
pub mod calibration;
mod check;
pub mod classification;
pub mod conformal;
pub mod importance;
mod least_squares;
pub mod neighbours;
pub mod regression;

pub use bootstrap::Interval;
pub use calibration::Temperature;
pub use classification::ClassificationScore;
pub use conformal::{CrossConformal, IntervalQuality, LabelRule, LabelSets};
pub use importance::Importance;
pub(crate) use least_squares::LeastSquares;
pub use neighbours::Neighbours;
pub use regression::RegressionScore;

use crate::encode::magnitude;
use chainrule::{
    Error,
    metric::{mean_absolute_error, r_squared, root_mean_squared_error},
};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

/// How far predictions are from the truth, for one target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The root of the mean squared error, in units of the target.
    pub rmse: f64,
    /// The mean absolute error, in units of the target.
    pub mae: f64,
    /// R² = 1 − Σ(ŷ − t)² / Σ(t − t̄)²; `None` if the targets of these rows are all the same.
    pub r_squared: Option<f64>,
}

impl Score {
    /// Scores predictions, one for each of the true values (at least one). All are finite numbers.
    pub fn new(prediction: &[f64], truth: &[f64]) -> Result<Self, Error> {
        // In units of the largest number no square overflows or underflows.
        let largest = prediction.iter().chain(truth).fold(0.0f64, |a, v| a.max(v.abs()));
        let unit = magnitude(largest);
        let scaled = |values: &[f64]| values.iter().map(|v| v / unit).collect::<Array1<f64>>();
        let (prediction, truth) = (scaled(prediction), scaled(truth));
        let r_squared = r_squared(prediction.view(), truth.view())?;
        // The mean of equal numbers may differ from them in the last digit.
        let varies = truth.iter().any(|t| *t != truth[0]);
        Ok(Self {
            rmse: root_mean_squared_error(prediction.view(), truth.view())? * unit,
            mae: mean_absolute_error(prediction.view(), truth.view())? * unit,
            r_squared: (varies && r_squared.is_finite()).then_some(r_squared),
        })
    }

    /// The plain mean of several scores (of several targets), number by number; `None` of none.
    pub fn mean(scores: impl Iterator<Item = Self> + Clone) -> Option<Self> {
        let n = scores.clone().count() as f64;
        let mean = |of: fn(&Self) -> f64| scores.clone().map(|score| of(&score) / n).sum::<f64>();
        let r_squared: Option<f64> = scores.clone().map(|score| score.r_squared).sum();
        (n > 0.0).then(|| Self {
            rmse: mean(|score| score.rmse),
            mae: mean(|score| score.mae),
            r_squared: r_squared.map(|sum| sum / n),
        })
    }
}

/// The network beside the baselines, on the same rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The network.
    pub network: Score,
    /// A linear regression (least squares) on the training rows; `None` where there are so many inputs that it
    /// would cost more than the network.
    pub linear: Option<Score>,
    /// The mean of the training rows, for every row.
    pub mean: Score,
}

/// Scores on rows that took no part in the training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// The number of these rows.
    pub rows: usize,
    /// One comparison for each target.
    pub targets: Vec<TargetScores>,
    /// The plain means over the targets, as scikit-learn has it (`uniform_average`).
    pub overall: Comparison,
}

/// The scores of one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetScores {
    /// The name of the target.
    pub target: String,
    /// Its scores.
    pub scores: Comparison,
}

impl Scores {
    /// Of these targets (at least one) on this many rows.
    pub(crate) fn new(rows: usize, targets: Vec<TargetScores>) -> Option<Self> {
        let mean = |of: fn(&Comparison) -> Option<Score>| {
            let scores: Option<Vec<Score>> =
                targets.iter().map(|target| of(&target.scores)).collect();
            Score::mean(scores?.into_iter())
        };
        let overall = Comparison {
            network: mean(|scores| Some(scores.network))?,
            linear: mean(|scores| scores.linear),
            mean: mean(|scores| Some(scores.mean))?,
        };
        Some(Self { rows, targets, overall })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Worked by hand: errors 1, 0, −2; targets 1, 2, 6 with mean 3 and Σ(t − 3)² = 14.
    #[test]
    fn scores_do_not_depend_on_the_unit() {
        for unit in [1.0, magnitude(1e-300), magnitude(1e300)] {
            let score =
                Score::new(&[2.0, 2.0, 4.0].map(|v| v * unit), &[1.0, 2.0, 6.0].map(|v| v * unit));
            let score = score.unwrap();
            assert_eq!((score.rmse, score.mae), ((5.0f64 / 3.0).sqrt() * unit, unit));
            assert!((score.r_squared.unwrap() - (1.0 - 5.0 / 14.0)).abs() < 1e-15);
        }
        assert_eq!(Score::new(&[1.0; 3], &[0.1; 3]).unwrap().r_squared, None);
        assert!(Score::new(&[1.0, 2.0], &[2.0]).is_err() && Score::new(&[], &[]).is_err());
    }

    #[test]
    fn means_of_scores() {
        let a = Score { rmse: 1.0, mae: 2.0, r_squared: Some(0.5) };
        let b = Score { rmse: 3.0, mae: 1.0, r_squared: Some(1.0) };
        let mean = Score { rmse: 2.0, mae: 1.5, r_squared: Some(0.75) };
        assert_eq!(Score::mean([a, b].into_iter()), Some(mean));
        let unknown = Score { r_squared: None, ..b };
        assert_eq!(Score::mean([a, unknown].into_iter()).unwrap().r_squared, None);
        assert_eq!(Score::mean([].into_iter()), None);
    }
}
