//! One file for each command; `subject` is what two of them look at.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod cv;
pub(crate) mod demo;
pub(crate) mod evaluate;
pub(crate) mod fit;
pub(crate) mod gradcheck;
pub(crate) mod info;
pub(crate) mod man;
pub(crate) mod plot;
pub(crate) mod predict;
pub(crate) mod race;
pub(crate) mod report;
pub(crate) mod search;
mod subject;
pub(crate) mod trace;
pub(crate) mod worksheet;
