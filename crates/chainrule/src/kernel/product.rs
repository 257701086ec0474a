//! Matrix products: C = A·B with A as it stands or transposed.
//!
//! The inner loop holds a tile of C in registers (some rows × a few vectors), walks over k once, and
//! adds a(i, k) · b(k, j) to each element: A is read as single numbers, B as vectors along a row. So
//! neither needs to be packed, and each output is one chain of multiply–adds in ascending k.

use super::{Simd, Task, run};
use crate::Real;

/// How a matrix lies in its slice: element (i, j) is at `i * row + j * column`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strides {
    row: usize,
    column: usize,
}

/// Writes C = 1·bias + A·B for `a` [m × k], `b` [k × n] and a `bias` of n numbers (zero where it is none),
/// row by row.
pub(crate) fn product<T: Real>(
    a: &[T],
    b: &[T],
    bias: Option<&[T]>,
    c: &mut [T],
    shape: [usize; 3],
) {
    let strides = Strides { row: shape[1], column: 1 };
    run(Product { a, strides, b, start: Start::Bias(bias), c, shape, part: Part::All });
}

/// Adds AᵀB to C for `a` [k × m], `b` [k × n], `c` [m × n]: k are the samples when C is a gradient.
pub(crate) fn product_accumulate<T: Real>(a: &[T], b: &[T], c: &mut [T], shape: [usize; 3]) {
    let strides = Strides { row: 1, column: shape[0] };
    run(Product { a, strides, b, start: Start::Accumulate, c, shape, part: Part::All });
}

/// Adds AᵀA to the upper triangle of C, the diagonal included, for `a` [k × n] and `c` [n × n]. Below the
/// diagonal C holds whatever it likes afterwards.
pub(crate) fn gram_accumulate<T: Real>(a: &[T], c: &mut [T], [k, n]: [usize; 2]) {
    let (strides, shape) = (Strides { row: 1, column: n }, [n, k, n]);
    run(Product { a, strides, b: a, start: Start::Accumulate, c, shape, part: Part::Upper });
}

/// Writes xᵀy [m × n] for `x` of m numbers and `y` of n.
pub(crate) fn outer_product<T: Real>(x: &[T], y: &[T], c: &mut [T]) {
    run(OuterProduct { x, y, c });
}

/// Adds the sum of each column of `a` [rows × columns] to `sums`, from the first row to the last.
pub(crate) fn add_column_sums<T: Real>(a: &[T], sums: &mut [T]) {
    run(ColumnSums { a, sums });
}

/// Writes Aᵀ [columns × rows] of `a` [rows × columns].
pub(crate) fn transpose<T: Real>(a: &[T], rows: usize, columns: usize, transposed: &mut [T]) {
    // Blocks of 16 × 16 keep both sides in the first-level cache.
    const BLOCK: usize = 16;
    for i0 in (0..rows).step_by(BLOCK) {
        for j0 in (0..columns).step_by(BLOCK) {
            for i in i0..rows.min(i0 + BLOCK) {
                for j in j0..columns.min(j0 + BLOCK) {
                    transposed[j * rows + i] = a[i * columns + j];
                }
            }
        }
    }
}

/// What an element of C is before the sum.
#[derive(Clone, Copy)]
enum Start<'a, T> {
    Bias(Option<&'a [T]>),
    Accumulate,
}

/// Which elements of C are wanted.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    All,
    /// Those on and above the diagonal.
    Upper,
}

struct Product<'a, T> {
    a: &'a [T],
    strides: Strides,
    b: &'a [T],
    start: Start<'a, T>,
    c: &'a mut [T],
    /// m, k, n.
    shape: [usize; 3],
    part: Part,
}

impl<T: Real> Task for Product<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(mut self) {
        let [m, k, n] = self.shape;
        assert!(self.c.len() >= m * n && self.b.len() >= k * n && self.a.len() >= m * k);
        // Two vectors wide: eight rows of accumulators fill half of the registers.
        let mut j = 0;
        match S::BYTES / size_of::<T>() {
            16 => self.columns::<S, 32>(&mut j),
            8 => self.columns::<S, 16>(&mut j),
            4 => self.columns::<S, 8>(&mut j),
            _ => {}
        }
        self.columns::<S, 8>(&mut j);
        self.columns::<S, 4>(&mut j);
        self.columns::<S, 1>(&mut j);
    }
}

impl<T: Real> Product<'_, T> {
    /// Works off the columns from `j` on in panels of N, as long as a whole panel is left.
    #[inline(always)]
    fn columns<S: Simd, const N: usize>(&mut self, j: &mut usize) {
        let [m, _, n] = self.shape;
        while *j + N <= n {
            let m = if self.part == Part::Upper { m.min(*j + N) } else { m };
            let mut i = 0;
            while i + 8 <= m {
                self.tile::<S, 8, N>(i, *j);
                i += 8;
            }
            while i + 4 <= m {
                self.tile::<S, 4, N>(i, *j);
                i += 4;
            }
            while i < m {
                self.tile::<S, 1, N>(i, *j);
                i += 1;
            }
            *j += N;
        }
    }

    /// One tile of C: M rows from `i`, N columns from `j`.
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const N: usize>(&mut self, i: usize, j: usize) {
        let [_, k, n] = self.shape;
        let Strides { row, column } = self.strides;
        let mut sum = [[T::zero(); N]; M];
        match self.start {
            Start::Bias(None) => {}
            Start::Bias(Some(bias)) => sum.fill(array(&bias[j..])),
            Start::Accumulate => {
                for (r, sum) in sum.iter_mut().enumerate() {
                    *sum = array(&self.c[(i + r) * n + j..]);
                }
            }
        }
        for l in 0..k {
            let b: [T; N] = array(&self.b[l * n + j..]);
            for (r, sum) in sum.iter_mut().enumerate() {
                let a = self.a[(i + r) * row + l * column];
                for (sum, b) in sum.iter_mut().zip(b) {
                    *sum = S::multiply_add(a, b, *sum);
                }
            }
        }
        for (r, sum) in sum.iter().enumerate() {
            self.c[(i + r) * n + j..][..N].copy_from_slice(sum);
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

struct OuterProduct<'a, T> {
    x: &'a [T],
    y: &'a [T],
    c: &'a mut [T],
}

impl<T: Real> Task for OuterProduct<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        for (row, &x) in self.c.chunks_exact_mut(self.y.len().max(1)).zip(self.x) {
            for (c, &y) in row.iter_mut().zip(self.y) {
                *c = x * y;
            }
        }
    }
}

struct ColumnSums<'a, T> {
    a: &'a [T],
    sums: &'a mut [T],
}

impl<T: Real> Task for ColumnSums<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        for row in self.a.chunks_exact(self.sums.len().max(1)) {
            for (sum, &a) in self.sums.iter_mut().zip(row) {
                *sum += a;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, reference, run_with};
    use super::*;
    use crate::random::{Purpose, Random};

    fn numbers<T: Real>(random: &mut Random, n: usize) -> Vec<T> {
        (0..n).map(|_| random.uniform(-T::one(), T::one())).collect()
    }

    /// Every remainder of rows and columns, on every instruction set that the machine has.
    fn agrees_with_the_reference<T: Real>(tolerance: f64) {
        let mut random = Random::new(1, Purpose::Checking);
        let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 31, 33, 65];
        for set in InstructionSet::available() {
            for m in sizes {
                for n in sizes {
                    for k in [1, 2, 5, 40] {
                        let (a, b): (Vec<T>, Vec<T>) =
                            (numbers(&mut random, m * k), numbers(&mut random, k * n));
                        let bias: Vec<T> = numbers(&mut random, n);
                        let mut expected: Vec<T> = bias.repeat(m);
                        reference::product(&a, &b, &mut expected, [m, k, n]);

                        let mut plain = vec![T::nan(); m * n];
                        run_with(
                            set,
                            Product {
                                a: &a,
                                strides: Strides { row: k, column: 1 },
                                b: &b,
                                start: Start::Bias(Some(&bias)),
                                c: &mut plain,
                                shape: [m, k, n],
                                part: Part::All,
                            },
                        );
                        let mut transposed: Vec<T> = bias.repeat(m);
                        run_with(
                            set,
                            Product {
                                a: &reference::transpose(&a, m, k),
                                strides: Strides { row: 1, column: m },
                                b: &b,
                                start: Start::Accumulate,
                                c: &mut transposed,
                                shape: [m, k, n],
                                part: Part::All,
                            },
                        );
                        for ((e, p), t) in expected.iter().zip(&plain).zip(&transposed) {
                            assert!((*e - *p).abs().f64() < tolerance, "{set:?} {m}×{k}×{n}");
                            assert_eq!(p, t, "{set:?} {m}×{k}×{n}: both orders are one chain");
                        }
                    }
                }
            }
        }
    }

    /// The upper triangle has the bits of the whole product, for every remainder.
    #[test]
    fn gram_matrices_are_products() {
        let mut random = Random::new(3, Purpose::Checking);
        for set in InstructionSet::available() {
            for n in [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 40, 65] {
                for k in [0, 1, 5, 40] {
                    let a: Vec<f64> = numbers(&mut random, k * n);
                    let mut expected = vec![0.5; n * n];
                    let product = |c: &mut [f64], part| {
                        let (strides, shape) = (Strides { row: 1, column: n }, [n, k, n]);
                        let start = Start::Accumulate;
                        run_with(set, Product { a: &a, strides, b: &a, start, c, shape, part });
                    };
                    product(&mut expected, Part::All);
                    let mut upper = vec![0.5; n * n];
                    product(&mut upper, Part::Upper);
                    for i in 0..n {
                        assert_eq!(upper[i * n + i..][..n - i], expected[i * n + i..][..n - i]);
                    }
                }
            }
        }
    }

    #[test]
    fn outer_products() {
        let mut c = [0.0; 6];
        outer_product(&[2.0, 3.0], &[1.0, 10.0, 100.0], &mut c);
        assert_eq!(c, [2.0, 20.0, 200.0, 3.0, 30.0, 300.0]);
    }

    #[test]
    fn products_agree_with_the_reference_in_single_precision() {
        agrees_with_the_reference::<f32>(1e-5);
    }

    #[test]
    fn products_agree_with_the_reference_in_double_precision() {
        agrees_with_the_reference::<f64>(1e-13);
    }

    #[test]
    fn a_row_does_not_depend_on_its_neighbours() {
        let mut random = Random::new(2, Purpose::Checking);
        let [m, k, n] = [29, 37, 43];
        let (a, b): (Vec<f32>, Vec<f32>) =
            (numbers(&mut random, m * k), numbers(&mut random, k * n));
        let mut together = vec![0.0; m * n];
        product(&a, &b, None, &mut together, [m, k, n]);
        for i in 0..m {
            let mut alone = vec![0.0; n];
            product(&a[i * k..][..k], &b, None, &mut alone, [1, k, n]);
            assert_eq!(alone, together[i * n..][..n]);
        }
    }

    #[test]
    fn transposes_and_column_sums() {
        let a: Vec<f64> = (0..35 * 18).map(f64::from).collect();
        let mut t = vec![0.0; a.len()];
        transpose(&a, 35, 18, &mut t);
        assert_eq!(t, reference::transpose(&a, 35, 18));
        let mut sums = vec![1.0; 18];
        add_column_sums(&a, &mut sums);
        for (j, sum) in sums.iter().enumerate() {
            assert_eq!(*sum, 1.0 + t[j * 35..][..35].iter().sum::<f64>());
        }
    }
}
