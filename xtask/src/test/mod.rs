//! `cargo xtask test`: everything that must hold before a change is merged.
//!
//! The steps run in the order of [`STEPS`], cheap ones first; the first failure ends the run.
//! All of them share one target folder and the development profile, so that little is built twice.

mod examples;
mod summary;
mod target;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::Task;
use crate::book;
use crate::command::{cargo, run, succeeds};
use crate::generate;
use summary::{Outcome, Row};

/// This task, as `cargo xtask help` shows it.
pub(crate) const TASK: Task = Task {
    name: "test",
    about: "all tests, or the named steps of them in their order:",
    details: || STEPS.iter().map(|step| format!("{:<10} {}\n", step.name, step.about)).collect(),
    run: run_steps,
};

/// One thing to check.
struct Step {
    name: &'static str,
    about: &'static str,
    /// Checks it; an error where it does not hold.
    check: fn() -> Result<Outcome>,
}

const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "the source is laid out as rustfmt does it",
        check: || passes("fmt --all --check"),
    },
    Step {
        name: "clippy",
        about: "the compiler and clippy have nothing to say",
        check: || passes("clippy --workspace --all-targets -- -D warnings"),
    },
    Step { name: "unit", about: "unit and integration tests", check: unit },
    Step {
        name: "doctest",
        about: "the code in the documentation runs",
        check: || passes("test --workspace --doc"),
    },
    Step { name: "doc", about: "the documentation builds without warnings", check: documentation },
    Step { name: "examples", about: "every example of every crate runs", check: examples::check },
    Step {
        name: "generate",
        about: "generated files are as they would be written",
        check: || generate::check().map(|()| Outcome::Passed),
    },
    Step { name: "book", about: "the book: formulas, links, both languages alike", check: book },
    Step {
        name: "bench",
        about: "the comparisons compile",
        check: || passes("check --manifest-path bench/Cargo.toml --target-dir target"),
    },
    Step {
        name: "wasm",
        about: "the mathematics compiles for the browser",
        check: || target::check("chainrule", "wasm32-unknown-unknown"),
    },
    Step {
        name: "aarch64",
        about: "the mathematics compiles for 64-bit ARM",
        check: || target::check("chainrule", "aarch64-unknown-linux-gnu"),
    },
];

/// Runs cargo with `arguments`.
fn passes(arguments: &str) -> Result<Outcome> {
    run(&mut cargo(arguments))?;
    Ok(Outcome::Passed)
}

/// Runs the unit and integration tests, in parallel across crates where cargo-nextest is installed.
fn unit() -> Result<Outcome> {
    if succeeds(&mut cargo("nextest --version")) {
        passes("nextest run --workspace")
    } else {
        // `--tests` leaves out the doctests, which are a step of their own.
        passes("test --workspace --tests")
    }
}

/// Builds the documentation of the project's own libraries.
fn documentation() -> Result<Outcome> {
    // Without `--lib` the pages of the command `chainrule` would overwrite those of the library.
    run(cargo("doc --workspace --lib --no-deps").env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Outcome::Passed)
}

/// Checks the book, and builds it where mdBook is installed.
fn book() -> Result<Outcome> {
    book::check()?;
    if book::build()? {
        return Ok(Outcome::Passed);
    }
    let missing = format!("checked, but not built: there is no mdBook (`{}`)", book::INSTALL);
    println!("    {missing}");
    Ok(Outcome::Skipped(missing))
}

/// Runs the named steps, or all of them where none is named, until one fails; sums up either way.
fn run_steps(names: &[String]) -> Result<()> {
    let steps = choose(names)?;
    let started = Instant::now();
    let mut rows = Vec::new();
    let mut failure = None;
    for step in steps {
        let step_started = Instant::now();
        let outcome = if failure.is_some() {
            Outcome::NotRun
        } else {
            println!("\n==> {}: {}", step.name, step.about);
            let outcome = (step.check)().unwrap_or_else(|error| {
                failure = Some((step.name, error));
                Outcome::Failed
            });
            let time = summary::duration(step_started.elapsed());
            println!("    {} {outcome} after {time}", step.name);
            outcome
        };
        rows.push(Row { name: step.name, outcome, time: step_started.elapsed() });
    }
    print!("\n{}", summary::table(&rows, started.elapsed()));
    match failure {
        None => Ok(()),
        Some((name, error)) => bail!("{error:#}\nTo see this step alone: cargo xtask test {name}"),
    }
}

/// The steps of these names in their own order; all steps where no name is given.
fn choose(names: &[String]) -> Result<Vec<&'static Step>> {
    for name in names {
        if STEPS.iter().all(|step| step.name != name) {
            let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            bail!("`{name}` is no step of the tests; the steps are {}", known.join(", "));
        }
    }
    let chosen = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    Ok(STEPS.iter().filter(chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&str]) -> Result<Vec<&'static str>> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        Ok(choose(&names)?.iter().map(|step| step.name).collect())
    }

    #[test]
    fn no_name_chooses_all_steps_and_names_choose_in_the_order_of_the_steps() {
        assert_eq!(chosen(&[]).unwrap().len(), STEPS.len());
        assert_eq!(chosen(&["wasm", "fmt"]).unwrap(), ["fmt", "wasm"]);
    }

    #[test]
    fn an_unknown_step_is_named_beside_the_known_ones() {
        let error = chosen(&["fmt", "clipy"]).unwrap_err().to_string();
        assert!(error.contains("`clipy`") && error.contains("clippy"), "{error}");
    }
}
