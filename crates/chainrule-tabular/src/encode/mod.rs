//! Columns of a table as numbers for a network, and back: fit → transform → inverse.

mod number;

pub use number::Number;
pub(crate) use number::magnitude;

use chainrule::Real;
use ndarray::Array2;

/// The transformed values [rows × columns] of some rows of some columns.
///
/// Fails with the place (in `rows`, in `columns`) of a value that is not finite in this precision after the
/// transformation.
pub(crate) fn transform<T: Real>(
    numbers: &[Number],
    columns: &[&[f64]],
    rows: &[usize],
) -> Result<Array2<T>, (usize, usize)> {
    let mut x = Array2::zeros((rows.len(), columns.len()));
    for (j, (number, column)) in numbers.iter().zip(columns).enumerate() {
        for (i, &row) in rows.iter().enumerate() {
            let value = T::of(number.transform(column[row]));
            if !value.is_finite() {
                return Err((i, j));
            }
            x[[i, j]] = value;
        }
    }
    Ok(x)
}
