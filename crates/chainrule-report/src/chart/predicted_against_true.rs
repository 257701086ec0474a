use super::{Chart, scale_of};
use crate::figure::{Figure, Layer, Mark, Proportion, Shape, Style};
use crate::scale::Scale;
use crate::{Error, Labels, Series, ink, text};

/// How good the predictions for a table are: each row a point, its true value (x) against the
/// predicted one (y), on equal axes. On the diagonal, whose name in the legend is `diagonal`, the
/// prediction is perfect.
///
/// `series` are up to ten, for instance training and test rows; the last lies on top.
///
/// # Errors
///
/// [`Error::Length`] when a series has not one prediction for each true value, [`Error::Empty`]
/// when it has no finite pair or when there is no series.
pub fn predicted_against_true(
    labels: Labels<'_>,
    series: &[Series<'_>],
    diagonal: &str,
) -> Result<Chart, Error> {
    series.iter().try_for_each(Series::check)?;
    let values = series.iter().flat_map(Series::pairs).flat_map(|(x, y)| [x, y]);
    let scale = scale_of(Scale::around(values), labels.title)?;

    let points = |(series, ink): (&Series<'_>, _)| {
        let shape =
            Shape::Points { points: Figure::points(series, &scale, &scale), mark: Mark::Dot };
        Layer { name: text::clean(series.name), ink, shape }
    };
    let mut layers: Vec<Layer> =
        series.iter().zip(ink::CLASSES.into_iter().cycle()).map(points).collect();
    let line = Shape::Curve { pieces: vec![vec![(0.0, 0.0), (1.0, 1.0)]], style: Style::Dashed };
    layers.push(Layer { name: text::clean(diagonal), ink: ink::TRUTH, shape: line });
    let mut chart = Chart::new(labels, scale.clone(), scale);
    chart.figure.layers = layers;
    chart.figure.proportion = Proportion::Square;
    Ok(chart)
}
