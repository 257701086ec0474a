//! What is to be learned of the targets.

use super::{FitError, Settings, decision::count};
use crate::{
    Output, Table,
    encode::{Target, TargetValues},
    names::{list, quoted},
    table::{Column, ColumnType, Values, are_nearly_numbers},
};
use std::collections::HashMap;

/// What is to be learned of the targets.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Numbers, by their mean.
    Regression,
    /// Numbers, by these quantiles.
    Quantiles(Vec<f64>),
    /// Numbers, by a mean and a deviation for each row.
    Gaussian,
    /// Counts: whole or at least not negative numbers, by their rate.
    Count,
    /// Classes: words, or numbers that stand for classes.
    Classification,
}

/// More classes than this are no classes.
const MOST_CLASSES: usize = 1000;

impl Task {
    /// What the targets are said to be, or else what their values suggest: words are classes, and so are numbers if there
    /// are only two.
    pub(super) fn suggested(
        table: &Table,
        settings: &Settings,
        rows: &[usize],
    ) -> Result<Self, FitError> {
        let mut classes = Vec::new();
        for name in &settings.targets {
            let column = table.column(name)?;
            if is_said_to_hold_classes(settings, name) {
                classes.push(true);
                continue;
            }
            classes.push(match column.values() {
                Values::Words(words) => !are_nearly_numbers(words),
                Values::Numbers(values) => {
                    let mut seen: Vec<f64> = Vec::new();
                    let more = rows.iter().map(|&row| values.get(row)).any(|value| {
                        if !seen.contains(&value) {
                            seen.push(value);
                        }
                        seen.len() > 2
                    });
                    !more && seen.iter().all(|value| [0.0, 1.0].contains(value))
                }
            });
        }
        Ok(if classes.iter().all(|is_class| *is_class) {
            Self::Classification
        } else {
            Self::Regression
        })
    }

    /// The name, as it is typed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Quantiles(_) => "quantiles",
            Self::Gaussian => "gaussian",
            Self::Count => "count",
            Self::Classification => "classification",
        }
    }

    /// The targets as they are in these rows, none of which has a gap in one, and what the outputs of a network for them
    /// mean.
    pub(super) fn targets(
        &self,
        table: &Table,
        settings: &Settings,
        rows: &[usize],
    ) -> Result<(Vec<Target>, Output), FitError> {
        let targets = settings
            .targets
            .iter()
            .map(|name| self.target(name, table.column(name)?, settings, rows))
            .collect::<Result<Vec<_>, FitError>>()?;
        let output = match self {
            Self::Regression | Self::Count => Output::Value,
            Self::Quantiles(levels) => Output::Quantiles(levels.clone()),
            Self::Gaussian => Output::Gaussian,
            Self::Classification => {
                match targets.iter().find(|target| target.class_count() != Some(2)) {
                    None => Output::Probability,
                    Some(_) if targets.len() == 1 => Output::Classes,
                    Some(target) => {
                        return Err(FitError::SeveralClasses { name: target.name.clone() });
                    }
                }
            }
        };
        if !output.suits(&targets) {
            return Err(FitError::Levels);
        }
        Ok((targets, output))
    }

    fn target(
        &self,
        name: &str,
        column: &Column,
        settings: &Settings,
        rows: &[usize],
    ) -> Result<Target, FitError> {
        let log = settings.log_target;
        let constant = || FitError::ConstantTarget { name: name.to_owned() };
        if *self == Self::Classification {
            // Numbers with a slip among them are no classes, unless that is said.
            if let Values::Words(words) = column.values()
                && !is_said_to_hold_classes(settings, name)
                && are_nearly_numbers(words)
            {
                column.finite(name)?;
            }
            return classes(name, column, rows);
        }
        let numbers = Target::raw(name).truth(column, rows)?;
        if let Some(place) =
            numbers.iter().position(|t| (log && *t <= 0.0) || (*self == Self::Count && *t < 0.0))
        {
            let (name, row, value) = (name.to_owned(), rows[place] + 1, numbers[place]);
            return Err(match log {
                true => FitError::NoLogarithm { name, row, value },
                false => FitError::NegativeCount { name, row, value },
            });
        }
        let number = Target::number(name, &numbers, log).ok_or_else(constant)?;
        Ok(match self {
            Self::Count => {
                let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
                Target { name: name.to_owned(), values: TargetValues::Count { mean } }
            }
            _ => number,
        })
    }
}

/// The classes of these rows: of two numbers or usual words the one that means yes comes second, others come in the order
/// of the alphabet.
fn classes(name: &str, column: &Column, rows: &[usize]) -> Result<Target, FitError> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for &row in rows {
        if let Some(cell) = column.cell(row) {
            *counts.entry(cell.into_owned()).or_default() += 1;
        }
    }
    let (name, found) = (name.to_owned(), counts.len());
    if found < 2 {
        return Err(FitError::ConstantTarget { name });
    }
    if found > MOST_CLASSES || 2 * found > rows.len() {
        return Err(FitError::TooManyClasses { name, found, rows: rows.len() });
    }
    let mut classes: Vec<(String, usize)> = counts.into_iter().collect();
    let number = |text: &str| text.parse::<f64>().unwrap_or(f64::INFINITY);
    classes.sort_by(|(a, _), (b, _)| {
        number(a).total_cmp(&number(b)).then(is_yes(a).cmp(&is_yes(b))).then(a.cmp(b))
    });
    let rare: Vec<String> =
        classes.iter().filter(|(_, count)| *count < 2).map(|(class, _)| class.clone()).collect();
    if !rare.is_empty() {
        return Err(FitError::RareClasses { name, rare });
    }
    Ok(Target::classes(&name, classes.into_iter().map(|(class, _)| class)))
}

fn is_said_to_hold_classes(settings: &Settings, name: &str) -> bool {
    let are_classes = |kind| matches!(kind, ColumnType::Category | ColumnType::Boolean);
    settings.types.iter().any(|(column, kind)| column == name && are_classes(*kind))
}

fn is_yes(word: &str) -> bool {
    ["yes", "true", "y", "t", "positive", "1"].contains(&word.to_lowercase().as_str())
}

/// The classes and how often they occur, for people.
pub(super) fn described(target: &Target, truth: &[f64]) -> String {
    let classes = target.class_names().unwrap_or_default();
    let of = |class: usize| truth.iter().filter(|t| **t == class as f64).count();
    let mut text: Vec<String> = classes
        .iter()
        .enumerate()
        .take(6)
        .map(|(place, class)| format!("{} {}", quoted(class), of(place)))
        .collect();
    if classes.len() > 6 {
        text.push(count(classes.len() - 6, "more", "more"));
    }
    text.join(", ")
}

/// For messages.
pub(super) fn names(targets: &[String]) -> String {
    list(targets)
}
