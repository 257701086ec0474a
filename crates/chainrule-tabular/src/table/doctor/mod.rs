//! A table is looked over before anything is learned from it.
//!
//! ```text
//! Table, Schema, target ─► columns.rs  numbers.rs  words.rs  dates and names by themselves
//!                          pairs.rs                          columns that say the same
//!                          rows.rs                           rows that do
//!                          target.rs                         what is to be predicted
//! ```

mod columns;
mod finding;
mod numbers;
mod pairs;
mod rows;
mod target;
mod words;

pub use finding::{Finding, Severity};

use super::{Column, Profile, Schema, Table, TableError};
use serde::Serialize;
use std::cmp::Reverse;

/// What is odd about a table, the gravest first.
///
/// | check | what is found |
/// |---|---|
/// | `constant`, `identifier`, `text` | columns from which nothing can be learned |
/// | `missing`, `missing-rows`, `hidden-missing` | columns and rows that are more than half empty; numbers such as -999 and words such as *unknown* that look like gaps |
/// | `broken-number` | numbers that are words because of a few cells |
/// | `outlier` | numbers more than 20 robust deviations from the median |
/// | `spelling`, `rare` | levels that differ in case or blanks only; levels in fewer than 5 rows |
/// | `date-order`, `ambiguous-date` | dates that go back and forth; day and month that can be mistaken |
/// | `duplicate-rows`, `duplicate-columns` | what is there twice |
/// | `few-rows` | fewer than 10 rows for each column |
/// | `leak` | columns that tell the target: equal to it, one to one with it, or correlated with \|r\| > 0.995 |
/// | `target`, `target-missing`, `imbalance` | a target that can not be learned, has gaps, or is hardly ever anything else |
///
/// ```
/// use chainrule_tabular::{Table, table::{Diagnosis, Schema, Severity}};
///
/// let table = Table::read_csv(b"x,y,z\n1,2,7\n2,3,7\n3,5,7\n", "example.csv")?;
/// let diagnosis = Diagnosis::of(&table, &Schema::of(&table, &[])?, Some("y"))?;
/// let finding = &diagnosis.findings[0];
/// assert_eq!((finding.check, &finding.columns[..]), ("few-rows", &["x".to_owned()][..]));
/// assert_eq!(finding.severity, Severity::Warning);
/// # Ok::<(), chainrule_tabular::TableError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// Looks over a table of this schema, perhaps for somebody who wants to predict a target. Fails if it has not the
    /// columns of the schema, or no such target.
    pub fn of(table: &Table, schema: &Schema, target: Option<&str>) -> Result<Self, TableError> {
        let patient = Patient::new(table, schema, target)?;
        let mut findings = Vec::new();
        pairs::examine(&patient, &mut findings);
        target::examine(&patient, &mut findings);
        for (column, profile) in patient.columns() {
            columns::examine(&patient, column, profile, &mut findings);
            numbers::examine(column, profile, &mut findings);
            words::examine(column, profile, &mut findings);
        }
        rows::examine(&patient, &mut findings);
        findings.sort_by_key(|finding| Reverse(finding.severity));
        Ok(Self { findings })
    }

    /// The gravest that was found; `None` if nothing was.
    pub fn severity(&self) -> Option<Severity> {
        self.findings.first().map(|finding| finding.severity)
    }
}

/// The table with what is known of it.
struct Patient<'a> {
    rows: usize,
    columns: Vec<(&'a Column, &'a Profile)>,
    /// The place of the target.
    target: Option<usize>,
}

impl<'a> Patient<'a> {
    fn new(table: &'a Table, schema: &'a Schema, target: Option<&str>) -> Result<Self, TableError> {
        let columns = table.columns().map(|(name, column)| Ok((column, schema.profile(name)?)));
        let columns = columns.collect::<Result<Vec<_>, TableError>>()?;
        if let Some(name) = target {
            table.column(name)?;
        }
        let is_target = |name: &str| target == Some(name);
        let target = columns.iter().position(|(_, profile)| is_target(&profile.name));
        Ok(Self { rows: table.rows(), columns, target })
    }

    fn columns(&self) -> impl Iterator<Item = (&'a Column, &'a Profile)> {
        self.columns.iter().copied()
    }

    fn target(&self) -> Option<(&'a Column, &'a Profile)> {
        self.target.map(|place| self.columns[place])
    }

    fn is_target(&self, profile: &Profile) -> bool {
        self.target().is_some_and(|(_, target)| target.name == profile.name)
    }
}
