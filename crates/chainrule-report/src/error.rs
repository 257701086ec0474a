//! What can be wrong with the numbers of a chart.

/// Why a chart could not be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No number is left to draw.
    #[error(
        "nothing to draw: {what} has no finite values; check that the list is not empty and not all NaN"
    )]
    Empty {
        /// The series or list that is empty.
        what: String,
    },
    /// Two lists that belong together differ in length.
    #[error("{what}: {expected} values are needed and {found} were given")]
    Length {
        /// The list at fault, and what it must match.
        what: String,
        /// The length it must have.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// The rectangle of a grid is empty or not finite.
    #[error(
        "the grid goes from {low} to {high} in {axis}; the first must be less than the second, both finite"
    )]
    Rectangle {
        /// `x` or `y`.
        axis: char,
        /// The lower end given.
        low: f64,
        /// The upper end given.
        high: f64,
    },
    /// More classes than there are colours, or none.
    #[error("{found} classes were given; decision regions can be drawn for 1 to {most}")]
    Classes {
        /// The number of class names given.
        found: usize,
        /// The number of colours there are.
        most: usize,
    },
    /// A class number without a name.
    #[error("class number {class} in {what}, but only the classes 0 to {last} have names")]
    UnknownClass {
        /// Where it stands: the grid or the samples.
        what: &'static str,
        /// The number.
        class: usize,
        /// The greatest class number that has a name.
        last: usize,
    },
    /// Letters that the font of the PNG pictures lacks.
    #[error(
        "the font of PNG charts (DejaVu Sans) has no letters for \"{letters}\"; \
         save the chart as SVG, which uses the fonts of the reader, or rename the labels"
    )]
    Letters {
        /// The letters, each once.
        letters: String,
    },
    /// The picture could not be coded as PNG.
    #[error("the PNG picture could not be made: {0}")]
    Png(String),
}
