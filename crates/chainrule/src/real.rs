//! The numbers everything is computed with: [`f32`] and [`f64`].

use crate::kernel::Simd;
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

    /// The error function erf(x) = 2/√π ∫₀ˣ exp(−t²) dt.
    fn erf(self) -> Self;
}

macro_rules! real {
    ($type:ident, $vector:ident, $tiny:literal, $erf:path) => {
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

            #[inline(always)]
            fn erf(self) -> Self {
                $erf(self)
            }
        }

        impl private::Sealed for $type {
            type Vector<S: Simd> = S::$vector;
        }
    };
}

real!(f32, F32, 1e-30, libm::erff);
real!(f64, F64, 1e-290, libm::erf);

pub(crate) mod private {
    use crate::kernel::{Simd, Vector};

    /// The kernels are written for two types; a third needs kernels of its own.
    pub trait Sealed: Sized {
        /// The vectors of an instruction set that hold such numbers.
        type Vector<S: Simd>: Vector<Self>;
    }
}
