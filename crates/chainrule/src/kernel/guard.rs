//! The kernels read and write nothing beyond their slices: here these end where memory ends.

use super::{
    InstructionSet, Work, add_column_sums, add_transposed_product,
    hinges::{Hinges, HingesGradient},
    instructions::FOR_THIS_TEST,
    map, product, product_with_transposed, scaled, transpose, update,
};
use crate::Real;
use std::ptr;

/// Numbers whose last one lies directly before a page that may not be touched. Their first one does so after a page, if
/// they fill pages.
struct Guarded<T> {
    pages: *mut u8,
    length: usize,
    numbers: *mut T,
    count: usize,
}

impl<T: Real> Guarded<T> {
    fn new(count: usize) -> Self {
        const PAGE: usize = 16 << 10;
        let inner = (count * size_of::<T>()).div_ceil(PAGE).max(1) * PAGE;
        // SAFETY: fresh memory of our own, of which the last page is then closed.
        unsafe {
            let (read_write, private) =
                (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANON);
            let pages = libc::mmap(ptr::null_mut(), inner + PAGE, read_write, private, -1, 0);
            assert!(pages != libc::MAP_FAILED);
            let pages = pages.cast::<u8>();
            assert_eq!(libc::mprotect(pages.add(inner).cast(), PAGE, libc::PROT_NONE), 0);
            let numbers = pages.add(inner - count * size_of::<T>()).cast::<T>();
            for i in 0..count {
                numbers.add(i).write(T::of((i as f64 * 0.7).sin()));
            }
            Self { pages, length: inner + PAGE, numbers, count }
        }
    }

    fn get(&self) -> &[T] {
        // SAFETY: so many numbers have been written.
        unsafe { std::slice::from_raw_parts(self.numbers, self.count) }
    }

    fn get_mut(&mut self) -> &mut [T] {
        // SAFETY: so many numbers have been written, and nobody else has them.
        unsafe { std::slice::from_raw_parts_mut(self.numbers, self.count) }
    }
}

impl<T> Drop for Guarded<T> {
    fn drop(&mut self) {
        // SAFETY: these are the pages that `new` was given.
        unsafe { libc::munmap(self.pages.cast(), self.length) };
    }
}

fn kernels_stay_in_their_slices<T: Real>() {
    let numbers = Guarded::<T>::new;
    for set in InstructionSet::available() {
        FOR_THIS_TEST.set(Some(set));
        // Every remainder up to twice the widest vector, and then some.
        for n in 0..=34 {
            for m in [1, 2, 3, 7, 8, 9] {
                for k in [1, 5, 17] {
                    let (a, b, bias) = (numbers(m * k), numbers(k * n), numbers(n));
                    let mut c = numbers(m * n);
                    product(a.get(), b.get(), Some(bias.get()), c.get_mut(), [m, k, n]).now();
                    let transposed = numbers(k * m);
                    add_transposed_product(transposed.get(), b.get(), c.get_mut(), [m, k, n]).now();
                    let transposed = numbers(n * k);
                    product_with_transposed(a.get(), transposed.get(), c.get_mut(), [m, k, n])
                        .now();
                }
                transpose(numbers(m * n).get(), m, n, numbers(m * n).get_mut());
            }
            if n % 8 == 1 {
                // Large enough for A and B to be copied.
                let [m, k, n] = [25, 200, 96 + n];
                let (a, b, mut c) = (numbers(k * m), numbers(k * n), numbers(m * n));
                add_transposed_product(a.get(), b.get(), c.get_mut(), [m, k, n]).now();
                product_with_transposed(a.get(), b.get(), c.get_mut(), [m, k, n]).now();
            }
            let (x, y, mut z) = (numbers(n), numbers(n), numbers(n));
            map(x.get(), z.get_mut(), |x| x + x);
            add_column_sums(numbers(3 * n).get(), z.get_mut()).now();
            scaled(x.get(), y.get(), x.get(), z.get_mut(), |x, y| x * y);
            let (mut theta, mut moment) = (numbers(n), numbers(n));
            update(theta.get_mut(), x.get(), [moment.get_mut()], |theta, g, [m]| {
                *m += g;
                theta - *m
            });
            for inputs in [1, 2] {
                if n < 2 {
                    continue;
                }
                let (x, dy, mut y) = (numbers(5 * inputs), numbers(5), numbers(5));
                let (w1, b1, w2) = (numbers(inputs * n), numbers(n), numbers(n));
                let hinges = Hinges { w1: w1.get(), b1: b1.get(), w2: w2.get(), b2: T::one() };
                hinges.forward(x.get(), y.get_mut());
                let (mut dw1, mut db1, mut dw2) = (numbers(inputs * n), numbers(n), numbers(n));
                let (w1, b1, w2) = (dw1.get_mut(), db1.get_mut(), dw2.get_mut());
                let gradient = HingesGradient { w1, b1, w2, b2: &mut T::zero() };
                hinges.backward(x.get(), dy.get(), gradient);
            }
        }
    }
    FOR_THIS_TEST.set(None);
}

#[test]
fn kernels_stay_in_their_slices_in_single_precision() {
    kernels_stay_in_their_slices::<f32>();
}

#[test]
fn kernels_stay_in_their_slices_in_double_precision() {
    kernels_stay_in_their_slices::<f64>();
}
