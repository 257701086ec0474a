//! `cargo xtask bench`: the solvers in `bench/`, with peers in a virtual environment of their own.

use anyhow::Result;

use crate::Task;
use crate::command::{cargo, run};
use crate::peers::{self, Package};

/// This task, as `cargo xtask help` shows it.
pub(crate) const TASK: Task = Task {
    name: "bench",
    about: "the solvers against each other and those of numpy, scipy, PyTorch and scikit-learn",
    details: || "writes docs/images/solvers.svg; --alone leaves the others out\n".to_owned(),
    run: bench,
};

const PEERS: [Package; 4] =
    [("numpy", "numpy"), ("scipy", "scipy"), ("scikit-learn", "sklearn"), ("torch", "torch")];

fn bench(arguments: &[String]) -> Result<()> {
    let mut solvers = cargo("run --release --manifest-path bench/Cargo.toml --bin solvers --");
    solvers.args(["--chart", "docs/images/solvers.svg"]);
    if arguments.iter().any(|argument| argument == "--alone") {
        // The picture is the comparison: without the others it stays as it is.
        return run(&mut cargo("run --release --manifest-path bench/Cargo.toml --bin solvers"));
    }
    run(solvers.arg("--python").arg(peers::python(&PEERS)?))
}
