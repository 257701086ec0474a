use super::{Chart, scale_of};
use crate::figure::{Figure, Layer, Mark, Shape, Style};
use crate::scale::Scale;
use crate::{Error, Labels, Series, ink, text};

/// A function of one input: samples as points, the network's prediction as a curve, and the true
/// function, where it is known, as a dashed curve.
///
/// The curves are drawn from left to right whatever the order of their points.
///
/// # Errors
///
/// [`Error::Length`] when a series has not one y for each x, [`Error::Empty`] when it has no finite
/// pair.
pub fn fit(
    labels: Labels<'_>,
    samples: Series<'_>,
    truth: Option<Series<'_>>,
    prediction: Series<'_>,
) -> Result<Chart, Error> {
    let all: Vec<Series<'_>> = [samples, prediction].into_iter().chain(truth).collect();
    all.iter().try_for_each(Series::check)?;
    let pairs = || all.iter().flat_map(Series::pairs);
    let x = scale_of(Scale::around(pairs().map(|pair| pair.0)), samples.name)?;
    let y = scale_of(Scale::around(pairs().map(|pair| pair.1)), samples.name)?;

    let points = Shape::Points { points: Figure::points(&samples, &x, &y), mark: Mark::Dot };
    let curve =
        |series: &Series<'_>, style| Shape::Curve { pieces: Figure::curve(series, &x, &y), style };
    let mut layers = vec![
        Layer { name: text::clean(samples.name), ink: ink::SAMPLES, shape: points },
        Layer {
            name: text::clean(prediction.name),
            ink: ink::PREDICTION,
            shape: curve(&prediction, Style::Wide),
        },
    ];
    // Thin dashes on top of the wide curve: a perfect fit shows both.
    layers.extend(truth.map(|truth| {
        let shape = curve(&truth, Style::Dashed);
        Layer { name: text::clean(truth.name), ink: ink::TRUTH, shape }
    }));
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    Ok(chart)
}
