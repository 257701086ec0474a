//! A figure on paper: SVG and PNG. Where everything goes is decided here; kuva draws it.

mod layout;
mod pen;
mod picture;

use std::collections::BTreeMap;
use std::fmt::Write;

use kuva::prelude::SvgBackend;
use kuva::render::render::{Scene, TextAnchor};

use crate::Error;
use crate::figure::{Cell, Figure, Layer, Mark, Point, Shape};
use crate::ink;
use layout::{GAP, Layout, SMALL, WIDTH, symbol};
use pen::Pen;

/// Half the extent of a mark in the legend.
const LEGEND_MARK: f64 = 4.0;

pub(crate) fn svg(figure: &Figure) -> String {
    let scene = scene(figure);
    let (width, height) = (scene.width, scene.height);
    // Without a viewBox a browser would crop the picture instead of scaling it.
    let svg = SvgBackend::new().with_pretty(true).render_scene(&scene);
    svg.replacen("<svg ", &format!("<svg viewBox=\"0 0 {width} {height}\" "), 1)
}

pub(crate) fn png(figure: &Figure) -> Result<Vec<u8>, Error> {
    picture::png(&scene(figure))
}

fn scene(figure: &Figure) -> Scene {
    let layout = Layout::of(figure);
    let mut pen = Pen::new(WIDTH, layout.height);
    pen.group("stroke-linecap=\"round\" stroke-linejoin=\"round\"", |pen| {
        axes(pen, &layout, figure.square);
        for layer in &figure.layers {
            shape(pen, &layout, layer);
        }
        words(pen, &layout);
    });
    pen.into_scene()
}

/// The grid, the lines of the axes and the numbers along them.
fn axes(pen: &mut Pen, layout: &Layout, square: bool) {
    let ((left, top), (right, bottom)) = (layout.at((0.0, 1.0)), layout.at((1.0, 0.0)));
    // Lines in the middle of a unit are sharp at every whole size.
    let sharp = |v: f64| v.floor() + 0.5;
    for tick in &layout.y_ticks {
        let y = layout.at((0.0, tick.at)).1;
        pen.line((left, sharp(y)), (right, sharp(y)), ink::GRID);
        pen.text((left - 8.0, y + 0.36 * SMALL), &tick.label, TextAnchor::End, ink::QUIET);
    }
    for tick in &layout.x_ticks {
        let x = layout.at((tick.at, 0.0)).0;
        pen.line((sharp(x), top), (sharp(x), bottom), ink::GRID);
        pen.line((sharp(x), bottom), (sharp(x), bottom + 4.0), ink::AXIS);
        pen.text((x, bottom + 18.0), &tick.label, TextAnchor::Middle, ink::QUIET);
    }
    pen.line((left, sharp(bottom)), (right, sharp(bottom)), ink::AXIS);
    if square {
        pen.line((sharp(left), top), (sharp(left), bottom), ink::AXIS);
    }
}

/// Title, names of the axes and legend.
fn words(pen: &mut Pen, layout: &Layout) {
    if let Some((place, title)) = &layout.title {
        pen.title(*place, title);
    }
    if let Some((place, name)) = &layout.y_name {
        pen.text(*place, name, TextAnchor::Start, ink::QUIET);
    }
    if let Some((place, name)) = &layout.x_name {
        pen.text(*place, name, TextAnchor::Middle, ink::QUIET);
    }
    for ((x, y), text, layer) in &layout.legend {
        let (middle, end) = (y - 0.36 * SMALL, x + symbol(layer));
        let centre = ((x + end) / 2.0, middle);
        match &layer.shape {
            Shape::Curve { style, .. } => {
                pen.curve(&[(*x, middle), (end, middle)], *style, layer.ink);
            }
            Shape::Points { mark, .. } => pen.mark(centre, *mark, LEGEND_MARK, 1.0, layer.ink),
            Shape::Ring { .. } => pen.ring(centre),
            Shape::Cells { .. } => {}
        }
        pen.text((end + GAP, *y), text, TextAnchor::Start, ink::TEXT);
    }
}

fn shape(pen: &mut Pen, layout: &Layout, layer: &Layer) {
    match &layer.shape {
        Shape::Cells { columns, cells } => background(pen, layout, *columns, cells),
        Shape::Curve { pieces, style } => {
            for piece in pieces {
                let piece: Vec<Point> = piece.iter().map(|place| layout.at(*place)).collect();
                pen.curve(&piece, *style, layer.ink);
            }
        }
        Shape::Points { points, mark } => {
            // The more there are, the smaller and paler: a crowd shows its density.
            let (size, opacity) = match (mark, points.len()) {
                (Mark::Class(_), ..=300) => (3.6, 1.0),
                (Mark::Class(_), _) => (2.6, 1.0),
                (Mark::Dot, ..=250) => (2.9, 0.75),
                (Mark::Dot, ..=800) => (2.3, 0.65),
                (Mark::Dot, _) => (1.9, 0.5),
            };
            for place in points {
                pen.mark(layout.at(*place), *mark, size, opacity, layer.ink);
            }
        }
        Shape::Ring { at } => {
            let foot = layout.at((at.0, 0.0));
            let at = layout.at(*at);
            pen.dashes(&[at, foot], 1.0, (1.0, 3.0), ink::AXIS);
            pen.ring(at);
        }
    }
}

/// The background: equal neighbours in a row are one rectangle, all rectangles of one tint one
/// path.
fn background(pen: &mut Pen, layout: &Layout, columns: usize, cells: &[Option<Cell>]) {
    let rows = cells.len() / columns;
    // Half a unit is one pixel of the PNG picture: no seams between the rectangles.
    let whole = |v: f64| (2.0 * v).round() / 2.0;
    let corner = |column: usize, row: usize| {
        let (x, y) = layout.at((column as f64 / columns as f64, row as f64 / rows as f64));
        (whole(x), whole(y))
    };
    let mut paths: BTreeMap<(usize, usize), String> = BTreeMap::new();
    for (row, line) in cells.chunks(columns).enumerate() {
        let mut column = 0;
        for run in line.chunk_by(|a, b| a == b) {
            let (left, bottom) = corner(column, row);
            column += run.len();
            let (right, top) = corner(column, row + 1);
            if let Some(cell) = run[0] {
                let path = paths.entry((cell.class, cell.level)).or_default();
                // Writing to a string cannot fail.
                let _ = write!(path, "M{left} {top}H{right}V{bottom}H{left}Z");
            }
        }
    }
    pen.group("shape-rendering=\"crispEdges\"", |pen| {
        for ((class, level), path) in paths {
            pen.area(path, ink::tint(class, level));
        }
    });
}
