use super::number::magnitude;
use serde::{Deserialize, Serialize};

/// The scale of a column of numbers: what a network sees of them.
///
/// > z = (g(x) − center) / spread, with g(x) = x or g(x) = ln(x + offset),
///
/// and where there are outliers the smooth clip z / √(1 + (z/3)²) after it, which leaves small z as they are and never
/// exceeds 3 (Holzmüller, Grinsztajn and Steinwart, "Better by Default", arXiv 2407.04491, section 3).
///
/// | | center | spread |
/// |---|---|---|
/// | usual columns | mean | standard deviation |
/// | with outliers | median | (q₇₅ − q₂₅) / 1.349, the deviation of a normal distribution with these quartiles |
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// What becomes 0, after g.
    pub center: f64,
    /// What becomes a difference of 1, after g: positive.
    pub spread: f64,
    /// The logarithm, where g is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<Log>,
    /// Whether it ends with the smooth clip.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clip: bool,
}

/// g(x) = ln(max(x + offset, floor))
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// 0 for positive columns; where there are zeros, the median of the positive values.
    pub offset: f64,
    /// Half of what was the smallest in training, so that smaller numbers have a logarithm as well: positive.
    pub floor: f64,
}

/// Beyond so many robust deviations from the median a value is an outlier.
const OUTLIER: f64 = 10.0;
/// A column that is more skewed than this is tried as a logarithm.
const VERY_SKEWED: f64 = 3.0;
/// The limit of the clip.
const LIMIT: f64 = 3.0;

impl Scale {
    /// Numbers as they are.
    pub const RAW: Self = Self { center: 0.0, spread: 1.0, log: None, clip: false };

    /// (x − mean) / deviation of these numbers; `None` if they are all the same, or none.
    pub fn standard(values: &[f64]) -> Option<Self> {
        let (center, spread) = moments(values)?;
        Some(Self { center, spread, log: None, clip: false })
    }

    /// The scale that suits these finite numbers; `None` if they are all the same, or none.
    pub fn fit(values: &[f64]) -> Option<Self> {
        let standard = Self::standard(values)?;
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let log = Log::fit(&sorted);
        if let Some(log) = log {
            sorted.iter_mut().for_each(|x| *x = log.value(*x));
        }
        let [low, median, high] = [0.25, 0.5, 0.75].map(|q| quantile(&sorted, q));
        let spread = (high - low) / 1.349;
        let farthest = (sorted[sorted.len() - 1] - median).max(median - sorted[0]);
        // Of equal quartiles no scale can be had.
        let (center, deviation) = moments(&sorted).unwrap_or((standard.center, standard.spread));
        if spread > 0.0 && farthest > OUTLIER * spread {
            return Some(Self { center: median, spread, log, clip: true });
        }
        Some(Self { center, spread: deviation, log, clip: false })
    }

    /// What the network sees of x.
    pub fn transform(&self, x: f64) -> f64 {
        let g = self.log.map_or(x, |log| log.value(x));
        let z = (g - self.center) / self.spread;
        if self.clip { z / (1.0 + (z / LIMIT).powi(2)).sqrt() } else { z }
    }

    /// Whether values can be transformed.
    pub(crate) fn is_sound(&self) -> bool {
        let log = self.log.is_none_or(|log| log.offset.is_finite() && log.floor > 0.0);
        self.center.is_finite() && self.spread.is_finite() && self.spread > 0.0 && log
    }
}

impl Log {
    /// For ascending numbers that are very skewed, not negative, and less skewed by half as logarithms.
    fn fit(sorted: &[f64]) -> Option<Self> {
        let smallest = *sorted.first()?;
        let skewed = skewness(sorted);
        if smallest < 0.0 || skewed < VERY_SKEWED {
            return None;
        }
        let positive = &sorted[sorted.partition_point(|x| *x <= 0.0)..];
        let offset = if smallest > 0.0 { 0.0 } else { quantile(positive, 0.5) };
        let log = Self { offset, floor: (smallest + offset) / 2.0 };
        let logarithms: Vec<f64> = sorted.iter().map(|x| log.value(*x)).collect();
        (log.floor > 0.0 && skewness(&logarithms).abs() < skewed / 2.0).then_some(log)
    }

    fn value(self, x: f64) -> f64 {
        (x + self.offset).max(self.floor).ln()
    }
}

/// Mean and standard deviation √(Σ(x − mean)²/n) of finite numbers; `None` if they are all the same, or none.
///
/// It neither overflows nor underflows, however large or small they are.
pub(crate) fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low >= high {
        return None;
    }
    let unit = magnitude(low.abs().max(high.abs()));
    let n = values.len() as f64;
    let mean = values.iter().map(|x| x / unit).sum::<f64>() / n;
    let squares = values.iter().map(|x| (x / unit - mean).powi(2)).sum::<f64>();
    let deviation = (squares / n).sqrt() * unit;
    // Numbers so close that their deviation is lost in rounding are the same number.
    (deviation > 0.0).then_some((mean * unit, deviation))
}

/// The third standardised moment, Σ((x − mean)/deviation)³/n; 0 for equal numbers.
fn skewness(values: &[f64]) -> f64 {
    let Some((mean, deviation)) = moments(values) else { return 0.0 };
    values.iter().map(|x| ((x - mean) / deviation).powi(3)).sum::<f64>() / values.len() as f64
}

/// The q-quantile of ascending numbers (at least one), between neighbours in proportion.
pub(crate) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    // Worked by hand: the deviations of 2, 4, 4, 4, 5, 5, 7, 9 from 5 have the squares 9, 1, 1, 1, 0, 0, 4, 16.
    #[test]
    fn usual_columns_are_standardised() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        for unit in [1.0, magnitude(1e-300), magnitude(1e300)] {
            let scale = Scale::fit(&values.map(|v| v * unit)).unwrap();
            let expected = Scale { center: 5.0 * unit, spread: 2.0 * unit, log: None, clip: false };
            assert_eq!(scale, expected);
        }
        assert_eq!(Scale::fit(&[-f64::MAX, f64::MAX]).unwrap().spread, f64::MAX);
        assert_eq!(quantile(&values, 0.5), 4.5);
    }

    #[test]
    fn constants_have_no_scale() {
        for values in [&[][..], &[7.0], &[0.1, 0.1, 0.1], &[-0.0, 0.0], &[0.0, 5e-324]] {
            assert_eq!(Scale::fit(values), None, "{values:?}");
        }
        assert!(Scale::fit(&[1.0, 1.0 + f64::EPSILON]).is_some());
    }

    #[test]
    fn outliers_do_not_make_the_scale() {
        let mut values: Vec<f64> = (0..101).map(f64::from).collect();
        values[100] = -1e6;
        let scale = Scale::fit(&values).unwrap();
        assert!(scale.clip && scale.log.is_none());
        assert_eq!((scale.center, scale.spread), (49.0, 50.0 / 1.349));
        assert_eq!(scale.transform(49.0), 0.0);
        assert!(scale.transform(-1e6) > -3.0 && scale.transform(-1e6) < -2.99);
        // z = 1 becomes 1/√(1 + 1/9).
        let one = scale.transform(49.0 + 50.0 / 1.349);
        assert!((one - (0.9f64).sqrt()).abs() < 1e-15, "{one}");
    }

    #[test]
    fn very_skewed_columns_are_taken_as_logarithms() {
        let values: Vec<f64> = (0..200).map(|i| (f64::from(i) / 10.0).exp()).collect();
        let scale = Scale::fit(&values).unwrap();
        let log = scale.log.unwrap();
        assert_eq!((log.offset, log.floor), (0.0, 0.5));
        let z: Vec<f64> = values.iter().map(|x| scale.transform(*x)).collect();
        assert!((z[1] - z[0] - (z[199] - z[198])).abs() < 1e-12);
        // What is smaller than everything in training is no NaN.
        assert!(scale.transform(0.0).is_finite() && scale.transform(-5.0).is_finite());
        let with_zeros: Vec<f64> = values.iter().map(|x| x - 1.0).collect();
        assert!(Scale::fit(&with_zeros).unwrap().log.unwrap().offset > 0.0);
        let signed: Vec<f64> = values.iter().map(|x| x - 2.0).collect();
        assert_eq!(Scale::fit(&signed).unwrap().log, None);
    }
}
