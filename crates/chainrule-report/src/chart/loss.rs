use super::{Chart, scale_of};
use crate::figure::{Figure, Layer, Shape, Style};
use crate::scale::{Scale, three_digits};
use crate::{Error, Labels, Series, ink, text};

/// The loss (y) against the epoch (x) of a training, and the validation loss where there is one.
///
/// The vertical axis is logarithmic if all losses are positive. The lowest validation loss (else
/// the lowest training loss) is marked; `best` is what the legend calls its epoch, for instance
/// "best epoch". A negative log-likelihood may be negative; then the axis is linear.
///
/// # Errors
///
/// [`Error::Length`] when a series has not one loss for each epoch, [`Error::Empty`] when it has no
/// finite pair.
pub fn loss(
    labels: Labels<'_>,
    training: Series<'_>,
    validation: Option<Series<'_>>,
    best: &str,
) -> Result<Chart, Error> {
    let all: Vec<Series<'_>> = [training].into_iter().chain(validation).collect();
    all.iter().try_for_each(Series::check)?;
    let pairs = || all.iter().flat_map(Series::pairs);
    let x = scale_of(Scale::around(pairs().map(|pair| pair.0)), training.name)?.of_whole_numbers();
    let losses: Vec<f64> = pairs().map(|pair| pair.1).collect();
    let y = scale_of(Scale::around_losses(losses.iter().copied()), training.name)?;

    let curve = |(series, ink): (&Series<'_>, _)| {
        let shape = Shape::Curve { pieces: Figure::curve(series, &x, &y), style: Style::Fine };
        Layer { name: text::clean(series.name), ink, shape }
    };
    let mut layers: Vec<Layer> = all.iter().zip(ink::CLASSES).map(curve).collect();
    let lowest = validation.unwrap_or(training);
    let lowest = lowest.pairs().min_by(|a, b| a.1.total_cmp(&b.1));
    layers.extend(lowest.and_then(|(epoch, loss)| {
        let name = format!("{} {epoch} ({})", text::clean(best), three_digits(loss));
        let at = (x.place(epoch)?, y.place(loss)?);
        Some(Layer { name, ink: ink::TEXT, shape: Shape::Ring { at } })
    }));
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    Ok(chart)
}
