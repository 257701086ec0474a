//! Sums of hinges: y = b₂ + Σⱼ w₂ⱼ max(0, b₁ⱼ + x·w₁ⱼ), a network of one hidden layer of ReLU units with one output.
//!
//! With one or two inputs a unit is computed faster than it is loaded. So the forward pass stores no hidden layer, and
//! the backward pass computes it again. Vectors run along the hidden units. With mᵢⱼ = 1 where unit j is open for row i
//! and 0 elsewhere, two sums are all that the gradient needs:
//!
//! > sⱼ = Σᵢ dyᵢ mᵢⱼ, tⱼ = Σᵢ dyᵢ xᵢ mᵢⱼ
//!
//! > db₁ⱼ = w₂ⱼ sⱼ, dw₁ⱼ = w₂ⱼ tⱼ, dw₂ⱼ = Σᵢ dyᵢ hᵢⱼ = b₁ⱼ sⱼ + w₁ⱼ·tⱼ
//!
//! since hᵢⱼ = mᵢⱼ (b₁ⱼ + xᵢ·w₁ⱼ), and what is the same in each term is multiplied once. The price is paid by inputs that lie
//! far from zero and close together: where b₁ⱼ and xᵢ·w₁ⱼ nearly cancel in all rows, dw₂ⱼ loses the digits that they do.

use super::{Simd, Task, Vector, dots::LANE_BYTES, reference, run};
use crate::Real;

/// The parameters of a sum of hinges.
#[derive(Clone, Copy)]
pub(crate) struct Hinges<'a, T> {
    /// [inputs × hinges], row by row; one or two inputs, and at least two hinges.
    pub(crate) w1: &'a [T],
    /// [hinges]
    pub(crate) b1: &'a [T],
    /// [hinges]
    pub(crate) w2: &'a [T],
    pub(crate) b2: T,
}

/// Its gradient, in the same order.
pub(crate) struct HingesGradient<'a, T> {
    pub(crate) w1: &'a mut [T],
    pub(crate) b1: &'a mut [T],
    pub(crate) w2: &'a mut [T],
    pub(crate) b2: &'a mut T,
}

/// For so many inputs.
pub(crate) const MOST_INPUTS: usize = 2;

impl<T: Real> Hinges<'_, T> {
    /// Writes y, one number for each row of x.
    pub(crate) fn forward(self, x: &[T], y: &mut [T]) {
        assert!(self.w1.len() == self.b1.len() * x.len().checked_div(y.len()).unwrap_or(1));
        assert_eq!(self.w2.len(), self.b1.len());
        match self.w1.len() / self.b1.len().max(1) {
            1 => run(Forward::<T, 1> { hinges: self, x, y }),
            2 => run(Forward::<T, 2> { hinges: self, x, y }),
            inputs => unreachable!("hinges of {inputs} inputs"),
        }
    }

    /// Adds to the gradient.
    pub(crate) fn backward(self, x: &[T], dy: &[T], gradient: HingesGradient<T>) {
        let hinges = self.b1.len();
        assert!(self.w1.len() == hinges * x.len().checked_div(dy.len()).unwrap_or(1));
        assert!(self.w2.len() == hinges && gradient.w2.len() == hinges);
        assert!(gradient.b1.len() == hinges && gradient.w1.len() == self.w1.len());
        match self.w1.len() / hinges.max(1) {
            1 => run(Backward::<T, 1> { hinges: self, x, dy, gradient }),
            2 => run(Backward::<T, 2> { hinges: self, x, dy, gradient }),
            inputs => unreachable!("hinges of {inputs} inputs"),
        }
    }
}

impl<T: Real> Hinges<'_, T> {
    /// z = b₁ⱼ + x·w₁ⱼ
    fn z(&self, x: &[T], j: usize) -> T {
        let hinges = self.b1.len();
        x.iter().enumerate().fold(self.b1[j], |z, (d, x)| x.mul_add(self.w1[d * hinges + j], z))
    }
}

struct Forward<'a, T, const D: usize> {
    hinges: Hinges<'a, T>,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Real, const D: usize> Task for Forward<'_, T, D> {
    #[inline(always)]
    fn run<S: Simd>(mut self) {
        let (rows, mut i) = (self.y.len(), 0);
        while i + 4 <= rows {
            self.rows::<S, 4>(i);
            i += 4;
        }
        while i < rows {
            self.rows::<S, 1>(i);
            i += 1;
        }
    }

    fn plainly(self) {
        let mut h = vec![T::zero(); self.hinges.b1.len()];
        for (x, y) in self.x.as_chunks::<D>().0.iter().zip(self.y) {
            for (j, h) in h.iter_mut().enumerate() {
                let z = self.hinges.z(x, j);
                *h = if T::zero() > z { T::zero() } else { z };
            }
            *y = self.hinges.b2 + reference::dot(&h, self.hinges.w2);
        }
    }
}

/// Vectors that hold the chains of a product with a vector, at most: one of 64 bytes or several smaller ones.
const GROUP: usize = 4;

impl<T: Real, const D: usize> Forward<'_, T, D> {
    #[inline(always)]
    fn rows<S: Simd, const R: usize>(&mut self, i: usize) {
        let lanes = T::Vector::<S>::LANES;
        let group = LANE_BYTES / size_of::<T>() / lanes;
        let hinges = self.hinges.b1.len();
        let mut x = [[T::Vector::<S>::splat(T::zero()); D]; R];
        for (x, numbers) in x.iter_mut().zip(self.x.as_chunks::<D>().0[i..].iter()) {
            for (x, number) in x.iter_mut().zip(numbers) {
                *x = Vector::splat(*number);
            }
        }
        let mut sums = [[T::Vector::<S>::splat(T::zero()); GROUP]; R];
        // The number of a chain is known to the compiler, so that all of them stay in registers.
        let mut j = 0;
        while j + group * lanes <= hinges {
            for g in 0..group {
                self.units::<S, R, true>(j + g * lanes, g, &x, &mut sums);
            }
            j += group * lanes;
        }
        for g in 0..group {
            let j = j + g * lanes;
            if j + lanes <= hinges {
                self.units::<S, R, true>(j, g, &x, &mut sums);
            } else if j < hinges {
                self.units::<S, R, false>(j, g, &x, &mut sums);
            }
        }
        for (y, sums) in self.y[i..].iter_mut().zip(sums) {
            *y = self.hinges.b2 + folded::<S, T>(sums, group);
        }
    }

    /// Adds w₂ⱼ hⱼ of a vector of units to the chains of each row.
    #[inline(always)]
    fn units<S: Simd, const R: usize, const WHOLE: bool>(
        &self,
        j: usize,
        g: usize,
        x: &[[T::Vector<S>; D]; R],
        sums: &mut [[T::Vector<S>; GROUP]; R],
    ) {
        let Hinges { w1, b1, w2, .. } = self.hinges;
        let hinges = b1.len();
        let (b1, w2) = (load::<S, T, WHOLE>(&b1[j..]), load::<S, T, WHOLE>(&w2[j..]));
        let mut w = [b1; D];
        for (d, w) in w.iter_mut().enumerate() {
            *w = load::<S, T, WHOLE>(&w1[d * hinges + j..(d + 1) * hinges]);
        }
        for r in 0..R {
            let mut z = b1;
            for d in 0..D {
                z = Vector::multiply_add(x[r][d], w[d], z);
            }
            sums[r][g] = Vector::multiply_add(z.positive_part(), w2, sums[r][g]);
        }
    }
}

/// The first numbers of a slice: a WHOLE vector, or those that are left with zeros behind them.
#[inline(always)]
fn load<S: Simd, T: Real, const WHOLE: bool>(from: &[T]) -> T::Vector<S> {
    let count = from.len().min(T::Vector::<S>::LANES);
    assert!(!WHOLE || count == T::Vector::<S>::LANES);
    // SAFETY: so many numbers are there.
    unsafe {
        if WHOLE { Vector::load(from.as_ptr()) } else { Vector::load_first(from.as_ptr(), count) }
    }
}

/// Adds to the first numbers of a slice: a vector of them, or those that are left.
#[inline(always)]
fn add_to<S: Simd, T: Real>(to: &mut [T], vector: T::Vector<S>) {
    let sum = load::<S, T, false>(to).add(vector);
    let (count, to) = (to.len().min(T::Vector::<S>::LANES), to.as_mut_ptr());
    // SAFETY: so many numbers are there.
    unsafe { sum.store_first(to, count) }
}

/// The sum of the numbers of some vectors, the upper half added to the lower one until one is left.
#[inline(always)]
fn folded<S: Simd, T: Real>(mut vectors: [T::Vector<S>; GROUP], mut count: usize) -> T {
    while count > 1 {
        count /= 2;
        for g in 0..count {
            vectors[g] = vectors[g].add(vectors[g + count]);
        }
    }
    vectors[0].folded()
}

struct Backward<'a, T, const D: usize> {
    hinges: Hinges<'a, T>,
    x: &'a [T],
    dy: &'a [T],
    gradient: HingesGradient<'a, T>,
}

impl<T: Real, const D: usize> Task for Backward<'_, T, D> {
    #[inline(always)]
    fn run<S: Simd>(mut self) {
        let lanes = T::Vector::<S>::LANES;
        let (hinges, mut j) = (self.hinges.b1.len(), 0);
        while j < hinges {
            // Several vectors at a time, so that none waits for its own additions. Each of them needs four registers. What
            // is left is divided evenly: 5 are 3 and 2, not 4 and 1.
            let vectors = match ((hinges - j).div_ceil(lanes), S::REGISTERS < 32) {
                (few @ ..=3, _) => few,
                (4, true) => 2,
                (_, true) | (5 | 6, _) => 3,
                _ => 4,
            };
            match vectors {
                1 => self.units::<S, 1>(j),
                2 => self.units::<S, 2>(j),
                3 => self.units::<S, 3>(j),
                _ => self.units::<S, 4>(j),
            }
            j += vectors * lanes;
        }
        self.output_bias();
    }

    fn plainly(mut self) {
        let hinges = self.hinges.b1.len();
        for j in 0..hinges {
            let (mut s, mut t) = (T::zero(), [T::zero(); D]);
            for (x, &dy) in self.x.as_chunks::<D>().0.iter().zip(self.dy) {
                if self.hinges.z(x, j) > T::zero() {
                    s += dy;
                    for (t, &x) in t.iter_mut().zip(x) {
                        *t += dy * x;
                    }
                }
            }
            let (w2, mut dw2) = (self.hinges.w2[j], self.hinges.b1[j] * s);
            self.gradient.b1[j] += w2 * s;
            for (d, t) in t.into_iter().enumerate() {
                self.gradient.w1[d * hinges + j] += w2 * t;
                dw2 = self.hinges.w1[d * hinges + j].mul_add(t, dw2);
            }
            self.gradient.w2[j] += dw2;
        }
        self.output_bias();
    }
}

impl<T: Real, const D: usize> Backward<'_, T, D> {
    /// db₂ = Σᵢ dyᵢ, in eight chains that do not wait for each other.
    #[inline(always)]
    fn output_bias(&mut self) {
        let mut sums = [T::zero(); 8];
        let (eights, rest) = self.dy.as_chunks::<8>();
        for dy in eights {
            for (sum, &dy) in sums.iter_mut().zip(dy) {
                *sum += dy;
            }
        }
        for (sum, &dy) in sums.iter_mut().zip(rest) {
            *sum += dy;
        }
        *self.gradient.b2 += sums.folded();
    }

    /// The gradient of V vectors of units from `j` on, the last one filled up with zeros if it is not whole.
    #[inline(always)]
    fn units<S: Simd, const V: usize>(&mut self, j: usize) {
        let lanes = T::Vector::<S>::LANES;
        let hinges = self.hinges.b1.len();
        let zero = [T::Vector::<S>::splat(T::zero()); V];
        let (mut w1, mut b1) = ([zero; D], zero);
        for v in 0..V {
            let j = j + v * lanes;
            b1[v] = load::<S, T, false>(&self.hinges.b1[j..]);
            for (d, w1) in w1.iter_mut().enumerate() {
                w1[v] = load::<S, T, false>(&self.hinges.w1[d * hinges + j..(d + 1) * hinges]);
            }
        }
        let (mut s, mut t) = (zero, [zero; D]);
        for (x, &dy) in self.x.as_chunks::<D>().0.iter().zip(self.dy) {
            for v in 0..V {
                let mut z = b1[v];
                for d in 0..D {
                    z = Vector::multiply_add(Vector::splat(x[d]), w1[d][v], z);
                }
                s[v] = s[v].add_where_positive(z, Vector::splat(dy));
                for d in 0..D {
                    t[d][v] = t[d][v].add_where_positive(z, Vector::splat(dy * x[d]));
                }
            }
        }
        for v in 0..V {
            let j = j + v * lanes;
            let (w2, mut dw2) = (load::<S, T, false>(&self.hinges.w2[j..]), b1[v].multiply(s[v]));
            add_to::<S, T>(&mut self.gradient.b1[j..], w2.multiply(s[v]));
            for d in 0..D {
                let dw1 = &mut self.gradient.w1[d * hinges + j..(d + 1) * hinges];
                add_to::<S, T>(dw1, w2.multiply(t[d][v]));
                dw2 = Vector::multiply_add(w1[d][v], t[d][v], dw2);
            }
            add_to::<S, T>(&mut self.gradient.w2[j..], dw2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{InstructionSet, Work, product, run_with};
    use super::*;
    use crate::random::{Purpose, Random};

    fn numbers<T: Real>(random: &mut Random, n: usize) -> Vec<T> {
        (0..n).map(|_| random.uniform(-T::one(), T::one())).collect()
    }

    /// The forward pass has the bits of the two products, the gradient the numbers of its definition, and both the bits of
    /// the reference.
    fn agree_with_the_layers<T: Real, const D: usize>(tolerance: f64) {
        let mut random = Random::new(4, Purpose::Checking);
        let all = [2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 129];
        for hinges in all.into_iter().take(if cfg!(miri) { 3 } else { all.len() }) {
            for rows in [1, 3, 4, 9] {
                let (x, w1): (Vec<T>, Vec<T>) =
                    (numbers(&mut random, rows * D), numbers(&mut random, D * hinges));
                let [b1, w2, dy, b2]: [Vec<T>; 4] =
                    [hinges, hinges, rows, 1].map(|n| numbers(&mut random, n));
                let parameters = Hinges { w1: &w1, b1: &b1, w2: &w2, b2: b2[0] };
                let mut h = vec![T::zero(); rows * hinges];
                product(&x, &w1, Some(&b1), &mut h, [rows, D, hinges]).now();
                h.iter_mut().for_each(|h| *h = if *h > T::zero() { *h } else { T::zero() });
                let mut expected = vec![T::zero(); rows];
                product(&h, &w2, Some(&b2), &mut expected, [rows, hinges, 1]).now();

                let mut of_the_reference = None;
                for set in InstructionSet::available() {
                    let mut y = vec![T::nan(); rows];
                    run_with(set, Forward::<T, D> { hinges: parameters, x: &x, y: &mut y });
                    let mut gradient: [Vec<T>; 4] =
                        [D * hinges, hinges, hinges, 1].map(|n| vec![T::one(); n]);
                    let [dw1, db1, dw2, db2] = &mut gradient;
                    let into = HingesGradient { w1: dw1, b1: db1, w2: dw2, b2: &mut db2[0] };
                    let task =
                        Backward::<T, D> { hinges: parameters, x: &x, dy: &dy, gradient: into };
                    run_with(set, task);

                    let close = |a: T, b: f64| {
                        assert!((a.f64() - b).abs() < tolerance, "{set:?} {a} {b}");
                    };
                    for (y, expected) in y.iter().zip(&expected) {
                        close(*y, expected.f64());
                    }
                    for j in 0..hinges {
                        let open = |i: usize| h[i * hinges + j] > T::zero();
                        let open = |i: usize| if open(i) { dy[i].f64() } else { 0.0 };
                        let sum = |f: &dyn Fn(usize) -> f64| 1.0 + (0..rows).map(f).sum::<f64>();
                        close(gradient[2][j], sum(&|i| (dy[i] * h[i * hinges + j]).f64()));
                        close(gradient[1][j], sum(&|i| open(i) * w2[j].f64()));
                        for d in 0..D {
                            let term = |i: usize| open(i) * (w2[j] * x[i * D + d]).f64();
                            close(gradient[0][d * hinges + j], sum(&term));
                        }
                    }
                    close(gradient[3][0], 1.0 + dy.iter().map(|dy| dy.f64()).sum::<f64>());
                    if set.is_fused() {
                        let first = of_the_reference.get_or_insert((y.clone(), gradient.clone()));
                        assert_eq!(*first, (y, gradient), "{set:?} {hinges} hinges, {rows} rows");
                    }
                }
            }
        }
    }

    #[test]
    fn hinges_agree_with_the_layers() {
        agree_with_the_layers::<f32, 1>(1e-5);
        agree_with_the_layers::<f32, 2>(1e-5);
        agree_with_the_layers::<f64, 1>(1e-13);
        agree_with_the_layers::<f64, 2>(1e-13);
    }
}
