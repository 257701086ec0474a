//! Writing files whole or not at all.

use crate::{args::Format, failure::Failure};
use chainrule_tabular::{Table, TableError, table::Reading};
use std::{
    fs::File,
    io::{ErrorKind, Read},
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

/// Reads a file of text; `-` is standard input.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let (name, read) = match path == Path::new("-") {
        true => ("standard input".to_owned(), std::io::read_to_string(std::io::stdin().lock())),
        false => (path.display().to_string(), std::fs::read_to_string(path)),
    };
    read.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::Failed(format!("there is no file {name}")),
        ErrorKind::InvalidData => Failure::Data(format!(
            "{name} is no text in UTF-8; if > in an older PowerShell wrote it, it is UTF-16: save it as UTF-8"
        )),
        _ => Failure::Failed(format!("{name} could not be read: {error}")),
    })
}

/// Reads a table some rows at a time; see [`Table::in_chunks`].
pub(crate) fn open_in_chunks(
    path: &Path,
    reading: &Reading,
    are_words: &dyn Fn(&str) -> bool,
    take: &mut dyn FnMut(Table) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Table::in_chunks(std::io::stdin(), "standard input", reading, are_words, take);
    }
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(TableError::Directory { path: path.to_owned() }.into());
    }
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => TableError::NotFound { path: path.to_owned() },
        _ => TableError::Unreadable { path: path.to_owned(), reason: error.to_string() },
    })?;
    Table::in_chunks(file, &name, reading, are_words, take)
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
