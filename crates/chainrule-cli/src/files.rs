//! Writing files whole or not at all.

use crate::{args::Format, failure::Failure};
use chainrule_tabular::{Table, table::Reading};
use std::{
    io::{Read, Write},
    path::Path,
};

/// Reads a table; `-` is standard input.
pub(crate) fn open(path: &Path, reading: &Reading) -> Result<Table, Failure> {
    if path != Path::new("-") {
        return Ok(Table::open_as(path, reading)?);
    }
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Failed(format!("standard input could not be read: {error}")))?;
    Ok(Table::read_as(&bytes, "standard input", reading)?)
}

/// Writes a file by way of a temporary sibling, so that a failure leaves what was there.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Ok(chainrule_tabular::file::write_atomically(path, bytes)?)
}

/// A table in a format.
pub(crate) fn table_as(table: &Table, format: Format) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let written = match format {
        Format::Csv => table.write_csv(&mut bytes),
        Format::Jsonl => table.write_json_lines(&mut bytes),
        Format::Parquet => table.write_parquet(&mut bytes),
    };
    written.map_err(|error| {
        Failure::Failed(format!("the predictions could not be written: {error}"))
    })?;
    Ok(bytes)
}

/// Writes a file, or to standard output.
pub(crate) fn write_or_print(path: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match path {
        Some(path) => write(path, bytes),
        None => {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(Failure::output)
        }
    }
}

/// Makes a folder if it is not there.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| {
        Failure::Failed(format!("the folder {} could not be made: {error}", path.display()))
    })
}

/// Fails if a file could not be written here, without touching what is there.
pub(crate) fn check_writable(path: &Path) -> Result<(), Failure> {
    Ok(chainrule_tabular::file::check_writable(path)?)
}

/// Whether both are there and are one file.
pub(crate) fn are_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some() && real(one) == real(other)
}

/// Fails if the file to be written is one of those that are read.
pub(crate) fn check_distinct(out: &Path, read: &[&Path]) -> Result<(), Failure> {
    match read.iter().find(|path| are_same(path, out)) {
        Some(_) => Err(Failure::Usage(format!(
            "--out {} is a file that is read; choose another name",
            out.display()
        ))),
        None => Ok(()),
    }
}
