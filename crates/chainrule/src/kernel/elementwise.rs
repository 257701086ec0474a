//! Loops over single elements, given as closures.
//!
//! A closure is compiled into the loop once for each instruction set, so an activation or an update
//! rule is written as the formula of one number and runs as vectors. Plain `*` and `+` are never
//! contracted, hence these loops give the same bits on every instruction set.

use super::{Simd, Task, run};
use crate::Real;

/// Writes y = f(x) element by element.
#[inline]
pub(crate) fn map<T: Real>(x: &[T], y: &mut [T], f: impl Fn(T) -> T) {
    run(Map { x, y, f });
}

/// Writes y = f(x, y) element by element.
#[inline]
pub(crate) fn zip_in_place<T: Real>(x: &[T], y: &mut [T], f: impl Fn(T, T) -> T) {
    run(ZipInPlace { x, y, f });
}

/// Writes z = z · f(x, y) element by element.
#[inline]
pub(crate) fn scale_by<T: Real>(x: &[T], y: &[T], z: &mut [T], f: impl Fn(T, T) -> T) {
    run(ScaleBy { x, y, z, f });
}

/// The loop of an optimizer: calls `f(θ, g, s)` for each parameter θ, its gradient g and its S numbers
/// of state s, and stores the new θ (the result of `f`) and s.
#[inline]
pub(crate) fn update<T: Real, const S: usize>(
    theta: &mut [T],
    gradient: &[T],
    state: [&mut [T]; S],
    f: impl Fn(T, T, &mut [T; S]) -> T,
) {
    run(Update { theta, gradient, state, f });
}

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

struct ScaleBy<'a, T, F> {
    x: &'a [T],
    y: &'a [T],
    z: &'a mut [T],
    f: F,
}

impl<T: Real, F: Fn(T, T) -> T> Task for ScaleBy<'_, T, F> {
    #[inline(always)]
    fn run<S: Simd>(self) {
        for ((z, &x), &y) in self.z.iter_mut().zip(self.x).zip(self.y) {
            *z *= (self.f)(x, y);
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
