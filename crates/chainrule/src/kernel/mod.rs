//! The loops that the machine spends its time in.
//!
//! Each kernel is ordinary safe Rust, written once as a [`Task`]. [`run`] compiles it once for each
//! instruction set and chooses the best one that the processor has at run time, so that a build
//! without `target-cpu` flags is as fast as one with them. This is the only module with `unsafe`, and
//! its only unsafe act is to call a function compiled for instructions that were just detected.
//!
//! | file | computes |
//! |---|---|
//! | `reference.rs` | everything, in the plainest way: the oracle of the tests |
//! | `product.rs` | C = A·B and its relatives, each output one chain of multiply–adds over k |
//! | `elementwise.rs` | y = f(x), and the loop of an optimizer over all parameters |
//! | `elementary.rs` | exp, ln, tanh and their relatives, to be used in such loops |
//! | `transpose.rs` | Aᵀ |
//! | `hinges.rs` | a whole network of one hidden layer of ReLU units, for one or two inputs |
//! | `team.rs` | nothing itself: the threads that share large work |
//! | `vector.rs` | the vectors of each instruction set |
//!
//! **Order of summation.** Every output of a product is one chain over k in ascending order, whatever
//! the tile, the instruction set's width or the number of rows. Hence the prediction for a row does not
//! depend, to the last bit, on the other rows of its batch.

#![allow(unsafe_code)]

pub mod elementary;
pub(crate) mod elementwise;
pub(crate) mod hinges;
pub(crate) mod product;
#[cfg(test)]
mod reference;
pub(crate) mod team;
pub(crate) mod transpose;
mod vector;

pub(crate) use elementwise::{map, scaled, sum, update, zip, zip_in_place};
pub(crate) use product::{
    add_column_sums, gram_accumulate, outer_product, product, product_accumulate,
};
pub(crate) use transpose::transpose;

pub(crate) use vector::Vector;

use crate::Real;
use std::sync::OnceLock;

/// A set of instructions that the kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstructionSet {
    /// What every processor of the target has. On AArch64 that includes NEON with fused multiply–add.
    Baseline,
    /// 256-bit vectors with fused multiply–add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512-bit vectors. Only `avx512f`: LLVM 22 (Rust 1.95) can miscompile loops with the DQ and VL
    /// extensions (rust-lang/rust#158622).
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl InstructionSet {
    /// The sets that this processor has, the best one last.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn available() -> Vec<Self> {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = avx2 && is_x86_feature_detected!("avx512f");
        let sets = [(Self::Baseline, true), (Self::Avx2, avx2), (Self::Avx512, avx512)];
        sets.into_iter().filter_map(|(set, is_there)| is_there.then_some(set)).collect()
    }

    /// The sets that this processor has, the best one last.
    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn available() -> Vec<Self> {
        vec![Self::Baseline]
    }

    /// The best set that this processor has, detected once.
    pub(crate) fn best() -> Self {
        static BEST: OnceLock<InstructionSet> = OnceLock::new();
        *BEST.get_or_init(|| *Self::available().last().unwrap_or(&Self::Baseline))
    }
}

/// What a kernel knows of the instruction set that it is compiled for.
pub trait Simd {
    /// Multiply and add with one rounding: a single instruction here, a slow library call elsewhere.
    const FUSED: bool;
    /// Rows of a product's tile, two vectors wide: what the registers hold, and no less than an addition's delay asks
    /// for.
    const TILE_ROWS: usize;
    /// Its vectors.
    type F32: Vector<f32>;
    /// Its vectors.
    type F64: Vector<f64>;

    /// Transposes a block of 8 × 8 numbers, whose rows lie `stride` apart, in registers; false where there is no way to
    /// do so.
    #[inline(always)]
    fn transpose_block<T: Real>(from: &[T], stride: usize, to: &mut [T], to_stride: usize) -> bool {
        let _ = (from, stride, to, to_stride);
        false
    }
}

/// a · b + c, fused where the machine can.
#[inline(always)]
fn multiply_add<S: Simd, T: Real>(a: T, b: T, c: T) -> T {
    if S::FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// A loop that is compiled for each instruction set.
pub(crate) trait Task {
    /// The loop. Implementations are `#[inline(always)]`, so that the code is generated inside the
    /// function with the instruction set's features.
    fn run<S: Simd>(self);
}

/// Runs a task with the best instructions of this processor.
#[inline]
pub(crate) fn run(task: impl Task) {
    run_with(InstructionSet::best(), task);
}

/// Runs a task with the given instructions, which must be [available](InstructionSet::available).
#[inline]
pub(crate) fn run_with(set: InstructionSet, task: impl Task) {
    match set {
        InstructionSet::Baseline => task.run::<Baseline>(),
        // SAFETY: `available` offers these two only after it has detected their features.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => unsafe { run_avx2(task) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => unsafe { run_avx512(task) },
    }
}

/// To be called after a library has used wide vectors: some leave their upper halves in use, and all narrow
/// instructions after them are slow on some processors.
#[inline]
pub(crate) fn end_of_foreign_vectors() {
    #[cfg(target_arch = "x86_64")]
    if InstructionSet::best() != InstructionSet::Baseline {
        // SAFETY: there is AVX, and no vector lives across this call.
        unsafe { std::arch::x86_64::_mm256_zeroupper() }
    }
}

struct Baseline;

impl Simd for Baseline {
    const FUSED: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));
    const TILE_ROWS: usize = if cfg!(target_arch = "aarch64") { 8 } else { 4 };
    type F32 = [f32; 4];
    type F64 = [f64; 2];
}

#[cfg(target_arch = "x86_64")]
struct Avx2;

#[cfg(target_arch = "x86_64")]
impl Simd for Avx2 {
    const FUSED: bool = true;
    const TILE_ROWS: usize = 6;
    type F32 = std::arch::x86_64::__m256;
    type F64 = std::arch::x86_64::__m256d;

    #[inline(always)]
    fn transpose_block<T: Real>(from: &[T], stride: usize, to: &mut [T], to_stride: usize) -> bool {
        transpose::transpose_block_avx2(from, stride, to, to_stride)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2(task: impl Task) {
    task.run::<Avx2>();
}

#[cfg(target_arch = "x86_64")]
struct Avx512;

#[cfg(target_arch = "x86_64")]
impl Simd for Avx512 {
    const FUSED: bool = true;
    const TILE_ROWS: usize = 8;
    type F32 = std::arch::x86_64::__m512;
    type F64 = std::arch::x86_64::__m512d;

    #[inline(always)]
    fn transpose_block<T: Real>(from: &[T], stride: usize, to: &mut [T], to_stride: usize) -> bool {
        transpose::transpose_block_avx2(from, stride, to, to_stride)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn run_avx512(task: impl Task) {
    task.run::<Avx512>();
}
