//! Columns by themselves: what they mean, and how much of them is there.

use super::{
    super::{Column, ColumnType, Profile, Values, schema::is_number},
    Finding, Patient,
    Severity::{Note, Problem, Warning},
    finding::{count, percent},
};
use crate::names::quoted;

pub(super) fn examine(
    patient: &Patient<'_>,
    column: &Column,
    profile: &Profile,
    findings: &mut Vec<Finding>,
) {
    let (name, rows) = (profile.name.as_str(), patient.rows);
    let mut find = |severity, check, what: String, advice: &str| {
        findings.push(Finding::new(severity, check, &[name], what, advice));
    };
    let column_name = quoted(name);
    if let Some(flaw) = &profile.flaw {
        let broken = broken(column);
        let what = match broken {
            0 | 1 => flaw.to_string(),
            _ => format!("{flaw}; {} like it", count(broken - 1, "more cell")),
        };
        find(Problem, "broken-number", what, "Correct these cells, or say what the column is.");
    }
    if !patient.is_target(profile) {
        match profile.kind {
            ColumnType::Constant => {
                let why = profile.note.as_deref().unwrap_or("it is said to be constant");
                let what = format!("Nothing can be learned from column {column_name}: {why}.");
                find(Note, "constant", what, "Leave it out.");
            }
            ColumnType::Identifier => {
                let why = profile.note.as_deref().unwrap_or("it is said to name the rows");
                let what = format!("Column {column_name} identifies the rows: {why}.");
                let advice = "Leave it out; if its numbers mean something, say so with --type.";
                find(Note, "identifier", what, advice);
            }
            ColumnType::Text => {
                let why = profile.note.as_deref().unwrap_or("it is said to be text");
                let what = format!("Column {column_name} is free text: {why}.");
                let advice = "Leave it out, or make columns of what matters in it.";
                find(Note, "text", what, advice);
            }
            _ => {}
        }
        if 2 * profile.missing > rows && profile.missing < rows {
            let what = format!(
                "{} of the values of column {column_name} are missing ({} of {rows}).",
                percent(profile.missing, rows),
                profile.missing,
            );
            let advice = "Find out why; whether a value is there may tell more than the value.";
            find(Warning, "missing", what, advice);
        }
    }
    if let (Some(format), Values::Words(words)) = (profile.date, column.values()) {
        if format.is_ambiguous() {
            let what = format!(
                "Day and month of column {column_name} could be the other way round; they are read as {format}."
            );
            find(Warning, "ambiguous-date", what, "Write dates as YYYY-MM-DD.");
        }
        let dates: Vec<Option<f64>> = words
            .words()
            .iter()
            .map(|word| format.parse(word).map(|moment| moment.seconds()))
            .collect();
        let dates = words.codes().iter().filter_map(|code| *dates.get(*code as usize)?);
        let dates: Vec<f64> = dates.collect();
        let back = dates.windows(2).filter(|pair| pair[1] < pair[0]).count();
        let forth = dates.windows(2).filter(|pair| pair[1] > pair[0]).count();
        if back > 0 && forth > 0 {
            let what = format!(
                "The dates of column {column_name} are not in order: {} earlier than the one before.",
                if back == 1 { "1 is".to_owned() } else { format!("{back} are") },
            );
            let advice = "If rows depend on those before them, sort the table by date and test on the last ones.";
            find(Note, "date-order", what, advice);
        }
    }
}

/// How many cells of a column that should be numbers are none.
fn broken(column: &Column) -> usize {
    match column.values() {
        Values::Numbers(values) => values.iter().filter(|value| value.is_infinite()).count(),
        Values::Words(words) => {
            // With a comma everywhere, every cell is broken.
            let is_broken = |word: &String| word.contains(',') || !is_number(word);
            let broken: Vec<bool> = words.words().iter().map(is_broken).collect();
            let is_broken = |code: &&u32| broken.get(**code as usize) == Some(&true);
            words.codes().iter().filter(is_broken).count()
        }
    }
}
