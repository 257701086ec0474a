//! Shapes: what fits, what is stretched.

use std::{fmt, ops::Range};

/// A number of rows or of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// This many.
    Fixed(usize),
    /// As many as the batch has rows: known when an expression is used as a layer or a loss, not when it is written.
    Batch,
}

impl Length {
    pub(super) const ONE: Self = Self::Fixed(1);

    /// The number, for a batch of so many rows.
    pub(super) fn of(self, batch: usize) -> usize {
        match self {
            Self::Fixed(length) => length,
            Self::Batch => batch,
        }
    }

    /// The length of two operands together, of which one may be stretched.
    fn stretched(self, other: Self) -> Option<Self> {
        match (self, other) {
            _ if self == other => Some(self),
            (Self::ONE, longer) | (longer, Self::ONE) => Some(longer),
            _ => None,
        }
    }

    /// Both, one after the other.
    pub(super) fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Fixed(a), Self::Fixed(b)) => Some(Self::Fixed(a + b)),
            _ => None,
        }
    }

    /// Whether these places are all there.
    pub(super) fn has(self, places: &Range<usize>) -> bool {
        matches!(self, Self::Fixed(length) if places.start <= places.end && places.end <= length)
    }
}

/// The shape of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How many rows.
    pub rows: Length,
    /// How many columns.
    pub columns: Length,
}

impl Shape {
    pub(super) const NUMBER: Self = Self { rows: Length::ONE, columns: Length::ONE };

    /// How many numbers it holds, for a batch of so many rows.
    pub(super) fn len(self, batch: usize) -> usize {
        self.rows.of(batch) * self.columns.of(batch)
    }

    /// [rows, columns], for a batch of so many rows.
    pub(super) fn of(self, batch: usize) -> [usize; 2] {
        [self.rows.of(batch), self.columns.of(batch)]
    }

    pub(super) fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows }
    }

    /// The shape of two operands together: a single row, column or number is repeated as often as the other needs.
    pub(super) fn stretched(self, other: Self) -> Option<Self> {
        let rows = self.rows.stretched(other.rows)?;
        Some(Self { rows, columns: self.columns.stretched(other.columns)? })
    }

    /// The shape of what is left after [`Over`].
    pub(super) fn reduced(self, over: Over) -> Self {
        match over {
            Over::All => Self::NUMBER,
            Over::Rows => Self { rows: Length::ONE, ..self },
            Over::Columns => Self { columns: Length::ONE, ..self },
        }
    }
}

impl From<[usize; 2]> for Shape {
    fn from([rows, columns]: [usize; 2]) -> Self {
        Self { rows: Length::Fixed(rows), columns: Length::Fixed(columns) }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(length) => length.fmt(f),
            Self::Batch => f.write_str("batch"),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} × {}]", self.rows, self.columns)
    }
}

/// What is summed over, averaged, compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// All numbers: one is left.
    All,
    /// The rows: a single row is left, with a number for each column.
    Rows,
    /// The columns: a single column is left, with a number for each row.
    Columns,
}
