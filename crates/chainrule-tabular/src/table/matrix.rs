//! A table as one matrix.

use super::{Numbers, Table, TableError, threads};
use chainrule::{Real, training::in_parallel};
use ndarray::{Array2, ArrayViewMut2, Axis};
use std::sync::{Mutex, PoisonError};

/// So many numbers are written at once: they stay in a processor's nearest cache while one column after another is
/// written between the others.
const BLOCK: usize = 1 << 12;

impl Table {
    /// All columns as a matrix [rows × columns] in the precision of `T`.
    ///
    /// Fails if a column holds something else than numbers, or a number that `T` can not hold.
    ///
    /// ```
    /// use chainrule_tabular::Table;
    ///
    /// let table = Table::read_csv(b"x,y\n1,2.5\n2,-3e2\n", "example.csv")?;
    /// assert_eq!(table.matrix::<f32>()?, ndarray::array![[1.0, 2.5], [2.0, -300.0]]);
    /// # Ok::<(), chainrule_tabular::TableError>(())
    /// ```
    pub fn matrix<T: Real>(&self) -> Result<Array2<T>, TableError> {
        let columns: Vec<&Numbers> =
            self.columns().map(|(name, column)| column.finite(name)).collect::<Result<_, _>>()?;
        let mut matrix = Array2::zeros((self.rows(), columns.len()));
        let rows = (BLOCK / columns.len()).max(1);
        let threads = threads().min(self.rows().div_ceil(rows));
        let blocks = Mutex::new(matrix.axis_chunks_iter_mut(Axis(0), rows).enumerate());
        let work = |_| {
            let mut fits = true;
            loop {
                let next = blocks.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((number, block)) = next else { return fits };
                fits &= fill(block, &columns, number * rows);
            }
        };
        if in_parallel(threads, threads, work).contains(&false) {
            return Err(self.too_large::<T>());
        }
        Ok(matrix)
    }

    /// What is said about the first number that `T` can not hold.
    fn too_large<T: Real>(&self) -> TableError {
        let numbers = self.columns().flat_map(|(name, column)| {
            let values = column.finite(name).into_iter().flat_map(Numbers::iter);
            values.enumerate().map(move |(row, value)| (name, row, value))
        });
        let mut too_large = numbers.filter(|(.., value)| !T::of(*value).is_finite());
        let (name, row, value) = too_large.next().unwrap_or_default();
        TableError::TooLarge { column: name.to_owned(), row, value, precision: T::NAME }
    }
}

/// Fills the rows from `start` on, and says whether all numbers are finite in this precision.
fn fill<T: Real>(mut rows: ArrayViewMut2<'_, T>, columns: &[&Numbers], start: usize) -> bool {
    let mut fits = true;
    for (mut cells, column) in rows.columns_mut().into_iter().zip(columns) {
        for (row, cell) in (start..).zip(cells.iter_mut()) {
            *cell = T::of(column.get(row));
            fits &= cell.is_finite();
        }
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_its_place() {
        let columns = (0..3).map(|j| {
            (format!("c{j}"), (0..5000).map(|i| f64::from(10 * i + j) + 0.1).collect::<Vec<_>>())
        });
        let table = Table::new(columns.collect()).unwrap();
        let matrix = table.matrix::<f64>().unwrap();
        for (j, (_, column)) in table.columns().enumerate() {
            assert_eq!(matrix.column(j).to_vec(), column.finite("").unwrap().to_vec());
        }
        assert_eq!(table.matrix::<f32>().unwrap(), matrix.mapv(|value| value as f32));
    }

    #[test]
    fn numbers_that_do_not_fit_and_columns_that_are_none() {
        let read = |text: &str| Table::read_csv(text.as_bytes(), "t").unwrap();
        let table = read("x,y\n1,2\n3,-1e39\n");
        assert!(table.matrix::<f64>().is_ok());
        assert_eq!(
            table.matrix::<f32>().unwrap_err().to_string(),
            "column \"y\", row 1 (counted from 0) is -1e39, more than f32 can hold; use f64, or a \
             larger unit",
        );
        let error = read("x,y\n1,a\n").matrix::<f32>().unwrap_err();
        assert!(matches!(error, TableError::Text { .. }), "{error}");
    }
}
