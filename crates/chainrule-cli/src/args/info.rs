use std::path::PathBuf;

const INFO_EXAMPLES: &str = "\
Examples:
  chainrule info pump.safetensors
  chainrule info pump.safetensors --json";

#[derive(Debug, clap::Args)]
#[command(after_help = INFO_EXAMPLES)]
pub(crate) struct Info {
    /// A model file written by `chainrule fit`
    pub(crate) model: PathBuf,

    /// Write one JSON object in place of text
    #[arg(long)]
    pub(crate) json: bool,
}
