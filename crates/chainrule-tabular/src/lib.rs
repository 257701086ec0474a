//! From a table to a network that can be trusted, and back.
//!
//! ```text
//! CSV ─► Table ─► fit: divide, encode, train, calibrate, score ─► Model ─► file
//!                                            new Table ─► predict ┘  └─► predictions, in the units of the table
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
//! let scores = &fit.evaluation.targets[0];
//! assert!(scores.measures.main() < scores.baselines[0].measures.main());
//! let prediction = fit.model.predict(&table)?;
//! assert_eq!(prediction.table.rows(), 100);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | room | holds |
//! |---|---|
//! | [`table`] | named columns of numbers and words, and what they mean |
//! | [`encode`] | columns as numbers for a network, and back |
//! | [`estimator`] | the fit, its settings and its decisions |
//! | [`model`] | networks with their preprocessing: what predicts |
//! | [`evaluate`] | measures, intervals and what is cheap to have |
//! | [`search`] | better settings, by chance |
//! | [`explain`] | what the predictions depend on |
//! | [`file`](mod@file) | model files |
//!
//! Nothing here prints, exits or asks the clock; everything that can be wrong with a table, a model or a
//! file is an error with a sentence that says what to do.

pub mod encode;
pub mod estimator;
pub mod evaluate;
pub mod explain;
pub mod file;
pub mod model;
mod names;
pub mod search;
pub mod table;

pub use encode::{Encoder, Encoding, Input, Target, TargetValues};
pub use estimator::{
    Checkpoint, Decision, Fit, FitError, Keeper, Preparation, Settings, Task, Training, Validation,
    fit,
};
pub use evaluate::{Evaluation, Measures, TargetEvaluation};
pub use explain::{Comparison, Dependence, DependenceCurve, Places};
pub use file::{FileError, FormatError};
pub use model::{
    AnyNetwork, Architecture, ArchitectureError, Calibration, Member, Model, ModelError, Output,
    Parts, Precision, Predicted, Prediction, Record,
};
pub use table::{Column, Table, TableError};
