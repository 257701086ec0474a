//! What stands in a column, counted.

use super::{
    super::{Column, Numbers, TableError, Values},
    ColumnType, Numeric,
};
use serde::{Serialize, Serializer};

/// So many levels of a column are named.
const LEVELS: usize = 10;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Profile {
    /// The name of the column.
    pub name: String,
    /// What it means.
    pub kind: ColumnType,
    /// How many rows have no value.
    pub missing: usize,
    /// How many different values there are; what is missing is none.
    pub distinct: usize,
    /// The ten values that stand in most rows, the most frequent one first; of equally frequent ones, the one that comes
    /// first in the order of numbers, or the one that appears first among words.
    pub levels: Vec<Level>,
    /// Where its numbers lie; `None` if it holds words, or no finite number.
    pub numeric: Option<Numeric>,
    /// How its dates are written, if it holds dates.
    pub date: Option<super::super::DateFormat>,
    /// Why the type was chosen, where that is no matter of course, as a sentence.
    pub note: Option<String>,
    /// Why it can not be used as what it seems to be: the first broken cell of a column of numbers.
    #[serde(serialize_with = "sentence")]
    pub flaw: Option<TableError>,
}

/// A value of a column, and how often it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Level {
    /// The value, as text.
    pub value: String,
    /// In how many rows it stands.
    pub count: usize,
}

/// An error as what it says.
fn sentence<S: Serializer>(error: &Option<TableError>, serializer: S) -> Result<S::Ok, S::Error> {
    error.as_ref().map(ToString::to_string).serialize(serializer)
}

/// What is counted before it is known what it means.
pub(super) struct Count {
    pub(super) rows: usize,
    pub(super) missing: usize,
    pub(super) distinct: usize,
    pub(super) levels: Vec<Level>,
    /// The finite numbers in ascending order; none of words.
    pub(super) sorted: Vec<f64>,
    /// Whether there are numbers without an end.
    pub(super) has_infinity: bool,
}

impl Count {
    pub(super) fn of(column: &Column) -> Self {
        match column.values() {
            Values::Numbers(values) => Self::numbers(values),
            Values::Words(words) => {
                let mut counts = vec![0; words.words().len()];
                let mut missing = 0;
                for code in words.codes() {
                    match counts.get_mut(*code as usize) {
                        Some(count) => *count += 1,
                        None => missing += 1,
                    }
                }
                // A selection may have lost all rows of a word.
                let distinct = counts.iter().filter(|count| **count > 0).count();
                let levels = counts.into_iter().zip(words.words());
                let rows = words.codes().len();
                let levels = most_frequent(levels, |word| word.clone());
                Self { rows, missing, distinct, levels, sorted: Vec::new(), has_infinity: false }
            }
        }
    }

    fn numbers(values: &Numbers) -> Self {
        // Zero has one sign.
        let present = values.iter().filter(|value| !value.is_nan()).map(|value| value + 0.0);
        let mut sorted: Vec<f64> = present.collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let missing = values.len() - sorted.len();
        let runs = || sorted.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0]));
        let distinct = runs().count();
        let levels = most_frequent(runs(), |value| {
            Column::numbers(vec![value]).cell(0).unwrap_or_default().into_owned()
        });
        let all = sorted.len();
        sorted.retain(|value| value.is_finite());
        let has_infinity = sorted.len() < all;
        Self { rows: values.len(), missing, distinct, levels, sorted, has_infinity }
    }

    /// How many rows have a value.
    pub(super) fn present(&self) -> usize {
        self.rows - self.missing
    }

    /// Whether all values are whole numbers.
    pub(super) fn is_whole(&self) -> bool {
        !self.has_infinity && self.sorted.iter().all(|value| value.fract() == 0.0)
    }
}

/// The first of them in the order of their counts.
fn most_frequent<T>(
    counts: impl Iterator<Item = (usize, T)>,
    text: impl Fn(T) -> String,
) -> Vec<Level> {
    let mut most: Vec<(usize, T)> = Vec::with_capacity(LEVELS + 1);
    for (count, value) in counts.filter(|(count, _)| *count > 0) {
        let place = most.partition_point(|(other, _)| *other >= count);
        if place < LEVELS {
            most.insert(place, (count, value));
            most.truncate(LEVELS);
        }
    }
    most.into_iter().map(|(count, value)| Level { value: text(value), count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted() {
        let levels = |count: &Count| {
            count.levels.iter().map(|l| format!("{} {}", l.value, l.count)).collect::<Vec<_>>()
        };
        let count = Count::of(&Column::numbers(vec![2.0, f64::NAN, 0.0, -0.0, 2.0, 0.5]));
        assert_eq!((count.rows, count.missing, count.distinct, count.present()), (6, 1, 3, 5));
        assert_eq!(levels(&count), ["0 2", "2 2", "0.5 1"]);
        assert!(!count.is_whole());
        let count = Count::of(&Column::words([Some("b"), None, Some("a"), Some("c"), Some("a")]));
        assert_eq!((count.missing, count.distinct), (1, 3));
        assert_eq!(levels(&count), ["a 2", "b 1", "c 1"]);
        let count = Count::of(&Column::numbers((0..100).map(f64::from).collect()));
        assert_eq!((count.distinct, count.levels.len()), (100, 10));
        assert!(count.is_whole());
        let count = Count::of(&Column::numbers(vec![f64::INFINITY, 1.0]));
        assert_eq!((count.distinct, count.has_infinity, count.is_whole()), (2, true, false));
    }
}
