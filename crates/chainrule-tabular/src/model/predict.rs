use super::{Errors, Model, ModelError, Output};
use crate::{
    Table,
    encode::{EncodeError, Features, Target, TargetValues},
    names::nearest,
    table::{Column, shortest},
};
use chainrule::{Network, Real, loss::Gaussian};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
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

/// The predictions for one target, one for each row.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicted {
    /// Of numbers and counts, in the unit of the target.
    Number {
        /// The predicted numbers.
        values: Vec<f64>,
        /// Where the true ones lie with the wanted probability: lower and upper ends.
        interval: Option<[Vec<f64>; 2]>,
        /// The standard deviations, where the network predicts them.
        deviation: Option<Vec<f64>>,
        /// Level and values, where the network predicts quantiles.
        quantiles: Vec<(f64, Vec<f64>)>,
    },
    /// Of classes: their probabilities [rows × classes].
    Classes(Array2<f64>),
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
        let (mut filled, mut unseen) = (vec![0; self.inputs().len()], vec![0; self.inputs().len()]);
        let mut parts: Vec<Vec<Predicted>> = Vec::new();
        self.check_inputs(table)?;
        for rows in rows.chunks(ROWS_AT_A_TIME) {
            let (outputs, guesses) = self.outputs(table, rows)?;
            for (i, guesses) in guesses.iter().enumerate() {
                filled[i] += guesses.filled;
                unseen[i] += guesses.unseen;
            }
            parts.push(self.predicted(&outputs, level, rows)?);
        }
        let mut columns = Vec::new();
        for (j, target) in self.targets().iter().enumerate() {
            target_columns(target, parts.iter().map(|part| &part[j]), &mut columns);
        }
        let counted = |counts: Vec<usize>| {
            let names = self.inputs().iter().map(|input| input.name.clone());
            names.zip(counts).filter(|(_, count)| *count > 0).collect()
        };
        Ok(Prediction {
            table: Table::of(columns)?,
            ignored: self.ignored(table),
            filled: counted(filled),
            unseen: counted(unseen),
        })
    }

    /// The predictions of each target for these rows, with intervals of this level.
    pub fn predict_rows(
        &self,
        table: &Table,
        rows: &[usize],
        level: Option<f64>,
    ) -> Result<Vec<Predicted>, ModelError> {
        self.check_inputs(table)?;
        let mut whole: Option<Vec<Predicted>> = None;
        for rows in rows.chunks(ROWS_AT_A_TIME) {
            let (outputs, _) = self.outputs(table, rows)?;
            let part = self.predicted(&outputs, level, rows)?;
            match &mut whole {
                None => whole = Some(part),
                Some(whole) => whole.iter_mut().zip(part).for_each(|(a, b)| a.append(b)),
            }
        }
        whole.ok_or(ModelError::Table(crate::TableError::NoRows))
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
    ) -> Result<(Array2<f64>, Vec<crate::encode::Guesses>), ModelError> {
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
            EncodeError::OutOfRange { input, row } => {
                let column = self.inputs()[input].name.clone();
                let value = table.column(&column).ok().and_then(|column| column.cell(row));
                let value = value.map_or(String::new(), |value| value.into_owned());
                ModelError::OutOfRange { column, row: row + 1, value }
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
                    .map(|row| {
                        sorted_quantiles(row.as_slice().unwrap_or_default(), first, levels.len())
                    })
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

impl Predicted {
    /// Numbers without anything else.
    pub(crate) fn of_numbers(values: Vec<f64>) -> Self {
        Self::Number { values, interval: None, deviation: None, quantiles: Vec::new() }
    }

    /// The numbers, if it has some.
    pub fn values(&self) -> Option<&[f64]> {
        match self {
            Self::Number { values, .. } => Some(values),
            Self::Classes(_) => None,
        }
    }

    /// Adds the predictions for more rows.
    pub(crate) fn append(&mut self, other: Self) {
        match (self, other) {
            (
                Self::Number { values, interval, deviation, quantiles },
                Self::Number { values: v, interval: i, deviation: d, quantiles: q },
            ) => {
                values.extend(v);
                match (interval, i) {
                    (Some([low, high]), Some([l, h])) => {
                        low.extend(l);
                        high.extend(h);
                    }
                    (interval, _) => *interval = None,
                }
                if let (Some(deviation), Some(d)) = (deviation, d) {
                    deviation.extend(d);
                }
                quantiles.iter_mut().zip(q).for_each(|((_, a), (_, b))| a.extend(b));
            }
            (Self::Classes(a), Self::Classes(b)) => {
                let _ = a.append(Axis(0), b.view());
            }
            _ => {}
        }
    }
}

/// The outputs of one network.
fn run<T: Real>(network: &Network<T>, x: ArrayView2<T>) -> Result<Array2<f64>, ModelError> {
    Ok(network.predict(x)?.mapv(|y| y.f64()))
}

/// Outputs whose mean over several networks means something: logits z become probabilities, by z/temperature; of normal
/// distributions they are the means μ, the variances v and the squares μ².
pub(crate) fn natural(output: &Output, mut z: Array2<f64>, temperature: f64) -> Array2<f64> {
    match output {
        Output::Value | Output::Quantiles(_) => {}
        Output::Gaussian => {
            let targets = z.ncols() / 2;
            let mut all = Array2::zeros((z.nrows(), 3 * targets));
            for (mut all, z) in all.outer_iter_mut().zip(z.outer_iter()) {
                for j in 0..targets {
                    all[j] = z[j];
                    all[targets + j] = Gaussian::variance(z[targets + j]);
                    all[2 * targets + j] = z[j] * z[j];
                }
            }
            return all;
        }
        Output::Probability => z.mapv_inplace(|z| 1.0 / (1.0 + (-z / temperature).exp())),
        Output::Classes => {
            for mut row in z.outer_iter_mut() {
                let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                row.mapv_inplace(|z| ((z - largest) / temperature).exp());
                let sum = row.sum();
                row /= sum;
            }
        }
    }
    z
}

/// The variance of a mixture of normal distributions, mean v + mean μ² − (mean μ)²: what each of them is unsure of, and what
/// they are not agreed on.
fn mixture_variance(natural: ArrayView1<f64>, j: usize) -> f64 {
    let targets = natural.len() / 3;
    let between = natural[2 * targets + j] - natural[j] * natural[j];
    natural[targets + j] + between.max(0.0)
}

/// The standard deviation that the networks predict, without what they are not agreed on: the errors of the model are
/// measured in it.
pub(crate) fn gaussian_deviation(natural: ArrayView1<f64>, j: usize) -> f64 {
    natural[natural.len() / 3 + j].max(1e-12).sqrt()
}

/// The quantiles of one target, in ascending order also where the network crosses them.
pub(crate) fn sorted_quantiles(row: &[f64], first: usize, count: usize) -> Vec<f64> {
    let mut quantiles = row[first..first + count].to_vec();
    quantiles.sort_by(f64::total_cmp);
    quantiles
}

/// Adds the columns of a target to those of the others.
fn target_columns<'a>(
    target: &Target,
    parts: impl Iterator<Item = &'a Predicted>,
    columns: &mut Vec<(String, Column)>,
) {
    let mut parts = parts.cloned();
    let Some(mut whole) = parts.next() else { return };
    parts.for_each(|part| whole.append(part));
    let name = &target.name;
    match whole {
        Predicted::Number { values, interval, deviation, quantiles } => {
            columns.push((name.clone(), Column::numbers(values)));
            if let Some([low, high]) = interval {
                columns.push((format!("{name} low"), Column::numbers(low)));
                columns.push((format!("{name} high"), Column::numbers(high)));
            }
            if let Some(deviation) = deviation {
                columns.push((format!("{name} deviation"), Column::numbers(deviation)));
            }
            for (level, values) in quantiles {
                columns.push((format!("{name} q{}", shortest(level)), Column::numbers(values)));
            }
        }
        Predicted::Classes(probabilities) => {
            let classes = target.class_names().unwrap_or_default();
            let likeliest = |row: ArrayView1<f64>| {
                classes.get(chainrule::metric::largest(row.iter().copied())).map(String::as_str)
            };
            let words = Column::words(probabilities.outer_iter().map(likeliest));
            columns.push((name.clone(), words));
            for (class, column) in classes.iter().zip(probabilities.columns()) {
                let column = Column::numbers(column.to_vec());
                columns.push((format!("{name} = {class}"), column));
            }
        }
    }
}
