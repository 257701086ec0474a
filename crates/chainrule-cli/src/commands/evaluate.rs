//! `chainrule evaluate`: how good a model is where the truth is known.

use super::fit::check;
use crate::{args, evaluation, failure::Failure, files, json, text};
use chainrule_tabular::{
    Evaluation, Model, ModelError, Table,
    table::{Column, Values},
};
use serde_json::{Value, json};
use std::io::Write;

pub(crate) fn run(args: &args::Evaluate) -> Result<(), Failure> {
    let model = Model::load(&args.model)?;
    let table = files::open(&args.data, &args.reading.how_for(&model))?;
    let groups = match &args.by {
        Some(name) => groups(name, table.column(name)?)?,
        None => Vec::new(),
    };
    let evaluation = model.evaluate(&table, args.level)?;
    let groups = groups
        .into_iter()
        .map(|group| Scored::new(group, &model, &table, args.level))
        .collect::<Result<Vec<_>, Failure>>()?;
    let outcome = check(&args.require, &evaluation);
    if args.json {
        let object = json!({
            "model": args.model.display().to_string(),
            "evaluation": json::evaluation(&evaluation),
            "left_out": table.rows() - evaluation.rows,
            "by": args.by,
            "groups": groups.iter().map(Scored::object).collect::<Vec<_>>(),
        });
        return json::finish(&object, outcome);
    }
    if !args.quiet {
        let told = told(&table, &evaluation) + &by(args.by.as_deref(), &groups);
        anstream::stdout().lock().write_all(told.as_bytes()).map_err(Failure::output)?;
    }
    outcome
}

fn told(table: &Table, evaluation: &Evaluation) -> String {
    let rows = text::count(evaluation.rows, "row");
    let mut told = evaluation::titled(&format!("Scores on {rows}"), evaluation);
    for target in &evaluation.targets {
        told += &evaluation::classes_one_by_one(target);
    }
    let left_out = table.rows() - evaluation.rows;
    if left_out > 0 {
        let rows = text::count(left_out, "row");
        told += &format!(
            "  {rows} left out: no target, or a class of it that the model does not know.\n"
        );
    }
    told
}

/// The scores of the groups, a line for each.
fn by(column: Option<&str>, groups: &[Scored]) -> String {
    let Some(column) = column else { return String::new() };
    let mut told = String::new();
    let scored = || groups.iter().filter_map(|group| group.evaluation.as_ref());
    let targets = scored().next().map_or(0, |evaluation| evaluation.targets.len());
    for place in 0..targets {
        let all: Vec<_> = scored().map(|evaluation| &evaluation.targets[place]).collect();
        let Some(first) = all.first() else { continue };
        let names = evaluation::shown(&first.measures);
        let title = format!("{} by {}", text::shown(&first.target), text::shown(column));
        let mut rows = vec![vec![text::shown(column), "rows".to_owned()]];
        rows[0].extend(names.iter().map(|name| evaluation::title(name)));
        for group in groups {
            let label = text::cut(&text::shown(&group.label), 40);
            let mut row = vec![label];
            match &group.evaluation {
                Some(evaluation) => {
                    row.push(evaluation.rows.to_string());
                    row.extend(evaluation::values(&names, &evaluation.targets[place].measures));
                }
                None => {
                    row.push("0".to_owned());
                    row.extend(names.iter().map(|_| "-".to_owned()));
                }
            }
            rows.push(row);
        }
        told += &format!("\n{}\n{}", text::strong(&title), text::indented(&text::columns(&rows)));
    }
    told
}

/// Rows that have a value in common.
struct Group {
    label: String,
    rows: Vec<usize>,
}

/// So many groups are scored.
const MOST_GROUPS: usize = 50;
/// More different numbers than these are cut into quarters.
const MOST_NUMBERS: usize = 12;

/// The rows of each value of a column, the largest group first, or quarters of its numbers in ascending order.
fn groups(name: &str, column: &Column) -> Result<Vec<Group>, Failure> {
    let mut groups: Vec<Group> = Vec::new();
    if let Some(quarters) = quarters(column) {
        return Ok(quarters);
    }
    let mut places = std::collections::HashMap::new();
    for row in 0..column.len() {
        let cell = column.cell(row).map(|cell| cell.into_owned());
        let place = *places.entry(cell.clone()).or_insert(groups.len());
        if place == groups.len() {
            let label = cell.unwrap_or("(missing)".to_owned());
            groups.push(Group { label, rows: Vec::new() });
        }
        groups[place].rows.push(row);
        if groups.len() > MOST_GROUPS {
            return Err(Failure::Data(format!(
                "--by: the column {} has more than {MOST_GROUPS} different values; choose one with fewer",
                text::shown(name)
            )));
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.rows.len()));
    Ok(groups)
}

/// Quarters of the rows by their numbers, if there are many different ones; those without a number come last.
fn quarters(column: &Column) -> Option<Vec<Group>> {
    let Values::Numbers(values) = column.values() else { return None };
    let mut rows: Vec<usize> = (0..values.len()).filter(|&row| !values.get(row).is_nan()).collect();
    rows.sort_by(|&a, &b| values.get(a).total_cmp(&values.get(b)));
    let distinct = rows.chunk_by(|&a, &b| values.get(a) == values.get(b)).count();
    if distinct <= MOST_NUMBERS {
        return None;
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut begin = 0;
    for quarter in 1..=4 {
        let mut end = quarter * rows.len() / 4;
        // Equal numbers stay together.
        while end > 0 && end < rows.len() && values.get(rows[end]) == values.get(rows[end - 1]) {
            end += 1;
        }
        if begin < end {
            let part = &rows[begin..end];
            let ends = [part[0], part[part.len() - 1]].map(|row| text::short(values.get(row)));
            groups.push(Group { label: ends.join(" to "), rows: part.to_vec() });
        }
        begin = begin.max(end);
    }
    let missing: Vec<usize> = (0..values.len()).filter(|&row| values.get(row).is_nan()).collect();
    if !missing.is_empty() {
        groups.push(Group { label: "(missing)".to_owned(), rows: missing });
    }
    Some(groups)
}

/// A group and its scores.
struct Scored {
    label: String,
    /// `None` if no row of it has a target that the model knows.
    evaluation: Option<Evaluation>,
}

impl Scored {
    fn new(group: Group, model: &Model, table: &Table, level: f64) -> Result<Self, Failure> {
        let evaluation = match model.evaluate(&table.select(&group.rows)?, level) {
            Ok(evaluation) => Some(evaluation),
            Err(ModelError::NoTruth) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { label: group.label, evaluation })
    }

    fn object(&self) -> Value {
        json!({
            "group": self.label,
            "evaluation": self.evaluation.as_ref().map(json::evaluation),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(groups: &[Group]) -> Vec<(&str, usize)> {
        groups.iter().map(|group| (group.label.as_str(), group.rows.len())).collect()
    }

    #[test]
    fn words_and_few_numbers_are_groups() {
        let words = Column::words([Some("a"), None, Some("b"), Some("b")]);
        let found = groups("c", &words).unwrap();
        assert_eq!(labels(&found), [("b", 2), ("a", 1), ("(missing)", 1)]);
        let numbers = Column::numbers(vec![1.0, 2.0, 2.0]);
        assert_eq!(labels(&groups("c", &numbers).unwrap()), [("2", 2), ("1", 1)]);
        let many: Vec<String> = (0..60).map(|i| format!("w{i}")).collect();
        let many = Column::words(many.iter().map(|word| Some(word.as_str())));
        assert!(groups("c", &many).is_err());
    }

    #[test]
    fn many_numbers_are_quarters_and_equal_ones_stay_together() {
        let mut values: Vec<f64> = (0..16).map(f64::from).collect();
        values.push(f64::NAN);
        let found = groups("c", &Column::numbers(values)).unwrap();
        let expected = [("0 to 3", 4), ("4 to 7", 4), ("8 to 11", 4), ("12 to 15", 4)];
        assert_eq!(labels(&found[..4]), expected);
        assert_eq!(labels(&found[4..]), [("(missing)", 1)]);
        let mut values = vec![0.0; 30];
        values.extend((1..14).map(f64::from));
        let found = groups("c", &Column::numbers(values)).unwrap();
        assert_eq!(found.iter().map(|group| group.rows.len()).collect::<Vec<_>>(), [30, 2, 11]);
    }
}
