//! From a table to a network that can be trusted, and back.
//!
//! ```text
//! CSV ─► Table ─► fit: split, standardise, train, score ─► Model ─► file
//!                                      new Table ─► predict ┘  └─► predictions, in the units of the table
//! ```
//!
//! ```
//! use chainrule_tabular::{Settings, Table, fit};
//!
//! let x: Vec<f64> = (0..100).map(|i| f64::from(i) / 10.0).collect();
//! let y = x.iter().map(|x| x.sin()).collect();
//! let table = Table::new(vec![("x".into(), x), ("y".into(), y)])?;
//! let settings = Settings { epochs: Some(50), ..Settings::new(["y"]) };
//! let fit = fit(&table, &settings, &mut ())?;
//! assert!(fit.scores.overall.network.rmse < fit.scores.overall.mean.rmse);
//! let prediction = fit.model.predict(&table)?;
//! assert_eq!(prediction.table.rows(), 100);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | room | holds |
//! |---|---|
//! | [`table`] | named columns, read from CSV |
//! | [`encode`] | columns as numbers for a network, and back |
//! | [`estimator`] | the fit, its settings and its decisions |
//! | [`model`] | a network with its preprocessing: what predicts |
//! | [`evaluate`] | scores, beside those of the mean and of a linear regression |
//! | [`file`](mod@file) | model files |
//!
//! Nothing here prints, exits or asks the clock; everything that can be wrong with a table, a model or a
//! file is an error with a sentence that says what to do.

pub mod encode;
pub mod estimator;
pub mod evaluate;
pub mod file;
pub mod model;
mod names;
pub mod table;

pub use encode::Number;
pub use estimator::{Decision, Fit, FitError, Preparation, Settings, Start, fit};
pub use evaluate::{
    ClassificationScore, Comparison, CrossConformal, Importance, Interval, IntervalQuality,
    LabelRule, LabelSets, Neighbours, RegressionScore, Score, Scores, TargetScores, Temperature,
};
pub use file::{FileError, FormatError};
pub use model::{
    AnyNetwork, Architecture, ArchitectureError, Model, ModelError, Output, Parts, Precision,
    Prediction, Record,
};
pub use table::{Table, TableError};
