use super::Loss;
use crate::{
    Real,
    error::{Error, setting},
};

/// The pinball loss of one or several quantiles q: ℓ = max(q(t − y), (q − 1)(t − y)), whose minimiser is the
/// conditional q-quantile of the target (Koenker and Bassett, 1978).
///
/// With Q levels and k target columns the network has kQ outputs: column jQ + i predicts level i of
/// target j. A sample's loss is the mean over them.
#[derive(Clone, Debug)]
pub struct Quantile {
    levels: Vec<f64>,
}

impl Quantile {
    /// The loss for these levels, each strictly between 0 and 1, for example `[0.05, 0.5, 0.95]`.
    pub fn new(levels: impl Into<Vec<f64>>) -> Result<Self, Error> {
        let levels = levels.into();
        setting("the number of quantiles", levels.len() as f64, !levels.is_empty(), "at least 1")?;
        for &q in &levels {
            setting("a quantile", q, 0.0 < q && q < 1.0, "strictly between 0 and 1")?;
        }
        Ok(Self { levels })
    }

    /// The levels, in the order of the output columns.
    pub fn levels(&self) -> &[f64] {
        &self.levels
    }
}

impl<T: Real> Loss<T> for Quantile {
    fn name(&self) -> &str {
        "quantile"
    }

    fn outputs(&self, targets: usize) -> Option<usize> {
        Some(targets * self.levels.len())
    }

    fn value(&self, y: &[T], target: &[T]) -> T {
        let mut sum = T::zero();
        for (y, &t) in y.chunks_exact(self.levels.len()).zip(target) {
            for (&y, &q) in y.iter().zip(&self.levels) {
                let r = t - y;
                sum += if r > T::zero() { T::of(q) * r } else { T::of(q - 1.0) * r };
            }
        }
        sum / T::of(y.len() as f64)
    }

    /// ∂ℓ/∂y = −q where the target is above the prediction, else 1 − q
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        let (n, width) = (T::of(y.len() as f64), self.levels.len());
        let rows = dy.chunks_exact_mut(width).zip(y.chunks_exact(width)).zip(target);
        for ((dy, y), &t) in rows {
            for ((dy, &y), &q) in dy.iter_mut().zip(y).zip(&self.levels) {
                *dy = if t > y {
                    T::of(-q) / n
                } else if t <= y {
                    T::of(1.0 - q) / n
                } else {
                    t - y // NaN, where one of them is
                };
            }
        }
    }
}
