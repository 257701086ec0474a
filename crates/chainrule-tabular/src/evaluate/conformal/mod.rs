//! Intervals and sets that hold the truth as often as promised, whatever the model is.
//!
//! All of it rests on one thought: if the rows are exchangeable, the score of a new row is as likely to be the largest of
//! n + 1 scores as the smallest. So the ⌈(1 − α)(n + 1)⌉-th smallest of n scores on rows that the model was not trained on
//! is not exceeded with probability at least 1 − α (Vovk, Gammerman and Shafer, *Algorithmic Learning in a Random World*,
//! 2005; Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, *Distribution-Free Predictive Inference for Regression*, 2018).
//!
//! | | scores | promised |
//! |---|---|---|
//! | [`split_conformal`] | absolute residuals of held-out rows | 1 − α |
//! | [`conformalised_quantiles`] | how far held-out rows are outside of predicted quantiles | 1 − α |
//! | [`CrossConformal`] | absolute residuals of each fold, by the model without it | 1 − 2α − √(2/n), in practice about 1 − α |
//! | [`LabelSets`] | how unlikely the true classes of held-out rows are | 1 − α |
//!
//! α is the share of misses that is allowed, such as 0.1. With too few rows for it, nothing short of the whole line keeps
//! the promise, and the answer is `None`: 1 − α needs at least 1/α − 1 rows.

mod cross;
mod fold;
mod label_sets;
mod quality;

pub use cross::CrossConformal;
pub use fold::{FoldResiduals, ResidualsError};
pub use label_sets::{LabelRule, LabelSets};
pub use quality::{IntervalQuality, coverage, interval_score, mean_width};

use super::check;
use chainrule::Error;

/// The ⌈(1 − α)(n + 1)⌉-th smallest of n scores: a new score exceeds it with probability α at most. `None` if that is more
/// than n, or α does not lie between 0 and 1, or the answer is not a finite number. A score of NaN counts as the largest.
pub fn conformal_quantile(scores: &[f64], alpha: f64) -> Option<f64> {
    let rank = upper_rank(scores.len(), alpha)?;
    let mut scores: Vec<f64> =
        scores.iter().map(|s| if s.is_nan() { f64::INFINITY } else { *s }).collect();
    let (_, score, _) = scores.select_nth_unstable_by(rank - 1, f64::total_cmp);
    score.is_finite().then_some(*score)
}

/// The half width r of the intervals ŷ ± r of split conformal prediction (Lei et al., 2018, algorithm 2): the
/// [conformal quantile](conformal_quantile) of the absolute residuals t − ŷ of rows that the model was not trained on.
pub fn split_conformal(residuals: &[f64], alpha: f64) -> Option<f64> {
    let scores: Vec<f64> = residuals.iter().map(|residual| residual.abs()).collect();
    conformal_quantile(&scores, alpha)
}

/// The margin e of conformalised quantile regression (Romano, Patterson and Candès, *Conformalized Quantile Regression*,
/// 2019): predicted quantiles `lower` and `upper` become the interval [lower − e, upper + e].
///
/// It is the [conformal quantile](conformal_quantile) of max(lower − t, t − upper) over rows that the model was not trained
/// on; negative where the predicted quantiles are too far apart. Where the ends of an interval then cross it is empty, and
/// whoever needs two ends takes their middle for both.
pub fn conformalised_quantiles(
    lower: &[f64],
    upper: &[f64],
    truth: &[f64],
    alpha: f64,
) -> Result<Option<f64>, Error> {
    check::pairs(lower, truth)?;
    check::pairs(upper, truth)?;
    let rows = lower.iter().zip(upper).zip(truth);
    let scores: Vec<f64> = rows.map(|((low, high), t)| (low - t).max(t - high)).collect();
    Ok(conformal_quantile(&scores, alpha))
}

/// ⌊α(n + 1)⌋, the rank of a lower bound, where it is at least 1.
///
/// α is meant as its decimal form: 0.1 · 30 is 3, also where rounding makes it a little less.
fn lower_rank(n: usize, alpha: f64) -> Option<usize> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return None;
    }
    let rank = alpha * (n as f64 + 1.0);
    let whole = rank.round();
    let rank = if (rank - whole).abs() <= 1e-12 * whole { whole } else { rank.floor() };
    (rank >= 1.0).then_some((rank as usize).min(n))
}

/// ⌈(1 − α)(n + 1)⌉ = n + 1 − ⌊α(n + 1)⌋, the rank of an upper bound, where it is at most n.
fn upper_rank(n: usize, alpha: f64) -> Option<usize> {
    Some(n + 1 - lower_rank(n, alpha)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::random::{Purpose, Random};

    // Worked by hand: ⌈(1 − α)(n + 1)⌉ in whole numbers.
    #[test]
    fn ranks() {
        for (n, alpha, expected) in [
            (9, 0.1, Some(9)),
            (8, 0.1, None),
            (10, 0.1, Some(10)),
            (19, 0.1, Some(18)),
            (19, 0.05, Some(19)),
            (18, 0.05, None),
            (20, 0.05, Some(20)),
            (99, 0.1, Some(90)),
            (100, 0.1, Some(91)),
            (1, 0.5, Some(1)),
            (0, 0.5, None),
            (9, 0.0, None),
            (9, 1.0, None),
            (9, f64::NAN, None),
        ] {
            assert_eq!(upper_rank(n, alpha), expected, "{n} {alpha}");
        }
        // No rounding moves a rank, for all n and for α in hundredths.
        for n in 1..2000usize {
            for percent in 1..100 {
                let expected = ((100 - percent) * (n + 1)).div_ceil(100);
                let rank = upper_rank(n, percent as f64 / 100.0);
                assert_eq!(rank, (expected <= n).then_some(expected), "{n} {percent}");
            }
        }
    }

    #[test]
    fn half_widths() {
        let residuals = [-9.0, 1.0, 2.0, -3.0, 4.0, 5.0, -6.0, 7.0, 8.0];
        assert_eq!(split_conformal(&residuals, 0.1), Some(9.0));
        assert_eq!(split_conformal(&residuals, 0.2), Some(8.0));
        assert_eq!(split_conformal(&residuals, 0.3), Some(7.0));
        assert_eq!(split_conformal(&residuals, 0.05), None);
        // NaN is the worst residual, not the best.
        assert_eq!(split_conformal(&[-f64::NAN, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(split_conformal(&[f64::NAN, 1.0, 2.0], 0.25), None);
    }

    // Worked by hand: scores max(0 − t, t − 10) are −1, −5, 2, 1.
    #[test]
    fn margins() {
        let margin = |alpha| {
            conformalised_quantiles(&[0.0; 4], &[10.0; 4], &[9.0, 5.0, 12.0, -1.0], alpha).unwrap()
        };
        assert_eq!([margin(0.2), margin(0.4), margin(0.6)], [Some(2.0), Some(1.0), Some(-1.0)]);
        assert_eq!(margin(0.1), None);
        assert!(conformalised_quantiles(&[0.0], &[1.0, 1.0], &[0.5], 0.1).is_err());
        assert!(conformalised_quantiles(&[f64::NAN], &[1.0], &[0.5], 0.1).is_err());
    }

    // With n = 9 and α = 0.2 a new residual is covered with probability 8/10 exactly; one rank off is 7/10 or 9/10. The
    // standard deviation of the share of 20,000 is 0.003.
    #[test]
    fn promised_coverage() {
        let mut random = Random::new(21, Purpose::Checking);
        let mut covered = 0;
        for _ in 0..20_000 {
            let residuals: Vec<f64> = (0..9).map(|_| random.normal()).collect();
            let new: f64 = random.normal();
            covered += usize::from(split_conformal(&residuals, 0.2).unwrap() >= new.abs());
        }
        assert!((covered as f64 / 20_000.0 - 0.8).abs() < 0.012, "{covered}");
    }
}
