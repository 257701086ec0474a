//! Loops over single elements, given as closures.
//!
//! A closure is compiled into the loop once for each instruction set, so an activation or an update
//! rule is written as the formula of one number and runs as vectors. Plain `*` and `+` are never
//! contracted, hence these loops give the same bits on every instruction set. Closures are handed on by value: what
//! they hold is then in registers, where no store can change it.

use super::{
    Simd, Task, Vector,
    prefetch::prefetch,
    run,
    work::{Apart, OPERATIONS, in_parts},
};
use crate::Real;

/// Writes zeros.
pub(crate) fn clear<T: Real>(x: &mut [T]) {
    let (n, x) = (x.len(), Apart::new(x));
    in_parts(n, GRAIN, n * OPERATIONS, |part| {
        // SAFETY: the parts are apart.
        unsafe { x.range(part) }.fill(T::zero());
    });
}

/// Copies these rows of a matrix, one after another.
pub(crate) fn gather<T: Real>(from: &[T], rows: &[usize], to: &mut [T]) {
    let width = to.len() / rows.len().max(1);
    let row = |row: usize| &from[row * width..][..width];
    match width {
        0 => {}
        1 => to.iter_mut().zip(rows).for_each(|(to, &row)| *to = from[row]),
        2..4 => copy_short::<T, 2>(rows.iter().map(|&i| row(i)), to, width),
        4..8 => copy_short::<T, 4>(rows.iter().map(|&i| row(i)), to, width),
        8..=16 => copy_short::<T, 8>(rows.iter().map(|&i| row(i)), to, width),
        _ => {
            // Rows of some 4 KB are on their way while others are copied.
            let ahead = (4096 / size_of_val(row(rows[0]))).clamp(1, 16);
            let (n, to) = (to.len(), Apart::new(to));
            // They come from anywhere in a large matrix.
            in_parts(rows.len(), 1, n * 4 * OPERATIONS, |part| {
                // SAFETY: the parts are apart.
                let to = unsafe { to.range(part.start * width..part.end * width) };
                let rows = &rows[part];
                for (r, (to, &i)) in to.chunks_exact_mut(width).zip(rows).enumerate() {
                    if let Some(&i) = rows.get(r + ahead) {
                        prefetch(row(i).as_ptr(), width);
                    }
                    to.copy_from_slice(row(i));
                }
            });
        }
    }
}

/// Copies rows of N to 2N numbers as their first N and their last N: to call what copies memory takes longer than that.
fn copy_short<'a, T: Real, const N: usize>(
    rows: impl Iterator<Item = &'a [T]>,
    to: &mut [T],
    width: usize,
) {
    for (to, row) in to.chunks_exact_mut(width).zip(rows) {
        if let (Some(first), Some(last)) = (row.first_chunk::<N>(), row.last_chunk::<N>()) {
            to[..N].copy_from_slice(first);
            to[width - N..].copy_from_slice(last);
        }
    }
}

/// Writes y = f(x) element by element.
#[inline]
pub(crate) fn map<T: Real>(x: &[T], y: &mut [T], f: impl Fn(T) -> T + Copy + Sync) {
    let (n, y) = (x.len(), Apart::new(y));
    in_parts(n, GRAIN, n * OPERATIONS, |part| {
        // SAFETY: the parts are apart.
        run(Map { x: &x[part.clone()], y: unsafe { y.range(part) }, f });
    });
}

/// Writes z = f(x, y) element by element.
#[inline]
pub(crate) fn zip<T: Real>(x: &[T], y: &[T], z: &mut [T], f: impl Fn(T, T) -> T) {
    run(Zip { x, y, z, f });
}

/// Σ f(x, y) over the elements, in eight chains: number q has the elements i with i mod 8 = q, in ascending order. Then
/// the upper half of the sums is added to the lower one until one is left.
#[inline]
pub(crate) fn sum<T: Real>(x: &[T], y: &[T], f: impl Fn(T, T) -> f64) -> f64 {
    let mut sum = 0.0;
    run(Total { x, y, f, sum: &mut sum });
    sum
}

/// Writes y = f(x, y) element by element.
#[inline]
pub(crate) fn zip_in_place<T: Real>(x: &[T], y: &mut [T], f: impl Fn(T, T) -> T + Copy + Sync) {
    let (n, y) = (x.len(), Apart::new(y));
    in_parts(n, GRAIN, n * OPERATIONS, |part| {
        // SAFETY: the parts are apart.
        run(ZipInPlace { x: &x[part.clone()], y: unsafe { y.range(part) }, f });
    });
}

/// Writes dx = dy · f(x, y) element by element.
#[inline]
pub(crate) fn scaled<T: Real>(
    x: &[T],
    y: &[T],
    dy: &[T],
    dx: &mut [T],
    f: impl Fn(T, T) -> T + Copy + Sync,
) {
    let (n, dx) = (x.len(), Apart::new(dx));
    in_parts(n, GRAIN, n * OPERATIONS, |part| {
        let [x, y, dy] = [x, y, dy].map(|slice| &slice[part.clone()]);
        // SAFETY: the parts are apart.
        run(Scaled { x, y, dy, dx: unsafe { dx.range(part) }, f });
    });
}

/// The loop of an optimizer: calls `f(θ, g, s)` for each parameter θ, its gradient g and its S numbers
/// of state s, and stores the new θ (the result of `f`) and s.
#[inline]
pub(crate) fn update<T: Real, const S: usize>(
    theta: &mut [T],
    gradient: &[T],
    state: [&mut [T]; S],
    f: impl Fn(T, T, &mut [T; S]) -> T + Copy + Sync,
) {
    let n = theta.len();
    let (theta, state) = (Apart::new(theta), state.map(Apart::new));
    in_parts(n, GRAIN, n * 2 * OPERATIONS, |part| {
        let gradient = &gradient[part.clone()];
        // SAFETY: the parts are apart.
        let state = state.each_ref().map(|slot| unsafe { slot.range(part.clone()) });
        // SAFETY: the parts are apart.
        run(Update { theta: unsafe { theta.range(part) }, gradient, state, f });
    });
}

/// Parts begin at whole lines of the cache, so that no two threads write to one.
const GRAIN: usize = 32;

struct Map<'a, T, F> {
    x: &'a [T],
    y: &'a mut [T],
    f: F,
}

impl<T: Real, F: Fn(T) -> T> Task for Map<'_, T, F> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        for (y, &x) in self.y.iter_mut().zip(self.x) {
            *y = (self.f)(x);
        }
    }
}

struct ZipInPlace<'a, T, F> {
    x: &'a [T],
    y: &'a mut [T],
    f: F,
}

impl<T: Real, F: Fn(T, T) -> T> Task for ZipInPlace<'_, T, F> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        for (y, &x) in self.y.iter_mut().zip(self.x) {
            *y = (self.f)(x, *y);
        }
    }
}

struct Zip<'a, T, F> {
    x: &'a [T],
    y: &'a [T],
    z: &'a mut [T],
    f: F,
}

impl<T: Real, F: Fn(T, T) -> T> Task for Zip<'_, T, F> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        for ((z, &x), &y) in self.z.iter_mut().zip(self.x).zip(self.y) {
            *z = (self.f)(x, y);
        }
    }
}

struct Total<'a, T, F> {
    x: &'a [T],
    y: &'a [T],
    f: F,
    sum: &'a mut f64,
}

impl<T: Real, F: Fn(T, T) -> f64> Task for Total<'_, T, F> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        let mut s = [0.0; 8];
        let (x, rest_x) = self.x.as_chunks::<8>();
        let (y, rest_y) = self.y.as_chunks::<8>();
        for (x, y) in x.iter().zip(y) {
            for q in 0..8 {
                s[q] += (self.f)(x[q], y[q]);
            }
        }
        for (s, (&x, &y)) in s.iter_mut().zip(rest_x.iter().zip(rest_y)) {
            *s += (self.f)(x, y);
        }
        *self.sum = s.folded();
    }
}

struct Scaled<'a, T, F> {
    x: &'a [T],
    y: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
    f: F,
}

impl<T: Real, F: Fn(T, T) -> T> Task for Scaled<'_, T, F> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        for (((dx, &dy), &x), &y) in self.dx.iter_mut().zip(self.dy).zip(self.x).zip(self.y) {
            *dx = dy * (self.f)(x, y);
        }
    }
}

struct Update<'a, T, F, const S: usize> {
    theta: &'a mut [T],
    gradient: &'a [T],
    state: [&'a mut [T]; S],
    f: F,
}

impl<T: Real, const N: usize, F: Fn(T, T, &mut [T; N]) -> T> Task for Update<'_, T, F, N> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        // Slices of one known length leave no bounds checks in the loop, so that it becomes vectors.
        let n = self.theta.len();
        let gradient = &self.gradient[..n];
        let mut state = self.state.map(|slot| &mut slot[..n]);
        for i in 0..n {
            let mut s = [T::zero(); N];
            for (s, slot) in s.iter_mut().zip(&state) {
                *s = slot[i];
            }
            self.theta[i] = (self.f)(self.theta[i], gradient[i], &mut s);
            for (slot, s) in state.iter_mut().zip(s) {
                slot[i] = s;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, run_with};
    use super::*;

    #[test]
    fn rows_of_every_width_are_gathered() {
        for width in 0..40 {
            let from: Vec<f32> = (0..9 * width).map(|i| i as f32).collect();
            let rows = [8, 0, 3, 3, 7];
            let mut to = vec![-1.0; rows.len() * width];
            gather(&from, &rows, &mut to);
            let expected: Vec<f32> =
                rows.iter().flat_map(|&i| from[i * width..][..width].to_vec()).collect();
            assert_eq!(to, expected, "{width}");
        }
    }

    /// The formula of Adam, as the plainest loop and through the kernel, on every instruction set.
    #[test]
    fn updates_have_the_same_bits_on_every_instruction_set() {
        let formula = |theta: f32, g: f32, [m, v]: &mut [f32; 2]| {
            *m = 0.9 * *m + 0.1 * g;
            *v = 0.999 * *v + 0.001 * g * g;
            theta - 0.01 * *m / (v.sqrt() + 1e-8)
        };
        for n in 0..40 {
            let start: Vec<f32> = (0..n).map(|i| (i as f32 * 0.7).sin()).collect();
            let gradient: Vec<f32> = (0..n).map(|i| (i as f32 * 1.3).cos()).collect();
            let mut expected = start.clone();
            let (mut m, mut v) =
                (gradient.clone(), start.iter().map(|x| x * x).collect::<Vec<_>>());
            for i in 0..n {
                let mut state = [m[i], v[i]];
                expected[i] = formula(start[i], gradient[i], &mut state);
                [m[i], v[i]] = state;
            }
            for set in InstructionSet::available() {
                let (mut theta, mut m2) = (start.clone(), gradient.clone());
                let mut v2: Vec<f32> = start.iter().map(|x| x * x).collect();
                let state = [&mut m2[..], &mut v2[..]];
                run_with(set, Update { theta: &mut theta, gradient: &gradient, state, f: formula });
                assert_eq!((&theta, &m2, &v2), (&expected, &m, &v), "{set:?} n = {n}");
            }
        }
    }

    #[test]
    fn maps_have_the_same_bits_on_every_instruction_set() {
        let x: Vec<f64> = (0..37).map(|i| f64::from(i) * 0.3 - 5.0).collect();
        let expected: Vec<f64> = x.iter().map(|x| x * x + 3.0 * x).collect();
        for set in InstructionSet::available() {
            let mut y = vec![0.0; x.len()];
            run_with(set, Map { x: &x, y: &mut y, f: |x| x * x + 3.0 * x });
            assert_eq!(y, expected, "{set:?}");
            let mut z = x.clone();
            run_with(set, ZipInPlace { x: &x, y: &mut z, f: |x, y| x * y + 3.0 * x });
            assert_eq!(z, expected, "{set:?}");
        }
    }
}
