use super::{Chart, same_length};
use crate::figure::{Axis, Layer, Proportion, Shape, Tile};
use crate::scale::Scale;
use crate::text::ems;
use crate::{Error, Labels, ink, text};

/// More classes than this are not told apart; the rarest are counted as one.
const MOST: usize = 12;
/// The width of a name below the plot, all together, in units of the font size.
const ROOM: f64 = 21.0;

/// Which classes are taken for which: a matrix of counts, one row for each true class (y) and one
/// column for each predicted class (x). The shade and the percentage of a cell are its part of its
/// row; on the diagonal, from the upper left to the lower right, the prediction is right.
///
/// `counts` is [classes × classes], the true class in the row. Of more than 12 classes the 11 most
/// frequent are drawn, and the others as one, which is an ellipsis with their number. Where names are
/// too long to stand below the plot, their numbers in the list of rows stand for them.
///
/// # Errors
///
/// [`Error::Empty`] when there is no class, [`Error::Length`] when the counts are not as many as the
/// square of the classes.
pub fn confusion(labels: Labels<'_>, classes: &[&str], counts: &[u64]) -> Result<Chart, Error> {
    if classes.is_empty() {
        return Err(Error::Empty { what: format!("\"{}\" (its list of classes)", labels.title) });
    }
    let n = classes.len();
    same_length("the counts, one for each pair of classes", n.saturating_mul(n), counts.len())?;
    let (names, counts) = folded(classes, counts);

    let n = names.len();
    let tile = |(i, count): (usize, &u64)| {
        let row = &counts[i / n * n..][..n];
        let sum = row.iter().fold(0u64, |sum, count| sum.saturating_add(*count));
        let share = if sum > 0 { *count as f64 / sum as f64 } else { 0.0 };
        let below = if sum > 0 { percentage(share) } else { String::new() };
        Tile { share, words: count.to_string(), below }
    };
    let tiles: Vec<Tile> = counts.iter().enumerate().map(tile).collect();
    // The first row is at the top; the lowest comes first in a figure.
    let tiles = tiles.chunks(n).rev().flatten().cloned().collect();

    let scale = Scale::exact(0.0, 1.0);
    let mut chart = Chart::new(labels, scale.clone(), scale);
    let fit = names.iter().all(|name| ems(name) + 0.8 <= ROOM / n as f64);
    let number = |(i, name): (usize, &String)| {
        let number = (i + 1).to_string();
        if fit { (name.clone(), name.clone()) } else { (format!("{number} · {name}"), number) }
    };
    let (rows, columns): (Vec<_>, Vec<_>) = names.iter().enumerate().map(number).unzip();
    let figure = &mut chart.figure;
    figure.x.categories = Axis::parts(columns.into_iter());
    figure.y.categories = Axis::parts(rows.into_iter().rev());
    figure.proportion = Proportion::Rows(if n <= 8 { 2 * n } else { n });
    let shape = Shape::Tiles { columns: n, tiles };
    figure.layers = vec![Layer { name: String::new(), ink: ink::CLASSES[0], shape }];
    Ok(chart)
}

/// A part of a row as whole per cent; what is not nothing is not 0 %.
fn percentage(share: f64) -> String {
    match (100.0 * share).round() {
        0.0 if share > 0.0 => "<1 %".into(),
        100.0 if share < 1.0 => ">99 %".into(),
        whole => format!("{whole} %"),
    }
}

/// The names and counts, the rarest classes made one if there are too many; the rest keep their
/// order.
fn folded(classes: &[&str], counts: &[u64]) -> (Vec<String>, Vec<u64>) {
    let n = classes.len();
    let names = |kept: &[usize]| kept.iter().map(|i| text::clean(classes[*i])).collect();
    if n <= MOST {
        return (names(&(0..n).collect::<Vec<_>>()), counts.to_vec());
    }
    let support =
        |i: &usize| counts[i * n..][..n].iter().fold(0u64, |sum, c| sum.saturating_add(*c));
    let mut kept: Vec<usize> = (0..n).collect();
    kept.sort_by_key(|i| std::cmp::Reverse(support(i)));
    kept.truncate(MOST - 1);
    kept.sort_unstable();
    // The place of each class in the smaller matrix.
    let place = |i: usize| kept.binary_search(&i).unwrap_or(MOST - 1);
    let mut smaller = vec![0u64; MOST * MOST];
    for (i, count) in counts.iter().enumerate() {
        let cell = &mut smaller[place(i / n) * MOST + place(i % n)];
        *cell = cell.saturating_add(*count);
    }
    let mut names: Vec<String> = names(&kept);
    names.push(format!("… ({})", n - kept.len()));
    (names, smaller)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_hide_neither_the_few_nor_the_last() {
        let cases =
            [(0.0, "0 %"), (0.001, "<1 %"), (0.25, "25 %"), (0.999, ">99 %"), (1.0, "100 %")];
        for (share, expected) in cases {
            assert_eq!(percentage(share), expected);
        }
    }

    #[test]
    fn the_rarest_classes_are_one_and_no_count_is_lost() {
        let n = 17;
        let names: Vec<String> = (0..n).map(|i| format!("c{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        // Class i has i + 1 rows, all taken for class 0.
        let mut counts = vec![0; n * n];
        (0..n).for_each(|i| counts[i * n] = i as u64 + 1);
        let (folded, smaller) = folded(&names, &counts);
        // Classes 0 to 5 are the rarest: 1 + 2 + ... + 6 rows in the last row, whose class they get.
        assert_eq!((folded[0].as_str(), folded[11].as_str()), ("c6", "… (6)"));
        assert_eq!(smaller[11 * 12 + 11], 21);
        assert_eq!(smaller[11], 7);
        assert_eq!(smaller.iter().sum::<u64>(), 17 * 18 / 2);
    }
}
