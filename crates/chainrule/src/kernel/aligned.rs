//! Numbers that begin where a line of the cache does.

use super::dots::LANE_BYTES;
use crate::Real;
use std::{
    fmt,
    ops::{Deref, DerefMut},
};

/// A slice of numbers of its own, whose vectors lie in one line of the cache each and not across two.
pub struct Aligned<T> {
    /// With some more in front and behind.
    numbers: Vec<T>,
    start: usize,
    count: usize,
}

impl<T: Real> Aligned<T> {
    /// So many zeros.
    pub fn zeros(count: usize) -> Self {
        let numbers = vec![T::zero(); count + LANE_BYTES / size_of::<T>()];
        Self { start: start(&numbers, count), numbers, count }
    }
}

/// Where a line begins.
fn start<T>(numbers: &[T], count: usize) -> usize {
    numbers.as_ptr().align_offset(LANE_BYTES).min(numbers.len() - count)
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.numbers[self.start..self.start + self.count]
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.numbers[self.start..self.start + self.count]
    }
}

impl<T: Clone> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let numbers = self.numbers.clone();
        let mut clone = Self { start: start(&numbers, self.count), numbers, count: self.count };
        clone.clone_from_slice(self);
        clone
    }
}

impl<T: fmt::Debug> fmt::Debug for Aligned<T> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Aligned<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_at_a_line() {
        for count in [0, 1, 7, 100, 100_000] {
            let mut numbers = Aligned::<f32>::zeros(count);
            assert_eq!(numbers.len(), count);
            numbers.fill(2.0);
            let clone = numbers.clone();
            assert_eq!(clone, numbers);
            // Miri moves addresses where nothing can be aligned.
            if !cfg!(miri) {
                assert_eq!(clone.as_ptr().addr() % LANE_BYTES, 0);
                assert_eq!(numbers.as_ptr().addr() % LANE_BYTES, 0);
            }
        }
    }
}
