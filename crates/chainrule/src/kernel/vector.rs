//! Vectors: some numbers that one instruction computes with.

use crate::Real;

/// A vector register of numbers.
pub trait Vector<T>: Copy {
    /// How many numbers it holds.
    const LANES: usize;

    /// The same number in each place.
    fn splat(value: T) -> Self;

    /// LANES numbers from memory.
    ///
    /// # Safety
    ///
    /// They can be read.
    unsafe fn load(from: *const T) -> Self;

    /// `count` numbers from memory, with zeros behind them.
    ///
    /// # Safety
    ///
    /// They can be read; `count` ≤ LANES.
    unsafe fn load_first(from: *const T, count: usize) -> Self;

    /// Writes LANES numbers.
    ///
    /// # Safety
    ///
    /// They can be written.
    unsafe fn store(self, to: *mut T);

    /// Writes the first `count` numbers.
    ///
    /// # Safety
    ///
    /// They can be written; `count` ≤ LANES.
    unsafe fn store_first(self, to: *mut T, count: usize);

    /// a · b + c, with one rounding where the machine can.
    fn multiply_add(a: Self, b: Self, c: Self) -> Self;

    /// The sum.
    fn add(self, other: Self) -> Self;

    /// The product.
    fn multiply(self, other: Self) -> Self;

    /// max(0, x); NaN stays NaN.
    fn positive_part(self) -> Self;

    /// Adds a value where z > 0, and zero elsewhere: the sum may not be −0.
    fn add_where_positive(self, z: Self, value: Self) -> Self;

    /// The sum of the numbers: the upper half is added to the lower one until one number is left.
    fn folded(self) -> T;
}

/// Vectors as arrays, of which the compiler makes what the target has.
impl<T: Real, const N: usize> Vector<T> for [T; N] {
    const LANES: usize = N;

    #[inline(always)]
    fn splat(value: T) -> Self {
        [value; N]
    }

    #[inline(always)]
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: as asked for; an array is aligned as its numbers are.
        unsafe { from.cast::<[T; N]>().read() }
    }

    #[inline(always)]
    unsafe fn load_first(from: *const T, count: usize) -> Self {
        // SAFETY: as asked for.
        std::array::from_fn(|i| if i < count { unsafe { *from.add(i) } } else { T::zero() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut T) {
        // SAFETY: as asked for; an array is aligned as its numbers are.
        unsafe { to.cast::<[T; N]>().write(self) }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut T, count: usize) {
        for (i, value) in self.into_iter().enumerate().take(count) {
            // SAFETY: as asked for.
            unsafe { *to.add(i) = value }
        }
    }

    #[inline(always)]
    fn multiply_add(a: Self, b: Self, c: Self) -> Self {
        std::array::from_fn(|i| super::multiply_add::<super::Baseline, T>(a[i], b[i], c[i]))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] + other[i])
    }

    #[inline(always)]
    fn multiply(self, other: Self) -> Self {
        std::array::from_fn(|i| self[i] * other[i])
    }

    #[inline(always)]
    fn positive_part(self) -> Self {
        self.map(|x| if T::zero() > x { T::zero() } else { x })
    }

    #[inline(always)]
    fn add_where_positive(self, z: Self, value: Self) -> Self {
        std::array::from_fn(|i| self[i] + if z[i] > T::zero() { value[i] } else { T::zero() })
    }

    #[inline(always)]
    fn folded(mut self) -> T {
        let mut half = N / 2;
        while half > 0 {
            for i in 0..half {
                self[i] += self[i + half];
            }
            half /= 2;
        }
        self[0]
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Vector;
    use std::arch::x86_64::*;

    /// Everything here is called only from code that was compiled for these instructions and runs only where they were
    /// detected: [`run_with`](crate::kernel::run_with) sees to it.
    macro_rules! vector {
        ($vector:ident of $lanes:literal $number:ident: $splat:ident, $load:ident, $store:ident, $fma:ident,
         $add:ident, $multiply:ident, $max:ident;
         $load_first:expr; $store_first:expr; $add_where_positive:expr; $folded:expr) => {
            impl Vector<$number> for $vector {
                const LANES: usize = $lanes;

                #[inline(always)]
                fn splat(value: $number) -> Self {
                    // SAFETY: the instructions are there.
                    unsafe { $splat(value) }
                }

                #[inline(always)]
                unsafe fn load(from: *const $number) -> Self {
                    // SAFETY: the instructions are there, the memory as asked for.
                    unsafe { $load(from) }
                }

                #[inline(always)]
                unsafe fn load_first(from: *const $number, count: usize) -> Self {
                    // SAFETY: as above.
                    unsafe { $load_first(from, count) }
                }

                #[inline(always)]
                unsafe fn store(self, to: *mut $number) {
                    // SAFETY: as above.
                    unsafe { $store(to, self) }
                }

                #[inline(always)]
                unsafe fn store_first(self, to: *mut $number, count: usize) {
                    // SAFETY: as above.
                    unsafe { $store_first(to, self, count) }
                }

                #[inline(always)]
                fn multiply_add(a: Self, b: Self, c: Self) -> Self {
                    // SAFETY: the instructions are there.
                    unsafe { $fma(a, b, c) }
                }

                #[inline(always)]
                fn add(self, other: Self) -> Self {
                    // SAFETY: the instructions are there.
                    unsafe { $add(self, other) }
                }

                #[inline(always)]
                fn multiply(self, other: Self) -> Self {
                    // SAFETY: the instructions are there.
                    unsafe { $multiply(self, other) }
                }

                #[inline(always)]
                fn positive_part(self) -> Self {
                    // The instruction returns its second operand if one is NaN.
                    // SAFETY: the instructions are there.
                    unsafe { $max(Self::splat(0.0), self) }
                }

                #[inline(always)]
                fn add_where_positive(self, z: Self, value: Self) -> Self {
                    // SAFETY: the instructions are there.
                    unsafe { $add_where_positive(self, z, value) }
                }

                #[inline(always)]
                fn folded(self) -> $number {
                    // SAFETY: the instructions are there.
                    unsafe { $folded(self) }
                }
            }
        };
    }

    vector!(__m512 of 16 f32: _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_fmadd_ps,
    _mm512_add_ps, _mm512_mul_ps, _mm512_max_ps;
    |from, count| _mm512_maskz_loadu_ps(first_16(count), from);
    |to, vector, count| _mm512_mask_storeu_ps(to, first_16(count), vector);
    |sum, z, value| {
        let positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(z, _mm512_setzero_ps());
        _mm512_mask_add_ps(sum, positive, sum, value)
    };
    |vector| {
        let upper = _mm512_castpd_ps(_mm512_shuffle_f64x2::<0b1110>(_mm512_castps_pd(vector), _mm512_castps_pd(vector)));
        <__m256 as Vector<f32>>::folded(_mm512_castps512_ps256(_mm512_add_ps(vector, upper)))
    });
    vector!(__m512d of 8 f64: _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd,
    _mm512_add_pd, _mm512_mul_pd, _mm512_max_pd;
    |from, count| _mm512_maskz_loadu_pd(first_16(count) as u8, from);
    |to, vector, count| _mm512_mask_storeu_pd(to, first_16(count) as u8, vector);
    |sum, z, value| {
        let positive = _mm512_cmp_pd_mask::<_CMP_GT_OQ>(z, _mm512_setzero_pd());
        _mm512_mask_add_pd(sum, positive, sum, value)
    };
    |vector| {
        let upper = _mm512_shuffle_f64x2::<0b1110>(vector, vector);
        <__m256d as Vector<f64>>::folded(_mm512_castpd512_pd256(_mm512_add_pd(vector, upper)))
    });
    vector!(__m256 of 8 f32: _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps,
    _mm256_add_ps, _mm256_mul_ps, _mm256_max_ps;
    |from, count| _mm256_maskload_ps(from, first_8(count));
    |to, vector, count| _mm256_maskstore_ps(to, first_8(count), vector);
    |sum, z, value| {
        let positive = _mm256_cmp_ps::<_CMP_GT_OQ>(z, _mm256_setzero_ps());
        _mm256_add_ps(sum, _mm256_and_ps(value, positive))
    };
    |vector| {
        let four = _mm_add_ps(_mm256_castps256_ps128(vector), _mm256_extractf128_ps::<1>(vector));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    });
    vector!(__m256d of 4 f64: _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd,
    _mm256_add_pd, _mm256_mul_pd, _mm256_max_pd;
    |from, count| _mm256_maskload_pd(from, first_4(count));
    |to, vector, count| _mm256_maskstore_pd(to, first_4(count), vector);
    |sum, z, value| {
        let positive = _mm256_cmp_pd::<_CMP_GT_OQ>(z, _mm256_setzero_pd());
        _mm256_add_pd(sum, _mm256_and_pd(value, positive))
    };
    |vector| {
        let two = _mm_add_pd(_mm256_castpd256_pd128(vector), _mm256_extractf128_pd::<1>(vector));
        _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
    });

    /// A bit for each of the first `count` places.
    #[inline(always)]
    fn first_16(count: usize) -> u16 {
        ((1_u32 << count) - 1) as u16
    }

    /// All bits of the first `count` places.
    #[inline(always)]
    fn first_8(count: usize) -> __m256i {
        // SAFETY: the instructions are there.
        unsafe {
            let places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), places)
        }
    }

    /// All bits of the first `count` places.
    #[inline(always)]
    fn first_4(count: usize) -> __m256i {
        // SAFETY: the instructions are there.
        unsafe {
            let places = _mm256_setr_epi64x(0, 1, 2, 3);
            _mm256_cmpgt_epi64(_mm256_set1_epi64x(count as i64), places)
        }
    }
}
