use super::{Chart, reference, scale_of};
use crate::figure::{Figure, Layer, Mark, Shape};
use crate::scale::Scale;
use crate::{Error, Labels, Series, ink, text};

/// What a model leaves unexplained: the residual of each row, truth − prediction (y), against an
/// input or the prediction (x), and a dashed line at zero, whose name in the legend is `zero`.
///
/// A cloud that bends or widens shows what the model has not learned. `series` are for instance the
/// training and the test rows; the last lies on top.
///
/// # Errors
///
/// [`Error::Length`] when a series has not one y for each x, [`Error::Empty`] when it has no finite
/// pair or when there is no series.
pub fn residuals(labels: Labels<'_>, series: &[Series<'_>], zero: &str) -> Result<Chart, Error> {
    series.iter().try_for_each(Series::check)?;
    let pairs = || series.iter().flat_map(Series::pairs);
    let x = scale_of(Scale::around(pairs().map(|pair| pair.0)), labels.title)?;
    // As far below zero as above: whether a cloud is centred is seen at once.
    let y = scale_of(Scale::around(pairs().flat_map(|pair| [pair.1, -pair.1])), labels.title)?;
    let points = |(series, ink): (&Series<'_>, _)| {
        let shape = Shape::Points { points: Figure::points(series, &x, &y), mark: Mark::Dot };
        Layer { name: text::clean(series.name), ink, shape }
    };
    let mut layers: Vec<Layer> =
        series.iter().zip(ink::CLASSES.into_iter().cycle()).map(points).collect();
    layers.extend(y.place(0.0).map(|at| reference(zero, (0.0, at), (1.0, at))));
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    Ok(chart)
}
