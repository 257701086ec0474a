//! The mathematics, as pages with tested code.

#[doc = include_str!("back_propagation.md")]
pub mod back_propagation {}
