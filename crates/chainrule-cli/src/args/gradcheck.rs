use super::{Language, Subject};
use std::path::PathBuf;

const GRADCHECK_EXAMPLES: &str = "\
Examples, to check the backward pass of a network beside difference quotients:
  chainrule gradcheck --network 2-3-1                                      a random network and a random batch
  chainrule gradcheck pump.safetensors --data pump.csv --row 1-20          rows of a table through a trained network

Examples, to check gradients of your own:
  chainrule trace --network 2-3-1 --activation sigmoid --json > step.json      an exercise: network, weights, batch
  chainrule gradcheck --trace step.json --mine mine.json                       your gradients, and what went wrong
  chainrule gradcheck --trace step.json --mine mine.json --lang zh

mine.json holds your gradients, each in the shape of its parameters. From numpy:
  json.dump({\"gradients\": {\"dense_1.w\": dw1.tolist(), \"dense_1.b\": db1.tolist(), ...}}, open(\"mine.json\", \"w\"))

The exit code is 5 if a gradient is wrong.";

#[derive(Debug, clap::Args)]
#[command(after_help = GRADCHECK_EXAMPLES)]
pub(crate) struct Gradcheck {
    #[command(flatten)]
    pub(crate) subject: Subject,

    /// Your own gradients as JSON; - for standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["model", "demo", "network"],
        help_heading = "Gradients of your own"
    )]
    pub(crate) mine: Option<PathBuf>,

    /// The network, its weights and the batch, as `chainrule trace --json` writes them [default: the file of --mine has
    /// them, too]
    #[arg(long, value_name = "FILE", requires = "mine", help_heading = "Gradients of your own")]
    pub(crate) trace: Option<PathBuf>,

    /// The language of the sentences
    #[arg(long, value_enum, default_value = "en", help_heading = "Output")]
    pub(crate) lang: Language,

    /// Write one JSON object in place of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}
