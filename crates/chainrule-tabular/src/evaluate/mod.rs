//! How good predictions are, beside what is cheap to have: the mean, a linear regression, the nearest neighbours.
//!
//! | room | holds |
//! |---|---|
//! | [`Evaluation`] | all that is said about a model's predictions |
//! | [`regression`] | errors of predicted numbers, and likelihoods of predicted distributions |
//! | [`classification`] | measures of predicted probabilities, and the curves behind them |
//! | [`bootstrap`] | how far chance moves a measure |
//! | [`conformal`] | intervals and sets that hold the truth as often as promised |
//! | [`calibration`] | a temperature that makes probabilities honest |
//! | [`importance`] | what a column is worth |
//! | [`neighbours`] | the most similar rows, as one more baseline |
//!
//! The measures are functions of slices: they know no table and no network.

mod baselines;
pub mod bootstrap;
pub mod calibration;
mod check;
pub mod classification;
pub mod conformal;
mod evaluation;
pub mod importance;
mod least_squares;
pub mod neighbours;
pub mod regression;

pub(crate) use baselines::Baselines;
pub use bootstrap::Interval;
pub use calibration::Temperature;
pub use classification::ClassificationScore;
pub use conformal::{CrossConformal, IntervalQuality, LabelRule, LabelSets};
pub(crate) use evaluation::Judge;
pub use evaluation::{Baseline, Coverage, Evaluation, Measures, TargetEvaluation, Verdict};
pub use importance::Importance;
pub(crate) use least_squares::LeastSquares;
pub use neighbours::Neighbours;
pub use regression::RegressionScore;
