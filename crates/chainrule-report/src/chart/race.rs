use super::{Chart, scale_of};
use crate::figure::{Figure, Layer, Shape, Style};
use crate::scale::Scale;
use crate::{Error, Labels, Series, ink, text};

/// The errors (y) of several trainings against time (x), one curve each.
///
/// An axis is logarithmic if all its values are positive. There are ten colours; an eleventh curve has the first
/// one again.
///
/// # Errors
///
/// [`Error::Length`] when a series has not one error for each time, [`Error::Empty`] when one has no finite pair,
/// or when there is no series.
pub fn race(labels: Labels<'_>, courses: &[Series<'_>]) -> Result<Chart, Error> {
    courses.iter().try_for_each(Series::check)?;
    let pairs = courses.iter().flat_map(Series::pairs);
    let x = scale_of(Scale::around_losses(pairs.clone().map(|pair| pair.0)), labels.title)?;
    let y = scale_of(Scale::around_losses(pairs.map(|pair| pair.1)), labels.title)?;
    let curve = |(series, ink): (&Series<'_>, _)| {
        let shape = Shape::Curve { pieces: Figure::curve(series, &x, &y), style: Style::Wide };
        Layer { name: text::clean(series.name), ink, shape }
    };
    let layers = courses.iter().zip(ink::CLASSES.into_iter().cycle()).map(curve).collect();
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    Ok(chart)
}
