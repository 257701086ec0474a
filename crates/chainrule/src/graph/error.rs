//! What can be wrong with an expression: what, where in the source, what would fit.

use super::Shape;
use std::panic::Location;
use thiserror::Error;

/// What is wrong with an expression, and in which line of its source.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// Two operands that do not fit together.
    #[error("{location}: {operation} of {left} and {right}: {needs}")]
    Shapes {
        /// The operation.
        operation: String,
        /// The shape of the left operand.
        left: Shape,
        /// The shape of the right operand.
        right: Shape,
        /// What would fit.
        needs: &'static str,
        /// The line.
        location: &'static Location<'static>,
    },
    /// An operand that has not the shape for it.
    #[error("{location}: {operation} of {shape}: {needs}")]
    Shape {
        /// The operation.
        operation: String,
        /// The shape of the operand.
        shape: Shape,
        /// What would fit.
        needs: String,
        /// The line.
        location: &'static Location<'static>,
    },
    /// Values of two graphs in one operation.
    #[error(
        "{location}: {operation}: a value of another graph; build an expression from the values of one graph alone"
    )]
    AnotherGraph {
        /// The operation.
        operation: String,
        /// The line.
        location: &'static Location<'static>,
    },
    /// A gradient that nothing has computed.
    #[error(
        "{location}: this value {shape} has no gradient: call `backward` first, on a loss that depends on it"
    )]
    NoGradient {
        /// The shape of the value.
        shape: Shape,
        /// The line.
        location: &'static Location<'static>,
    },
    /// Numbers that are known only in a pass of a layer or a loss.
    #[error(
        "{location}: this value {shape} depends on the batch, which is not there while the expression is written"
    )]
    NoBatch {
        /// The shape of the value.
        shape: Shape,
        /// The line.
        location: &'static Location<'static>,
    },
    /// Samples of a batch that are mixed in a layer.
    #[error(
        "{location}: {operation} mixes the rows of the batch, but the output of a layer, or the loss of a sample, depends \
         on one row alone"
    )]
    MixedRows {
        /// The operation.
        operation: String,
        /// The line.
        location: &'static Location<'static>,
    },
    /// Another number of parameters than the expression has.
    #[error("the expression has {expected} parameters, but {found} numbers are given")]
    Parameters {
        /// How many it has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// New numbers for something that is no input of the plan.
    #[error(
        "this value {shape} is not an input of the plan: only what `input` made can be given anew"
    )]
    NoInput {
        /// The shape of the value.
        shape: Shape,
    },
}

impl Error {
    pub(super) fn shapes(
        operation: &str,
        [left, right]: [Shape; 2],
        needs: &'static str,
        location: &'static Location<'static>,
    ) -> Self {
        Self::Shapes { operation: operation.to_owned(), left, right, needs, location }
    }

    pub(crate) fn shape(
        operation: &str,
        shape: Shape,
        needs: impl Into<String>,
        location: &'static Location<'static>,
    ) -> Self {
        Self::Shape { operation: operation.to_owned(), shape, needs: needs.into(), location }
    }
}
