//! What may stand behind a flag.

use super::{Every, Levels, Test, Widths};
use chainrule::{solver::Solver, table};
use chainrule_tabular::table::ColumnType;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::{ops::RangeInclusive, time::Duration};

pub(crate) fn activation() -> PossibleValuesParser {
    let names =
        table::activations::<f32>().iter().map(|one| one.name().to_owned()).collect::<Vec<_>>();
    PossibleValuesParser::new(names.into_iter().chain(["prelu".to_owned()]))
}

/// The name of a solver or an optimizer, and what else it is called.
fn methods() -> Vec<(String, Option<&'static str>)> {
    let solvers = table::solvers().into_iter().map(|solver| {
        let short = match solver {
            Solver::LevenbergMarquardt(_) => Some("lm"),
            Solver::BayesianRegularization(_) => Some("bayes"),
            Solver::ScaledConjugateGradient(_) => Some("scg"),
            Solver::Lbfgs(_) => None,
        };
        (solver.name().to_owned(), short)
    });
    let optimizers = table::optimizers::<f32>();
    solvers.chain(optimizers.iter().map(|one| (one.name().to_owned(), None))).collect()
}

pub(crate) fn optimizer() -> PossibleValuesParser {
    let names = table::optimizers::<f64>().into_iter().map(|one| one.name().to_owned());
    PossibleValuesParser::new(names.collect::<Vec<_>>())
}

pub(crate) fn loss() -> PossibleValuesParser {
    let names = table::losses::<f64>().into_iter().map(|one| one.name().to_owned());
    PossibleValuesParser::new(names.collect::<Vec<_>>())
}

/// Names of methods and these; short names are written out.
fn solver_or(others: &[&'static str]) -> impl TypedValueParser<Value = String> {
    let value = |(name, short): (String, Option<&'static str>)| match short {
        Some(short) => PossibleValue::new(name).alias(short),
        None => PossibleValue::new(name),
    };
    let others = others.iter().map(|&name| PossibleValue::new(name));
    let values = others.chain(methods().into_iter().map(value));
    PossibleValuesParser::new(values.collect::<Vec<_>>()).map(|name| {
        let full = methods().into_iter().find(|(_, short)| *short == Some(name.as_str()));
        full.map_or(name, |(full, _)| full)
    })
}

pub(crate) fn solver() -> impl TypedValueParser<Value = String> {
    solver_or(&[])
}

pub(crate) fn solver_or_auto() -> impl TypedValueParser<Value = String> {
    solver_or(&[chainrule_tabular::Settings::AUTO])
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text.trim()) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("a time such as 30s, 5m or 1h is needed".to_owned()),
    }
}

pub(crate) fn every(text: &str) -> Result<Every, String> {
    match (positive_count(text), duration(text)) {
        (Ok(count), _) => Ok(Every::Epochs(count)),
        (_, Ok(time)) => Ok(Every::Time(time)),
        _ => Err("a time such as 30s or 5m, or a number of epochs from 1, is needed".to_owned()),
    }
}

pub(crate) fn positive_count(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(0) | Err(_) => Err("a whole number from 1 is needed".to_owned()),
        Ok(count) => Ok(count),
    }
}

/// A row, counted from 1, or rows such as 3-6.
pub(crate) fn rows(text: &str) -> Result<RangeInclusive<usize>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (positive_count(first), positive_count(last)) {
        (Ok(first), Ok(last)) if first <= last => Ok(first..=last),
        _ => Err("a row from 1, such as 3, or rows such as 3-6, are needed".to_owned()),
    }
}

/// The widths of a network, such as 2-3-1.
pub(crate) fn widths(text: &str) -> Result<Widths, String> {
    let widths: Result<Vec<usize>, _> = text.split('-').map(positive_count).collect();
    match widths {
        Ok(widths) if widths.len() >= 2 && widths.iter().all(|width| *width <= 1000) => {
            Ok(Widths(widths))
        }
        _ => Err("two or more widths from 1 to 1000 are needed, such as 2-3-1: inputs, hidden layers, outputs"
            .to_owned()),
    }
}

pub(crate) fn up_to_a_thousand(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(count @ 1..=1000) => Ok(count),
        _ => Err("a whole number from 1 to 1000 is needed".to_owned()),
    }
}

pub(crate) fn positive(text: &str) -> Result<f64, String> {
    checked(text, "a number above 0 is needed", |v| v > 0.0)
}

pub(crate) fn not_negative(text: &str) -> Result<f64, String> {
    checked(text, "a number from 0 is needed", |v| v >= 0.0)
}

pub(crate) fn below_one(text: &str) -> Result<f64, String> {
    checked(text, "a number from 0 to below 1 is needed", |v| (0.0..1.0).contains(&v))
}

pub(crate) fn part(text: &str) -> Result<f64, String> {
    checked(text, "a number between 0 and 1 is needed", |v| 0.0 < v && v < 1.0)
}

fn checked(text: &str, message: &str, allowed: impl Fn(f64) -> bool) -> Result<f64, String> {
    match text.trim().parse() {
        Ok(value) if allowed(value) && f64::is_finite(value) => Ok(value),
        _ => Err(message.to_owned()),
    }
}

pub(crate) fn several(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(count @ 2..=1000) => Ok(count),
        _ => Err("a whole number from 2 to 1000 is needed".to_owned()),
    }
}

pub(crate) fn level(text: &str) -> Result<f64, String> {
    checked(text, "a number from 0.5 to below 1 is needed", |v| (0.5..1.0).contains(&v))
}

pub(crate) fn levels(text: &str) -> Result<Levels, String> {
    let levels: Vec<f64> = text.split(',').map(part).collect::<Result<_, _>>()?;
    match levels.windows(2).all(|pair| pair[0] < pair[1]) {
        true => Ok(Levels(levels)),
        false => Err("each level is to be above the one before".to_owned()),
    }
}

pub(crate) fn test(text: &str) -> Result<Test, String> {
    match text.trim() {
        "none" => Ok(Test::Part(0.0)),
        number => match number.parse::<f64>() {
            Ok(part) if (0.0..1.0).contains(&part) => Ok(Test::Part(part)),
            Ok(_) => Err("a part from 0 to below 1, a file or none is needed".to_owned()),
            Err(_) => Ok(Test::File(text.into())),
        },
    }
}

pub(crate) fn separator(text: &str) -> Result<char, String> {
    let mut letters = text.chars();
    match (text, letters.next(), letters.next()) {
        ("tab" | "\\t", _, _) => Ok('\t'),
        (_, Some(separator), None) => Ok(separator),
        _ => Err("a single character, or tab, is needed".to_owned()),
    }
}

pub(crate) fn column_type(text: &str) -> Result<(String, ColumnType), String> {
    ColumnType::assignment(text).map_err(|error| error.to_string())
}
