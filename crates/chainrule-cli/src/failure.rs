//! What went wrong, as a sentence and an exit code.

use chainrule_tabular::{ArchitectureError, FileError, FitError, ModelError, TableError};
use std::io;

/// A command that did not do all that was asked of it. The exit codes are documented and stable.
#[derive(Debug)]
pub(crate) enum Failure {
    /// 1: something failed at run time.
    Failed(String),
    /// 2: the arguments do not fit together.
    Usage(String),
    /// 3: the data are unfit.
    Data(String),
    /// 4: the training diverged. What was finite has been kept.
    Diverged(String),
    /// 130: Ctrl-C. The best so far has been kept.
    Interrupted(String),
    /// 0: nobody reads the output any more, as in `chainrule predict … | head`.
    Unread,
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Unread => 0,
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Data(_) => 3,
            Self::Diverged(_) => 4,
            Self::Interrupted(_) => 130,
        }
    }

    /// Writes the sentence to standard error.
    pub(crate) fn report(&self) {
        let (word, message) = match self {
            Self::Unread => return,
            Self::Failed(message) | Self::Usage(message) | Self::Data(message) => {
                ("error", message)
            }
            Self::Diverged(message) => ("diverged", message),
            Self::Interrupted(message) => ("interrupted", message),
        };
        anstream::eprintln!("{}: {message}", crate::text::alarm(word));
    }

    /// A failed write to standard output.
    pub(crate) fn output(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Failed(format!("standard output could not be written: {error}")),
        }
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        Self::Data(error.to_string())
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self::Data(error.to_string())
    }
}

impl From<FitError> for Failure {
    fn from(error: FitError) -> Self {
        match error {
            FitError::Diverged { .. } => Self::Diverged(error.to_string()),
            FitError::NotForSolvers { .. } => Self::Usage(error.to_string()),
            FitError::Core(error) => error.into(),
            _ => Self::Data(error.to_string()),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ArchitectureError> for Failure {
    fn from(error: ArchitectureError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<chainrule::Error> for Failure {
    fn from(error: chainrule::Error) -> Self {
        match error {
            chainrule::Error::Diverged { .. } => Self::Diverged(error.to_string()),
            chainrule::Error::Unsuitable { .. }
            | chainrule::Error::Memory { .. }
            | chainrule::Error::Instructions { .. } => Self::Usage(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<chainrule_report::Error> for Failure {
    fn from(error: chainrule_report::Error) -> Self {
        Self::Failed(format!("the chart could not be drawn: {error}"))
    }
}
