//! CSV, as it is found in the wild: reading with exact complaints, and writing.
//!
//! ```text
//! bytes ─► pieces of whole rows ─► columns of each ─► joined in their order ─► Table
//!          pieces.rs               part.rs, cell.rs   whole.rs
//! ```
//!
//! Several threads take the pieces, so that neither the text nor a second copy of the numbers is ever in memory as
//! a whole. The table does not depend on how many there are, nor on where the text was cut.
//!
//! Whether a column holds numbers or words is known only at the end. Where a piece of it was taken for numbers before
//! a word was found, the whole text is read once more: `007` is a word then, and no 7.

mod cell;
mod chunks;
mod part;
mod pieces;
mod whole;
mod write;

pub(super) use chunks::each;
pub(super) use write::{write, write_rows};

use super::{Reading, Table, TableError, check_names, separator, source::Kind, threads};
use cell::{cells, is_line_end, trimmed};
use chainrule::training::in_parallel;
use part::{Part, Rules};
use pieces::{BYTE_ORDER_MARK, Pieces};
use std::{
    io::{self, Read},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
};
use whole::Whole;

/// How the work of reading is divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Division {
    /// The bytes of a piece: few enough to stay in a processor's cache until they are numbers.
    pub(super) piece: usize,
    pub(super) threads: usize,
}

impl Default for Division {
    fn default() -> Self {
        Self { piece: 1 << 19, threads: threads() }
    }
}

/// Reads a text that can be opened several times.
pub(super) fn read<R: Read + Send>(
    open: impl Fn() -> Result<R, TableError>,
    file: &str,
    reading: &Reading,
    division: Division,
) -> Result<Table, TableError> {
    let mut kinds = Kinds::default();
    loop {
        match read_once(open()?, file, reading, division, &mut kinds)? {
            Some(table) => return Ok(table),
            None => kinds.are_known = true,
        }
    }
}

/// Which columns hold words, as far as that is known.
#[derive(Default)]
struct Kinds {
    words: Vec<AtomicBool>,
    are_known: bool,
}

/// The table, or nothing if it is to be read once more with what is known of its columns now.
fn read_once(
    mut from: impl Read + Send,
    file: &str,
    reading: &Reading,
    division: Division,
    kinds: &mut Kinds,
) -> Result<Option<Table>, TableError> {
    let unreadable = |error| unreadable(file, error);
    let mut head = Vec::new();
    from.by_ref().take(separator::HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    let head = text(&head, file)?;
    let separator = reading.separator()?.or_else(|| separator::find(valid(head)));
    let pieces = Pieces::new(head.chain(from), separator, division.piece);
    let whole = rows(pieces, file, reading, separator, division.threads, kinds);
    let (whole, header) = whole.map_err(unreadable)?;
    if whole.is_mixed() && !kinds.are_known {
        return Ok(None);
    }
    whole.table(header, file, separator).map(Some)
}

fn unreadable(file: &str, error: io::Error) -> TableError {
    TableError::Unreadable { path: Path::new(file).to_owned(), reason: error.to_string() }
}

/// Reads the header, and then the rows on several threads.
fn rows(
    mut pieces: Pieces<impl Read + Send>,
    file: &str,
    reading: &Reading,
    separator: Option<char>,
    threads: usize,
    kinds: &mut Kinds,
) -> io::Result<(Whole, Result<Vec<String>, TableError>)> {
    let between = pieces::byte(separator);
    let mut piece = Vec::new();
    pieces.next(&mut piece)?;
    let (header, start) = header(&piece, file, between);
    // Without a header, the text is still to be found to be none.
    let columns = header.as_ref().map_or(0, Vec::len);
    if !kinds.are_known {
        let is_named = |name: &String| AtomicBool::new(reading.words.contains(name));
        kinds.words = header.iter().flatten().map(is_named).collect();
    }
    let words = &kinds.words[..];

    let mut whole = Whole::new(columns);
    let rules = Rules::new(reading, between);
    let read = |piece: &[u8], start| Part::new(piece, start, rules, words);
    whole.add(0, read(&piece, start));
    let threads = if pieces.has_ended() { 1 } else { threads };
    let (pieces, whole) = (Mutex::new(pieces), Mutex::new(whole));
    let work = |_| -> io::Result<()> {
        let mut piece = Vec::new();
        loop {
            let Some(number) = lock(&pieces).next(&mut piece)? else { return Ok(()) };
            let part = read(&piece, 0);
            lock(&whole).add(number, part);
        }
    };
    in_parallel(threads, threads, work).into_iter().collect::<io::Result<()>>()?;
    Ok((whole.into_inner().unwrap_or_else(PoisonError::into_inner), header))
}

/// Only a panic of another thread poisons it, and that is passed on when all have ended.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a first column without a name is called.
const ROW_NUMBERS: &str = "unnamed";

/// The names of the columns, and where their row ends.
fn header(text: &[u8], file: &str, separator: u8) -> (Result<Vec<String>, TableError>, usize) {
    let start = text.iter().take_while(|byte| is_line_end(**byte)).count();
    let (cells, end) = cells(text, start, separator);
    let cells: Vec<&str> = cells.iter().map(|cell| trimmed(cell)).collect();
    let file = || file.to_owned();
    let names = if cells == [""] {
        Err(TableError::Empty { file: file() })
    } else if cells.iter().all(|cell| cell.parse::<f64>().is_ok()) {
        Err(TableError::NoHeader { file: file() })
    } else {
        let mut names: Vec<String> = cells.into_iter().map(str::to_owned).collect();
        // Programs that write the numbers of the rows in front of them leave this name out.
        if names.len() > 1 && names[0].is_empty() {
            names[0] = ROW_NUMBERS.to_owned();
        }
        check_names(&names, &file()).map(|()| names)
    };
    (names, end)
}

/// The same bytes without a byte order mark, unless they begin as no text does.
fn text<'a>(bytes: &'a [u8], file: &str) -> Result<&'a [u8], TableError> {
    match Kind::of(bytes).but_text() {
        Some(found) => Err(TableError::NotText { file: file.to_owned(), found: found.to_owned() }),
        None => Ok(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)),
    }
}

/// The bytes as text, as far as they are.
fn valid(bytes: &[u8]) -> &str {
    let valid = bytes.utf8_chunks().next();
    valid.map_or("", |chunk| chunk.valid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select};

    fn divided(text: &[u8], piece: usize, threads: usize) -> Result<Table, TableError> {
        read(|| Ok(text), "t", &Reading::default(), Division { piece, threads })
    }

    fn whole(text: &[u8]) -> Result<Table, TableError> {
        divided(text, usize::MAX, 1)
    }

    #[test]
    fn cuts_at_every_place() {
        for text in [
            "x,y\n1,2\n3,4\n",
            "x,y\r\n1,2\r\n3,4",
            "x,y\r1,2\r3,4\r",
            "\n\r\n\nx,y\n\n\n1,2\n \n\n3,4\n\n\n",
            "\u{feff}\u{feff}\"x\ny\",z\n1,2\n\u{feff}\"3\n4\",5\n",
            "\"x\r\n,\"\"\",y\n\"1\",\"a\n\nb\"\n\"\"\"\n\",4\n5\",6\n",
            "x,y\n1,a\"b\n2,c\nd\"\n",
            "x,y\n1,\"never closed\n2,3\n4,5\n",
            "  x   y\n 1 \t 2  \n\"3  4\"  5\na\"b  c\n d\" \t6\n",
            "x\n1\n2\n\n  \n",
            "x\n1\n\n2\n",
            "x\n \n\n",
            "x\n\"1\n\n2\"\n",
            "x,y\n1,2\n3\n4,5,6\n",
            "x,y\n1,2\n3,é\n4,NA\n5,1e999\n",
            "x,x\n1,2\n3\n",
            "x,y\n",
            "1,2\n3,4\n",
        ] {
            let expected = whole(text.as_bytes());
            for piece in 1..text.len() + 2 {
                assert_eq!(divided(text.as_bytes(), piece, 2), expected, "{text:?}, {piece}");
            }
        }
    }

    #[test]
    fn complaints_know_their_line_far_below() {
        let text = |line: &str, last: &str| {
            let rows = "1,2.5\r\n".repeat(30_000);
            [b"x,y\r\n", rows.as_bytes(), line.as_bytes(), rows.as_bytes(), last.as_bytes()]
                .concat()
        };
        let error = |text: &[u8]| {
            let table = divided(text, 1 << 14, 3);
            table.and_then(|table| table.matrix::<f64>()).unwrap_err().to_string()
        };
        for (line, expected) in [
            ("1,a\r\n", "t, line 30002: \"a\" in column \"y\""),
            // A word is worse than a gap.
            ("\"1\n\",NA\r\n", "t, line 60005: \"b\" in column \"y\""),
            ("\"1\n\",2\r\n", "t, line 60005: \"b\" in column \"y\""),
            ("1,2,3\r\n", "t, line 30002: 3 cells where the header has 2"),
        ] {
            let message = error(&text(line, "1,2\r\n1,b\r\n"));
            assert!(message.starts_with(expected), "{message}");
        }
        // Whether it is a text at all comes before everything else.
        let mut text = text("1,2,3\r\n", "1,2\r\n\r\n1,\0\r\n");
        assert!(error(&text).starts_with("t is not text: it contains zero bytes"));
        let place = text.len() - 3;
        text[place] = 0xFF;
        assert!(error(&text).starts_with("t is not UTF-8 text: line 60005 has a byte"));
    }

    #[test]
    fn a_failure_in_the_middle_is_told() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        let rows = "1,2\n".repeat(100_000);
        let open = || Ok(b"x,y\n".chain(rows.as_bytes()).chain(Fails));
        let division = Division { piece: 1000, threads: 2 };
        let error = read(open, "t", &Reading::default(), division).unwrap_err();
        assert_eq!(error.to_string(), "t can not be read: the disk is gone");
    }

    proptest! {
        #[test]
        fn tables_do_not_depend_on_the_division(
            text in vec(
                select(vec![
                    "1", "-2.5", "3e2", "x", "é", "NA", " ", "\t", ",", ",", ";", "\"", "\"", "\"\"",
                    "\n", "\n", "\r\n", "\r", "\n\n", "\u{feff}", ",\"4\"", "5,6\n", "\"7\n\",8\r\n",
                ]),
                0..60,
            ),
            header in select(vec!["", "x,y\n", "x y\r\n", "x\n", "\"x\n\";y\r"]),
            piece in 1usize..90,
            threads in 1usize..4,
        ) {
            let text = header.to_owned() + &text.concat();
            prop_assert_eq!(divided(text.as_bytes(), piece, threads), whole(text.as_bytes()));
        }
    }
}
