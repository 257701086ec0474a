//! How the time of a step grows with the width, the batch and the depth: a hole in the middle is seen at once.

use crate::{
    calibration::Machine,
    median,
    workload::{Clock, flop},
};
use anyhow::Result;
use chainrule::{
    Dataset, Network, Training,
    activation::{Identity, Relu},
    loss::MeanSquaredError,
    random::{Purpose, Random},
};
use chainrule_report::{Labels, Series, chart};
use ndarray::Array2;
use std::{fmt::Write, ops::ControlFlow, path::Path};

/// A family of networks: one of their sizes grows.
struct Growth {
    of: &'static str,
    sizes: &'static [usize],
    /// The widths and the batch for a size.
    network: fn(usize) -> (Vec<usize>, usize),
}

const ALL: [Growth; 3] = [
    Growth {
        of: "width",
        sizes: &[16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048],
        network: |width| (vec![width, width, width, 1], 128),
    },
    Growth {
        of: "batch",
        sizes: &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
        network: |batch| (vec![64, 128, 128, 1], batch),
    },
    Growth {
        of: "depth",
        sizes: &[1, 2, 3, 4, 6, 8, 12, 16, 24, 32],
        network: |depth| ([vec![32], vec![64; depth], vec![1]].concat(), 64),
    },
];

/// How often all are measured. A machine may be slow for some seconds, and what is looked for are holes of ours, not of
/// the machine's: so the fastest counts.
const SWEEPS: usize = 5;

/// Writes a table, and a chart beside it, into this folder.
pub(crate) fn write(machine: &Machine, folder: &Path) -> Result<()> {
    let mut table = format!(
        "# How a step grows\n\nMade by `cargo run --release --manifest-path bench/Cargo.toml --bin speed -- --growth bench`.\n\n\
         Time of a training step (Adam, ReLU, f32; order, gathering, loss, gradient, update), and the share that its products\n\
         are of the measured peak ({machine}). Each is\n\
         the median of five runs, and the fastest of {SWEEPS} sweeps over all of them.\n\n![shares of the peak](growth.svg)\n"
    );
    let mut fastest = ALL.map(|growth| vec![[f64::INFINITY; 2]; growth.sizes.len()]);
    for sweep in 1..=SWEEPS {
        for (growth, fastest) in ALL.iter().zip(&mut fastest) {
            println!("by {}, {sweep} of {SWEEPS}", growth.of);
            for (&size, fastest) in growth.sizes.iter().zip(fastest) {
                let (widths, batch) = (growth.network)(size);
                for (threads, fastest) in [1, 2].into_iter().zip(fastest) {
                    *fastest = fastest.min(time(&widths, batch, threads)?);
                }
            }
        }
    }
    let (mut names, mut courses) = (Vec::new(), Vec::new());
    for (growth, fastest) in ALL.iter().zip(fastest) {
        let (example, batch) = (growth.network)(growth.sizes[0]);
        let title = format!("By {}, from {example:?} and batch {batch}", growth.of);
        write!(
            table,
            "\n## {title}\n\n| {} | µs, 1 thread | share | µs, 2 threads | share |\n",
            growth.of
        )?;
        table += "|---|---|---|---|---|\n";
        let mut shares = [Vec::new(), Vec::new()];
        for (&size, fastest) in growth.sizes.iter().zip(fastest) {
            write!(table, "| {size} ")?;
            let (widths, batch) = (growth.network)(size);
            for ((peak, time), shares) in machine.peak.iter().zip(fastest).zip(&mut shares) {
                let share = 100.0 * flop(&widths, batch) / peak / 1e3 / time;
                write!(table, "| {time:.1} | {share:.0} % ")?;
                shares.push(share);
            }
            table += "|\n";
        }
        let sizes: Vec<f64> = growth.sizes.iter().map(|&size| size as f64).collect();
        for (threads, shares) in [1, 2].into_iter().zip(shares) {
            names.push(format!(
                "{}, {threads} thread{}",
                growth.of,
                if threads == 1 { "" } else { "s" }
            ));
            courses.push((sizes.clone(), shares));
        }
    }
    let series: Vec<_> =
        names.iter().zip(&courses).map(|(name, (x, y))| Series::new(name, x, y)).collect();
    let labels = Labels {
        title: "Products of a training step: share of the machine's peak",
        x: "width, batch or depth",
        y: "%",
    };
    std::fs::write(folder.join("growth.svg"), chart::race(labels, &series)?.svg())?;
    std::fs::write(folder.join("GROWTH.md"), table)?;
    Ok(())
}

/// Microseconds of a step: the median of five runs of about 30 ms.
fn time(widths: &[usize], batch: usize, threads: usize) -> Result<f64> {
    let (outputs, hidden) = widths[1..].split_last().expect("there are outputs");
    let steps = (3e9 / flop(widths, batch)) as usize;
    let steps = steps.clamp(3, 20_000);
    let mut random = Random::new(0, Purpose::Data);
    // Two batches, so that rows are gathered in another order each time.
    let x = Array2::from_shape_simple_fn((2 * batch, widths[0]), || random.normal::<f32>());
    let targets = Array2::from_shape_simple_fn((2 * batch, *outputs), || random.normal());
    let data = Dataset::new(x, targets)?;
    let run = || -> Result<f64> {
        let builder =
            hidden.iter().fold(Network::builder(widths[0]), |b, &units| b.dense(units, Relu));
        let mut network = builder.dense(*outputs, Identity).build(1)?;
        let training = Training {
            epochs: usize::MAX,
            batch_size: Some(batch),
            threads: Some(threads),
            ..Training::new(MeanSquaredError)
        };
        let mut clock = Until { clock: Clock::new(), steps };
        training.run(&mut network, &data, None, &mut clock)?;
        Ok(clock.clock.microseconds())
    };
    Ok(median((0..5).map(|_| run()).collect::<Result<_>>()?))
}

/// Ends a training after so many steps.
struct Until {
    clock: Clock,
    steps: usize,
}

impl chainrule::training::Observer<f32> for Until {
    fn step(&mut self) -> ControlFlow<()> {
        self.clock.tick();
        match self.clock.steps() < self.steps {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}
