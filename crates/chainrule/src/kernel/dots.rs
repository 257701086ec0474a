//! The product of a matrix with a vector.

use super::{
    Simd, Task, Vector, multiply_add, reference, run,
    work::{Apart, Extent, OPERATIONS, Turns, Work},
};
use crate::Real;

/// cᵢ = bias + Σ a(i, l) b(l) for `a` [m × k], `b` of k numbers and `c` of m.
pub(crate) struct Dots<'a, T> {
    a: &'a [T],
    b: &'a [T],
    bias: T,
    c: Apart<'a, T>,
}

impl<'a, T: Real> Dots<'a, T> {
    #[inline]
    pub(super) fn new(a: &'a [T], b: &'a [T], bias: T, c: &'a mut [T]) -> Self {
        Self { a, b, bias, c: Apart::new(c) }
    }
}

impl<T: Real> Work for Dots<'_, T> {
    #[inline]
    fn extent(&self) -> Extent {
        let operations = self.a.len() * OPERATIONS;
        Extent { count: self.c.len(), grain: GRAIN, operations }
    }

    #[inline]
    fn turns(&self, turns: Turns) {
        let Self { a, b, bias, ref c } = *self;
        for rows in turns {
            let a = &a[rows.start * b.len()..rows.end * b.len()];
            // SAFETY: the turns are apart.
            run(SomeDots { a, b, bias, c: unsafe { c.range(rows) } });
        }
    }
}

/// Parts begin at whole lines of the cache, and where rows that are done together begin.
const GRAIN: usize = 16;

/// A product with a vector is summed in as many chains as numbers fill this.
pub(super) const LANE_BYTES: usize = 64;

/// A single chain would wait for each of its additions. So there are Q = 16 chains of f32, 8 of f64: number q has the l
/// with l mod Q = q, in ascending order. Then the upper half of the sums is added to the lower one until one is left.
struct SomeDots<'a, T> {
    a: &'a [T],
    b: &'a [T],
    bias: T,
    c: &'a mut [T],
}

impl<T: Real> Task for SomeDots<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(mut self) {
        match LANE_BYTES / size_of::<T>() {
            16 => self.all_rows::<S, 16>(),
            _ => self.all_rows::<S, 8>(),
        }
    }

    fn plainly(self) {
        for (i, c) in self.c.iter_mut().enumerate() {
            let k = self.b.len();
            *c = self.bias + reference::dot(&self.a[i * k..][..k], self.b);
        }
    }
}

impl<T: Real> SomeDots<'_, T> {
    #[inline(always)]
    fn all_rows<S: Simd, const Q: usize>(&mut self) {
        let (m, mut i) = (self.c.len(), 0);
        while i + 4 <= m {
            self.rows::<S, 4, Q>(i);
            i += 4;
        }
        while i < m {
            self.rows::<S, 1, Q>(i);
            i += 1;
        }
    }

    #[inline(always)]
    fn rows<S: Simd, const M: usize, const Q: usize>(&mut self, i: usize) {
        let k = self.b.len();
        let a: [&[T]; M] = std::array::from_fn(|r| &self.a[(i + r) * k..][..k]);
        let mut sums = [[T::zero(); Q]; M];
        let whole = k / Q * Q;
        for l in (0..whole).step_by(Q) {
            let b: [T; Q] = array(&self.b[l..]);
            for (sums, a) in sums.iter_mut().zip(a) {
                let a: [T; Q] = array(&a[l..]);
                for q in 0..Q {
                    sums[q] = multiply_add::<S, T>(a[q], b[q], sums[q]);
                }
            }
        }
        for l in whole..k {
            for (sums, a) in sums.iter_mut().zip(a) {
                sums[l - whole] = multiply_add::<S, T>(a[l], self.b[l], sums[l - whole]);
            }
        }
        for (c, sums) in self.c[i..].iter_mut().zip(sums) {
            *c = self.bias + sums.folded();
        }
    }
}

/// The first N numbers of a slice, by value.
#[inline(always)]
fn array<T: Real, const N: usize>(slice: &[T]) -> [T; N] {
    let mut array = [T::zero(); N];
    array.copy_from_slice(&slice[..N]);
    array
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, run_with};
    use super::*;
    use crate::random::{Purpose, Random};

    /// The very bits of the reference where multiply–adds are fused, nearly the same numbers elsewhere.
    fn agrees_with_the_reference<T: Real>(tolerance: f64) {
        let mut random = Random::new(7, Purpose::Checking);
        let mut numbers =
            |n| -> Vec<T> { (0..n).map(|_| random.uniform(-T::one(), T::one())).collect() };
        for set in InstructionSet::available() {
            for (m, k) in [(1, 1), (3, 7), (4, 16), (9, 17), (5, 100), (13, 600)] {
                let (a, b) = (numbers(m * k), numbers(k));
                let (mut expected, mut c) = (vec![T::zero(); m], vec![T::nan(); m]);
                SomeDots { a: &a, b: &b, bias: T::one(), c: &mut expected }.plainly();
                run_with(set, SomeDots { a: &a, b: &b, bias: T::one(), c: &mut c });
                if set.is_fused() {
                    assert_eq!(expected, c, "{set:?} {m}×{k}");
                }
                for (e, c) in expected.iter().zip(&c) {
                    assert!((*e - *c).abs().f64() < tolerance, "{set:?} {m}×{k}");
                }
            }
        }
    }

    #[test]
    fn dots_agree_with_the_reference() {
        agrees_with_the_reference::<f32>(1e-5);
        agrees_with_the_reference::<f64>(1e-13);
    }
}
