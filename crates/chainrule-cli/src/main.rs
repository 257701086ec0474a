//! The `chainrule` command: arguments → checked configuration → the library → files and text.
//!
//! It translates and does not compute: what a number means is decided in the library crates.

mod args;
mod commands;
mod evaluation;
mod failure;
mod files;
mod interrupt;
mod json;
mod keeping;
mod progress;
mod text;

use args::{Args, Command};
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    // What a damaged file does to a decoder is told as an error.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !chainrule_tabular::table::is_guarded() {
            usual(panic);
        }
    }));
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return misused(&error),
    };
    let Err(failure) = run(&args.command) else { return ExitCode::SUCCESS };
    if args.command.wants_json() {
        // A reader who has gone away can not be told that.
        let _ = json::failed(&failure);
    }
    failure.report();
    ExitCode::from(failure.code())
}

/// Arguments that can not be read: a message and 2, or what was asked for in their place, such as the help, and 0.
fn misused(error: &clap::Error) -> ExitCode {
    // No reader, no message.
    let _ = error.print();
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let message = error.to_string();
        // What follows the first blank line is the usage.
        let lines = message.lines().map(str::trim).take_while(|line| !line.is_empty());
        let message = lines.collect::<Vec<_>>().join(" ");
        let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
        let _ = json::failed(&Failure::Usage(message));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn run(command: &Command) -> Result<(), Failure> {
    // Before anything is computed, and not only where something is trained.
    chainrule::instructions::selected()?;
    match command {
        Command::Demo(args) => commands::demo::run(args),
        Command::Check(args) => commands::check::run(args),
        Command::Fit(args) => commands::fit::run(args),
        Command::Search(args) => commands::search::run(args),
        Command::Cv(args) => commands::cv::run(args),
        Command::Evaluate(args) => commands::evaluate::run(args),
        Command::Race(args) => commands::race::run(args),
        Command::Predict(args) => commands::predict::run(args),
        Command::Report(args) => commands::report::run(args),
        Command::Plot(args) => commands::plot::run(args),
        Command::Trace(args) => commands::trace::run(args),
        Command::Gradcheck(args) => commands::gradcheck::run(args),
        Command::Worksheet(args) => commands::worksheet::run(args),
        Command::Info(args) => commands::info::run(args),
        Command::Completions(args) => commands::completions::run(args),
        Command::Man(args) => commands::man::run(args),
    }
}
