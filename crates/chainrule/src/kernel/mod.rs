//! The loops that the machine spends its time in.
//!
//! Each kernel is written once as a [`Task`]. [`run`] compiles it once for each
//! instruction set and chooses the best one that the processor has at run time, so that a build
//! without `target-cpu` flags is as fast as one with them. This is the only module with `unsafe`: to call what is
//! compiled for instructions that were just detected, to read and write vectors, and to share memory among threads.
//!
//! | file | computes |
//! |---|---|
//! | `instructions.rs` | nothing: the choice of the instructions that all the others run with |
//! | `reference.rs` | the products in the plainest way: to be read, and the oracle of the tests |
//! | `product/` | C = A·B and its relatives, each output one chain of multiply–adds over k |
//! | `dots.rs`, `column_sums.rs` | A·b, and the sums of A's columns |
//! | `elementwise.rs` | y = f(x), and the loop of an optimizer over all parameters |
//! | `elementary.rs` | exp, ln, tanh and their relatives, to be used in such loops |
//! | `transpose.rs` | Aᵀ |
//! | `hinges.rs` | a whole network of one hidden layer of ReLU units, for one or two inputs |
//! | `work.rs` | nothing itself: what the others do, and how it is divided |
//! | `team.rs` | nothing itself: the threads that share large work |
//! | `prefetch.rs` | nothing: asks for what will be read soon |
//! | `vector.rs` | the vectors of each instruction set |
//! | `aligned.rs` | nothing: where numbers begin in memory |
//! | `guard.rs` | nothing: a test at the end of memory |
//!
//! **Order of summation.** Every output of a product is one chain over k in ascending order, whatever
//! the tile, the instruction set's width or the number of rows; a product with a vector is several such chains, added up
//! in one way. Hence the prediction for a row does not
//! depend, to the last bit, on the other rows of its batch.

#![allow(unsafe_code)]

mod aligned;
mod column_sums;
mod dots;
pub mod elementary;
pub(crate) mod elementwise;
#[cfg(all(test, unix, not(miri)))]
mod guard;
pub(crate) mod hinges;
pub(crate) mod instructions;
mod prefetch;
pub(crate) mod product;
mod reference;
pub(crate) mod team;
pub(crate) mod transpose;
mod vector;
mod work;

use crate::Real;
pub use aligned::Aligned;
pub(crate) use column_sums::{add_column_sums, column_sums};
pub(crate) use elementwise::{clear, gather, map, scaled, sum, update, zip, zip_in_place};
#[cfg(test)]
use instructions::run_with;
use instructions::{Baseline, InstructionSet, Task, multiply_add, run};
pub(crate) use instructions::{Simd, end_of_foreign_vectors};
pub(crate) use product::{
    Product, add_transposed_product, gram_accumulate, outer_product, product,
    product_with_transposed, transposed_product,
};
pub(crate) use transpose::transpose;
pub(crate) use vector::Vector;
pub(crate) use work::{Work, together};
