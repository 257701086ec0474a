//! Runs every example of every crate: an example that does not run teaches nothing.
//!
//! An example passes when it exits with 0. It finds `CHAINRULE_QUICK=1` in its environment and may
//! then train for less long. What it prints is shown only when it fails.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::summary::{Outcome, duration};
use crate::command::{built_example, cargo, program, root, run};

/// A program in the `examples` folder of a crate.
#[derive(Debug, PartialEq)]
struct Example {
    /// The crate, whose name is that of its folder.
    package: String,
    name: String,
}

/// Builds all examples at once and runs them one after the other.
pub(super) fn check() -> Result<Outcome> {
    let examples = discover(&root().join("crates"))?;
    if examples.is_empty() {
        return Ok(Outcome::Skipped("no crate has examples".to_owned()));
    }
    reject_namesakes(&examples)?;
    run(&mut cargo("build --workspace --examples"))?;
    examples.iter().try_for_each(run_one)?;
    Ok(Outcome::Passed)
}

/// Runs a built example; an error with all that it printed where it does not exit with 0.
fn run_one(example: &Example) -> Result<()> {
    let Example { package, name } = example;
    print!("    {package}: {name} ");
    io::stdout().flush()?;
    let started = Instant::now();
    let path = built_example(name)?;
    let output = program(&path).env("CHAINRULE_QUICK", "1").output().with_context(|| {
        format!(
            "{} was not built; run xtask without --release, as `cargo xtask` does",
            path.display()
        )
    })?;
    println!("{}", duration(started.elapsed()));
    if !output.status.success() {
        io::stdout().write_all(&output.stdout)?;
        io::stderr().write_all(&output.stderr)?;
        bail!(
            "`CHAINRULE_QUICK=1 cargo run --package {package} --example {name}` failed ({})",
            output.status
        );
    }
    Ok(())
}

/// The examples of the crates in the folder `crates`, in alphabetical order.
fn discover(crates: &Path) -> Result<Vec<Example>> {
    let mut examples = Vec::new();
    for package in children(crates)? {
        let folder = package.join("examples");
        if !folder.is_dir() {
            continue;
        }
        for path in children(&folder)? {
            if let Some(name) = example_name(&path) {
                examples.push(Example { package: last_component(&package), name });
            }
        }
    }
    Ok(examples)
}

/// The name of an example: `sine.rs` and `sine/main.rs` are both `sine`; other files are no examples.
fn example_name(path: &Path) -> Option<String> {
    let is_source = path.extension().is_some_and(|extension| extension == "rs");
    if is_source && path.is_file() {
        Some(last_component(&path.with_extension("")))
    } else if path.join("main.rs").is_file() {
        Some(last_component(path))
    } else {
        None
    }
}

/// Examples of all crates are built into one folder, so two of one name would overwrite each other.
fn reject_namesakes(examples: &[Example]) -> Result<()> {
    let mut packages = BTreeMap::new();
    for Example { package, name } in examples {
        if let Some(other) = packages.insert(name, package) {
            bail!("{other} and {package} both have an example `{name}`: rename one of them");
        }
    }
    Ok(())
}

/// What the folder contains, in alphabetical order.
fn children(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} can not be read", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// The last component of a path that has one.
fn last_component(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(package: &str, name: &str) -> Example {
        Example { package: package.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn examples_are_files_and_folders_in_alphabetical_order() {
        let crates =
            std::env::temp_dir().join(format!("chainrule-xtask-examples-{}", std::process::id()));
        for file in [
            "table/examples/penguins.rs",
            "table/examples/penguins.csv",
            "core/examples/xor/main.rs",
            "core/examples/xor/network.rs",
            "core/examples/notes/README.md",
            "core/examples/sine.rs",
            "core/src/lib.rs",
            "no-examples/src/lib.rs",
        ] {
            let path = crates.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = discover(&crates);
        fs::remove_dir_all(&crates).unwrap();
        let expected =
            [example("core", "sine"), example("core", "xor"), example("table", "penguins")];
        assert_eq!(found.unwrap(), expected);
    }

    #[test]
    fn two_examples_of_one_name_are_refused() {
        reject_namesakes(&[example("core", "sine"), example("table", "penguins")]).unwrap();
        let error =
            reject_namesakes(&[example("core", "sine"), example("table", "sine")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "core and table both have an example `sine`: rename one of them"
        );
    }
}
