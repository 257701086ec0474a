use super::{Chart, curves_of_shares, reference};
use crate::figure::{Shape, Style};
use crate::{Error, Labels, Series};

/// Whether probabilities can be believed (a reliability diagram): the mean predicted probability of
/// each bin of rows (x) against the share of the positives in it (y), both from 0 to 1.
///
/// On the diagonal, whose name in the legend is `diagonal`, of the rows with a probability of 30 %,
/// 30 % are positive. Source: Niculescu-Mizil and Caruana, *Predicting good probabilities with
/// supervised learning*, ICML 2005.
///
/// # Errors
///
/// [`Error::Length`] when a series has not one y for each x, [`Error::Empty`] when it has no finite
/// pair or when there is no series.
pub fn calibration(
    labels: Labels<'_>,
    curves: &[Series<'_>],
    diagonal: &str,
) -> Result<Chart, Error> {
    let mut chart = curves_of_shares(labels, curves)?;
    for layer in &mut chart.figure.layers {
        if let Shape::Curve { style, .. } = &mut layer.shape {
            *style = Style::Marked;
        }
    }
    chart.figure.layers.push(reference(diagonal, (0.0, 0.0), (1.0, 1.0)));
    Ok(chart)
}
