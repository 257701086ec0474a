//! The instructions that the kernels are compiled for, and which of them run: see [`crate::instructions`].

use super::{Real, Vector};
use crate::Error;
use std::sync::OnceLock;

/// The names of what this processor can run, the best one last.
pub fn available() -> Vec<&'static str> {
    InstructionSet::available().into_iter().map(InstructionSet::name).collect()
}

/// The name of what the kernels run with. Fails if `CHAINRULE_KERNEL` asks for what there is not; the kernels then run with
/// the best there is.
pub fn selected() -> Result<&'static str, Error> {
    let best = InstructionSet::selected().name();
    match asked() {
        asked if asked.is_empty() || asked == best => Ok(best),
        asked => Err(Error::Instructions { asked, available: available().join(", ") }),
    }
}

/// What the environment asks for; nothing is the best.
fn asked() -> String {
    let asked = std::env::var_os("CHAINRULE_KERNEL").unwrap_or_default();
    asked.to_string_lossy().into_owned()
}

#[cfg(test)]
thread_local! {
    /// A choice for one thread, by which a test goes through all of them.
    pub(super) static FOR_THIS_TEST: std::cell::Cell<Option<InstructionSet>> =
        const { std::cell::Cell::new(None) };
}

/// A set of instructions that the kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstructionSet {
    /// The loops of `reference.rs`.
    Reference,
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
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    pub(crate) fn available() -> Vec<Self> {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = avx2 && is_x86_feature_detected!("avx512f");
        let sets = [
            (Self::Reference, true),
            (Self::Baseline, true),
            (Self::Avx2, avx2),
            (Self::Avx512, avx512),
        ];
        sets.into_iter().filter_map(|(set, is_there)| is_there.then_some(set)).collect()
    }

    /// The sets that this processor has, the best one last.
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    pub(crate) fn available() -> Vec<Self> {
        vec![Self::Reference, Self::Baseline]
    }

    /// The set that the environment asks for, or the best one that this processor has; found out once.
    #[inline]
    pub(super) fn selected() -> Self {
        #[cfg(test)]
        if let Some(set) = FOR_THIS_TEST.get() {
            return set;
        }
        static SELECTED: OnceLock<InstructionSet> = OnceLock::new();
        *SELECTED.get_or_init(|| {
            let asked = asked();
            let available = Self::available();
            let found = available.iter().find(|set| set.name() == asked);
            *found.or(available.last()).unwrap_or(&Self::Baseline)
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Baseline if cfg!(target_arch = "x86_64") => "sse2",
            Self::Baseline if cfg!(target_arch = "aarch64") => "neon",
            Self::Baseline if cfg!(target_feature = "simd128") => "simd128",
            Self::Baseline => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => "avx512",
        }
    }

    /// Bytes of its vectors.
    pub(super) fn vector_bytes(self) -> usize {
        match self {
            Self::Reference | Self::Baseline => 16,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => 32,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => 64,
        }
    }

    /// Rows of a product's tile.
    pub(super) fn tile_rows(self) -> usize {
        match self {
            Self::Reference | Self::Baseline => Baseline::TILE_ROWS,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::TILE_ROWS,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::TILE_ROWS,
        }
    }

    /// Whether its multiply–adds round once, so that it has the bits of the reference.
    #[cfg(test)]
    pub(super) fn is_fused(self) -> bool {
        self != Self::Baseline || Baseline::FUSED
    }
}

/// What a kernel knows of the instruction set that it is compiled for.
pub trait Simd: Sized {
    /// Multiply and add with one rounding: a single instruction here, a slow library call elsewhere.
    const FUSED: bool;
    /// Vector registers.
    const REGISTERS: usize;
    /// Rows of a product's tile, two vectors wide: what the registers hold, and no less than an addition's delay asks
    /// for.
    const TILE_ROWS: usize;
    /// Its vectors.
    type F32: Vector<f32>;
    /// Its vectors.
    type F64: Vector<f64>;

    /// Runs a part of a task as a function of its own, whose loops have the registers for themselves.
    fn call(task: impl Task);

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
pub(super) fn multiply_add<S: Simd, T: Real>(a: T, b: T, c: T) -> T {
    if S::FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// A loop that is compiled for each instruction set.
pub trait Task {
    /// The loop. Implementations are `#[inline(always)]`, so that the code is generated inside the
    /// function with the instruction set's features.
    fn run<S: Simd>(self);

    /// The plainest form. Where there is nothing to be fused, the loop itself, which has the same bits everywhere.
    fn plainly(self)
    where
        Self: Sized,
    {
        self.run::<Baseline>();
    }
}

/// Runs a task with the best instructions of this processor.
#[inline]
pub(crate) fn run(task: impl Task) {
    run_with(InstructionSet::selected(), task);
}

/// Runs a task with the given instructions, which must be [available](InstructionSet::available).
#[inline]
pub(crate) fn run_with(set: InstructionSet, task: impl Task) {
    match set {
        InstructionSet::Reference => task.plainly(),
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
    if InstructionSet::selected() != InstructionSet::Baseline {
        // SAFETY: there is AVX, and no vector lives across this call.
        unsafe { std::arch::x86_64::_mm256_zeroupper() }
    }
}

pub(super) struct Baseline;

impl Simd for Baseline {
    const FUSED: bool = cfg!(any(target_arch = "aarch64", target_feature = "fma"));
    const REGISTERS: usize = if cfg!(target_arch = "aarch64") { 32 } else { 16 };
    const TILE_ROWS: usize = if cfg!(target_arch = "aarch64") { 8 } else { 4 };
    type F32 = [f32; 4];
    type F64 = [f64; 2];

    #[inline(never)]
    fn call(task: impl Task) {
        task.run::<Self>();
    }
}

#[cfg(target_arch = "x86_64")]
struct Avx2;

#[cfg(target_arch = "x86_64")]
impl Simd for Avx2 {
    const FUSED: bool = true;
    const REGISTERS: usize = 16;
    const TILE_ROWS: usize = 6;
    type F32 = std::arch::x86_64::__m256;
    type F64 = std::arch::x86_64::__m256d;

    #[inline(always)]
    fn call(task: impl Task) {
        // SAFETY: this is compiled for, and so called on, processors that have the features.
        unsafe { run_avx2(task) }
    }

    #[inline(always)]
    fn transpose_block<T: Real>(from: &[T], stride: usize, to: &mut [T], to_stride: usize) -> bool {
        super::transpose::transpose_block_avx2(from, stride, to, to_stride)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[inline(never)]
fn run_avx2(task: impl Task) {
    task.run::<Avx2>();
}

#[cfg(target_arch = "x86_64")]
struct Avx512;

#[cfg(target_arch = "x86_64")]
impl Simd for Avx512 {
    const FUSED: bool = true;
    const REGISTERS: usize = 32;
    const TILE_ROWS: usize = 8;
    type F32 = std::arch::x86_64::__m512;
    type F64 = std::arch::x86_64::__m512d;

    #[inline(always)]
    fn call(task: impl Task) {
        // SAFETY: this is compiled for, and so called on, processors that have the features.
        unsafe { run_avx512(task) }
    }

    #[inline(always)]
    fn transpose_block<T: Real>(from: &[T], stride: usize, to: &mut [T], to_stride: usize) -> bool {
        super::transpose::transpose_block_avx2(from, stride, to, to_stride)
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
#[inline(never)]
fn run_avx512(task: impl Task) {
    task.run::<Avx512>();
}
