//! What will be read soon, on its way before it is read.
//!
//! By itself the machine foresees the neighbours of what is read. A short row that lies far from the one before ends
//! before it has done so.

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
