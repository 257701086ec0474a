use super::{Chart, curves_of_shares, reference};
use crate::{Error, Labels, Series};

/// The precision (y) of one or several classifiers against their recall (x), both from 0 to 1, one
/// point for each threshold.
///
/// `chance` is the share of the positives among all rows, from 0 to 1, with its name in the legend:
/// the precision of a classifier that knows nothing, drawn as a dashed line. Where it is no share,
/// the line is left out.
///
/// # Errors
///
/// [`Error::Length`] when a series has not one y for each x, [`Error::Empty`] when it has no finite
/// pair or when there is no series.
pub fn precision_recall(
    labels: Labels<'_>,
    curves: &[Series<'_>],
    chance: Option<(&str, f64)>,
) -> Result<Chart, Error> {
    let mut chart = curves_of_shares(labels, curves)?;
    if let Some((name, share)) = chance.filter(|chance| (0.0..=1.0).contains(&chance.1)) {
        chart.figure.layers.push(reference(name, (0.0, share), (1.0, share)));
    }
    Ok(chart)
}
