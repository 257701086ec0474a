//! From a table to a model: what is learned, what is decided, and what can not be fitted.

mod bits;
mod columns;
mod coverage;
mod errors;
mod naughty;
mod rows;
mod tables;
mod tasks;
