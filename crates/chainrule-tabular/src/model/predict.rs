use super::{
    Errors, Model, ModelError, Output, Predicted,
    natural::{gaussian_deviation, mixture_variance, natural, sorted_quantiles},
};
use crate::{
    Table,
    encode::{EncodeError, Features, Guesses, Target, TargetValues},
    names::nearest,
};
use chainrule::{Network, Real};
use ndarray::{Array2, ArrayView1, ArrayView2};
use std::collections::HashSet;

/// The predictions for a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// For each target, with a row for each row of the table:
    ///
    /// | target | columns |
    /// |---|---|
    /// | number, count | its name; with intervals also `name low` and `name high`; `name deviation` or `name q0.9` where the network predicts those |
    /// | classes | its name, with the likeliest class, and `name = class` for the probability of each |
    pub table: Table,
    /// The columns of the table that the model neither reads nor predicts.
    pub ignored: Vec<String>,
    /// Inputs that had no gaps in training, and in how many rows the median stood in for a missing value.
    pub filled: Vec<(String, usize)>,
    /// Inputs with levels that training did not have, and in how many rows.
    pub unseen: Vec<(String, usize)>,
}

/// So many rows are transformed and predicted together.
const ROWS_AT_A_TIME: usize = 4096;

impl Model {
    /// Predicts the targets for each row of a table that has a column for each input, in any order.
    ///
    /// A row's prediction does not depend on the other rows, to the last bit.
    pub fn predict(&self, table: &Table) -> Result<Prediction, ModelError> {
        self.predict_within(table, None)
    }

    /// The same with intervals that hold the truth in such a part of the cases, between 0 and 1; where the model has
    /// none, there are none.
    pub fn predict_within(
        &self,
        table: &Table,
        level: Option<f64>,
    ) -> Result<Prediction, ModelError> {
        let rows: Vec<usize> = (0..table.rows()).collect();
        let (predicted, guesses) = self.predict_counted(table, &rows, level)?;
        let mut columns = Vec::new();
        for (target, predicted) in self.targets().iter().zip(predicted) {
            predicted.into_columns(target, &mut columns);
        }
        Ok(Prediction {
            table: Table::of(columns)?,
            ignored: self.ignored(table),
            filled: self.counted(&guesses, |guesses| guesses.filled),
            unseen: self.counted(&guesses, |guesses| guesses.unseen),
        })
    }

    /// The inputs in which something was guessed, and in how many rows.
    pub(super) fn counted(
        &self,
        guesses: &[Guesses],
        count: fn(&Guesses) -> usize,
    ) -> Vec<(String, usize)> {
        let names = self.inputs().iter().map(|input| input.name.clone());
        names.zip(guesses.iter().map(count)).filter(|(_, count)| *count > 0).collect()
    }

    /// The predictions of each target for these rows, with intervals of this level.
    pub fn predict_rows(
        &self,
        table: &Table,
        rows: &[usize],
        level: Option<f64>,
    ) -> Result<Vec<Predicted>, ModelError> {
        Ok(self.predict_counted(table, rows, level)?.0)
    }

    /// The same, and what was guessed in each input.
    fn predict_counted(
        &self,
        table: &Table,
        rows: &[usize],
        level: Option<f64>,
    ) -> Result<(Vec<Predicted>, Vec<Guesses>), ModelError> {
        self.check_inputs(table)?;
        let mut whole: Option<Vec<Predicted>> = None;
        let mut counted = vec![Guesses::default(); self.inputs().len()];
        for rows in rows.chunks(ROWS_AT_A_TIME) {
            let (outputs, guesses) = self.outputs(table, rows)?;
            for (counted, guesses) in counted.iter_mut().zip(guesses) {
                counted.filled += guesses.filled;
                counted.unseen += guesses.unseen;
            }
            let part = self.predicted(&outputs, level, rows)?;
            match &mut whole {
                None => whole = Some(part),
                Some(whole) => whole.iter_mut().zip(part).for_each(|(a, b)| a.append(b)),
            }
        }
        let whole = whole.ok_or(ModelError::Table(crate::TableError::NoRows))?;
        Ok((whole, counted))
    }

    /// Every input has a column in the table.
    pub(crate) fn check_inputs(&self, table: &Table) -> Result<(), ModelError> {
        let columns: HashSet<&str> = table.names().collect();
        let missing = self.inputs().iter().map(|input| &input.name);
        let missing: Vec<String> =
            missing.filter(|name| !columns.contains(name.as_str())).cloned().collect();
        match missing.first() {
            None => Ok(()),
            Some(first) => {
                let nearest = nearest(first, table.names());
                Err(ModelError::MissingInputs { missing, nearest })
            }
        }
    }

    /// The columns that are neither read nor predicted.
    fn ignored(&self, table: &Table) -> Vec<String> {
        let inputs = self.inputs().iter().map(|input| input.name.as_str());
        let targets = self.targets().iter().map(|target| target.name.as_str());
        let known: HashSet<&str> = inputs.chain(targets).collect();
        table.names().filter(|name| !known.contains(name)).map(str::to_owned).collect()
    }

    /// The mean of what the networks say about these rows, in the sense of [`natural`], and what was guessed.
    fn outputs(
        &self,
        table: &Table,
        rows: &[usize],
    ) -> Result<(Array2<f64>, Vec<Guesses>), ModelError> {
        match self.precision() {
            super::Precision::F32 => {
                let Features { x, guesses } = self.features::<f32>(table, rows)?;
                Ok((self.outputs_f32(x.view())?, guesses))
            }
            super::Precision::F64 => {
                let Features { x, guesses } = self.features::<f64>(table, rows)?;
                Ok((self.outputs_f64(x.view())?, guesses))
            }
        }
    }

    /// What the networks say about features that are ready [rows × features].
    pub(crate) fn outputs_for(&self, x: ArrayView2<f64>) -> Result<Array2<f64>, ModelError> {
        match self.precision() {
            super::Precision::F32 => self.outputs_f32(x.mapv(f32::of).view()),
            super::Precision::F64 => self.outputs_f64(x),
        }
    }

    fn outputs_f32(&self, x: ArrayView2<f32>) -> Result<Array2<f64>, ModelError> {
        self.outputs_of(|member| match member {
            super::AnyNetwork::F32(network) => run(network, x),
            super::AnyNetwork::F64(_) => Err(ModelError::Precisions),
        })
    }

    fn outputs_f64(&self, x: ArrayView2<f64>) -> Result<Array2<f64>, ModelError> {
        self.outputs_of(|member| match member {
            super::AnyNetwork::F64(network) => run(network, x),
            super::AnyNetwork::F32(_) => Err(ModelError::Precisions),
        })
    }

    /// The features of these rows.
    pub(crate) fn features<T: Real>(
        &self,
        table: &Table,
        rows: &[usize],
    ) -> Result<Features<T>, ModelError> {
        self.encoder().transform(table, rows).map_err(|error| match error {
            EncodeError::Table(error) => error.into(),
            EncodeError::OutOfRange { column, row, value } => {
                ModelError::OutOfRange { column, row, value }
            }
        })
    }

    /// The mean over the networks.
    fn outputs_of(
        &self,
        run: impl Fn(&super::AnyNetwork) -> Result<Array2<f64>, ModelError>,
    ) -> Result<Array2<f64>, ModelError> {
        let mut mean: Option<Array2<f64>> = None;
        for member in self.members() {
            let temperature = self.calibration().temperature;
            let outputs = natural(self.output(), run(&member.network)?, temperature);
            match &mut mean {
                None => mean = Some(outputs),
                Some(sum) => *sum += &outputs,
            }
        }
        let mean = mean.ok_or(ModelError::NoMembers)?;
        Ok(mean / self.members().len() as f64)
    }

    /// In the units of the targets. `rows` are for messages.
    pub(crate) fn predicted(
        &self,
        outputs: &Array2<f64>,
        level: Option<f64>,
        rows: &[usize],
    ) -> Result<Vec<Predicted>, ModelError> {
        let wrong = |target: &Target, i: usize| ModelError::Prediction {
            target: target.name.clone(),
            row: rows[i] + 1,
        };
        let mut all = Vec::new();
        for (j, target) in self.targets().iter().enumerate() {
            let errors = self.calibration().errors.get(j);
            let predicted = self.predicted_target(outputs, j, errors, level);
            let place = match &predicted {
                Predicted::Number { values, .. } => values.iter().position(|v| !v.is_finite()),
                Predicted::Classes(probabilities) => {
                    probabilities.outer_iter().position(|row| row.iter().any(|p| !p.is_finite()))
                }
            };
            if let Some(place) = place {
                return Err(wrong(target, place));
            }
            all.push(predicted);
        }
        Ok(all)
    }

    fn predicted_target(
        &self,
        outputs: &Array2<f64>,
        j: usize,
        errors: Option<&Errors>,
        level: Option<f64>,
    ) -> Predicted {
        let target = &self.targets()[j];
        let mean = outputs;
        let alpha = level.map(|level| 1.0 - level);
        let inverse = |z: &f64| target.inverse(*z);
        // Ends in the network's units become ends in the target's.
        let ends = |ends: Option<Vec<(f64, f64)>>| {
            ends.map(|ends| {
                let (low, high): (Vec<f64>, Vec<f64>) = ends.into_iter().unzip();
                [low.iter().map(inverse).collect(), high.iter().map(inverse).collect()]
            })
        };
        match self.output() {
            Output::Value => {
                let values: Vec<f64> = mean.column(j).iter().map(inverse).collect();
                // The errors of counts are measured in counts.
                let is_count = matches!(target.values, TargetValues::Count { .. });
                let of = |z: f64| if is_count { target.inverse(z) } else { z };
                let interval = |i: usize| {
                    let Some(Errors::Around(one)) = errors else { return None };
                    one.interval(&[of(mean[[i, j]])], alpha?)
                };
                let interval: Option<Vec<(f64, f64)>> = (0..values.len()).map(interval).collect();
                let interval = match interval {
                    Some(counts) if is_count => {
                        let (low, high) = counts.into_iter().map(|(a, b)| (a.max(0.0), b)).unzip();
                        Some([low, high])
                    }
                    interval => ends(interval),
                };
                Predicted::Number { values, interval, deviation: None, quantiles: Vec::new() }
            }
            Output::Gaussian => {
                let values: Vec<f64> = mean.column(j).iter().map(inverse).collect();
                let interval = |row: ArrayView1<f64>| {
                    let Some(Errors::Normalised(one)) = errors else { return None };
                    let (low, high) = one.interval(&[0.0], alpha?)?;
                    let deviation = gaussian_deviation(row, j);
                    Some((row[j] + low * deviation, row[j] + high * deviation))
                };
                let interval = ends(mean.outer_iter().map(interval).collect());
                let unit = target.unit().unwrap_or(1.0);
                let deviation = |row| mixture_variance(row, j).sqrt() * unit;
                let deviation = Some(mean.outer_iter().map(deviation).collect());
                Predicted::Number { values, interval, deviation, quantiles: Vec::new() }
            }
            Output::Quantiles(levels) => {
                let first = j * levels.len();
                let sorted: Vec<Vec<f64>> = mean
                    .outer_iter()
                    .map(|row| sorted_quantiles(row, first, levels.len()))
                    .collect();
                let middle = levels.len() / 2;
                let column = |q: usize| sorted.iter().map(|row| target.inverse(row[q])).collect();
                let interval = |row: &Vec<f64>| {
                    let Some(Errors::Quantiles { offset, alpha: own }) = errors else {
                        return None;
                    };
                    // It was measured for one level only.
                    ((alpha? - own).abs() < 1e-9)
                        .then(|| (row[0] - offset, row[levels.len() - 1] + offset))
                };
                let interval = ends(sorted.iter().map(interval).collect());
                Predicted::Number {
                    values: column(middle),
                    interval,
                    deviation: None,
                    quantiles: levels.iter().enumerate().map(|(q, l)| (*l, column(q))).collect(),
                }
            }
            Output::Probability => {
                let second = mean.column(j);
                Predicted::Classes(Array2::from_shape_fn((second.len(), 2), |(i, class)| {
                    if class == 1 { second[i] } else { 1.0 - second[i] }
                }))
            }
            Output::Classes => Predicted::Classes(mean.clone()),
        }
    }
}

/// The outputs of one network.
fn run<T: Real>(network: &Network<T>, x: ArrayView2<T>) -> Result<Array2<f64>, ModelError> {
    Ok(network.predict(x)?.mapv(|y| y.f64()))
}
