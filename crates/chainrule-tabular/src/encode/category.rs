use crate::table::Column;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// The levels of a column of categories, and what becomes of the others.
///
/// | | one-hot features |
/// |---|---|
/// | two levels, no gaps | one: −1 for the first, 1 for the second, 0 for anything else |
/// | otherwise | one for each level, for `other` and for `missing`: 1 where it is that, and 0 |
///
/// A level that was not seen in training is `other` if there were rare levels in training, and zeros otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// The levels that have a feature each, the most frequent first.
    pub levels: Vec<String>,
    /// Whether training had levels too rare for a feature of their own.
    pub other: bool,
    /// Whether training had gaps.
    pub missing: bool,
}

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// One with this place among the [codes](Levels::codes).
    Known(usize),
    /// One that training did not have, where it had no rare ones.
    Unseen,
}

/// A level of fewer rows is rare.
const FEWEST_ROWS: usize = 2;

impl Levels {
    /// Of these rows of a column; `None` if all have the same level, and there are no gaps.
    pub(crate) fn fit(column: &Column, rows: &[usize]) -> Option<Self> {
        let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
        let mut missing = false;
        for (order, &row) in rows.iter().enumerate() {
            match column.cell(row) {
                Some(cell) => counts.entry(cell.into_owned()).or_insert((0, order)).0 += 1,
                None => missing = true,
            }
        }
        if counts.len() + usize::from(missing) < 2 {
            return None;
        }
        let mut levels: Vec<(String, (usize, usize))> = counts.into_iter().collect();
        levels.sort_by_key(|(_, (count, order))| (usize::MAX - count, *order));
        let all = levels.len();
        levels.retain(|(_, (count, _))| *count >= FEWEST_ROWS);
        if levels.is_empty() {
            return None; // every row another one: nothing can be learned of them
        }
        let other = levels.len() < all;
        let levels = levels.into_iter().map(|(level, _)| level).collect();
        Some(Self { levels, other, missing })
    }

    /// How many codes there are: a level each, `other`, `missing`.
    pub fn codes(&self) -> usize {
        self.levels.len() + usize::from(self.other) + usize::from(self.missing)
    }

    /// Whether cells can be told apart by them: each level stands there once, and there is a code.
    pub(crate) fn is_sound(&self) -> bool {
        let mut seen = HashSet::with_capacity(self.levels.len());
        self.codes() > 0 && self.levels.iter().all(|level| seen.insert(level))
    }

    /// Whether one feature tells the two levels apart.
    pub(crate) fn is_binary(&self) -> bool {
        self.levels.len() == 2 && !self.other && !self.missing
    }

    /// The names of the codes.
    pub fn names(&self) -> Vec<String> {
        let extra = [(self.other, "(other)"), (self.missing, "(missing)")];
        let extra = extra.into_iter().filter(|(is_there, _)| *is_there);
        self.levels.iter().cloned().chain(extra.map(|(_, name)| name.to_owned())).collect()
    }

    /// What each of these rows is.
    pub(crate) fn of(&self, column: &Column, rows: &[usize]) -> Vec<Level> {
        let places: HashMap<&str, usize> =
            self.levels.iter().enumerate().map(|(place, level)| (level.as_str(), place)).collect();
        let other = if self.other { Level::Known(self.levels.len()) } else { Level::Unseen };
        let missing = if self.missing { Level::Known(self.codes() - 1) } else { Level::Unseen };
        let level = |row: &usize| match column.cell(*row) {
            Some(cell) => places.get(&*cell).map_or(other, |place| Level::Known(*place)),
            None => missing,
        };
        rows.iter().map(level).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_levels_come_first_and_rare_ones_together() {
        let cells = ["b", "a", "a", "c", "b", "a", "d", ""];
        let column = Column::words(cells.map(|cell| (!cell.is_empty()).then_some(cell)));
        let rows: Vec<usize> = (0..cells.len()).collect();
        let levels = Levels::fit(&column, &rows).unwrap();
        let expected = Levels { levels: vec!["a".into(), "b".into()], other: true, missing: true };
        assert_eq!(levels, expected);
        assert_eq!(levels.names(), ["a", "b", "(other)", "(missing)"]);
        let new = Column::words([Some("b"), Some("c"), Some("new"), None]);
        let codes = levels.of(&new, &[0, 1, 2, 3]);
        assert_eq!(codes, [1, 2, 2, 3].map(Level::Known));
        // Without rare levels and gaps in training, a new one is none of them.
        let levels = Levels::fit(&column, &[0, 1, 2, 4]).unwrap();
        assert!(levels.is_binary());
        assert_eq!(levels.of(&new, &[2, 3]), [Level::Unseen; 2]);
    }

    #[test]
    fn levels_that_tell_nothing_apart_are_not_sound() {
        let levels = |levels: &[&str], other| Levels {
            levels: levels.iter().map(|level| (*level).to_owned()).collect(),
            other,
            missing: false,
        };
        assert!(levels(&["a", "b"], false).is_sound() && levels(&[], true).is_sound());
        assert!(!levels(&["a", "a"], false).is_sound() && !levels(&[], false).is_sound());
    }

    #[test]
    fn equal_and_all_different_cells_have_no_levels() {
        let column = Column::words(["a", "a", "b", "c"].map(Some));
        assert_eq!(Levels::fit(&column, &[0, 1]), None);
        assert_eq!(Levels::fit(&column, &[1, 2, 3]), None);
    }
}
