//! Charts of data, networks and trainings, and a page that reports on a model: it draws, never trains.
//!
//! ```text
//! slices of f64  →  chart::fit, regions, loss, ...  →  Chart  →  SVG, PNG or text for a terminal
//! words, tables, charts  →  Section  →  Page  →  one HTML file
//! ```
//!
//! A [`Chart`] knows where everything lies, in the unit square; paper (SVG, PNG) and the terminal
//! are two readings of it. The crate knows nothing of networks, and neither reads nor writes files.
//!
//! ```
//! use chainrule_report::{Labels, Series, chart};
//!
//! let x: Vec<f64> = (0..50).map(|i| f64::from(i) * 0.1).collect();
//! let y: Vec<f64> = x.iter().map(|x| x.sin()).collect();
//! let labels = Labels { title: "A sine", x: "x", y: "sin x" };
//! let chart = chart::fit(labels, Series::new("samples", &x, &y), None, Series::new("prediction", &x, &y))?;
//! assert!(chart.svg().starts_with("<svg"));
//! assert!(chart.terminal(80, 24, false).lines().count() <= 24);
//! # Ok::<(), chainrule_report::Error>(())
//! ```
//!
//! What all charts share:
//!
//! * Values that are not finite (or beyond ±10³⁰⁰, where differences overflow) are left out; a
//!   curve is interrupted there. A chart with nothing left to draw is an [`Error::Empty`].
//! * Thousands of samples are thinned to what the eye can tell apart, the outliers kept.
//! * Colours are told apart by colour-blind readers too, and classes differ in shape as well.
//! * In SVG the words are text, in the fonts of the reader; so Chinese labels are safe there.

pub mod chart;
mod error;
mod figure;
mod ink;
pub mod page;
mod paper;
mod scale;
mod series;
mod terminal;
mod text;
mod thin;

pub use chart::Chart;
pub use error::Error;
pub use page::{Page, Section, Table};
pub use series::{Labels, Series};
