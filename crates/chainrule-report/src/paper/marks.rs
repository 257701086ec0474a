//! The shapes that are more than a curve or a sample.

use std::collections::BTreeMap;
use std::fmt::Write;

use kuva::render::render::TextAnchor;

use super::layout::{Layout, SMALL};
use super::pen::Pen;
use crate::figure::{Cell, Point, Side, Tile, Word};
use crate::ink::{self, CLASSES, Ink, tint_share};
use crate::text::{ems, shorten};

/// How opaque a band is.
pub(super) const BAND: f64 = 0.22;
/// How opaque the most strongly shaded tile is: words in the colour of text stay readable on it.
const TILE: f64 = 0.55;
/// The thicknesses of the links of a network that are told apart.
const THICKNESSES: usize = 6;

/// A polygon in SVG's notation.
pub(super) fn polygon(corners: impl Iterator<Item = Point>) -> String {
    let mut path = String::new();
    for ((x, y), command) in corners.zip(std::iter::once('M').chain(std::iter::repeat('L'))) {
        // Writing to a string cannot fail.
        let _ = write!(path, "{command}{x:.1} {y:.1}");
    }
    if !path.is_empty() {
        path.push('Z');
    }
    path
}

/// A rectangle with two opposite corners.
pub(super) fn rectangle((x1, y1): Point, (x2, y2): Point) -> String {
    polygon([(x1, y1), (x2, y1), (x2, y2), (x1, y2)].into_iter())
}

/// A line across or upright, with strokes at its ends where wanted.
pub(super) fn range(pen: &mut Pen, from: Point, to: Point, capped: bool, ink: Ink) {
    pen.line(from, to, ink);
    if capped {
        let upright = (from.0 - to.0).abs() < (from.1 - to.1).abs();
        let (dx, dy) = if upright { (3.0, 0.0) } else { (0.0, 3.0) };
        for (x, y) in [from, to] {
            pen.line((x - dx, y - dy), (x + dx, y + dy), ink);
        }
    }
}

/// The stronger a link, the thicker and the more opaque; the strongest lie on top. All of one
/// strength are one path of slender rectangles.
pub(super) fn links(pen: &mut Pen, ink: Ink, links: &[(Point, Point, f64)]) {
    let mut paths = vec![String::new(); THICKNESSES];
    for ((x1, y1), (x2, y2), strength) in links {
        let level = ((strength * THICKNESSES as f64) as usize).min(THICKNESSES - 1);
        let half = 0.25 + 1.25 * level as f64 / (THICKNESSES - 1) as f64;
        let length = (x2 - x1).hypot(y2 - y1).max(1e-9);
        let (dx, dy) = (half * (y2 - y1) / length, half * (x1 - x2) / length);
        let corners =
            [(x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)];
        // Two digits, as a thin link is narrower than a unit.
        for ((x, y), command) in corners.iter().zip("MLLL".chars()) {
            let _ = write!(paths[level], "{command}{x:.2} {y:.2}");
        }
        paths[level].push('Z');
    }
    for (level, path) in paths.into_iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        pen.area(path, ink, 0.16 + 0.74 * level as f64 / (THICKNESSES - 1) as f64);
    }
}

/// Shaded cells, and in each its words where there is room for them.
pub(super) fn tiles(pen: &mut Pen, layout: &Layout, ink: Ink, columns: usize, tiles: &[Tile]) {
    let rows = tiles.len().div_ceil(columns.max(1));
    let at = |column: usize, row: usize| {
        layout.at((column as f64 / columns as f64, row as f64 / rows as f64))
    };
    for (i, tile) in tiles.iter().enumerate() {
        let (column, row) = (i % columns, i / columns);
        let ((left, bottom), (right, top)) = (at(column, row), at(column + 1, row + 1));
        let inner = rectangle((left + 0.5, bottom - 0.5), (right - 0.5, top + 0.5));
        pen.area(inner, ink, 0.04 + (TILE - 0.04) * tile.share);
        let fits = |words: &str, lines: f64| {
            ems(words) * SMALL <= right - left - 2.0 && lines * 1.2 * SMALL <= bottom - top
        };
        let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0 + 0.36 * SMALL);
        if fits(&tile.below, 2.0) && fits(&tile.words, 2.0) && !tile.below.is_empty() {
            pen.text((x, y - 0.6 * SMALL), &tile.words, TextAnchor::Middle, ink::TEXT);
            pen.text((x, y + 0.6 * SMALL), &tile.below, TextAnchor::Middle, ink::TEXT);
        } else if fits(&tile.words, 1.0) {
            pen.text((x, y), &tile.words, TextAnchor::Middle, ink::TEXT);
        }
    }
}

/// A word, shortened to the room that the paper has on its side.
pub(super) fn word(pen: &mut Pen, layout: &Layout, ink: Ink, word: &Word) {
    const AIR: f64 = 10.0;
    let (x, y) = layout.at(word.at);
    let (room, anchor, x) = match word.side {
        Side::Left => (x - AIR - 4.0, TextAnchor::End, x - AIR),
        Side::Right => (layout.width - x - AIR - 4.0, TextAnchor::Start, x + AIR),
        Side::On => (2.0 * x.min(layout.width - x), TextAnchor::Middle, x),
    };
    let text = shorten(&word.text, room, |text| ems(text) * SMALL);
    pen.text((x, y + 0.36 * SMALL), &text, anchor, ink);
}

/// The background: equal neighbours in a row are one rectangle, all rectangles of one tint one
/// path.
pub(super) fn background(pen: &mut Pen, layout: &Layout, columns: usize, cells: &[Option<Cell>]) {
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
            pen.area(path, CLASSES[class % CLASSES.len()], tint_share(level));
        }
    });
}
