use super::values::every;
use std::{path::PathBuf, time::Duration};

/// What is kept on the way, to go on later.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "To go on later")]
pub(crate) struct Keeping {
    /// Keep what has been done so far in this file, also after Ctrl-C: --resume goes on from there and ends with the same
    /// model, to the last bit
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,

    /// How often it is written: after a time such as 30s, or after so many epochs of a training
    #[arg(
        long,
        value_name = "TIME|EPOCHS",
        default_value = "30s",
        value_parser = every,
        requires = "checkpoint"
    )]
    pub(crate) checkpoint_every: Every,

    /// Go on from the file of --checkpoint, if it is there; the command and the data must be those that it was made with
    #[arg(long, requires = "checkpoint")]
    pub(crate) resume: bool,
}

/// How often something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Every {
    /// After this time.
    Time(Duration),
    /// After so many epochs.
    Epochs(usize),
}
