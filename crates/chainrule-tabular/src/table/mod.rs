//! Tables: named columns of numbers and words.
//!
//! ```text
//! file ─► head ─► separator ─► pieces ─► numbers, words ─► Table ─► matrix, files
//! source/         separator.rs └───── csv/, on threads ─────┘  │    matrix.rs, write/
//!                                                              └► Schema
//!                                                                 schema/, date.rs, doctor/
//! ```

mod column;
mod csv;
mod date;
mod doctor;
mod error;
mod matrix;
mod numbers;
mod reading;
mod schema;
mod separator;
mod source;
mod write;

pub(crate) use column::shortest;
pub use column::{Column, Values, Words};
pub use date::{DateFormat, Moment};
pub use doctor::{Diagnosis, Finding, Severity};
pub use error::TableError;
pub use numbers::Numbers;
pub use reading::Reading;
pub(crate) use schema::are_nearly_numbers;
pub use schema::{ColumnType, Level, Numeric, Profile, Schema};
pub use source::is_guarded;

use crate::names::nearest;
use csv::Division;
use std::{collections::HashSet, io::Read, path::Path, thread};

/// Named columns of numbers or words, all of one length, at least one row. Values may be missing.
///
/// A column of a file may hold something else than what is wanted. That is told when the column is asked for:
/// who does not need it is not bothered.
///
/// ```
/// use chainrule_tabular::Table;
///
/// let table = Table::read_csv(b"x;y\n1;2.5\n2;-3e2\n", "example.csv")?;
/// assert_eq!((table.rows(), table.separator()), (2, Some(';')));
/// assert_eq!(table.numbers("y")?, [2.5, -300.0]);
/// # Ok::<(), chainrule_tabular::TableError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Column>,
    rows: usize,
    separator: Option<char>,
}

impl Table {
    /// Reads a file: CSV, perhaps compressed with gzip or zstd, Parquet, or Arrow's format of files or streams. Which it
    /// is is told by its first bytes. See [`Table::read_csv`] for CSV.
    ///
    /// Of Parquet and Arrow, truth values are the words `true` and `false`, dates and points in time are words of
    /// ISO 8601 (in universal time where they have a zone), times of the day and durations are seconds. A column of
    /// anything else, such as lists, is empty and has a flaw that says so.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        Self::open_as(path, &Reading::default())
    }

    /// The same in another way.
    pub fn open_as(path: &Path, reading: &Reading) -> Result<Self, TableError> {
        source::open(path, reading)
    }

    /// The same for bytes that are already there, such as those of the standard input. `source` is their name in
    /// messages.
    pub fn read_as(bytes: &[u8], source: &str, reading: &Reading) -> Result<Self, TableError> {
        source::from_bytes(bytes, source, reading)
    }

    /// Reads a table of any kind from a source that may be larger than memory, and gives it to `take` some rows at a time.
    /// `are_words` says of a column by its name whether it holds words, which some rows of it could not tell. Parquet and
    /// Arrow come as a whole.
    ///
    /// Fails where the source does, and where `take` does.
    ///
    /// ```
    /// use chainrule_tabular::{Table, TableError, table::Reading};
    ///
    /// let (text, mut rows) = (&b"x,code\n1,007\n2,008\n"[..], 0);
    /// Table::in_chunks(text, "example.csv", &Reading::default(), &|name| name == "code", &mut |table| {
    ///     rows += table.rows();
    ///     Ok::<(), TableError>(())
    /// })?;
    /// assert_eq!(rows, 2);
    /// # Ok::<(), TableError>(())
    /// ```
    pub fn in_chunks<E: From<TableError>>(
        from: impl Read + Send,
        source: &str,
        reading: &Reading,
        are_words: &dyn Fn(&str) -> bool,
        take: &mut dyn FnMut(Self) -> Result<(), E>,
    ) -> Result<(), E> {
        source::in_chunks(from, source, reading, are_words, take)
    }

    /// Reads CSV: UTF-8 text, a header line with the names of the columns, then rows of numbers with a
    /// decimal point, or of words.
    ///
    /// The separator is found by itself: comma, semicolon, tab, bar or blanks. Cells may stand in double
    /// quotes; blanks around names, words and numbers do not count, nor do blank lines. A column with a word in it is a
    /// column of words. `source` is the name of the bytes in messages.
    pub fn read_csv(bytes: &[u8], source: &str) -> Result<Self, TableError> {
        Self::read_csv_as(bytes, source, &Reading::default())
    }

    /// The same in another way.
    pub fn read_csv_as(bytes: &[u8], source: &str, reading: &Reading) -> Result<Self, TableError> {
        csv::read(|| Ok(bytes), source, reading, Division::default())
    }

    /// A table of these columns of finite numbers, each with its name.
    pub fn new(columns: Vec<(String, Vec<f64>)>) -> Result<Self, TableError> {
        let columns = columns.into_iter().map(|(name, values)| (name, Column::numbers(values)));
        let table = Self::of(columns.collect())?;
        for (name, column) in table.columns() {
            column.finite(name)?;
        }
        Ok(table)
    }

    /// A table of these columns, each with its name.
    pub fn of(columns: Vec<(String, Column)>) -> Result<Self, TableError> {
        let (names, columns): (Vec<String>, Vec<Column>) = columns.into_iter().unzip();
        check_names(&names, "the table")?;
        let rows = columns.first().ok_or(TableError::NoColumns)?.len();
        if rows == 0 {
            return Err(TableError::NoRows);
        }
        for (name, column) in names.iter().zip(&columns) {
            if column.len() != rows {
                let (expected, found) = (rows, column.len());
                return Err(TableError::Length { column: name.clone(), expected, found });
            }
        }
        Ok(Self { names, columns, rows, separator: None })
    }

    /// These rows of the table (at least one), in this order.
    pub fn select(&self, rows: &[usize]) -> Result<Self, TableError> {
        if rows.is_empty() {
            return Err(TableError::NoRows);
        }
        let columns = self.columns.iter().map(|column| column.select(rows)).collect();
        Ok(Self { columns, rows: rows.len(), ..self.clone_names() })
    }

    fn clone_names(&self) -> Self {
        let (names, separator) = (self.names.clone(), self.separator);
        Self { names, columns: Vec::new(), rows: 0, separator }
    }

    /// The number of rows: at least 1.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the columns, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The names and cells of the columns, in their order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.names().zip(&self.columns)
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Result<&Column, TableError> {
        match self.names.iter().position(|other| other == name) {
            Some(place) => Ok(&self.columns[place]),
            None => Err(TableError::NoColumn {
                name: name.to_owned(),
                nearest: nearest(name, self.names()),
                columns: self.names.clone(),
            }),
        }
    }

    /// The numbers of the column of this name, if it holds nothing else: no word, no gap, no infinity.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, TableError> {
        Ok(self.column(name)?.finite(name)?.to_vec())
    }

    /// What stood between the cells of the file: `' '` for any number of blanks and tabs. `None` for a
    /// single column, and for a table that was not read.
    pub fn separator(&self) -> Option<char> {
        self.separator
    }
}

/// How many threads share the work on a table. What they do does not depend on it.
fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Every column has a name of its own.
fn check_names(names: &[String], file: &str) -> Result<(), TableError> {
    let mut seen = HashSet::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        if name.trim().is_empty() {
            return Err(TableError::EmptyName { file: file.to_owned(), column: i + 1 });
        }
        if !seen.insert(name) {
            return Err(TableError::RepeatedName { file: file.to_owned(), name: name.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_do_not_make_a_table() {
        let new = |columns: &[(&str, &[f64])]| {
            let columns = columns.iter().map(|(name, v)| ((*name).to_owned(), v.to_vec()));
            Table::new(columns.collect()).unwrap_err().to_string()
        };
        for (columns, expected) in [
            (&[] as &[(&str, &[f64])], "a table needs at least one column"),
            (&[("x", &[])], "a table needs at least one row"),
            (&[("x", &[1.0]), ("y", &[])], "column \"y\" has 0 values, the first column has 1"),
            (
                &[("x", &[1.0, f64::NAN])],
                "column \"x\", row 1 (counted from 0) is NaN, not a finite number",
            ),
            (
                &[("x", &[1.0]), ("x", &[2.0])],
                "the table has two columns named \"x\"; rename one of them",
            ),
        ] {
            assert_eq!(new(columns), expected);
        }
        assert!(new(&[(" ", &[1.0])]).starts_with("column 1 of the table has no name"));
    }

    /// Found by fuzzing: a name that begins with a byte order mark was lost when the table was written and
    /// read again.
    #[test]
    fn byte_order_marks_belong_to_no_name() {
        let table = Table::read_csv("\u{c}\u{feff}\u{feff}x\n3".as_bytes(), "t").unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["x"]);
        let error = Table::read_csv("\u{c}\u{feff}\n3".as_bytes(), "t").unwrap_err();
        assert!(matches!(error, TableError::Empty { .. }), "{error}");
    }

    #[test]
    fn a_wrong_name_comes_with_the_right_one() {
        let table = Table::read_csv(b"flow,pressure\n1,2\n", "t").unwrap();
        let message = |name| table.column(name).unwrap_err().to_string();
        assert_eq!(message("Flow"), "there is no column \"Flow\"; did you mean \"flow\"?");
        assert_eq!(message("z"), "there is no column \"z\"; there are \"flow\", \"pressure\"");
    }
}
