//! Levels that may be the same, that hardly ever appear, or that say that nothing is there.

use super::{
    super::{Column, ColumnType, Profile, Values},
    Finding,
    Severity::{Note, Warning},
    finding::count,
};
use crate::names::{list, quoted};
use std::collections::BTreeMap;

/// A level in fewer rows than that is rare.
const RARE: usize = 5;
/// In smaller tables everything is rare.
const ROWS: usize = 100;
/// What people write where a word is missing, in lower case.
const CODES: [&str; 8] =
    ["unknown", "missing", "not available", "not applicable", "#n/a", "n.a.", "nil", "undefined"];

pub(super) fn examine(column: &Column, profile: &Profile, findings: &mut Vec<Finding>) {
    let Values::Words(words) = column.values() else { return };
    if !matches!(profile.kind, ColumnType::Boolean | ColumnType::Category) {
        return;
    }
    let name = profile.name.as_str();
    let mut counts = vec![0; words.words().len()];
    for code in words.codes() {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += 1;
        }
    }
    let levels = || words.words().iter().zip(&counts).filter(|(_, count)| **count > 0);
    let mut spellings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (word, _) in levels() {
        spellings.entry(plain(word)).or_default().push(word.clone());
    }
    let several = spellings.values().filter(|words| words.len() > 1).map(|words| list(words));
    let several: Vec<String> = several.take(5).collect();
    if !several.is_empty() {
        let what = format!(
            "Levels of column {} differ in upper and lower case or in blanks only: {}.",
            quoted(name),
            several.join("; "),
        );
        findings.push(Finding::new(
            Warning,
            "spelling",
            &[name],
            what,
            "Spell each level in one way.",
        ));
    }
    for (word, n) in levels().filter(|(word, _)| CODES.contains(&plain(word).as_str())) {
        let what = format!(
            "{} stands in {} of column {}: it looks like a missing value.",
            quoted(word),
            count(*n, "row"),
            quoted(name),
        );
        let advice = format!("If it is one, say --missing={}.", quoted(word));
        findings.push(Finding::new(Note, "hidden-missing", &[name], what, advice));
    }
    let rare: Vec<String> =
        levels().filter(|(_, count)| **count < RARE).map(|(word, _)| word.clone()).collect();
    if !rare.is_empty() && words.codes().len() >= ROWS {
        let what = format!(
            "{} of column {} {} in fewer than {RARE} rows: {}.",
            count(rare.len(), "level"),
            quoted(name),
            if rare.len() == 1 { "stands" } else { "stand" },
            list(&rare),
        );
        let advice =
            "Little can be learned of them; put them together if they mean similar things.";
        findings.push(Finding::new(Note, "rare", &[name], what, advice));
    }
}

/// The word in lower case with single blanks.
fn plain(word: &str) -> String {
    word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
