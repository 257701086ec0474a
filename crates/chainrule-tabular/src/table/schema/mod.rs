//! What the columns of a table mean: told from all of their cells, unless somebody says it.
//!
//! Beside the parts of this room, [`DateFormat`](super::DateFormat) finds the dates.

mod decide;
mod kind;
mod name;
mod numeric;
mod overrides;
mod profile;

pub use kind::ColumnType;
pub use numeric::Numeric;
pub use profile::{Level, Profile};

pub(crate) use decide::are_nearly_numbers;
pub(super) use decide::is_number;
pub(super) use numeric::median;

use super::{Column, Table, TableError};
use decide::{Decision, decide};
use profile::Count;
use serde::Serialize;

/// What each column of a table means, and what it holds.
///
/// The types are told from the whole table by these rules, of which the first that applies decides:
///
/// | column | type |
/// |---|---|
/// | no value at all, or the same value in every row | [`Constant`](ColumnType::Constant) |
/// | one value, and gaps | [`Category`](ColumnType::Category) |
/// | numbers, two different ones | [`Boolean`](ColumnType::Boolean) |
/// | whole numbers, all different, no gap, at least 20 rows, and the name says so (`id`, `PassengerId`, `sample_no`, `index`, …) or it is the first column, counts the rows from 0 or 1 and its name is none of time or place (`t`, `x`, `year`, …) | [`Identifier`](ColumnType::Identifier) |
/// | whole numbers, at most 20 different ones, fewer than a tenth of the rows | [`Integer`](ColumnType::Integer) |
/// | other numbers | [`Number`](ColumnType::Number) |
/// | words, of which at least 95 % are numbers, perhaps with a decimal comma | `Number`, with the first broken cell as its [flaw](Profile::flaw) |
/// | words that all are dates of one [format](super::DateFormat) | [`Date`](ColumnType::Date) |
/// | two different words | `Boolean` |
/// | at most 1000 different words, each in two rows on average; or at most 10, with a quarter of the rows repeating one | `Category` |
/// | short words without blanks in at least 20 rows, of which 95 % are different, or half and the name says so | `Identifier` |
/// | other words | [`Text`](ColumnType::Text) |
///
/// The only input of a table is never an identifier: where fewer than two columns are left to learn from, what counts the
/// rows is a number.
///
/// ```
/// use chainrule_tabular::{Table, table::{ColumnType, Schema}};
///
/// let text = b"colour,size,zip\nred,1.5,10001\nblue,2,10002\nred,2.5,10001\n";
/// let table = Table::read_csv(text, "example.csv")?;
/// let schema = Schema::of(&table, &[("zip".to_owned(), ColumnType::Category)])?;
/// let kinds: Vec<_> = schema.profiles().iter().map(|profile| profile.kind.name()).collect();
/// assert_eq!(kinds, ["boolean", "number", "category"]);
/// assert_eq!(schema.profile("colour")?.levels[0].value, "red");
/// # Ok::<(), chainrule_tabular::TableError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schema {
    rows: usize,
    #[serde(rename = "columns")]
    profiles: Vec<Profile>,
}

impl Schema {
    /// The schema of this table. `overrides` names columns with the types that they are said to have; of several for one
    /// column, the last one counts.
    ///
    /// Fails if there is no such column, or if it can not be what it is said to be.
    pub fn of(table: &Table, overrides: &[(String, ColumnType)]) -> Result<Self, TableError> {
        for (name, _) in overrides {
            table.column(name)?;
        }
        let profile = |(place, (name, column)): (usize, (&str, &Column))| {
            let said = overrides.iter().rev().find(|(other, _)| other == name);
            let count = Count::of(column);
            let decision = match said {
                Some((_, kind)) => overrides::decide(name, column, &count, *kind)?,
                None => decide(name, column, &count, place == 0),
            };
            Ok(Profile::new(name, count, decision))
        };
        let profiles =
            table.columns().enumerate().map(profile).collect::<Result<_, TableError>>()?;
        let mut schema = Self { rows: table.rows(), profiles };
        let useful = schema.profiles.iter().filter(|profile| profile.is_useful()).count();
        if useful < 2 {
            schema.count_as_numbers(|name| overrides.iter().any(|(other, _)| other == name));
        }
        Ok(schema)
    }

    /// What each column holds, in the order of the table.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// What the column of this name holds.
    pub fn profile(&self, name: &str) -> Result<&Profile, TableError> {
        let profile = self.profiles.iter().find(|profile| profile.name == name);
        profile.ok_or_else(|| TableError::NoColumn {
            name: name.to_owned(),
            nearest: crate::names::nearest(name, self.profiles.iter().map(|p| p.name.as_str())),
            columns: self.profiles.iter().map(|profile| profile.name.clone()).collect(),
        })
    }

    /// The rows that were counted.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The same for somebody who wants to predict these columns from the others: if nothing but identifiers and
    /// constants is left as an input, what counts the rows is a number.
    #[must_use]
    pub fn for_targets(mut self, targets: &[String]) -> Self {
        let is_target = |name: &str| targets.iter().any(|target| target == name);
        if !self.profiles.iter().any(|profile| profile.is_useful() && !is_target(&profile.name)) {
            self.count_as_numbers(is_target);
        }
        self
    }

    /// Takes the identifiers among the numbers for numbers, except some.
    fn count_as_numbers(&mut self, except: impl Fn(&str) -> bool) {
        for profile in &mut self.profiles {
            let counts = profile.kind == ColumnType::Identifier && profile.numeric.is_some();
            if counts && !except(&profile.name) {
                profile.kind = ColumnType::Number;
                profile.note = Some("it may number the rows, but nothing else is there".to_owned());
            }
        }
    }
}

impl Profile {
    fn new(name: &str, count: Count, decision: Decision) -> Self {
        let Decision { kind, date, note, flaw } = decision;
        Self {
            name: name.to_owned(),
            kind,
            missing: count.missing,
            distinct: count.distinct,
            numeric: Numeric::of(&count.sorted),
            levels: count.levels,
            date,
            note,
            flaw,
        }
    }

    /// Whether something can be learned from it.
    fn is_useful(&self) -> bool {
        !matches!(self.kind, ColumnType::Identifier | ColumnType::Constant | ColumnType::Text)
    }
}
