//! A [trace](chainrule::trace) to read: what happens in a network from the inputs to the new weights.
//!
//! ```text
//! Trace ─► Lesson ─┬─► text   aligned matrices for a terminal
//!                  ├─► json   nested lists for numpy and for other programs
//!                  └─► page   one HTML file with formulas, and the numbers put in
//! ```
//!
//! The crate computes nothing: every number is one of the trace.
//!
//! ```
//! use chainrule::{Network, activation::*, loss::MeanSquaredError, optimizer::Adam, trace::Tracing};
//! use chainrule_lesson::{Language, Lesson};
//! use std::sync::Arc;
//!
//! let network = Network::builder(2).dense(3, Sigmoid).dense(1, Identity).build(1)?;
//! let tracing = Tracing::new(Arc::new(MeanSquaredError), Arc::new(Adam::default()));
//! let x = ndarray::array![[0.5, -1.0]];
//! let trace = tracing.run(&network, x.view(), ndarray::array![[1.0]].view().into())?;
//!
//! let lesson = Lesson::new("A first step", &trace);
//! assert!(lesson.text(Language::En).contains("z = xW + b"));
//! assert_eq!(lesson.json()["format"], "chainrule.trace");
//! # Ok::<(), chainrule::Error>(())
//! ```

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod homework;
mod json;
mod language;
mod lesson;
mod notation;
mod number;
mod page;
mod text;
pub mod worksheet;

pub use language::Language;
pub use lesson::Lesson;
