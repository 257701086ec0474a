use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most residuals that are kept of a fold.
const MOST: usize = 200;

/// The most rows that a fold can stand for, so that no product of counts overflows.
const MOST_ROWS: u64 = 1 << 40;

/// The absolute residuals of one fold's rows, thinned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldResiduals {
    /// The number n of rows in the fold.
    pub rows: u64,
    /// At most 200 of their absolute residuals, sorted. Of m, the j-th (from 1) is the ⌈jn/m⌉-th smallest of all.
    pub residuals: Vec<f64>,
}

/// Why numbers are not the residuals of a cross-validation.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ResidualsError {
    /// No fold.
    #[error("there are no folds: at least one is needed")]
    NoFolds,
    /// A number of rows that does not go with the residuals.
    #[error("fold {fold} (counted from 0) has {residuals} residuals for {rows} rows")]
    Rows {
        /// The fold, from 0.
        fold: usize,
        /// The residuals that are given.
        residuals: usize,
        /// The rows that they stand for.
        rows: u64,
    },
    /// Residuals that are negative, not finite, or not in order.
    #[error("the residuals of fold {fold} (counted from 0) are not sorted numbers of 0 or more")]
    Order {
        /// The fold, from 0.
        fold: usize,
    },
}

impl FoldResiduals {
    /// From residuals in any order and of any sign.
    pub(super) fn new(mut residuals: Vec<f64>) -> Self {
        residuals.iter_mut().for_each(|residual| *residual = residual.abs());
        residuals.sort_unstable_by(f64::total_cmp);
        let n = residuals.len();
        if n > MOST {
            residuals = (1..=MOST).map(|j| residuals[(j * n).div_ceil(MOST) - 1]).collect();
        }
        Self { rows: n as u64, residuals }
    }

    /// The rows that the first residuals stand for.
    pub(super) fn rows_of(&self, residuals: usize) -> u64 {
        (residuals as u64 * self.rows).div_ceil(self.residuals.len() as u64)
    }

    /// Fails unless this can have come from [`new`](Self::new); `number` is the number of the fold.
    pub(super) fn check(&self, number: usize) -> Result<(), ResidualsError> {
        let Self { rows, ref residuals } = *self;
        if residuals.is_empty() || residuals.len() as u64 > rows || rows > MOST_ROWS {
            return Err(ResidualsError::Rows { fold: number, residuals: residuals.len(), rows });
        }
        let sorted = residuals.windows(2).all(|pair| pair[0] <= pair[1]);
        if !sorted || !residuals.iter().all(|r| r.is_finite() && *r >= 0.0) {
            return Err(ResidualsError::Order { fold: number });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Worked by hand: of 1, …, 400 every second one, and of 1, …, 300 the ⌈1.5 j⌉-th.
    #[test]
    fn runs_of_residuals() {
        let of = |n: u32| FoldResiduals::new((1..=n).rev().map(|r| -f64::from(r)).collect());
        assert_eq!(of(3), FoldResiduals { rows: 3, residuals: vec![1.0, 2.0, 3.0] });
        assert_eq!(of(200).residuals.len(), 200);
        assert_eq!((of(400).residuals[0], of(400).residuals[199]), (2.0, 400.0));
        assert_eq!(of(300).residuals[..4], [2.0, 3.0, 5.0, 6.0]);
        assert_eq!([0, 1, 2, 3, 200].map(|j| of(300).rows_of(j)), [0, 2, 3, 5, 300]);
    }
}
