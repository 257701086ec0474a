//! dfdx and candle on the workloads of the program `speed`. Prints one JSON line for each figure.
//!
//! usage: chainrule-peers WORKLOAD PEER
//!
//! RAYON_NUM_THREADS says how many threads both may use. A figure is the median of five runs after one that is
//! not counted; every run starts with untrained weights.

mod with_candle;
mod with_dfdx;

use anyhow::{Context, Result, bail};
use std::{env, time::Instant};

/// Epochs of the sine in a run.
const EPOCHS: usize = 5000;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [workload, peer] = arguments.as_slice() else {
        bail!("usage: chainrule-peers WORKLOAD PEER");
    };
    match peer.as_str() {
        "dfdx" => with_dfdx::run(workload),
        "candle" => with_candle::run(workload),
        _ => bail!("there is no peer `{peer}`"),
    }
}

/// The shape of a workload with mini-batches.
struct MiniBatches {
    layers: &'static [usize],
    /// Samples of a step, of an epoch, and epochs of a run.
    batch: usize,
    rows: usize,
    epochs: usize,
}

impl MiniBatches {
    fn of(workload: &str) -> Result<Self> {
        Ok(match workload {
            "tab" => Self { layers: &[8, 64, 64, 1], batch: 32, rows: 20480, epochs: 2 },
            "wide" => Self { layers: &[64, 256, 256, 256, 1], batch: 256, rows: 51200, epochs: 2 },
            "mnist" => Self { layers: &[784, 512, 512, 10], batch: 128, rows: 12800, epochs: 3 },
            _ => bail!("there is no workload `{workload}`"),
        })
    }

    fn steps(&self) -> usize {
        self.epochs * self.rows / self.batch
    }

    /// Random inputs [rows × inputs].
    fn inputs(&self, random: &mut Random) -> Vec<f32> {
        (0..self.rows * self.layers[0]).map(|_| random.number()).collect()
    }
}

/// Splitmix64: which numbers it gives does not matter to the clock.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly between −1.7 and 1.7, so with a variance of about one.
    fn number(&mut self) -> f32 {
        ((self.next() >> 40) as f32 / (1u64 << 24) as f32 - 0.5) * 3.4
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// The numbers below `rows` in a random order.
    fn order(&mut self, rows: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..rows as u32).collect();
        for last in (1..rows).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

/// Inputs and targets of the sine.
fn sine() -> (Vec<f64>, Vec<f64>) {
    (0..100).map(|k| -10.0 + 20.0 * k as f64 / 99.0).map(|x| (x, x.sin())).unzip()
}

/// Times `run`, which does `count` epochs or steps, and prints the figure.
fn report(
    who: &str,
    package: &str,
    workload: &str,
    precision: &str,
    count: usize,
    mut run: impl FnMut() -> Result<()>,
) -> Result<()> {
    let threads = env::var("RAYON_NUM_THREADS").context("RAYON_NUM_THREADS is not set")?;
    run()?;
    let mut times = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        run()?;
        times.push(started.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let value = times[2] / count as f64 * 1e6;
    let unit = if workload == "sine" { "µs/epoch" } else { "µs/step" };
    let version = version(package);
    println!(
        r#"{{"who":"{who}","version":"{version}","workload":"{workload}","precision":"{precision}","threads":{threads},"value":{value},"unit":"{unit}"}}"#
    );
    Ok(())
}

/// The version of a package that this program was built with.
fn version(package: &str) -> &'static str {
    let mut lines = include_str!("../Cargo.lock").lines();
    let name = format!("name = \"{package}\"");
    let found = lines.find(|line| *line == name).and_then(|_| lines.next());
    found.and_then(|line| line.split('"').nth(1)).unwrap_or("?")
}
