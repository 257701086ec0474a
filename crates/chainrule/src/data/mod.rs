//! Data: checked arrays of samples, their splits, and problems to try things on.

mod dataset;
pub mod synthetic;

pub use dataset::{Dataset, split};
