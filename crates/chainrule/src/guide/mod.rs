//! The mathematics, for readers who know derivatives and have never seen a network.
//!
//! | page | answers |
//! |---|---|
//! | [`back_propagation`] | Where does a gradient come from, and how do I know that it is right? |
//! | [`initialization`] | Which parameters should a network start from, and how much depends on it? |
//! | [`training`] | What happens between the first step and the last, and which result is kept? |
//! | [`solvers`] | How does one get much further in much less time, if there are few parameters? |
//! | [`own_parts`] | How do I add an activation, a loss or a layer, and prove its derivative? |
//!
//! Every piece of code on these pages is run by the tests.

#[doc = include_str!("back_propagation.md")]
pub mod back_propagation {}

#[doc = include_str!("initialization.md")]
pub mod initialization {}

#[doc = include_str!("training.md")]
pub mod training {}

#[doc = include_str!("solvers.md")]
pub mod solvers {}

#[doc = include_str!("own_parts.md")]
pub mod own_parts {}
