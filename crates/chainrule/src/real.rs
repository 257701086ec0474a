//! The numbers everything is computed with: [`f32`] and [`f64`].

use crate::kernel::{
    Simd,
    elementary::{self, Constants},
};
use ndarray::NdFloat;
use std::iter::Sum;

/// A real number of the machine: [`f32`] (the default of first-order training) or [`f64`]
/// (gradient checks, traces, second-order solvers).
///
/// The trait is [`ndarray::NdFloat`] and the few things that it lacks.
pub trait Real: NdFloat + Default + Sum + private::Sealed {
    /// The name of the type as users write it: `"f32"` or `"f64"`.
    const NAME: &'static str;

    /// Magnitudes below this count as zero where a value decays for ever (Adam's moments of a unit
    /// that died). It lies far above the subnormal numbers, which slow some processors tenfold.
    const TINY: Self;

    /// The nearest number of this type.
    fn of(value: f64) -> Self;

    /// The same number in double precision.
    fn f64(self) -> f64;
}

macro_rules! real {
    ($type:ident, $bits:ident, $vector:ident, $constants:ident, $tiny:literal, mantissa $mantissa:literal, bias $bias:literal,
     sqrt_half $sqrt_half:literal, half $half:literal) => {
        impl Real for $type {
            const NAME: &'static str = stringify!($type);
            const TINY: Self = $tiny;

            #[inline(always)]
            fn of(value: f64) -> Self {
                value as $type
            }

            #[inline(always)]
            fn f64(self) -> f64 {
                f64::from(self)
            }
        }

        impl private::Sealed for $type {
            type Vector<S: Simd> = S::$vector;
            const CONSTANTS: Constants<Self> = elementary::$constants;

            // The sum with so large a number has n + bias in the lowest bits of its mantissa.
            #[inline(always)]
            fn power_of_two(n: Self) -> Self {
                const SHIFT: $type = 1.5 * (1_u64 << $mantissa) as $type + $bias as $type;
                $type::from_bits((n + SHIFT).to_bits() << $mantissa)
            }

            // Counted from √½, the exponent's bits change where the mantissa is to start anew.
            #[inline(always)]
            fn mantissa_and_exponent(self) -> (Self, Self) {
                const ONE_AND_MORE: $type = (1_u64 << $mantissa) as $type;
                const BIAS: $bits = $bias << $mantissa;
                let bits = self.to_bits().wrapping_sub($sqrt_half).wrapping_add(BIAS);
                let exponent = bits >> $mantissa;
                let mantissa = (bits & ((1 << $mantissa) - 1)) + $sqrt_half;
                let exponent = $type::from_bits(exponent | ONE_AND_MORE.to_bits());
                ($type::from_bits(mantissa), exponent - (ONE_AND_MORE + $bias as $type))
            }

            #[inline(always)]
            fn rounded_to_half_of_its_bits(self) -> Self {
                $type::from_bits(self.to_bits() & ($bits::MAX << $half))
            }
        }
    };
}

real!(f32, u32, F32, F32, 1e-30, mantissa 23, bias 127, sqrt_half 0x3f35_04f3, half 12);
real!(f64, u64, F64, F64, 1e-290, mantissa 52, bias 1023, sqrt_half 0x3fe6_a09e_667f_3bcd, half 27);

pub(crate) mod private {
    use crate::kernel::{Simd, Vector, elementary::Constants};

    /// The kernels are written for two types; a third needs kernels of its own.
    pub trait Sealed: Sized + 'static {
        /// The vectors of an instruction set that hold such numbers.
        type Vector<S: Simd>: Vector<Self>;

        /// Of the elementary functions.
        const CONSTANTS: Constants<Self>;

        /// 2ⁿ for a whole n in the range of a normal number's exponent.
        fn power_of_two(n: Self) -> Self;

        /// m and k with x = m 2ᵏ and √½ ≤ m < √2, for a positive normal number x.
        fn mantissa_and_exponent(self) -> (Self, Self);

        /// The nearest number towards 0 whose square is exact.
        fn rounded_to_half_of_its_bits(self) -> Self;
    }
}
