//! The parts of a table, joined in their order, whenever they come.

use super::{
    super::{Column, Numbers, Table, TableError, Values},
    part::{self, Cells, Flaw, Gaps, Kind, Part, Ragged},
};
use std::collections::BTreeMap;

/// What the text holds as far as it was read. Lines are counted from 0.
#[derive(Default)]
pub(super) struct Whole {
    columns: Vec<part::Column>,
    /// Whether a column was numbers in one part and words in another.
    is_mixed: bool,
    rows: usize,
    lines: usize,
    has_zeros: bool,
    not_text: Option<usize>,
    ragged: Option<Ragged>,
    gaps: Gaps,
    /// How many parts were joined, and others that came before their turn.
    joined: usize,
    waiting: BTreeMap<usize, Part>,
}

impl Whole {
    pub(super) fn new(columns: usize) -> Self {
        let column = |_| part::Column { cells: Cells::Numbers(Numbers::default()), flaw: None };
        Self { columns: (0..columns).map(column).collect(), ..Self::default() }
    }

    /// Of a text that has so many lines above.
    pub(super) fn below(columns: usize, lines: usize) -> Self {
        Self { lines, ..Self::new(columns) }
    }

    /// Adds the part of this number.
    pub(super) fn add(&mut self, number: usize, part: Part) {
        self.waiting.insert(number, part);
        while let Some(part) = self.waiting.remove(&self.joined) {
            self.join(part);
            self.joined += 1;
        }
    }

    /// Whether the columns are not yet what they would be if all of their kinds had been known before.
    pub(super) fn is_mixed(&self) -> bool {
        self.is_mixed
    }

    /// The table, or the first thing that is wrong with the text as a whole.
    pub(super) fn table(
        self,
        header: Result<Vec<String>, TableError>,
        file: &str,
        separator: Option<char>,
    ) -> Result<Table, TableError> {
        let file = || file.to_owned();
        if self.has_zeros {
            let found = "not text: it contains zero bytes".to_owned();
            return Err(TableError::NotText { file: file(), found });
        }
        if let Some(line) = self.not_text {
            let line = line + 1;
            let found =
                format!("not UTF-8 text: line {line} has a byte that does not belong there");
            return Err(TableError::NotText { file: file(), found });
        }
        let names = header?;
        if let Some(Ragged { line, found }) = self.ragged {
            let (line, expected) = (line + 1, names.len());
            return Err(TableError::Ragged { file: file(), line, expected, found });
        }
        if self.rows == 0 {
            return Err(TableError::HeaderOnly { file: file() });
        }
        if let (Gaps { blank: Some(line), is_inside, has_text }, [name]) = (&self.gaps, &names[..])
            && (*is_inside || !has_text)
        {
            let (line, column, text) = (line + 1, name.clone(), String::new());
            return Err(TableError::Missing { file: file(), line, column, text });
        }
        let columns = self.columns.into_iter().zip(&names);
        let columns = columns.map(|(column, name)| {
            let values = match column.cells {
                Cells::Numbers(mut values) => {
                    values.shrink();
                    Values::Numbers(values)
                }
                Cells::Words(words) => Values::Words(words.finish()),
            };
            Column::new(values, column.flaw.map(|flaw| flaw.error(file(), name.clone())))
        });
        let columns = columns.collect();
        Ok(Table { names, columns, rows: self.rows, separator })
    }

    fn join(&mut self, part: Part) {
        self.has_zeros |= part.has_zeros;
        self.not_text = self.not_text.or(part.not_text.map(|line| self.lines + line));
        // Below a row that is no row nothing else than text matters.
        if self.ragged.is_none() {
            self.join_rows(part.columns);
            self.rows += part.rows;
            self.join_gaps(part.gaps);
            self.ragged =
                part.ragged.map(|ragged| Ragged { line: self.lines + ragged.line, ..ragged });
        }
        self.lines += part.lines;
    }

    fn join_rows(&mut self, columns: Vec<part::Column>) {
        for (whole, part) in self.columns.iter_mut().zip(columns) {
            match (&mut whole.cells, part.cells) {
                (Cells::Numbers(whole), Cells::Numbers(part)) => whole.append(part),
                (Cells::Words(whole), Cells::Words(part)) => whole.append(&part.finish()),
                (whole, Cells::Words(part)) if self.rows == 0 => *whole = Cells::Words(part),
                // What it holds does not matter any more.
                _ => self.is_mixed = true,
            }
            if let Some(flaw) = part.flaw
                && whole.flaw.as_ref().is_none_or(|first| first.kind < flaw.kind)
            {
                whole.flaw = Some(Flaw { line: self.lines + flaw.line, ..flaw });
            }
        }
    }

    fn join_gaps(&mut self, part: Gaps) {
        let gaps = &mut self.gaps;
        gaps.is_inside |= if gaps.blank.is_some() { part.has_text } else { part.is_inside };
        gaps.blank = gaps.blank.or(part.blank.map(|line| self.lines + line));
        gaps.has_text |= part.has_text;
    }
}

impl Flaw {
    fn error(self, file: String, column: String) -> TableError {
        let (line, text) = (self.line + 1, self.text);
        match self.kind {
            Kind::NotFinite => TableError::NotFinite { file, line, column, text },
            Kind::Missing => TableError::Missing { file, line, column, text },
            Kind::DecimalComma => TableError::DecimalComma { file, line, column, text },
            Kind::Text => TableError::Text { file, line, column, text },
        }
    }
}
