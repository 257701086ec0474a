//! Tiles of C: where nearly all of a training's time is spent.

use super::{Cells, Matrix, Start, packing::Strips};
use crate::{
    Real,
    kernel::{Simd, Vector, prefetch::Soon},
};
use std::ops::Range;

/// Some rows of a block of A: element (i, l) is at `i * row + l * column` from the first one.
#[derive(Clone, Copy)]
pub(super) struct Strip<T> {
    pub(super) first: *const T,
    pub(super) row: usize,
    pub(super) column: usize,
}

/// Some columns of a block of B: element (l, j) is at `l * row + j` from the first one.
#[derive(Clone, Copy)]
pub(super) struct Panel<T> {
    pub(super) first: *const T,
    pub(super) row: usize,
}

impl<T> Panel<T> {
    /// All columns of a matrix whose rows lie as they are read.
    #[inline(always)]
    pub(super) fn of(b: Matrix<T>) -> Self {
        Self { first: b.numbers.as_ptr(), row: b.row }
    }

    /// From column j on.
    #[inline(always)]
    pub(super) fn part(self, j: usize) -> Self {
        Self { first: self.first.wrapping_add(j), ..self }
    }
}

/// The tiles of a block of A: all of its rows, some of its k.
pub(super) struct Tiles<'a, T> {
    pub(super) strips: Strips<T>,
    /// Rows.
    pub(super) height: usize,
    /// So many k.
    pub(super) depth: usize,
    pub(super) start: Start<'a, T>,
    /// From the block's first row on.
    pub(super) c: Cells<'a, T>,
}

/// Rows of the first tile, of so many that are left. Less than four take as long as four do, so that eight are not six
/// and two.
#[inline(always)]
pub(super) fn tile_rows<S: Simd>(left: usize) -> usize {
    match S::TILE_ROWS {
        8 if left >= 8 => 8,
        6 if left >= 6 && left != 8 => 6,
        _ if left >= 4 => 4,
        _ => left,
    }
}

/// How many tiles of so many rows have all the rows that a tile can have. They are the first ones.
#[inline(always)]
pub(super) fn whole_tiles<S: Simd>(rows: usize) -> usize {
    let mut whole = rows / S::TILE_ROWS;
    while whole > 0 && tile_rows::<S>(rows - (whole - 1) * S::TILE_ROWS) != S::TILE_ROWS {
        whole -= 1;
    }
    whole
}

impl<T: Real> Tiles<'_, T> {
    /// Tiles one below the other with these columns of C, at most two vectors of them, which is what the registers hold for
    /// many rows; at least the `wanted` rows. Meanwhile asks for what is read soon.
    ///
    /// # Safety
    ///
    /// The strips and the panel are as large as their tiles, whose elements of C are the caller's.
    #[inline(always)]
    pub(super) unsafe fn all<S: Simd>(
        &self,
        wanted: usize,
        panel: Panel<T>,
        columns: Range<usize>,
        soon: Soon<T>,
    ) {
        let lanes = T::Vector::<S>::LANES;
        // SAFETY: as asked for.
        unsafe {
            if columns.len() == 2 * lanes {
                self.column::<S, 2, true>(wanted, panel, columns, soon);
            } else if columns.len() > lanes {
                self.column::<S, 2, false>(wanted, panel, columns, soon);
            } else {
                self.column::<S, 1, false>(wanted, panel, columns, soon);
            }
        }
    }

    /// The same in V vectors.
    #[inline(always)]
    unsafe fn column<S: Simd, const V: usize, const WHOLE: bool>(
        &self,
        wanted: usize,
        panel: Panel<T>,
        columns: Range<usize>,
        mut soon: Soon<T>,
    ) {
        let each = soon.rows().div_ceil(self.height.div_ceil(S::TILE_ROWS));
        let mut i = 0;
        while i < wanted {
            let rows = tile_rows::<S>(self.height - i);
            soon.take(each);
            let columns = columns.clone();
            // SAFETY: as asked for.
            unsafe {
                match rows {
                    8 if S::TILE_ROWS == 8 => self.tile::<S, 8, V, WHOLE>(i, panel, columns),
                    6 if S::TILE_ROWS == 6 => self.tile::<S, 6, V, WHOLE>(i, panel, columns),
                    4 => self.tile::<S, 4, V, WHOLE>(i, panel, columns),
                    3 => self.tile::<S, 3, V, WHOLE>(i, panel, columns),
                    2 => self.tile::<S, 2, V, WHOLE>(i, panel, columns),
                    _ => self.tile::<S, 1, V, WHOLE>(i, panel, columns),
                }
            }
            i += rows;
        }
    }

    /// The tiles of a single row and of all n columns. It needs more than two vectors to have enough sums on their way.
    ///
    /// # Safety
    ///
    /// As for `all`.
    #[inline(always)]
    pub(super) unsafe fn row<S: Simd>(&self, b: Panel<T>, n: usize) {
        let lanes = T::Vector::<S>::LANES;
        let (mut j, end) = (0, |j: usize, vectors: usize| n.min(j + vectors * lanes));
        // SAFETY: as asked for.
        unsafe {
            while j + 8 * lanes <= n {
                self.tile::<S, 1, 8, true>(0, b.part(j), j..end(j, 8));
                j = end(j, 8);
            }
            if j + 4 * lanes <= n {
                self.tile::<S, 1, 4, true>(0, b.part(j), j..end(j, 4));
                j = end(j, 4);
            }
            while j + lanes < n {
                self.tile::<S, 1, 2, false>(0, b.part(j), j..end(j, 2));
                j = end(j, 2);
            }
            if j < n {
                self.tile::<S, 1, 1, false>(0, b.part(j), j..n);
            }
        }
    }

    /// The tile of M rows from `i` on, and of V vectors of columns; the last vector is not a whole one unless they are
    /// all WHOLE.
    ///
    /// # Safety
    ///
    /// As for `all`.
    #[inline(always)]
    unsafe fn tile<S: Simd, const M: usize, const V: usize, const WHOLE: bool>(
        &self,
        i: usize,
        panel: Panel<T>,
        columns: Range<usize>,
    ) {
        let lanes = T::Vector::<S>::LANES;
        let (j, last) = (columns.start, columns.len() - (V - 1) * lanes);
        debug_assert!(i + M <= self.height && if WHOLE { last == lanes } else { last <= lanes });
        // V vectors of a row of B or C, zeros behind the last column.
        let load = |from: *const T| -> [T::Vector<S>; V] {
            // SAFETY: so many numbers are there.
            std::array::from_fn(|v| unsafe {
                let from = from.add(v * lanes);
                if WHOLE || v + 1 < V { Vector::load(from) } else { Vector::load_first(from, last) }
            })
        };
        let store = |vectors: [T::Vector<S>; V], to: *mut T| {
            for (v, vector) in vectors.into_iter().enumerate() {
                // SAFETY: so many numbers are there.
                unsafe {
                    let to = to.add(v * lanes);
                    if WHOLE || v + 1 < V { vector.store(to) } else { vector.store_first(to, last) }
                }
            }
        };
        let mut sum = [[T::Vector::<S>::splat(T::zero()); V]; M];
        match self.start {
            Start::Zero => {}
            Start::Bias(bias) => sum.fill(load(bias[j..].as_ptr())),
            Start::C => {
                for (r, sum) in sum.iter_mut().enumerate() {
                    *sum = load(self.c.part(i + r, j).first);
                }
            }
        }
        let strip = self.strips.strip(i, M);
        // SAFETY: there are so many rows, columns and k.
        unsafe {
            for l in 0..self.depth {
                let a = strip.first.add(l * strip.column);
                let b = load(panel.first.add(l * panel.row));
                for (r, sum) in sum.iter_mut().enumerate() {
                    let a = Vector::splat(*a.add(r * strip.row));
                    for (sum, b) in sum.iter_mut().zip(b) {
                        *sum = Vector::multiply_add(a, b, *sum);
                    }
                }
            }
        }
        for (r, sum) in sum.into_iter().enumerate() {
            store(sum, self.c.part(i + r, j).first);
        }
    }
}
