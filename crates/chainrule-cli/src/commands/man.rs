//! `chainrule man`: the manual pages.

use crate::{args, failure::Failure, text};
use clap::CommandFactory;
use std::io::Write;

pub(crate) fn run(args: &args::Man) -> Result<(), Failure> {
    let mut all = args::Args::command();
    all.build();
    let command = match &args.command {
        None => all,
        Some(name) => {
            let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
            let message = format!(
                "there is no command {}; there are {}",
                text::shown(name),
                names
                    .iter()
                    .filter(|name| **name != "help")
                    .copied()
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            let found = all.find_subcommand(name).cloned();
            let found = found.ok_or(Failure::Usage(message))?;
            // The name of the page, which is that of the command line.
            let whole = found.get_display_name().unwrap_or(name).to_owned();
            found.name(whole)
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Failure::output)?;
    std::io::stdout().lock().write_all(&page).map_err(Failure::output)
}
