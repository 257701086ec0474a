//! The kernels in their plainest form: what the fast ones are tested against.

use crate::Real;

/// C = A·B (+ C): `a` is [m × k], `b` [k × n], `c` [m × n], all row by row.
pub(crate) fn product<T: Real>(a: &[T], b: &[T], c: &mut [T], [m, k, n]: [usize; 3]) {
    for i in 0..m {
        for j in 0..n {
            for l in 0..k {
                c[i * n + j] += a[i * k + l] * b[l * n + j];
            }
        }
    }
}

/// Aᵀ of `a` [rows × columns].
pub(crate) fn transpose<T: Real>(a: &[T], rows: usize, columns: usize) -> Vec<T> {
    let mut t = vec![T::zero(); rows * columns];
    for i in 0..rows {
        for j in 0..columns {
            t[j * rows + i] = a[i * columns + j];
        }
    }
    t
}
