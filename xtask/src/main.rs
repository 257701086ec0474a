//! The project's chores, written in Rust so that they run wherever the project does.
//!
//! `cargo xtask help` lists them. One task is one module: its [`Task`] stands in [`TASKS`],
//! and everything that only this task needs stands beside it.

mod bench;
mod bench_peers;
mod book;
mod command;
mod generate;
mod peers;
mod test;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

/// Something that `cargo xtask NAME ARGUMENTS` does.
struct Task {
    name: &'static str,
    /// What it is for, in half a line.
    about: &'static str,
    /// What may follow the name, in lines that the help shows below `about`.
    details: fn() -> String,
    /// Does it, given the arguments after the name.
    run: fn(&[String]) -> Result<()>,
}

/// All tasks, in the order of the help.
const TASKS: &[Task] =
    &[test::TASK, generate::TASK, book::TASK, book::FORMULAS, bench::TASK, bench_peers::TASK];

fn main() -> ExitCode {
    let arguments: Vec<String> =
        env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the task that the first argument names; prints the help where help is asked for.
fn dispatch(arguments: &[String]) -> Result<()> {
    let wants_help = |argument: &String| matches!(argument.as_str(), "help" | "--help" | "-h");
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", help());
        return Ok(());
    };
    if arguments.iter().any(wants_help) {
        print!("{}", help());
        return Ok(());
    }
    match TASKS.iter().find(|task| task.name == name) {
        Some(task) => (task.run)(rest),
        None => bail!("there is no task `{name}`; `cargo xtask help` lists the tasks"),
    }
}

/// Every task with what may follow its name.
fn help() -> String {
    let mut text = String::from("Usage: cargo xtask TASK [ARGUMENTS]\n\nTasks:\n");
    for task in TASKS {
        text += &format!("  {:<13} {}\n", task.name, task.about);
        for line in (task.details)().lines() {
            text += &format!("  {:<13} {line}\n", "");
        }
    }
    text += &format!("  {:<13} this list\n", "help");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_task_and_every_step_of_the_tests() {
        let help = help();
        for task in TASKS {
            assert!(
                help.contains(&format!("  {} ", task.name)),
                "{} is missing:\n{help}",
                task.name
            );
            assert!(help.contains(task.about), "{} is not explained:\n{help}", task.name);
        }
        for step in ["fmt", "clippy", "examples", "wasm"] {
            assert!(help.contains(&format!(" {step} ")), "{step} is missing:\n{help}");
        }
    }

    #[test]
    fn an_unknown_task_is_named() {
        let error = dispatch(&["tset".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("`tset`"), "{error}");
    }
}
