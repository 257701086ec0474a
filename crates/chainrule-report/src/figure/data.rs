//! The numbers behind a figure, for those who would rather read than look.

use super::{Axis, Figure, Layer, Point, Shape};

/// A table of what is drawn: the series, the value along x and the value along y, in words.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Data {
    pub(crate) rows: Vec<[String; 3]>,
    /// The rows that are left out, as there are too many.
    pub(crate) left_out: usize,
}

impl Figure {
    /// The numbers that are drawn, at most about `most` rows, which are shared evenly among the
    /// layers.
    pub(crate) fn data(&self, most: usize) -> Data {
        let layers: Vec<Vec<[String; 3]>> =
            self.layers.iter().map(|layer| self.rows(layer)).chain([self.notes.clone()]).collect();
        let filled = layers.iter().filter(|rows| !rows.is_empty()).count().max(1);
        let share = (most / filled).max(2);
        let mut data = Data::default();
        for rows in layers {
            // Every so many, the first and the last among them.
            let kept = rows.len().min(share);
            let chosen = |i: usize| if kept < 2 { 0 } else { i * (rows.len() - 1) / (kept - 1) };
            data.rows.extend((0..kept).map(|i| rows[chosen(i)].clone()));
            data.left_out += rows.len() - kept;
        }
        data
    }

    fn rows(&self, layer: &Layer) -> Vec<[String; 3]> {
        let row = |x: String, y: String| [layer.name.clone(), x, y];
        let at = |(x, y): Point| row(words(&self.x, x), words(&self.y, y));
        let between = |axis: &Axis, low: f64, high: f64| {
            let (from, to) = (words(axis, low), words(axis, high));
            if from == to { from } else { format!("{from} … {to}") }
        };
        match &layer.shape {
            Shape::Curve { pieces, .. } => pieces.iter().flatten().map(|p| at(*p)).collect(),
            Shape::Points { points, .. } if self.axes => points.iter().map(|p| at(*p)).collect(),
            Shape::Ring { at: place } => vec![at(*place)],
            // A bar among categories is as long as its value; one among numbers is as wide as its
            // class and as high as its value.
            Shape::Bars { bars } if !self.y.categories.is_empty() => {
                let zero = self.x.scale.place(0.0).unwrap_or(0.0);
                let far = |low: f64, high: f64| if (low - zero).abs() < 1e-9 { high } else { low };
                let bar =
                    |((x1, y1), (x2, y2)): &(Point, Point)| at((far(*x1, *x2), (y1 + y2) / 2.0));
                bars.iter().map(bar).collect()
            }
            Shape::Bars { bars } => bars
                .iter()
                .map(|((x1, _), (x2, y2))| row(between(&self.x, *x1, *x2), words(&self.y, *y2)))
                .collect(),
            Shape::Ranges { ranges, .. } => ranges
                .iter()
                .map(|((x1, y1), (x2, y2))| {
                    row(between(&self.x, *x1, *x2), between(&self.y, *y1, *y2))
                })
                .collect(),
            Shape::Band { pieces } => pieces
                .iter()
                .flatten()
                .map(|(x, low, high)| row(words(&self.x, *x), between(&self.y, *low, *high)))
                .collect(),
            Shape::Tiles { columns, tiles } => {
                let rows = tiles.len().div_ceil((*columns).max(1));
                let middle = |i: usize, n: usize| (i as f64 + 0.5) / n as f64;
                let tile = |(i, tile): (usize, &super::Tile)| {
                    let (x, y) = (middle(i % columns, *columns), middle(i / columns, rows));
                    let count = [&tile.words, &tile.below].map(String::as_str).join(" ");
                    [count.trim().to_owned(), words(&self.x, x), words(&self.y, y)]
                };
                tiles.iter().enumerate().map(tile).collect()
            }
            Shape::Points { .. } | Shape::Cells { .. } => vec![],
            Shape::Links { .. } | Shape::Words { .. } => vec![],
        }
    }
}

/// The value at a place, or the nearest category.
fn words(axis: &Axis, place: f64) -> String {
    let distance = |at: f64| (at - place).abs();
    let nearest = axis.categories.iter().min_by(|a, b| distance(a.at).total_cmp(&distance(b.at)));
    nearest.map_or_else(|| axis.scale.words_at(place), |tick| tick.label.clone())
}
