//! How fast training and prediction are: in time, and as a share of what the machine can do.
//!
//! usage: speed [--json FILE] [--only WORKLOAD] [--growth FOLDER] [--digests]
//!
//! First the machine is measured: the rate of its fused multiply–adds on one thread and on two, its clock, the
//! bandwidth of its memory. Then each workload runs five times or for a second; the median is printed beside the machine's limit.

mod calibration;
mod growth;
mod workload;

use anyhow::{Context, Result, bail, ensure};
use calibration::Machine;
use serde::Serialize;
use std::{fs::File, io::Write, path::PathBuf};

/// Prints the digests of the trained parameters, which must not depend on the threads.
fn digests() -> Result<()> {
    const THREADS: [usize; 5] = [1, 2, 3, 4, 8];
    for workload in workload::all()
        .into_iter()
        .filter(|workload| workload.threads == 1 && workload.precision == "f32")
    {
        for precision in ["f32", "f64"] {
            let workload = workload.in_precision(precision);
            let digests = workload.digests(&THREADS)?;
            let Some(first) = digests.first() else { continue };
            ensure!(
                digests.iter().all(|digest| digest == first),
                "{digests:?} for {THREADS:?} threads"
            );
            println!("{:<8} {precision} {first}, the same for {THREADS:?} threads", workload.name);
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let (mut json, mut only, mut folder) = (None, None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => json = Some(PathBuf::from(arguments.next().context("--json FILE")?)),
            "--only" => only = Some(arguments.next().context("--only WORKLOAD")?),
            "--digests" => return digests(),
            "--growth" => {
                folder = Some(PathBuf::from(arguments.next().context("--growth FOLDER")?))
            }
            other => bail!(
                "unknown argument {other}; usage: speed [--json FILE] [--only WORKLOAD] [--growth FOLDER] [--digests]"
            ),
        }
    }
    let machine = Machine::measure();
    let mut lines = machine.lines();
    println!("machine: {machine}\n");
    if let Some(folder) = folder {
        return growth::write(&machine, &folder);
    }
    println!(
        "{:<22} {:>4} {:>7} {:>12} {:<9} {:>7}",
        "workload", "", "threads", "measured", "", "limit"
    );
    for workload in workload::all() {
        if only.as_ref().is_some_and(|only| *only != workload.name) {
            continue;
        }
        let value = workload.measure()?;
        let limit = workload.limit(&machine);
        let share =
            limit.map_or(String::new(), |limit| format!("{:>5.1} %", 100.0 * limit / value));
        println!(
            "{:<22} {:>4} {:>7} {value:>12.4} {:<9} {share}",
            workload.name, workload.precision, workload.threads, workload.unit
        );
        lines.push(workload.line("chainrule", value));
        lines.extend(limit.map(|limit| workload.line("limit", limit)));
    }
    if let Some(path) = json {
        let mut file = File::create(&path)
            .with_context(|| format!("{} can not be written", path.display()))?;
        for line in lines {
            writeln!(file, "{}", serde_json::to_string(&line)?)?;
        }
    }
    Ok(())
}

/// A figure, as the comparison with others reads it.
#[derive(Serialize)]
pub(crate) struct Line {
    who: &'static str,
    version: &'static str,
    workload: &'static str,
    precision: &'static str,
    threads: usize,
    value: f64,
    unit: &'static str,
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
