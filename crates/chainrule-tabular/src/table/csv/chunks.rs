//! A text as tables of some rows each, so that it is never in memory as a whole.

use super::{
    super::{Reading, Table, TableError, separator},
    header,
    part::{Part, Rules},
    pieces::{self, Pieces},
    text, unreadable, valid,
    whole::Whole,
};
use std::{io::Read, sync::atomic::AtomicBool};

/// Reads the rows of pieces of so many bytes, one piece after another, and gives a table for each that has rows.
/// `are_words` says of a column by its name whether it holds words: a piece could not tell.
pub(in super::super) fn each<E: From<TableError>>(
    mut from: impl Read + Send,
    file: &str,
    reading: &Reading,
    piece: usize,
    are_words: &dyn Fn(&str) -> bool,
    take: &mut dyn FnMut(Table) -> Result<(), E>,
) -> Result<(), E> {
    let mut head = Vec::new();
    from.by_ref()
        .take(separator::HEAD as u64)
        .read_to_end(&mut head)
        .map_err(|error| unreadable(file, error))?;
    let head = text(&head, file)?;
    let separator = reading.separator()?.or_else(|| separator::find(valid(head)));
    let between = pieces::byte(separator);
    let mut pieces = Pieces::new(head.chain(from), separator, piece);
    let mut piece = Vec::new();
    pieces.next(&mut piece).map_err(|error| unreadable(file, error))?;
    let (names, mut start) = header(&piece, file, between);
    let kind = |name: &String| AtomicBool::new(are_words(name) || reading.words.contains(name));
    let words: Vec<AtomicBool> = names.iter().flatten().map(kind).collect();
    let rules = Rules::new(reading, between);
    let (mut lines, mut has_rows) = (0, false);
    loop {
        let part = Part::new(&piece, start, rules, &words);
        let (rows, lines_here) = (part.rows, part.lines);
        let mut whole = Whole::below(words.len(), lines);
        whole.add(0, part);
        // A piece without rows may still have something wrong with it.
        match whole.table(names.clone(), file, separator) {
            Ok(table) => take(table)?,
            Err(TableError::HeaderOnly { .. }) if rows == 0 => {}
            Err(error) => return Err(error.into()),
        }
        has_rows |= rows > 0;
        lines += lines_here;
        start = 0;
        if pieces.next(&mut piece).map_err(|error| unreadable(file, error))?.is_none() {
            break;
        }
    }
    match has_rows {
        true => Ok(()),
        false => Err(TableError::HeaderOnly { file: file.to_owned() }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, piece: usize) -> Result<Vec<Table>, TableError> {
        let mut tables = Vec::new();
        let mut take = |table| {
            tables.push(table);
            Ok::<(), TableError>(())
        };
        let are_words = |name: &str| name == "k";
        let from = text.as_bytes();
        each(from, "t", &Reading::default(), piece, &are_words, &mut take)?;
        Ok(tables)
    }

    #[test]
    fn pieces_are_the_rows_of_the_whole() {
        let rows: String = (0..50).map(|i| format!("{i},0{i},\"a\nb\"\n\n")).collect();
        let text = format!("x,k,t\n{rows}");
        let words = vec!["k".to_owned()];
        let reading = Reading { words, ..Reading::default() };
        let whole = Table::read_csv_as(text.as_bytes(), "t", &reading).unwrap();
        for piece in [1, 10, 100, 100_000] {
            let tables = all(&text, piece).unwrap();
            assert_eq!(tables.iter().map(Table::rows).sum::<usize>(), 50, "{piece}");
            let mut row = 0;
            for table in &tables {
                for i in 0..table.rows() {
                    for ((name, cells), (_, expected)) in table.columns().zip(whole.columns()) {
                        assert_eq!(cells.cell(i), expected.cell(row), "{piece} {name} {row}");
                    }
                    row += 1;
                }
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for piece in [1, 8, 1000] {
            let error = all("x,k\n1,2\n3,4\n5\n", piece).unwrap_err().to_string();
            assert!(error.starts_with("t, line 4: 1 cells"), "{error}");
            let tables = all("x,k\n1,2\n\n3,4\na,4\n", piece).unwrap();
            let error = tables.iter().find_map(|table| table.numbers("x").err()).unwrap();
            assert!(error.to_string().starts_with("t, line 5: \"a\" in column \"x\""), "{error}");
            for text in ["x,k\n", "x,k\n\n\n"] {
                assert!(matches!(all(text, piece), Err(TableError::HeaderOnly { .. })), "{text:?}");
            }
            assert!(matches!(all("", piece), Err(TableError::Empty { .. })));
        }
    }
}
