//! `chainrule predict`: a model's predictions for a table.

use crate::{
    args::{self, Format},
    failure::Failure,
    files, json, text,
};
use chainrule_tabular::{Column, Model, Prediction, Table};
use serde_json::json;
use std::collections::HashSet;

pub(crate) fn run(args: &args::Predict) -> Result<(), Failure> {
    if let Some(out) = &args.out {
        files::check_distinct(out, &[&args.model, &args.data])?;
        files::check_writable(out)?;
    }
    let model = Model::load(&args.model)?;
    let table = files::open(&args.data, &args.reading.how_for(&model))?;
    let prediction = model.predict_within(&table, args.intervals)?;
    let notes = notes(&prediction, args);
    if !args.quiet && !args.json {
        notes.iter().for_each(|note| anstream::eprintln!("note: {note}"));
    }
    let written = match args.keep {
        true => kept(&table, &prediction.table)?,
        false => prediction.table.clone(),
    };
    let bytes = files::table_as(&written, args.format())?;
    files::write_or_print(args.out.as_deref(), &bytes)?;
    if !args.json {
        return Ok(());
    }
    let counted = |counts: &[(String, usize)]| -> Vec<_> {
        counts.iter().map(|(name, rows)| json!({ "column": name, "rows": rows })).collect()
    };
    let object = json!({
        "model": args.model.display().to_string(),
        "out": args.out.as_ref().map(|out| out.display().to_string()),
        "format": match args.format() {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
            Format::Parquet => "parquet",
        },
        "rows": written.rows(),
        "columns": written.names().collect::<Vec<_>>(),
        "ignored": prediction.ignored,
        "filled": counted(&prediction.filled),
        "unseen": counted(&prediction.unseen),
        "notes": notes,
    });
    json::write(&object)
}

/// The columns of the table, and the predictions beside them.
fn kept(table: &Table, predicted: &Table) -> Result<Table, Failure> {
    let mut names: HashSet<String> = table.names().map(str::to_owned).collect();
    let mut columns: Vec<(String, Column)> =
        table.columns().map(|(name, column)| (name.to_owned(), column.clone())).collect();
    for (name, column) in predicted.columns() {
        let mut name = name.to_owned();
        while !names.insert(name.clone()) {
            name += " predicted";
        }
        columns.push((name, column.clone()));
    }
    Ok(Table::of(columns)?)
}

/// What the reader of the predictions should know.
fn notes(prediction: &Prediction, args: &args::Predict) -> Vec<String> {
    let mut notes = Vec::new();
    if !prediction.ignored.is_empty() {
        let columns: Vec<String> =
            prediction.ignored.iter().map(|name| text::shown(name)).collect();
        notes.push(format!("columns that the model does not use: {}", columns.join(", ")));
    }
    for (name, rows) in &prediction.filled {
        let (name, rows) = (text::shown(name), text::count(*rows, "row"));
        notes.push(format!(
            "{name} is missing in {rows}, which it never was in training; its median was taken"
        ));
    }
    for (name, rows) in &prediction.unseen {
        let (name, rows) = (text::shown(name), text::count(*rows, "row"));
        notes.push(format!("{name} has a value in {rows} that training did not have"));
    }
    let has_intervals = prediction.table.names().any(|name| name.ends_with(" low"));
    if args.intervals.is_some() && !has_intervals {
        notes.push("the model has no intervals for this level".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_columns_come_first_and_names_stay_apart() {
        let table = |names: &[&str]| {
            let columns = names.iter().map(|name| ((*name).to_owned(), vec![1.0]));
            Table::new(columns.collect()).unwrap()
        };
        let whole = kept(&table(&["x", "y", "z predicted"]), &table(&["y", "z", "w"])).unwrap();
        let names: Vec<&str> = whole.names().collect();
        assert_eq!(names, ["x", "y", "z predicted", "y predicted", "z", "w"]);
    }
}
