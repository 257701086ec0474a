//! Foreign words made harmless.

use crate::text::{clean, is_harmful};

/// A text as one line of HTML, for an element or for an attribute in double quotes. Control letters
/// and those that turn the direction of the text around them are left out.
pub fn escape(text: &str) -> String {
    escape_markup(&clean(text))
}

/// The same for a block of code: its lines and its spaces are kept.
pub(super) fn escape_code(text: &str) -> String {
    let is_kept = |c: &char| matches!(c, '\n' | '\t') || !is_harmful(*c);
    escape_markup(&text.chars().filter(is_kept).collect::<String>())
}

fn escape_markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// The letters, digits and hyphens of a language's tag; `und`, the tag of an undetermined language,
/// if there are none.
pub(super) fn language_tag(tag: &str) -> String {
    let tag: String = tag.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    if tag.is_empty() { "und".into() } else { tag }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_is_markup() {
        let check = |text, expected: &str| assert_eq!(escape(text), expected, "{text:?}");
        check("<script>", "&lt;script&gt;");
        check("<1H OCEAN", "&lt;1H OCEAN");
        check("a\" onload='x", "a&quot; onload=&#39;x");
        check("R&D &amp; 学习 🙂", "R&amp;D &amp;amp; 学习 🙂");
        check("a\u{202e}b\u{0}c\nd", "a b c d");
        assert_eq!(escape_code("a \\\n  <b>\u{1b}[0m\u{2066}"), "a \\\n  &lt;b&gt;[0m");
    }

    #[test]
    fn a_language_is_a_tag() {
        assert_eq!(language_tag("zh-CN"), "zh-CN");
        assert_eq!(language_tag("e\"n>"), "en");
        assert_eq!(language_tag("_"), "und");
    }
}
