//! From a table to a model: what is decided, and the fit itself.
//!
//! ```text
//! Table, Settings ─► Preparation: check, split, standardise, decide ─► train ─► score ─► Fit
//! ```
//!
//! The rows that are held out do three things: they say when to stop and which parameters are best, and they
//! are what the scores are computed on. Means and deviations come from the other rows alone.

mod decision;
mod error;
mod fit;
mod plan;
mod preparation;
mod settings;

pub use decision::Decision;
pub use error::FitError;
pub use fit::{Fit, Start, fit};
pub use preparation::Preparation;
pub use settings::Settings;
