//! Matrix products: C = A·B with A as it stands or transposed.
//!
//! The inner loop holds a tile of C in registers (some rows × a few vectors), walks over k once, and
//! adds a(i, k) · b(k, j) to each element: A is read as single numbers, B as vectors along a row. So
//! neither needs to be transposed, and each output is one chain of multiply–adds in ascending k. Large products are
//! cut into blocks that stay in the cache, and panels of B are copied where its rows lie far apart; a chain that is
//! interrupted goes on from C, with the same bits.
//!
//! The one exception is a product with a vector, see [`dots`].

use super::{
    Simd, Task, Vector,
    dots::dots,
    reference, run,
    team::{Apart, in_parts},
};
use crate::Real;
use std::{cell::RefCell, ops::Range, ptr};

/// How a matrix lies in its slice: element (i, j) is at `i * row + j * column`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strides {
    pub(super) row: usize,
    pub(super) column: usize,
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
    let [m, k, n] = shape;
    if n == 1 {
        let bias = bias.map_or(T::zero(), |bias| bias[0]);
        return dots(&a[..m * k], &b[..k], bias, &mut c[..m]);
    }
    in_rows(a, Strides { row: k, column: 1 }, b, Start::Bias(bias), c, shape);
}

/// Adds AᵀB to C for `a` [k × m], `b` [k × n], `c` [m × n]: k are the samples when C is a gradient.
pub(crate) fn product_accumulate<T: Real>(a: &[T], b: &[T], c: &mut [T], [m, k, n]: [usize; 3]) {
    // A column is a row as well, and rows are read as vectors.
    let (a, b, m, n) = if n == 1 { (b, a, 1, m) } else { (a, b, m, n) };
    in_rows(a, Strides { row: 1, column: m }, b, Start::Accumulate, c, [m, k, n]);
}

/// The product in parts, some rows each.
fn in_rows<T: Real>(
    a: &[T],
    strides: Strides,
    b: &[T],
    start: Start<T>,
    c: &mut [T],
    [m, k, n]: [usize; 3],
) {
    let c = Apart::new(&mut c[..m * n]);
    in_parts(m, 8, m * k * n, |rows| {
        let shape = [rows.len(), k, n];
        // SAFETY: no two parts have a row in common.
        let c = unsafe { c.range(rows.start * n..rows.end * n) };
        let a = a.get(rows.start * strides.row..).unwrap_or(&[]);
        let product = Product { a, strides, b, start, c, shape, part: Part::All, room: None };
        match rows.len() >= MANY_ROWS && k.min(BLOCK_K) * n * size_of::<T>() >= FAR {
            true => ROOM.with_borrow_mut(|room| run(Product { room: Some(room), ..product })),
            false => run(product),
        }
    });
}

/// Adds AᵀA to the upper triangle of C, the diagonal included, for `a` [k × n] and `c` [n × n]. Below the
/// diagonal C holds whatever it likes afterwards.
pub(crate) fn gram_accumulate<T: Real>(a: &[T], c: &mut [T], [k, n]: [usize; 2]) {
    let (strides, shape) = (Strides { row: 1, column: n }, [n, k, n]);
    run(Product {
        a,
        strides,
        b: a,
        start: Start::Accumulate,
        c,
        shape,
        part: Part::Upper,
        room: None,
    });
}

/// Writes xᵀy [m × n] for `x` of m numbers and `y` of n.
pub(crate) fn outer_product<T: Real>(x: &[T], y: &[T], c: &mut [T]) {
    run(OuterProduct { x, y, c });
}

/// What an element of C is before the sum.
#[derive(Clone, Copy)]
pub(super) enum Start<'a, T> {
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
    /// Where panels of B are copied to, if they are to be.
    room: Option<&'a mut Room>,
}

/// Rows of B in a block: a panel of them, a few vectors wide, fits in the first-level cache.
const BLOCK_K: usize = 512;

/// Rows of A in a block, which fits in the second-level cache.
const BLOCK_M: usize = 128;

/// Rows of A that make the copy of a panel worth while, and bytes from its first row to its last one that do.
const MANY_ROWS: usize = 48;
const FAR: usize = 512 << 10;

impl<T: Real> Task for Product<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(mut self) {
        let [m, k, n] = self.shape;
        let Strides { row, column } = self.strides;
        assert!(self.c.len() >= m * n && self.b.len() >= k * n);
        assert!(m * k == 0 || self.a.len() > (m - 1) * row + (k - 1) * column);
        let mut from = 0;
        loop {
            let block = from..k.min(from + BLOCK_K);
            for i in (0..m).step_by(BLOCK_M) {
                self.block::<S>(i..m.min(i + BLOCK_M), block.clone());
            }
            self.start = Start::Accumulate;
            from = block.end;
            if from >= k {
                break;
            }
        }
    }

    fn plainly(self) {
        reference::product(self.a, self.strides, self.b, self.start, self.c, self.shape);
    }
}

/// Room for a panel of B: [`BLOCK_K`] rows of two vectors.
#[repr(align(64))]
struct Room {
    _bytes: [u8; BLOCK_K * 128],
}

thread_local! {
    /// Made once for each thread that has large products to do.
    static ROOM: RefCell<Box<Room>> = RefCell::new(Box::new(Room { _bytes: [0; BLOCK_K * 128] }));
}

/// Some columns of a block of B: where its first row is, and how far the next one.
#[derive(Clone, Copy)]
struct Panel<T> {
    start: *const T,
    stride: usize,
}

impl<T: Real> Product<'_, T> {
    /// The block of C in these rows, for these k: panels of columns, two vectors wide, since that is what the registers
    /// hold for many rows. A single row needs more columns to have enough sums on their way.
    #[inline(always)]
    fn block<S: Simd>(&mut self, rows: Range<usize>, k: Range<usize>) {
        let lanes = T::Vector::<S>::LANES;
        let (mut j, n) = (0, self.shape[2]);
        if rows.len() == 1 {
            while j + 8 * lanes <= n {
                self.tile::<S, 1, 8, true>(rows.start, &k, j, self.in_place(&k, j));
                j += 8 * lanes;
            }
            if j + 4 * lanes <= n {
                self.tile::<S, 1, 4, true>(rows.start, &k, j, self.in_place(&k, j));
                j += 4 * lanes;
            }
        }
        while j + 2 * lanes <= n {
            let panel = self.packed::<S>(&k, j);
            self.panel::<S, 2, true>(&rows, &k, j, panel);
            j += 2 * lanes;
        }
        match n - j {
            0 => {}
            left if left <= lanes => self.panel::<S, 1, false>(&rows, &k, j, self.in_place(&k, j)),
            _ => self.panel::<S, 2, false>(&rows, &k, j, self.in_place(&k, j)),
        }
    }

    /// The panel where it lies.
    #[inline(always)]
    fn in_place(&self, k: &Range<usize>, j: usize) -> Panel<T> {
        let n = self.shape[2];
        // Without rows there is nothing to point at.
        Panel { start: self.b.get(k.start * n + j..).unwrap_or(&[]).as_ptr(), stride: n }
    }

    /// A panel of two vectors copied into the room, if there is one: rows of B that lie far apart, by a power of two above all, push each
    /// other out of the cache.
    #[inline(always)]
    fn packed<S: Simd>(&mut self, k: &Range<usize>, j: usize) -> Panel<T> {
        let (lanes, n) = (T::Vector::<S>::LANES, self.shape[2]);
        let stride = 2 * lanes;
        let Some(room) = &mut self.room else { return self.in_place(k, j) };
        let start = ptr::from_mut::<Room>(room).cast::<T>();
        assert!(
            k.len() * stride * size_of::<T>() <= size_of::<Room>() && self.b.len() >= k.end * n
        );
        for (row, l) in k.clone().enumerate() {
            // SAFETY: two vectors are left of row l of B, and the room holds so many rows.
            unsafe {
                let (from, to) = (self.b.as_ptr().add(l * n + j), start.add(row * stride));
                T::Vector::<S>::load(from).store(to);
                T::Vector::<S>::load(from.add(lanes)).store(to.add(lanes));
            }
        }
        Panel { start, stride }
    }

    /// The tiles of V vectors from column `j` on.
    #[inline(always)]
    fn panel<S: Simd, const V: usize, const WHOLE: bool>(
        &mut self,
        rows: &Range<usize>,
        k: &Range<usize>,
        j: usize,
        panel: Panel<T>,
    ) {
        let end = match self.part {
            Part::All => rows.end,
            Part::Upper => rows.end.min(j + V * T::Vector::<S>::LANES),
        };
        let mut i = rows.start;
        while S::TILE_ROWS == 8 && i + 8 <= end {
            self.tile::<S, 8, V, WHOLE>(i, k, j, panel);
            i += 8;
        }
        while S::TILE_ROWS == 6 && i + 6 <= end {
            self.tile::<S, 6, V, WHOLE>(i, k, j, panel);
            i += 6;
        }
        while i + 4 <= end {
            self.tile::<S, 4, V, WHOLE>(i, k, j, panel);
            i += 4;
        }
        while i < end {
            self.tile::<S, 1, V, WHOLE>(i, k, j, panel);
            i += 1;
        }
    }

    /// One tile of C: M rows from `i`, V vectors of columns from `j`, the last of them filled up with zeros unless they
    /// are all WHOLE.
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const V: usize, const WHOLE: bool>(
        &mut self,
        i: usize,
        k: &Range<usize>,
        j: usize,
        panel: Panel<T>,
    ) {
        let lanes = T::Vector::<S>::LANES;
        let [m, depth, n] = self.shape;
        let Strides { row, column } = self.strides;
        let last = n - j - (V - 1) * lanes;
        debug_assert!(
            i + M <= m && k.end <= depth && (if WHOLE { last >= lanes } else { last <= lanes })
        );
        // These are asked for V vectors, or less if they are not whole, of rows of n numbers from column j on, or of a
        // packed panel; `run` has checked the lengths of the matrices.
        let load = |from: *const T| -> [T::Vector<S>; V] {
            // SAFETY: as above.
            std::array::from_fn(|v| unsafe {
                let from = from.add(v * lanes);
                if WHOLE || v + 1 < V { Vector::load(from) } else { Vector::load_first(from, last) }
            })
        };
        let store = |vectors: [T::Vector<S>; V], to: *mut T| {
            for (v, vector) in vectors.into_iter().enumerate() {
                // SAFETY: as above.
                unsafe {
                    let to = to.add(v * lanes);
                    if WHOLE || v + 1 < V { vector.store(to) } else { vector.store_first(to, last) }
                }
            }
        };
        let mut sum = [[T::Vector::<S>::splat(T::zero()); V]; M];
        match self.start {
            Start::Bias(None) => {}
            Start::Bias(Some(bias)) => sum.fill(load(bias[j..].as_ptr())),
            Start::Accumulate => {
                for (r, sum) in sum.iter_mut().enumerate() {
                    *sum = load(self.c[(i + r) * n + j..].as_ptr());
                }
            }
        }
        // SAFETY: see `load`; A has rows i to i + M and columns k, the panel as many rows.
        unsafe {
            let a = self.a.as_ptr().add(i * row + k.start * column);
            for l in 0..k.len() {
                let b = load(panel.start.add(l * panel.stride));
                let a = a.add(l * column);
                for (r, sum) in sum.iter_mut().enumerate() {
                    let a = Vector::splat(*a.add(r * row));
                    for (sum, b) in sum.iter_mut().zip(b) {
                        *sum = Vector::multiply_add(a, b, *sum);
                    }
                }
            }
        }
        for (r, sum) in sum.into_iter().enumerate() {
            store(sum, self.c[(i + r) * n + j..].as_mut_ptr());
        }
    }
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

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, run_with};
    use super::*;
    use crate::random::{Purpose, Random};

    fn numbers<T: Real>(random: &mut Random, n: usize) -> Vec<T> {
        (0..n).map(|_| random.uniform(-T::one(), T::one())).collect()
    }

    /// Every remainder of rows, columns and blocks, on every instruction set that the machine has: the very bits of the
    /// reference where multiply–adds are fused, nearly the same numbers elsewhere.
    fn agrees_with_the_reference<T: Real>(tolerance: f64) {
        let mut random = Random::new(1, Purpose::Checking);
        let sizes = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 31, 33, 65, 130];
        let few = if cfg!(miri) { 5 } else { sizes.len() };
        for set in InstructionSet::available() {
            let agree = |expected: &[T], found: &[T], what: &str| {
                if set.is_fused() {
                    assert_eq!(expected, found, "{set:?} {what}");
                }
                for (e, f) in expected.iter().zip(found) {
                    assert!((*e - *f).abs().f64() < tolerance, "{set:?} {what}");
                }
            };
            for m in sizes.into_iter().take(few) {
                for n in sizes.into_iter().take(few) {
                    for k in [0, 1, 2, 5, 40] {
                        let (a, b): (Vec<T>, Vec<T>) =
                            (numbers(&mut random, m * k), numbers(&mut random, k * n));
                        let bias: Vec<T> = numbers(&mut random, n);
                        let shape = [m, k, n];
                        for (strides, start) in [
                            (Strides { row: k, column: 1 }, Start::Bias(Some(&bias[..]))),
                            (Strides { row: k, column: 1 }, Start::Bias(None)),
                            (Strides { row: 1, column: m }, Start::Accumulate),
                        ] {
                            let mut expected = numbers(&mut random, m * n);
                            let mut c = expected.clone();
                            reference::product(&a, strides, &b, start, &mut expected, shape);
                            let (a, b, part) = (&a, &b, Part::All);
                            run_with(
                                set,
                                Product {
                                    a,
                                    strides,
                                    b,
                                    start,
                                    c: &mut c,
                                    shape,
                                    part,
                                    room: None,
                                },
                            );
                            agree(&expected, &c, &format!("{m}×{k}×{n}"));
                        }
                    }
                }
            }
        }
    }

    /// Blocks of rows and of k leave the chains as they are.
    #[test]
    fn large_products_have_the_bits_of_the_reference() {
        let mut random = Random::new(5, Purpose::Checking);
        let shape @ [m, k, n] = if cfg!(miri) { [9, 20, 5] } else { [150, 1100, 35] };
        let (a, b): (Vec<f32>, Vec<f32>) =
            (numbers(&mut random, m * k), numbers(&mut random, k * n));
        let (strides, start, part) = (Strides { row: k, column: 1 }, Start::Bias(None), Part::All);
        let mut expected = vec![0.0; m * n];
        reference::product(&a, strides, &b, start, &mut expected, shape);
        for set in InstructionSet::available().into_iter().filter(|set| set.is_fused()) {
            let mut c = vec![f32::NAN; m * n];
            run_with(
                set,
                Product { a: &a, strides, b: &b, start, c: &mut c, shape, part, room: None },
            );
            assert!(c == expected, "{set:?}");
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
                        run_with(
                            set,
                            Product { a: &a, strides, b: &a, start, c, shape, part, room: None },
                        );
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
}
