//! What stands in a column: numbers or words, and gaps.

use super::{Numbers, TableError};
use std::{borrow::Cow, collections::HashMap};

/// The cells of a column, one for each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    values: Values,
    /// Why it is no column of finite numbers, if it is none: the first such cell.
    flaw: Option<TableError>,
}

/// Numbers or words.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers, NaN where a value is missing.
    Numbers(Numbers),
    /// Text.
    Words(Words),
}

/// A column of text: each different word once, and for each row the place of its word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    words: Vec<String>,
    codes: Vec<u32>,
}

impl Column {
    /// Numbers, NaN where a value is missing.
    pub fn numbers(values: Vec<f64>) -> Self {
        Self { values: Values::Numbers(values.into()), flaw: None }
    }

    /// Text, `None` where a value is missing.
    pub fn words<'a>(cells: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut words = Dictionary::default();
        for cell in cells {
            words.push(cell);
        }
        Self { values: Values::Words(words.finish()), flaw: None }
    }

    pub(super) fn new(values: Values, flaw: Option<TableError>) -> Self {
        Self { values, flaw }
    }

    /// What stands in it.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The number of its cells.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Numbers(values) => values.len(),
            Values::Words(words) => words.codes.len(),
        }
    }

    /// Whether it has no cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the value of this row is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match &self.values {
            Values::Numbers(values) => values.get(row).is_nan(),
            Values::Words(words) => words.codes[row] == Words::MISSING,
        }
    }

    /// What stands in this row, as text; `None` where the value is missing.
    pub fn cell(&self, row: usize) -> Option<Cow<'_, str>> {
        match &self.values {
            Values::Numbers(values) => {
                let value = values.get(row);
                (!value.is_nan()).then(|| Cow::Owned(shortest(value)))
            }
            Values::Words(words) => words.word(row).map(Cow::Borrowed),
        }
    }

    /// The finite numbers of a column that has nothing else; the error tells the first other cell. `name` is the
    /// column's.
    pub(crate) fn finite(&self, name: &str) -> Result<&Numbers, TableError> {
        if let Some(flaw) = &self.flaw {
            return Err(flaw.clone());
        }
        let column = || name.to_owned();
        match &self.values {
            Values::Numbers(values) if !values.has_gap() && !values.has_infinity() => Ok(values),
            Values::Numbers(values) => {
                let row = values.iter().position(|value| !value.is_finite()).unwrap_or_default();
                Err(TableError::Value { column: column(), row, value: values.get(row) })
            }
            Values::Words(_) => Err(TableError::NoNumbers { column: column() }),
        }
    }

    /// The first cell that is no finite number, where the column was read from a file.
    pub(crate) fn flaw(&self) -> Option<&TableError> {
        self.flaw.as_ref()
    }

    /// The cells of these rows, in this order.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        let values = match &self.values {
            Values::Numbers(values) => Values::Numbers(values.select(rows)),
            Values::Words(words) => {
                let mut selected = Dictionary::default();
                rows.iter().for_each(|&row| selected.push(words.word(row)));
                Values::Words(selected.finish())
            }
        };
        Self { values, flaw: self.flaw.clone() }
    }
}

impl Words {
    /// The code of a missing value.
    pub const MISSING: u32 = u32::MAX;

    /// The different words, in the order in which they first appear.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// For each row the place of its word among [`Words::words`], or [`Words::MISSING`].
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The word of this row; `None` where it is missing.
    pub fn word(&self, row: usize) -> Option<&str> {
        self.words.get(self.codes[row] as usize).map(String::as_str)
    }
}

/// Words as they come.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    words: Words,
    places: HashMap<String, u32>,
}

impl Dictionary {
    pub(super) fn push(&mut self, word: Option<&str>) {
        let code = word.map_or(Words::MISSING, |word| self.code(word));
        self.words.codes.push(code);
    }

    /// Adds the cells of another column below these.
    pub(super) fn append(&mut self, other: &Words) {
        let places: Vec<u32> = other.words.iter().map(|word| self.code(word)).collect();
        let code = |code: &u32| places.get(*code as usize).copied().unwrap_or(Words::MISSING);
        self.words.codes.extend(other.codes.iter().map(code));
    }

    fn code(&mut self, word: &str) -> u32 {
        if let Some(&code) = self.places.get(word) {
            return code;
        }
        // A text with as many different words as that has more bytes than any memory.
        let code = self.words.words.len() as u32;
        self.words.words.push(word.to_owned());
        self.places.insert(word.to_owned(), code);
        code
    }

    pub(super) fn finish(self) -> Words {
        self.words
    }
}

/// The shortest text that reads back as the same number.
pub(crate) fn shortest(value: f64) -> String {
    match value.abs() {
        1e-5..1e17 | 0.0 => value.to_string(),
        _ => format!("{value:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_once() {
        let column = Column::words([Some("b"), None, Some("a"), Some("b")]);
        let Values::Words(words) = column.values() else { panic!("{column:?}") };
        assert_eq!(words.words(), ["b", "a"]);
        assert_eq!(words.codes(), [0, Words::MISSING, 1, 0]);
        let cells: Vec<_> = (0..4).map(|row| column.cell(row)).collect();
        assert_eq!(cells, [Some("b".into()), None, Some("a".into()), Some("b".into())]);
        assert_eq!(column.select(&[2, 2, 1]), Column::words([Some("a"), Some("a"), None]));
    }

    #[test]
    fn gaps_are_equal() {
        let column = Column::numbers(vec![1.5, f64::NAN]);
        assert_eq!(column, column.clone());
        assert_ne!(column, Column::numbers(vec![1.5, 2.0]));
        assert_eq!((column.cell(0), column.cell(1)), (Some("1.5".into()), None));
        assert!(column.is_missing(1) && column.finite("x").is_err());
    }
}
