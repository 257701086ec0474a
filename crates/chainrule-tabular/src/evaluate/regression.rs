//! How far predicted numbers are from the truth, and how well predicted distributions fit it.

use super::check;
use crate::encode::magnitude;
use chainrule::Error;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// How far predictions are from the truth.
///
/// With weights w, a mean is Σwv / Σw; a row of weight 0 takes no part. A number too large for f64 is the largest one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegressionScore {
    /// The root of the mean squared error, in units of the target.
    pub rmse: f64,
    /// The mean absolute error, in units of the target.
    pub mae: f64,
    /// The mean absolute error relative to the truth, |ŷ − t| / |t|: 0.1 is ten per cent. `None` where a truth is 0, or
    /// so small that the mean is not finite.
    pub mape: Option<f64>,
    /// R² = 1 − Σ(ŷ − t)² / Σ(t − t̄)²; `None` if the targets of these rows are all the same.
    pub r_squared: Option<f64>,
    /// The median of the absolute errors, in units of the target: half of the weight is on either side. Where that holds
    /// between two errors it is their mean.
    pub median_absolute_error: f64,
    /// The largest absolute error, in units of the target.
    pub max_error: f64,
}

/// One row: its prediction, its truth and its weight.
struct Row {
    prediction: f64,
    truth: f64,
    weight: f64,
}

impl RegressionScore {
    /// Scores predictions, one for each of the true values (at least one). All are finite numbers; weights are not
    /// negative, and one at least is positive.
    pub fn new(prediction: &[f64], truth: &[f64], weights: Option<&[f64]>) -> Result<Self, Error> {
        check::pairs(prediction, truth)?;
        if let Some(weights) = weights {
            check::weights(weights, truth.len())?;
        }
        // In units of the largest number no square overflows or underflows.
        let largest = prediction.iter().chain(truth).fold(0.0f64, |a, v| a.max(v.abs()));
        let unit = magnitude(largest);
        let heaviest = magnitude(weights.unwrap_or(&[]).iter().fold(0.0f64, |a, w| a.max(*w)));
        let rows: Vec<Row> = prediction
            .iter()
            .zip(truth)
            .enumerate()
            .map(|(i, (prediction, truth))| Row {
                prediction: prediction / unit,
                truth: truth / unit,
                weight: weights.map_or(1.0, |weights| weights[i] / heaviest),
            })
            .filter(|row| row.weight > 0.0)
            .collect();
        let total: f64 = rows.iter().map(|row| row.weight).sum();
        let mean = |of: &dyn Fn(&Row) -> f64| {
            rows.iter().map(|row| row.weight * of(row)).sum::<f64>() / total
        };
        let error = |row: &Row| (row.prediction - row.truth).abs();

        let squared = mean(&|row| error(row) * error(row));
        let center = mean(&|row| row.truth);
        let spread = mean(&|row| (row.truth - center) * (row.truth - center));
        // The mean of equal numbers may differ from them in the last digit.
        let varies = rows.iter().any(|row| row.truth != rows[0].truth);
        let r_squared = 1.0 - squared / spread;
        let mape = mean(&|row| error(row) / row.truth.abs());
        let in_unit = |v: f64| (v * unit).min(f64::MAX);
        Ok(Self {
            rmse: in_unit(squared.sqrt()),
            mae: in_unit(mean(&error)),
            mape: mape.is_finite().then_some(mape),
            r_squared: (varies && r_squared.is_finite()).then_some(r_squared),
            median_absolute_error: in_unit(median(
                rows.iter().map(|row| (error(row), row.weight)).collect(),
                total,
            )),
            max_error: in_unit(rows.iter().map(error).fold(0.0, f64::max)),
        })
    }
}

/// The mean pinball loss of a predicted quantile, in units of the target: with d = t − ŷ, level · d where the truth is
/// above the prediction and (level − 1) · d where it is below. It is least in expectation at the quantile of that level
/// (Koenker and Bassett, *Regression Quantiles*, 1978).
///
/// The level lies between 0 and 1; predictions and truth are as many, at least one, and finite.
pub fn pinball(prediction: &[f64], truth: &[f64], level: f64) -> Result<f64, Error> {
    check::pairs(prediction, truth)?;
    check::setting("level", level, level > 0.0 && level < 1.0, "between 0 and 1")?;
    Ok(mean(prediction.iter().zip(truth).map(|(y, t)| {
        let d = t - y;
        if d >= 0.0 { level * d } else { (level - 1.0) * d }
    })))
}

/// The mean log density of the truth t under normal distributions with these means µ and deviations σ (positive), in
/// nats: −½ ln 2π − ln σ − ½((t − µ)/σ)². Larger is better. A number too small for f64 is the smallest one.
pub fn gaussian_log_likelihood(
    mean: &[f64],
    deviation: &[f64],
    truth: &[f64],
) -> Result<f64, Error> {
    check::pairs(mean, truth)?;
    check::length("deviations", truth.len(), deviation.len())?;
    check::finite("the deviations", deviation)?;
    for &deviation in deviation {
        check::setting("a deviation", deviation, deviation > 0.0, "positive")?;
    }
    Ok(self::mean(mean.iter().zip(deviation).zip(truth).map(|((mean, deviation), truth)| {
        let z = (truth - mean) / deviation;
        -0.5 * (2.0 * PI).ln() - deviation.ln() - 0.5 * z * z
    })))
}

/// The mean deviance of counts t under Poisson distributions with these means µ: 2 (t ln(t/µ) − t + µ), with
/// 0 ln 0 = 0 (McCullagh and Nelder, *Generalized Linear Models*, 2.3). It is 0 where every mean is the count, and smaller
/// is better. The means are positive, the counts (they need not be whole) not negative.
pub fn poisson_deviance(mean: &[f64], counts: &[f64]) -> Result<f64, Error> {
    check_counts(mean, counts)?;
    Ok(self::mean(mean.iter().zip(counts).map(|(&mean, &count)| {
        let logarithm = if count > 0.0 { count * (count.ln() - mean.ln()) } else { 0.0 };
        // Rounding makes it negative where count and mean are close.
        (2.0 * (logarithm - count + mean)).max(0.0)
    })))
}

/// The mean log probability of counts t under Poisson distributions with these means µ, in nats:
/// t ln µ − µ − ln Γ(t + 1). The means are positive, the counts (they need not be whole) not negative.
pub fn poisson_log_likelihood(mean: &[f64], counts: &[f64]) -> Result<f64, Error> {
    check_counts(mean, counts)?;
    Ok(self::mean(
        mean.iter()
            .zip(counts)
            .map(|(&mean, &count)| count * mean.ln() - mean - ln_gamma_of_one_and(count)),
    ))
}

fn check_counts(mean: &[f64], counts: &[f64]) -> Result<(), Error> {
    check::pairs(mean, counts)?;
    for (&mean, &count) in mean.iter().zip(counts) {
        // Beyond the bound, products with logarithms overflow.
        check::setting("a mean", mean, mean > 0.0 && mean <= 1e300, "positive, up to 1e300")?;
        check::setting("a count", count, (0.0..=1e300).contains(&count), "0 to 1e300")?;
    }
    Ok(())
}

/// The mean of some numbers (at least one), as a finite number.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.map(|v| v / n).sum::<f64>().clamp(f64::MIN, f64::MAX)
}

/// The number with half of the total weight on either side, or the mean of two such.
fn median(mut values: Vec<(f64, f64)>, total: f64) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    for (i, (value, weight)) in values.iter().enumerate() {
        below += weight;
        if below == total / 2.0 {
            return value / 2.0 + values.get(i + 1).map_or(*value, |next| next.0) / 2.0;
        }
        if below > total / 2.0 {
            return *value;
        }
    }
    values.last().map_or(0.0, |last| last.0)
}

/// ln Γ(1 + x) for x ≥ 0, to about 13 digits: Stirling's series at z = x + 16 (Abramowitz and Stegun, 6.1.41), and
/// Γ(x + 1) = Γ(x + 16) / ((x + 1) ⋯ (x + 15)).
fn ln_gamma_of_one_and(x: f64) -> f64 {
    let product: f64 = (1..16).map(|k| x + f64::from(k)).product();
    // The product would overflow for large x, where the series needs no shift.
    let (z, shift) = if x < 1e9 { (x + 16.0, product.ln()) } else { (x + 1.0, 0.0) };
    let q = 1.0 / z / z;
    let series = 1.0 / 12.0 - q * (1.0 / 360.0 - q * (1.0 / 1260.0 - q / 1680.0));
    (z - 0.5) * z.ln() - z + 0.5 * (2.0 * PI).ln() + series / z - shift
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{a} is not {b}");
    }

    // Worked by hand: errors 1, 0, −2, 1; targets 1, 2, 6, −3 with mean 1.5 and Σ(t − 1.5)² = 41.
    #[test]
    fn scores_do_not_depend_on_the_unit() {
        for unit in [1.0, magnitude(1e-300), magnitude(1e300)] {
            let score = RegressionScore::new(
                &[2.0, 2.0, 4.0, -2.0].map(|v| v * unit),
                &[1.0, 2.0, 6.0, -3.0].map(|v| v * unit),
                None,
            )
            .unwrap();
            assert_eq!((score.rmse, score.mae), (1.5f64.sqrt() * unit, unit));
            assert_eq!((score.median_absolute_error, score.max_error), (unit, 2.0 * unit));
            assert_close(score.mape.unwrap(), (1.0 + 0.0 + 1.0 / 3.0 + 1.0 / 3.0) / 4.0);
            assert_close(score.r_squared.unwrap(), 1.0 - 6.0 / 41.0);
        }
    }

    // Worked by hand: the first row counts twice, the last never.
    #[test]
    fn a_weight_of_k_is_k_times_the_row() {
        let (y, t) = ([2.0, 2.0, 4.0, 99.0], [1.0, 2.0, 6.0, 0.0]);
        for unit in [1.0, 1e-308, 1e307] {
            let weighted =
                RegressionScore::new(&y, &t, Some(&[2.0 * unit, unit, unit, 0.0])).unwrap();
            let repeated = RegressionScore::new(&[2.0, 2.0, 2.0, 4.0], &[1.0, 1.0, 2.0, 6.0], None);
            let repeated = repeated.unwrap();
            assert_close(weighted.rmse, repeated.rmse);
            assert_close(weighted.mae, repeated.mae);
            assert_close(weighted.mape.unwrap(), repeated.mape.unwrap());
            assert_close(weighted.r_squared.unwrap(), repeated.r_squared.unwrap());
            assert_eq!(weighted.median_absolute_error, repeated.median_absolute_error);
            assert_eq!(weighted.max_error, 2.0);
        }
    }

    #[test]
    fn medians() {
        for (values, expected) in [
            (&[(3.0, 1.0)][..], 3.0),
            (&[(4.0, 1.0), (1.0, 1.0)], 2.5),
            (&[(4.0, 1.0), (1.0, 1.0), (2.0, 1.0)], 2.0),
            (&[(4.0, 1.0), (1.0, 5.0), (2.0, 1.0)], 1.0),
            (&[(4.0, 2.0), (1.0, 1.0), (2.0, 1.0)], 3.0),
        ] {
            let total = values.iter().map(|v| v.1).sum();
            assert_eq!(median(values.to_vec(), total), expected, "{values:?}");
        }
    }

    #[test]
    fn what_is_undefined_is_none() {
        let score = RegressionScore::new(&[1.0; 3], &[0.1; 3], None).unwrap();
        assert!(score.r_squared.is_none() && score.mape.is_some());
        assert_eq!(RegressionScore::new(&[1.0, 1.0], &[0.0, 1.0], None).unwrap().mape, None);
        assert_eq!(RegressionScore::new(&[0.0, 1.0], &[0.0, 1.0], None).unwrap().mape, None);
        let far = RegressionScore::new(&[f64::MAX], &[-f64::MAX], None).unwrap();
        assert_eq!((far.rmse, far.max_error), (f64::MAX, f64::MAX));
    }

    #[test]
    fn wrong_arguments_are_errors() {
        let score = |y: &[f64], t: &[f64], w: Option<&[f64]>| RegressionScore::new(y, t, w);
        assert!(score(&[], &[], None).is_err() && score(&[1.0], &[1.0, 2.0], None).is_err());
        assert!(score(&[f64::NAN], &[1.0], None).is_err());
        assert!(score(&[1.0], &[f64::INFINITY], None).is_err());
        for weights in [&[][..], &[-1.0], &[0.0], &[f64::NAN]] {
            assert!(score(&[1.0], &[1.0], Some(weights)).is_err(), "{weights:?}");
        }
        assert!(pinball(&[1.0], &[1.0], 1.0).is_err() && pinball(&[1.0], &[1.0], 0.0).is_err());
        assert!(gaussian_log_likelihood(&[0.0], &[0.0], &[0.0]).is_err());
        assert!(poisson_deviance(&[0.0], &[0.0]).is_err());
        assert!(poisson_log_likelihood(&[1.0], &[-1.0]).is_err());
    }

    // Worked by hand: one truth 2 above, one 4 below.
    #[test]
    fn pinball_losses() {
        let loss = |level| pinball(&[1.0, 1.0], &[3.0, -3.0], level).unwrap();
        assert_close(loss(0.9), (0.9 * 2.0 + 0.1 * 4.0) / 2.0);
        assert_close(loss(0.1), (0.1 * 2.0 + 0.9 * 4.0) / 2.0);
    }

    #[test]
    fn log_likelihoods() {
        let value = gaussian_log_likelihood(&[1.0], &[2.0], &[5.0]).unwrap();
        assert_close(value, (1.0 / (2.0 * (2.0 * PI).sqrt())).ln() - 2.0);
        let far = gaussian_log_likelihood(&[f64::MAX], &[1e-300], &[-f64::MAX]).unwrap();
        assert_eq!(far, f64::MIN);
        // P(3) = 2³ e⁻² / 3! and P(0) = e⁻².
        let value = poisson_log_likelihood(&[2.0, 2.0], &[3.0, 0.0]).unwrap();
        assert_close(value, ((8.0f64 / 6.0).ln() - 4.0) / 2.0);
        let value = poisson_deviance(&[2.0, 2.0], &[3.0, 0.0]).unwrap();
        assert_close(value, (3.0 * 1.5f64.ln() - 1.0) + 2.0);
        assert_eq!(poisson_deviance(&[0.3, 7.1], &[0.3, 7.1]).unwrap(), 0.0);
    }

    // Γ(1 + n) = n!, and Γ(3/2) = √π / 2.
    #[test]
    fn the_logarithm_of_gamma() {
        let mut factorial = 1.0f64;
        for n in 0..=170 {
            factorial *= f64::from(n.max(1));
            assert_close(ln_gamma_of_one_and(f64::from(n)), factorial.ln());
        }
        assert_close(ln_gamma_of_one_and(0.5), (PI.sqrt() / 2.0).ln());
        let (x, next) = (1e9 - 1.0, 1e9);
        let step = ln_gamma_of_one_and(next) - ln_gamma_of_one_and(x);
        assert!((step - 1e9f64.ln()).abs() < 1e-4, "{step}");
    }
}
