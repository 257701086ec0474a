//! The columns of one piece of the text, and what is wrong with it. Lines are counted from the piece's first, which
//! is 0.

use super::{
    super::{Numbers, Reading, column::Dictionary},
    cell::{cell, cells, is_line_end, number, trimmed},
};
use memchr::{memchr, memchr_iter};
use std::sync::atomic::{AtomicBool, Ordering};

/// How the cells are read.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    reading: &'a Reading,
    separator: u8,
    /// Whether a number such as -99 may stand for a missing value.
    has_numbers: bool,
}

impl<'a> Rules<'a> {
    pub(super) fn new(reading: &'a Reading, separator: u8) -> Self {
        let is_number = |word: &String| number(word.as_bytes(), 0).is_some();
        Self { reading, separator, has_numbers: reading.missing.iter().any(is_number) }
    }
}

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

/// The cells of a column.
pub(super) struct Column {
    pub(super) cells: Cells,
    /// What is wrong with it, if it is no column of finite numbers.
    pub(super) flaw: Option<Flaw>,
}

/// Numbers or words.
pub(super) enum Cells {
    Numbers(Numbers),
    Words(Dictionary),
}

/// A cell that is not a finite number: of all of them the worst, and of these the first.
#[derive(Clone)]
pub(super) struct Flaw {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What is wrong with a cell, from the least to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Missing,
    NotFinite,
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
    /// Reads the rows that begin at `start`, which is the end of a line above them or 0. `words` has an entry for each
    /// column, and says which are known to hold words; what is found out here is added.
    pub(super) fn new(text: &[u8], start: usize, rules: Rules<'_>, words: &[AtomicBool]) -> Self {
        loop {
            // Relaxed: whoever knows it too late reads once more.
            let kinds: Vec<bool> =
                words.iter().map(|known| known.load(Ordering::Relaxed)).collect();
            let mut part = Self { lines: line_ends(text), ..Self::default() };
            part.columns = kinds.iter().map(|&is_words| Column::new(is_words)).collect();
            part.has_zeros = memchr(0, text).is_some();
            match str::from_utf8(text) {
                Ok(text) if words.len() == 1 => part.gaps = Gaps::new(text, start),
                Ok(_) => {}
                Err(error) => part.not_text = Some(line_ends(&text[..error.valid_up_to()])),
            }
            part.read(text, start, rules);
            let mut found = false;
            for ((column, known), is_words) in part.columns.iter().zip(words).zip(kinds) {
                if column.has_word() && !is_words {
                    known.store(true, Ordering::Relaxed);
                    found = true;
                }
            }
            if !found {
                return part;
            }
        }
    }

    fn read(&mut self, text: &[u8], start: usize, rules: Rules<'_>) {
        let mut at = start;
        loop {
            while text.get(at).is_some_and(|byte| is_line_end(*byte)) {
                at += 1;
            }
            if at == text.len() {
                return;
            }
            at = match self.row(text, at, rules) {
                Ok(end) => end,
                Err(ragged) => {
                    self.ragged = Some(ragged);
                    return;
                }
            };
        }
    }

    /// Adds the row that begins here to the columns, unless it is a line of blanks, and returns where it ends.
    fn row(&mut self, text: &[u8], start: usize, rules: Rules<'_>) -> Result<usize, Ragged> {
        let separator = rules.separator;
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
            at = column.read(text, start, at, rules);
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
    fn new(is_words: bool) -> Self {
        let cells = match is_words {
            true => Cells::Words(Dictionary::default()),
            false => Cells::Numbers(Numbers::default()),
        };
        Self { cells, flaw: None }
    }

    /// Whether a cell is neither a number nor missing.
    fn has_word(&self) -> bool {
        self.flaw.as_ref().is_some_and(|flaw| matches!(flaw.kind, Kind::Text | Kind::DecimalComma))
    }

    /// Adds the cell `at` this place of a row, and returns where it ends.
    #[inline]
    fn read(&mut self, text: &[u8], row: usize, at: usize, rules: Rules<'_>) -> usize {
        let separator = rules.separator;
        let quotes = usize::from(text.get(at) == Some(&b'"'));
        if let Cells::Numbers(values) = &mut self.cells
            && !rules.has_numbers
            && let Some((value, end)) = number(text, at + quotes)
            && (quotes == 0 || text.get(end) == Some(&b'"'))
            && text.get(end + quotes).is_none_or(|byte| *byte == separator || is_line_end(*byte))
        {
            values.push_decimal(value);
            return end + quotes;
        }
        self.read_any(text, row, at, rules)
    }

    /// The same for a cell of any kind.
    fn read_any(&mut self, text: &[u8], row: usize, at: usize, rules: Rules<'_>) -> usize {
        let (cell, end) = cell(text, at, rules.separator);
        let cell = trimmed(&cell);
        let (value, kind) = if rules.reading.is_missing(cell) {
            (f64::NAN, Some(Kind::Missing))
        } else {
            match cell.parse::<f64>() {
                Ok(value) => (value, (!value.is_finite()).then_some(Kind::NotFinite)),
                Err(_) => (f64::NAN, Some(Kind::of_word(cell))),
            }
        };
        let is_missing = matches!(kind, Some(Kind::Missing));
        match &mut self.cells {
            Cells::Numbers(values) => values.push(value),
            Cells::Words(words) => words.push((!is_missing).then_some(cell)),
        }
        if let Some(kind) = kind
            && self.flaw.as_ref().is_none_or(|flaw| flaw.kind < kind)
        {
            let (line, text) = (line_ends(&text[..row]), cell.to_owned());
            self.flaw = Some(Flaw { line, text, kind });
        }
        end
    }
}

impl Kind {
    /// Of a cell that is neither a number nor missing.
    fn of_word(text: &str) -> Self {
        let has_comma = text.matches(',').count() == 1;
        match has_comma && text.replace(',', ".").parse::<f64>().is_ok() {
            true => Self::DecimalComma,
            false => Self::Text,
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
