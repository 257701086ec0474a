//! What will be read soon, on its way before it is read.
//!
//! By itself the machine foresees the neighbours of what is read. A short row that lies far from the one before ends
//! before it has done so.

use super::product::Matrix;

/// Bytes of a line of the cache.
pub(super) const LINE_BYTES: usize = 64;

/// Asks for so many numbers to be brought to the first-level cache, where the machine can be asked. They need not exist.
#[inline(always)]
pub(super) fn prefetch<T>(first: *const T, count: usize) {
    #[cfg(target_arch = "x86_64")]
    for i in (0..count).step_by(LINE_BYTES / size_of::<T>()) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 processor can do it, and it never fails.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(first.wrapping_add(i).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (first, count);
}

/// Rows of numbers that are asked for bit by bit, while something else is computed.
#[derive(Clone, Copy)]
pub(super) struct Soon<T> {
    first: *const T,
    /// How many rows, and from one to the next.
    rows: usize,
    row: usize,
    /// Numbers of a row.
    columns: usize,
}

impl<T> Soon<T> {
    pub(super) fn nothing() -> Self {
        Self { first: std::ptr::null(), rows: 0, row: 0, columns: 0 }
    }

    /// So many rows and columns of a matrix, or those of its transpose, whichever lie beside each other.
    #[inline(always)]
    pub(super) fn new(a: Matrix<T>, rows: usize, columns: usize) -> Self {
        let first = a.numbers.as_ptr();
        match a.column {
            1 => Self { first, rows, row: a.row, columns },
            _ => Self { first, rows: columns, row: a.column, columns: rows },
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Part number i of so many.
    #[inline(always)]
    pub(super) fn part(self, i: usize, parts: usize) -> Self {
        let many = self.rows.div_ceil(parts);
        let start = self.rows.min(i * many);
        let first = self.first.wrapping_add(start * self.row);
        Self { first, rows: many.min(self.rows - start), ..self }
    }

    /// Asks for the first rows.
    #[inline(always)]
    pub(super) fn take(&mut self, rows: usize) {
        let rows = rows.min(self.rows);
        for _ in 0..rows {
            prefetch(self.first, self.columns);
            self.first = self.first.wrapping_add(self.row);
        }
        self.rows -= rows;
    }
}
