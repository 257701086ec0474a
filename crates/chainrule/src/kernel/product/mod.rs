//! Matrix products: C = A·B, each of A and B as it stands or transposed.
//!
//! A tile of C stays in registers (some rows × two vectors) while k is walked over once, and a(i, k) · b(k, j) is added
//! to each of its elements: `tile.rs`. So each output is one chain of multiply–adds in ascending k. Large products are cut
//! into blocks that stay in the caches: `blocks.rs`. What does not lie well there is copied first: `packing.rs`. A chain that is
//! interrupted goes on from C, with the same bits.
//!
//! The one exception is a product with a vector, see [`dots`].

mod blocks;
mod packing;
#[cfg(test)]
mod tests;
mod tile;

use super::{
    InstructionSet, Simd, Task,
    dots::Dots,
    prefetch::LINE_BYTES,
    reference, run,
    work::{Extent, OPERATIONS, Turns, Work},
};
use crate::Real;
use blocks::{Blocks, Cut, InTurns};
use packing::{Packing, Strips, with_room};
use std::{marker::PhantomData, ops::Range};
use tile::{Panel, Tiles};

/// A matrix as it lies in memory: element (i, j) is at `i * row + j * column`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix<'a, T> {
    pub(super) numbers: &'a [T],
    pub(super) row: usize,
    pub(super) column: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// A matrix of so many columns that lies row by row.
    pub(super) fn new(numbers: &'a [T], columns: usize) -> Self {
        Self { numbers, row: columns, column: 1 }
    }

    /// The transpose of a matrix of so many columns that lies row by row.
    fn transposed(numbers: &'a [T], columns: usize) -> Self {
        Self { numbers, row: 1, column: columns }
    }

    /// The part from element (i, j) on.
    #[inline(always)]
    pub(super) fn part(self, i: usize, j: usize) -> Self {
        // Without elements there is nothing to point at.
        Self { numbers: self.numbers.get(i * self.row + j * self.column..).unwrap_or(&[]), ..self }
    }

    #[inline(always)]
    pub(super) fn at(self, i: usize, j: usize) -> T
    where
        T: Copy,
    {
        self.numbers[i * self.row + j * self.column]
    }

    /// Whether it has so many rows and columns.
    fn has(self, rows: usize, columns: usize) -> bool {
        rows * columns == 0
            || self.numbers.len() > (rows - 1) * self.row + (columns - 1) * self.column
    }
}

/// Writes C = 1·bias + A·B for `a` [m × k], `b` [k × n] and a `bias` of n numbers (zero where it is none),
/// row by row.
#[inline]
pub(crate) fn product<'a, T: Real>(
    a: &'a [T],
    b: &'a [T],
    bias: Option<&'a [T]>,
    c: &'a mut [T],
    [m, k, n]: [usize; 3],
) -> Product<'a, T> {
    if n == 1 {
        let bias = bias.map_or(T::zero(), |bias| bias[0]);
        return Product::Dots(Dots::new(&a[..m * k], &b[..k], bias, &mut c[..m]));
    }
    let start = bias.map_or(Start::Zero, |bias| Start::Bias(&bias[..n]));
    Product::tiles(Matrix::new(a, k), Matrix::new(b, n), start, c, [m, k, n])
}

/// Writes C = ABᵀ for `a` [m × k], `b` [n × k].
pub(crate) fn product_with_transposed<'a, T: Real>(
    a: &'a [T],
    b: &'a [T],
    c: &'a mut [T],
    shape @ [_, k, n]: [usize; 3],
) -> Product<'a, T> {
    // A row lies as a column does.
    if n == 1 || k == 1 {
        return product(a, b, None, c, shape);
    }
    Product::tiles(Matrix::new(a, k), Matrix::transposed(b, k), Start::Zero, c, shape)
}

/// Writes C = AᵀB for `a` [k × m], `b` [k × n], `c` [m × n]: k are the samples when C is a gradient.
pub(crate) fn transposed_product<'a, T: Real>(
    a: &'a [T],
    b: &'a [T],
    c: &'a mut [T],
    shape: [usize; 3],
) -> Product<'a, T> {
    of_columns(a, b, Start::Zero, c, shape)
}

/// Adds AᵀB to C.
pub(crate) fn add_transposed_product<'a, T: Real>(
    a: &'a [T],
    b: &'a [T],
    c: &'a mut [T],
    shape: [usize; 3],
) -> Product<'a, T> {
    of_columns(a, b, Start::C, c, shape)
}

fn of_columns<'a, T: Real>(
    a: &'a [T],
    b: &'a [T],
    start: Start<'a, T>,
    c: &'a mut [T],
    [m, k, n]: [usize; 3],
) -> Product<'a, T> {
    // A column is a row as well, and rows are read as vectors.
    let (a, b, m, n) = if n == 1 { (b, a, 1, m) } else { (a, b, m, n) };
    Product::tiles(Matrix::transposed(a, m), Matrix::new(b, n), start, c, [m, k, n])
}

/// Adds AᵀA to the upper triangle of C, the diagonal included, for `a` [k × n] and `c` [n × n]. Below the
/// diagonal C holds whatever it likes afterwards.
pub(crate) fn gram_accumulate<'a, T: Real>(
    a: &'a [T],
    c: &'a mut [T],
    [k, n]: [usize; 2],
) -> Product<'a, T> {
    let factors = (Matrix::transposed(a, n), Matrix::new(a, n));
    let product = Tiled::new(factors.0, factors.1, Start::C, c, [n, k, n]);
    Product::Tiles(Tiled { part: Part::Upper, ..product })
}

/// Writes xᵀy [m × n] for `x` of m numbers and `y` of n.
pub(crate) fn outer_product<T: Real>(x: &[T], y: &[T], c: &mut [T]) {
    run(OuterProduct { x, y, c });
}

/// What an element of C is before the sum.
#[derive(Clone, Copy)]
pub(super) enum Start<'a, T> {
    Zero,
    Bias(&'a [T]),
    /// What it is already.
    C,
}

impl<T> Start<'_, T> {
    /// For the columns from j on.
    #[inline(always)]
    fn part(&self, j: usize) -> Self {
        match self {
            Self::Zero => Self::Zero,
            Self::Bias(bias) => Self::Bias(&bias[j..]),
            Self::C => Self::C,
        }
    }
}

/// The elements of C that are to be written: (i, j) is at `i * row + j` from the first one.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a, T> {
    pub(super) first: *mut T,
    pub(super) row: usize,
    numbers: PhantomData<&'a mut [T]>,
}

// SAFETY: who writes to some of them promises that no other thread does.
unsafe impl<T: Send> Sync for Cells<'_, T> {}

impl<'a, T> Cells<'a, T> {
    pub(super) fn new(c: &'a mut [T], columns: usize) -> Self {
        Self { first: c.as_mut_ptr(), row: columns, numbers: PhantomData }
    }

    /// Those from (i, j) on.
    #[inline(always)]
    pub(super) fn part(self, i: usize, j: usize) -> Self {
        Self { first: self.first.wrapping_add(i * self.row + j), ..self }
    }
}

/// Which elements of C are wanted.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    All,
    /// Those on and above the diagonal.
    Upper,
}

/// A product that is to be computed.
#[must_use]
pub(crate) enum Product<'a, T> {
    Tiles(Tiled<'a, T>),
    /// That with a vector.
    Dots(Dots<'a, T>),
}

impl<'a, T: Real> Product<'a, T> {
    #[inline]
    fn tiles(
        a: Matrix<'a, T>,
        b: Matrix<'a, T>,
        start: Start<'a, T>,
        c: &'a mut [T],
        shape: [usize; 3],
    ) -> Self {
        Self::Tiles(Tiled::new(a, b, start, c, shape))
    }
}

impl<T: Real> Work for Product<'_, T> {
    #[inline]
    fn extent(&self) -> Extent {
        match self {
            Self::Tiles(product) => product.extent(),
            Self::Dots(dots) => dots.extent(),
        }
    }

    #[inline]
    fn turns(&self, turns: Turns) {
        match self {
            Self::Tiles(product) => product.turns(turns),
            Self::Dots(dots) => dots.turns(turns),
        }
    }
}

/// C = (start) + A·B.
#[derive(Clone, Copy)]
pub(crate) struct Tiled<'a, T> {
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    start: Start<'a, T>,
    c: Cells<'a, T>,
    /// m, k, n.
    shape: [usize; 3],
    part: Part,
    packing: Packing,
}

impl<T: Real> Work for Tiled<'_, T> {
    #[inline]
    fn extent(&self) -> Extent {
        let [m, k, n] = self.shape;
        let operations = m * k * n + (m * k + k * n + m * n) * OPERATIONS;
        let (_, count, grain) = self.cut();
        Extent { count, grain, operations }
    }

    #[inline]
    fn turns(&self, turns: Turns) {
        let (cut, ..) = self.cut();
        let product = *self;
        match self.packing.packs() {
            true => with_room(|room| {
                run(InTurns { blocks: Blocks { product, room: Some(room) }, cut, turns })
            }),
            false if self.shape[0] == 1 => {
                turns.for_each(|turn| run(Row(self.turn(cut, turn))));
            }
            false => run(InTurns { blocks: Blocks { product, room: None }, cut, turns }),
        }
    }
}

impl<'a, T: Real> Tiled<'a, T> {
    #[inline]
    fn new(
        a: Matrix<'a, T>,
        b: Matrix<'a, T>,
        start: Start<'a, T>,
        c: &'a mut [T],
        shape @ [m, _, n]: [usize; 3],
    ) -> Self {
        let packing = Packing::of(&a, &b, shape);
        Self { a, b, start, c: Cells::new(&mut c[..m * n], n), shape, part: Part::All, packing }
    }

    /// What is cut, how long that is, and in multiples of what: whole tiles, whole panels, whole lines of the cache.
    ///
    /// The longer side is, to have many pieces. But columns of A would be copied anew for each of them, while B's panels stay
    /// where they are if the rows are cut.
    fn cut(&self) -> (Cut, usize, usize) {
        let set = InstructionSet::selected();
        let rows = 2 * set.tile_rows();
        let columns = (2 * set.vector_bytes()).max(LINE_BYTES) / size_of::<T>();
        let [m, _, n] = self.shape;
        let has_many_rows = self.packing.a.is_some() && self.a.row == 1 && m >= 8 * rows;
        match m > n || has_many_rows {
            true => (Cut::Rows, m, rows),
            false => (Cut::Columns, n, columns),
        }
    }

    /// A range of what is cut.
    #[inline(always)]
    fn turn(&self, cut: Cut, range: Range<usize>) -> Self {
        let [m, _, n] = self.shape;
        match cut {
            Cut::Rows => self.part(range, 0..n),
            Cut::Columns => self.part(0..m, range),
        }
    }

    /// Some of its rows and columns.
    #[inline(always)]
    fn part(&self, rows: Range<usize>, columns: Range<usize>) -> Self {
        Self {
            a: self.a.part(rows.start, 0),
            b: self.b.part(0, columns.start),
            start: self.start.part(columns.start),
            c: self.c.part(rows.start, columns.start),
            shape: [rows.len(), self.shape[1], columns.len()],
            ..*self
        }
    }

    /// So the tiles find all that they read. C's elements are the product's alone.
    #[inline(always)]
    fn check(&self) {
        let [m, k, n] = self.shape;
        assert!(self.a.has(m, k) && self.b.has(k, n));
    }

    fn plainly(self) {
        let Self { a, b, start, c, shape, .. } = self;
        // SAFETY: the elements of C are the product's alone.
        unsafe { reference::product(a, b, start, c, shape) };
    }
}

/// The product of a single row, as in a prediction. Nothing is read twice, so there is nothing to be divided.
struct Row<'a, T>(Tiled<'a, T>);

impl<T: Real> Task for Row<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        self.0.check();
        let Tiled { a, b, start, c, shape: [_, k, n], .. } = self.0;
        let tiles = Tiles { strips: Strips::in_place(a), height: 1, depth: k, start, c };
        // SAFETY: they have been checked.
        unsafe { tiles.row::<S>(Panel::of(b), n) };
    }

    fn plainly(self) {
        self.0.plainly();
    }
}

struct OuterProduct<'a, T> {
    x: &'a [T],
    y: &'a [T],
    c: &'a mut [T],
}

impl<T: Real> Task for OuterProduct<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        for (row, &x) in self.c.chunks_exact_mut(self.y.len().max(1)).zip(self.x) {
            for (c, &y) in row.iter_mut().zip(self.y) {
                *c = x * y;
            }
        }
    }
}
