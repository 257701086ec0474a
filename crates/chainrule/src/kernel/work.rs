//! What the kernels do, and how it is divided for threads.
//!
//! Large [`Work`] is cut into pieces for the members of a [team](super::team). Each number that is computed is one piece's
//! alone and has the same chain of operations in each of them, so that the bits do not depend on the cuts, nor on who does
//! which piece.

use super::team::share_with_team;
use std::{
    marker::PhantomData,
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

/// What a kernel has to do. It is done once, [now](Work::now) or [together] with other work.
pub(crate) trait Work: Sync {
    /// How much it is.
    fn extent(&self) -> Extent;

    /// Does these ranges of it, which nobody else does, one after the other.
    fn turns(&self, turns: Turns);

    /// Does it: shared by the members of the team that this thread has joined, if there is so much of it, or all at once.
    #[inline]
    fn now(self)
    where
        Self: Sized,
    {
        let extent = self.extent();
        if !share_with_team(extent.operations, [&self]) {
            self.turns(Turns::all(0..extent.count));
        }
    }
}

/// 0..count, to be divided at multiples of `grain`, and the multiply–adds of it all.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    pub(super) count: usize,
    pub(super) grain: usize,
    pub(super) operations: usize,
}

impl Extent {
    pub(super) fn grains(&self) -> usize {
        self.count.div_ceil(self.grain)
    }
}

/// Work that there may be.
impl<W: Work> Work for Option<W> {
    fn extent(&self) -> Extent {
        let nothing = Extent { count: 0, grain: 1, operations: 0 };
        self.as_ref().map_or(nothing, Work::extent)
    }

    fn turns(&self, turns: Turns) {
        if let Some(work) = self {
            work.turns(turns);
        }
    }
}

/// Does work of which none needs what another one writes: the members of the team wait for each other once, when they have
/// done all of it.
pub(crate) fn together<const N: usize>(works: [&mut dyn Work; N]) {
    let works: [&dyn Work; N] = works.map(|work| &*work);
    let extents = works.map(Work::extent);
    if !share_with_team(extents.iter().map(|extent| extent.operations).sum(), works) {
        for (work, extent) in works.iter().zip(extents) {
            work.turns(Turns::all(0..extent.count));
        }
    }
}

/// A loop over ranges.
pub(super) struct Loop<F> {
    pub(super) extent: Extent,
    pub(super) work: F,
}

impl<F: Fn(Range<usize>) + Sync> Work for Loop<F> {
    #[inline]
    fn extent(&self) -> Extent {
        self.extent
    }

    #[inline]
    fn turns(&self, turns: Turns) {
        turns.for_each(&self.work);
    }
}

/// Does the work of 0..count in ranges that start at multiples of `grain`, now.
#[inline]
pub(super) fn in_parts(
    count: usize,
    grain: usize,
    operations: usize,
    work: impl Fn(Range<usize>) + Sync,
) {
    Loop { extent: Extent { count, grain, operations }, work }.now();
}

/// The work, in multiply–adds of one lane of a vector, below which a part is not worth another thread: some
/// microseconds.
pub(super) const LEAST_WORK: usize = 128 << 10;

/// What a number costs that is only read or written, in multiply–adds: it comes from memory.
pub(super) const OPERATIONS: usize = 8;

/// The ranges of one member.
pub(crate) struct Turns<'a> {
    /// The next one, or none.
    next: Range<usize>,
    shares: Option<&'a Shares>,
}

/// How some work is divided.
///
/// Some members may be slower than others, because their processor is a small one or has something else to do as well. So
/// only three quarters of the work are divided evenly. Of the rest, whoever is done takes an even share of what is left
/// then, again and again. Work that is too little for everybody is all rest.
pub(super) struct Shares {
    extent: Extent,
    /// Members.
    parts: usize,
    /// The grains that each of them has from the start.
    even: usize,
    /// The grains of a range of the rest, at least.
    least: usize,
    /// Grains that are somebody's already.
    taken: AtomicUsize,
}

impl Turns<'_> {
    /// All at once.
    pub(super) fn all(range: Range<usize>) -> Self {
        Self { next: range, shares: None }
    }
}

impl Iterator for Turns<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        if self.next.is_empty() {
            self.next = self.shares?.take();
        }
        let next = std::mem::take(&mut self.next);
        (!next.is_empty()).then_some(next)
    }
}

impl Shares {
    pub(super) fn new(extent: Extent, parts: usize) -> Self {
        let grains = extent.grains();
        let is_enough = extent.operations / LEAST_WORK >= parts;
        let even = if is_enough { (grains * 3 / 4 / parts).max(1) } else { 0 };
        let least = (LEAST_WORK / 2).saturating_mul(grains) / extent.operations.max(1);
        Self { extent, parts, even, least, taken: AtomicUsize::new(even * parts) }
    }

    /// The ranges of this member.
    pub(super) fn turns(&self, part: usize) -> Turns<'_> {
        Turns { next: self.range(part * self.even, self.even), shares: Some(self) }
    }

    /// So many grains.
    fn range(&self, first: usize, grains: usize) -> Range<usize> {
        let Extent { count, grain, .. } = self.extent;
        let start = count.min(first * grain);
        start..count.min(start + grains * grain)
    }

    fn take(&self) -> Range<usize> {
        let left = self.extent.grains().saturating_sub(self.taken.load(SeqCst));
        let size = (left / self.parts).max(self.least).max(1);
        self.range(self.taken.fetch_add(size, SeqCst), size)
    }
}

/// A slice that several threads write to, each in places of its own.
pub(crate) struct Apart<'a, T> {
    start: *mut T,
    length: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: whoever takes a range promises that no other thread takes a part of it.
unsafe impl<T: Send> Sync for Apart<'_, T> {}

impl<'a, T> Apart<'a, T> {
    pub(super) fn new(slice: &'a mut [T]) -> Self {
        Self { start: slice.as_mut_ptr(), length: slice.len(), slice: PhantomData }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// A part of the slice.
    ///
    /// # Safety
    ///
    /// As long as it is used, nobody takes another one that overlaps it.
    #[allow(clippy::mut_from_ref, reason = "the ranges are apart")]
    pub(super) unsafe fn range(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.length);
        // SAFETY: the range lies in the slice, and the caller has it alone.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(range.start), range.len()) }
    }
}
