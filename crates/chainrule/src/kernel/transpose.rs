//! Transposition.

use super::{
    Simd, Task,
    product::Matrix,
    reference, run,
    work::{Apart, OPERATIONS, in_parts},
};
use crate::Real;

/// Writes Aᵀ [columns × rows] of `a` [rows × columns].
pub(crate) fn transpose<T: Real>(a: &[T], rows: usize, columns: usize, transposed: &mut [T]) {
    let transposed = Apart::new(&mut transposed[..rows * columns]);
    // In parts that are some columns of A, which are whole rows of the result.
    in_parts(columns, 8, rows * columns * OPERATIONS, |part| {
        let a = Matrix::new(a, columns).part(0, part.start);
        // SAFETY: the parts are apart.
        let transposed = unsafe { transposed.range(part.start * rows..part.end * rows) };
        run(Transpose { a, shape: [rows, part.len()], transposed, row: rows });
    });
}

/// Aᵀ of a matrix that lies row by row.
pub(super) struct Transpose<'a, T> {
    pub(super) a: Matrix<'a, T>,
    /// Rows and columns of A.
    pub(super) shape: [usize; 2],
    pub(super) transposed: &'a mut [T],
    /// From one row of the result to the next.
    pub(super) row: usize,
}

impl<T: Real> Task for Transpose<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        // What is read and what is written lie in few lines of the cache.
        const BLOCK: usize = 8;
        let Self { a, shape: [rows, columns], transposed, row } = self;
        let (whole_rows, whole_columns) = (rows / BLOCK * BLOCK, columns / BLOCK * BLOCK);
        for j in (0..whole_columns).step_by(BLOCK) {
            for i in (0..whole_rows).step_by(BLOCK) {
                let (from, to) = (a.part(i, j).numbers, &mut transposed[j * row + i..]);
                if !S::transpose_block(from, a.row, to, row) {
                    for c in 0..BLOCK {
                        for r in 0..BLOCK {
                            to[c * row + r] = from[r * a.row + c];
                        }
                    }
                }
            }
        }
        for i in 0..rows {
            let done = if i < whole_rows { whole_columns } else { 0 };
            for j in done..columns {
                transposed[j * row + i] = a.at(i, j);
            }
        }
    }

    fn plainly(self) {
        reference::transpose(self.a, self.shape, self.transposed, self.row);
    }
}

/// Transposes a block of 8 × 8 numbers with 256-bit vectors; false for numbers that it is not written for. The rows lie
/// `stride` numbers apart.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn transpose_block_avx2<T: Real>(
    from: &[T],
    stride: usize,
    to: &mut [T],
    to_stride: usize,
) -> bool {
    assert!(from.len() >= 7 * stride + 8 && to.len() >= 7 * to_stride + 8);
    match T::NAME {
        // SAFETY: T is f32, the slices hold all that is read and written, and whoever calls this has AVX2.
        "f32" => unsafe {
            block_f32(from.as_ptr().cast(), stride, to.as_mut_ptr().cast(), to_stride)
        },
        // SAFETY: T is f64; otherwise as above, for each of four quarters.
        _ => unsafe {
            for (i, j) in [(0, 0), (0, 4), (4, 0), (4, 4)] {
                let from = from.as_ptr().cast::<f64>().add(i * stride + j);
                let to = to.as_mut_ptr().cast::<f64>().add(j * to_stride + i);
                block_f64(from, stride, to, to_stride);
            }
        },
    }
    true
}

/// Three exchanges: of single numbers, of pairs, of halves.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn block_f32(from: *const f32, stride: usize, to: *mut f32, to_stride: usize) {
    use std::arch::x86_64::*;
    // SAFETY: the caller's slices hold eight rows of eight numbers.
    let row: [__m256; 8] =
        std::array::from_fn(|r| unsafe { _mm256_loadu_ps(from.add(r * stride)) });
    let pairs: [__m256; 8] = std::array::from_fn(|r| {
        let (a, b) = (row[r & !1], row[r | 1]);
        if r & 1 == 0 { _mm256_unpacklo_ps(a, b) } else { _mm256_unpackhi_ps(a, b) }
    });
    let quads: [__m256; 8] = std::array::from_fn(|r| {
        let base = r & 4;
        let (a, b) = (pairs[base + (r >> 1 & 1)], pairs[base + 2 + (r >> 1 & 1)]);
        if r & 1 == 0 { _mm256_shuffle_ps::<0x44>(a, b) } else { _mm256_shuffle_ps::<0xee>(a, b) }
    });
    for c in 0..8 {
        let (a, b) = (quads[c & 3], quads[4 + (c & 3)]);
        let column = if c < 4 {
            _mm256_permute2f128_ps::<0x20>(a, b)
        } else {
            _mm256_permute2f128_ps::<0x31>(a, b)
        };
        // SAFETY: the caller's slices hold eight columns of eight numbers.
        unsafe { _mm256_storeu_ps(to.add(c * to_stride), column) };
    }
}

/// Two exchanges: of single numbers, of halves.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn block_f64(from: *const f64, stride: usize, to: *mut f64, to_stride: usize) {
    use std::arch::x86_64::*;
    // SAFETY: the caller's slices hold four rows of four numbers.
    let row: [__m256d; 4] =
        std::array::from_fn(|r| unsafe { _mm256_loadu_pd(from.add(r * stride)) });
    let pairs: [__m256d; 4] = std::array::from_fn(|r| {
        let (a, b) = (row[r & !1], row[r | 1]);
        if r & 1 == 0 { _mm256_unpacklo_pd(a, b) } else { _mm256_unpackhi_pd(a, b) }
    });
    for c in 0..4 {
        let (a, b) = (pairs[c & 1], pairs[2 + (c & 1)]);
        let column = if c < 2 {
            _mm256_permute2f128_pd::<0x20>(a, b)
        } else {
            _mm256_permute2f128_pd::<0x31>(a, b)
        };
        // SAFETY: the caller's slices hold four columns of four numbers.
        unsafe { _mm256_storeu_pd(to.add(c * to_stride), column) };
    }
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, run_with};
    use super::*;

    fn agrees_with_the_reference<T: Real>() {
        for set in InstructionSet::available() {
            for rows in 0..20 {
                for columns in 0..35 {
                    let a: Vec<T> = (0..rows * columns).map(|i| T::of(i as f64)).collect();
                    let (mut transposed, mut expected) = (vec![T::nan(); a.len()], a.clone());
                    let (a, shape) = (Matrix::new(&a, columns), [rows, columns]);
                    reference::transpose(a, shape, &mut expected, rows);
                    let transposed_by = &mut transposed;
                    run_with(set, Transpose { a, shape, transposed: transposed_by, row: rows });
                    assert_eq!(transposed, expected, "{set:?} {rows}×{columns}");
                }
            }
        }
    }

    #[test]
    fn transposition_agrees_with_the_reference() {
        agrees_with_the_reference::<f32>();
        agrees_with_the_reference::<f64>();
    }
}
