//! A text in pieces, so that it need not be in memory as a whole and several threads can read it.

use super::{
    super::separator::{BLANKS, Blanks},
    cell::{is_line_end, past_quotes},
};
use memchr::{memchr, memrchr2};
use std::io::{self, Read};

/// What may stand at the beginning of a text, without a meaning.
pub(super) const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// A text in pieces that hold whole rows, at least one each, and the line ends after them.
///
/// A line end between quotes ends no row, so that a piece is as long as it takes, and the last one whatever is
/// left.
pub(super) struct Pieces<R> {
    from: R,
    separator: u8,
    /// So many bytes are read at once.
    size: usize,
    /// Where blanks separate, there is one of them between cells in the pieces.
    blanks: Option<Blanks>,
    /// What was read and not handed out: the beginning of a row.
    rest: Vec<u8>,
    has_begun: bool,
    has_ended: bool,
    count: usize,
}

impl<R: Read> Pieces<R> {
    pub(super) fn new(from: R, separator: Option<char>, size: usize) -> Self {
        Self {
            from,
            separator: byte(separator),
            size,
            blanks: (separator == Some(BLANKS)).then(Blanks::default),
            rest: Vec::new(),
            has_begun: false,
            has_ended: false,
            count: 0,
        }
    }

    /// Whether all was read.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Puts the next piece in place of what is there and returns its number, from 0; `None` after the last.
    pub(super) fn next(&mut self, piece: &mut Vec<u8>) -> io::Result<Option<usize>> {
        piece.clear();
        piece.append(&mut self.rest);
        let end = loop {
            // A long row costs a search for its end whenever its length has doubled.
            self.fill(piece, self.size.max(piece.len()))?;
            if self.has_ended {
                break piece.len();
            }
            let end = if self.has_begun { whole_rows(piece, self.separator) } else { 0 };
            if !piece[..end].iter().all(|byte| is_line_end(*byte)) {
                break end;
            }
        };
        self.rest.extend_from_slice(&piece[end..]);
        piece.truncate(end);
        let number = self.count;
        self.count += 1;
        Ok((!piece.is_empty()).then_some(number))
    }

    /// Adds so many more bytes of the text, if there are.
    fn fill(&mut self, piece: &mut Vec<u8>, bytes: usize) -> io::Result<()> {
        if self.has_ended {
            return Ok(());
        }
        let mut from = self.from.by_ref().take(bytes as u64);
        let read = match &mut self.blanks {
            None => from.read_to_end(piece)?,
            Some(blanks) => {
                let mut text = Vec::new();
                from.read_to_end(&mut text)?;
                blanks.join(&text, piece);
                text.len()
            }
        };
        self.has_ended = read < bytes;
        if !self.has_begun && piece.len() >= BYTE_ORDER_MARK.len() {
            self.has_begun = true;
            if piece.starts_with(BYTE_ORDER_MARK) {
                piece.drain(..BYTE_ORDER_MARK.len());
            }
        }
        Ok(())
    }
}

/// The byte between cells.
pub(super) fn byte(separator: Option<char>) -> u8 {
    // A text has no zero byte, so that it separates nothing.
    separator.map_or(0, |separator| separator as u8)
}

/// Where the last row that is certainly whole ends, with its line end; 0 if there is none. The text begins with
/// a row, and more of it may follow.
fn whole_rows(text: &[u8], separator: u8) -> usize {
    // The line end may be CR LF.
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let mut end = 0;
    // The place after the last quotes that hold a cell together, and where to look for the next ones.
    let (mut outside, mut at) = (0, 0);
    loop {
        let quote = memchr(b'"', &text[at..]).map(|length| at + length);
        if let Some(quote) = quote
            && text[..quote].last().is_some_and(|b| *b != separator && !is_line_end(*b))
        {
            // One in the middle of a cell is nothing but a letter.
            at = quote + 1;
            continue;
        }
        let stretch = &text[outside..quote.unwrap_or(text.len())];
        if let Some(length) = memrchr2(b'\r', b'\n', stretch) {
            end = outside + length + 1;
        }
        match quote.and_then(|quote| past_quotes(text, quote + 1)) {
            Some(after) => (outside, at) = (after, after),
            None => return end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_outside_of_quotes() {
        for (text, whole) in [
            ("1,2\n3,4", "1,2\n"),
            ("1,2\r\n3,4\r\n5", "1,2\r\n3,4\r\n"),
            ("1\r2\r3", "1\r2\r"),
            // It may be the first half of a line end.
            ("1\r2\r", "1\r"),
            ("1,2", ""),
            ("1,\"a\nb\"\n2,\"c\nd", "1,\"a\nb\"\n"),
            ("1,\"a\"\"\nb\"\n2", "1,\"a\"\"\nb\"\n"),
            ("1,\"a\"\n2,\"b\"\n", "1,\"a\"\n2,\"b\"\n"),
            ("\"a\nb\"", ""),
            ("1,a\"b\n2,c\nd", "1,a\"b\n2,c\n"),
            ("1,\"a\"b\"\n2", "1,\"a\"b\"\n"),
        ] {
            assert_eq!(&text[..whole_rows(text.as_bytes(), b',')], whole, "{text:?}");
        }
    }

    #[test]
    fn pieces_are_the_text() {
        let text = "\u{feff}x,y\n\n\n1,\"a\nb\"\r\n2,3\r4,5\r\n6,7";
        for size in 1..40 {
            let mut pieces = Pieces::new(text.as_bytes(), Some(','), size);
            let (mut piece, mut all) = (Vec::new(), Vec::new());
            while let Some(number) = pieces.next(&mut piece).unwrap() {
                all.push(String::from_utf8(piece.clone()).unwrap());
                assert_eq!(number + 1, all.len());
            }
            assert_eq!(all.concat(), text[BYTE_ORDER_MARK.len()..], "{size}");
            if size == 1 {
                let rows = ["x,y\n", "\n\n1,\"a\nb\"\r\n2,3\r", "4,5\r\n", "6,7"];
                assert_eq!(all, rows);
            }
        }
    }
}
