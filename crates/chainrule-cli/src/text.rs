//! How things are written for people.

use chainrule::training::History;
use std::io::IsTerminal;

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

/// How long a training was: `1 epoch`, `34 iterations`.
pub(crate) fn length(history: &History) -> String {
    let count = history.epochs.len();
    format!("{count} {}{}", round(history), if count == 1 { "" } else { "s" })
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
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |j: usize| {
        rows.iter().filter_map(|row| row.get(j)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(j, (cell, &width))| match j {
            0 => format!("{cell:width$}"),
            _ => format!("{cell:>width$}"),
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
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
    fn control_characters_are_made_visible() {
        assert_eq!(shown("a\u{1b}]0;x\u{7}\n流量"), "a\\u{1b}]0;x\\u{7}\\n流量");
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["a".into(), "1.5".into()], vec!["long".into(), "10".into()]];
        assert_eq!(columns(&rows), "a     1.5\nlong   10\n");
    }
}
