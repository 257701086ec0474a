//! The 27 models of the data sets, each with its gradient by hand.

/// A model y = f(θ, x) with ∂f/∂θ.
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) value: fn(&[f64], &[f64]) -> f64,
    pub(crate) gradient: fn(&[f64], &[f64], &mut [f64]),
}

/// All of them, in the order of NIST's levels of difficulty.
pub(crate) const MODELS: [Model; 27] = [
    // Lower level.
    Model { name: "Misra1a", value: saturation, gradient: saturation_gradient },
    Model { name: "Chwirut2", value: chwirut, gradient: chwirut_gradient },
    Model { name: "Chwirut1", value: chwirut, gradient: chwirut_gradient },
    Model { name: "Lanczos3", value: exponentials, gradient: exponentials_gradient },
    Model { name: "Gauss1", value: gauss, gradient: gauss_gradient },
    Model { name: "Gauss2", value: gauss, gradient: gauss_gradient },
    Model { name: "DanWood", value: power, gradient: power_gradient },
    Model { name: "Misra1b", value: misra1b, gradient: misra1b_gradient },
    // Average level.
    Model { name: "Kirby2", value: kirby2, gradient: kirby2_gradient },
    Model { name: "Hahn1", value: cubics, gradient: cubics_gradient },
    Model { name: "Nelson", value: nelson, gradient: nelson_gradient },
    Model { name: "MGH17", value: mgh17, gradient: mgh17_gradient },
    Model { name: "Lanczos1", value: exponentials, gradient: exponentials_gradient },
    Model { name: "Lanczos2", value: exponentials, gradient: exponentials_gradient },
    Model { name: "Gauss3", value: gauss, gradient: gauss_gradient },
    Model { name: "Misra1c", value: misra1c, gradient: misra1c_gradient },
    Model { name: "Misra1d", value: misra1d, gradient: misra1d_gradient },
    Model { name: "Roszman1", value: roszman1, gradient: roszman1_gradient },
    Model { name: "ENSO", value: enso, gradient: enso_gradient },
    // Higher level.
    Model { name: "MGH09", value: mgh09, gradient: mgh09_gradient },
    Model { name: "Thurber", value: cubics, gradient: cubics_gradient },
    Model { name: "BoxBOD", value: saturation, gradient: saturation_gradient },
    Model { name: "Rat42", value: rat42, gradient: rat42_gradient },
    Model { name: "MGH10", value: mgh10, gradient: mgh10_gradient },
    Model { name: "Eckerle4", value: eckerle4, gradient: eckerle4_gradient },
    Model { name: "Rat43", value: rat43, gradient: rat43_gradient },
    Model { name: "Bennett5", value: bennett5, gradient: bennett5_gradient },
];

/// b₁ (1 − exp(−b₂x)).
fn saturation(b: &[f64], x: &[f64]) -> f64 {
    -b[0] * (-b[1] * x[0]).exp_m1()
}

fn saturation_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    d[0] = -(-b[1] * x[0]).exp_m1();
    d[1] = b[0] * x[0] * (-b[1] * x[0]).exp();
}

/// exp(−b₁x) / (b₂ + b₃x).
fn chwirut(b: &[f64], x: &[f64]) -> f64 {
    (-b[0] * x[0]).exp() / (b[1] + b[2] * x[0])
}

fn chwirut_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let (y, below) = (chwirut(b, x), b[1] + b[2] * x[0]);
    d[0] = -x[0] * y;
    d[1] = -y / below;
    d[2] = -x[0] * y / below;
}

/// b₁ exp(−b₂x) + b₃ exp(−b₄x) + b₅ exp(−b₆x).
fn exponentials(b: &[f64], x: &[f64]) -> f64 {
    b.chunks_exact(2).map(|b| b[0] * (-b[1] * x[0]).exp()).sum()
}

fn exponentials_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    for (b, d) in b.chunks_exact(2).zip(d.chunks_exact_mut(2)) {
        d[0] = (-b[1] * x[0]).exp();
        d[1] = -x[0] * b[0] * d[0];
    }
}

/// b₁ exp(−b₂x) + b₃ exp(−(x − b₄)²/b₅²) + b₆ exp(−(x − b₇)²/b₈²).
fn gauss(b: &[f64], x: &[f64]) -> f64 {
    let bell = |b: &[f64]| b[0] * (-((x[0] - b[1]) / b[2]).powi(2)).exp();
    b[0] * (-b[1] * x[0]).exp() + bell(&b[2..5]) + bell(&b[5..8])
}

fn gauss_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    d[0] = (-b[1] * x[0]).exp();
    d[1] = -x[0] * b[0] * d[0];
    for i in [2, 5] {
        let u = (x[0] - b[i + 1]) / b[i + 2];
        let e = (-u * u).exp();
        d[i] = e;
        d[i + 1] = b[i] * e * 2.0 * u / b[i + 2];
        d[i + 2] = b[i] * e * 2.0 * u * u / b[i + 2];
    }
}

/// b₁ x^b₂.
fn power(b: &[f64], x: &[f64]) -> f64 {
    b[0] * x[0].powf(b[1])
}

fn power_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    d[0] = x[0].powf(b[1]);
    d[1] = b[0] * d[0] * x[0].ln();
}

/// b₁ (1 − (1 + b₂x/2)⁻²).
fn misra1b(b: &[f64], x: &[f64]) -> f64 {
    b[0] * (1.0 - (1.0 + b[1] * x[0] / 2.0).powi(-2))
}

fn misra1b_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let u = 1.0 + b[1] * x[0] / 2.0;
    d[0] = 1.0 - u.powi(-2);
    d[1] = b[0] * x[0] * u.powi(-3);
}

/// b₁ (1 − (1 + 2b₂x)^(−1/2)).
fn misra1c(b: &[f64], x: &[f64]) -> f64 {
    b[0] * (1.0 - (1.0 + 2.0 * b[1] * x[0]).powf(-0.5))
}

fn misra1c_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let u = 1.0 + 2.0 * b[1] * x[0];
    d[0] = 1.0 - u.powf(-0.5);
    d[1] = b[0] * x[0] * u.powf(-1.5);
}

/// b₁ b₂ x / (1 + b₂x).
fn misra1d(b: &[f64], x: &[f64]) -> f64 {
    b[0] * b[1] * x[0] / (1.0 + b[1] * x[0])
}

fn misra1d_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let u = 1.0 + b[1] * x[0];
    d[0] = b[1] * x[0] / u;
    d[1] = b[0] * x[0] / (u * u);
}

/// (b₁ + b₂x + b₃x²) / (1 + b₄x + b₅x²).
fn kirby2(b: &[f64], x: &[f64]) -> f64 {
    let x = x[0];
    (b[0] + x * (b[1] + x * b[2])) / (1.0 + x * (b[3] + x * b[4]))
}

fn kirby2_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let (y, x) = (kirby2(b, x), x[0]);
    let below = 1.0 + x * (b[3] + x * b[4]);
    d.copy_from_slice(&[1.0, x, x * x, -x * y, -x * x * y]);
    d.iter_mut().for_each(|d| *d /= below);
}

/// (b₁ + b₂x + b₃x² + b₄x³) / (1 + b₅x + b₆x² + b₇x³).
fn cubics(b: &[f64], x: &[f64]) -> f64 {
    let x = x[0];
    (b[0] + x * (b[1] + x * (b[2] + x * b[3]))) / (1.0 + x * (b[4] + x * (b[5] + x * b[6])))
}

fn cubics_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let (y, x) = (cubics(b, x), x[0]);
    let below = 1.0 + x * (b[4] + x * (b[5] + x * b[6]));
    d.copy_from_slice(&[1.0, x, x * x, x.powi(3), -x * y, -x * x * y, -x.powi(3) * y]);
    d.iter_mut().for_each(|d| *d /= below);
}

/// b₁ − b₂ x₁ exp(−b₃x₂), for the logarithm of y.
fn nelson(b: &[f64], x: &[f64]) -> f64 {
    b[0] - b[1] * x[0] * (-b[2] * x[1]).exp()
}

fn nelson_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let e = (-b[2] * x[1]).exp();
    d.copy_from_slice(&[1.0, -x[0] * e, b[1] * x[0] * x[1] * e]);
}

/// b₁ + b₂ exp(−b₄x) + b₃ exp(−b₅x).
fn mgh17(b: &[f64], x: &[f64]) -> f64 {
    b[0] + b[1] * (-b[3] * x[0]).exp() + b[2] * (-b[4] * x[0]).exp()
}

fn mgh17_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let (e, f) = ((-b[3] * x[0]).exp(), (-b[4] * x[0]).exp());
    d.copy_from_slice(&[1.0, e, f, -x[0] * b[1] * e, -x[0] * b[2] * f]);
}

/// b₁ − b₂x − arctan(b₃/(x − b₄))/π.
fn roszman1(b: &[f64], x: &[f64]) -> f64 {
    b[0] - b[1] * x[0] - (b[2] / (x[0] - b[3])).atan() / std::f64::consts::PI
}

fn roszman1_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let u = x[0] - b[3];
    let square = std::f64::consts::PI * (u * u + b[2] * b[2]);
    d.copy_from_slice(&[1.0, -x[0], -u / square, -b[2] / square]);
}

/// b₁ and three waves: of 12 months, of b₄ and of b₇.
fn enso(b: &[f64], x: &[f64]) -> f64 {
    let angle = |period: f64| std::f64::consts::TAU * x[0] / period;
    let wave = |period: f64, c: f64, s: f64| c * angle(period).cos() + s * angle(period).sin();
    b[0] + wave(12.0, b[1], b[2]) + wave(b[3], b[4], b[5]) + wave(b[6], b[7], b[8])
}

fn enso_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let angle = |period: f64| std::f64::consts::TAU * x[0] / period;
    d[0] = 1.0;
    (d[1], d[2]) = (angle(12.0).cos(), angle(12.0).sin());
    for i in [3, 6] {
        let (s, c) = angle(b[i]).sin_cos();
        d[i] = (b[i + 1] * s - b[i + 2] * c) * angle(b[i]) / b[i];
        (d[i + 1], d[i + 2]) = (c, s);
    }
}

/// b₁ (x² + b₂x) / (x² + b₃x + b₄).
fn mgh09(b: &[f64], x: &[f64]) -> f64 {
    let x = x[0];
    b[0] * (x * x + x * b[1]) / (x * x + x * b[2] + b[3])
}

fn mgh09_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let (y, x) = (mgh09(b, x), x[0]);
    let below = x * x + x * b[2] + b[3];
    d.copy_from_slice(&[x * x + x * b[1], b[0] * x, -x * y, -y]);
    d.iter_mut().for_each(|d| *d /= below);
}

/// b₁ / (1 + exp(b₂ − b₃x)).
fn rat42(b: &[f64], x: &[f64]) -> f64 {
    b[0] / (1.0 + (b[1] - b[2] * x[0]).exp())
}

fn rat42_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let e = (b[1] - b[2] * x[0]).exp();
    d[0] = 1.0 / (1.0 + e);
    d[1] = -b[0] * e / (1.0 + e).powi(2);
    d[2] = -x[0] * d[1];
}

/// b₁ exp(b₂/(x + b₃)).
fn mgh10(b: &[f64], x: &[f64]) -> f64 {
    b[0] * (b[1] / (x[0] + b[2])).exp()
}

fn mgh10_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let below = x[0] + b[2];
    d[0] = (b[1] / below).exp();
    d[1] = b[0] * d[0] / below;
    d[2] = -d[1] * b[1] / below;
}

/// (b₁/b₂) exp(−((x − b₃)/b₂)²/2).
fn eckerle4(b: &[f64], x: &[f64]) -> f64 {
    b[0] / b[1] * (-0.5 * ((x[0] - b[2]) / b[1]).powi(2)).exp()
}

fn eckerle4_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let (y, u) = (eckerle4(b, x), (x[0] - b[2]) / b[1]);
    d.copy_from_slice(&[y / b[0], y * (u * u - 1.0) / b[1], y * u / b[1]]);
}

/// b₁ / (1 + exp(b₂ − b₃x))^(1/b₄).
fn rat43(b: &[f64], x: &[f64]) -> f64 {
    b[0] / (1.0 + (b[1] - b[2] * x[0]).exp()).powf(1.0 / b[3])
}

fn rat43_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let (y, e) = (rat43(b, x), (b[1] - b[2] * x[0]).exp());
    d[0] = y / b[0];
    d[1] = -y / b[3] * e / (1.0 + e);
    d[2] = -x[0] * d[1];
    d[3] = y * (1.0 + e).ln() / (b[3] * b[3]);
}

/// b₁ (b₂ + x)^(−1/b₃).
fn bennett5(b: &[f64], x: &[f64]) -> f64 {
    b[0] * (b[1] + x[0]).powf(-1.0 / b[2])
}

fn bennett5_gradient(b: &[f64], x: &[f64], d: &mut [f64]) {
    let y = bennett5(b, x);
    d[0] = y / b[0];
    d[1] = -y / (b[2] * (b[1] + x[0]));
    d[2] = y * (b[1] + x[0]).ln() / (b[2] * b[2]);
}
