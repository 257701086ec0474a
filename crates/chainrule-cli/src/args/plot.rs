use super::Reading;
use clap::ValueEnum;
use std::path::PathBuf;

const PLOT_EXAMPLES: &str = "\
Examples:
  chainrule plot pump.safetensors later.csv                            predicted and true values, in the terminal
  chainrule plot pump.safetensors later.csv --kind importance
  chainrule plot pump.safetensors later.csv --kind dependence --column pressure --out pressure.svg";

#[derive(Debug, clap::Args)]
#[command(after_help = PLOT_EXAMPLES)]
pub(crate) struct Plot {
    /// A model file written by `chainrule fit`
    pub(crate) model: PathBuf,

    /// A table with the inputs and the targets of the model; - for standard input
    pub(crate) data: PathBuf,

    /// What is drawn [default: predicted for numbers, confusion for classes]
    #[arg(long, value_enum)]
    pub(crate) kind: Option<Kind>,

    /// The input of residuals and dependence [default: the one of the greatest importance]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) column: Option<String>,

    /// The target, if the model has several [default: the first one]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) target: Option<String>,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// A file with the ending .svg or .png [default: draw in the terminal]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Predicted against true numbers
    Predicted,
    /// How large the errors of numbers are
    Errors,
    /// The errors of numbers against an input
    Residuals,
    /// Predicted numbers with their intervals
    Intervals,
    /// Which classes are taken for which
    Confusion,
    /// True against false positives
    Roc,
    /// Precision against recall
    PrecisionRecall,
    /// Whether the probabilities are what happens
    Calibration,
    /// How much worse the model is without each input
    Importance,
    /// The prediction as a function of an input
    Dependence,
    /// The first network with its weights
    Network,
}
