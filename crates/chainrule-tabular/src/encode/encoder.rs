use super::{Input, input::Guesses};
use crate::{Table, table::TableError};
use chainrule::Real;
use ndarray::Array2;
use std::ops::Range;
use thiserror::Error;

/// All inputs of a model: columns of a table as the features of a network.
///
/// Plain features come first, in the order of the inputs; after them, a code for each input whose levels are
/// learned, in that order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encoder {
    inputs: Vec<Input>,
    /// The first feature of each input.
    starts: Vec<usize>,
    width: usize,
}

/// Features of some rows.
#[derive(Clone, Debug)]
pub(crate) struct Features<T> {
    /// [rows × features]
    pub(crate) x: Array2<T>,
    /// What was guessed in each input.
    pub(crate) guesses: Vec<Guesses>,
}

/// Why a table can not be encoded.
#[derive(Clone, Debug, PartialEq, Error)]
pub(crate) enum EncodeError {
    #[error(transparent)]
    Table(#[from] TableError),
    /// A value that is not finite in this precision after the transformation: column, row from 1, the value as text.
    #[error("a value is out of range")]
    OutOfRange { column: String, row: usize, value: String },
}

impl Encoder {
    /// Of these inputs.
    pub fn new(inputs: Vec<Input>) -> Self {
        let mut width = 0;
        let mut starts = vec![0; inputs.len()];
        let (codes, plain): (Vec<usize>, Vec<usize>) =
            (0..inputs.len()).partition(|place| inputs[*place].embedding().is_some());
        for place in plain.into_iter().chain(codes) {
            starts[place] = width;
            width += inputs[place].width();
        }
        Self { inputs, starts, width }
    }

    /// The inputs, in their order.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The number of features.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Which features belong to the input at this place among [`Encoder::inputs`]; none if there is no such place.
    pub fn range(&self, place: usize) -> Range<usize> {
        match (self.inputs.get(place), self.starts.get(place)) {
            (Some(input), Some(start)) => *start..start + input.width(),
            _ => 0..0,
        }
    }

    /// The names of the features.
    pub fn features(&self) -> Vec<String> {
        let mut names = vec![String::new(); self.width];
        for (input, start) in self.inputs.iter().zip(&self.starts) {
            for (j, name) in input.features().into_iter().enumerate() {
                names[start + j] = name;
            }
        }
        names
    }

    /// The number of levels and of learned numbers for each input whose levels are learned.
    pub fn embeddings(&self) -> Vec<(usize, usize)> {
        self.inputs.iter().filter_map(Input::embedding).collect()
    }

    /// The features of these rows.
    pub(crate) fn transform<T: Real>(
        &self,
        table: &Table,
        rows: &[usize],
    ) -> Result<Features<T>, EncodeError> {
        let mut x = Array2::zeros((rows.len(), self.width));
        let mut guesses = vec![Guesses::default(); self.inputs.len()];
        for ((place, input), guesses) in self.inputs.iter().enumerate().zip(&mut guesses) {
            let start = self.starts[place];
            let mut wrong = None;
            let column = table.column(&input.name)?;
            input.transform(column, rows, guesses, |i, j, value| {
                let value = T::of(value);
                if !value.is_finite() {
                    wrong = wrong.or(Some(rows[i]));
                }
                x[[i, start + j]] = value;
            })?;
            if let Some(row) = wrong {
                let value = column.cell(row).unwrap_or_default().into_owned();
                let column = input.name.clone();
                return Err(EncodeError::OutOfRange { column, row: row + 1, value });
            }
        }
        Ok(Features { x, guesses })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    #[test]
    fn codes_come_last() {
        let k = Column::words(["a", "b", "c", "a", "b", "c"].map(Some));
        let x = Column::numbers(vec![0.0, 2.0, 0.0, 2.0, 0.0, 2.0]);
        let table = Table::of(vec![("k".into(), k), ("x".into(), x)]).unwrap();
        let rows = [0, 1, 2, 3, 4, 5];
        let k = Input::fit_category("k", table.column("k").unwrap(), &rows, 2).unwrap();
        let x = Input::fit_number("x", table.column("x").unwrap(), &rows).unwrap().unwrap();
        let encoder = Encoder::new(vec![k, x]);
        assert_eq!(encoder.features(), ["x", "k (code)"]);
        assert_eq!([encoder.range(0), encoder.range(1), encoder.range(2)], [1..2, 0..1, 0..0]);
        assert_eq!(encoder.embeddings(), [(4, 2)]);
        let features = encoder.transform::<f32>(&table, &[5, 0]).unwrap();
        assert_eq!(features.x, ndarray::array![[1.0, 2.0], [-1.0, 0.0]]);
    }

    #[test]
    fn what_is_too_far_away_is_named() {
        let x = vec![0.0, 1.0, 1e300];
        let table = Table::new(vec![("x".into(), x)]).unwrap();
        let encoder = Encoder::new(vec![Input::number("x", &[0.0, 1.0])]);
        let wrong = encoder.transform::<f32>(&table, &[1, 2]).unwrap_err();
        let (column, value) = ("x".to_owned(), "1e300".to_owned());
        assert_eq!(wrong, EncodeError::OutOfRange { column, row: 3, value });
        assert!(encoder.transform::<f64>(&table, &[1, 2]).is_ok());
    }
}
