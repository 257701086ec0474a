//! The command as its users meet it: what they type, what they see, and the exit code.

mod check;
mod cv;
mod data;
mod demo;
mod evaluate;
mod fit;
mod gradcheck;
mod info;
mod interrupt;
mod json;
mod papers;
mod place;
mod predict;
mod race;
mod trace;
mod usage;
mod worksheet;
