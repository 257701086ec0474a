use serde::{Deserialize, Serialize};

/// Something that was decided without being asked, with what overrides it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was done: `steps of 32 rows`.
    pub what: String,
    /// Why: half a sentence.
    pub why: String,
    /// The flag of the command line that decides it otherwise.
    pub flag: Option<String>,
}

impl Decision {
    pub(super) fn new(what: String, why: &str, flag: Option<&'static str>) -> Self {
        Self { what, why: why.to_owned(), flag: flag.map(str::to_owned) }
    }
}

/// `1 row`, `2 rows`.
pub(super) fn count(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}
