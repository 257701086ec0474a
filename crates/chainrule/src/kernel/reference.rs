//! The products in their plainest form, and with the very bits of the fast ones.
//!
//! `CHAINRULE_KERNEL=reference` runs whole trainings with these loops; the tests compare each kernel with them.

use super::{
    dots::LANE_BYTES,
    product::{Start, Strides},
};
use crate::Real;

/// C = (start) + A·B for `a` [m × k] of these strides, `b` [k × n] and `c` [m × n].
pub(super) fn product<T: Real>(
    a: &[T],
    strides: Strides,
    b: &[T],
    start: Start<T>,
    c: &mut [T],
    [m, k, n]: [usize; 3],
) {
    for i in 0..m {
        for j in 0..n {
            let mut sum = match start {
                Start::Bias(bias) => bias.map_or(T::zero(), |bias| bias[j]),
                Start::Accumulate => c[i * n + j],
            };
            for l in 0..k {
                sum = a[i * strides.row + l * strides.column].mul_add(b[l * n + j], sum);
            }
            c[i * n + j] = sum;
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

/// Aᵀ of `a` [rows × columns], whose rows lie `stride` apart.
pub(super) fn transpose<T: Real>(a: &[T], stride: usize, rows: usize, columns: usize, t: &mut [T]) {
    for i in 0..rows {
        for j in 0..columns {
            t[j * rows + i] = a[i * stride + j];
        }
    }
}
