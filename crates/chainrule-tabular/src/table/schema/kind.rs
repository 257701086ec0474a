//! What a column means.

use super::super::TableError;
use crate::names::nearest;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a column means, by the names used on the command line.
///
/// ```
/// use chainrule_tabular::table::ColumnType;
///
/// assert_eq!("category".parse(), Ok(ColumnType::Category));
/// let error = "catgory".parse::<ColumnType>().unwrap_err();
/// assert_eq!(error.to_string(), "there is no column type \"catgory\"; did you mean \"category\"?");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Numbers of any kind.
    Number,
    /// Whole numbers, few different ones: counts, grades, codes in an order.
    Integer,
    /// Two different values.
    Boolean,
    /// Words of which each stands in several rows.
    Category,
    /// Days, perhaps with the time of the day.
    Date,
    /// A name or number of the row, from which nothing can be learned.
    Identifier,
    /// Words that hardly ever repeat.
    Text,
    /// The same everywhere, or nothing at all.
    Constant,
}

impl ColumnType {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Number,
        Self::Integer,
        Self::Boolean,
        Self::Category,
        Self::Date,
        Self::Identifier,
        Self::Text,
        Self::Constant,
    ];

    /// Its name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Category => "category",
            Self::Date => "date",
            Self::Identifier => "identifier",
            Self::Text => "text",
            Self::Constant => "constant",
        }
    }

    /// The column and its type, from `column=type`. The name of a column may have an equals sign in it, too.
    ///
    /// ```
    /// use chainrule_tabular::table::ColumnType;
    ///
    /// assert_eq!(ColumnType::assignment("a=b=text")?, ("a=b".to_owned(), ColumnType::Text));
    /// # Ok::<(), chainrule_tabular::TableError>(())
    /// ```
    pub fn assignment(text: &str) -> Result<(String, Self), TableError> {
        match text.rsplit_once('=') {
            Some((column, kind)) if !column.is_empty() => Ok((column.to_owned(), kind.parse()?)),
            _ => Err(TableError::NoAssignment { text: text.to_owned() }),
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ColumnType {
    type Err = TableError;

    fn from_str(text: &str) -> Result<Self, TableError> {
        let wanted = text.trim();
        let found = Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(wanted));
        found.ok_or_else(|| TableError::NoType {
            name: text.to_owned(),
            nearest: nearest(text, Self::ALL.into_iter().map(Self::name)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_by_its_name() {
        for kind in ColumnType::ALL {
            assert_eq!(kind.to_string().to_uppercase().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("{:?}", kind.name()));
        }
    }

    #[test]
    fn assignments_that_are_none() {
        let message = |text| ColumnType::assignment(text).unwrap_err().to_string();
        assert_eq!(
            message("zip"),
            "\"zip\" gives no column a type; write it as COLUMN=TYPE, such as zip=category"
        );
        assert!(message("=text").starts_with("\"=text\" gives no column a type"));
        assert_eq!(
            message("zip=foo"),
            "there is no column type \"foo\"; there are number, integer, boolean, category, date, \
             identifier, text, constant"
        );
    }
}
