use crate::evaluate::check;
use chainrule::Error;
use serde::{Deserialize, Serialize};

/// How good intervals are: they should hold the truth as often as promised, and be short.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntervalQuality {
    /// The share of rows whose truth lies in its interval, the ends included.
    pub coverage: f64,
    /// The mean width, in units of the target.
    pub mean_width: f64,
    /// The [interval score](interval_score), in units of the target.
    pub interval_score: f64,
}

impl IntervalQuality {
    /// Of intervals that promise 1 − α, one for each true value (at least one); 0 < α < 1. All are finite numbers, and no
    /// lower end is above its upper end.
    pub fn new(lower: &[f64], upper: &[f64], truth: &[f64], alpha: f64) -> Result<Self, Error> {
        Ok(Self {
            coverage: coverage(lower, upper, truth)?,
            mean_width: mean_width(lower, upper)?,
            interval_score: interval_score(lower, upper, truth, alpha)?,
        })
    }
}

/// The share of rows whose truth lies in its interval, the ends included.
pub fn coverage(lower: &[f64], upper: &[f64], truth: &[f64]) -> Result<f64, Error> {
    check_intervals(lower, upper)?;
    check::pairs(lower, truth)?;
    let rows = lower.iter().zip(upper).zip(truth);
    let inside = rows.filter(|((low, high), t)| low <= t && t <= high).count();
    Ok(inside as f64 / truth.len() as f64)
}

/// The mean width of intervals. One too large for f64 is the largest number.
pub fn mean_width(lower: &[f64], upper: &[f64]) -> Result<f64, Error> {
    check_intervals(lower, upper)?;
    let n = lower.len() as f64;
    Ok(lower.iter().zip(upper).map(|(low, high)| (high - low) / n).sum::<f64>().min(f64::MAX))
}

/// The mean interval score of intervals [l, u] that promise 1 − α (Gneiting and Raftery, *Strictly Proper Scoring Rules,
/// Prediction, and Estimation*, 2007, equation 43): (u − l) + 2/α · max(l − t, 0) + 2/α · max(t − u, 0).
///
/// Smaller is better, and the true quantiles α/2 and 1 − α/2 are best in expectation. One too large for f64 is the largest
/// number.
pub fn interval_score(
    lower: &[f64],
    upper: &[f64],
    truth: &[f64],
    alpha: f64,
) -> Result<f64, Error> {
    check_intervals(lower, upper)?;
    check::pairs(lower, truth)?;
    check::setting("α", alpha, alpha > 0.0 && alpha < 1.0, "between 0 and 1")?;
    let n = truth.len() as f64;
    let rows = lower.iter().zip(upper).zip(truth);
    let scores = rows.map(|((low, high), t)| {
        (high - low) + 2.0 / alpha * ((low - t).max(0.0) + (t - high).max(0.0))
    });
    Ok(scores.map(|score| score / n).sum::<f64>().min(f64::MAX))
}

fn check_intervals(lower: &[f64], upper: &[f64]) -> Result<(), Error> {
    check::length("upper ends", lower.len(), upper.len())?;
    check::some("the intervals", lower.len())?;
    check::finite("the lower ends", lower)?;
    check::finite("the upper ends", upper)?;
    for (low, high) in lower.iter().zip(upper) {
        check::setting("a lower end", *low, low <= high, "at most the upper end")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Worked by hand: inside, on the edge, 1 above and 2 below; widths 4, 2, 2, 4.
    #[test]
    fn by_hand() {
        let (low, high) = ([0.0, 1.0, 0.0, 0.0], [4.0, 3.0, 2.0, 4.0]);
        let quality = IntervalQuality::new(&low, &high, &[1.0, 1.0, 3.0, -2.0], 0.5).unwrap();
        assert_eq!((quality.coverage, quality.mean_width), (0.5, 3.0));
        assert_eq!(quality.interval_score, (12.0 + 4.0 * 1.0 + 4.0 * 2.0) / 4.0);
        let far = IntervalQuality::new(&[-f64::MAX], &[f64::MAX], &[0.0], 0.5).unwrap();
        assert_eq!((far.coverage, far.mean_width), (1.0, f64::MAX));
    }

    #[test]
    fn wrong_arguments_are_errors() {
        for (low, high, truth, alpha) in [
            (&[0.0][..], &[1.0, 1.0][..], &[0.5][..], 0.1),
            (&[0.0], &[1.0], &[0.5, 0.5], 0.1),
            (&[], &[], &[], 0.1),
            (&[2.0], &[1.0], &[0.5], 0.1),
            (&[0.0], &[f64::NAN], &[0.5], 0.1),
            (&[0.0], &[1.0], &[f64::INFINITY], 0.1),
            (&[0.0], &[1.0], &[0.5], 0.0),
            (&[0.0], &[1.0], &[0.5], 1.0),
        ] {
            assert!(IntervalQuality::new(low, high, truth, alpha).is_err(), "{low:?} {high:?}");
        }
    }
}
