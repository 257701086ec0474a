//! The products in their plainest form, and with the very bits of the fast ones.
//!
//! `CHAINRULE_KERNEL=reference` runs whole trainings with these loops; the tests compare each kernel with them.

use super::{
    dots::LANE_BYTES,
    product::{Cells, Matrix, Start},
};
use crate::Real;

/// C = (start) + A·B for A [m × k], B [k × n] and C [m × n].
///
/// # Safety
///
/// C has so many elements, and they are the caller's alone.
pub(super) unsafe fn product<T: Real>(
    a: Matrix<T>,
    b: Matrix<T>,
    start: Start<T>,
    c: Cells<T>,
    [m, k, n]: [usize; 3],
) {
    for i in 0..m {
        for j in 0..n {
            // SAFETY: as asked for.
            let c = unsafe { &mut *c.part(i, j).first };
            let mut sum = match start {
                Start::Zero => T::zero(),
                Start::Bias(bias) => bias[j],
                Start::C => *c,
            };
            for l in 0..k {
                sum = a.at(i, l).mul_add(b.at(l, j), sum);
            }
            *c = sum;
        }
    }
}

/// Σ a b in chains, one for each of the numbers that fill [`LANE_BYTES`]; then the upper half of the sums is added to the
/// lower one until one is left.
pub(super) fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let lanes = LANE_BYTES / size_of::<T>();
    let mut sums = [T::zero(); LANE_BYTES / 4];
    for (l, (&a, &b)) in a.iter().zip(b).enumerate() {
        sums[l % lanes] = a.mul_add(b, sums[l % lanes]);
    }
    let mut half = lanes / 2;
    while half > 0 {
        for q in 0..half {
            sums[q] += sums[q + half];
        }
        half /= 2;
    }
    sums[0]
}

/// Aᵀ of A [rows × columns], whose rows lie `row` apart.
pub(super) fn transpose<T: Real>(
    a: Matrix<T>,
    [rows, columns]: [usize; 2],
    t: &mut [T],
    row: usize,
) {
    for i in 0..rows {
        for j in 0..columns {
            t[j * row + i] = a.at(i, j);
        }
    }
}
