use super::{Chart, reference, scale_of};
use crate::figure::{Layer, Shape};
use crate::scale::{Scale, is_drawable};
use crate::{Error, Labels, ink};

/// At most so many bars.
const MOST: f64 = 60.0;

/// How often errors (or other values) of each size occur: the values (x) in bins of equal width, and
/// the number of values in each (y).
///
/// The width of a bin is 2 · IQR · n^(−1/3), where IQR is the distance between the quartiles
/// (Freedman and Diaconis, *On the histogram as a density estimator*, 1981), but at least 1/60 of
/// the whole range. One bin begins at zero, where a dashed line stands if zero is in the range; its
/// name in the legend is `zero`, which may be empty.
///
/// # Errors
///
/// [`Error::Empty`] when there is no finite value.
pub fn histogram(labels: Labels<'_>, values: &[f64], zero: &str) -> Result<Chart, Error> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| is_drawable(*v)).collect();
    sorted.sort_by(f64::total_cmp);
    let width = bin_width(&sorted);
    let bin = |value: f64| (value / width).floor();
    let bins: Vec<(f64, usize)> =
        sorted.chunk_by(|a, b| bin(*a) == bin(*b)).map(|all| (bin(all[0]), all.len())).collect();
    let ends = bins.iter().flat_map(|(bin, _)| [bin * width, (bin + 1.0) * width]);
    let x = scale_of(Scale::around(ends), labels.title)?;
    let y = scale_of(Scale::from_zero(bins.iter().map(|bin| bin.1 as f64)), labels.title)?
        .of_whole_numbers();

    let bar = |(bin, count): &(f64, usize)| {
        let (left, right) = (x.place(bin * width)?, x.place((bin + 1.0) * width)?);
        // A gap of a tenth: beside each other, not into each other.
        let gap = 0.05 * (right - left);
        Some(((left + gap, y.place(0.0)?), (right - gap, y.place(*count as f64)?)))
    };
    let bars = bins.iter().filter_map(bar).collect();
    let mut layers =
        vec![Layer { name: String::new(), ink: ink::CLASSES[0], shape: Shape::Bars { bars } }];
    layers.extend(x.place(0.0).map(|at| reference(zero, (at, 0.0), (at, 1.0))));
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    Ok(chart)
}

/// The width of the bins of sorted values.
fn bin_width(sorted: &[f64]) -> f64 {
    let at = |share: f64| sorted.get(((sorted.len().max(1) - 1) as f64 * share).round() as usize);
    let quantile = |share: f64| at(share).copied().unwrap_or(0.0);
    let range = quantile(1.0) - quantile(0.0);
    let largest = quantile(0.0).abs().max(quantile(1.0).abs());
    // All values are one, up to rounding: a single bar around it.
    if range <= 1e-12 * largest || range < 1e-300 {
        return if largest > 1e-290 { 0.1 * largest } else { 1.0 };
    }
    let by_quartiles =
        2.0 * (quantile(0.75) - quantile(0.25)) * (sorted.len() as f64).powf(-1.0 / 3.0);
    // Half of the values may be one; then Sturges' rule remains, of log2(n) + 1 bins.
    let by_number = range / ((sorted.len() as f64).log2() + 1.0);
    let width = if by_quartiles > 0.0 { by_quartiles.min(range) } else { by_number };
    width.max(range / MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_of_a_bin() {
        let check = |values: &[f64], expected: f64| {
            let width = bin_width(values);
            assert!((width - expected).abs() < 1e-12, "{values:?}: {width}");
        };
        // Eight values: the quartiles are the 3rd (2) and the 6th (5) of 0 to 7; 2 · 3 · 8^(−1/3) = 3.
        check(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 3.0);
        // The quartiles are one: range 6 over log2(8) + 1 = 4.
        check(&[0.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 6.0], 1.5);
        // An outlier would make a million bins: 60 remain.
        check(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6e6], 1e5);
        check(&[4.0, 4.0], 0.4);
        check(&[0.0], 1.0);
        check(&[], 1.0);
    }

    #[test]
    fn every_value_is_counted_once() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i % 100) - 50.0).collect();
        let chart = histogram(Labels::default(), &values, "").unwrap();
        let data = chart.data(1000);
        let counted: f64 = data.rows.iter().filter_map(|row| row[2].parse::<f64>().ok()).sum();
        // The line at zero is a series of its own, with its two ends at 0 and at the upper end.
        let Shape::Bars { bars } = &chart.figure.layers[0].shape else { panic!("no bars") };
        let upper = 1.0 / chart.figure.y.scale.place(1.0).unwrap();
        let sum: f64 = bars.iter().map(|bar| (bar.1.1 * upper).round()).sum();
        assert_eq!(sum, 1000.0);
        assert!(counted >= 1000.0);
    }
}
