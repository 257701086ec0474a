//! Matrix products: C = A·B, each of A and B as it stands or transposed.
//!
//! A tile of C stays in registers (some rows × two vectors) while k is walked over once, and a(i, k) · b(k, j) is added
//! to each of its elements: `tile.rs`. So each output is one chain of multiply–adds in ascending k. Large products are cut
//! into blocks that stay in the caches; what does not lie well there is copied first: `packing.rs`. A chain that is
//! interrupted goes on from C, with the same bits.
//!
//! The one exception is a product with a vector, see [`dots`].

mod packing;
#[cfg(test)]
mod tests;
mod tile;

use super::{
    InstructionSet, Simd, Task, Vector,
    dots::dots,
    prefetch::LINE_BYTES,
    reference, run,
    team::{Apart, OPERATIONS, in_parts},
};
use crate::Real;
use packing::{BLOCK_DEPTH, Packing, Panels, Room, Strips, with_room};
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
pub(crate) fn product<T: Real>(
    a: &[T],
    b: &[T],
    bias: Option<&[T]>,
    c: &mut [T],
    [m, k, n]: [usize; 3],
) {
    if n == 1 {
        let bias = bias.map_or(T::zero(), |bias| bias[0]);
        return dots(&a[..m * k], &b[..k], bias, &mut c[..m]);
    }
    let start = bias.map_or(Start::Zero, |bias| Start::Bias(&bias[..n]));
    in_pieces(Matrix::new(a, k), Matrix::new(b, n), start, c, [m, k, n]);
}

/// Writes C = ABᵀ for `a` [m × k], `b` [n × k].
pub(crate) fn product_with_transposed<T: Real>(
    a: &[T],
    b: &[T],
    c: &mut [T],
    shape @ [_, k, n]: [usize; 3],
) {
    // A row lies as a column does.
    if n == 1 || k == 1 {
        return product(a, b, None, c, shape);
    }
    in_pieces(Matrix::new(a, k), Matrix::transposed(b, k), Start::Zero, c, shape);
}

/// Writes C = AᵀB for `a` [k × m], `b` [k × n], `c` [m × n]: k are the samples when C is a gradient.
pub(crate) fn transposed_product<T: Real>(a: &[T], b: &[T], c: &mut [T], shape: [usize; 3]) {
    of_columns(a, b, Start::Zero, c, shape);
}

/// Adds AᵀB to C.
pub(crate) fn add_transposed_product<T: Real>(a: &[T], b: &[T], c: &mut [T], shape: [usize; 3]) {
    of_columns(a, b, Start::C, c, shape);
}

fn of_columns<T: Real>(a: &[T], b: &[T], start: Start<T>, c: &mut [T], [m, k, n]: [usize; 3]) {
    // A column is a row as well, and rows are read as vectors.
    let (a, b, m, n) = if n == 1 { (b, a, 1, m) } else { (a, b, m, n) };
    in_pieces(Matrix::transposed(a, m), Matrix::new(b, n), start, c, [m, k, n]);
}

/// Adds AᵀA to the upper triangle of C, the diagonal included, for `a` [k × n] and `c` [n × n]. Below the
/// diagonal C holds whatever it likes afterwards.
pub(crate) fn gram_accumulate<T: Real>(a: &[T], c: &mut [T], [k, n]: [usize; 2]) {
    Product {
        a: Matrix::transposed(a, n),
        b: Matrix::new(a, n),
        start: Start::C,
        c: Cells::new(&mut c[..n * n], n),
        shape: [n, k, n],
        part: Part::Upper,
    }
    .compute();
}

/// Writes xᵀy [m × n] for `x` of m numbers and `y` of n.
pub(crate) fn outer_product<T: Real>(x: &[T], y: &[T], c: &mut [T]) {
    run(OuterProduct { x, y, c });
}

/// The product in pieces for the threads: C is cut across its longer side.
fn in_pieces<T: Real>(
    a: Matrix<T>,
    b: Matrix<T>,
    start: Start<T>,
    c: &mut [T],
    [m, k, n]: [usize; 3],
) {
    // Whole tiles, whatever the instruction set; whole panels of this one, and whole lines of the cache.
    const ROWS: usize = 24;
    let columns = (2 * InstructionSet::selected().vector_bytes()).max(LINE_BYTES) / size_of::<T>();
    let c = Apart::new(&mut c[..m * n]);
    let piece = |rows: Range<usize>, columns: Range<usize>| {
        Product {
            a: a.part(rows.start, 0),
            b: b.part(0, columns.start),
            start: start.part(columns.start),
            // SAFETY: no two pieces have an element in common.
            c: unsafe { Cells::of(&c, n) }.part(rows.start, columns.start),
            shape: [rows.len(), k, columns.len()],
            part: Part::All,
        }
        .compute();
    };
    let operations = m * k * n + (m * k + k * n + m * n) * OPERATIONS;
    if m > n {
        in_parts(m, ROWS, operations, |rows| piece(rows, 0..n));
    } else {
        in_parts(n, columns, operations, |columns| piece(0..m, columns));
    }
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

impl<'a, T> Cells<'a, T> {
    pub(super) fn new(c: &'a mut [T], columns: usize) -> Self {
        Self { first: c.as_mut_ptr(), row: columns, numbers: PhantomData }
    }

    /// Of a matrix that several threads write to.
    ///
    /// # Safety
    ///
    /// No two of them write to one element.
    unsafe fn of(c: &'a Apart<T>, columns: usize) -> Self {
        Self { first: c.first(), row: columns, numbers: PhantomData }
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

/// C = (start) + A·B.
#[derive(Clone, Copy)]
struct Product<'a, T> {
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    start: Start<'a, T>,
    c: Cells<'a, T>,
    /// m, k, n.
    shape: [usize; 3],
    part: Part,
}

impl<T: Real> Product<'_, T> {
    #[inline]
    fn compute(self) {
        let packing = Packing::of(&self.a, &self.b, self.shape);
        match packing.a || packing.b {
            true => with_room(|room| run(Blocks { product: self, packing, room: Some(room) })),
            false if self.shape[0] == 1 => run(Row(self)),
            false => run(Blocks { product: self, packing, room: None }),
        }
    }

    /// So the tiles find all that they read. C's elements are the product's alone.
    #[inline(always)]
    fn check(&self) {
        let [m, k, n] = self.shape;
        assert!(self.a.has(m, k) && self.b.has(k, n));
    }

    fn plainly(self) {
        let Product { a, b, start, c, shape, .. } = self;
        // SAFETY: the elements of C are the product's alone.
        unsafe { reference::product(a, b, start, c, shape) };
    }
}

/// The product of a single row, as in a prediction. Nothing is read twice, so there is nothing to be divided.
struct Row<'a, T>(Product<'a, T>);

impl<T: Real> Task for Row<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        self.0.check();
        let Product { a, b, start, c, shape: [_, k, n], .. } = self.0;
        let tiles = Tiles { strips: Strips::in_place(a), height: 1, depth: k, start, c };
        // SAFETY: they have been checked.
        unsafe { tiles.row::<S>(Panel::of(b), n) };
    }

    fn plainly(self) {
        self.0.plainly();
    }
}

/// The product, block by block.
struct Blocks<'a, 'r, T> {
    product: Product<'a, T>,
    packing: Packing,
    /// For what is packed.
    room: Option<&'r mut Room>,
}

impl<T: Real> Task for Blocks<'_, '_, T> {
    #[inline(always)]
    fn run<S: Simd>(mut self) {
        self.product.check();
        let [m, k, _] = self.product.shape;
        let mut depth = 0..k.min(BLOCK_DEPTH);
        loop {
            let (mut i, height) = (0, packing::block_rows::<T>(m, depth.len()));
            while i < m {
                self.block::<S>(i..m.min(i + height), depth.clone());
                i += height;
            }
            self.product.start = Start::C;
            depth = depth.end..k.min(depth.end + BLOCK_DEPTH);
            if depth.is_empty() {
                break;
            }
        }
    }

    fn plainly(self) {
        self.product.plainly();
    }
}

impl<T: Real> Blocks<'_, '_, T> {
    /// What these k add to these rows.
    #[inline(always)]
    fn block<S: Simd>(&mut self, rows: Range<usize>, depth: Range<usize>) {
        let Product { a, b, start, c, shape: [_, _, n], part } = self.product;
        let (a, b) = (a.part(rows.start, depth.start), b.part(depth.start, 0));
        let (height, depth) = (rows.len(), depth.len());
        let strips = match &mut self.room {
            Some(room) if self.packing.a => room.strips::<S, T>(a, height, depth),
            _ => Strips::in_place(a),
        };
        let tiles = Tiles { strips, height, depth, start, c: c.part(rows.start, 0) };
        let mut j = 0;
        while j < n {
            let group = j..n.min(j + packing::group_columns::<T>());
            j = group.end;
            // How many rows are wanted of columns that end there.
            let wanted = |end: usize| match part {
                Part::All => height,
                Part::Upper => rows.end.min(end).saturating_sub(rows.start),
            };
            if wanted(group.end) == 0 {
                continue;
            }
            let b = b.part(0, group.start);
            let panels = match &mut self.room {
                Some(room) if self.packing.b => room.panels::<S, T>(b, depth, group.len()),
                _ => Panels::in_place::<S>(b),
            };
            let width = 2 * T::Vector::<S>::LANES;
            for (p, j) in group.clone().step_by(width).enumerate() {
                let columns = j..group.end.min(j + width);
                // SAFETY: see `run`.
                unsafe { tiles.all::<S>(wanted(columns.end), panels.panel(p), columns) };
            }
        }
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
