//! Fewer points that look the same, so that a picture of a million samples stays small.

use std::collections::HashSet;

use crate::figure::Point;

/// At most so many points of one layer are drawn.
const MOST_POINTS: usize = 3_000;
/// A curve is told apart in so many columns, about the pixels of a picture.
const COLUMNS: f64 = 1_200.0;

/// The points, those that (nearly) cover another left out: one is kept in each cell of a grid,
/// which is made coarser until few enough remain. Outliers lie alone in their cell and stay.
pub(crate) fn points(points: Vec<Point>) -> Vec<Point> {
    points_to(MOST_POINTS, points)
}

/// The same for a given number of points.
pub(crate) fn points_to(most: usize, points: Vec<Point>) -> Vec<Point> {
    let mut kept = points;
    let mut cells = 1_024.0;
    while kept.len() > most && cells >= 1.0 {
        let mut taken = HashSet::new();
        kept.retain(|(x, y)| taken.insert(((x * cells) as u32, (y * cells) as u32)));
        cells /= 1.25;
    }
    kept
}

/// A curve that runs from left to right: of each column its first, lowest, highest and last point.
pub(crate) fn curve(points: Vec<Point>) -> Vec<Point> {
    if points.len() as f64 <= 2.0 * COLUMNS {
        return points;
    }
    let mut kept = Vec::new();
    for column in points.chunk_by(|a, b| (a.0 * COLUMNS).floor() == (b.0 * COLUMNS).floor()) {
        let by_height = |a: &usize, b: &usize| column[*a].1.total_cmp(&column[*b].1);
        let lowest = (0..column.len()).min_by(by_height).unwrap_or(0);
        let highest = (0..column.len()).max_by(by_height).unwrap_or(0);
        let mut chosen = [0, lowest, highest, column.len() - 1];
        chosen.sort_unstable();
        kept.extend(chosen.chunk_by(|a, b| a == b).map(|same| column[same[0]]));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A curve with one peak that lasts for a single point.
    fn spike(n: usize) -> Vec<Point> {
        (0..n).map(|i| (i as f64 / n as f64, if i == n / 3 { 1.0 } else { 0.5 })).collect()
    }

    #[test]
    fn few_points_stay_as_they_are() {
        assert_eq!(points(spike(3_000)), spike(3_000));
        assert_eq!(curve(spike(2_400)), spike(2_400));
    }

    #[test]
    fn outliers_stay() {
        let many = 100_000;
        let thinned = points(spike(many));
        assert!((100..=MOST_POINTS).contains(&thinned.len()), "{}", thinned.len());
        assert!(thinned.iter().any(|point| point.1 == 1.0));

        let thinned = curve(spike(many));
        assert!((1_200..=4_800).contains(&thinned.len()), "{}", thinned.len());
        assert!(thinned.iter().any(|point| point.1 == 1.0));
        assert_eq!((thinned[0], thinned.last()), (spike(many)[0], spike(many).last()));
    }
}
