//! Formulas between dollar signs become MathML: the book needs neither JavaScript nor a network.

use anyhow::{Result, anyhow, bail};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{RenderConfig, Storage, push_mathml};

/// What the book's Markdown consists of: formulas, tables, and what every Markdown has.
pub(super) fn options() -> Options {
    Options::ENABLE_MATH | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// The Markdown with its formulas, `$…$` in a line and `$$…$$` displayed, as MathML. Code stays as it is.
///
/// # Errors
/// For a formula that can not be read, and for a dollar sign without a partner.
pub(super) fn convert(markdown: &str) -> Result<String> {
    let mut converted = String::with_capacity(2 * markdown.len());
    let (mut done, mut in_code) = (0, false);
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        let (latex, display) = match &event {
            Event::InlineMath(latex) => (latex, DisplayMode::Inline),
            Event::DisplayMath(latex) => (latex, DisplayMode::Block),
            Event::Start(Tag::CodeBlock(_)) => {
                in_code = true;
                continue;
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                continue;
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text)
                if !in_code && text.contains('$') =>
            {
                bail!("a dollar sign without a partner in: {}", markdown[range].trim())
            }
            _ => continue,
        };
        converted += &markdown[done..range.start];
        converted += &mathml(latex, display)?;
        done = range.end;
    }
    converted += &markdown[done..];
    Ok(converted)
}

/// A formula as a `math` element on one line, of which Markdown will change nothing.
fn mathml(latex: &str, display_mode: DisplayMode) -> Result<String> {
    let wrong = |error: &dyn std::fmt::Display| anyhow!("the formula {latex:?}: {error}");
    let storage = Storage::new();
    let events = pulldown_latex::Parser::new(latex, &storage).collect::<Result<Vec<_>, _>>();
    let events = events.map_err(|error| wrong(&error))?;
    let mut text = String::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let events = events.into_iter().map(Ok::<_, std::fmt::Error>);
    push_mathml(&mut text, events, config).map_err(|error| wrong(&error))?;
    if text.contains("<merror") {
        return Err(wrong(&"it can not be written as MathML"));
    }
    // The writer leaves out a blank between two attributes, and shields its own blanks twice.
    let text = text.replace("\"minsize", "\" minsize").replace("&amp;nbsp;", "\u{a0}");
    Ok(shielded(&text))
}

/// Between its tags, each sign that means something to Markdown is written as its number.
fn shielded(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let (mut in_tag, mut in_entity) = (false, false);
    // A tag begins with a letter or a slash; "less than" is not one.
    let begins_tag =
        |rest: &str| rest[1..].starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
    for (place, sign) in html.char_indices() {
        match sign {
            '<' if begins_tag(&html[place..]) => in_tag = true,
            '>' if in_tag => in_tag = false,
            '\n' | '\r' => {
                text.push(' ');
                continue;
            }
            '&' => in_entity = true,
            ';' if in_entity => in_entity = false,
            _ if !in_tag && !in_entity && sign.is_ascii_punctuation() => {
                text += &format!("&#{};", u32::from(sign));
                continue;
            }
            _ => {}
        }
        text.push(sign);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_mathml_and_code_stays() {
        let text =
            convert("The $x_1 * y_1$ and `$x$`.\n\n```rust\nlet a = \"$x$\";\n```\n").unwrap();
        assert!(text.starts_with("The <math"), "{text}");
        assert!(text.contains("`$x$`") && text.contains("let a = \"$x$\";"), "{text}");
        assert!(!text.contains('*') && !text.contains("x_1"), "{text}");
        let text = convert("$a < b > c$").unwrap();
        assert!(text.contains("<mo>&#60;</mo>") && text.matches("<mo").count() == 2, "{text}");
    }

    #[test]
    fn a_displayed_formula_is_one_line() {
        let text =
            convert("Here:\n\n$$\n\\begin{aligned} a &= b \\\\ &= c \\end{aligned}\n$$\n\nend");
        let text = text.unwrap();
        let formula = text.lines().find(|line| line.contains("<math")).unwrap();
        assert!(formula.contains("display=\"block\"") && formula.ends_with("</math>"), "{text}");
        assert!(text.ends_with("\n\nend"), "{text}");
    }

    #[test]
    fn what_can_not_be_read_is_named() {
        let error = convert("a $\\frac{1}$ b").unwrap_err().to_string();
        assert!(error.contains("frac{1}"), "{error}");
        let error = convert("a $\\nosuchthing$ b").unwrap_err().to_string();
        assert!(error.contains("nosuchthing"), "{error}");
        let error = convert("a $ b").unwrap_err().to_string();
        assert!(error.contains("partner"), "{error}");
    }
}
