//! Values as matrices: products, parts, sums.

use super::{
    Length, Over, Shape, Value,
    operation::{Operation, product_shape},
};
use crate::Real;
use std::ops::{Bound, Range, RangeBounds};

/// Matrices.
impl<'g, T: Real> Value<'g, T> {
    /// The matrix product: [m × k] with [k × n] gives [m × n].
    #[track_caller]
    pub fn dot(self, other: Self) -> Self {
        if self.is_foreign(other, "matrix product").is_some() {
            return self.misfit("matrix product", other, "");
        }
        let shape = product_shape(self.shape(), other.shape());
        let node = self.graph.node(self.place);
        match shape {
            Err(needs) => self.misfit("matrix product", other, needs),
            Ok(Shape { rows: Length::Batch, columns: Length::Batch }) => {
                self.misfit("matrix product", other, "a matrix of [batch × batch] has no plan")
            }
            // Aᵀ is read as it lies.
            Ok(shape) if node.operation == Operation::Transpose => {
                let a = Self { place: node.operands[0], ..self };
                self.graph.add(Operation::Product { transposed: true }, [a, other], shape)
            }
            Ok(shape) => {
                self.graph.add(Operation::Product { transposed: false }, [self, other], shape)
            }
        }
    }

    /// Rows as columns.
    #[track_caller]
    pub fn t(self) -> Self {
        let node = self.graph.node(self.place);
        match node.operation {
            Operation::Transpose => Self { place: node.operands[0], ..self },
            _ => self.graph.add(Operation::Transpose, [self], node.shape.transposed()),
        }
    }

    /// The same numbers, row by row, in another shape.
    #[track_caller]
    pub fn reshape(self, shape: impl Into<Shape>) -> Self {
        let (from, to) = (self.shape(), shape.into());
        let fits = match (from.rows, from.columns) {
            (Length::Fixed(_), Length::Fixed(_)) => to.of(0) != [0, 0] && to.len(0) == from.len(0),
            _ => from == to,
        };
        match fits {
            true if from == to => self,
            true => self.graph.add(Operation::Reshape, [self], to),
            false => self.does_not_fit("reshape", format!("{to} has another number of entries")),
        }
    }

    /// Some of the rows and columns, such as `slice(.., 0..2)`.
    #[track_caller]
    pub fn slice(self, rows: impl RangeBounds<usize>, columns: impl RangeBounds<usize>) -> Self {
        let shape = self.shape();
        let (rows, some_rows) = places(rows, shape.rows);
        let (columns, some_columns) = places(columns, shape.columns);
        let fits = |places: &Option<Range<usize>>, length: Length| {
            places.as_ref().is_none_or(|places| length.has(places))
        };
        if !fits(&rows, shape.rows) || !fits(&columns, shape.columns) {
            return self.does_not_fit("slice", format!("there is no {some_rows} × {some_columns}"));
        }
        let length = |places: &Option<Range<usize>>, all| {
            places.as_ref().map_or(all, |places| Length::Fixed(places.len()))
        };
        let part =
            Shape { rows: length(&rows, shape.rows), columns: length(&columns, shape.columns) };
        let start = |places: Option<Range<usize>>| places.map_or(0, |places| places.start);
        self.part(start(rows), start(columns), part)
    }

    /// A row, column or number as often as the shape needs.
    #[track_caller]
    pub fn broadcast(self, shape: impl Into<Shape>) -> Self {
        let (from, to) = (self.shape(), shape.into());
        match from.stretched(to) {
            _ if from == to => self,
            Some(shape) if shape == to => self.graph.add(Operation::Broadcast, [self], to),
            _ => self.does_not_fit("broadcast", format!("it can not be repeated to {to}")),
        }
    }

    /// The part of this shape that begins here.
    #[track_caller]
    pub(super) fn part(self, row: usize, column: usize, shape: Shape) -> Self {
        self.graph.add(Operation::Slice { row, column }, [self], shape)
    }

    /// It at this place among zeros.
    #[track_caller]
    pub(super) fn place(self, row: usize, column: usize, shape: Shape) -> Self {
        self.graph.add(Operation::Place { row, column }, [self], shape)
    }

    /// The sum over what was repeated: the gradient of a value of this shape that was.
    #[track_caller]
    pub(super) fn sum_to(self, shape: Shape) -> Self {
        let mut sum = self;
        for (over, is_repeated) in [
            (Over::Rows, shape.rows != self.shape().rows),
            (Over::Columns, shape.columns != self.shape().columns),
        ] {
            if is_repeated {
                sum = sum.sum(over);
            }
        }
        sum
    }
}

/// Reductions.
impl<'g, T: Real> Value<'g, T> {
    /// The sum.
    #[track_caller]
    pub fn sum(self, over: Over) -> Self {
        self.graph.add(Operation::Sum(over), [self], self.shape().reduced(over))
    }

    /// The mean.
    #[track_caller]
    pub fn mean(self, over: Over) -> Self {
        let Shape { rows, columns } = self.shape();
        let shape = match over {
            Over::All => Shape { rows, columns },
            Over::Rows => Shape { rows, columns: Length::ONE },
            Over::Columns => Shape { rows: Length::ONE, columns },
        };
        let count = self.graph.add(Operation::Count(shape), [], Shape::NUMBER);
        self.sum(over) / count
    }

    /// The largest number. Several that are equal share its gradient.
    #[track_caller]
    pub fn max(self, over: Over) -> Self {
        self.graph.add(Operation::Largest(over), [self], self.shape().reduced(over))
    }

    /// ln Σ eˣ = c + ln Σ eˣ⁻ᶜ for any c; with the largest x as c nothing overflows.
    #[track_caller]
    pub fn log_sum_exp(self, over: Over) -> Self {
        let c = self.max(over).detach();
        c + (self - c).exp().sum(over).ln()
    }

    /// eˣ / Σ eˣ. Over the columns, each row has the sum 1.
    #[track_caller]
    pub fn softmax(self, over: Over) -> Self {
        let c = self.max(over).detach();
        let e = (self - c).exp();
        e / e.sum(over)
    }
}

/// Matrices side by side (over the columns) or one above the other (over the rows).
///
/// # Panics
///
/// If there are none.
#[track_caller]
pub fn concatenate<'g, T: Real>(values: &[Value<'g, T>], over: Over) -> Value<'g, T> {
    let (&first, others) = values.split_first().expect("at least one value to concatenate");
    let mut whole = first;
    for &next in others {
        whole = whole.followed_by(next, over); // no closure, which would hide the caller's line
    }
    whole
}

impl<'g, T: Real> Value<'g, T> {
    #[track_caller]
    fn followed_by(self, other: Self, over: Over) -> Self {
        const OPERATION: &str = "concatenation";
        if self.is_foreign(other, OPERATION).is_some() {
            return self.misfit(OPERATION, other, "");
        }
        let (a, b) = (self.shape(), other.shape());
        let start = |length: Length| length.of(0);
        let whole = match over {
            Over::Columns if a.rows == b.rows => {
                a.columns.and(b.columns).map(|columns| Shape { columns, ..a })
            }
            Over::Rows if a.columns == b.columns => {
                a.rows.and(b.rows).map(|rows| Shape { rows, ..a })
            }
            _ => None,
        };
        match (whole, over) {
            (Some(shape), Over::Rows) => {
                self.place(0, 0, shape) + other.place(start(a.rows), 0, shape)
            }
            (Some(shape), _) => self.place(0, 0, shape) + other.place(0, start(a.columns), shape),
            (None, Over::Columns) => {
                self.misfit(OPERATION, other, "they need as many rows as each other")
            }
            (None, Over::Rows) => self.misfit(
                OPERATION,
                other,
                "they need as many columns as each other, and a fixed number of rows",
            ),
            (None, Over::All) => {
                self.misfit(OPERATION, other, "it goes over the rows or over the columns")
            }
        }
    }
}

/// The places that a range means, or none for all of them, and its words.
fn places(range: impl RangeBounds<usize>, length: Length) -> (Option<Range<usize>>, String) {
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&start) => start + 1,
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(&end) => Some(end + 1),
        Bound::Excluded(&end) => Some(end),
        Bound::Unbounded => None,
    };
    let words = format!("{start}..{}", end.map_or(String::new(), |end| end.to_string()));
    match (start, end, length) {
        (0, None, _) => (None, words),
        (_, end, Length::Fixed(length)) => (Some(start..end.unwrap_or(length)), words),
        (_, end, Length::Batch) => (Some(start..end.unwrap_or(start)), words),
    }
}
