//! `chainrule check`: what the columns of a table are, and what is odd about them.

use crate::{
    args::{self, columns},
    failure::Failure,
    files, json, text,
};
use chainrule_tabular::{
    Table,
    table::{ColumnType, Diagnosis, Finding, Profile, Schema, Severity},
};
use serde_json::json;
use std::{cmp::Reverse, io::Write};

pub(crate) fn run(args: &args::Check) -> Result<(), Failure> {
    let table = files::open(&args.data, &args.reading.how())?;
    let targets = columns(&args.target, &table);
    let schema = Schema::of(&table, &args.reading.types)?.for_targets(&targets);
    let findings = findings(&table, &schema, &targets)?;
    let outcome = usable(&findings, &targets);
    if args.json {
        let object = json!({ "schema": schema, "targets": targets, "findings": findings });
        return json::finish(&object, outcome);
    }
    let told = told(&table, &schema, &targets, &findings);
    anstream::stdout().lock().write_all(told.as_bytes()).map_err(Failure::output)?;
    outcome
}

/// What is odd about the table for somebody who wants to predict these targets, none of which is an input of another; the
/// gravest first.
fn findings(table: &Table, schema: &Schema, targets: &[String]) -> Result<Vec<Finding>, Failure> {
    if targets.is_empty() {
        return Ok(Diagnosis::of(table, schema, None)?.findings);
    }
    let mut all: Vec<Finding> = Vec::new();
    for target in targets {
        let is_other = |name: &String| name != target && targets.contains(name);
        for finding in Diagnosis::of(table, schema, Some(target))?.findings {
            let is_of_others = !finding.columns.is_empty() && finding.columns.iter().all(is_other);
            if !is_of_others && !all.contains(&finding) {
                all.push(finding);
            }
        }
    }
    all.sort_by_key(|finding| Reverse(finding.severity));
    Ok(all)
}

/// Fails if a target can not be learned.
fn usable(findings: &[Finding], targets: &[String]) -> Result<(), Failure> {
    let is_fatal = |finding: &&Finding| {
        finding.severity == Severity::Problem
            && ["target", "broken-number"].contains(&finding.check)
            && finding.columns.iter().any(|name| targets.contains(name))
    };
    match findings.iter().find(is_fatal) {
        Some(finding) => {
            let [what, advice] =
                [&finding.what, &finding.advice].map(|text| text::shown(&text::continued(text)));
            Err(Failure::Data(format!("{what}; {advice}")))
        }
        None => Ok(()),
    }
}

fn told(table: &Table, schema: &Schema, targets: &[String], findings: &[Finding]) -> String {
    let columns = text::count(schema.profiles().len(), "column");
    let title = format!("{}, {columns}", text::count(table.rows(), "row"));
    let header = ["Column", "type", "missing", "distinct", "values"].map(str::to_owned).to_vec();
    let rows = schema.profiles().iter().map(|profile| {
        let mark = if targets.contains(&profile.name) { " (target)" } else { "" };
        let missing = match profile.missing {
            0 => "-".to_owned(),
            missing => format!("{missing} ({})", percent(missing, schema.rows())),
        };
        vec![
            text::cut(&text::shown(&profile.name), NAME) + mark,
            profile.kind.to_string(),
            missing,
            profile.distinct.to_string(),
            values(profile),
        ]
    });
    let rows: Vec<Vec<String>> = [header].into_iter().chain(rows).collect();
    let width = text::line_width();
    let mut told = format!("{}\n\n", text::strong(&title));
    for line in text::aligned(&rows, &[0, 1, 4]).lines() {
        told += &format!("{}\n", text::cut(line, width));
    }
    let notes: Vec<&Profile> =
        schema.profiles().iter().filter(|profile| profile.note.is_some()).collect();
    if !notes.is_empty() {
        told += &format!("\n{}\n", text::strong("Why these types"));
        for profile in notes {
            let (name, kind) = (text::shown(&profile.name), profile.kind);
            let note = text::shown(profile.note.as_deref().unwrap_or_default());
            let line = format!("{name} is taken for {}: {note}", named(kind));
            told += &format!("  {}\n", text::wrapped(&line, width, 4));
        }
        let line = "Say with --type COLUMN=TYPE what it is, if it is something else.";
        told += &format!("  {line}\n");
    }
    told + &found(findings, targets.is_empty(), width)
}

/// The longest name of a column that is shown whole.
const NAME: usize = 40;

/// The type in a sentence.
fn named(kind: ColumnType) -> String {
    match kind {
        ColumnType::Integer | ColumnType::Identifier => format!("an {kind}"),
        ColumnType::Text => "free text".to_owned(),
        _ => format!("a {kind}"),
    }
}

/// Where the numbers lie, or the most frequent values.
fn values(profile: &Profile) -> String {
    let is_few = matches!(profile.kind, ColumnType::Boolean | ColumnType::Integer);
    if let (Some(numeric), false) = (&profile.numeric, is_few) {
        let [min, median, max] = [numeric.min, numeric.median, numeric.max].map(text::short);
        return match profile.kind {
            ColumnType::Constant => min,
            _ => format!("{min} to {max}, median {median}"),
        };
    }
    const MOST: usize = 4;
    // Of values that each stand once, which come first says nothing.
    if profile.levels.first().is_some_and(|level| level.count == 1) {
        let first = profile.levels.first().map(|level| text::cut(&text::shown(&level.value), 30));
        return format!("{}, …", first.unwrap_or_default());
    }
    let levels = profile.levels.iter().take(MOST);
    let levels: Vec<String> = levels
        .map(|level| format!("{} ({})", text::cut(&text::shown(&level.value), 20), level.count))
        .collect();
    let more = if profile.distinct > MOST { ", …" } else { "" };
    levels.join(", ") + more
}

fn percent(part: usize, whole: usize) -> String {
    let percent = 100.0 * part as f64 / whole.max(1) as f64;
    if percent < 1.0 { "below 1 %".to_owned() } else { format!("{percent:.0} %") }
}

/// The findings, each with what to do.
fn found(findings: &[Finding], no_target: bool, width: usize) -> String {
    let mut told = String::new();
    for severity in [Severity::Problem, Severity::Warning, Severity::Note] {
        let of: Vec<&Finding> = findings.iter().filter(|f| f.severity == severity).collect();
        if of.is_empty() {
            continue;
        }
        let title = match severity {
            Severity::Problem => text::alarm("Problems"),
            Severity::Warning => text::strong("Warnings"),
            Severity::Note => text::strong("Notes"),
        };
        told += &format!("\n{title}\n");
        for finding in of {
            let line = format!("{} {}", text::shown(&finding.what), finding.advice);
            told += &format!("  - {}", text::wrapped(&line, width, 4));
            if !finding.rows.is_empty() {
                let rows: Vec<String> =
                    finding.rows.iter().map(|row| (row + 1).to_string()).collect();
                let rows = format!("Rows (the first is 1): {}", rows.join(", "));
                told += &format!("\n    {}", text::wrapped(&rows, width, 4));
            }
            told.push('\n');
        }
    }
    if findings.is_empty() {
        told += "\nNothing odd was found.\n";
    }
    if no_target {
        told += "\nWith --target COLUMN it is also told whether that column can be learned, and what gives it away.\n";
    }
    told
}
