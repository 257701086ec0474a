//! Words on a chart: made harmless, measured, shortened.

use unicode_width::UnicodeWidthChar;

/// A label as it is drawn: one line, without control characters, which neither XML nor a terminal
/// may be given.
pub(crate) fn clean(label: &str) -> String {
    let words = label.split(|c: char| c.is_whitespace() || is_harmful(c));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Control letters, those that turn the direction of the text around them, and no letters at all.
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// The columns a text takes in a terminal: two for each Chinese letter. Letters that join to one
/// picture are counted singly, as they are written singly.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(letter_columns).sum()
}

/// The columns of one letter. A mark that joins the letter before it takes none.
pub(crate) fn letter_columns(letter: char) -> usize {
    letter.width().unwrap_or(0)
}

/// The width of a text in a sans-serif font, in units of the font size. The fonts of the readers
/// differ; this is the width in DejaVu Sans, one of the widest, within some per cent.
pub(crate) fn ems(text: &str) -> f64 {
    let letter = |c: char| match c {
        'i' | 'j' | 'l' | '\'' | '|' => 0.28,
        ' ' | '.' | ',' | ':' | ';' | 'I' | '!' | '-' => 0.33,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '⁰'..='⁻' | '¹' | '²' | '³' => 0.4,
        'm' | 'w' | 'W' | 'M' | '@' | '%' => 0.95,
        'A'..='Z' => 0.7,
        '+' | '−' | '=' | '<' | '>' | '~' | '×' => 0.84,
        c if letter_columns(c) == 2 => 1.0,
        _ => 0.62,
    };
    text.chars().map(letter).sum()
}

/// The text, cut off with an ellipsis where it would measure more than `most`.
pub(crate) fn shorten<W: PartialOrd>(text: &str, most: W, measure: impl Fn(&str) -> W) -> String {
    if measure(text) <= most {
        return text.into();
    }
    let mut kept: String = text.into();
    while kept.pop().is_some() {
        let cut = format!("{}…", kept.trim_end());
        if measure(&cut) <= most {
            return cut;
        }
    }
    String::new()
}

/// An exponent as it is printed above the line.
pub(crate) fn superscript(exponent: i32) -> String {
    let digits = exponent.to_string();
    let raised = digits.chars().map(|c| match c {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '-' => '⁻',
        '4'..='9' => char::from_u32('⁰' as u32 + (c as u32 - '0' as u32)).unwrap_or(c),
        _ => '⁰',
    });
    raised.collect()
}

/// Those letters of the texts, each once, for which DejaVu Sans, the font of the PNG pictures, has
/// no glyph: those of East, South and South-East Asia and of Ethiopia, and most emoji.
pub(crate) fn letters_without_glyph<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut letters = String::new();
    for letter in texts.flat_map(str::chars) {
        let wide = letter_columns(letter) == 2;
        let lacks = match letter {
            // Symbols and faces that it has, though terminals take them for emoji.
            '\u{2300}'..='\u{27ff}' | '\u{1f600}'..='\u{1f640}' => false,
            '\u{900}'..='\u{e7f}' | '\u{f00}'..='\u{109f}' | '\u{1200}'..='\u{13ff}' => true,
            '\u{1700}'..='\u{1cff}' => true,
            _ => wide,
        };
        if lacks && !letters.contains(letter) {
            letters.push(letter);
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_one_harmless_line() {
        assert_eq!(clean(" a\tb\n\u{1b}[31m c\u{0}\u{202e}"), "a b [31m c");
        assert_eq!(clean("损失 <&>"), "损失 <&>");
    }

    #[test]
    fn shortening_keeps_the_width() {
        assert_eq!(shorten("abc", 3, columns), "abc");
        assert_eq!(shorten("abcdef", 4, columns), "abc…");
        assert_eq!(shorten("学习曲线", 5, columns), "学习…");
        assert_eq!(shorten("abc", 0, columns), "");
        // Three faces that join to one picture: six columns, as the canvas writes them.
        assert_eq!(columns("👩\u{200d}👩\u{200d}👧"), 6);
    }

    #[test]
    fn exponents_are_raised() {
        assert_eq!(superscript(-1_234_567_890), "⁻¹²³⁴⁵⁶⁷⁸⁹⁰");
    }

    #[test]
    fn chinese_letters_have_no_glyph() {
        assert_eq!(letters_without_glyph(["sin α − ± ☺", "学x学习"].into_iter()), "学习");
        assert_eq!(letters_without_glyph(["हिन्दी ไทย 한국어"].into_iter()).chars().count(), 12);
    }
}
