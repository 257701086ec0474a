//! Elementary functions that run as vectors: exp, ln, tanh, the sigmoid and their relatives.
//!
//! The standard library's functions call the system's one number at a time. These are polynomials without a branch, so
//! that a loop over them is compiled to vectors, ten times as fast. They use `+`, `*` and `/` alone, which every
//! processor rounds alike: the same bits everywhere, on each instruction set and operating system. Use them in your own
//! activations and losses.
//!
//! | function | largest error in ULP, f32 | f64 |
//! |---|---|---|
//! | [`exp`] | 1.0 | 1.0 |
//! | [`exp_m1`] | 1.5 | 2.0 |
//! | [`ln`] | 1.0 | 1.0 |
//! | [`ln_1p_unit`] | 1.5 | 1.0 |
//! | [`tanh`] | 3.0 | 3.0 |
//! | [`sigmoid`] | 2.5 | 3.0 |
//! | [`softplus`] | 2.0 | 2.0 |
//! | [`normal_distribution`] | 6.0 | 6.0 |
//!
//! A ULP is the distance between two neighbouring numbers at the true value. The bounds are tested; see the tests for
//! the numbers that are tried. NaN gives NaN.

use crate::Real;

/// The numbers that the functions are made of, in one precision.
#[doc(hidden)]
#[derive(Debug)]
pub struct Constants<T: 'static> {
    /// Above it eˣ is infinite.
    exp_highest: T,
    /// Below it eˣ is 0.
    exp_lowest: T,
    /// Added and taken away again, it rounds to a whole number.
    rounder: T,
    /// ln 2 = high + low, and a whole number of the size of an exponent times `high` is exact.
    ln_2: [T; 2],
    /// (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2, by interpolation at Chebyshev's nodes; to 2⁻³⁰ and 2⁻⁶⁰ of eʳ − 1.
    exp: &'static [T],
    /// Of ln(1 + f), see [`ln_of_one_and`] (FreeBSD's msun, e_logf.c and e_log.c).
    ln: &'static [T],
    /// Above it tanh is 1.
    tanh_highest: T,
    /// (1 + a) e^(a²) erfc(a) in t = (a − K)/(a + K), by interpolation at Chebyshev's nodes; to 2⁻³⁰ and 2⁻⁶⁰.
    erfc: &'static [[T; 2]],
    /// K.
    erfc_middle: T,
    /// Above it erfc is 0.
    erfc_highest: T,
    /// The smallest normal number, and a power of two that makes normal numbers of those below.
    subnormal: [T; 2],
    /// The logarithm of that power.
    subnormal_exponent: T,
}

pub(crate) const F32: Constants<f32> = Constants {
    exp_highest: 89.0,
    exp_lowest: -104.0,
    rounder: 12_582_912.0, // 1.5 · 2²³
    ln_2: [0.693_145_75, 1.428_606_8e-6],
    exp: &[0.5, 0.166_666_67, 0.041_666_463, 0.008_333_310_5, 0.001_393_365_9, 0.000_198_910_01],
    ln: &[0.666_666_6, 0.400_009_72, 0.284_987_87, 0.242_790_79],
    tanh_highest: 10.0,
    erfc: &[
        [0.766_187, -0.259_974_84],
        [0.037_813_876, 0.042_536_255],
        [-0.025_243_077, -0.000_517_334_44],
        [0.003_934_245_6, 0.000_139_949_76],
        [-0.000_694_950_6, -0.000_125_995_01],
        [9.938_61e-5, 3.846_805_7e-5],
    ],
    erfc_middle: 2.0,
    erfc_highest: 11.0,
    subnormal: [f32::MIN_POSITIVE, 33_554_432.0], // 2²⁵
    subnormal_exponent: 25.0,
};

pub(crate) const F64: Constants<f64> = Constants {
    exp_highest: 710.0,
    exp_lowest: -746.0,
    rounder: 6_755_399_441_055_744.0, // 1.5 · 2⁵²
    ln_2: [0.693_147_180_369_123_8, 1.908_214_929_270_587_8e-10],
    exp: &[
        0.5,
        0.166_666_666_666_666_7,
        0.041_666_666_666_666_67,
        0.008_333_333_333_326_129,
        0.001_388_888_888_888_374_4,
        0.000_198_412_698_748_407_68,
        2.480_158_732_556_212_5e-5,
        2.755_725_537_465_874_4e-6,
        2.755_727_362_486_648e-7,
        2.510_522_763_655_176e-8,
        2.091_469_456_035_159_2e-9,
    ],
    ln: &[
        0.666_666_666_666_673_5,
        0.399_999_999_994_094_2,
        0.285_714_287_436_623_9,
        0.222_221_984_321_497_84,
        0.181_835_721_616_180_5,
        0.153_138_376_992_093_73,
        0.147_981_986_051_165_86,
    ],
    tanh_highest: 20.0,
    erfc: &[
        [0.684_997_288_125_306_9, -0.199_344_582_800_367_07],
        [0.117_049_665_510_442_3, -0.048_080_381_221_308_165],
        [0.003_962_055_681_301_014, 0.015_312_509_679_303_738],
        [-0.017_515_654_646_755_696, 0.012_161_784_753_110_081],
        [-0.006_068_735_217_383_084, 0.002_116_421_581_828_498_4],
        [-0.000_389_767_499_399_151_55, -6.013_675_580_182_606e-5],
        [6.403_278_499_880_297e-5, -1.315_120_892_802_081_2e-5],
        [-4.138_610_639_412_521e-6, 2.650_480_039_777_758_3e-6],
        [4.559_157_122_628_216e-9, -3.645_854_943_345_239e-7],
        [5.040_439_069_757_882_6e-8, 4.741_140_256_925_565e-8],
        [-1.044_242_199_256_559e-8, -6.170_261_658_610_399e-9],
        [1.124_796_353_222_124_9e-9, 6.102_703_123_580_613e-10],
    ],
    erfc_middle: 4.0,
    erfc_highest: 28.0,
    subnormal: [f64::MIN_POSITIVE, 18_014_398_509_481_984.0], // 2⁵⁴
    subnormal_exponent: 54.0,
};

/// Horner's rule: c₀ + x(c₁ + x(c₂ + …)).
#[inline(always)]
fn polynomial<T: Real>(coefficients: &[T], x: T) -> T {
    let mut sum = T::zero();
    for &c in coefficients.iter().rev() {
        sum = sum * x + c;
    }
    sum
}

/// The same with the even and the odd powers apart, for long polynomials: half as many steps wait for each other.
#[inline(always)]
fn in_pairs<T: Real>(coefficients: &[[T; 2]], x: T) -> T {
    let (mut even, mut odd, x2) = (T::zero(), T::zero(), x * x);
    for &[a, b] in coefficients.iter().rev() {
        even = even * x2 + a;
        odd = odd * x2 + b;
    }
    even + x * odd
}

#[inline(always)]
fn clamped<T: Real>(x: T, lowest: T, highest: T) -> T {
    // Comparisons that NaN passes through.
    let x = if x > highest { highest } else { x };
    if x < lowest { lowest } else { x }
}

/// x = n ln 2 + r with a whole n and |r| ≤ ln 2 / 2; returns n and eʳ − 1.
#[inline(always)]
fn reduced<T: Real>(x: T) -> (T, T) {
    let constants = T::CONSTANTS;
    let n = (x * T::of(std::f64::consts::LOG2_E) + constants.rounder) - constants.rounder;
    let r = (x - n * constants.ln_2[0]) - n * constants.ln_2[1];
    (n, r + r * r * polynomial(constants.exp, r))
}

/// eˣ.
#[inline(always)]
pub fn exp<T: Real>(x: T) -> T {
    let constants = T::CONSTANTS;
    let (n, q) = reduced(clamped(x, constants.exp_lowest, constants.exp_highest));
    // 2ⁿ in two factors: either may be out of range where the result is not.
    let half = (n * T::of(0.5) + constants.rounder) - constants.rounder;
    (T::one() + q) * T::power_of_two(half) * T::power_of_two(n - half)
}

/// eˣ − 1, accurate near 0.
#[inline(always)]
pub fn exp_m1<T: Real>(x: T) -> T {
    let constants = T::CONSTANTS;
    let (n, q) = reduced(clamped(x, constants.exp_lowest, constants.exp_highest));
    let half = (n * T::of(0.5) + constants.rounder) - constants.rounder;
    // 2ⁿ(1 + q) − 1 with 2ⁿ = ab
    let (a, b) = (T::power_of_two(half), T::power_of_two(n - half));
    let result = (q * a + (a - T::power_of_two(half - n))) * b;
    if x > constants.exp_highest { T::infinity() } else { result }
}

/// ln x; −∞ at 0, NaN below.
#[inline(always)]
pub fn ln<T: Real>(x: T) -> T {
    let constants = T::CONSTANTS;
    let [smallest, factor] = constants.subnormal;
    let is_small = x < smallest;
    let (scaled, shift) = match is_small {
        true => (x * factor, constants.subnormal_exponent),
        false => (x, T::zero()),
    };
    let (m, k) = scaled.mantissa_and_exponent();
    let result = ln_of_one_and(m - T::one(), k - shift);
    let result = if x < T::infinity() { result } else { x };
    let result = if x == T::zero() { T::neg_infinity() } else { result };
    if x < T::zero() { T::nan() } else { result }
}

/// k ln 2 + ln(1 + f) for √½ ≤ 1 + f ≤ √2. With s = f/(2 + f) it is ln(1 + f) = 2 artanh s = f − s(f − R(s)), where R is
/// a polynomial in s².
#[inline(always)]
fn ln_of_one_and<T: Real>(f: T, k: T) -> T {
    let constants = T::CONSTANTS;
    let s = f / (T::of(2.0) + f);
    let s2 = s * s;
    let r = s2 * polynomial(constants.ln, s2);
    let half = T::of(0.5) * f * f;
    k * constants.ln_2[0] - ((half - (s * (half + r) + k * constants.ln_2[1])) - f)
}

/// ln(1 + x) for 0 ≤ x ≤ 1, accurate near 0.
#[inline(always)]
pub fn ln_1p_unit<T: Real>(x: T) -> T {
    // Above √2 − 1: ln 2 + ln(1 + (x − 1)/2).
    let is_high = x > T::of(std::f64::consts::SQRT_2 - 1.0);
    let f = if is_high { (x - T::one()) * T::of(0.5) } else { x };
    ln_of_one_and(f, if is_high { T::one() } else { T::zero() })
}

/// tanh x = (e²ˣ − 1) / (e²ˣ + 1).
#[inline(always)]
pub fn tanh<T: Real>(x: T) -> T {
    let constants = T::CONSTANTS;
    let a = clamped(x.abs(), T::zero(), constants.tanh_highest);
    let (n, q) = reduced(a + a);
    // e²ᵃ − 1 = 2ⁿ(1 + q) − 1
    let power = T::power_of_two(n);
    let e = q * power + (power - T::one());
    (e / (e + T::of(2.0))).copysign(x)
}

/// 1 / (1 + e⁻ˣ) = eˣ / (1 + eˣ), in the form whose exponential can not overflow.
#[inline(always)]
pub fn sigmoid<T: Real>(x: T) -> T {
    let e = exp(-x.abs());
    let numerator = if x < T::zero() { e } else { T::one() };
    numerator / (T::one() + e)
}

/// The sigmoid s and its derivative s(1 − s) = e^−|x| / (1 + e^−|x|)², which loses nothing where s is nearly 1.
#[inline(always)]
pub fn sigmoid_and_slope<T: Real>(x: T) -> (T, T) {
    let e = exp(-x.abs());
    let numerator = if x < T::zero() { e } else { T::one() };
    let whole = T::one() + e;
    (numerator / whole, e / (whole * whole))
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|): nothing overflows, and nothing is lost for very negative x.
#[inline(always)]
pub fn softplus<T: Real>(x: T) -> T {
    let positive = if x > T::zero() { x } else { T::zero() };
    positive + ln_1p_unit(exp(-x.abs()))
}

/// Φ(x) = ½ erfc(−x/√2), the distribution function of the standard normal distribution, and its density
/// φ(x) = e^(−x²/2) / √(2π). Both keep their relative accuracy far out on either side.
#[inline(always)]
pub fn normal_distribution<T: Real>(x: T) -> (T, T) {
    let constants = T::CONSTANTS;
    let a = clamped(
        x.abs() * T::of(std::f64::consts::FRAC_1_SQRT_2),
        T::zero(),
        constants.erfc_highest,
    );
    // e^(−x²/2) with x = high + low, so that high² is exact: x² = high² + low (x + high).
    let limit = constants.erfc_highest * T::of(2.0);
    let x = clamped(x, -limit, limit);
    let high = x.rounded_to_half_of_its_bits();
    let low = T::of(0.5) * (x - high) * (x + high);
    // The series of e^−low, of which five terms are enough for so small a number.
    let series = [1.0, -1.0, 0.5, -1.0 / 6.0, 1.0 / 24.0].map(T::of);
    let e = exp(T::of(-0.5) * high * high) * polynomial(&series, low);

    let k = constants.erfc_middle;
    let t = (a - k) / (a + k);
    let tail = T::of(0.5) * e * in_pairs(constants.erfc, t) / (T::one() + a);
    let below = if x > T::zero() { T::one() - tail } else { tail };
    (below, e * T::of(0.398_942_280_401_432_7)) // 1/√(2π)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distance of `value` from `exact` in units of the last place of f32.
    fn ulp_f32(value: f32, exact: f64) -> f64 {
        let nearest = exact as f32;
        if f64::from(value) == exact || (value.is_nan() && exact.is_nan()) || value == nearest {
            return (f64::from(value) - exact).abs().min(1.0) / unit_f32(nearest);
        }
        (f64::from(value) - exact).abs() / unit_f32(nearest)
    }

    fn unit_f32(x: f32) -> f64 {
        if x.is_infinite() {
            return f64::MAX;
        }
        f64::from(x.abs().next_up()) - f64::from(x.abs())
    }

    /// The largest error over numbers of all sizes in [low, high], in ULP of f32, beside the f64 function.
    fn worst_f32(low: f32, high: f32, f: impl Fn(f32) -> f32, exact: impl Fn(f64) -> f64) -> f64 {
        let all = (0..=u32::MAX).step_by(4_391).map(f32::from_bits);
        let mut worst = 0.0_f64;
        for x in all.filter(|x| (low..=high).contains(x)) {
            let error = ulp_f32(f(x), exact(f64::from(x)));
            assert!(error.is_finite(), "at {x:e}: {:e}", f(x));
            worst = worst.max(error);
        }
        worst
    }

    /// Φ(x) by erfc(a), corrected for the rounding of a = −x/√2, to which it is very sensitive far out.
    fn phi(x: f64) -> f64 {
        const C: f64 = std::f64::consts::FRAC_1_SQRT_2;
        const REST_OF_C: f64 = -4.833_646_656_726_457e-17;
        let a = -x * C;
        let rounding = (-x).mul_add(C, -a) - x * REST_OF_C;
        0.5 * (libm::erfc(a) - rounding * std::f64::consts::FRAC_2_SQRT_PI * (-a * a).exp())
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri's own functions err at random")]
    fn errors_in_single_precision() {
        let all = (f32::MIN, f32::MAX);
        let check = |name: &str, worst: f64, bound: f64| {
            assert!(worst <= bound, "{name}: {worst} ULP, not {bound}");
        };
        check("exp", worst_f32(all.0, 88.7, exp, f64::exp), 1.0);
        check("exp_m1", worst_f32(all.0, 88.7, exp_m1, f64::exp_m1), 1.5);
        check("ln", worst_f32(0.0, all.1, ln, f64::ln), 1.0);
        check("ln_1p", worst_f32(0.0, 1.0, ln_1p_unit, f64::ln_1p), 1.5);
        check("tanh", worst_f32(all.0, all.1, tanh, f64::tanh), 3.0);
        let exact_sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        check("sigmoid", worst_f32(all.0, all.1, sigmoid, exact_sigmoid), 2.5);
        let exact_softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
        check("softplus", worst_f32(all.0, all.1, softplus, exact_softplus), 2.0);
        check("Φ", worst_f32(-14.0, all.1, |x| normal_distribution(x).0, phi), 6.0);
    }

    /// In f64 the system's functions are the measure; they are within 1 ULP themselves.
    #[test]
    #[cfg_attr(miri, ignore = "Miri's own functions err at random")]
    fn errors_in_double_precision() {
        let worst = |low: f64, high: f64, f: &dyn Fn(f64) -> f64, exact: &dyn Fn(f64) -> f64| {
            let step = (1 << 44) + 12_345;
            let mut worst = (0.0_f64, 0.0);
            for x in (0..u64::MAX - step as u64).step_by(step).map(f64::from_bits) {
                if !(low..=high).contains(&x) {
                    continue;
                }
                let (value, exact) = (f(x), exact(x));
                let error = if value == exact {
                    0.0
                } else {
                    (value - exact).abs() / (exact.abs().next_up() - exact.abs())
                };
                assert!(error.is_finite(), "at {x:e}: {value:e} for {exact:e}");
                worst = if error > worst.0 { (error, x) } else { worst };
            }
            worst
        };
        let check = |name: &str, (worst, x): (f64, f64), bound: f64| {
            assert!(worst <= bound, "{name}: {worst} ULP, not {bound}, at {x:e}");
        };
        let all = (f64::MIN, f64::MAX);
        check("exp", worst(all.0, 709.7, &exp, &f64::exp), 1.0);
        check("exp_m1", worst(all.0, 709.7, &exp_m1, &f64::exp_m1), 2.0);
        check("ln", worst(0.0, all.1, &ln, &f64::ln), 1.0);
        check("ln_1p", worst(0.0, 1.0, &ln_1p_unit, &f64::ln_1p), 1.0);
        check("tanh", worst(all.0, all.1, &tanh, &f64::tanh), 3.0);
        check("sigmoid", worst(-700.0, all.1, &sigmoid, &|x| 1.0 / (1.0 + (-x).exp())), 3.0);
        let exact_softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
        check("softplus", worst(all.0, all.1, &softplus, &exact_softplus), 2.0);
        check("Φ", worst(-36.0, all.1, &|x| normal_distribution(x).0, &phi), 6.0);
    }

    #[test]
    fn what_is_not_finite() {
        fn check<T: Real>() {
            let (inf, nan) = (T::infinity(), T::nan());
            for f in [exp, exp_m1, ln, ln_1p_unit, tanh, sigmoid, softplus] {
                assert!(f(nan).is_nan());
            }
            let (below, density) = normal_distribution(nan);
            assert!(below.is_nan() && density.is_nan());
            assert_eq!([exp(inf), exp(-inf)], [inf, T::zero()]);
            assert_eq!([exp_m1(inf), exp_m1(-inf)], [inf, -T::one()]);
            assert_eq!([ln(inf), ln(T::zero())], [inf, -inf]);
            assert!(ln(-T::one()).is_nan());
            assert_eq!([tanh(inf), tanh(-inf)], [T::one(), -T::one()]);
            assert_eq!([sigmoid(inf), sigmoid(-inf)], [T::one(), T::zero()]);
            assert_eq!([softplus(inf), softplus(-inf)], [inf, T::zero()]);
            assert_eq!(normal_distribution(inf), (T::one(), T::zero()));
            assert_eq!(normal_distribution(-inf), (T::zero(), T::zero()));
        }
        check::<f32>();
        check::<f64>();
    }
}
