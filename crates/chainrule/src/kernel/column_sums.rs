//! The sums of a matrix's columns: the gradient of a bias.

use super::{Simd, Task, Vector, run};
use crate::Real;

/// Writes the sum of each column of `a` [rows × columns], from the first row to the last.
pub(crate) fn column_sums<T: Real>(a: &[T], sums: &mut [T]) {
    sums.fill(T::zero());
    add_column_sums(a, sums);
}

/// Adds the sum of each column of `a` [rows × columns] to `sums`, from the first row to the last.
pub(crate) fn add_column_sums<T: Real>(a: &[T], sums: &mut [T]) {
    run(ColumnSums { a, sums });
}

struct ColumnSums<'a, T> {
    a: &'a [T],
    sums: &'a mut [T],
}

impl<T: Real> Task for ColumnSums<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(mut self) {
        let lanes = T::Vector::<S>::LANES;
        let (n, mut j) = (self.sums.len(), 0);
        while j + 4 * lanes <= n {
            self.columns::<S, 4>(j);
            j += 4 * lanes;
        }
        while j + lanes <= n {
            self.columns::<S, 1>(j);
            j += lanes;
        }
        for j in j..n {
            for row in self.a.chunks_exact(n) {
                self.sums[j] += row[j];
            }
        }
    }

    fn plainly(self) {
        for row in self.a.chunks_exact(self.sums.len().max(1)) {
            for (sum, &a) in self.sums.iter_mut().zip(row) {
                *sum += a;
            }
        }
    }
}

impl<T: Real> ColumnSums<'_, T> {
    /// V vectors of columns from `j` on, which stay in registers.
    #[inline(always)]
    fn columns<S: Simd, const V: usize>(&mut self, j: usize) {
        let lanes = T::Vector::<S>::LANES;
        let n = self.sums.len();
        let columns = self.sums[j..][..V * lanes].as_mut_ptr();
        let mut sums = [T::Vector::<S>::splat(T::zero()); V];
        for (v, sum) in sums.iter_mut().enumerate() {
            // SAFETY: V vectors of `sums` lie there.
            *sum = unsafe { Vector::load(columns.add(v * lanes)) };
        }
        for row in self.a.chunks_exact(n) {
            let row = row[j..][..V * lanes].as_ptr();
            for (v, sum) in sums.iter_mut().enumerate() {
                // SAFETY: V vectors of the row lie there.
                *sum = sum.add(unsafe { Vector::load(row.add(v * lanes)) });
            }
        }
        for (v, sum) in sums.into_iter().enumerate() {
            // SAFETY: as above.
            unsafe { sum.store(columns.add(v * lanes)) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, run_with};
    use super::*;
    use crate::random::{Purpose, Random};

    #[test]
    fn column_sums_have_the_bits_of_the_reference() {
        let mut random = Random::new(6, Purpose::Checking);
        for set in InstructionSet::available() {
            for columns in 0..80 {
                let mut numbers =
                    |n| -> Vec<f32> { (0..n).map(|_| random.uniform(-1.0, 1.0)).collect() };
                let a = numbers(7 * columns);
                let mut expected = numbers(columns);
                let mut sums = expected.clone();
                ColumnSums { a: &a, sums: &mut expected }.plainly();
                run_with(set, ColumnSums { a: &a, sums: &mut sums });
                assert_eq!(sums, expected, "{set:?} {columns} columns");
            }
        }
    }
}
