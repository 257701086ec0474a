//! The `chainrule` command: arguments → checked configuration → the library → files and text.
//!
//! It translates and does not compute: what a number means is decided in the library crates.

mod args;
mod commands;
mod failure;
mod files;
mod interrupt;
mod progress;
mod text;

use args::{Args, Command};
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = run(&args.command);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report();
            ExitCode::from(failure.code())
        }
    }
}

fn run(command: &Command) -> Result<(), Failure> {
    // Before anything is computed, and not only where something is trained.
    chainrule::instructions::selected()?;
    match command {
        Command::Demo(args) => commands::demo::run(args),
        Command::Fit(args) => commands::fit::run(args),
        Command::Race(args) => commands::race::run(args),
        Command::Predict(args) => commands::predict::run(args),
        Command::Info(args) => commands::info::run(args),
    }
}
