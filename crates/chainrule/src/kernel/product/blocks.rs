//! Products block by block, so that what is read again is still in the caches.

use super::{
    Part, Start, Tiled,
    packing::{self, Panels, Room, Strips},
    tile::Tiles,
};
use crate::{
    Real,
    kernel::{Simd, Task, Vector, prefetch::Soon},
};
use std::ops::Range;

/// What the threads divide. It is an axis of C.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Cut {
    Rows,
    Columns,
}

/// The parts of the product that one thread computes.
pub(super) struct InTurns<'a, 'r, T, Turns> {
    pub(super) blocks: Blocks<'a, 'r, T>,
    pub(super) cut: Cut,
    /// Ranges of what is cut.
    pub(super) turns: Turns,
}

impl<T: Real, Turns: Iterator<Item = Range<usize>>> Task for InTurns<'_, '_, T, Turns> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { mut blocks, cut, turns } = self;
        blocks.product.check();
        let [m, _, n] = blocks.product.shape;
        for turn in turns {
            match cut {
                Cut::Rows => blocks.rectangle::<S>(turn, 0..n, cut),
                Cut::Columns => blocks.rectangle::<S>(0..m, turn, cut),
            }
        }
    }

    fn plainly(self) {
        for turn in self.turns {
            self.blocks.product.turn(self.cut, turn).plainly();
        }
    }
}

/// A range in pieces of this size; the last one may be smaller.
#[inline(always)]
fn chunks(range: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    range.clone().step_by(size).map(move |start| start..range.end.min(start + size))
}

/// The product, block by block.
pub(super) struct Blocks<'a, 'r, T> {
    pub(super) product: Tiled<'a, T>,
    /// For what is packed.
    pub(super) room: Option<&'r mut Room>,
}

/// Rows and columns of C, and the k that are added to them.
struct Block {
    rows: Range<usize>,
    columns: Range<usize>,
    depth: Range<usize>,
    /// The k whose panels are copied after this block, if there are any.
    next_depth: Range<usize>,
}

impl<T: Real> Blocks<'_, '_, T> {
    /// These rows and columns of C. The panels of the one before are still good if it is cut across the rows and they are
    /// all there.
    #[inline(always)]
    fn rectangle<S: Simd>(&mut self, rows: Range<usize>, columns: Range<usize>, cut: Cut) {
        let [_, k, n] = self.product.shape;
        let ((depth, blocks), width) = (packing::block_depth(k), packing::kept_columns::<T>());
        let are_good = cut == Cut::Rows && blocks == 1 && n <= width;
        let depths = |block: usize| k.min(block * depth)..k.min((block + 1) * depth);
        for columns in chunks(columns, width) {
            for block in 0..blocks {
                if let Some(room) = &mut self.room
                    && !are_good
                {
                    room.forget_panels();
                }
                let height = packing::block_rows::<T>(rows.len(), depths(block).len());
                for some in chunks(rows.clone(), height) {
                    let next_depth = if some.end == rows.end { depths(block + 1) } else { k..k };
                    let (columns, depth) = (columns.clone(), depths(block));
                    self.block::<S>(Block { rows: some, columns, depth, next_depth });
                }
            }
        }
    }

    #[inline(always)]
    fn block<S: Simd>(&mut self, block: Block) {
        let Tiled { a, b, start, c, part, packing, .. } = self.product;
        let Block { rows, columns, depth, .. } = &block;
        let (a, b) = (a.part(rows.start, depth.start), b.part(depth.start, columns.start));
        let start = if depth.start == 0 { start.part(columns.start) } else { Start::C };
        let c = c.part(rows.start, columns.start);
        let (height, depth) = (rows.len(), depth.len());
        let strips = match &mut self.room {
            Some(room) if packing.a.is_some_and(|least| columns.len() >= least) => {
                room.strips::<S, T>(a, height, depth)
            }
            _ => Strips::in_place(a),
        };
        let tiles = Tiles { strips, height, depth, start, c };
        // From here on columns are counted from the block's first one.
        for group in chunks(0..columns.len(), packing::group_columns::<T>()) {
            // How many rows are wanted of columns that end there.
            let wanted = |end: usize| match part {
                Part::All => height,
                Part::Upper => rows.end.min(columns.start + end).saturating_sub(rows.start),
            };
            if wanted(group.end) == 0 {
                continue;
            }
            let (panels, soon) = match &mut self.room {
                Some(room) if packing.b => {
                    let panels = room.panels::<S, T>(b, depth, group.clone());
                    (panels, self.copied_next(&block, group.end))
                }
                _ => (Panels::in_place::<S>(b.part(0, group.start)), Soon::nothing()),
            };
            let width = 2 * T::Vector::<S>::LANES;
            let count = group.len().div_ceil(width);
            for (p, columns) in chunks(group, width).enumerate() {
                let soon = soon.part(p, count);
                // SAFETY: see `run`.
                unsafe { tiles.all::<S>(wanted(columns.end), panels.panel(p), columns, soon) };
            }
        }
    }

    /// What is copied after the group of panels that ends with this one of the block's columns.
    #[inline(always)]
    fn copied_next(&self, block: &Block, end: usize) -> Soon<T> {
        let Block { columns, depth, next_depth, .. } = block;
        let b = self.product.b;
        let width = packing::group_columns::<T>().min(columns.len());
        let beside = end..columns.len().min(end + width);
        if beside.is_empty() {
            Soon::new(b.part(next_depth.start, columns.start), next_depth.len(), width)
        } else if self.room.as_ref().is_some_and(|room| room.keeps(beside.end)) {
            Soon::nothing()
        } else {
            Soon::new(b.part(depth.start, columns.start + end), depth.len(), beside.len())
        }
    }
}
