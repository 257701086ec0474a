use super::{Chart, same_length, scale_of};
use crate::figure::{Layer, Mark, Shape, Style};
use crate::scale::{Scale, is_drawable};
use crate::{Error, Labels, ink, text};

/// At most so many rows are drawn, evenly from the least prediction to the greatest.
const MOST: usize = 120;

/// Predictions with their intervals; `lower[i]`, `upper[i]` and `truth[i]` belong to `predicted[i]`.
#[derive(Debug, Clone, Copy)]
pub struct Intervals<'a> {
    /// The predicted values.
    pub predicted: &'a [f64],
    /// The lower ends.
    pub lower: &'a [f64],
    /// The upper ends.
    pub upper: &'a [f64],
    /// The true values.
    pub truth: &'a [f64],
}

/// What the legend calls the parts.
#[derive(Debug, Clone, Copy)]
pub struct IntervalsLegend<'a> {
    /// The curve of the predictions.
    pub prediction: &'a str,
    /// The intervals.
    pub interval: &'a str,
    /// The true values inside of their interval.
    pub inside: &'a str,
    /// The true values outside of it.
    pub outside: &'a str,
}

/// How wide the intervals of predictions are and whether they hold the truth: the rows sorted by
/// their prediction (x, from 1), their intervals as upright lines and their true values as points
/// (y).
///
/// Of more than 120 rows that many are drawn, evenly chosen from the least prediction to the
/// greatest. Rows with a value that is not finite are left out.
///
/// # Errors
///
/// [`Error::Length`] when the lists differ in length, [`Error::Empty`] when no row is left.
pub fn intervals(
    labels: Labels<'_>,
    rows: Intervals<'_>,
    legend: IntervalsLegend<'_>,
) -> Result<Chart, Error> {
    let n = rows.predicted.len();
    same_length("the lower ends, one for each prediction", n, rows.lower.len())?;
    same_length("the upper ends, one for each prediction", n, rows.upper.len())?;
    same_length("the true values, one for each prediction", n, rows.truth.len())?;
    let row = |i: usize| [rows.predicted[i], rows.lower[i], rows.upper[i], rows.truth[i]];
    let mut all: Vec<[f64; 4]> =
        (0..n).map(row).filter(|row| row.iter().all(|v| is_drawable(*v))).collect();
    all.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let shown = all.len().min(MOST);
    let chosen = |k: usize| if shown < 2 { 0 } else { k * (all.len() - 1) / (shown - 1) };
    let drawn: Vec<(f64, [f64; 4])> =
        (0..shown).map(|k| (chosen(k) as f64 + 1.0, all[chosen(k)])).collect();

    let x =
        scale_of(Scale::around(drawn.iter().map(|row| row.0)), labels.title)?.of_whole_numbers();
    let y = scale_of(Scale::around(drawn.iter().flat_map(|row| row.1)), labels.title)?;
    let place = |at: f64, value: f64| Some((x.place(at)?, y.place(value)?));
    let range = |(at, [_, low, high, _]): &(f64, [f64; 4])| {
        Some((place(*at, low.min(*high))?, place(*at, low.max(*high))?))
    };
    let inside = |row: &[f64; 4]| (row[1].min(row[2])..=row[1].max(row[2])).contains(&row[3]);
    let truth = |wanted: bool| {
        let rows = drawn.iter().filter(|(_, row)| inside(row) == wanted);
        rows.filter_map(|(at, row)| place(*at, row[3])).collect::<Vec<_>>()
    };
    let curve = drawn.iter().filter_map(|(at, row)| place(*at, row[0])).collect();
    let layer = |name: &str, ink, shape| Layer { name: text::clean(name), ink, shape };
    let ranges = drawn.iter().filter_map(range).collect();
    let mut layers = vec![
        layer(legend.interval, ink::SAMPLES, Shape::Ranges { ranges, capped: false }),
        layer(
            legend.prediction,
            ink::TRUTH,
            Shape::Curve { pieces: vec![curve], style: Style::Fine },
        ),
    ];
    for (name, class, points) in
        [(legend.inside, 0, truth(true)), (legend.outside, 1, truth(false))]
    {
        if !points.is_empty() {
            let shape = Shape::Points { points, mark: Mark::Class(class) };
            layers.push(layer(name, ink::CLASSES[class], shape));
        }
    }
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    Ok(chart)
}
