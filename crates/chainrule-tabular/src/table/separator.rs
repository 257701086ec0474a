//! Which character stands between the cells.

use ::csv::{Reader, ReaderBuilder};
use std::borrow::Cow;

/// What may stand between cells, the surest one first: a blank or a comma may also belong to a name, and
/// a comma to a number.
const CANDIDATES: [char; 5] = ['\t', ';', '|', ',', BLANKS];

/// Any number of blanks and tabs.
pub(super) const BLANKS: char = ' ';

/// So much of the text and so many of its rows are tried.
const BYTES: usize = 1 << 16;
const ROWS: usize = 100;

/// So many bytes of the file suffice: a byte order mark, what is tried, and at least one byte that shows that there
/// is more, even when a letter is cut.
pub(super) const HEAD: usize = BYTES + 8;

/// The separator of this text, `None` for a single column: the one that gives the header more than one cell
/// and the largest part of the first rows as many cells as the header. Of several such, one is preferred with which all
/// quotes stand around cells: between commas, `1,"x;y"` are two cells whatever the semicolon is.
pub(super) fn find(text: &str) -> Option<char> {
    let head = head(text);
    let mut best: Option<(Trial, char)> = None;
    for separator in CANDIDATES {
        let trial = Trial::new(head, separator, head.len() < text.len());
        let usual = 2 * trial.agreeing.max(trial.several) >= trial.rows;
        // A part of all rows, since a line break between quotes is one with some separators and none with others.
        let is_better = best.as_ref().is_none_or(|(best, _)| {
            let order = (trial.agreeing * best.rows).cmp(&(best.agreeing * trial.rows));
            order.then(best.is_torn.cmp(&trial.is_torn)).is_gt()
        });
        if trial.header > 1 && usual && is_better {
            best = Some((trial, separator));
        }
    }
    best.map(|(_, separator)| separator)
}

/// The cells of the first rows with some separator.
struct Trial {
    /// Cells of the header.
    header: usize,
    rows: usize,
    /// Rows with as many cells as the header.
    agreeing: usize,
    /// Rows with more than one cell.
    several: usize,
    /// Whether a cell has quotes, but not around it.
    is_torn: bool,
}

impl Trial {
    fn new(head: &str, separator: char, cut: bool) -> Self {
        let text = plain(head, Some(separator));
        let records = reader(&text, separator).into_byte_records().map_while(Result::ok);
        let mut cells: Vec<usize> = records.take(ROWS + 1).map(|record| record.len()).collect();
        // The last row may not be whole.
        if cut && (2..=ROWS).contains(&cells.len()) {
            cells.pop();
        }
        let header = cells.first().copied().unwrap_or(0);
        let rows = cells.get(1..).unwrap_or(&[]);
        Self {
            header,
            rows: rows.len(),
            agreeing: rows.iter().filter(|cells| **cells == header).count(),
            several: rows.iter().filter(|cells| **cells > 1).count(),
            is_torn: is_torn(&text, separator),
        }
    }
}

/// Whether a quote stands neither at an end of a cell nor, twice, within a quoted one.
fn is_torn(text: &str, separator: char) -> bool {
    let is_end = |letter: char| letter == separator || letter == '\r' || letter == '\n';
    let mut letters = text.chars().peekable();
    loop {
        let is_blank = |letter: &char| !is_end(*letter) && letter.is_whitespace();
        while letters.next_if(is_blank).is_some() {}
        if letters.next_if_eq(&'"').is_some() {
            // A quote that is the first of two does not close it.
            while let Some(letter) = letters.next()
                && (letter != '"' || letters.next_if_eq(&'"').is_some())
            {}
            while letters.next_if(is_blank).is_some() {}
            if letters.peek().is_some_and(|letter| !is_end(*letter)) {
                return true;
            }
        }
        match letters.find(|letter| is_end(*letter) || *letter == '"') {
            None => return false,
            Some('"') => return true,
            Some(_) => {}
        }
    }
}

/// A reader of rows that may be of any length. `text` must be [`plain`] for this separator.
fn reader(text: &str, separator: char) -> Reader<&[u8]> {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(separator as u8).has_headers(false).flexible(true);
    builder.from_reader(text.as_bytes())
}

/// The beginning of the text.
fn head(text: &str) -> &str {
    let mut end = text.len().min(BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The same text as [`Blanks`] joins it where blanks separate; any other text as it is.
fn plain(text: &str, separator: Option<char>) -> Cow<'_, str> {
    if separator != Some(BLANKS) {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    Blanks::default().join(text.as_bytes(), &mut plain);
    // No letter is cut, so that nothing is lost.
    Cow::Owned(String::from_utf8_lossy(&plain).into_owned())
}

/// Puts a single blank in place of any blanks and tabs between cells, and none at the ends of lines. The text may
/// come in pieces.
#[derive(Default)]
pub(super) struct Blanks {
    in_quotes: bool,
    in_line: bool,
    /// Whether blanks came last.
    gap: bool,
}

impl Blanks {
    pub(super) fn join(&mut self, text: &[u8], to: &mut Vec<u8>) {
        to.reserve(text.len());
        for &byte in text {
            match byte {
                b' ' | b'\t' if !self.in_quotes => self.gap = true,
                b'\r' | b'\n' if !self.in_quotes => {
                    (self.gap, self.in_line) = (false, false);
                    to.push(byte);
                }
                _ => {
                    if self.gap && self.in_line {
                        to.push(b' ');
                    }
                    self.in_quotes ^= byte == b'"';
                    (self.gap, self.in_line) = (false, true);
                    to.push(byte);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_found() {
        for (text, expected) in [
            ("a,b\n1,2\n", Some(',')),
            ("a;b\n1,5;2,5\n", Some(';')),
            ("weight, kg;length, cm\n80,5;1,75\n", Some(';')),
            ("a\tb c\n1\t2\n", Some('\t')),
            ("a|b\n1|2\n", Some('|')),
            ("  a   b\n 1.0  2.0\n-3.0 14.0", Some(BLANKS)),
            ("a \t b\n1  2\n3\t4\n", Some(BLANKS)),
            ("a, b\n1, 2\n", Some(',')),
            ("\"a;b\",\"c;d\"\n1,2\n", Some(',')),
            ("a,\"b;c\n;,d\"\n1,2\n", Some(',')),
            ("a,\"b;c\"\n1,\"2;3\"\n", Some(',')),
            ("\"a;b\",c\n\"1;\"\"2\"\"\",3\n", Some(',')),
            ("a \"b\";c,d\n1;2,5\n", Some(';')),
            ("a\n1\n2\n", None),
            ("a long name\n1\n2\n", None),
            ("a\n1,5\n2,5\n", None),
            ("a,b\n1,2,3\n", Some(',')),
            ("", None),
        ] {
            assert_eq!(find(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_end_of_a_long_head_does_not_count() {
        let text = format!("a,b\n{}", "1.25,2.5\n".repeat(20_000));
        assert_eq!(find(&text), Some(','));
        let names: Vec<String> = (0..10_000).map(|i| format!("c{i}")).collect();
        let wide = format!("{}\n{}\n", names.join(";"), vec!["1"; 10_000].join(";"));
        assert_eq!(find(&wide), Some(';'));
    }

    #[test]
    fn blanks_are_joined_outside_of_quotes_only() {
        assert_eq!(plain("  a \t b \n\"c  d\" e", Some(BLANKS)), "a b\n\"c  d\" e");
        assert_eq!(plain("a  b", Some(',')), "a  b");
    }
}
