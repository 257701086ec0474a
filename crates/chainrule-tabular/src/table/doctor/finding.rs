use serde::Serialize;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Note,
    /// A model of this table may be worse than it could be, or than it seems.
    Warning,
    /// A model of this table would be wrong, or could not be made.
    Problem,
}

/// Something odd about a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The name of what was looked for, such as `leak`.
    pub check: &'static str,
    /// The columns it is about; none if it is about all of them.
    pub columns: Vec<String>,
    /// The first ten rows it is about, counted from 0; none if it is about whole columns.
    pub rows: Vec<usize>,
    /// What was found, as a sentence.
    pub what: String,
    /// What to do about it, as a sentence.
    pub advice: String,
}

/// So many rows are named.
const ROWS: usize = 10;

impl Finding {
    pub(super) fn new(
        severity: Severity,
        check: &'static str,
        columns: &[&str],
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        let (what, advice) = (what.into(), advice.into());
        Self { severity, check, columns, rows: Vec::new(), what, advice }
    }

    /// The same about these rows.
    pub(super) fn at(mut self, rows: &[usize]) -> Self {
        self.rows = rows.iter().copied().take(ROWS).collect();
        self
    }
}

/// How large a part is, without calling a small one none and a large one all.
pub(super) fn percent(part: usize, whole: usize) -> String {
    let percent = 100.0 * part as f64 / whole as f64;
    match percent {
        100.0 | 0.0 => format!("{percent} %"),
        0.0..0.1 => "less than 0.1 %".to_owned(),
        99.9..100.0 => "more than 99.9 %".to_owned(),
        _ => format!("{percent:.1} %"),
    }
}

/// `1 row` or `7 rows`.
pub(super) fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_neither_none_nor_all_by_rounding() {
        for (part, whole, expected) in [
            (0, 7, "0 %"),
            (7, 7, "100 %"),
            (1, 3, "33.3 %"),
            (1, 10_000, "less than 0.1 %"),
            (9_999, 10_000, "more than 99.9 %"),
        ] {
            assert_eq!(percent(part, whole), expected);
        }
        assert_eq!((count(1, "row"), count(2, "row")), ("1 row".to_owned(), "2 rows".to_owned()));
    }
}
