//! The inputs: which columns are read, and how each is encoded.

use super::{Decision, FitError, Settings, decision::count};
use crate::{
    Table,
    encode::{Encoder, Encoding, Input},
    names::list,
    table::{ColumnType, Schema, Values},
};
use std::collections::HashSet;

/// With more levels than this, numbers are learned for each level in place of one-hot features.
const MOST_ONE_HOT: usize = 32;

/// What becomes of the columns that are no targets, measured on these rows; and what was decided about them.
pub(super) fn fit(
    table: &Table,
    settings: &Settings,
    rows: &[usize],
    decisions: &mut Vec<Decision>,
) -> Result<Encoder, FitError> {
    for (name, _) in &settings.types {
        table.column(name)?;
    }
    let schema = Schema::of(table, &settings.types)?.for_targets(&settings.targets);
    let special = [&settings.weights, &settings.group, &settings.order];
    let special = special.into_iter().flatten();
    let named = settings.targets.iter().chain(&settings.without).chain(special);
    for name in named.clone() {
        table.column(name)?;
    }
    let named: HashSet<&String> = named.collect();

    let mut inputs = Vec::new();
    let mut left = Left::default();
    for profile in schema.profiles() {
        let name = &profile.name;
        if named.contains(name) {
            continue;
        }
        let column = table.column(name)?;
        let input = match profile.kind {
            ColumnType::Identifier => {
                left.identifiers.push(name.clone());
                continue;
            }
            ColumnType::Text => {
                left.texts.push(name.clone());
                Input::fit_presence(name, column, rows)
            }
            ColumnType::Boolean if matches!(column.values(), Values::Numbers(_)) => {
                Input::fit_number(name, column, rows)?
            }
            ColumnType::Category | ColumnType::Boolean => {
                Input::fit_category(name, column, rows, MOST_ONE_HOT)
            }
            ColumnType::Date => Input::fit_date(name, column, rows),
            ColumnType::Number | ColumnType::Integer => Input::fit_number(name, column, rows)?,
            ColumnType::Constant => None,
        };
        match input {
            Some(input) => inputs.push(input),
            None if profile.kind == ColumnType::Text => {}
            None => left.constant.push(name.clone()),
        }
    }
    if inputs.is_empty() {
        let nothing = left.constant.is_empty() && left.identifiers.is_empty();
        return Err(match nothing && left.texts.is_empty() {
            true => FitError::OnlyTargets,
            false => FitError::NoInputs { left: left.all() },
        });
    }
    left.decide(decisions);
    decide(&inputs, decisions);
    Ok(Encoder::new(inputs))
}

/// Columns that tell nothing that a network could use.
#[derive(Default)]
struct Left {
    constant: Vec<String>,
    identifiers: Vec<String>,
    texts: Vec<String>,
}

impl Left {
    fn all(self) -> Vec<String> {
        [self.constant, self.identifiers, self.texts].concat()
    }

    fn decide(&self, decisions: &mut Vec<Decision>) {
        let mut decide = |names: &[String], [one, several]: [&str; 2], why: &str, flag| {
            if !names.is_empty() {
                let what =
                    format!("{} left out: {}", count(names.len(), one, several), list(names));
                decisions.push(Decision::new(what, why, flag));
            }
        };
        let constant = ["constant column", "constant columns"];
        decide(&self.constant, constant, "the same in every training row", None);
        let identifiers = ["identifier", "identifiers"];
        let why = "a different value in every row, which says nothing about a new one";
        decide(&self.identifiers, identifiers, why, Some("--type"));
        let texts = ["column of free text", "columns of free text"];
        let why = "networks here read no text; at most whether there is any";
        decide(&self.texts, texts, why, Some("--type"));
    }
}

/// What is said about the columns that are read.
fn decide(inputs: &[Input], decisions: &mut Vec<Decision>) {
    let names = |is: &dyn Fn(&Encoding) -> bool| -> Vec<String> {
        inputs.iter().filter(|input| is(&input.encoding)).map(|input| input.name.clone()).collect()
    };
    let mut decide = |names: Vec<String>, what: &str, why: &str, flag| {
        if !names.is_empty() {
            decisions.push(Decision::new(format!("{what}: {}", list(&names)), why, flag));
        }
    };
    let gaps = |encoding: &Encoding| matches!(encoding, Encoding::Number { indicator: true, .. });
    decide(
        names(&gaps),
        "gaps filled with the median",
        "and a feature says where they are",
        Some("--missing"),
    );
    let log = |encoding: &Encoding| matches!(encoding, Encoding::Number { scale, .. } if scale.log.is_some());
    decide(names(&log), "logarithms taken", "very skewed, and much less so as logarithms", None);
    let clip =
        |encoding: &Encoding| matches!(encoding, Encoding::Number { scale, .. } if scale.clip);
    decide(
        names(&clip),
        "outliers drawn in",
        "scaled by median and quartiles, and smoothly limited beyond 3",
        None,
    );
    let categories = |encoding: &Encoding| matches!(encoding, Encoding::OneHot(_));
    decide(
        names(&categories),
        "one feature for each category",
        "words, or asked for",
        Some("--type"),
    );
    let learned = |encoding: &Encoding| matches!(encoding, Encoding::Embedding { .. });
    let why = "too many for a feature each: some numbers are learned for each";
    decide(names(&learned), "categories embedded", why, Some("--type"));
    let dates = |encoding: &Encoding| matches!(encoding, Encoding::Date { .. });
    decide(
        names(&dates),
        "dates taken apart",
        "into time, season, weekday and hour, as far as they vary",
        Some("--type"),
    );
}
