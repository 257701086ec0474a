use super::TableError;

/// How a file is read, where it does not say so itself.
///
/// ```
/// use chainrule_tabular::{Table, table::Reading};
///
/// let reading = Reading { missing: vec!["-99".into()], words: vec!["zip".into()], ..Reading::default() };
/// let table = Table::read_csv_as(b"zip,flow\n00501,1.5\n10001,-99\n", "example.csv", &reading)?;
/// assert_eq!(table.column("zip")?.cell(0), Some("00501".into()));
/// assert!(table.column("flow")?.is_missing(1));
/// # Ok::<(), chainrule_tabular::TableError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What stands for a missing value, besides an empty cell; upper and lower case are the same.
    pub missing: Vec<String>,
    /// Columns that hold words, even if they look like numbers.
    pub words: Vec<String>,
    /// What stands between the cells of CSV, where it shall not be found: an ASCII character; a blank stands for any
    /// number of blanks and tabs.
    pub separator: Option<char>,
}

impl Reading {
    /// What usually stands for a missing value.
    pub const MISSING: [&str; 7] = ["na", "n/a", "nan", "null", "none", "?", "-"];

    /// Whether this cell, without blanks around it, stands for a missing value.
    pub(super) fn is_missing(&self, cell: &str) -> bool {
        cell.is_empty() || self.missing.iter().any(|word| word.eq_ignore_ascii_case(cell))
    }

    /// The separator that was chosen, if it can be one.
    pub(super) fn separator(&self) -> Result<Option<char>, TableError> {
        let can = |separator: char| {
            separator.is_ascii()
                && !separator.is_alphanumeric()
                && !"\"\r\n\0.+-".contains(separator)
        };
        match self.separator {
            Some(separator) if !can(separator) => Err(TableError::NoSeparator { separator }),
            separator => Ok(separator),
        }
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            missing: Self::MISSING.map(str::to_owned).to_vec(),
            words: Vec::new(),
            separator: None,
        }
    }
}
