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
    /// 5: what was required is not so.
    Unmet(String),
    /// 130: Ctrl-C. The best so far has been kept.
    Interrupted(String),
    /// 0: nobody reads the output any more, as in `chainrule predict … | head`.
    Unread,
    /// Any of these, which the object on standard output tells already.
    InObject(Box<Failure>),
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Unread => 0,
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Data(_) => 3,
            Self::Diverged(_) => 4,
            Self::Unmet(_) => 5,
            Self::Interrupted(_) => 130,
            Self::InObject(failure) => failure.code(),
        }
    }

    /// The name of its kind, for programs; stable, too.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Failed(_) => "failed",
            Self::Usage(_) => "usage",
            Self::Data(_) => "data",
            Self::Diverged(_) => "diverged",
            Self::Unmet(_) => "unmet",
            Self::Interrupted(_) => "interrupted",
            Self::InObject(failure) => failure.kind(),
        }
    }

    /// The sentence; empty where nobody is to read one.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Unread => "",
            Self::Failed(message)
            | Self::Usage(message)
            | Self::Data(message)
            | Self::Diverged(message)
            | Self::Unmet(message)
            | Self::Interrupted(message) => message,
            Self::InObject(failure) => failure.message(),
        }
    }

    /// The sentence as what happened and, if it goes on after a semicolon, what to do.
    pub(crate) fn message_and_hint(&self) -> (&str, Option<&str>) {
        let message = self.message();
        match semicolon(message) {
            Some(place) => (&message[..place], Some(message[place + 1..].trim_start())),
            None => (message, None),
        }
    }

    /// Writes the sentence to standard error.
    pub(crate) fn report(&self) {
        let word = match self {
            Self::Unread => return,
            Self::Failed(_) | Self::Usage(_) | Self::Data(_) => "error",
            Self::Diverged(_) => "diverged",
            Self::Unmet(_) => "not met",
            Self::Interrupted(_) => "interrupted",
            Self::InObject(failure) => return failure.report(),
        };
        anstream::eprintln!("{}: {}", crate::text::alarm(word), self.message());
    }

    /// A failed write to standard output.
    pub(crate) fn output(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Failed(format!("standard output could not be written: {error}")),
        }
    }
}

/// Where the first semicolon outside of double quotes stands.
fn semicolon(message: &str) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (place, letter) in message.char_indices() {
        match letter {
            ';' if !is_quoted => return Some(place),
            '"' if !is_escaped => is_quoted = !is_quoted,
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    None
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
            FitError::NotForSolvers { .. }
            | FitError::OnlySquares { .. }
            | FitError::OtherFit { .. } => Self::Usage(error.to_string()),
            FitError::Checkpoint(_) | FitError::Resume { .. } => Self::Failed(error.to_string()),
            FitError::Stopped => Self::Interrupted(error.to_string()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_stand_after_the_semicolon() {
        for (message, expected) in [
            ("it failed", ("it failed", None)),
            (
                "no column \"z\"; did you mean \"y\"?",
                ("no column \"z\"", Some("did you mean \"y\"?")),
            ),
            ("no column \"a; b\"; try c; or d", ("no column \"a; b\"", Some("try c; or d"))),
            ("\"\\\";\" is odd", ("\"\\\";\" is odd", None)),
        ] {
            assert_eq!(Failure::Data(message.to_owned()).message_and_hint(), expected);
        }
    }
}
