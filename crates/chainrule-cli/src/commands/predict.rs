//! `chainrule predict`: a model's predictions for a table, as CSV.

use crate::{args, failure::Failure, files, text};
use chainrule_tabular::{Model, Table};
use std::io::Write;

pub(crate) fn run(args: &args::Predict) -> Result<(), Failure> {
    if let Some(out) = &args.out {
        files::check_distinct(out, &[&args.model, &args.data])?;
    }
    let model = Model::load(&args.model)?;
    let table = Table::open(&args.data)?;
    let prediction = model.predict(&table)?;
    if !prediction.ignored.is_empty() && !args.quiet {
        let columns: Vec<String> =
            prediction.ignored.iter().map(|name| text::shown(name)).collect();
        let columns = columns.join(", ");
        anstream::eprintln!("note: columns that the model does not use: {columns}");
    }
    let mut csv = Vec::new();
    prediction.table.write_csv(&mut csv).map_err(Failure::output)?;
    match &args.out {
        Some(path) => files::write(path, &csv),
        None => {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(&csv).and_then(|()| stdout.flush()).map_err(Failure::output)
        }
    }
}
