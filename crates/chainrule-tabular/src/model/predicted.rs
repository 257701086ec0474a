use crate::{
    encode::Target,
    table::{Column, shortest},
};
use ndarray::{Array2, ArrayView1, Axis};

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

    /// Adds the columns of this target's predictions to those of others; see [`Prediction::table`](super::Prediction).
    pub(super) fn into_columns(self, target: &Target, columns: &mut Vec<(String, Column)>) {
        let name = &target.name;
        match self {
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
}
