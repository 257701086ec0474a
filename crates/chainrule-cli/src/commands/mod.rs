//! One file for each command.

pub(crate) mod demo;
pub(crate) mod fit;
pub(crate) mod info;
pub(crate) mod predict;
pub(crate) mod race;
