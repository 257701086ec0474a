//! One file for each command.

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
pub(crate) mod trace;
pub(crate) mod worksheet;
