use super::schema::ColumnType;
use crate::names::{did_you_mean, list, quoted};
use std::path::PathBuf;
use thiserror::Error;

/// What is wrong with a table, where, and what to do.
///
/// Lines are counted from 1 as in the file, the header included. `file` is the name that the reader was
/// given for the bytes.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum TableError {
    /// No such file.
    #[error("there is no file {}", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A folder in place of a file.
    #[error("{} is a folder; a file with a table is needed", path.display())]
    Directory {
        /// The folder.
        path: PathBuf,
    },
    /// The system could not read it.
    #[error("{} can not be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// Not UTF-8 text.
    #[error("{file} is {found}; save it as CSV in UTF-8 (spreadsheets call it \"CSV UTF-8\")")]
    NotText {
        /// The file.
        file: String,
        /// What it is instead.
        found: String,
    },
    /// Bytes that are not what their beginning promises.
    #[error(
        "{file} can not be read as {format}: {reason}; it may be cut off or damaged: copy it again, or write it anew"
    )]
    Damaged {
        /// The file.
        file: String,
        /// What it begins as.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A way of compressing within a format that is not known here.
    #[error(
        "{file} is {format} compressed with {codec}, which can not be read here; write it with Snappy, gzip, LZ4 or no \
         compression (in pandas: compression=\"gzip\" for Parquet, \"lz4\" for Arrow)"
    )]
    Compression {
        /// The file.
        file: String,
        /// Parquet or Arrow.
        format: &'static str,
        /// The way of compressing.
        codec: String,
    },
    /// A column of something else than numbers, words and dates.
    #[error(
        "column {} of {file} holds {found}, which no cell of a table can hold; leave it out, or make columns of its parts",
        quoted(column)
    )]
    Foreign {
        /// The file.
        file: String,
        /// The name of the column.
        column: String,
        /// The type of its values.
        found: String,
    },
    /// A character that can not stand between cells.
    #[error(
        "{separator:?} can not stand between cells; a comma, a semicolon, a tab, a bar or a blank can, and so can other \
         ASCII characters, but for letters, digits, quotes, and what belongs to numbers"
    )]
    NoSeparator {
        /// The character.
        separator: char,
    },
    /// Nothing in it.
    #[error("{file} is empty; a header line with the names of the columns and rows are needed")]
    Empty {
        /// The file.
        file: String,
    },
    /// A header without rows.
    #[error("{file} has a header line, but no rows below it")]
    HeaderOnly {
        /// The file.
        file: String,
    },
    /// A first line of numbers.
    #[error(
        "the first line of {file} holds numbers only; add a header line above it with a name for \
         each column"
    )]
    NoHeader {
        /// The file.
        file: String,
    },
    /// A column without a name.
    #[error(
        "column {column} of {file} has no name; give it one in the header line, or remove the \
         column (a comma too many at the ends of the lines makes one as well)"
    )]
    EmptyName {
        /// The file.
        file: String,
        /// The column, from 1.
        column: usize,
    },
    /// Two columns of one name.
    #[error("{file} has two columns named {}; rename one of them", quoted(name))]
    RepeatedName {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// A row that is longer or shorter than the header.
    #[error(
        "{file}, line {line}: {found} cells where the header has {expected}; is a quote or a \
         separator missing or left over?"
    )]
    Ragged {
        /// The file.
        file: String,
        /// The line on which the row begins.
        line: usize,
        /// Cells of the header.
        expected: usize,
        /// Cells of this row.
        found: usize,
    },
    /// Text where a number belongs.
    #[error(
        "{file}, line {line}: {} in column {} is not a number; correct it, or name it with --missing if it stands for \
         no value, or take the whole column for words: --type {}",
        quoted(text),
        quoted(column),
        quoted(&format!("{column}=category"))
    )]
    Text {
        /// The file.
        file: String,
        /// The line on which the row begins.
        line: usize,
        /// The name of the column.
        column: String,
        /// What stands there.
        text: String,
    },
    /// A number with a decimal comma.
    #[error(
        "{file}, line {line}: {} in column {} has a comma; write numbers with a decimal point and \
         without separators of thousands, as 1.5 or 1000",
        quoted(text),
        quoted(column)
    )]
    DecimalComma {
        /// The file.
        file: String,
        /// The line on which the row begins.
        line: usize,
        /// The name of the column.
        column: String,
        /// What stands there.
        text: String,
    },
    /// An empty cell, or one of the usual words for it.
    #[error(
        "{file}, line {line}: the value of column {} is missing{}; every row needs one here: remove or fill these \
         rows",
        quoted(column),
        if text.is_empty() { String::new() } else { format!(" ({})", quoted(text)) }
    )]
    Missing {
        /// The file.
        file: String,
        /// The line on which the row begins.
        line: usize,
        /// The name of the column.
        column: String,
        /// What stands there: nothing, or a word such as `NA`.
        text: String,
    },
    /// NaN, infinity, or more than a number can hold.
    #[error(
        "{file}, line {line}: {} in column {} is not a finite number; remove or correct these rows",
        quoted(text),
        quoted(column)
    )]
    NotFinite {
        /// The file.
        file: String,
        /// The line on which the row begins.
        line: usize,
        /// The name of the column.
        column: String,
        /// What stands there.
        text: String,
    },
    /// No column of this name.
    #[error(
        "there is no column {}{}",
        quoted(name),
        if nearest.is_empty() { format!("; there are {}", list(columns)) } else { did_you_mean(nearest) }
    )]
    NoColumn {
        /// The name that was asked for.
        name: String,
        /// Names like it, the best one first.
        nearest: Vec<String>,
        /// All names.
        columns: Vec<String>,
    },
    /// A table without columns.
    #[error("a table needs at least one column")]
    NoColumns,
    /// A table without rows.
    #[error("a table needs at least one row")]
    NoRows,
    /// Columns of several lengths.
    #[error("column {} has {found} values, the first column has {expected}", quoted(column))]
    Length {
        /// The name of the column.
        column: String,
        /// Values of the first column.
        expected: usize,
        /// Values of this column.
        found: usize,
    },
    /// NaN or infinity in a column that was handed over.
    #[error(
        "column {}, row {row} (counted from 0) is {value}, not a finite number",
        quoted(column)
    )]
    Value {
        /// The name of the column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Words where numbers are needed, in a column that was handed over.
    #[error("column {} holds words, not numbers", quoted(column))]
    NoNumbers {
        /// The name of the column.
        column: String,
    },
    /// No such type of a column.
    #[error(
        "there is no column type {}{}",
        quoted(name),
        if nearest.is_empty() {
            format!("; there are {}", ColumnType::ALL.map(ColumnType::name).join(", "))
        } else {
            did_you_mean(nearest)
        }
    )]
    NoType {
        /// The name that was asked for.
        name: String,
        /// Names like it, the best one first.
        nearest: Vec<String>,
    },
    /// Something else where a column is given a type.
    #[error(
        "{} gives no column a type; write it as COLUMN=TYPE, such as zip=category",
        quoted(text)
    )]
    NoAssignment {
        /// What was given.
        text: String,
    },
    /// A column that can not be what it was said to be.
    #[error("column {} can not be taken for {kind}: {reason}", quoted(column))]
    WrongType {
        /// The name of the column.
        column: String,
        /// What it was said to be.
        kind: ColumnType,
        /// What contradicts it, and what to do.
        reason: String,
    },
    /// A number that is finite in double precision only.
    #[error(
        "column {}, row {row} (counted from 0) is {value:e}, more than {precision} can hold; use f64, \
         or a larger unit",
        quoted(column)
    )]
    TooLarge {
        /// The name of the column.
        column: String,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
        /// What it was to become.
        precision: &'static str,
    },
}
