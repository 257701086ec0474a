//! What comes with a command: completions and manual pages.

use clap_complete::Shell;

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  chainrule completions bash > ~/.local/share/bash-completion/completions/chainrule
  chainrule completions zsh > ~/.zfunc/_chainrule
  chainrule completions fish > ~/.config/fish/completions/chainrule.fish
  chainrule completions powershell >> $PROFILE";

#[derive(Debug, clap::Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell that reads them
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

const MAN_EXAMPLES: &str = "\
Examples:
  chainrule man | man -l -
  chainrule man fit > chainrule-fit.1";

#[derive(Debug, clap::Args)]
#[command(after_help = MAN_EXAMPLES)]
pub(crate) struct Man {
    /// The page of this command, such as fit [default: the page of chainrule itself]
    pub(crate) command: Option<String>,
}
