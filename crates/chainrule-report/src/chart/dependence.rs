use super::bars::{Bar, Foot, in_this_order};
use super::{Chart, scale_of};
use crate::figure::{Figure, Layer, Shape, Style};
use crate::scale::Scale;
use crate::{Error, Labels, Series, ink, text};

/// How the prediction depends on one input while the others keep their values: the mean prediction
/// (y) against the input (x), and a band of the ranges in which the predictions of single rows lie.
///
/// `band` is the lower and the upper series at the same inputs as `curve`; its name in the legend is
/// that of the lower one. Source: Friedman, *Greedy function approximation*, Annals of Statistics 29
/// (2001), section 8.2.
///
/// # Errors
///
/// [`Error::Length`] when a list has not one value for each x, [`Error::Empty`] when a series has no
/// finite pair.
pub fn dependence(
    labels: Labels<'_>,
    curve: Series<'_>,
    band: Option<(Series<'_>, Series<'_>)>,
) -> Result<Chart, Error> {
    let all: Vec<Series<'_>> =
        [curve].into_iter().chain(band.iter().flat_map(|(low, high)| [*low, *high])).collect();
    all.iter().try_for_each(Series::check)?;
    let pairs = || all.iter().flat_map(Series::pairs);
    let x = scale_of(Scale::around(pairs().map(|pair| pair.0)), curve.name)?;
    let y = scale_of(Scale::around(pairs().map(|pair| pair.1)), curve.name)?;

    let mut layers = vec![];
    if let Some((low, high)) = band {
        let lower = Figure::curve(&low, &x, &y);
        let upper = Figure::curve(&high, &x, &y);
        let pieces = lower.iter().zip(&upper).map(|(lower, upper)| between(lower, upper));
        let shape = Shape::Band { pieces: pieces.collect() };
        layers.push(Layer { name: text::clean(low.name), ink: ink::CLASSES[0], shape });
    }
    let shape = Shape::Curve { pieces: Figure::curve(&curve, &x, &y), style: Style::Wide };
    layers.push(Layer { name: text::clean(curve.name), ink: ink::CLASSES[0], shape });
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    Ok(chart)
}

/// The same for several curves without a band, such as the probabilities of several classes, on an axis from 0 to 1:
/// each in a colour of its own, in the order given.
///
/// # Errors
///
/// [`Error::Length`] when a list has not one value for each x, [`Error::Empty`] when a series has no finite pair or when
/// there is no series.
pub fn dependence_of_classes(labels: Labels<'_>, curves: &[Series<'_>]) -> Result<Chart, Error> {
    curves.iter().try_for_each(Series::check)?;
    let pairs = || curves.iter().flat_map(Series::pairs);
    let x = scale_of(Scale::around(pairs().map(|pair| pair.0)), labels.title)?;
    let y = Scale::exact(0.0, 1.0);
    let curve = |(series, ink): (&Series<'_>, _)| {
        let shape = Shape::Curve { pieces: Figure::curve(series, &x, &y), style: Style::Wide };
        Layer { name: text::clean(series.name), ink, shape }
    };
    let layers = curves.iter().zip(ink::CLASSES.into_iter().cycle()).map(curve).collect();
    let mut chart = Chart::new(labels, x, y);
    chart.figure.layers = layers;
    Ok(chart)
}

/// The pairs of two curves that stand at the same place.
fn between(lower: &[(f64, f64)], upper: &[(f64, f64)]) -> Vec<(f64, f64, f64)> {
    let pairs = lower.iter().zip(upper).filter(|(a, b)| a.0 == b.0);
    pairs.map(|(a, b)| (a.0, a.1.min(b.1), a.1.max(b.1))).collect()
}

/// The same for an input of categories: the mean prediction for each, in the order given, with the
/// range of the predictions of single rows.
///
/// `Labels::x` names the prediction, `Labels::y` the input. Bars begin at zero; where differences
/// could not be seen then, points stand for them. Of more than 30 categories the first 29 are drawn.
///
/// # Errors
///
/// [`Error::Empty`] when there is no finite value.
pub fn dependence_of_categories(
    labels: Labels<'_>,
    categories: &[Bar<'_>],
) -> Result<Chart, Error> {
    in_this_order(labels, categories, Foot::ZeroOrNone)
}
