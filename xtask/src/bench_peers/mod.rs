//! `cargo xtask bench-peers`: how fast the same work is done by others, on this machine and one after another.
//!
//! Ours is the program `speed` in `bench/`, the others are in `bench/peers/`. All print figures in one form.

mod figure;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::Task;
use crate::command::{cargo, output, program, root, run};
use crate::peers::{self, Package};
use figure::Figure;
use report::{Report, digits};

/// This task, as `cargo xtask help` shows it.
pub(crate) const TASK: Task = Task {
    name: "bench-peers",
    about: "the speed of trainings, predictions and reading CSV beside that of other libraries",
    details: || {
        let names: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
        format!(
            "writes bench/RESULTS.md, for which nothing else should run\n\
             --rounds N asks everybody so many times, in turn; {ROUNDS} if it is not told\n\
             --alone leaves the others out, --only WORKLOAD all but one; both write nothing\n\
             workloads: {}\n",
            names.join(", ")
        )
    },
    run: bench_peers,
};

/// How often everybody is asked. A machine may be slow for a minute: in turns, that falls on all alike.
const ROUNDS: usize = 3;

/// What one types to run this task.
const COMMAND: &str = "cargo xtask bench-peers";

/// Something that many libraries can do.
struct Workload {
    name: &'static str,
    /// How many threads everybody may use.
    threads: usize,
    /// What is done, in a sentence or two.
    about: &'static str,
    /// Who does it: in `speed.py`, and in the Rust program.
    python: &'static [&'static str],
    rust: &'static [&'static str],
}

const TRAINERS: &[&str] = &["jax", "torch-fused", "torch-compiled", "scikit-learn"];

const WORKLOADS: &[Workload] = &[
    Workload {
        name: "sine",
        threads: 1,
        about: "A training of 1-100-1 with ReLU on 100 samples of the sine: mean squared error, Adam with the full \
                batch, 5000 epochs.",
        python: &["jax", "torch-fused", "torch-compiled", "numpy", "scikit-learn"],
        rust: &["dfdx", "candle"],
    },
    Workload {
        name: "tab",
        threads: 1,
        about: "Steps of 8-64-64-1 with ReLU: mean squared error, Adam, batches of 32 rows, which are gathered from \
                20,480 in a new order each epoch.",
        python: TRAINERS,
        rust: &["dfdx", "candle"],
    },
    Workload {
        name: "wide",
        threads: 2,
        about: "Steps of 64-256-256-256-1 with ReLU: mean squared error, Adam, batches of 256 rows of 51,200.",
        python: TRAINERS,
        rust: &["dfdx", "candle"],
    },
    Workload {
        name: "mnist",
        threads: 2,
        about: "Steps of 784-512-512-10 with ReLU: cross-entropy, Adam, batches of 128 rows of 12,800.",
        python: TRAINERS,
        rust: &["dfdx", "candle"],
    },
    Workload {
        name: "predict 1-100-1",
        threads: 1,
        about: "Predictions of one row at a time; the others' with the call from Python.",
        python: &["onnxruntime"],
        rust: &[],
    },
    Workload {
        name: "predict 8-64-64-1",
        threads: 1,
        about: "Predictions of one row at a time; the others' with the call from Python.",
        python: &["onnxruntime"],
        rust: &[],
    },
    Workload {
        name: "csv",
        threads: 2,
        about: "A CSV file of one million rows of 20 numbers with six decimals, which the system holds in memory, to \
                a matrix of f32.",
        python: &["polars", "pandas"],
        rust: &[],
    },
];

const PACKAGES: [Package; 8] = [
    ("numpy", "numpy"),
    ("scikit-learn", "sklearn"),
    ("torch", "torch"),
    ("jax", "jax"),
    ("onnx", "onnx"),
    ("onnxruntime", "onnxruntime"),
    ("polars", "polars"),
    ("pandas", "pandas"),
];

const PYTHON_PEERS: &str = "bench/peers/speed.py";
const RUST_PEERS: &str = "bench/peers/rust/Cargo.toml";
/// The file of the workload `csv`, which our own program makes where it is missing.
const CSV: &str = "target/bench/million.csv";

fn bench_peers(arguments: &[String]) -> Result<()> {
    let (mut alone, mut only, mut rounds) = (false, None, ROUNDS);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--alone" => alone = true,
            "--only" => only = Some(rest.next().context("--only needs the name of a workload")?),
            "--rounds" => {
                let number = rest.next().and_then(|number| number.parse().ok());
                rounds = number.filter(|&n| n > 0).context("--rounds needs a number from 1 on")?;
            }
            other => bail!("unknown argument `{other}`; `cargo xtask help` lists the arguments"),
        }
    }
    let workloads = choose(only.map(String::as_str))?;
    fs::create_dir_all(root().join("target/bench"))?;
    // What can be prepared is, so that measuring is all that remains.
    let peers = if alone { Peers::default() } else { Peers::prepare(&workloads) };
    let mut report = Report { rounds, ..Report::default() };
    for workload in &workloads {
        for _ in 0..rounds {
            report.ours.extend(ours(workload)?);
            if !alone {
                peers.measure(workload, &mut report);
            }
        }
    }
    report.settle();
    print!("\n{}", report.table());
    if !alone && only.is_none() {
        fs::write(root().join("bench/RESULTS.md"), report.markdown())?;
        println!("\nWritten: bench/RESULTS.md");
    }
    Ok(())
}

/// The workloads of this name, or whose name begins with this word; all where none is given.
fn choose(name: Option<&str>) -> Result<Vec<&'static Workload>> {
    let Some(name) = name else {
        return Ok(WORKLOADS.iter().collect());
    };
    let fits = |workload: &&Workload| {
        workload.name == name || workload.name.split(' ').next() == Some(name)
    };
    let chosen: Vec<&Workload> = WORKLOADS.iter().filter(fits).collect();
    if chosen.is_empty() {
        let known: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
        bail!("`{name}` is no workload; the workloads are {}", known.join(", "));
    }
    Ok(chosen)
}

/// Runs our program for a workload.
fn ours(workload: &Workload) -> Result<Vec<Figure>> {
    let file = Path::new("target/bench/speed.json");
    let path = root().join(file);
    // An old file must not pass for the new one.
    if path.exists() {
        fs::remove_file(&path)?;
    }
    let mut speed = cargo("run --release --manifest-path bench/Cargo.toml --bin speed -- --json");
    speed.arg(file).args(["--only", workload.name]);
    run(&mut speed)?;
    let text = fs::read_to_string(&path).context("the program `speed` has written nothing")?;
    let mut figures = figure::read(&text);
    for figure in figures.iter_mut().filter(|figure| figure.version.as_deref() != Some("")) {
        // The program is of no version; the libraries in it are of the workspace's.
        figure.version = Some(env!("CARGO_PKG_VERSION").to_owned());
    }
    if figures.is_empty() {
        bail!("there is no figure in {}", file.display());
    }
    Ok(figures)
}

/// The programs of the others, as far as they can be had.
#[derive(Default)]
struct Peers {
    python: Option<PathBuf>,
    rust: bool,
}

impl Peers {
    /// Installs and builds what the workloads need.
    fn prepare(workloads: &[&Workload]) -> Self {
        let said = |error: &anyhow::Error| eprintln!("{error:#}");
        let needs_rust = workloads.iter().any(|workload| !workload.rust.is_empty());
        let rust = needs_rust && {
            let mut build = cargo("build --release --manifest-path");
            run(for_this_processor(build.arg(RUST_PEERS))).inspect_err(said).is_ok()
        };
        let python = peers::python(&PACKAGES).inspect_err(said).ok();
        Self { python, rust }
    }

    /// Runs the peers of a workload, one after another.
    fn measure(&self, workload: &Workload, report: &mut Report) {
        for peer in workload.python {
            let command = self.python.as_ref().map(|python| {
                let mut command = program(python);
                command.args([PYTHON_PEERS, workload.name, peer]);
                if workload.name == "csv" {
                    command.arg(CSV);
                }
                command
            });
            note(peer, workload, command, report);
        }
        for peer in workload.rust {
            let command = self.rust.then(|| {
                let mut command = cargo("run --quiet --release --manifest-path");
                command.args([RUST_PEERS, "--", workload.name, peer]);
                for_this_processor(&mut command);
                command
            });
            note(peer, workload, command, report);
        }
    }
}

/// Runs one peer, if it can be had, and tells and notes its figures or that it is left out.
fn note(peer: &str, workload: &Workload, command: Option<Command>, report: &mut Report) {
    let printed = command.and_then(|mut command| {
        let result = output(at_its_best(&mut command, workload.threads));
        result.inspect_err(|error| eprintln!("{error:#}")).ok()
    });
    let figures = figure::read(&printed.unwrap_or_default());
    if figures.is_empty() {
        eprintln!("{peer} is left out of {}", workload.name);
        report.left_out.push(format!("{peer} ({})", workload.name));
    }
    for figure in &figures {
        let value = digits(figure.value, 3);
        println!("{}, {}: {value} {}", workload.name, figure.who, figure.unit);
    }
    report.peers.extend(figures);
}

/// The settings in which the others are fastest, with so many threads.
fn at_its_best(command: &mut Command, threads: usize) -> &mut Command {
    let threads = threads.to_string();
    command
        .env("OMP_NUM_THREADS", &threads)
        .env("RAYON_NUM_THREADS", &threads)
        // As it comes, glibc gives large buffers back at every step and has to clear them when they are asked for
        // again, which costs up to three times the time.
        .env("MALLOC_MMAP_THRESHOLD_", "1073741824")
        .env("MALLOC_TRIM_THRESHOLD_", "1073741824")
        .env("MALLOC_TOP_PAD_", "268435456")
        // A preset core type slows numpy.
        .env_remove("OPENBLAS_CORETYPE")
        .env_remove("OPENBLAS_L2_SIZE")
}

/// Rust libraries have no choice at run time in all of their loops.
fn for_this_processor(command: &mut Command) -> &mut Command {
    command.env("RUSTFLAGS", "-C target-cpu=native")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_is_chosen_by_its_name_or_its_first_word() {
        let chosen = |name| choose(name).unwrap().iter().map(|w| w.name).collect::<Vec<_>>();
        assert_eq!(chosen(None).len(), WORKLOADS.len());
        assert_eq!(chosen(Some("sine")), ["sine"]);
        assert_eq!(chosen(Some("predict")), ["predict 1-100-1", "predict 8-64-64-1"]);
        assert_eq!(chosen(Some("predict 1-100-1")), ["predict 1-100-1"]);
        let error = choose(Some("sinus")).err().unwrap().to_string();
        assert!(error.contains("`sinus`") && error.contains("mnist"), "{error}");
    }
}
