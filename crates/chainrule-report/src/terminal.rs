//! A figure as text: braille for curves and dots, box-drawing letters for the axes.
//!
//! A braille letter is a grid of 2 × 4 dots, so a plot of 70 × 18 letters has 140 × 72 of them.

mod canvas;
mod marks;

use crate::figure::{Cell, Figure, Layer, Mark, Point, Shape, Style};
use crate::ink;
use crate::text::{columns as width, shorten};
use canvas::{Canvas, Rank};

/// No terminal is larger; it bounds the memory.
const MOST: usize = 1_000;
/// The letters of the classes, and those of their regions where there is no colour.
const MARKS: [char; 10] = ['●', '■', '▲', '◆', '▼', '○', '□', '△', '◇', '▽'];
const FILLS: [char; 10] = [' ', '·', '░', ':', '-', '▒', '+', '~', '=', '"'];
/// What the second of two kinds of samples is drawn with where there is no colour.
const LETTER: &str = "∘";

pub(crate) fn text(figure: &Figure, columns: usize, rows: usize, colour: bool) -> String {
    let mut canvas = Canvas::new(columns.min(MOST), rows.min(MOST), colour);
    let plot = words_and_axes(&mut canvas, figure);
    let mut look = Look { colour, curves: 0, dots: 0 };
    for layer in figure.layers.iter().filter(|_| plot.columns > 0 && plot.rows > 0) {
        look.next(layer);
        draw(&mut canvas, &plot, layer, &look);
    }
    canvas.into_text()
}

/// The letters inside the axes.
struct Plot {
    left: usize,
    top: usize,
    columns: usize,
    rows: usize,
}

/// Writes everything around the plot, and says what room is left for it.
fn words_and_axes(canvas: &mut Canvas, figure: &Figure) -> Plot {
    let (columns, rows) = (canvas.columns, canvas.rows);
    let mut top = 0;
    // In a low window the plot matters more than the words.
    let roomy = rows >= 10;
    if roomy && !figure.title.is_empty() {
        canvas.write(1, top, &shorten(&figure.title, columns.saturating_sub(2), width), ink::TEXT);
        top += 1;
    }
    if roomy {
        top = legend(canvas, figure, top);
    }
    if figure.axes && roomy && !figure.y.name.is_empty() {
        canvas.write(
            1,
            top,
            &shorten(&figure.y.name, columns.saturating_sub(2), width),
            ink::QUIET,
        );
        top += 1;
    }

    // Below: the axis, its numbers, its name.
    let below = 2 * usize::from(figure.axes)
        + usize::from(figure.axes && roomy && !figure.x.name.is_empty());
    let height = rows.saturating_sub(top + below);
    let mut y_ticks = if figure.axes { figure.y.ticks((height / 3).clamp(3, 8)) } else { vec![] };
    // Of categories, only as many as there are rows.
    let every = y_ticks.len().div_ceil(height.max(1)).max(1);
    y_ticks = y_ticks.into_iter().step_by(every).collect();
    let label = |text: &str| shorten(text, columns / 3, width);
    let gutter = y_ticks.iter().map(|tick| width(&label(&tick.label))).max().unwrap_or(0) + 1;
    let plot =
        Plot { left: gutter + 1, top, columns: columns.saturating_sub(gutter + 2), rows: height };

    let axis = top + height;
    if !figure.axes {
        return plot;
    }
    for row in top..axis {
        canvas.put(gutter, row, '│', ink::AXIS);
    }
    for tick in y_ticks.iter().filter(|_| height > 0) {
        let (label, row) = (label(&tick.label), top + from_top(tick.at, height));
        canvas.put(gutter, row, '┤', ink::AXIS);
        canvas.write(gutter.saturating_sub(width(&label)), row, &label, ink::QUIET);
    }
    canvas.put(gutter, axis, '└', ink::AXIS);
    for column in 0..plot.columns {
        canvas.put(plot.left + column, axis, '─', ink::AXIS);
    }
    let start = |at: f64, label: &str| {
        let middle = plot.left + step(at, plot.columns);
        middle.saturating_sub(width(label) / 2).min(columns.saturating_sub(width(label)))
    };
    let x_ticks = figure.x.ticks_that((plot.columns / 9).clamp(3, 9), |ticks| {
        let spans: Vec<_> =
            ticks.iter().map(|tick| (start(tick.at, &tick.label), width(&tick.label))).collect();
        spans.windows(2).all(|pair| pair[0].0 + pair[0].1 + 1 < pair[1].0)
    });
    for tick in x_ticks.iter().filter(|_| plot.columns > 0) {
        canvas.put(plot.left + step(tick.at, plot.columns), axis, '┬', ink::AXIS);
        canvas.write(start(tick.at, &tick.label), axis + 1, &tick.label, ink::QUIET);
    }
    if below == 3 {
        let name = shorten(&figure.x.name, plot.columns, width);
        canvas.write(plot.left + (plot.columns - width(&name)) / 2, axis + 2, &name, ink::QUIET);
    }
    plot
}

/// The legend in one row, or more if need be; returns the row below it.
fn legend(canvas: &mut Canvas, figure: &Figure, top: usize) -> usize {
    let (mut row, mut column) = (top, 1);
    let mut look = Look { colour: canvas.colour, curves: 0, dots: 0 };
    for layer in figure.legend() {
        look.next(layer);
        let symbol = match &layer.shape {
            Shape::Curve { style, .. } if look.is_dashed(*style) => "╌╌",
            Shape::Curve { .. } => "──",
            Shape::Points { mark: Mark::Dot, .. } if look.is_lettered() => LETTER,
            Shape::Points { mark: Mark::Dot, .. } => "⠒⠂",
            Shape::Points { mark: Mark::Class(class), .. } => {
                &MARKS[class % MARKS.len()].to_string()
            }
            Shape::Ring { .. } => "◉",
            Shape::Bars { .. } => "■",
            Shape::Band { .. } => "░",
            Shape::Ranges { .. } => "│",
            Shape::Links { .. } if look.is_dashed(Style::Fine) => "╌╌",
            Shape::Links { .. } => "──",
            Shape::Points { mark: Mark::Unit, .. } => "○",
            Shape::Cells { .. } | Shape::Tiles { .. } | Shape::Words { .. } => "",
        };
        let most = canvas.columns.saturating_sub(width(symbol) + 3);
        let name = shorten(&layer.name, most, width);
        if column > 1 && column + width(symbol) + 1 + width(&name) > canvas.columns {
            (row, column) = (row + 1, 1);
        }
        canvas.write(column, row, symbol, layer.ink);
        canvas.write(column + width(symbol) + 1, row, &name, ink::TEXT);
        column += width(symbol) + 1 + width(&name) + 3;
    }
    if column > 1 { row + 1 } else { row }
}

/// How the layers are told apart where there is no colour: the second curve is dashed, the dots of
/// the second samples are letters.
struct Look {
    colour: bool,
    curves: usize,
    dots: usize,
}

impl Look {
    /// Counts the layer.
    fn next(&mut self, layer: &Layer) {
        self.curves +=
            usize::from(matches!(layer.shape, Shape::Curve { .. } | Shape::Links { .. }));
        self.dots += usize::from(matches!(layer.shape, Shape::Points { mark: Mark::Dot, .. }));
    }

    fn is_dashed(&self, style: Style) -> bool {
        style == Style::Dashed || (!self.colour && self.curves > 1)
    }

    fn is_lettered(&self) -> bool {
        !self.colour && self.dots > 1
    }
}

/// Which of `n` steps a place from 0 to 1 is in.
fn step(place: f64, n: usize) -> usize {
    ((place * n as f64) as usize).min(n.saturating_sub(1))
}

/// The same, counted from the top.
fn from_top(place: f64, n: usize) -> usize {
    n.saturating_sub(1) - step(place, n)
}

fn draw(canvas: &mut Canvas, plot: &Plot, layer: &Layer, look: &Look) {
    let letter =
        |at: Point| (plot.left + step(at.0, plot.columns), plot.top + from_top(at.1, plot.rows));
    let dot = |at: Point| {
        let (x, y) = (step(at.0, 2 * plot.columns), from_top(at.1, 4 * plot.rows));
        (2 * plot.left + x, 4 * plot.top + y)
    };
    match &layer.shape {
        Shape::Cells { columns, cells } => fill(canvas, plot, *columns, cells, look.colour),
        Shape::Points { points, mark: Mark::Dot } if look.is_lettered() => {
            points
                .iter()
                .map(|at| letter(*at))
                .for_each(|(column, row)| canvas.write(column, row, LETTER, layer.ink));
        }
        Shape::Points { points, mark: Mark::Dot } => {
            points.iter().for_each(|at| canvas.dot(dot(*at), layer.ink, Rank::Sample));
        }
        Shape::Points { points, mark: Mark::Class(class) } => {
            for (column, row) in points.iter().map(|at| letter(*at)) {
                canvas.put(column, row, MARKS[class % MARKS.len()], ink::on_tint(*class));
            }
        }
        Shape::Curve { pieces, style } => {
            let rank = if *style == Style::Dashed { Rank::Reference } else { Rank::Curve };
            for piece in pieces {
                let places: Vec<_> = piece.iter().map(|at| dot(*at)).collect();
                canvas.curve(&places, look.is_dashed(*style), layer.ink, rank);
            }
        }
        Shape::Ring { at } => {
            let (column, row) = letter(*at);
            canvas.put(column, row, '◉', layer.ink);
        }
        Shape::Points { points, mark: Mark::Unit } => {
            for (column, row) in points.iter().map(|at| letter(*at)) {
                canvas.put(column, row, '○', layer.ink);
            }
        }
        Shape::Bars { bars } => bars.iter().for_each(|(low, high)| {
            marks::bar(canvas, dot(*low), dot(*high), layer.ink);
        }),
        Shape::Ranges { ranges, .. } => ranges.iter().for_each(|(from, to)| {
            canvas.curve(&[dot(*from), dot(*to)], false, layer.ink, Rank::Sample);
        }),
        Shape::Band { pieces } => {
            for (x, low, high) in pieces.iter().flatten() {
                marks::haze(canvas, dot((*x, *low)), dot((*x, *high)), layer.ink);
            }
        }
        Shape::Tiles { columns, tiles } => marks::tiles(canvas, plot, layer.ink, *columns, tiles),
        Shape::Links { links } => {
            for (from, to, _) in links.iter().filter(|link| link.2 > marks::FAINT) {
                canvas.curve(
                    &[dot(*from), dot(*to)],
                    look.is_dashed(Style::Fine),
                    layer.ink,
                    Rank::Curve,
                );
            }
        }
        Shape::Words { words } => words.iter().for_each(|word| {
            marks::word(canvas, letter(word.at), word, layer.ink);
        }),
    }
}

/// The background. With colours two cells lie in each letter, an upper and a lower half; without,
/// each class has its own letter.
fn fill(canvas: &mut Canvas, plot: &Plot, columns: usize, cells: &[Option<Cell>], colour: bool) {
    let rows = cells.len() / columns;
    let cell = |x: f64, y: f64| cells[step(y, rows) * columns + step(x, columns)];
    for row in 0..plot.rows {
        for column in 0..plot.columns {
            let x = (column as f64 + 0.5) / plot.columns as f64;
            let at = |part: f64| cell(x, 1.0 - (row as f64 + part) / plot.rows as f64);
            let (column, row) = (plot.left + column, plot.top + row);
            if colour {
                let tint = |cell: Option<Cell>| cell.map(|cell| ink::tint(cell.class, cell.level));
                canvas.halves(column, row, tint(at(0.25)), tint(at(0.75)));
            } else if let Some(cell) = at(0.5) {
                canvas.put(column, row, FILLS[cell.class % FILLS.len()], ink::TEXT);
            }
        }
    }
}
