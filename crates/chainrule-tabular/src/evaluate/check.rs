//! What every measure asks of its arguments.

use chainrule::Error;
use ndarray::ArrayView2;

/// Fails unless there are `expected` of them.
pub(super) fn length(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::Shape { what: what.to_owned(), expected, found })
}

/// Fails of an empty set.
pub(super) fn some(what: &'static str, rows: usize) -> Result<(), Error> {
    if rows == 0 { Err(Error::NoSamples { what }) } else { Ok(()) }
}

/// Fails with the place of the first value that is NaN or infinite.
pub(super) fn finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((row, &value)) => Err(Error::NotFinite { what, row, column: 0, value }),
        None => Ok(()),
    }
}

/// Fails with the place of the first value of a matrix that is NaN or infinite.
pub(super) fn finite_matrix(what: &'static str, values: ArrayView2<f64>) -> Result<(), Error> {
    match values.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), &value)) => Err(Error::NotFinite { what, row, column, value }),
        None => Ok(()),
    }
}

/// Fails unless predictions and truth are as many, at least one, and finite.
pub(super) fn pairs(prediction: &[f64], truth: &[f64]) -> Result<(), Error> {
    length("predictions", truth.len(), prediction.len())?;
    some("the true values", truth.len())?;
    finite("the predictions", prediction)?;
    finite("the true values", truth)
}

/// Fails unless the value lies in its range.
pub(super) fn setting(
    name: &'static str,
    value: f64,
    allowed: bool,
    range: &'static str,
) -> Result<(), Error> {
    if allowed { Ok(()) } else { Err(Error::Setting { name, value, range }) }
}

/// Fails unless there is a weight for every row, none is negative or not finite, and one at least is positive.
pub(super) fn weights(weights: &[f64], rows: usize) -> Result<(), Error> {
    length("weights", rows, weights.len())?;
    finite("the weights", weights)?;
    for &weight in weights {
        setting("a weight", weight, weight >= 0.0, "0 or more")?;
    }
    setting("every weight", 0.0, weights.iter().any(|w| *w > 0.0), "positive for at least one row")
}

/// Fails unless each row has the number of one of so many classes, and there is a row.
pub(super) fn classes(numbers: &[usize], rows: usize, classes: usize) -> Result<(), Error> {
    length("class numbers", rows, numbers.len())?;
    some("the true classes", rows)?;
    match numbers.iter().enumerate().find(|(_, number)| **number >= classes) {
        Some((row, number)) => Err(Error::Target {
            loss: format!("{classes} classes"),
            row,
            reason: format!("it is the class {number}, but they are numbered from 0"),
        }),
        None => Ok(()),
    }
}
