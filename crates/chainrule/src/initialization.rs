//! How the parameters of a layer start.
//!
//! The variance of the weights is chosen so that the signal neither dies nor explodes on its way
//! through the layers. With i inputs and o outputs of a layer:
//!
//! | | variance | for | source |
//! |---|---|---|---|
//! | He | 2/i | ReLU and its relatives | He et al., arXiv 1502.01852 |
//! | Glorot | 2/(i + o) | tanh, sigmoid, linear | Glorot and Bengio, 2010 |
//! | LeCun | 1/i | SELU | LeCun et al., *Efficient BackProp*, 1998 |
//!
//! A uniform distribution on [−a, a] has the variance a²/3, hence a = √(3 · variance).

use crate::{Real, random::Random};

/// How the weights [inputs × outputs] of a dense layer start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weights {
    /// Normal with variance 2/inputs.
    HeNormal,
    /// Uniform with variance 2/inputs.
    HeUniform,
    /// Normal with variance 2/(inputs + outputs).
    GlorotNormal,
    /// Uniform with variance 2/(inputs + outputs).
    GlorotUniform,
    /// Normal with variance 1/inputs.
    LecunNormal,
    /// Uniform with variance 1/inputs.
    LecunUniform,
    /// Orthonormal rows or columns, whichever are fewer, times the gain (Saxe et al., arXiv 1312.6120).
    Orthogonal {
        /// Factor of the orthonormal vectors; 1 keeps lengths.
        gain: f64,
    },
    /// All zero.
    Zeros,
    /// All the same number.
    Constant(f64),
}

impl Weights {
    /// Fills `w` [inputs × outputs].
    pub fn fill<T: Real>(self, w: &mut [T], inputs: usize, outputs: usize, random: &mut Random) {
        let (i, o) = (inputs as f64, outputs as f64);
        match self {
            Self::HeNormal => normal(w, 2.0 / i, random),
            Self::HeUniform => uniform(w, 2.0 / i, random),
            Self::GlorotNormal => normal(w, 2.0 / (i + o), random),
            Self::GlorotUniform => uniform(w, 2.0 / (i + o), random),
            Self::LecunNormal => normal(w, 1.0 / i, random),
            Self::LecunUniform => uniform(w, 1.0 / i, random),
            Self::Orthogonal { gain } => orthogonal(w, inputs, outputs, gain, random),
            Self::Zeros => w.fill(T::zero()),
            Self::Constant(value) => w.fill(T::of(value)),
        }
    }

    /// The name in summaries.
    pub fn name(self) -> &'static str {
        match self {
            Self::HeNormal => "he_normal",
            Self::HeUniform => "he_uniform",
            Self::GlorotNormal => "glorot_normal",
            Self::GlorotUniform => "glorot_uniform",
            Self::LecunNormal => "lecun_normal",
            Self::LecunUniform => "lecun_uniform",
            Self::Orthogonal { .. } => "orthogonal",
            Self::Zeros => "zeros",
            Self::Constant(_) => "constant",
        }
    }
}

/// How the biases of a dense layer start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bias {
    /// All zero, as in the lesson: every hinge of a ReLU layer then starts at x = 0.
    Zeros,
    /// Uniform on ±1/√inputs (PyTorch's default).
    Uniform,
    /// Each unit's hinge w·x + b = 0 passes through a point of the box [low, high]^inputs.
    ///
    /// The points are stratified: along each input, the units' points lie in equal cells of the
    /// interval, one in each, in random order. So the hinges cover the data evenly, whatever the seed.
    Spread {
        /// The lower end of each input's interval.
        low: f64,
        /// The upper end of each input's interval.
        high: f64,
    },
    /// All the same number.
    Constant(f64),
}

impl Bias {
    /// [`Bias::Spread`] over where standardised inputs lie: [−√3, √3] holds all of a uniform
    /// distribution and 92 % of a normal one.
    pub const STANDARDISED: Self =
        Self::Spread { low: -1.732_050_807_568_877_2, high: 1.732_050_807_568_877_2 };

    /// Fills `b`, one number for each output, for weights `w` [inputs × outputs] that have been filled
    /// before.
    pub fn fill<T: Real>(self, b: &mut [T], w: &[T], inputs: usize, random: &mut Random) {
        match self {
            Self::Zeros => b.fill(T::zero()),
            Self::Uniform => {
                let limit = T::of(1.0 / (inputs as f64).sqrt());
                b.fill_with(|| random.uniform(-limit, limit));
            }
            Self::Spread { low, high } => spread(b, w, inputs, low, high, random),
            Self::Constant(value) => b.fill(T::of(value)),
        }
    }
}

fn normal<T: Real>(w: &mut [T], variance: f64, random: &mut Random) {
    let deviation = T::of(variance.sqrt());
    w.fill_with(|| random.normal::<T>() * deviation);
}

fn uniform<T: Real>(w: &mut [T], variance: f64, random: &mut Random) {
    let limit = T::of((3.0 * variance).sqrt());
    w.fill_with(|| random.uniform(-limit, limit));
}

/// Draws normal vectors and makes them orthonormal by Gram and Schmidt's method, twice for each vector,
/// which is enough for full precision.
fn orthogonal<T: Real>(w: &mut [T], inputs: usize, outputs: usize, gain: f64, random: &mut Random) {
    let (count, length) = (inputs.min(outputs), inputs.max(outputs));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut v: Vec<f64> = (0..length).map(|_| random.normal()).collect();
        for _ in 0..2 {
            for u in &basis {
                let dot: f64 = u.iter().zip(&v).map(|(u, v)| u * v).sum();
                v.iter_mut().zip(u).for_each(|(v, u)| *v -= dot * u);
            }
        }
        let norm = v.iter().map(|v| v * v).sum::<f64>().sqrt();
        if norm > 1e-6 {
            v.iter_mut().for_each(|v| *v /= norm);
            basis.push(v);
        }
    }
    for i in 0..inputs {
        for o in 0..outputs {
            let entry = if inputs < outputs { basis[i][o] } else { basis[o][i] };
            w[i * outputs + o] = T::of(gain * entry);
        }
    }
}

fn spread<T: Real>(b: &mut [T], w: &[T], inputs: usize, low: f64, high: f64, random: &mut Random) {
    let units = b.len();
    b.fill(T::zero());
    for i in 0..inputs {
        for (unit, cell) in random.permutation(units).into_iter().enumerate() {
            let position = (cell as f64 + random.unit::<f64>()) / units as f64;
            b[unit] -= w[i * units + unit] * T::of(low + (high - low) * position);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    fn random() -> Random {
        Random::new(3, Purpose::Parameters)
    }

    #[test]
    fn variances_are_those_of_the_papers() {
        let (inputs, outputs) = (80, 50);
        for (weights, expected) in [
            (Weights::HeNormal, 2.0 / 80.0),
            (Weights::HeUniform, 2.0 / 80.0),
            (Weights::GlorotNormal, 2.0 / 130.0),
            (Weights::GlorotUniform, 2.0 / 130.0),
            (Weights::LecunNormal, 1.0 / 80.0),
            (Weights::LecunUniform, 1.0 / 80.0),
            (Weights::Orthogonal { gain: 1.0 }, 1.0 / 80.0),
        ] {
            let mut w = vec![0.0f64; inputs * outputs];
            weights.fill(&mut w, inputs, outputs, &mut random());
            let variance = w.iter().map(|w| w * w).sum::<f64>() / w.len() as f64;
            assert!((variance / expected - 1.0).abs() < 0.08, "{weights:?}: {variance}");
        }
    }

    #[test]
    fn orthogonal_weights_are_orthonormal() {
        for (inputs, outputs) in [(3, 7), (7, 3), (5, 5)] {
            let mut w = vec![0.0f64; inputs * outputs];
            Weights::Orthogonal { gain: 2.0 }.fill(&mut w, inputs, outputs, &mut random());
            let w = ndarray::Array2::from_shape_vec((inputs, outputs), w).unwrap();
            let gram = if inputs < outputs { w.dot(&w.t()) } else { w.t().dot(&w) };
            for ((i, j), &entry) in gram.indexed_iter() {
                let expected = if i == j { 4.0 } else { 0.0 };
                assert!((entry - expected).abs() < 1e-12, "{inputs}×{outputs}: {entry}");
            }
        }
    }

    #[test]
    fn spread_hinges_lie_one_in_each_cell() {
        let units = 10;
        let (mut w, mut b) = (vec![0.0f64; units], vec![0.0f64; units]);
        Weights::HeNormal.fill(&mut w, 1, units, &mut random());
        Bias::Spread { low: -2.0, high: 3.0 }.fill(&mut b, &w, 1, &mut random());
        let mut cells: Vec<usize> =
            w.iter().zip(&b).map(|(w, b)| ((-b / w + 2.0) / 0.5) as usize).collect();
        cells.sort_unstable();
        assert_eq!(cells, (0..units).collect::<Vec<_>>());
    }

    #[test]
    fn constants_zeros_and_uniform_biases() {
        let mut w = vec![1.0f32; 4];
        Weights::Zeros.fill(&mut w, 2, 2, &mut random());
        assert_eq!(w, [0.0; 4]);
        Weights::Constant(0.5).fill(&mut w, 2, 2, &mut random());
        assert_eq!(w, [0.5; 4]);
        let mut b = vec![0.0f32; 100];
        Bias::Uniform.fill(&mut b, &[0.0; 400], 4, &mut random());
        assert!(b.iter().all(|b| b.abs() <= 0.5) && b.iter().any(|b| b.abs() > 0.4));
        Bias::Constant(2.0).fill(&mut b, &[0.0; 400], 4, &mut random());
        assert_eq!(b, [2.0; 100]);
    }
}
