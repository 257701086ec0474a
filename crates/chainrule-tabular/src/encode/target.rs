use super::scale::{Scale, moments};
use crate::table::{Column, TableError};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// A column that is predicted, and what the outputs of the network have to do with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The name of the column.
    pub name: String,
    /// What it holds.
    pub values: TargetValues,
}

/// What a target holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TargetValues {
    /// Numbers t. The network has z = (g(t) − mean)/deviation before it, with g(t) = t or g(t) = ln t.
    Number {
        /// What becomes 0, after g.
        mean: f64,
        /// What becomes a difference of 1, after g: positive.
        deviation: f64,
        /// Whether g is the logarithm.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        log: bool,
    },
    /// Counts t ≥ 0. The network has the logarithm of the rate, in units of the mean count.
    Count {
        /// The mean of the training: positive.
        mean: f64,
    },
    /// One of these classes, as they stand in the table.
    Classes(Vec<String>),
}

impl Target {
    /// Numbers as they are.
    pub fn raw(name: &str) -> Self {
        let values = TargetValues::Number { mean: 0.0, deviation: 1.0, log: false };
        Self { name: name.to_owned(), values }
    }

    /// One of these classes.
    pub fn classes(name: &str, classes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let classes = classes.into_iter().map(Into::into).collect();
        Self { name: name.to_owned(), values: TargetValues::Classes(classes) }
    }

    /// Numbers that are standardised by the mean and deviation of these values (or of their logarithms); `None` if they
    /// are all the same.
    pub fn number(name: &str, values: &[f64], log: bool) -> Option<Self> {
        let g = |t: &f64| if log { t.ln() } else { *t };
        let (mean, deviation) = moments(&values.iter().map(g).collect::<Vec<_>>())?;
        let values = TargetValues::Number { mean, deviation, log };
        Some(Self { name: name.to_owned(), values })
    }

    /// How many classes it has; `None` for numbers.
    pub fn class_count(&self) -> Option<usize> {
        self.class_names().map(<[String]>::len)
    }

    /// The classes, if it has some.
    pub fn class_names(&self) -> Option<&[String]> {
        match &self.values {
            TargetValues::Classes(classes) => Some(classes),
            _ => None,
        }
    }

    /// What a difference of 1 in the network's output is in the unit of the target, if that is the same everywhere.
    pub fn unit(&self) -> Option<f64> {
        match self.values {
            TargetValues::Number { deviation, log: false, .. } => Some(deviation),
            _ => None,
        }
    }

    /// What the network is to learn for a number of the target.
    pub fn transform(&self, t: f64) -> f64 {
        match self.values {
            TargetValues::Number { mean, deviation, log: false } => (t - mean) / deviation,
            TargetValues::Number { mean, deviation, log: true } => (t.ln() - mean) / deviation,
            TargetValues::Count { mean } => t / mean,
            TargetValues::Classes(_) => t,
        }
    }

    /// What an output of the network means in the unit of the target: increasing.
    pub fn inverse(&self, z: f64) -> f64 {
        match self.values {
            TargetValues::Number { mean, deviation, log: false } => z * deviation + mean,
            TargetValues::Number { mean, deviation, log: true } => (z * deviation + mean).exp(),
            TargetValues::Count { mean } => mean * z.exp(),
            TargetValues::Classes(_) => z,
        }
    }

    /// The true values of these rows as numbers: of classes, their places; NaN where they are missing or of no known
    /// class.
    pub(crate) fn truth(&self, column: &Column, rows: &[usize]) -> Result<Vec<f64>, TableError> {
        let Some(classes) = self.class_names() else {
            let values = super::input::numbers(&self.name, column)?;
            return Ok(rows.iter().map(|&row| values.get(row)).collect());
        };
        let places: HashMap<&str, usize> =
            classes.iter().enumerate().map(|(place, class)| (class.as_str(), place)).collect();
        let place = |row: &usize| {
            let cell = column.cell(*row)?;
            places.get(&*cell).map(|place| *place as f64)
        };
        Ok(rows.iter().map(|row| place(row).unwrap_or(f64::NAN)).collect())
    }

    /// Whether outputs can be turned into predictions.
    pub(crate) fn is_sound(&self) -> bool {
        match &self.values {
            TargetValues::Number { mean, deviation, .. } => {
                Scale { center: *mean, spread: *deviation, ..Scale::RAW }.is_sound()
            }
            TargetValues::Count { mean } => mean.is_finite() && *mean > 0.0,
            TargetValues::Classes(classes) => {
                let mut seen = HashSet::with_capacity(classes.len());
                classes.len() >= 2 && classes.iter().all(|class| seen.insert(class))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_what_was_learned() {
        let targets = [
            Target::number("y", &[1.0, 3.0], false).unwrap(),
            Target::number("y", &[1.0, 100.0], true).unwrap(),
            Target { name: "y".into(), values: TargetValues::Count { mean: 2.0 } },
        ];
        assert_eq!(targets[0].transform(3.0), 1.0);
        assert!((targets[1].transform(10.0)).abs() < 1e-15);
        for target in &targets[..2] {
            assert!((target.inverse(target.transform(7.0)) - 7.0).abs() < 1e-12);
            assert!(target.is_sound());
        }
        assert_eq!((targets[2].transform(4.0), targets[2].inverse(0.0)), (2.0, 2.0));
        assert_eq!(Target::number("y", &[2.0, 2.0], false), None);
    }

    #[test]
    fn classes_are_their_places() {
        let target = Target::classes("species", ["b", "a"]);
        let column = Column::words([Some("a"), None, Some("b"), Some("c")]);
        let truth = target.truth(&column, &[0, 2]).unwrap();
        assert_eq!(truth, [1.0, 0.0]);
        assert!(target.truth(&column, &[1, 3]).unwrap().iter().all(|place| place.is_nan()));
    }
}
