//! Problems with a known answer.

use super::Dataset;
use crate::{
    Real,
    random::{Purpose, Random},
};
use ndarray::{Array1, Array2};
use std::f64::consts::{PI, TAU};

/// A function of one variable on an interval.
#[derive(Clone, Copy, Debug)]
pub struct Curve {
    /// The function.
    pub f: fn(f64) -> f64,
    /// The interval.
    pub interval: (f64, f64),
}

/// The lesson's function: sin x on [−10, 10].
pub const SINE: Curve = Curve { f: f64::sin, interval: (-10.0, 10.0) };

/// The lesson's other function: e^(x/3) + x³ + x²/3 + x on [−10, 10].
pub const POLYNOMIAL: Curve =
    Curve { f: |x| (x / 3.0).exp() + x.powi(3) + x * x / 3.0 + x, interval: (-10.0, 10.0) };

impl Curve {
    /// `samples` evenly spaced points from end to end, with normal noise of this standard deviation added
    /// to each value.
    pub fn sample<T: Real>(&self, samples: usize, noise: f64, seed: u64) -> Dataset<T> {
        let mut random = Random::new(seed, Purpose::Data);
        let x = Array1::linspace(self.interval.0, self.interval.1, samples);
        let y = x.mapv(|x| (self.f)(x) + noise * random.normal::<f64>());
        dataset(x.to_vec().into_iter().map(|x| [x]), y.to_vec())
    }
}

/// Two classes of points in the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Two arms that wind around each other.
    Spiral,
    /// Two half circles that reach into each other.
    Moons,
    /// Opposite corners of a square belong together: the problem that one layer can not solve.
    Xor,
}

impl Plane {
    /// `samples` points, the classes 0 and 1 in turn, with normal noise of this standard deviation added to
    /// each coordinate.
    pub fn sample<T: Real>(self, samples: usize, noise: f64, seed: u64) -> Dataset<T> {
        let mut random = Random::new(seed, Purpose::Data);
        let classes: Vec<f64> = (0..samples).map(|i| (i % 2) as f64).collect();
        let points: Vec<[f64; 2]> = (0..samples)
            .map(|i| {
                let t = (i / 2) as f64 / (samples.div_ceil(2).max(2) - 1) as f64;
                let point = self.point(i % 2 == 1, t, &mut random);
                point.map(|p| p + noise * random.normal::<f64>())
            })
            .collect();
        dataset(points.into_iter(), classes)
    }

    /// A point of a class, at the part t in [0, 1] of its curve.
    fn point(self, second: bool, t: f64, random: &mut Random) -> [f64; 2] {
        let sign = if second { -1.0 } else { 1.0 };
        match self {
            // One and a half turns, from the middle outwards.
            Self::Spiral => {
                let (radius, angle) = (0.1 + 0.9 * t, 1.5 * TAU * t);
                [sign * radius * angle.cos(), sign * radius * angle.sin()]
            }
            Self::Moons => match second {
                false => [(PI * t).cos(), (PI * t).sin()],
                true => [1.0 - (PI * t).cos(), 0.5 - (PI * t).sin()],
            },
            Self::Xor => {
                let (u, v): (f64, f64) = (random.uniform(0.0, 1.0), random.uniform(0.0, 1.0));
                let side = if random.unit::<f64>() < 0.5 { 1.0 } else { -1.0 };
                [side * u, sign * side * v]
            }
        }
    }
}

fn dataset<T: Real, const N: usize>(
    points: impl Iterator<Item = [f64; N]>,
    y: Vec<f64>,
) -> Dataset<T> {
    let x: Vec<T> = points.flatten().map(T::of).collect();
    let x = Array2::from_shape_vec((y.len(), N), x).expect("a point for each value");
    let y = Array1::from(y).mapv(T::of).insert_axis(ndarray::Axis(1));
    Dataset::new(x, y).expect("synthetic data are finite")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_reach_from_end_to_end() {
        let data = SINE.sample::<f64>(100, 0.0, 0);
        assert_eq!((data.x()[[0, 0]], data.x()[[99, 0]]), (-10.0, 10.0));
        assert_eq!(data.targets().values[[99, 0]], 10.0f64.sin());
    }

    #[test]
    fn noise_is_drawn_for_each_sample() {
        let (clean, noisy) = (SINE.sample::<f64>(50, 0.0, 1), SINE.sample::<f64>(50, 0.1, 1));
        let offsets = &noisy.targets().values - &clean.targets().values;
        assert!(offsets.std(0.0) > 0.05);
    }

    #[test]
    fn xor_needs_the_product_of_the_coordinates() {
        let data = Plane::Xor.sample::<f64>(200, 0.0, 3);
        for (x, class) in data.x().outer_iter().zip(data.targets().values.iter()) {
            assert_eq!(x[0] * x[1] < 0.0, *class == 1.0);
        }
    }
}
