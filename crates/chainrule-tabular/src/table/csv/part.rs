//! The numbers of one piece of the text, and what is wrong with it. Lines are counted from the piece's first, which
//! is 0.

use super::cell::{cell, cells, is_line_end, number, trimmed};
use memchr::{memchr, memchr_iter};

/// Words that stand for a missing value, in small letters.
const MISSING: [&str; 7] = ["", "na", "n/a", "null", "none", "?", "-"];

/// What a piece of the text holds.
#[derive(Default)]
pub(super) struct Part {
    pub(super) columns: Vec<Column>,
    pub(super) rows: usize,
    /// How many lines end in it.
    pub(super) lines: usize,
    pub(super) has_zeros: bool,
    /// The line of the first byte that is not UTF-8.
    pub(super) not_text: Option<usize>,
    /// The first row with other cells than the header; the piece is read as far as that.
    pub(super) ragged: Option<Ragged>,
    pub(super) gaps: Gaps,
}

/// The values of a column, as far as the first cell that is not a finite number.
#[derive(Default)]
pub(super) struct Column {
    pub(super) values: Vec<f64>,
    pub(super) flaw: Option<Flaw>,
}

/// A cell that is not a finite number.
pub(super) struct Flaw {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What is wrong with a cell.
pub(super) enum Kind {
    NotFinite,
    Missing,
    DecimalComma,
    Text,
}

/// A row that is longer or shorter than the header.
pub(super) struct Ragged {
    pub(super) line: usize,
    pub(super) found: usize,
}

/// In a single column a blank line may be a missing value, which must not be skipped in silence, unless nothing but
/// blank lines follows it.
#[derive(Default)]
pub(super) struct Gaps {
    /// The first blank line.
    pub(super) blank: Option<usize>,
    /// Whether a line that is not blank follows it.
    pub(super) is_inside: bool,
    /// Whether there is a line that is not blank.
    pub(super) has_text: bool,
}

impl Part {
    /// Reads the rows of so many columns that begin at `start`, which is the end of a line above them or 0.
    pub(super) fn new(text: &[u8], start: usize, columns: usize, separator: u8) -> Self {
        let mut part = Self { lines: line_ends(text), ..Self::default() };
        part.columns.resize_with(columns, Column::default);
        part.has_zeros = memchr(0, text).is_some();
        match str::from_utf8(text) {
            Ok(text) if columns == 1 => part.gaps = Gaps::new(text, start),
            Ok(_) => {}
            Err(error) => part.not_text = Some(line_ends(&text[..error.valid_up_to()])),
        }
        part.read(text, start, separator);
        part
    }

    fn read(&mut self, text: &[u8], start: usize, separator: u8) {
        let mut at = start;
        loop {
            while text.get(at).is_some_and(|byte| is_line_end(*byte)) {
                at += 1;
            }
            if at == text.len() {
                return;
            }
            at = match self.row(text, at, separator) {
                Ok(end) => end,
                Err(ragged) => {
                    self.ragged = Some(ragged);
                    return;
                }
            };
        }
    }

    /// Adds the row that begins here to the columns, unless it is a line of blanks, and returns where it ends.
    fn row(&mut self, text: &[u8], start: usize, separator: u8) -> Result<usize, Ragged> {
        if self.columns.len() != 1
            && let Some(end) = blank_line(text, start, separator)
        {
            return Ok(end);
        }
        let (mut at, mut has_more) = (start, true);
        for column in &mut self.columns {
            if !has_more {
                return Err(Ragged::new(text, start, separator));
            }
            at = column.read(text, start, at, separator);
            has_more = text.get(at) == Some(&separator);
            at += usize::from(has_more);
        }
        if has_more {
            return Err(Ragged::new(text, start, separator));
        }
        self.rows += 1;
        Ok(at)
    }
}

impl Column {
    /// Adds the cell `at` this place of a row, and returns where it ends.
    #[inline]
    fn read(&mut self, text: &[u8], row: usize, at: usize, separator: u8) -> usize {
        let quotes = usize::from(text.get(at) == Some(&b'"'));
        if self.flaw.is_none()
            && let Some((value, end)) = number(text, at + quotes)
            && (quotes == 0 || text.get(end) == Some(&b'"'))
            && text.get(end + quotes).is_none_or(|byte| *byte == separator || is_line_end(*byte))
        {
            self.values.push(value);
            return end + quotes;
        }
        self.read_any(text, row, at, separator)
    }

    /// The same for a cell of any kind.
    fn read_any(&mut self, text: &[u8], row: usize, at: usize, separator: u8) -> usize {
        let (cell, end) = cell(text, at, separator);
        if self.flaw.is_none() {
            let cell = trimmed(&cell);
            match cell.parse::<f64>() {
                Ok(value) if value.is_finite() => self.values.push(value),
                parsed => {
                    let kind = parsed.map_or_else(|_| Kind::of(cell), |_| Kind::NotFinite);
                    let (line, text) = (line_ends(&text[..row]), cell.to_owned());
                    self.flaw = Some(Flaw { line, text, kind });
                }
            }
        }
        end
    }
}

impl Kind {
    /// Of a cell that is not a number.
    fn of(text: &str) -> Self {
        if MISSING.contains(&text.to_ascii_lowercase().as_str()) {
            Self::Missing
        } else if text.matches(',').count() == 1 && text.replace(',', ".").parse::<f64>().is_ok() {
            Self::DecimalComma
        } else {
            Self::Text
        }
    }
}

impl Ragged {
    #[cold]
    fn new(text: &[u8], row: usize, separator: u8) -> Self {
        Self { line: line_ends(&text[..row]), found: cells(text, row, separator).0.len() }
    }
}

impl Gaps {
    /// Of the lines below the one that ends at `start`, or from 0 on.
    fn new(text: &str, start: usize) -> Self {
        let (above, below) = text.split_at(start);
        let below = below.replace("\r\n", "\n");
        let lines = below.split_terminator(['\r', '\n']).skip(usize::from(start > 0));
        let first = line_ends(above.as_bytes()) + usize::from(start > 0);
        let mut gaps = Self::default();
        for (number, line) in lines.enumerate() {
            if !line.trim().is_empty() {
                gaps.has_text = true;
                gaps.is_inside = gaps.blank.is_some();
            } else if gaps.blank.is_none() {
                gaps.blank = Some(first + number);
            }
        }
        gaps
    }
}

/// Where the row that begins here ends, if it is a line of blanks.
fn blank_line(text: &[u8], start: usize, separator: u8) -> Option<usize> {
    if matches!(text[start], b'0'..=b'9' | b'-') {
        return None;
    }
    let (cell, end) = cell(text, start, separator);
    (text.get(end) != Some(&separator) && trimmed(&cell).is_empty()).then_some(end)
}

/// How many lines end here: by LF, CR LF or CR.
fn line_ends(bytes: &[u8]) -> usize {
    let lone_cr = |place: &usize| bytes.get(place + 1) != Some(&b'\n');
    memchr_iter(b'\n', bytes).count() + memchr_iter(b'\r', bytes).filter(lone_cr).count()
}
