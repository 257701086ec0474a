//! Tables as files, for others to read.

mod parquet;

use super::{Column, Table, Values, csv};
use std::io::{self, Write};

impl Table {
    /// Writes the table as CSV with commas. Every number is written with as many digits as it takes to read
    /// the same number back; what is missing is an empty cell.
    pub fn write_csv(&self, to: &mut dyn Write) -> io::Result<()> {
        csv::write(self, to)
    }

    /// The same without the header line, to go on below other rows.
    pub fn write_csv_rows(&self, to: &mut dyn Write) -> io::Result<()> {
        csv::write_rows(self, to)
    }

    /// Writes the table as lines of JSON: an object for each row, with numbers as numbers, words as strings, and null
    /// for what is missing and for what JSON has no number for, infinity.
    ///
    /// ```
    /// use chainrule_tabular::Table;
    ///
    /// let table = Table::read_csv(b"word,number\na,1.5\n,-3e20\n", "example.csv")?;
    /// let mut lines = Vec::new();
    /// table.write_json_lines(&mut lines)?;
    /// assert_eq!(lines, b"{\"word\":\"a\",\"number\":1.5}\n{\"word\":null,\"number\":-3e20}\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_json_lines(&self, to: &mut dyn Write) -> io::Result<()> {
        let names: Vec<String> =
            self.names().map(serde_json::to_string).collect::<Result<_, _>>()?;
        for row in 0..self.rows() {
            for (place, (name, (_, column))) in names.iter().zip(self.columns()).enumerate() {
                let before = if place == 0 { "{" } else { "," };
                write!(to, "{before}{name}:{}", json(column, row)?)?;
            }
            to.write_all(b"}\n")?;
        }
        to.flush()
    }

    /// Writes the table as Parquet, compressed with Snappy: numbers in double precision, words as strings, and null for
    /// what is missing.
    pub fn write_parquet(&self, to: impl Write + Send) -> io::Result<()> {
        parquet::write(self, to)
    }
}

/// A cell as JSON.
fn json(column: &Column, row: usize) -> io::Result<String> {
    match (column.values(), column.cell(row)) {
        (Values::Numbers(values), Some(cell)) if values.get(row).is_finite() => {
            Ok(cell.into_owned())
        }
        (Values::Words(_), Some(cell)) => Ok(serde_json::to_string(&cell)?),
        _ => Ok("null".to_owned()),
    }
}
