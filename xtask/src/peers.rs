//! The Python packages that the comparisons measure, in a virtual environment of their own.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{program, root, run, succeeds};

/// A package, by the name that pip knows and by the one that Python imports.
pub(crate) type Package = (&'static str, &'static str);

/// The Python of `target/peers`, which is made where it is missing, with as many of the packages as can be had.
///
/// # Errors
/// When there is no Python, or it can not make virtual environments.
pub(crate) fn python(packages: &[Package]) -> Result<PathBuf> {
    let folder = root().join("target/peers");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !succeeds(program(&python).args(["-m", "pip", "--version"])) {
        run(program("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    for (package, module) in packages {
        // Found and not imported, which for some takes seconds.
        let find = format!(
            "import importlib.util, sys; sys.exit(importlib.util.find_spec('{module}') is None)"
        );
        let missing = !succeeds(program(&python).args(["-c", &find]));
        // What can not be had is left out; the benchmarks say so.
        if missing && run(program(&python).args(["-m", "pip", "install", "-q", package])).is_err() {
            eprintln!("{package} could not be installed and is left out");
        }
    }
    Ok(python)
}
