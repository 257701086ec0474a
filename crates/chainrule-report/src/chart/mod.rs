//! The charts: one function each, from slices to a [`Chart`].

mod fit;
mod loss;
mod predicted_against_true;
mod race;
mod regions;

pub use fit::fit;
pub use loss::loss;
pub use predicted_against_true::predicted_against_true;
pub use race::race;
pub use regions::{Grid, Samples, regions};

use crate::{Error, Labels, figure::Axis, figure::Figure, paper, scale::Scale, terminal, text};

/// One finished drawing.
#[derive(Debug, Clone)]
pub struct Chart {
    figure: Figure,
}

impl Chart {
    /// The chart as an SVG document, 600 units wide; it may be shown at any size.
    pub fn svg(&self) -> String {
        paper::svg(&self.figure)
    }

    /// The chart as a PNG picture, 1200 pixels wide.
    ///
    /// # Errors
    ///
    /// [`Error::Letters`] when a label has letters that DejaVu Sans, the font of these pictures,
    /// lacks, such as Chinese ones: better no picture than one of empty boxes.
    pub fn png(&self) -> Result<Vec<u8>, Error> {
        let letters = text::letters_without_glyph(self.figure.words());
        if letters.is_empty() { paper::png(&self.figure) } else { Err(Error::Letters { letters }) }
    }

    /// The chart as text for a terminal, in braille and box-drawing letters: at most `rows` lines
    /// of at most `columns` columns, each ended by a newline. 80 × 24 is enough for all charts.
    ///
    /// With `colour` there are escape sequences for 256 colours. Without it (for files, and where
    /// `NO_COLOR` is set) there are none, and curves and classes differ in form only.
    pub fn terminal(&self, columns: usize, rows: usize, colour: bool) -> String {
        terminal::text(&self.figure, columns, rows, colour)
    }

    /// A chart with nothing drawn yet.
    fn new(labels: Labels<'_>, x: Scale, y: Scale) -> Self {
        let axis = |name, scale| Axis { name: text::clean(name), scale };
        let title = text::clean(labels.title);
        Self {
            figure: Figure {
                title,
                x: axis(labels.x, x),
                y: axis(labels.y, y),
                square: false,
                layers: vec![],
            },
        }
    }
}

/// The scale that holds all values, or the error that `what` has none.
fn scale_of(scale: Option<Scale>, what: &str) -> Result<Scale, Error> {
    scale.ok_or_else(|| Error::Empty { what: format!("\"{what}\"") })
}
