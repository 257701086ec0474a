//! The sums of a matrix's columns: the gradient of a bias.

use super::{
    Simd, Task, Vector, run,
    work::{Apart, Extent, OPERATIONS, Turns, Work},
};
use crate::Real;

/// Writes the sum of each column of `a` [rows × columns], from the first row to the last.
pub(crate) fn column_sums<'a, T: Real>(a: &'a [T], sums: &'a mut [T]) -> ColumnSums<'a, T> {
    ColumnSums { a, sums: Apart::new(sums), adds: false }
}

/// Adds the sum of each column of `a` [rows × columns] to `sums`, from the first row to the last.
pub(crate) fn add_column_sums<'a, T: Real>(a: &'a [T], sums: &'a mut [T]) -> ColumnSums<'a, T> {
    ColumnSums { a, sums: Apart::new(sums), adds: true }
}

/// Sums that are to be computed.
#[must_use]
pub(crate) struct ColumnSums<'a, T> {
    a: &'a [T],
    sums: Apart<'a, T>,
    /// To what is there already.
    adds: bool,
}

impl<T: Real> Work for ColumnSums<'_, T> {
    fn extent(&self) -> Extent {
        let operations = self.a.len() * OPERATIONS;
        Extent { count: self.sums.len(), grain: GRAIN, operations }
    }

    fn turns(&self, turns: Turns) {
        for columns in turns {
            let (n, first) = (self.sums.len(), columns.start);
            // SAFETY: the turns are apart.
            let sums = unsafe { self.sums.range(columns) };
            if !self.adds {
                sums.fill(T::zero());
            }
            run(SomeSums { a: self.a, n, first, sums });
        }
    }
}

/// Parts begin at whole vectors of the columns that are summed together.
const GRAIN: usize = 64;

/// The sums of some columns of a matrix of n.
struct SomeSums<'a, T> {
    a: &'a [T],
    n: usize,
    first: usize,
    sums: &'a mut [T],
}

impl<T: Real> Task for SomeSums<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(mut self) {
        let lanes = T::Vector::<S>::LANES;
        let (columns, mut j) = (self.sums.len(), 0);
        while j + 4 * lanes <= columns {
            self.columns::<S, 4>(j);
            j += 4 * lanes;
        }
        while j + lanes <= columns {
            self.columns::<S, 1>(j);
            j += lanes;
        }
        for j in j..columns {
            for row in self.a.chunks_exact(self.n) {
                self.sums[j] += row[self.first + j];
            }
        }
    }

    fn plainly(self) {
        for row in self.a.chunks_exact(self.n.max(1)) {
            for (sum, &a) in self.sums.iter_mut().zip(&row[self.first..]) {
                *sum += a;
            }
        }
    }
}

impl<T: Real> SomeSums<'_, T> {
    /// V vectors of columns from `j` on, which stay in registers.
    #[inline(always)]
    fn columns<S: Simd, const V: usize>(&mut self, j: usize) {
        let lanes = T::Vector::<S>::LANES;
        let columns = self.sums[j..][..V * lanes].as_mut_ptr();
        let mut sums = [T::Vector::<S>::splat(T::zero()); V];
        for (v, sum) in sums.iter_mut().enumerate() {
            // SAFETY: V vectors of `sums` lie there.
            *sum = unsafe { Vector::load(columns.add(v * lanes)) };
        }
        for row in self.a.chunks_exact(self.n) {
            let row = row[self.first + j..][..V * lanes].as_ptr();
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
                let all = |sums| SomeSums { a: &a, n: columns, first: 0, sums };
                all(&mut expected).plainly();
                run_with(set, all(&mut sums));
                assert_eq!(sums, expected, "{set:?} {columns} columns");
                // Some of them.
                let (first, end) = (columns / 3, columns - columns / 4);
                let mut some = numbers(end - first);
                let mut expected: Vec<f32> = some.clone();
                let part = |sums| SomeSums { a: &a, n: columns, first, sums };
                part(&mut expected).plainly();
                run_with(set, part(&mut some));
                assert_eq!(some, expected, "{set:?} {first}..{end} of {columns} columns");
            }
        }
    }
}
