//! How good predictions are, in numbers that people read.

use crate::{
    Real,
    error::{Error, expect},
};
use ndarray::{ArrayView1, ArrayView2};

/// The root of the mean squared error, in units of the target.
pub fn root_mean_squared_error<T: Real>(
    prediction: ArrayView1<T>,
    target: ArrayView1<T>,
) -> Result<f64, Error> {
    Ok(squared_errors(prediction, target)?.sqrt())
}

/// The mean absolute error, in units of the target.
pub fn mean_absolute_error<T: Real>(
    prediction: ArrayView1<T>,
    target: ArrayView1<T>,
) -> Result<f64, Error> {
    mean(prediction, target, |p, t| (p - t).abs())
}

/// The coefficient of determination, R² = 1 − Σ(ŷ − t)² / Σ(t − t̄)²: 1 is perfect, 0 is as good as the mean
/// of these targets. NaN for a constant target.
pub fn r_squared<T: Real>(prediction: ArrayView1<T>, target: ArrayView1<T>) -> Result<f64, Error> {
    let error = squared_errors(prediction, target)?;
    let center = target.iter().map(|t| t.f64()).sum::<f64>() / target.len() as f64;
    let spread = mean(target, target, |t, _| (t - center) * (t - center))?;
    Ok(if spread > 0.0 { 1.0 - error / spread } else { f64::NAN })
}

/// The part of the rows whose largest logit is that of the class (a whole number from 0). A single column
/// of logits stands for the classes 0 (at most 0) and 1.
pub fn accuracy<T: Real>(logits: ArrayView2<T>, classes: ArrayView1<T>) -> Result<f64, Error> {
    expect("predictions", classes.len(), logits.nrows())?;
    let hits = logits.outer_iter().zip(classes).filter(|(row, class)| {
        let predicted = match row.len() {
            1 => usize::from(row[0] > T::zero()),
            _ => largest(row.iter().copied()),
        };
        predicted as f64 == class.f64()
    });
    Ok(hits.count() as f64 / classes.len() as f64)
}

/// The place of the largest number (the first of several).
pub fn largest<T: Real>(numbers: impl Iterator<Item = T>) -> usize {
    let mut best = (0, T::neg_infinity());
    for (i, v) in numbers.enumerate() {
        if v > best.1 {
            best = (i, v);
        }
    }
    best.0
}

fn squared_errors<T: Real>(prediction: ArrayView1<T>, target: ArrayView1<T>) -> Result<f64, Error> {
    mean(prediction, target, |p, t| (p - t) * (p - t))
}

fn mean<T: Real>(
    prediction: ArrayView1<T>,
    target: ArrayView1<T>,
    f: impl Fn(f64, f64) -> f64,
) -> Result<f64, Error> {
    expect("predictions", target.len(), prediction.len())?;
    if target.is_empty() {
        return Err(Error::NoSamples { what: "the targets" });
    }
    let sum: f64 = prediction.iter().zip(target).map(|(p, t)| f(p.f64(), t.f64())).sum();
    Ok(sum / target.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    // Worked by hand: errors 1, 0, −2; targets 1, 2, 6 with mean 3 and Σ(t − 3)² = 4 + 1 + 9 = 14.
    #[test]
    fn regression_metrics() {
        let (p, t) = (array![2.0, 2.0, 4.0], array![1.0, 2.0, 6.0]);
        assert_eq!(root_mean_squared_error(p.view(), t.view()), Ok((5.0f64 / 3.0).sqrt()));
        assert_eq!(mean_absolute_error(p.view(), t.view()), Ok(1.0));
        let r2 = r_squared(p.view(), t.view()).unwrap();
        assert!((r2 - (1.0 - 5.0 / 14.0)).abs() < 1e-15);
        assert!(r_squared(p.view(), array![1.0, 1.0, 1.0].view()).unwrap().is_nan());
    }

    #[test]
    fn accuracies() {
        let logits = array![[0.1, 0.9], [3.0, -1.0], [0.0, 0.5]];
        assert_eq!(accuracy(logits.view(), array![1.0, 0.0, 0.0].view()), Ok(2.0 / 3.0));
        let logits = array![[0.1], [-2.0]];
        assert_eq!(accuracy(logits.view(), array![1.0, 0.0].view()), Ok(1.0));
    }
}
