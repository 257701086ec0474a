//! Where everything goes on paper: words above the plot, numbers beside and below it.
//!
//! ```text
//!   title
//!   ― curve   • points      the legend, in as many rows as it needs
//!   name of y
//!   1 ┌──────────────┐
//!   0 └──────────────┘
//!     0      1      2
//!        name of x
//! ```
//!
//! The name of y stands upright above its axis, as in a formula: it needs no turned head.

use crate::figure::{Figure, Layer, Point, Proportion, Shape};
use crate::scale::Tick;
use crate::text::{ems, shorten};

/// The width of the paper. All lengths are in units of an SVG document.
pub(super) const WIDTH: f64 = 600.0;
/// The width of a picture in a page, which is also read on a phone.
pub(super) const NARROW: f64 = 420.0;
/// The size of the title.
pub(super) const TITLE: f64 = 16.0;
/// The size of all other words.
pub(super) const SMALL: f64 = 12.0;
/// Between a symbol of the legend and its name.
pub(super) const GAP: f64 = 7.0;

const ROW: f64 = 20.0;
/// The height of a plot, in relation to the width of the paper.
const PLOT_HEIGHT: f64 = 250.0 / 600.0;
/// The height of a row of a plot with rows.
const PLOT_ROW: f64 = 21.0;
/// The part of the width that names beside the plot may take.
const BESIDE: f64 = 0.36;

/// The places of the words (the left end, or the middle, of their baselines) and of the plot.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) title: Option<(Point, String)>,
    pub(super) x_name: Option<(Point, String)>,
    pub(super) y_name: Option<(Point, String)>,
    pub(super) legend: Vec<(Point, String, Layer)>,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
    left: f64,
    top: f64,
    plot_width: f64,
    plot_height: f64,
}

impl Layout {
    pub(super) fn of(figure: &Figure, width: f64) -> Self {
        let margin = margin(width);
        let fitting =
            |text: &str, size: f64| shorten(text, width - 2.0 * margin, |text| ems(text) * size);
        let mut top = margin;
        let title = (!figure.title.is_empty()).then(|| {
            top += 26.0;
            // Bold letters are wider.
            ((margin, top - 11.0), fitting(&figure.title, 1.15 * TITLE))
        });
        let legend = legend(figure, width, &mut top);
        let y_name = (figure.axes && !figure.y.name.is_empty()).then(|| {
            top += ROW + 4.0;
            ((margin, top - 4.0), fitting(&figure.y.name, SMALL))
        });
        top += if y_name.is_some() { 6.0 } else { 10.0 };

        let mut y_ticks = if figure.axes { figure.y.ticks(8) } else { vec![] };
        for tick in &mut y_ticks {
            tick.label = shorten(&tick.label, BESIDE * width, |text| ems(text) * SMALL);
        }
        let labels = y_ticks.iter().map(|tick| ems(&tick.label));
        let left =
            if figure.axes { margin + 8.0 + SMALL * labels.fold(1.0, f64::max) } else { margin };
        let plot_width = (width - left.floor() - margin).floor();
        let plot_height = match figure.proportion {
            Proportion::Square => plot_width,
            Proportion::Wide => (PLOT_HEIGHT * width).floor(),
            Proportion::Rows(rows) => PLOT_ROW * rows as f64,
        };
        let marks = ((width / 55.0) as usize).min(8);
        let x_axis = |fits: &dyn Fn(&[Tick]) -> bool| figure.x.ticks_that(marks, fits);
        let x_ticks = if !figure.axes {
            vec![]
        } else {
            x_axis(&|ticks: &[Tick]| {
                let half = |tick: &Tick| (0.5 * ems(&tick.label) + 0.6) * SMALL / plot_width;
                ticks
                    .windows(2)
                    .all(|pair| pair[0].at + half(&pair[0]) < pair[1].at - half(&pair[1]))
            })
        };
        let bottom = top + plot_height + if figure.axes { 28.0 } else { 10.0 };
        let x_name = (figure.axes && !figure.x.name.is_empty())
            .then(|| ((left + plot_width / 2.0, bottom + 12.0), fitting(&figure.x.name, SMALL)));
        let height = (bottom + if x_name.is_some() { 26.0 } else { 4.0 }).ceil();
        Self {
            width,
            height,
            title,
            x_name,
            y_name,
            legend,
            x_ticks,
            y_ticks,
            left: left.floor(),
            top,
            plot_width,
            plot_height,
        }
    }

    /// From the unit square to the paper.
    pub(super) fn at(&self, (x, y): Point) -> Point {
        (self.left + x * self.plot_width, self.top + (1.0 - y) * self.plot_height)
    }
}

/// The empty edge; the page around a narrow picture has edges of its own.
fn margin(width: f64) -> f64 {
    if width > NARROW { 18.0 } else { 8.0 }
}

/// The width of a layer's symbol in the legend.
pub(super) fn symbol(layer: &Layer) -> f64 {
    if matches!(layer.shape, Shape::Curve { .. } | Shape::Links { .. }) { 22.0 } else { 9.0 }
}

/// The entries of the legend from left to right, in new rows where they do not fit.
fn legend(figure: &Figure, width: f64, top: &mut f64) -> Vec<(Point, String, Layer)> {
    let margin = margin(width);
    let mut entries = vec![];
    let mut left = margin;
    for layer in figure.legend() {
        let name = shorten(&layer.name, width - 2.0 * margin - symbol(layer) - GAP, |text| {
            ems(text) * SMALL
        });
        let long = symbol(layer) + GAP + ems(&name) * SMALL;
        if entries.is_empty() || left + long > width - margin {
            left = margin;
            *top += ROW;
        }
        entries.push(((left, *top - 6.0), name, layer.clone()));
        left += long + 18.0;
    }
    entries
}
