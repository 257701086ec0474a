//! A student's gradients beside the right ones, and the slip that explains the difference.
//!
//! ```text
//! step.json  ─► Exercise ─► the right gradients ─┐
//!                   └─► the same with each slip ─┼─► Verdict
//! mine.json  ─► Answer ──────────────────────────┘
//! ```
//!
//! A slip is made on purpose: the exercise is computed once more with a transposed matrix, a missing derivative, a sum in
//! place of a mean. If that gives the student's numbers, that was the slip.

mod backward;
mod comparison;
mod error;
mod exercise;
mod file;
mod slip;
mod verdict;

pub use error::HomeworkError;
pub use exercise::Exercise;
pub use file::Answer;
pub use slip::{Factor, Layers, Slip};
pub use verdict::{Block, Explanation, Place, TOLERANCE, Verdict, Wrong};
