//! What a column is said to be, and whether it can be that.

use super::{
    super::{Column, TableError, Values},
    ColumnType,
    decide::{Decision, date, used},
    profile::Count,
};
use crate::names::quoted;

/// Takes the column for what it is said to be.
pub(super) fn decide(
    name: &str,
    column: &Column,
    count: &Count,
    kind: ColumnType,
) -> Result<Decision, TableError> {
    let wrong = |reason: String| TableError::WrongType { column: name.to_owned(), kind, reason };
    let mut decision = Decision { kind, date: None, note: None, flaw: None };
    match (kind, column.values()) {
        (ColumnType::Number | ColumnType::Integer, Values::Words(_)) if count.distinct > 0 => {
            return Err(column
                .flaw()
                .filter(|flaw| is_of_words(flaw))
                .cloned()
                .unwrap_or_else(|| wrong("it holds words".to_owned())));
        }
        (ColumnType::Integer, Values::Numbers(_)) => {
            if let Some(value) = count.sorted.iter().find(|value| value.fract() != 0.0) {
                return Err(wrong(format!("{value} is no whole number")));
            }
        }
        (ColumnType::Boolean, _) if count.distinct > 2 => {
            let levels = count.levels.iter().take(3).map(|level| quoted(&level.value));
            let levels: Vec<String> = levels.collect();
            let (levels, more) =
                (levels.join(", "), if count.distinct > 3 { " and others" } else { "" });
            return Err(wrong(format!("it has more than two values: {levels}{more}")));
        }
        (ColumnType::Date, Values::Words(words)) => {
            decision.date = date(words);
            if decision.date.is_none() && count.distinct > 0 {
                return Err(wrong(no_date(&used(words).collect::<Vec<_>>())));
            }
        }
        (ColumnType::Date, Values::Numbers(_)) if count.distinct > 0 => {
            let reason =
                "it holds numbers; dates are written as 2024-02-29, 29.02.2024 or 02/29/2024";
            return Err(wrong(reason.to_owned()));
        }
        _ => {}
    }
    if matches!(kind, ColumnType::Number | ColumnType::Integer) && count.has_infinity {
        decision.flaw = column.flaw().cloned();
    }
    Ok(decision)
}

/// Whether the flaw is a cell that is no number.
fn is_of_words(flaw: &TableError) -> bool {
    matches!(flaw, TableError::Text { .. } | TableError::DecimalComma { .. })
}

/// Why these words are no dates of one format: the first that is none beside those before it.
fn no_date(words: &[&str]) -> String {
    let fits = |n: usize| super::super::DateFormat::find(words[..n].iter().copied()).is_some();
    // If some words have no common format, more of them have none either.
    let lengths: Vec<usize> = (1..=words.len()).collect();
    let first = 1 + lengths.partition_point(|&n| fits(n));
    let word = quoted(words.get(first - 1).unwrap_or(&""));
    match first {
        1 => format!("{word} is no date such as 2024-02-29, 29.02.2024 or 02/29/2024"),
        _ => format!("{word} is no date, or is written otherwise than those above it"),
    }
}
