//! How things are written for people.

use crate::args::Language;
use chainrule::training::History;
use std::io::IsTerminal;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A word in bold red, where colours are shown.
pub(crate) fn alarm(word: &str) -> String {
    styled("\x1b[1;31m", word)
}

/// A word in bold, where styles are shown.
pub(crate) fn strong(word: &str) -> String {
    styled("\x1b[1m", word)
}

// anstream takes the escape sequences out again where they are not wanted (`NO_COLOR`, files).
fn styled(style: &str, word: &str) -> String {
    format!("{style}{word}\x1b[0m")
}

/// Whether standard output shows colours: a terminal, and nobody said no.
pub(crate) fn colour() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
        && std::io::stdout().is_terminal()
}

/// The size of charts in the terminal, in letters: its width up to 100, or 80 where there is none.
pub(crate) fn chart_size() -> (usize, usize) {
    let columns = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
    (columns.clamp(40, 100), 24)
}

/// A number with four significant digits, as short as possible: 0.01234, 53.77, 1.234e-7.
pub(crate) fn number(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || !value.is_finite() {
        format!("{value}")
    } else if (1e-4..1e6).contains(&magnitude) {
        let decimals = (3 - magnitude.log10().floor() as i32).max(0) as usize;
        format!("{value:.decimals$}")
    } else {
        format!("{value:.3e}")
    }
}

/// The same without zeros at its end: 0.42, 80.
pub(crate) fn short(value: f64) -> String {
    let text = number(value);
    match text.contains('.') && !text.contains('e') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// What a model guessed in a table: in which inputs it filled gaps, and which have levels that training did not have.
pub(crate) fn guessed(
    language: Language,
    filled: &[(String, usize)],
    unseen: &[(String, usize)],
) -> Vec<String> {
    let filled = filled.iter().map(|(name, rows)| {
        let name = shown(name);
        match language {
            Language::En => {
                let rows = count(*rows, "row");
                format!("{name} is missing in {rows}, which it never was in training; its median was taken")
            }
            Language::Zh => format!("{name} 有 {rows} 行缺失（训练时从未缺失），以中位数代替"),
        }
    });
    let unseen = unseen.iter().map(|(name, rows)| {
        let name = shown(name);
        match language {
            Language::En => {
                format!("{name} has a value in {} that training did not have", count(*rows, "row"))
            }
            Language::Zh => format!("{name} 有 {rows} 行取了训练时没有的值"),
        }
    });
    filled.chain(unseen).collect()
}

/// How long a training was: `1 epoch`, `34 iterations`.
pub(crate) fn length(history: &History) -> String {
    let count = history.epochs.len();
    format!("{count} {}{}", round(history), if count == 1 { "" } else { "s" })
}

/// `1 row`, `2 rows`; `class` becomes `classes`.
pub(crate) fn count(n: usize, one: &str) -> String {
    let ending = match (n, one.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{n} {one}{ending}")
}

/// What an optimizer and a solver call one round of a training.
pub(crate) fn round(history: &History) -> &'static str {
    if is_by_solver(history) { "iteration" } else { "epoch" }
}

/// Whether a solver did it.
pub(crate) fn is_by_solver(history: &History) -> bool {
    history.epochs.first().is_some_and(|epoch| epoch.iteration.is_some())
}

/// Several targets have no common unit: their errors are in deviations.
pub(crate) fn unit(targets: usize) -> &'static str {
    if targets == 1 { "" } else { " (in standard deviations)" }
}

/// A name from a file, with its control characters made visible, so that it can do nothing to a terminal.
pub(crate) fn shown(name: &str) -> String {
    let visible = |letter: char| match letter.is_control() {
        true => letter.escape_default().collect::<String>(),
        false => letter.to_string(),
    };
    name.chars().map(visible).collect()
}

/// Rows of a table in columns, the first one to the left, the others to the right.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    aligned(rows, &[0])
}

/// The same with these columns to the left.
pub(crate) fn aligned(rows: &[Vec<String>], left: &[usize]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |j: usize| rows.iter().filter_map(|row| row.get(j)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..count).map(|j| width(j).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(j, (cell, &width))| {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            if left.contains(&j) { format!("{cell}{blanks}") } else { format!("{blanks}{cell}") }
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// Each line after two blanks.
pub(crate) fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}\n")).collect()
}

/// A sentence as it stands behind a semicolon: `Leave it out.` becomes `leave it out`.
pub(crate) fn continued(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_lowercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

/// A text that is no wider than that; what is left out becomes three dots.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    for letter in text.chars() {
        if cut.width() + letter.width().unwrap_or(0) + 1 > width {
            break;
        }
        cut.push(letter);
    }
    cut.trim_end().to_owned() + "…"
}

/// A text in lines of at most that width, each after so many blanks; the first line stands behind what comes before it.
pub(crate) fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last().map_or(0, |line| line.width());
        match lines.last_mut() {
            Some(last) if line > 0 && indent + line + 1 + word.width() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            Some(last) if line == 0 => last.push_str(word),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

/// How many letters a line has for text: those of the terminal, up to 120, or 120 where there is none.
pub(crate) fn line_width() -> usize {
    terminal_size::terminal_size().map_or(120, |(width, _)| usize::from(width.0)).clamp(40, 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits() {
        for (value, expected) in [
            (0.0123456, "0.01235"),
            (53.7689, "53.77"),
            (123456.7, "123457"),
            (1.2349e-7, "1.235e-7"),
            (-9.99999, "-10.000"),
            (0.0, "0"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn zeros_at_the_end_can_be_left_out() {
        for (value, expected) in [
            (0.42, "0.42"),
            (80.0, "80"),
            (1230.0, "1230"),
            (1.5e-7, "1.500e-7"),
            (0.0, "0"),
            (100_000.0, "100000"),
        ] {
            assert_eq!(short(value), expected);
        }
    }

    #[test]
    fn control_characters_are_made_visible() {
        assert_eq!(shown("a\u{1b}]0;x\u{7}\n流量"), "a\\u{1b}]0;x\\u{7}\\n流量");
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["a".into(), "1.5".into()], vec!["long".into(), "10".into()]];
        assert_eq!(columns(&rows), "a     1.5\nlong   10\n");
        // 流 and 量 are two columns wide each.
        let rows = [vec!["流量".into(), "a".into()], vec!["long".into(), "bc".into()]];
        assert_eq!(aligned(&rows, &[0, 1]), "流量  a\nlong  bc\n");
    }

    #[test]
    fn long_texts_are_cut_and_wrapped() {
        assert_eq!((cut("short", 5), cut("longer one", 8)), ("short".into(), "longer…".into()));
        assert_eq!(cut("流量流量", 5), "流量…");
        assert_eq!(wrapped("one two three four", 10, 2), "one two\n  three\n  four");
    }
}
