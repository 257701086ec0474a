//! The rules by which the type of a column is told from its cells.

use super::{
    super::{Column, DateFormat, Numbers, TableError, Values, Words},
    ColumnType, name,
    profile::Count,
};

/// Whole numbers with more different values than that are numbers like any other.
const FEW: usize = 20;
/// Fewer rows than that tell nothing about an identifier.
const ROWS: usize = 20;
/// More levels than that are no category.
const LEVELS: usize = 1000;
/// So few levels may stand in few rows each, since the table may be small.
const FEW_LEVELS: usize = 10;
/// Longer words than that name nothing, in letters.
const LONGEST: usize = 40;

/// What was decided about a column.
pub(super) struct Decision {
    pub(super) kind: ColumnType,
    pub(super) date: Option<DateFormat>,
    pub(super) note: Option<String>,
    pub(super) flaw: Option<TableError>,
}

impl Decision {
    fn new(kind: ColumnType) -> Self {
        Self { kind, date: None, note: None, flaw: None }
    }

    fn because(kind: ColumnType, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..Self::new(kind) }
    }
}

/// Decides by the cells alone, for the first column or another one.
pub(super) fn decide(name: &str, column: &Column, count: &Count, is_first: bool) -> Decision {
    if let Some(flaw @ TableError::Foreign { .. }) = column.flaw() {
        let note = "no table can hold what stands in it";
        return Decision {
            flaw: Some(flaw.clone()),
            ..Decision::because(ColumnType::Constant, note)
        };
    }
    match (count.distinct, count.missing) {
        (0, _) => return Decision::because(ColumnType::Constant, "no row has a value"),
        (1, 0) => return Decision::because(ColumnType::Constant, "every row has the same value"),
        (1, _) => {
            let note = "there is one value: what differs is whether it is there";
            return Decision::because(ColumnType::Category, note);
        }
        _ => {}
    }
    match column.values() {
        Values::Numbers(values) => {
            let flaw = column.flaw().filter(|_| count.has_infinity).cloned();
            Decision { flaw, ..numbers(name, values, count, is_first) }
        }
        Values::Words(words) => self::words(name, column, words, count),
    }
}

fn numbers(name: &str, values: &Numbers, count: &Count, is_first: bool) -> Decision {
    if count.distinct == 2 {
        return Decision::new(ColumnType::Boolean);
    }
    if !count.is_whole() {
        return Decision::new(ColumnType::Number);
    }
    if count.missing == 0 && count.distinct == count.rows && count.rows >= ROWS {
        if name::says_identifier(name) {
            let note =
                "every row has another whole number, and the name says that it numbers the rows";
            return Decision::because(ColumnType::Identifier, note);
        }
        let first = values.get(0);
        let counts = matches!(first, 0.0 | 1.0)
            && values.iter().zip(values.iter().skip(1)).all(|(v, next)| next == v + 1.0);
        if is_first && counts && !name::says_time_or_place(name) {
            let note = format!("it counts the rows from {first}");
            return Decision::because(ColumnType::Identifier, note);
        }
    }
    match count.distinct <= FEW && 10 * count.distinct < count.rows {
        true => Decision::new(ColumnType::Integer),
        false => Decision::new(ColumnType::Number),
    }
}

fn words(name: &str, column: &Column, words: &Words, count: &Count) -> Decision {
    let (distinct, present) = (count.distinct, count.present());
    if let Some(flaw) = broken_number(column, words) {
        let note = "almost all of its cells are numbers";
        return Decision { flaw: Some(flaw), ..Decision::because(ColumnType::Number, note) };
    }
    if let Some(date) = date(words) {
        let note = date.is_ambiguous().then(|| {
            format!("day and month could be the other way round; they are read as {date}")
        });
        return Decision { date: Some(date), note, ..Decision::new(ColumnType::Date) };
    }
    if distinct == 2 {
        return Decision::new(ColumnType::Boolean);
    }
    let repeats = distinct <= LEVELS && 2 * distinct <= present;
    if repeats || distinct <= FEW_LEVELS && 4 * distinct <= 3 * present {
        return Decision::new(ColumnType::Category);
    }
    let are_names = used(words)
        .all(|word| word.chars().count() <= LONGEST && !word.contains(char::is_whitespace));
    if present >= ROWS && are_names {
        if 20 * distinct >= 19 * present {
            let note = "almost every row has another short word";
            return Decision::because(ColumnType::Identifier, note);
        }
        if name::says_identifier(name) {
            let note = "most words are different, and the name says that they name the rows";
            return Decision::because(ColumnType::Identifier, note);
        }
    }
    let note = format!("{distinct} different words in {present} rows");
    Decision::because(ColumnType::Text, note)
}

/// The words that stand in some row.
pub(super) fn used(words: &Words) -> impl Iterator<Item = &str> {
    let mut used = vec![false; words.words().len()];
    for code in words.codes() {
        if let Some(used) = used.get_mut(*code as usize) {
            *used = true;
        }
    }
    words.words().iter().zip(used).filter(|(_, used)| *used).map(|(word, _)| word.as_str())
}

/// The format of a column of dates.
pub(super) fn date(words: &Words) -> Option<DateFormat> {
    DateFormat::find(used(words))
}

/// Why a column is none of numbers though at least 95 % of its cells are, perhaps with a decimal comma.
fn broken_number(column: &Column, words: &Words) -> Option<TableError> {
    let flaw = column.flaw()?;
    let is_of_words = matches!(flaw, TableError::Text { .. } | TableError::DecimalComma { .. });
    (is_of_words && are_nearly_numbers(words)).then(|| flaw.clone())
}

/// Whether at least 95 % of the words are numbers, perhaps with a decimal comma.
pub(crate) fn are_nearly_numbers(words: &Words) -> bool {
    let are_numbers: Vec<bool> = words.words().iter().map(|word| is_number(word)).collect();
    let is_number = |code: &&u32| are_numbers.get(**code as usize) == Some(&true);
    let numbers = words.codes().iter().filter(is_number).count();
    let present = words.codes().iter().filter(|code| **code != Words::MISSING).count();
    present > 0 && 20 * numbers >= 19 * present
}

/// Whether the word is a number, perhaps with a decimal comma.
pub(crate) fn is_number(word: &str) -> bool {
    let is_finite = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    is_finite(word) || word.matches(',').count() == 1 && is_finite(&word.replace(',', "."))
}
