//! CSV for others, such that its separator is found again.

use super::super::Table;
use std::io::{self, BufWriter, Write};

/// Cells with one of these stand in quotes: what ends a cell here, and what might be taken for its end by a reader that
/// looks for the separator.
const QUOTED: [char; 7] = [',', ';', '|', '\t', '"', '\r', '\n'];

/// Writes the table with commas.
pub(in super::super) fn write(table: &Table, to: &mut dyn Write) -> io::Result<()> {
    let mut to = BufWriter::new(to);
    row(&mut to, table.names(), table.columns.len() == 1)?;
    to.flush()?;
    write_rows(table, &mut to)
}

/// The same without the header.
pub(in super::super) fn write_rows(table: &Table, to: &mut dyn Write) -> io::Result<()> {
    let mut to = BufWriter::new(to);
    let is_single = table.columns.len() == 1;
    for place in 0..table.rows() {
        let cells = table.columns().map(|(_, column)| column.cell(place).unwrap_or_default());
        row(&mut to, cells, is_single)?;
    }
    to.flush()
}

fn row<T: AsRef<str>>(
    to: &mut impl Write,
    cells: impl Iterator<Item = T>,
    is_single: bool,
) -> io::Result<()> {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            to.write_all(b",")?;
        }
        let cell = cell.as_ref();
        // Without any comma blanks might separate, and an empty line might be none.
        let is_bare = is_single && (cell.is_empty() || cell.contains(' '));
        match is_bare || cell.contains(QUOTED) {
            true => write!(to, "\"{}\"", cell.replace('"', "\"\""))?,
            false => to.write_all(cell.as_bytes())?,
        }
    }
    to.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    #[test]
    fn cells_are_quoted_where_they_may_be_taken_for_several() {
        let table = |columns: &[[Option<&str>; 3]]| {
            let columns = columns.iter().map(|[name, cells @ ..]| {
                (name.unwrap_or_default().to_owned(), Column::words(cells.iter().copied()))
            });
            Table::of(columns.collect()).unwrap()
        };
        for (columns, expected) in [
            (&[[Some("a b"), Some("x y"), None]][..], "\"a b\"\n\"x y\"\n\"\"\n"),
            (
                &[[Some("a;b"), Some("x;y"), None], [Some("c d"), Some("1|2"), Some("say \"é\"")]],
                "\"a;b\",c d\n\"x;y\",\"1|2\"\n,\"say \"\"é\"\"\"\n",
            ),
        ] {
            let table = table(columns);
            let mut written = Vec::new();
            write(&table, &mut written).unwrap();
            assert_eq!(String::from_utf8_lossy(&written), expected);
            let again = Table::read_csv(&written, "t").unwrap();
            let cells = |table: &Table| {
                let column = |(name, column): (&str, &Column)| {
                    let cells = (0..2).map(|row| column.cell(row).map(|cell| cell.into_owned()));
                    (name.to_owned(), cells.collect::<Vec<_>>())
                };
                table.columns().map(column).collect::<Vec<_>>()
            };
            assert_eq!(cells(&again), cells(&table));
        }
    }
}
