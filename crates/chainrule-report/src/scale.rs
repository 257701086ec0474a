//! From values to places on an axis, and the marks along it.

use crate::text::superscript;

/// Whether a value has a place on an axis. Beyond ±10³⁰⁰ differences overflow.
pub(crate) fn is_drawable(value: f64) -> bool {
    value.abs() <= 1e300
}

/// A piece of the number line mapped onto 0 to 1.
#[derive(Debug, Clone)]
pub(crate) struct Scale {
    /// The ends; on a logarithmic scale, their logarithms to base 10.
    low: f64,
    high: f64,
    logarithmic: bool,
    /// Marks stand at least this far apart: 1 for numbers that are whole by nature.
    least_step: f64,
}

/// A mark on an axis: its place from 0 to 1, and what is written there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

impl Scale {
    /// From `low` to `high`, exactly.
    pub(crate) fn exact(low: f64, high: f64) -> Self {
        Self { low, high, logarithmic: false, least_step: 0.0 }
    }

    /// All drawable values, with 3 % of air at both ends. None without values.
    pub(crate) fn around(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) = ends(values.filter(|v| is_drawable(*v)))?;
        let span = high - low;
        // Less than this cannot be told apart from rounding: the values count as one.
        let air = if span > 1e-12 * low.abs().max(high.abs()) && span > 1e-300 {
            0.03 * span
        } else if high.abs() > 1e-290 {
            0.1 * high.abs()
        } else {
            1.0
        };
        Some(Self::exact(low - air, high + air))
    }

    /// Like [`Scale::around`], logarithmic if all values are positive.
    pub(crate) fn around_losses(values: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        let drawable = values.filter(|v| is_drawable(*v));
        let (low, _) = ends(drawable.clone())?;
        if low < f64::MIN_POSITIVE {
            return Self::around(drawable);
        }
        let (low, high) = ends(drawable.map(f64::log10))?;
        let air = (0.04 * (high - low)).max(0.05);
        Some(Self { low: low - air, high: high + air, logarithmic: true, least_step: 0.0 })
    }

    /// Like [`Scale::around`], with zero among the values and without air beyond a zero at an end:
    /// bars stand on it.
    pub(crate) fn from_zero(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) = ends(values.filter(|v| is_drawable(*v)))?;
        let (low, high) = (low.min(0.0), high.max(0.0));
        if high - low < 1e-300 {
            return Some(Self::exact(0.0, 1.0));
        }
        let air = 0.04 * (high - low);
        Some(Self::exact(
            if low < 0.0 { low - air } else { 0.0 },
            if high > 0.0 { high + air } else { 0.0 },
        ))
    }

    /// The same axis for whole numbers: no marks between them.
    pub(crate) fn of_whole_numbers(self) -> Self {
        Self { least_step: 1.0, ..self }
    }

    /// The place of a value, 0 to 1 from end to end. None where there is no place for it.
    pub(crate) fn place(&self, value: f64) -> Option<f64> {
        let value = if self.logarithmic { value.log10() } else { value };
        let place = (value - self.low) / (self.high - self.low);
        (0.0..=1.0).contains(&place).then_some(place)
    }

    /// From end to end.
    pub(crate) fn span(&self) -> f64 {
        self.high - self.low
    }

    /// The value at a place, in words with about four digits of the whole axis.
    pub(crate) fn words_at(&self, place: f64) -> String {
        let value = self.low + (self.high - self.low) * place;
        if self.logarithmic {
            return three_digits(10f64.powf(value));
        }
        let (span, largest) = (self.high - self.low, self.low.abs().max(self.high.abs()));
        let last =
            (span.log10().floor() as i32 - 3).max(if self.least_step > 0.0 { 0 } else { i32::MIN });
        // Beyond fifteen digits there is nothing but rounding.
        number(value, last.max(largest.log10().floor() as i32 - 15), largest)
    }

    /// At most `most` marks at round values (two where there is no better way).
    pub(crate) fn ticks(&self, most: usize) -> Vec<Tick> {
        let most = most.max(2);
        if self.logarithmic {
            self.logarithmic_ticks(most)
        } else {
            self.round_ticks(self.low, self.high, most)
        }
    }

    /// The most marks up to `most` whose labels, `fits` says, do not run into each other.
    pub(crate) fn ticks_that(&self, most: usize, fits: impl Fn(&[Tick]) -> bool) -> Vec<Tick> {
        let choices = (2..=most.max(2)).rev().map(|n| self.ticks(n));
        choices.into_iter().find(|ticks| fits(ticks)).unwrap_or_default()
    }

    fn tick(&self, value: f64, label: String) -> Option<Tick> {
        Some(Tick { at: self.place(value)?, label })
    }

    /// Multiples of 1, 2 or 5 times a power of ten, between two values.
    fn round_ticks(&self, low: f64, high: f64, most: usize) -> Vec<Tick> {
        let wanted = ((high - low) / most as f64).max(self.least_step);
        let mut exponent = wanted.log10().floor() as i32;
        let power = 10f64.powi(exponent);
        let factor = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .find(|f| f * power >= wanted * 0.999_999)
            .unwrap_or(10.0);
        if factor == 10.0 {
            exponent += 1;
        }
        let step = factor * power;
        let largest = low.abs().max(high.abs());
        let first = (low / step).ceil();
        let values = (0..=most).map(|i| (first + i as f64) * step).take_while(|v| *v <= high);
        values.filter_map(|value| self.tick(value, number(value, exponent, largest))).collect()
    }

    /// 1, 2 and 5 times the powers of ten if they are neither too many nor too few, else the powers
    /// alone; less than two of them are round values.
    fn logarithmic_ticks(&self, most: usize) -> Vec<Tick> {
        let (first, last) = (self.low.ceil() as i32, self.high.floor() as i32);
        let stride = usize::try_from(last - first + 1).unwrap_or(1).div_ceil(most).max(1);
        let plain = first >= -4 && last <= 4;
        let finer = (first - 1..=last).flat_map(|e| [1, 2, 5].map(|m| self.decade(m, e, plain)));
        let finer: Vec<_> = finer.flatten().collect();
        if (3..=most).contains(&finer.len()) {
            return finer;
        }
        let decades: Vec<_> =
            (first..=last).step_by(stride).filter_map(|e| self.decade(1, e, plain)).collect();
        if decades.len() >= 2 {
            return decades;
        }
        self.round_ticks(10f64.powf(self.low), 10f64.powf(self.high), most)
    }

    /// The mark at `mantissa` times ten to the `exponent`.
    fn decade(&self, mantissa: i32, exponent: i32, plain: bool) -> Option<Tick> {
        let value = f64::from(mantissa) * 10f64.powi(exponent);
        let label = match mantissa {
            _ if plain => format!("{value:.*}", usize::try_from(-exponent).unwrap_or(0)),
            1 => format!("10{}", superscript(exponent)),
            m => format!("{m}×10{}", superscript(exponent)),
        };
        self.tick(value, label)
    }
}

/// The least and the greatest value.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends, v| match ends {
        None => Some((v, v)),
        Some((low, high)) => Some((v.min(low), v.max(high))),
    })
}

/// A value whose last digit counts 10^`last`, on an axis that reaches up to `largest`.
fn number(value: f64, last: i32, largest: f64) -> String {
    // Rounding may leave −0 or a hair beside it.
    let value = if value.abs() < 0.5 * 10f64.powi(last) { 0.0 } else { value };
    let digits = |digits: i32| usize::try_from(digits).unwrap_or(0);
    let plain = if value == 0.0 {
        "0".into()
    } else if largest < 1e6 && last >= -5 {
        format!("{value:.*}", digits(-last))
    } else {
        let exponent = largest.log10().floor() as i32;
        let mantissa = format!("{:.*}", digits(exponent - last), value / 10f64.powi(exponent));
        format!("{mantissa}×10{}", superscript(exponent))
    };
    plain.replace('-', "−")
}

/// A value with three significant digits, for a sentence: 0.00213, 41.7, 6.02×10²³.
pub(crate) fn three_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let exponent = value.abs().log10().floor() as i32;
    if (-5..=5).contains(&exponent) {
        number(value, exponent.min(2) - 2, value.abs())
    } else {
        let mantissa = format!("{:.2}", value / 10f64.powi(exponent)).replace('-', "−");
        format!("{mantissa}×10{}", superscript(exponent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale, most: usize) -> Vec<String> {
        scale.ticks(most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn round_marks() {
        let check = |low, high, most, expected: &[&str]| {
            assert_eq!(labels(&Scale::exact(low, high), most), expected, "{low} to {high}");
        };
        check(-10.6, 10.6, 5, &["−10", "−5", "0", "5", "10"]);
        check(-1.2, 1.2, 6, &["−1.0", "−0.5", "0", "0.5", "1.0"]);
        check(0.0, 0.31, 4, &["0", "0.1", "0.2", "0.3"]);
        check(0.0, 3.1e-7, 4, &["0", "1×10⁻⁷", "2×10⁻⁷", "3×10⁻⁷"]);
        check(1.9e7, 2.31e7, 5, &["1.9×10⁷", "2.0×10⁷", "2.1×10⁷", "2.2×10⁷", "2.3×10⁷"]);
    }

    #[test]
    fn logarithmic_marks() {
        let check = |low, high, expected: &[&str]| {
            let scale = Scale::around_losses([low, high].into_iter()).unwrap();
            assert_eq!(labels(&scale, 6), expected, "{low} to {high}");
        };
        check(0.001, 1.0, &["0.001", "0.01", "0.1", "1"]);
        check(1e-9, 1.0, &["10⁻⁹", "10⁻⁷", "10⁻⁵", "10⁻³", "10⁻¹"]);
        check(0.012, 0.94, &["0.02", "0.05", "0.1", "0.2", "0.5", "1"]);
        check(0.02, 0.15, &["0.02", "0.05", "0.1"]);
        check(0.51, 0.53, &["0.50", "0.55"]);
    }

    #[test]
    fn losses_that_are_not_all_positive_get_a_linear_axis() {
        let scale = Scale::around_losses([-1.0, 1.0].into_iter()).unwrap();
        assert_eq!(scale.place(0.0), Some(0.5));
    }

    #[test]
    fn one_value_has_an_axis_around_it() {
        for value in [0.0, 7.0, -1e9, 1e300, 1e-310, -5e-324] {
            let scale = Scale::around([value, value].into_iter()).unwrap();
            assert_eq!(
                scale.place(value).map(|place| (place * 10.0).round()),
                Some(5.0),
                "{value}"
            );
            assert!(scale.ticks(5).len() >= 2, "{value}");
        }
        assert!(Scale::around_losses([0.5; 3].into_iter()).unwrap().place(0.5).is_some());
    }

    #[test]
    fn the_widest_range_has_finite_places() {
        let scale = Scale::around([-1e300, f64::NAN, f64::INFINITY, 1e300].into_iter()).unwrap();
        assert_eq!(scale.place(0.0), Some(0.5));
        assert!(scale.ticks(5).len() >= 2);
    }

    #[test]
    fn three_significant_digits() {
        let check = |value, expected: &str| assert_eq!(three_digits(value), expected);
        check(0.0021349, "0.00213");
        check(41.66, "41.7");
        check(12345.0, "12345");
        check(-0.5, "−0.500");
        check(6.022e23, "6.02×10²³");
        check(1.5e-9, "1.50×10⁻⁹");
    }
}
