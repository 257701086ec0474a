//! `cargo xtask bench`: the comparisons in `bench/`, with peers in a virtual environment of their own.

use anyhow::Result;

use crate::Task;
use crate::command::{cargo, program, root, run, succeeds};

/// This task, as `cargo xtask help` shows it.
pub(crate) const TASK: Task = Task {
    name: "bench",
    about: "the solvers against each other and those of numpy, scipy, PyTorch and scikit-learn",
    details: || "writes docs/images/solvers.svg; --alone leaves the others out\n".to_owned(),
    run: bench,
};

/// The peers that pip installs.
const PEERS: [&str; 4] = ["numpy", "scipy", "scikit-learn", "torch"];

fn bench(arguments: &[String]) -> Result<()> {
    let mut solvers = cargo("run --release --manifest-path bench/Cargo.toml --bin solvers --");
    solvers.args(["--chart", "docs/images/solvers.svg"]);
    if arguments.iter().any(|argument| argument == "--alone") {
        // The picture is the comparison: without the others it stays as it is.
        return run(&mut cargo("run --release --manifest-path bench/Cargo.toml --bin solvers"));
    }
    let folder = root().join("target/peers");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !succeeds(program(&python).args(["-c", "import numpy"])) {
        run(program("python3").args(["-m", "venv"]).arg(&folder))?;
        for peer in PEERS {
            // What can not be had is left out; the benchmark says so.
            if run(program(&python).args(["-m", "pip", "install", "-q", peer])).is_err() {
                eprintln!("{peer} could not be installed and is left out");
            }
        }
    }
    run(solvers.arg("--python").arg(&python))
}
