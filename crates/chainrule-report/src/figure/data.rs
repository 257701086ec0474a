//! The numbers behind a figure, for those who would rather read than look.

use super::{Axis, Figure, Layer, Point, Shape, Tile};
use crate::scale::Tick;

/// A table of what is drawn: the series, the value along x and the value along y, in words.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Data {
    pub(crate) rows: Vec<[String; 3]>,
    /// The rows that are left out, as there are too many.
    pub(crate) left_out: usize,
}

/// A matrix: its header, whose first cell names the axes, and its rows, whose first cells are names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Figure {
    /// The words of the tiles, the uppermost row first; none without tiles.
    pub(crate) fn matrix(&self) -> Option<Matrix> {
        let tiles = self.layers.iter().find_map(|layer| match &layer.shape {
            Shape::Tiles { columns, tiles } => Some(tiles.chunks((*columns).max(1))),
            _ => None,
        })?;
        let corner = format!("{} ↓ {} →", self.y.name, self.x.name);
        let columns = self.x.categories.iter().map(|tick| tick.label.clone());
        let row = |(tick, tiles): (&Tick, &[Tile])| {
            let cell = |tile: &Tile| match tile.below.as_str() {
                "" => tile.words.clone(),
                below => format!("{} ({below})", tile.words),
            };
            [tick.label.clone()].into_iter().chain(tiles.iter().map(cell)).collect()
        };
        let rows = self.y.categories.iter().zip(tiles).map(row).rev().collect();
        Some(Matrix { header: [corner].into_iter().chain(columns).collect(), rows })
    }

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
            Shape::Points { .. } | Shape::Cells { .. } => vec![],
            Shape::Links { .. } | Shape::Tiles { .. } | Shape::Words { .. } => vec![],
        }
    }
}

/// The value at a place, or the nearest category.
fn words(axis: &Axis, place: f64) -> String {
    let distance = |at: f64| (at - place).abs();
    let nearest = axis.categories.iter().min_by(|a, b| distance(a.at).total_cmp(&distance(b.at)));
    nearest.map_or_else(|| axis.scale.words_at(place), |tick| tick.label.clone())
}

#[cfg(test)]
mod tests {
    use crate::chart::{self, Bar};
    use crate::{Labels, Series};

    const LABELS: Labels<'static> = Labels { title: "", x: "x", y: "y" };

    #[test]
    fn the_numbers_that_went_in_come_out() {
        let series = Series::new("a", &[1.0, 2.5, 4.0], &[-2.0, 0.127, 8.0]);
        let rows = chart::residuals(LABELS, &[series], "").unwrap().data(100).rows;
        let rows: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
        assert_eq!(rows[..3], ["a 1.000 −2.00", "a 2.500 0.13", "a 4.000 8.00"]);
        let bar = |name, value| Bar { name, value, range: Some((value - 1.0, value + 1.0)) };
        let rows = chart::bars(LABELS, &[bar("b", 4.0), bar("c", -3.0)]).unwrap().data(100).rows;
        let rows: Vec<String> = rows.iter().map(|row| row[1..].join(" ")).collect();
        assert_eq!(rows, ["4.000 b", "−3.000 c", "3.000 … 5.000 b", "−4.000 … −2.000 c"]);
    }

    #[test]
    fn long_lists_keep_their_ends_and_say_what_is_left_out() {
        let x: Vec<f64> = (0..1000).map(f64::from).collect();
        let data = chart::roc(LABELS, &[Series::new("a", &[0.0, 1.0], &[0.0, 1.0])], "d").unwrap();
        assert_eq!(data.data(50).left_out, 0);
        let data = chart::residuals(LABELS, &[Series::new("a", &x, &x)], "").unwrap().data(20);
        // Ten of the samples, and both ends of the line.
        assert_eq!((data.rows.len(), data.left_out), (12, 990));
        assert_eq!((data.rows[0][1].as_str(), data.rows[9][1].as_str()), ("0", "999"));
    }

    #[test]
    fn the_first_row_of_a_matrix_is_the_uppermost() {
        let chart = chart::confusion(LABELS, &["no", "yes"], &[9, 1, 0, 0]).unwrap();
        let matrix = chart.matrix().unwrap();
        assert_eq!(matrix.header, ["y ↓ x →", "no", "yes"]);
        assert_eq!(matrix.rows, [["no", "9 (90 %)", "1 (10 %)"], ["yes", "0", "0"]]);
    }
}
