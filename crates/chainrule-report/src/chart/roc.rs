use super::{Chart, curves_of_shares, reference};
use crate::{Error, Labels, Series};

/// The receiver operating characteristic of one or several classifiers: the share of the negatives
/// that are taken for positives (x) against the share of the positives that are found (y), one point
/// for each threshold.
///
/// On the diagonal, whose name in the legend is `diagonal`, a classifier knows no more than a coin.
/// The area under a curve is the caller's to say, in the name of the series. Source: Fawcett, *An
/// introduction to ROC analysis*, Pattern Recognition Letters 27 (2006).
///
/// # Errors
///
/// [`Error::Length`] when a series has not one y for each x, [`Error::Empty`] when it has no finite
/// pair or when there is no series.
pub fn roc(labels: Labels<'_>, curves: &[Series<'_>], diagonal: &str) -> Result<Chart, Error> {
    let mut chart = curves_of_shares(labels, curves)?;
    chart.figure.layers.push(reference(diagonal, (0.0, 0.0), (1.0, 1.0)));
    Ok(chart)
}
