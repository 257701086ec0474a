//! A temperature that makes probabilities honest (Guo, Pleiss, Sun and Weinberger, *On Calibration of Modern Neural
//! Networks*, 2017).
//!
//! Networks that were trained to the end are surer than they are right. Dividing all logits by one number T > 0 before the
//! softmax changes no predicted class, and the T that fits held-out rows best makes the probabilities mean what they say.

use super::check;
use crate::encode::magnitude;
use chainrule::Error;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

/// The lowest temperature: logits become 20 times as large at most, also where they separate the classes without a
/// mistake and the likelihood would grow without end.
pub const LOWEST_TEMPERATURE: f64 = 0.05;

/// The highest temperature: logits become a 20th at least.
pub const HIGHEST_TEMPERATURE: f64 = 20.0;

/// The temperature T of softmax(z/T), and what it did on the rows that it was fitted to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Temperature {
    /// T, from [`LOWEST_TEMPERATURE`] to [`HIGHEST_TEMPERATURE`]; above 1 where the logits were too sure.
    pub temperature: f64,
    /// The mean negative log-likelihood at T = 1, in nats. A number too large for f64 is the largest one.
    pub before: f64,
    /// The same at this temperature: not larger.
    pub after: f64,
}

impl Temperature {
    /// The temperature with the least mean negative log-likelihood Σw (ln Σexp(z/T) − z_class/T) / Σw of logits
    /// [rows × classes], with the class of each row and its weight.
    ///
    /// A single column of logits stands for two classes: it is the logit of class 1, beside 0 for class 0. Logits are
    /// finite; weights are not negative, and one at least is positive.
    ///
    /// In β = 1/T the function is convex, so that its slope has one zero: Newton's steps find it, and halve the interval
    /// where they would leave it.
    pub fn fit(
        logits: ArrayView2<f64>,
        classes: &[usize],
        weights: Option<&[f64]>,
    ) -> Result<Self, Error> {
        let rows = differences(logits, classes, weights)?;
        let (before, ..) = likelihood(&rows, 1.0);
        let (mut low, mut high) = (1.0 / HIGHEST_TEMPERATURE, 1.0 / LOWEST_TEMPERATURE);
        let mut beta = 1.0;
        if likelihood(&rows, low).1 >= 0.0 {
            beta = low;
        } else if likelihood(&rows, high).1 <= 0.0 {
            beta = high;
        } else {
            for _ in 0..100 {
                let (_, slope, curvature) = likelihood(&rows, beta);
                *(if slope > 0.0 { &mut high } else { &mut low }) = beta;
                let newton = beta - slope / curvature;
                let next = if newton > low && newton < high { newton } else { (low * high).sqrt() };
                if slope == 0.0 || (next - beta).abs() <= 1e-12 * beta {
                    break;
                }
                beta = next;
            }
        }
        let (after, ..) = likelihood(&rows, beta);
        let temperature = (1.0 / beta).clamp(LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE);
        // Where rounding is all that is left, or no logit differs from another, T = 1 is as good.
        Ok(if after < before {
            Self { temperature, before, after }
        } else {
            Self { temperature: 1.0, before, after: before }
        })
    }

    /// softmax(z/T) of finite logits [rows × classes]; of a single column, the probabilities of class 0 and class 1
    /// [rows × 2]. A temperature that is out of bounds, as a file may have it, counts as the nearer bound.
    pub fn probabilities(&self, logits: ArrayView2<f64>) -> Array2<f64> {
        let temperature = self.temperature.clamp(LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE);
        let mut z = match logits.ncols() {
            1 => Array2::from_shape_fn((logits.nrows(), 2), |(row, class)| match class {
                0 => 0.0,
                _ => logits[[row, 0]],
            }),
            _ => logits.to_owned(),
        };
        soften(&mut z, temperature);
        z
    }
}

/// Puts softmax(z/T) in place of each row of logits.
pub(crate) fn soften(z: &mut Array2<f64>, temperature: f64) {
    for mut row in z.outer_iter_mut() {
        let largest = row.iter().fold(f64::NEG_INFINITY, |a, z| a.max(*z));
        row.mapv_inplace(|z| ((z - largest) / temperature).exp());
        let sum = row.sum();
        row /= sum;
    }
}

/// One row: its logits less the one of its class, and its share of the weight.
struct Row {
    differences: Vec<f64>,
    weight: f64,
}

fn differences(
    logits: ArrayView2<f64>,
    classes: &[usize],
    weights: Option<&[f64]>,
) -> Result<Vec<Row>, Error> {
    check::setting(
        "the columns of logits",
        logits.ncols() as f64,
        logits.ncols() > 0,
        "1 or more",
    )?;
    check::classes(classes, logits.nrows(), logits.ncols().max(2))?;
    check::finite_matrix("the logits", logits)?;
    if let Some(weights) = weights {
        check::weights(weights, classes.len())?;
    }
    let heaviest = magnitude(weights.unwrap_or(&[]).iter().fold(0.0f64, |a, w| a.max(*w)));
    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row] / heaviest);
    let total: f64 = (0..classes.len()).map(weight).sum();
    let rows = logits.outer_iter().zip(classes).enumerate().map(|(i, (row, &class))| {
        let differences = match row.len() {
            1 => vec![if class == 0 { row[0] } else { -row[0] }, 0.0],
            _ => row.iter().map(|z| z - row[class]).collect(),
        };
        // Squares of differences stay finite.
        let differences = differences.into_iter().map(|d| d.clamp(-1e100, 1e100)).collect();
        Row { differences, weight: weight(i) / total }
    });
    Ok(rows.filter(|row| row.weight > 0.0).collect())
}

/// The mean negative log-likelihood ln Σexp(βd) at β = 1/T, its slope Σpd and its curvature Σp(d − Σpd)², where
/// d are the logits less the one of the true class.
fn likelihood(rows: &[Row], beta: f64) -> (f64, f64, f64) {
    let (mut value, mut slope, mut curvature) = (0.0, 0.0, 0.0);
    let mut p = Vec::new();
    for Row { differences, weight } in rows {
        let largest = differences.iter().fold(f64::NEG_INFINITY, |a, d| a.max(*d));
        p.clear();
        p.extend(differences.iter().map(|d| (beta * (d - largest)).exp()));
        let sum: f64 = p.iter().sum();
        let mean = p.iter().zip(differences).map(|(p, d)| p / sum * d).sum::<f64>();
        let spread = p.iter().zip(differences).map(|(p, d)| p / sum * (d - mean) * (d - mean));
        value += weight * (beta * largest + sum.ln());
        slope += weight * mean;
        curvature += weight * spread.sum::<f64>();
    }
    (value, slope, curvature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::random::{Purpose, Random};
    use ndarray::{Array2, array};

    /// Logits, and classes that are drawn from the softmax of `sharpness` times them.
    fn drawn(rows: usize, classes: usize, sharpness: f64) -> (Array2<f64>, Vec<usize>) {
        let mut random = Random::new(11, Purpose::Checking);
        let z = Array2::from_shape_simple_fn((rows, classes), || 2.0 * random.normal::<f64>());
        let at = Temperature { temperature: 1.0 / sharpness, before: 0.0, after: 0.0 };
        let p = at.probabilities(z.view());
        let truth = p.outer_iter().map(|p| {
            let mut left: f64 = random.unit();
            p.iter().position(|p| {
                left -= p;
                left < 0.0
            })
        });
        let truth = truth.map(|class| class.unwrap_or(0)).collect();
        (z, truth)
    }

    #[test]
    fn the_temperature_of_drawn_classes_comes_back() {
        for sharpness in [0.25, 1.0, 3.0] {
            let (z, truth) = drawn(20_000, 3, sharpness);
            let fit = Temperature::fit(z.view(), &truth, None).unwrap();
            assert!((fit.temperature * sharpness - 1.0).abs() < 0.05, "{sharpness}: {fit:?}");
            assert!(fit.after <= fit.before);
        }
    }

    // Worked by hand: z = ±1, of four rows one is a mistake: 1/(1 + e^(−1/T)) = 3/4 at 1/T = ln 3.
    #[test]
    fn one_column_is_two_classes() {
        let z = array![[1.0], [1.0], [-1.0], [-1.0]];
        let fit = Temperature::fit(z.view(), &[1, 1, 0, 1], None).unwrap();
        assert!((fit.temperature - 1.0 / 3.0f64.ln()).abs() < 1e-9, "{fit:?}");
        let entropy = -0.75 * 0.75f64.ln() - 0.25 * 0.25f64.ln();
        assert!((fit.after - entropy).abs() < 1e-12, "{fit:?}");
        let p = fit.probabilities(z.view());
        assert!((p[[0, 1]] - 0.75).abs() < 1e-9 && (p[[2, 0]] - 0.75).abs() < 1e-9);
        let two = array![[0.0, 1.0], [0.0, 1.0], [0.0, -1.0], [0.0, -1.0]];
        let same = Temperature::fit(two.view(), &[1, 1, 0, 1], None).unwrap();
        assert!((same.temperature - fit.temperature).abs() < 1e-12);
        let zero = Temperature { temperature: 0.0, ..fit };
        assert!(zero.probabilities(z.view()).iter().all(|p| p.is_finite()));
        // A weight of 3 is three rows, of 0 none.
        let z = array![[1.0], [-1.0], [7.0]];
        let weighted = Temperature::fit(z.view(), &[1, 1, 0], Some(&[3.0, 1.0, 0.0])).unwrap();
        assert!((weighted.temperature - fit.temperature).abs() < 1e-9);
    }

    // The minimum of a fine grid is no better.
    #[test]
    fn no_other_temperature_is_better() {
        let (z, truth) = drawn(200, 4, 0.4);
        let fit = Temperature::fit(z.view(), &truth, None).unwrap();
        let rows = differences(z.view(), &truth, None).unwrap();
        for i in 0..=1000 {
            let beta = 0.05 * 400f64.powf(f64::from(i) / 1000.0);
            assert!(likelihood(&rows, beta).0 >= fit.after - 1e-12, "{beta}");
        }
        let (value, slope, curvature) = likelihood(&rows, 0.7);
        let (next, next_slope, _) = likelihood(&rows, 0.7 + 1e-6);
        assert!(((next - value) / 1e-6 - slope).abs() < 1e-5);
        assert!(((next_slope - slope) / 1e-6 - curvature).abs() < 1e-4);
    }

    #[test]
    fn bounds() {
        let z = array![[1.0, 0.0], [0.0, 1.0]];
        let fit = |classes| Temperature::fit(z.view(), classes, None).unwrap();
        assert_eq!(fit(&[0, 1]).temperature, LOWEST_TEMPERATURE);
        assert_eq!(fit(&[1, 0]).temperature, HIGHEST_TEMPERATURE);
        // Nothing to learn from.
        let none = Temperature::fit(Array2::zeros((3, 2)).view(), &[0, 1, 1], None).unwrap();
        assert_eq!((none.temperature, none.before), (1.0, none.after));
        assert!((none.before - 2f64.ln()).abs() < 1e-15);
        let huge = array![[f64::MAX, -f64::MAX], [-f64::MAX, f64::MAX]];
        for classes in [[0, 1], [1, 0], [0, 0]] {
            let fit = Temperature::fit(huge.view(), &classes, None).unwrap();
            assert!(
                fit.temperature.is_finite() && fit.before.is_finite() && fit.after <= fit.before
            );
            assert!(fit.probabilities(huge.view()).iter().all(|p| p.is_finite()));
        }
    }

    #[test]
    fn wrong_arguments_are_errors() {
        let fit = |z: &Array2<f64>, c: &[usize], w| Temperature::fit(z.view(), c, w).is_err();
        assert!(fit(&array![[1.0]], &[2], None) && fit(&array![[1.0]], &[], None));
        assert!(fit(&array![[f64::NAN]], &[0], None) && fit(&Array2::zeros((0, 2)), &[], None));
        assert!(fit(&Array2::zeros((1, 0)), &[0], None));
        assert!(fit(&array![[1.0]], &[0], Some(&[0.0])));
    }
}
