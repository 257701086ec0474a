use serde::{Deserialize, Serialize};

/// A column of numbers and its standardisation z = (x − mean) / deviation.
///
/// ```
/// use chainrule_tabular::Number;
///
/// let flow = Number::fit("flow", [1.0, 3.0].into_iter()).expect("not constant");
/// assert_eq!((flow.mean, flow.deviation), (2.0, 1.0));
/// assert_eq!(flow.inverse(flow.transform(7.0)), 7.0);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The name of the column.
    pub name: String,
    /// What becomes 0, in the column's unit.
    pub mean: f64,
    /// What becomes a difference of 1, in the column's unit: positive.
    pub deviation: f64,
}

impl Number {
    /// The column as it is: mean 0, deviation 1.
    pub fn raw(name: &str) -> Self {
        Self { name: name.to_owned(), mean: 0.0, deviation: 1.0 }
    }

    /// Measures the mean and the standard deviation √(Σ(x − mean)²/n) of these finite values; `None` if
    /// they are all the same, or none.
    ///
    /// It neither overflows nor underflows, however large or small the values are.
    pub fn fit(name: &str, values: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.clone().fold(f64::NEG_INFINITY, f64::max);
        if low >= high {
            return None;
        }
        let unit = magnitude(low.abs().max(high.abs()));
        let n = values.clone().count() as f64;
        let mean = values.clone().map(|x| x / unit).sum::<f64>() / n;
        let squares = values.map(|x| (x / unit - mean) * (x / unit - mean)).sum::<f64>();
        let deviation = (squares / n).sqrt() * unit;
        // Numbers so close that their deviation is lost in rounding are the same number.
        (deviation > 0.0).then(|| Self { name: name.to_owned(), mean: mean * unit, deviation })
    }

    /// z = (x − mean) / deviation
    pub fn transform(&self, x: f64) -> f64 {
        (x - self.mean) / self.deviation
    }

    /// x = z · deviation + mean
    pub fn inverse(&self, z: f64) -> f64 {
        z * self.deviation + self.mean
    }

    /// Whether values can be transformed and come back.
    pub(crate) fn is_sound(&self) -> bool {
        self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0
    }
}

/// The power of two at or below this number, so that a division by it is exact; 1 for zero.
pub(crate) fn magnitude(largest: f64) -> f64 {
    if largest == 0.0 {
        return 1.0;
    }
    largest.log2().floor().clamp(-1022.0, 1023.0).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(values: &[f64]) -> Option<(f64, f64)> {
        Number::fit("x", values.iter().copied()).map(|number| (number.mean, number.deviation))
    }

    // Worked by hand: the deviations of 2, 4, 4, 4, 5, 5, 7, 9 from 5 have the squares 9, 1, 1, 1, 0, 0, 4, 16.
    #[test]
    fn moments() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(fit(&values), Some((5.0, 2.0)));
        for unit in [1e-300f64, 1e300].map(magnitude) {
            assert_eq!(fit(&values.map(|v| v * unit)), Some((5.0 * unit, 2.0 * unit)));
        }
        assert_eq!(fit(&[-f64::MAX, f64::MAX]), Some((0.0, f64::MAX)));
    }

    #[test]
    fn constants_have_no_scale() {
        for values in [&[][..], &[7.0], &[0.1, 0.1, 0.1], &[-0.0, 0.0], &[0.0, 5e-324]] {
            assert_eq!(fit(values), None, "{values:?}");
        }
        assert!(fit(&[1.0, 1.0 + f64::EPSILON]).is_some());
    }
}
