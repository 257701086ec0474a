//! Exercises for paper: back-propagation by hand, another one for each student, and the key.
//!
//! A network of ReLU layers and a linear one, one sample, the squared error, one step of gradient descent. All numbers are
//! small and short, and no unit stands at the kink of ReLU; of the hidden units some are on and some are off.

mod draw;
mod page;

use crate::Language;
use chainrule::trace::Trace;
use thiserror::Error;

/// Exercises of one kind, each with its solution.
#[derive(Clone, Debug)]
pub struct Worksheet {
    widths: Vec<usize>,
    seed: u64,
    /// The step of each student, with all its numbers.
    traces: Vec<Trace>,
}

/// A worksheet that can not be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WorksheetError {
    /// Too large for paper.
    #[error(
        "a network of {widths} is too large to be computed by hand; take at most {MOST_LAYERS} layers of at most \
         {MOST_UNITS} units, such as 2-2-1"
    )]
    TooLarge {
        /// Its widths.
        widths: String,
    },
    /// Fewer different exercises with humane numbers than students.
    #[error(
        "only {found} of {asked} exercises with short numbers were found for {widths}; take a network of other widths, or fewer students"
    )]
    TooFew {
        /// The widths of the network.
        widths: String,
        /// How many were asked for.
        asked: usize,
        /// How many were found.
        found: usize,
    },
}

/// Layers of weights.
const MOST_LAYERS: usize = 3;
/// Numbers in a layer.
const MOST_UNITS: usize = 4;

impl Worksheet {
    /// Exercises for so many students, on a network of these widths from its inputs to its outputs.
    pub fn new(widths: &[usize], students: usize, seed: u64) -> Result<Self, WorksheetError> {
        let shown = widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-");
        let fits = (2..=MOST_LAYERS + 1).contains(&widths.len())
            && widths.iter().all(|width| (1..=MOST_UNITS).contains(width));
        if !fits {
            return Err(WorksheetError::TooLarge { widths: shown });
        }
        let traces = draw::exercises(widths, students, seed);
        let (asked, found) = (students, traces.len());
        match found == asked {
            true => Ok(Self { widths: widths.to_vec(), seed, traces }),
            false => Err(WorksheetError::TooFew { widths: shown, asked, found }),
        }
    }

    /// The steps, one for each student.
    pub fn traces(&self) -> &[Trace] {
        &self.traces
    }

    /// The exercises, a sheet of paper for each student, as one HTML file.
    pub fn sheets(&self, language: Language) -> String {
        page::sheets(self, language)
    }

    /// The solutions as one HTML file.
    pub fn key(&self, language: Language) -> String {
        page::key(self, language)
    }
}
