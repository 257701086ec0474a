use super::{Layer, Memory, Mode, Pass, Remembered, slice, slice_mut};
use crate::{
    Real,
    error::{Error, setting},
    kernel,
};
use ndarray::{ArrayView2, ArrayViewMut2};

/// Dropout: in training each number is set to 0 with probability p, the others are divided by 1 − p, so
/// that the mean stays the same; in prediction y = x (Srivastava et al., 2014, in its inverted form).
#[derive(Clone, Debug)]
pub struct Dropout {
    features: usize,
    rate: f64,
}

impl Dropout {
    /// Drops each of the features with the probability `rate` in [0, 1).
    pub fn new(features: usize, rate: f64) -> Result<Self, Error> {
        setting("the dropout rate", rate, (0.0..1.0).contains(&rate), "at least 0 and below 1")?;
        Ok(Self { features, rate })
    }
}

impl<T: Real> Layer<T> for Dropout {
    fn name(&self) -> String {
        "dropout".to_owned()
    }

    fn describe(&self) -> String {
        format!("rate {}", self.rate)
    }

    fn inputs(&self) -> usize {
        self.features
    }

    fn outputs(&self) -> usize {
        self.features
    }

    /// The factor of each number: 0, or 1/(1 − p).
    fn memory(&self, rows: usize) -> Memory<T> {
        Memory::numbers(rows * self.features)
    }

    fn remembered(&self, rows: usize) -> Vec<Remembered> {
        vec![Remembered::new("factor", [rows, self.features], 0)]
    }

    fn predicts_as_it_trains(&self) -> bool {
        false
    }

    fn forward(
        &self,
        _: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        mode: Mode<T>,
    ) {
        let factor = &mut memory.numbers[..x.len()];
        match mode {
            Mode::Predict { .. } => factor.fill(T::one()),
            Mode::Train { random, .. } => {
                let kept = T::of(1.0 / (1.0 - self.rate));
                factor.fill_with(
                    || {
                        if random.unit::<f64>() < self.rate { T::zero() } else { kept }
                    },
                );
            }
        }
        let y = slice_mut(&mut y);
        y.copy_from_slice(slice(&x));
        kernel::zip_in_place(factor, y, |factor, x| factor * x);
    }

    /// > dx = factor · dy
    fn backward(
        &self,
        _: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        _: &mut [T],
        memory: &mut Memory<T>,
    ) {
        if let Some(mut dx) = dx {
            let dx = slice_mut(&mut dx);
            dx.copy_from_slice(slice(&dy));
            kernel::zip_in_place(&memory.numbers[..dx.len()], dx, |factor, dy| factor * dy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Random};
    use ndarray::Array2;

    fn pass(rate: f64, mode: Mode<f64>) -> (Array2<f64>, Memory<f64>) {
        let dropout = Dropout::new(50, rate).unwrap();
        let x = Array2::from_elem((200, 50), 2.0);
        let mut y = Array2::zeros((200, 50));
        let mut memory = dropout.memory(200);
        dropout.forward(&[], x.view(), y.view_mut(), &mut memory, mode);
        (y, memory)
    }

    #[test]
    fn keeps_the_mean_in_training_and_everything_in_prediction() {
        let mut random = Random::new(5, Purpose::Dropout { shard: 0 });
        let (y, _) = pass(0.3, Mode::Train { random: &mut random, statistics: &mut [] });
        let dropped = y.iter().filter(|y| **y == 0.0).count() as f64 / y.len() as f64;
        assert!((dropped - 0.3).abs() < 0.02, "{dropped}");
        assert!((y.mean().unwrap() - 2.0).abs() < 0.05);
        let (y, _) = pass(0.3, Mode::Predict { statistics: &[] });
        assert!(y.iter().all(|y| *y == 2.0));
    }

    #[test]
    fn the_rate_is_checked() {
        for rate in [-0.1, 1.0, f64::NAN] {
            assert!(Dropout::new(1, rate).is_err(), "{rate}");
        }
    }
}
