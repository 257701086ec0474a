//! What the machine can do, measured: every other figure is a share of these.

use crate::{Line, median};
use std::{fmt, hint::black_box, thread, time::Instant};

/// Rates of the machine.
pub(crate) struct Machine {
    /// Fused multiply–adds in f32, GFLOP/s, with one thread and with two.
    pub(crate) peak: [f64; 2],
    /// The clock while it computes, GHz.
    pub(crate) clock: f64,
    /// Bytes read from memory, GB/s, by one thread.
    bandwidth: f64,
}

impl Machine {
    pub(crate) fn measure() -> Self {
        let peak = |threads| median((0..5).map(|_| with_threads(threads, multiply_adds)).collect());
        Self {
            peak: [peak(1), peak(2)],
            clock: median((0..5).map(|_| dependent_additions()).collect()),
            bandwidth: median((0..5).map(|_| memory_reads()).collect()),
        }
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        let line = |workload, threads, value, unit| Line {
            who: "machine",
            version: "",
            workload,
            precision: "f32",
            threads,
            value,
            unit,
        };
        vec![
            line("peak 1 thread", 1, self.peak[0], "GFLOP/s"),
            line("peak 2 threads", 2, self.peak[1], "GFLOP/s"),
            line("clock", 1, self.clock, "GHz"),
            line("memory", 1, self.bandwidth, "GB/s"),
        ]
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{:.0} GFLOP/s with one thread, {:.0} with two (f32, fused multiply–add), {:.2} GHz, memory {:.1} GB/s",
            self.peak[0], self.peak[1], self.clock, self.bandwidth
        )
    }
}

/// The sum of the rates of so many threads that work at the same time.
fn with_threads(threads: usize, rate: fn() -> f64) -> f64 {
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(rate)).collect();
        running.into_iter().map(|thread| thread.join().expect("it does not panic")).sum()
    })
}

/// GFLOP/s of independent chains of multiply–adds in registers.
fn multiply_adds() -> f64 {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the feature is there.
            return unsafe { chains_avx512() };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the features are there.
            return unsafe { chains_fma() };
        }
    }
    chains([[1.0_f32; 4]; CHAINS], 4, |sum| sum.map(|sum| sum.mul_add(0.999, 1e-3)))
}

const CHAINS: usize = 12;

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn chains_avx512() -> f64 {
    use std::arch::x86_64::{_mm512_fmadd_ps, _mm512_set1_ps};
    let (a, b) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(1e-3)));
    chains([_mm512_set1_ps(1.0); CHAINS], 16, |sum| _mm512_fmadd_ps(sum, a, b))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn chains_fma() -> f64 {
    use std::arch::x86_64::{_mm256_fmadd_ps, _mm256_set1_ps};
    let (a, b) = (_mm256_set1_ps(black_box(0.999)), _mm256_set1_ps(black_box(1e-3)));
    chains([_mm256_set1_ps(1.0); CHAINS], 8, |sum| _mm256_fmadd_ps(sum, a, b))
}

#[inline(always)]
fn chains<V: Copy>(mut sum: [V; CHAINS], lanes: usize, step: impl Fn(V) -> V) -> f64 {
    const ROUNDS: usize = 10_000_000;
    let started = Instant::now();
    for _ in 0..ROUNDS {
        for sum in &mut sum {
            *sum = step(*sum);
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    black_box(sum);
    2.0 * (ROUNDS * lanes * CHAINS) as f64 / seconds / 1e9
}

/// GHz: one addition that waits for the one before takes one cycle.
fn dependent_additions() -> f64 {
    const ADDITIONS: u64 = 30_000_000;
    let (step, mut sum) = (black_box(3_u64), black_box(1_u64));
    let started = Instant::now();
    for _ in 0..ADDITIONS / 10 {
        // Ten dependent additions, each hidden from the optimizer by the one before.
        for _ in 0..10 {
            sum = black_box_register(sum.wrapping_add(step));
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    black_box(sum);
    ADDITIONS as f64 / seconds / 1e9
}

/// Keeps a value in its register and tells the compiler nothing about it.
#[inline(always)]
fn black_box_register(mut value: u64) -> u64 {
    // SAFETY: no instruction at all.
    unsafe {
        std::arch::asm!("/* {0} */", inout(reg) value, options(pure, nomem, nostack, preserves_flags))
    };
    value
}

/// GB/s of reading far more than any cache holds.
fn memory_reads() -> f64 {
    let numbers = vec![1_u64; 32 << 20];
    let started = Instant::now();
    let mut sums = [0_u64; 8];
    for chunk in numbers.chunks_exact(8) {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum = sum.wrapping_add(*x);
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    black_box(sums);
    8.0 * numbers.len() as f64 / seconds / 1e9
}
