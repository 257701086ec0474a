//! How good predicted probabilities of classes are.
//!
//! Classes are numbered from 0. The predicted class of a row is its most probable one, the first of several. Of two
//! classes, class 1 is the positive one.

mod confusion;
mod ranking;
mod reliability;

pub use confusion::{ClassCounts, Confusion};
pub use ranking::{
    PrecisionRecallPoint, RocPoint, average_precision, precision_recall_curve, roc_auc, roc_curve,
};
pub use reliability::{Bins, ReliabilityPoint, expected_calibration_error, reliability_curve};

use super::check;
use chainrule::{Error, metric::largest};
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Probabilities nearer to 0 or 1 than this count as this far away from them, in a [log loss](log_loss).
pub const LOG_LOSS_CLIP: f64 = f64::EPSILON;

/// The number of bins of [`ClassificationScore::calibration_error`].
pub const CALIBRATION_BINS: usize = 15;

/// How good predicted probabilities are, with what the predicted classes make of them.
///
/// What is undefined on these rows is `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassificationScore {
    /// The share of rows whose predicted class is the true one.
    pub accuracy: f64,
    /// The mean of the recalls of the classes that occur.
    pub balanced_accuracy: f64,
    /// The plain mean of the F1 of the classes that occur or are predicted.
    pub macro_f1: f64,
    /// The mean of the F1 of the classes, each counting as often as it occurs.
    pub weighted_f1: f64,
    /// The mean of −ln p of the true class, in nats; see [`log_loss`].
    pub log_loss: f64,
    /// The mean squared error of the probabilities; see [`brier_score`].
    pub brier_score: f64,
    /// The area under the ROC curve of class 1; of more than two classes the plain mean of those of each class against
    /// the rest, over the classes that have one. `None` if only one class occurs.
    pub roc_auc: Option<f64>,
    /// The average precision (the area under the precision–recall curve, in steps) of class 1; of more than two classes
    /// the plain mean over the classes that occur. `None` for two classes where class 1 does not occur.
    pub average_precision: Option<f64>,
    /// The expected calibration error of the predicted classes in [`CALIBRATION_BINS`] bins of equal width.
    pub calibration_error: f64,
    /// The measures of each class.
    pub classes: Vec<ClassScore>,
    /// The true classes against the predicted ones.
    pub confusion: Confusion,
}

/// How well one class is told from the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassScore {
    /// Hits, precision, recall and F1 of the predicted classes.
    pub counts: ClassCounts,
    /// The area under the ROC curve of this class against the rest; `None` if it never or always occurs.
    pub roc_auc: Option<f64>,
    /// The average precision of this class against the rest; `None` if it does not occur.
    pub average_precision: Option<f64>,
}

impl ClassificationScore {
    /// Scores probabilities [rows × classes] against the true class of each row.
    ///
    /// There is at least one row and there are at least two classes; a row of probabilities adds up to 1.
    pub fn new(probabilities: ArrayView2<f64>, truth: &[usize]) -> Result<Self, Error> {
        check_probabilities(probabilities, truth)?;
        let number = probabilities.ncols();
        let predicted = most_probable(probabilities);
        let confusion = Confusion::new(truth, &predicted, number)?;
        let mut classes = Vec::with_capacity(number);
        for (class, counts) in confusion.classes().into_iter().enumerate() {
            let ranking = ranking::Ranking::of_class(probabilities.column(class), truth, class);
            classes.push(ClassScore {
                counts,
                roc_auc: ranking.roc_auc(),
                average_precision: ranking.average_precision(),
            });
        }
        let overall = |of: fn(&ClassScore) -> Option<f64>| match number {
            2 => of(&classes[1]),
            _ => mean(classes.iter().filter_map(of)),
        };
        let (confidences, hits) = confidences(probabilities, truth, &predicted);
        Ok(Self {
            accuracy: confusion.accuracy(),
            balanced_accuracy: confusion.balanced_accuracy(),
            macro_f1: confusion.macro_f1(),
            weighted_f1: confusion.weighted_f1(),
            log_loss: log_loss_of(probabilities, truth),
            brier_score: brier_score_of(probabilities, truth),
            roc_auc: overall(|class| class.roc_auc),
            average_precision: overall(|class| class.average_precision),
            calibration_error: expected_calibration_error(
                &confidences,
                &hits,
                Bins::EqualWidth(CALIBRATION_BINS),
            )?,
            classes,
            confusion,
        })
    }
}

/// The mean of −ln p of the true class over the rows of probabilities [rows × classes], in nats.
///
/// A probability below [`LOG_LOSS_CLIP`] or above 1 minus it is moved there, as scikit-learn has it, so that one sure
/// mistake costs 36 nats and not infinitely many.
pub fn log_loss(probabilities: ArrayView2<f64>, truth: &[usize]) -> Result<f64, Error> {
    check_probabilities(probabilities, truth)?;
    Ok(log_loss_of(probabilities, truth))
}

/// The mean over the rows of Σ(p − u)², where u is 1 for the true class and 0 for the others (Brier, 1950): 0 to 2. For
/// two classes it is halved, which makes it the mean of (p₁ − u₁)²: 0 to 1. Both are scikit-learn's convention.
pub fn brier_score(probabilities: ArrayView2<f64>, truth: &[usize]) -> Result<f64, Error> {
    check_probabilities(probabilities, truth)?;
    Ok(brier_score_of(probabilities, truth))
}

/// The most probable class of each row of probabilities [rows × classes], the first of several.
pub fn most_probable(probabilities: ArrayView2<f64>) -> Vec<usize> {
    probabilities.outer_iter().map(|row| largest(row.iter().copied())).collect()
}

/// The probability of each row's predicted class, and whether it is the true one.
pub(super) fn confidences(
    probabilities: ArrayView2<f64>,
    truth: &[usize],
    predicted: &[usize],
) -> (Vec<f64>, Vec<bool>) {
    let rows = probabilities.outer_iter().zip(truth).zip(predicted);
    rows.map(|((row, truth), predicted)| (row[*predicted], truth == predicted)).unzip()
}

/// Fails unless these are probabilities of at least two classes, and a class for each row.
pub(super) fn check_probabilities(
    probabilities: ArrayView2<f64>,
    truth: &[usize],
) -> Result<(), Error> {
    let classes = probabilities.ncols();
    check::setting("the number of classes", classes as f64, classes >= 2, "2 or more")?;
    check::classes(truth, probabilities.nrows(), classes)?;
    check::finite_matrix("the probabilities", probabilities)?;
    for row in probabilities.outer_iter() {
        for &p in row {
            check::setting("a probability", p, (0.0..=1.0).contains(&p), "from 0 to 1")?;
        }
        let sum = row.sum();
        check::setting(
            "the sum of a row's probabilities",
            sum,
            (sum - 1.0).abs() <= 1e-3,
            "1, to a thousandth",
        )?;
    }
    Ok(())
}

fn log_loss_of(probabilities: ArrayView2<f64>, truth: &[usize]) -> f64 {
    let rows = probabilities.outer_iter().zip(truth);
    let sum: f64 =
        rows.map(|(row, &class)| -row[class].clamp(LOG_LOSS_CLIP, 1.0 - LOG_LOSS_CLIP).ln()).sum();
    sum / truth.len() as f64
}

fn brier_score_of(probabilities: ArrayView2<f64>, truth: &[usize]) -> f64 {
    let half = if probabilities.ncols() == 2 { 0.5 } else { 1.0 };
    let rows = probabilities.outer_iter().zip(truth);
    let sum: f64 = rows
        .map(|(row, &class)| {
            let errors = row.iter().enumerate().map(|(c, p)| p - f64::from(c == class));
            errors.map(|error| error * error).sum::<f64>()
        })
        .sum();
    half * sum / truth.len() as f64
}

/// The plain mean; `None` of none.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0u32), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    // Worked by hand: the last row is a mistake with p = 0.4 for the truth.
    #[test]
    fn two_classes() {
        let p = array![[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]];
        let score = ClassificationScore::new(p.view(), &[0, 1, 1]).unwrap();
        assert_eq!(score.accuracy, 2.0 / 3.0);
        assert_eq!(score.balanced_accuracy, 0.75);
        let loss = -(0.9f64.ln() + 0.8f64.ln() + 0.4f64.ln()) / 3.0;
        assert!((score.log_loss - loss).abs() < 1e-15);
        assert!((score.brier_score - (0.01 + 0.04 + 0.36) / 3.0).abs() < 1e-15);
        assert_eq!((score.roc_auc, score.average_precision), (Some(1.0), Some(1.0)));
        // Each row has a bin of its own: |1 − 0.9| + |1 − 0.8| + |0 − 0.6|.
        assert!((score.calibration_error - 0.9 / 3.0).abs() < 1e-15);
        // Sure and wrong: −ln 2⁻⁵².
        let p = array![[1.0, 0.0]];
        assert_eq!(log_loss(p.view(), &[1]).unwrap(), 52.0 * 2.0f64.ln());
        assert_eq!(brier_score(p.view(), &[1]).unwrap(), 1.0);
    }

    #[test]
    fn a_class_that_does_not_occur() {
        let p = array![[0.6, 0.3, 0.1], [0.5, 0.4, 0.1], [0.1, 0.8, 0.1]];
        let score = ClassificationScore::new(p.view(), &[0, 1, 1]).unwrap();
        let absent = score.classes[2];
        assert_eq!(
            (absent.roc_auc, absent.average_precision, absent.counts.f1),
            (None, None, None)
        );
        assert_eq!((score.roc_auc, score.average_precision), (Some(1.0), Some(1.0)));
        let one = ClassificationScore::new(p.view(), &[0, 0, 0]).unwrap();
        assert_eq!((one.roc_auc, one.average_precision), (None, Some(1.0)));
        let p = array![[0.6, 0.4]];
        let none = ClassificationScore::new(p.view(), &[0]).unwrap();
        assert_eq!((none.roc_auc, none.average_precision), (None, None));
    }

    #[test]
    fn scores_can_be_kept() {
        let p = array![[0.6, 0.3, 0.1], [0.5, 0.4, 0.1], [0.1, 0.8, 0.1]];
        let score = ClassificationScore::new(p.view(), &[0, 1, 1]).unwrap();
        let text = serde_json::to_string(&score).unwrap();
        assert_eq!(serde_json::from_str::<ClassificationScore>(&text).unwrap(), score);
    }

    #[test]
    fn wrong_arguments_are_errors() {
        for (p, truth) in [
            (array![[0.5, 0.5]], &[2][..]),
            (array![[0.5, 0.5]], &[0, 1]),
            (array![[1.5, -0.5]], &[0]),
            (array![[0.5, 0.4]], &[0]),
            (array![[f64::NAN, 0.5]], &[0]),
            (array![[1.0]], &[0]),
            (Array2::zeros((0, 2)), &[]),
            (Array2::zeros((1, 0)), &[0]),
        ] {
            assert!(ClassificationScore::new(p.view(), truth).is_err(), "{p} {truth:?}");
        }
    }
}
