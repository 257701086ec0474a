//! Copies of blocks of A and B in the order in which the tiles read them.
//!
//! What is read again and again should stay in the first two caches. Numbers that lie far apart do not, by a power of two
//! above all: the lines that they are in push each other out.

use super::{
    Matrix,
    tile::{Panel, Strip, tile_rows, whole_tiles},
};
use crate::{
    Real,
    kernel::{Simd, Task, Vector, prefetch::prefetch, transpose::Transpose},
};
use std::{cell::RefCell, ops::Range};

/// The k of a block. So a panel of B, two vectors wide, takes 16 KB, which leaves half of a small first-level cache to A. With
/// vectors of 64 bytes it takes 32 KB; they can wait for the second level.
pub(super) const BLOCK_DEPTH: usize = 256;

/// The bytes of a block of A, which shares the second-level cache with a group of panels of B.
const BLOCK_BYTES: usize = 144 << 10;

/// Of each row of B so much is copied at once that it is worth the way there: a group of panels.
const GROUP_ROW_BYTES: usize = 512;

/// Of each row of B so much is kept, for all blocks of A: 2 MB of panels, in the third-level cache at worst.
const KEPT_ROW_BYTES: usize = 16 * GROUP_ROW_BYTES;

/// The rows that are on their way from a farther cache while others are copied. By itself the machine foresees
/// neighbours only, and a row ends before it has done so.
const ROWS_AHEAD: usize = 8;

/// Whole tiles of every instruction set.
const TILES: usize = 24;

/// How many rows a block of A has: as many as fit, or less if that makes all of them alike.
pub(super) fn block_rows<T>(m: usize, depth: usize) -> usize {
    if m <= TILES {
        return TILES;
    }
    let most = BLOCK_BYTES / (depth.max(1) * size_of::<T>()) / TILES * TILES;
    let blocks = m.div_ceil(most).max(1);
    m.div_ceil(blocks).next_multiple_of(TILES).max(TILES)
}

/// The k of a block if all blocks are about alike, and how many blocks there are.
pub(super) fn block_depth(k: usize) -> (usize, usize) {
    let blocks = k.div_ceil(BLOCK_DEPTH).max(1);
    (k.div_ceil(blocks), blocks)
}

/// How many columns a group of panels has.
pub(super) const fn group_columns<T>() -> usize {
    GROUP_ROW_BYTES / size_of::<T>()
}

/// Of how many columns the panels are kept.
pub(super) const fn kept_columns<T>() -> usize {
    KEPT_ROW_BYTES / size_of::<T>()
}

/// Which of A and B is copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packing {
    /// A is, for so many columns of C at least.
    pub(super) a: Option<usize>,
    pub(super) b: bool,
}

impl Packing {
    /// Whatever lies in a longer stretch of memory than half of a small first-level cache and is read often enough. The columns
    /// of B are read as vectors, and so must lie beside each other.
    #[inline]
    pub(super) fn of<T>(a: &Matrix<T>, b: &Matrix<T>, [m, k, n]: [usize; 3]) -> Self {
        const STRETCH: usize = 16 << 10;
        const ROWS: usize = 24;
        // Columns of A are copied as they lie, rows number by number.
        let columns = if a.row == 1 { 96 } else { 512 };
        let k = k.min(BLOCK_DEPTH);
        let is_far = |count: usize, stride: usize| count * stride * size_of::<T>() > STRETCH;
        Self {
            a: (n >= columns && if a.row == 1 { is_far(k, a.column) } else { is_far(m, a.row) })
                .then_some(columns),
            b: b.column != 1 || (m >= ROWS && is_far(k, b.row)),
        }
    }

    /// Whether anything is copied.
    pub(super) fn packs(&self) -> bool {
        self.a.is_some() || self.b
    }
}

/// Where the strips of a block of A are, one below the other.
#[derive(Clone, Copy)]
pub(super) enum Strips<T> {
    InPlace(Strip<T>),
    /// Each with so many k, and with the rows of one k beside each other.
    Packed {
        first: *const T,
        depth: usize,
    },
}

impl<T: Real> Strips<T> {
    pub(super) fn in_place(a: Matrix<T>) -> Self {
        Self::InPlace(Strip { first: a.numbers.as_ptr(), row: a.row, column: a.column })
    }

    /// The strip of a tile with so many rows, from row `i` on.
    #[inline(always)]
    pub(super) fn strip(&self, i: usize, rows: usize) -> Strip<T> {
        match *self {
            Self::InPlace(a) => Strip { first: a.first.wrapping_add(i * a.row), ..a },
            Self::Packed { first, depth } => {
                Strip { first: first.wrapping_add(i * depth), row: 1, column: rows }
            }
        }
    }
}

/// Where the panels of a group of columns of B are, each two vectors wide.
#[derive(Clone, Copy)]
pub(super) struct Panels<T> {
    first: Panel<T>,
    /// From one panel to the next.
    stride: usize,
}

impl<T: Real> Panels<T> {
    #[inline(always)]
    pub(super) fn in_place<S: Simd>(b: Matrix<T>) -> Self {
        Self { first: Panel::of(b), stride: 2 * T::Vector::<S>::LANES }
    }

    #[inline(always)]
    pub(super) fn panel(&self, p: usize) -> Panel<T> {
        self.first.part(p * self.stride)
    }
}

/// A line of the cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line {
    _bytes: [u8; 64],
}

/// Memory for a block of A and for panels of B.
pub(super) struct Room {
    block: Vec<Line>,
    panels: Vec<Line>,
    /// The columns whose panels are there.
    kept: usize,
}

thread_local! {
    static ROOM: RefCell<Room> =
        const { RefCell::new(Room { block: Vec::new(), panels: Vec::new(), kept: 0 }) };
}

/// Lends this thread's room, which is made the first time.
pub(super) fn with_room(work: impl FnOnce(&mut Room)) {
    ROOM.with_borrow_mut(|room| {
        if room.block.is_empty() {
            let line = Line { _bytes: [0; 64] };
            room.block = vec![line; BLOCK_BYTES / size_of::<Line>()];
            room.panels = vec![line; BLOCK_DEPTH * KEPT_ROW_BYTES / size_of::<Line>()];
        }
        room.forget_panels();
        work(room);
    });
}

fn numbers<T: Real>(lines: &mut [Line]) -> &mut [T] {
    // SAFETY: all bits are numbers.
    unsafe { lines.align_to_mut().1 }
}

impl Room {
    /// Copies a block of A.
    #[inline(always)]
    pub(super) fn strips<S: Simd, T: Real>(
        &mut self,
        a: Matrix<T>,
        rows: usize,
        depth: usize,
    ) -> Strips<T> {
        let block = &mut numbers(&mut self.block)[..rows * depth];
        S::call(CopyStrips { a, rows, depth, block });
        Strips::Packed { first: block.as_ptr(), depth }
    }

    /// The panels to come are others than those of before.
    pub(super) fn forget_panels(&mut self) {
        self.kept = 0;
    }

    /// Whether the panels of the columns before this one are there.
    pub(super) fn keeps(&self, column: usize) -> bool {
        column <= self.kept
    }

    /// Copies these columns of a block of B, unless they are kept. Groups come one after the other, from the first one on.
    #[inline(always)]
    pub(super) fn panels<S: Simd, T: Real>(
        &mut self,
        b: Matrix<T>,
        depth: usize,
        columns: Range<usize>,
    ) -> Panels<T> {
        let row = 2 * T::Vector::<S>::LANES;
        let stride = depth * row;
        let size = columns.len().div_ceil(row) * stride;
        let are_kept = self.keeps(columns.end);
        self.kept = self.kept.max(columns.end);
        let group = &mut numbers(&mut self.panels)[columns.start * depth..][..size];
        if !are_kept {
            let b = b.part(0, columns.start);
            S::call(CopyPanels { b, columns: columns.len(), depth, group });
        }
        Panels { first: Panel { first: group.as_ptr(), row }, stride }
    }
}

/// Copies a block of A, strip by strip.
struct CopyStrips<'a, T> {
    a: Matrix<'a, T>,
    rows: usize,
    depth: usize,
    block: &'a mut [T],
}

impl<T: Real> Task for CopyStrips<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        /// The whole strips that are copied together: so the lines that are read are used up, and all that are written fit
        /// into the first-level cache.
        const TOGETHER: usize = 8;
        let Self { a, rows, depth, block } = self;
        let mut i = 0;
        // Columns of A lie as they are read, and so do several strips of them.
        if a.row == 1 {
            let whole = whole_tiles::<S>(rows) * S::TILE_ROWS;
            while i < whole {
                let columns = Matrix { row: a.column, column: 1, ..a.part(i, 0) };
                let many = (whole - i).min(TOGETHER * S::TILE_ROWS);
                let strips = &mut block[i * depth..];
                copy_columns(columns, [depth, many], S::TILE_ROWS, S::TILE_ROWS, strips);
                i += many;
            }
        }
        while i < rows {
            let height = tile_rows::<S>(rows - i);
            let (a, strip) = (a.part(i, 0), &mut block[i * depth..][..height * depth]);
            match height {
                8 if S::TILE_ROWS == 8 => copy_strip::<T, 8>(a, strip),
                6 if S::TILE_ROWS == 6 => copy_strip::<T, 6>(a, strip),
                4 => copy_strip::<T, 4>(a, strip),
                3 => copy_strip::<T, 3>(a, strip),
                2 => copy_strip::<T, 2>(a, strip),
                _ => copy_strip::<T, 1>(a, strip),
            }
            i += height;
        }
    }
}

/// Copies a group of panels of B.
struct CopyPanels<'a, T> {
    b: Matrix<'a, T>,
    columns: usize,
    depth: usize,
    group: &'a mut [T],
}

impl<T: Real> Task for CopyPanels<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { b, columns, depth, group } = self;
        let row = 2 * T::Vector::<S>::LANES;
        if b.column == 1 {
            let whole = columns / row * row;
            copy_columns(b, [depth, whole], row, row, group);
            let rest = columns - whole;
            if rest > 0 {
                copy_columns(
                    b.part(0, whole),
                    [depth, rest],
                    rest,
                    row,
                    &mut group[whole * depth..],
                );
            }
        } else {
            for (p, panel) in group.chunks_exact_mut((depth * row).max(1)).enumerate() {
                let width = row.min(columns - p * row);
                let columns = Matrix { row: b.column, column: 1, ..b.part(0, p * row) };
                Transpose { a: columns, shape: [width, depth], transposed: panel, row }.run::<S>();
            }
        }
    }
}

/// Copies some columns in panels of `width` columns, one after the other. In them, a row lies `row` numbers from the next.
#[inline(always)]
fn copy_columns<T: Real>(
    from: Matrix<T>,
    [depth, columns]: [usize; 2],
    width: usize,
    row: usize,
    panels: &mut [T],
) {
    let ahead = ROWS_AHEAD * from.row;
    for l in 0..depth {
        let from = &from.numbers[l * from.row..][..columns];
        prefetch(from.as_ptr().wrapping_add(ahead), columns);
        for (p, from) in from.chunks_exact(width).enumerate() {
            panels[(p * depth + l) * row..][..width].copy_from_slice(from);
        }
    }
}

/// Copies M rows of A so that those of one k lie beside each other.
#[inline(always)]
fn copy_strip<T: Real, const M: usize>(a: Matrix<T>, strip: &mut [T]) {
    if a.row == 1 {
        for (l, to) in strip.chunks_exact_mut(M).enumerate() {
            to.copy_from_slice(&a.numbers[l * a.column..][..M]);
        }
    } else {
        let depth = strip.len() / M;
        let rows: [&[T]; M] = std::array::from_fn(|r| &a.numbers[r * a.row..][..depth]);
        for (l, to) in strip.chunks_exact_mut(M).enumerate() {
            for (to, row) in to.iter_mut().zip(rows) {
                *to = row[l];
            }
        }
    }
}
