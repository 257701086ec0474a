//! Compiling for a machine that this one is not. Nothing is linked, so no linker for it is needed.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::passes;
use super::summary::Outcome;
use crate::command::{program, run};

/// Checks that the library of `package` compiles for `target`, whose standard library is
/// installed first where it is missing; skips where it can not be had.
pub(super) fn check(package: &str, target: &str) -> Result<Outcome> {
    if !installed(target)?
        && let Err(error) = run(program("rustup").args(["target", "add", target]))
    {
        let reason = format!("{target} is not installed and {error:#}");
        return Ok(Outcome::Skipped(reason));
    }
    passes(&format!("check --package {package} --lib --target {target}"))
}

/// Whether the toolchain has a standard library for the target, with or without rustup.
fn installed(target: &str) -> Result<bool> {
    let output = program("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .context("`rustc` could not be started")?;
    if !output.status.success() {
        bail!("rustc does not know {target}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_rustc_does_not_know_is_an_error() {
        let error = installed("no-such-target").unwrap_err().to_string();
        assert!(error.contains("no-such-target"), "{error}");
    }
}
