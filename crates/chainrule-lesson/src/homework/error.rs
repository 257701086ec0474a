use thiserror::Error;

/// What is wrong with a file of an exercise or of gradients.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum HomeworkError {
    /// No JSON, or not that of an exercise.
    #[error("{reason}; what a file must hold stands in docs/trace.md")]
    Format {
        /// What the reader says.
        reason: String,
    },
    /// A part that is not there.
    #[error("there is no \"{part}\"; `chainrule trace --json` writes a file with all parts")]
    Missing {
        /// Its name.
        part: &'static str,
    },
    /// A layer that is not dense.
    #[error("{layer} is a {kind} layer; gradients are explained for chains of dense layers alone")]
    NotDense {
        /// The name of the layer.
        layer: String,
        /// Its kind.
        kind: String,
    },
    /// A name that means nothing here.
    #[error("there is no {what} \"{name}\"; {there}")]
    Unknown {
        /// What it would be.
        what: &'static str,
        /// The name.
        name: String,
        /// What there is.
        there: String,
    },
    /// Numbers in another shape than the network has.
    #[error("{name} has the shape {found}, not {expected}{hint}")]
    Shape {
        /// The block or array.
        name: String,
        /// The shape that fits.
        expected: String,
        /// The shape that was given.
        found: String,
        /// What this may come from; empty, or it begins with a semicolon.
        hint: String,
    },
    /// Something that is no finite number.
    #[error("{name} holds {found}, where a number belongs")]
    NotANumber {
        /// The block or array.
        name: String,
        /// What stands there.
        found: String,
    },
    /// Weights or a batch whose right gradients overflow.
    #[error("the numbers of this exercise are so large that its gradients are not finite")]
    TooLarge,
    /// Targets that the loss can not be computed for.
    #[error("{0}")]
    Exercise(#[from] chainrule::Error),
}
