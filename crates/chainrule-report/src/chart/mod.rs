//! The charts: one function each, from slices to a [`Chart`].

mod bars;
mod calibration;
mod confusion;
mod dependence;
mod fit;
mod histogram;
mod intervals;
mod loss;
mod network;
mod precision_recall;
mod predicted_against_true;
mod race;
mod regions;
mod residuals;
mod roc;

pub use bars::{Bar, bars};
pub use calibration::calibration;
pub use confusion::confusion;
pub use dependence::{dependence, dependence_of_categories, dependence_of_classes};
pub use fit::fit;
pub use histogram::histogram;
pub use intervals::{Intervals, IntervalsLegend, intervals};
pub use loss::loss;
pub use network::{Weights, network};
pub use precision_recall::precision_recall;
pub use predicted_against_true::predicted_against_true;
pub use race::race;
pub use regions::{Grid, Samples, regions};
pub use residuals::residuals;
pub use roc::roc;

use crate::figure::{Axis, Data, Figure, Layer, Matrix, Proportion, Shape, Style};
use crate::{Error, Labels, Series, ink, paper, scale::Scale, terminal, text};

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

    /// The title; empty if it has none.
    pub fn title(&self) -> &str {
        &self.figure.title
    }

    /// The names of the axes.
    pub(crate) fn axes(&self) -> [&str; 2] {
        [&self.figure.x.name, &self.figure.y.name]
    }

    /// The chart for a page: narrower than [`Chart::svg`], so that its words can be read on a phone,
    /// and without a background: the contents of the SVG element, its width and its height.
    pub(crate) fn inline_svg(&self) -> (String, f64, f64) {
        paper::inline_svg(&self.figure)
    }

    /// The numbers that are drawn, at most about `most` rows.
    pub(crate) fn data(&self, most: usize) -> Data {
        self.figure.data(most)
    }

    /// The words of a matrix of cells; none for other charts.
    pub(crate) fn matrix(&self) -> Option<Matrix> {
        self.figure.matrix()
    }

    /// A chart with nothing drawn yet.
    fn new(labels: Labels<'_>, x: Scale, y: Scale) -> Self {
        let axis = |name, scale| Axis { name: text::clean(name), scale, categories: vec![] };
        let title = text::clean(labels.title);
        Self {
            figure: Figure {
                title,
                x: axis(labels.x, x),
                y: axis(labels.y, y),
                proportion: Proportion::Wide,
                axes: true,
                layers: vec![],
                notes: vec![],
            },
        }
    }
}

/// The scale that holds all values, or the error that `what` has none.
fn scale_of(scale: Option<Scale>, what: &str) -> Result<Scale, Error> {
    scale.ok_or_else(|| Error::Empty { what: format!("\"{what}\"") })
}

/// A dashed line from one place of the unit square to another: what the rest is compared with.
fn reference(name: &str, from: (f64, f64), to: (f64, f64)) -> Layer {
    let shape = Shape::Curve { pieces: vec![vec![from, to]], style: Style::Dashed };
    Layer { name: text::clean(name), ink: ink::TRUTH, shape }
}

/// Fails when two lists that belong together differ in length.
fn same_length(what: &str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found {
        Ok(())
    } else {
        Err(Error::Length { what: what.into(), expected, found })
    }
}

/// The curves of a series each, on axes from 0 to 1: what lies outside is not drawn.
fn curves_of_shares(labels: Labels<'_>, curves: &[Series<'_>]) -> Result<Chart, Error> {
    curves.iter().try_for_each(Series::check)?;
    if curves.is_empty() {
        return Err(Error::Empty { what: format!("\"{}\"", labels.title) });
    }
    let (x, y) = (Scale::exact(0.0, 1.0), Scale::exact(0.0, 1.0));
    let mut chart = Chart::new(labels, x.clone(), y.clone());
    chart.figure.proportion = Proportion::Square;
    for (series, ink) in curves.iter().zip(ink::CLASSES.into_iter().cycle()) {
        let shape = Shape::Curve { pieces: Figure::curve(series, &x, &y), style: Style::Wide };
        chart.figure.layers.push(Layer { name: text::clean(series.name), ink, shape });
    }
    Ok(chart)
}
