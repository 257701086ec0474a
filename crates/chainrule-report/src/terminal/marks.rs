//! The shapes that are more than a curve or a sample, in letters and dots.

use super::Plot;
use super::canvas::{Canvas, Rank};
use crate::figure::{Side, Tile, Word};
use crate::ink::{self, Ink};
use crate::text::{columns as width, shorten};

/// Links of a network that are weaker than this part of the strongest are not drawn: the letters
/// are too coarse for all of them.
pub(super) const FAINT: f64 = 0.3;
/// The letters of a cell that is shaded more and more, where there is no colour.
const SHADES: [char; 4] = [' ', '░', '▒', '▓'];

type Dot = (usize, usize);

/// All dots of a rectangle between its left lower and its right upper corner.
pub(super) fn bar(canvas: &mut Canvas, (left, bottom): Dot, (right, top): Dot, ink: Ink) {
    for y in top..=bottom {
        for x in left..=right {
            canvas.dot((x, y), ink, Rank::Sample);
        }
    }
}

/// Every second dot between two ends, one above the other.
pub(super) fn haze(canvas: &mut Canvas, (x, bottom): Dot, (_, top): Dot, ink: Ink) {
    for y in (top..=bottom).filter(|y| (x + y) % 2 == 0) {
        canvas.dot((x, y), ink, Rank::Reference);
    }
}

/// The words of each cell, in its middle; shades where the words have no room.
pub(super) fn tiles(canvas: &mut Canvas, plot: &Plot, ink: Ink, columns: usize, tiles: &[Tile]) {
    let rows = tiles.len().div_ceil(columns.max(1));
    for (i, tile) in tiles.iter().enumerate() {
        let (column, row) = (i % columns, rows - 1 - i / columns);
        let across = |column: usize| plot.left + column * plot.columns / columns;
        let down = |row: usize| plot.top + row * plot.rows / rows;
        let (left, right) = (across(column), across(column + 1));
        let (top, bottom) = (down(row), down(row + 1));
        if left == right || top == bottom {
            continue;
        }
        let (long, middle) = (width(&tile.words), (top + bottom - 1) / 2);
        if long <= right - left {
            canvas.write(left + (right - left - long) / 2, middle, &tile.words, ink::TEXT);
            let long = width(&tile.below);
            if bottom - top > 2 && long <= right - left {
                canvas.write(left + (right - left - long) / 2, middle + 1, &tile.below, ink::QUIET);
            }
        } else {
            let shade = SHADES[((tile.share * 4.0) as usize).min(3)];
            canvas.put(left, middle, shade, ink);
        }
    }
}

/// A word beside its place, or on it.
pub(super) fn word(canvas: &mut Canvas, (column, row): Dot, word: &Word, ink: Ink) {
    let (room, text) = match word.side {
        Side::Left => (column.saturating_sub(2), &word.text),
        Side::Right => (canvas.columns.saturating_sub(column + 2), &word.text),
        Side::On => (canvas.columns, &word.text),
    };
    let text = shorten(text, room, width);
    let start = match word.side {
        Side::Left => column.saturating_sub(1 + width(&text)),
        Side::Right => column + 2,
        Side::On => column.saturating_sub(width(&text) / 2),
    };
    canvas.write(start, row, &text, ink);
}
