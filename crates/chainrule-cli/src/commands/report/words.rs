//! What is said in the two languages, and how numbers are written.

use crate::args::Language;
use chainrule_tabular::TargetValues;

impl Language {
    /// The words of this language.
    pub(in crate::commands) fn say<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::En => english,
            Self::Zh => chinese,
        }
    }

    /// `1 row`, `2,000 rows`.
    pub(super) fn rows(self, n: usize) -> String {
        match (self, n) {
            (Self::En, 1) => "1 row".to_owned(),
            (Self::En, n) => format!("{} rows", thousands(n)),
            (Self::Zh, n) => format!("{} 行", thousands(n)),
        }
    }

    /// The name of what is cheap to have.
    pub(super) fn baseline(self, name: &str) -> &str {
        match (self, name) {
            (Self::Zh, "mean") => "均值",
            (Self::Zh, "linear regression") => "线性回归",
            (Self::Zh, "logistic regression") => "逻辑回归",
            (Self::Zh, "nearest neighbours") => "最近邻",
            (Self::Zh, "most frequent class") => "最常见的类别",
            (_, name) => name,
        }
    }

    /// What a target holds.
    pub(super) fn task(self, values: &TargetValues) -> String {
        match values {
            TargetValues::Number { log: false, .. } => self.say("a number", "数值").to_owned(),
            TargetValues::Number { log: true, .. } => {
                self.say("a number, by its logarithm", "数值（取对数）").to_owned()
            }
            TargetValues::Count { .. } => self.say("a count", "计数").to_owned(),
            TargetValues::Classes(classes) => match self {
                Self::En => format!("one of {} classes", classes.len()),
                Self::Zh => format!("{} 个类别之一", classes.len()),
            },
        }
    }
}

/// A whole number with commas between the thousands.
pub(super) fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with four significant digits and no zeros at the end that say nothing: 12.5, 0.001234, 3.2e-7.
pub(super) fn short(value: f64) -> String {
    let text = crate::text::number(value);
    let (digits, exponent) = match text.split_once('e') {
        Some((digits, exponent)) => (digits.to_owned(), format!("e{exponent}")),
        None => (text, String::new()),
    };
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits,
    };
    digits.replacen('-', "−", 1) + &exponent
}

/// What was typed, with the name of the program that the user knows.
pub(in crate::commands) fn command_line() -> String {
    let words = std::env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy()));
    ["chainrule".to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./,=:+@%".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases = [(12.5, "12.5"), (0.0012340, "0.001234"), (3.2e-7, "3.2e-7"), (-20.0, "−20")];
        for (value, expected) in cases {
            assert_eq!(short(value), expected);
        }
        assert_eq!([999, 1000, 1234567].map(thousands), ["999", "1,000", "1,234,567"]);
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        for (word, expected) in
            [("a.csv", "a.csv"), ("my table.csv", "'my table.csv'"), ("it's", "'it'\\''s'")]
        {
            assert_eq!(quoted(word), expected);
        }
    }
}
