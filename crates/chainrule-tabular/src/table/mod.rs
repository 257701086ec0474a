//! Tables: named columns of numbers.
//!
//! ```text
//! file ─► head ─► separator ─► pieces ─► numbers ─► Table ─► matrix
//!                 separator.rs └── csv/, on threads ──┘     matrix.rs
//! ```

mod csv;
mod error;
mod matrix;
mod separator;

pub use error::TableError;

use crate::names::nearest;
use csv::Division;
use std::{
    collections::HashSet,
    fs::File,
    io::{self, Write},
    path::Path,
    thread,
};

/// Named columns of finite numbers, all of one length, at least one row.
///
/// A column of a file may hold something else than numbers. That is told when the column is asked for: who
/// does not need it is not bothered.
///
/// ```
/// use chainrule_tabular::Table;
///
/// let table = Table::read_csv(b"x;y\n1;2.5\n2;-3e2\n", "example.csv")?;
/// assert_eq!((table.rows(), table.separator()), (2, Some(';')));
/// assert_eq!(table.column("y")?, [2.5, -300.0]);
/// # Ok::<(), chainrule_tabular::TableError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    names: Vec<String>,
    /// The values, or the first thing that is wrong with them.
    columns: Vec<Result<Vec<f64>, TableError>>,
    rows: usize,
    separator: Option<char>,
}

impl Table {
    /// Reads a CSV file; see [`Table::read_csv`].
    pub fn open(path: &Path) -> Result<Self, TableError> {
        if path.is_dir() {
            return Err(TableError::Directory { path: path.to_owned() });
        }
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => TableError::NotFound { path: path.to_owned() },
            _ => TableError::Unreadable { path: path.to_owned(), reason: error.to_string() },
        })?;
        csv::read(file, &path.display().to_string(), Division::default())
    }

    /// Reads CSV: UTF-8 text, a header line with the names of the columns, then rows of numbers with a
    /// decimal point.
    ///
    /// The separator is found by itself: comma, semicolon, tab, bar or blanks. Cells may stand in double
    /// quotes; blanks around names and numbers do not count, nor do blank lines. `source` is the name of
    /// the bytes in messages.
    pub fn read_csv(bytes: &[u8], source: &str) -> Result<Self, TableError> {
        csv::read(bytes, source, Division::default())
    }

    /// A table of these columns, each with its name.
    pub fn new(columns: Vec<(String, Vec<f64>)>) -> Result<Self, TableError> {
        let (names, columns): (Vec<String>, Vec<Vec<f64>>) = columns.into_iter().unzip();
        check_names(&names, "the table")?;
        let rows = columns.first().ok_or(TableError::NoColumns)?.len();
        if rows == 0 {
            return Err(TableError::NoRows);
        }
        for (name, values) in names.iter().zip(&columns) {
            let column = || name.clone();
            if values.len() != rows {
                let (expected, found) = (rows, values.len());
                return Err(TableError::Length { column: column(), expected, found });
            }
            if let Some(row) = values.iter().position(|v| !v.is_finite()) {
                return Err(TableError::Value { column: column(), row, value: values[row] });
            }
        }
        let columns = columns.into_iter().map(Ok).collect();
        Ok(Self { names, columns, rows, separator: None })
    }

    /// The number of rows: at least 1.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the columns, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The names and values of the columns, in their order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Result<&[f64], TableError>)> {
        self.names().zip(self.columns.iter().map(values))
    }

    /// The values of the column of this name.
    pub fn column(&self, name: &str) -> Result<&[f64], TableError> {
        match self.names.iter().position(|other| other == name) {
            Some(place) => values(&self.columns[place]),
            None => Err(TableError::NoColumn {
                name: name.to_owned(),
                nearest: nearest(name, self.names()),
                columns: self.names.clone(),
            }),
        }
    }

    /// What stood between the cells of the file: `' '` for any number of blanks and tabs. `None` for a
    /// single column, and for a table that was not read.
    pub fn separator(&self) -> Option<char> {
        self.separator
    }

    /// Writes the table as CSV with commas. Every number is written with as many digits as it takes to read
    /// the same number back.
    pub fn write_csv(&self, to: &mut dyn Write) -> io::Result<()> {
        csv::write(self, to)
    }
}

/// How many threads share the work on a table. What they do does not depend on it.
fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn values(column: &Result<Vec<f64>, TableError>) -> Result<&[f64], TableError> {
    column.as_deref().map_err(TableError::clone)
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
