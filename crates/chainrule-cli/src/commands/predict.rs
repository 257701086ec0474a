//! `chainrule predict`: a model's predictions for a table.

use crate::{
    args::{self, Format},
    failure::Failure,
    files, json, text,
};
use chainrule_tabular::{Column, Encoding, Model, Prediction, Table};
use serde_json::json;
use std::{
    collections::HashSet,
    io::{BufWriter, Write},
};

pub(crate) fn run(args: &args::Predict) -> Result<(), Failure> {
    if let Some(out) = &args.out {
        files::check_distinct(out, &[&args.model, &args.data])?;
        files::check_writable(out)?;
    }
    let model = Model::load(&args.model)?;
    let mut told = Told::default();
    let mut sink = Sink::new(args);
    let mut predict = |table: Table| {
        let prediction = model.predict_within(&table, args.intervals)?;
        told.add(&prediction);
        let written = match args.keep {
            true => kept(&table, &prediction.table)?,
            false => prediction.table,
        };
        sink.add(&written)
    };
    let reading = args.reading.how_for(&model);
    if is_for_rows(args) {
        // What is no number to the model is a word, also where some rows of it look like numbers.
        let are_words = |name: &str| {
            let input = model.inputs().iter().find(|input| input.name == name);
            !input.is_some_and(|input| matches!(input.encoding, Encoding::Number { .. }))
        };
        files::open_in_chunks(&args.data, &reading, &are_words, &mut predict)?;
    } else {
        predict(files::open(&args.data, &reading)?)?;
    }
    let (rows, columns) = sink.finish()?;
    let notes = told.notes(args, &columns);
    if !args.quiet && !args.json {
        notes.iter().for_each(|note| anstream::eprintln!("note: {note}"));
    }
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
        "rows": rows,
        "columns": columns,
        "ignored": told.ignored,
        "filled": counted(&told.filled),
        "unseen": counted(&told.unseen),
        "notes": notes,
    });
    json::write(&object)
}

/// Whether the predictions can be written while the rows come in. Parquet is written as a whole, and JSON tells the
/// numbers of a kept column from words, which takes all of it.
fn is_for_rows(args: &args::Predict) -> bool {
    match args.format() {
        Format::Csv => true,
        Format::Jsonl => !args.keep,
        Format::Parquet => false,
    }
}

/// Where predictions go: to standard output as they come, or into a file that is written as a whole at the end.
struct Sink<'a> {
    args: &'a args::Predict,
    bytes: Vec<u8>,
    rows: usize,
    columns: Vec<String>,
}

impl<'a> Sink<'a> {
    fn new(args: &'a args::Predict) -> Self {
        Self { args, bytes: Vec::new(), rows: 0, columns: Vec::new() }
    }

    fn add(&mut self, table: &Table) -> Result<(), Failure> {
        let is_first = self.rows == 0;
        if is_first {
            self.columns = table.names().map(str::to_owned).collect();
        }
        self.rows += table.rows();
        match (self.args.format(), is_first) {
            (Format::Csv, false) => {
                table.write_csv_rows(&mut self.bytes).map_err(Failure::output)?
            }
            (format, _) => self.bytes.extend(files::table_as(table, format)?),
        }
        if self.args.out.is_some() {
            return Ok(());
        }
        let mut stdout = BufWriter::new(std::io::stdout().lock());
        stdout.write_all(&self.bytes).and_then(|()| stdout.flush()).map_err(Failure::output)?;
        self.bytes.clear();
        Ok(())
    }

    /// How many rows there were, and the names of what was written.
    fn finish(self) -> Result<(usize, Vec<String>), Failure> {
        if let Some(out) = &self.args.out {
            files::write(out, &self.bytes)?;
        }
        Ok((self.rows, self.columns))
    }
}

/// What the reader of the predictions should know.
#[derive(Default)]
struct Told {
    ignored: Vec<String>,
    filled: Vec<(String, usize)>,
    unseen: Vec<(String, usize)>,
}

impl Told {
    fn add(&mut self, prediction: &Prediction) {
        self.ignored.clone_from(&prediction.ignored);
        for (counts, more) in
            [(&mut self.filled, &prediction.filled), (&mut self.unseen, &prediction.unseen)]
        {
            for (name, rows) in more {
                match counts.iter_mut().find(|(other, _)| other == name) {
                    Some((_, count)) => *count += rows,
                    None => counts.push((name.clone(), *rows)),
                }
            }
        }
    }

    fn notes(&self, args: &args::Predict, columns: &[String]) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.ignored.is_empty() {
            let columns: Vec<String> = self.ignored.iter().map(|name| text::shown(name)).collect();
            notes.push(format!("columns that the model does not use: {}", columns.join(", ")));
        }
        notes.extend(text::guessed(args::Language::En, &self.filled, &self.unseen));
        let has_intervals = columns.iter().any(|name| name.ends_with(" low"));
        if args.intervals.is_some() && !has_intervals {
            notes.push("the model has no intervals for this level".to_owned());
        }
        notes
    }
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
