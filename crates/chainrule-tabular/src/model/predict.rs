use super::{Model, ModelError, Output, with_network};
use crate::{
    Table,
    encode::{Number, transform},
    names::nearest,
};
use chainrule::{Network, Real};
use std::collections::HashSet;

/// The predictions for a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// A column for each target, in the targets' units, with a row for each row of the table.
    pub table: Table,
    /// The columns of the table that the model neither reads nor predicts.
    pub ignored: Vec<String>,
}

/// So many rows are transformed and predicted together.
const ROWS_AT_A_TIME: usize = 4096;

impl Model {
    /// Predicts the targets for each row of a table that has a column for each input, in any order.
    ///
    /// A row's prediction does not depend on the other rows, to the last bit.
    pub fn predict(&self, table: &Table) -> Result<Prediction, ModelError> {
        let columns: HashSet<&str> = table.names().collect();
        let wanted = || self.inputs().iter().map(|number| number.name.as_str());
        let missing = wanted().filter(|name| !columns.contains(name));
        let missing: Vec<String> = missing.map(str::to_owned).collect();
        if let Some(first) = missing.first() {
            let nearest = nearest(first, table.names());
            return Err(ModelError::MissingInputs { missing, nearest });
        }
        let inputs: Vec<&[f64]> =
            wanted().map(|name| table.column(name)).collect::<Result<_, _>>()?;
        let rows: Vec<usize> = (0..table.rows()).collect();
        let names = self.targets().iter().map(|number| number.name.clone());
        let predictions = names.zip(self.predict_rows(&inputs, &rows)?).collect();

        let known: HashSet<&str> =
            wanted().chain(self.targets().iter().map(|number| number.name.as_str())).collect();
        let ignored =
            table.names().filter(|name| !known.contains(name)).map(str::to_owned).collect();
        Ok(Prediction { table: Table::new(predictions)?, ignored })
    }

    /// A column of predictions for each target, for these rows of the columns of the inputs.
    pub(crate) fn predict_rows(
        &self,
        columns: &[&[f64]],
        rows: &[usize],
    ) -> Result<Vec<Vec<f64>>, ModelError> {
        with_network!(self.network(), network => self.predict_with(network, columns, rows))
    }

    fn predict_with<T: Real>(
        &self,
        network: &Network<T>,
        columns: &[&[f64]],
        rows: &[usize],
    ) -> Result<Vec<Vec<f64>>, ModelError> {
        let mut predictions = vec![Vec::with_capacity(rows.len()); self.targets().len()];
        for rows in rows.chunks(ROWS_AT_A_TIME) {
            let x = transform::<T>(self.inputs(), columns, rows).map_err(|(i, j)| {
                let (column, row) = (self.inputs()[j].name.clone(), rows[i] + 1);
                ModelError::OutOfRange { column, row, value: columns[j][rows[i]] }
            })?;
            let y = network.predict(x.view())?;
            for ((number, to), from) in self.targets().iter().zip(&mut predictions).zip(y.columns())
            {
                for (y, row) in from.iter().zip(rows) {
                    let value = self.value(number, y.f64());
                    if !value.is_finite() {
                        let target = number.name.clone();
                        return Err(ModelError::Prediction { target, row: row + 1 });
                    }
                    to.push(value);
                }
            }
        }
        Ok(predictions)
    }

    /// What an output of the network means, in the unit of its target.
    fn value(&self, target: &Number, output: f64) -> f64 {
        match self.output() {
            Output::Value => target.inverse(output),
            Output::Probability => 1.0 / (1.0 + (-output).exp()),
        }
    }
}
