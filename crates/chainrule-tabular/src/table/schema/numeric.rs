//! What is said of the numbers of a column.

use serde::Serialize;

/// Where the numbers of a column lie. All of it is in the unit of the column, but for the skewness, which has none.
///
/// With n numbers v, their mean m and the moments mₖ = Σ (v − m)ᵏ / n, the deviation is √m₂ and the skewness
/// m₃ / m₂^(3/2), which is 0 where all numbers are the same (Kendall's *Advanced Theory of Statistics* I, 3.31). The
/// median is the mean of the two in the middle where n is even.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Numeric {
    /// The least number.
    pub min: f64,
    /// The greatest number.
    pub max: f64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, with n below the fraction.
    pub deviation: f64,
    /// As many numbers are below it as above.
    pub median: f64,
    /// 0 where they lie evenly on both sides of the mean, positive where a few are far above it.
    pub skewness: f64,
}

impl Numeric {
    /// Of finite numbers in ascending order; `None` if there are none.
    pub(crate) fn of(sorted: &[f64]) -> Option<Self> {
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        // No sum of numbers between −1 and 1 exceeds what a number can hold.
        let scale = min.abs().max(max.abs()).max(f64::MIN_POSITIVE);
        let n = sorted.len() as f64;
        let scaled = || sorted.iter().map(|v| v / scale);
        let m = scaled().sum::<f64>() / n;
        let (mut m2, mut m3) = (0.0, 0.0);
        for d in scaled().map(|v| v - m) {
            m2 += d * d;
            m3 += d * d * d;
        }
        let (m2, m3): (f64, f64) = (m2 / n, m3 / n);
        let varies = min < max && m2 > 0.0;
        Some(Self {
            min,
            max,
            mean: (m * scale).clamp(min, max),
            deviation: if varies { m2.sqrt() * scale } else { 0.0 },
            median: median(sorted),
            skewness: if varies { m3 / (m2 * m2.sqrt()) } else { 0.0 },
        })
    }
}

/// The number in the middle of numbers in ascending order, of which there is one at least.
pub(crate) fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted[half],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_worked_by_hand() {
        // m = 2, deviations −2, −1, −1, 4: m₂ = 22/4, m₃ = (−8 − 1 − 1 + 64)/4 = 13.5.
        let numeric = Numeric::of(&[0.0, 1.0, 1.0, 6.0]).unwrap();
        assert_eq!((numeric.min, numeric.max, numeric.mean, numeric.median), (0.0, 6.0, 2.0, 1.0));
        assert!((numeric.deviation - 5.5f64.sqrt()).abs() < 1e-15);
        assert!((numeric.skewness - 13.5 / 5.5f64.powf(1.5)).abs() < 1e-15);
        assert_eq!(Numeric::of(&[1.0, 2.0, 9.0]).unwrap().median, 2.0);
        assert_eq!(Numeric::of(&[]), None);
    }

    #[test]
    fn numbers_at_the_ends_of_what_there_is() {
        for numbers in [&[f64::MIN, f64::MAX][..], &[f64::MAX; 3], &[0.1; 10], &[0.0], &[5e-324; 2]]
        {
            let numeric = Numeric::of(numbers).unwrap();
            let Numeric { mean, deviation, median, skewness, .. } = numeric;
            assert!(
                [mean, deviation, median, skewness].iter().all(|v| v.is_finite()),
                "{numeric:?}"
            );
        }
        let same = Numeric::of(&[0.1; 10]).unwrap();
        assert_eq!((same.deviation, same.skewness, same.mean), (0.0, 0.0, 0.1));
    }
}
