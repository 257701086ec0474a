//! `chainrule completions`: what a shell needs to complete the command line.

use crate::{args, failure::Failure};
use clap::CommandFactory;
use std::io::Write;

pub(crate) fn run(args: &args::Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::Args::command(), "chainrule", &mut script);
    std::io::stdout().lock().write_all(&script).map_err(Failure::output)
}
