//! Names and cells in messages: what was meant, and how foreign text is shown.

/// Up to three of the candidates that look most like the name, the best one first.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = comparable(name);
    let mut found: Vec<(f64, &str)> = candidates
        .map(|candidate| (likeness(&wanted, &comparable(candidate)), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.truncate(3);
    found.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// From 0 to 1. A single slip, such as two letters in the wrong order, leaves a word of three letters alike.
fn likeness(a: &str, b: &str) -> f64 {
    let slip = a.chars().count() >= 3 && strsim::damerau_levenshtein(a, b) <= 1;
    strsim::jaro_winkler(a, b).max(if slip { 0.9 } else { 0.0 })
}

/// Upper and lower case are easily mistaken. The comparison takes time in the square of the length.
fn comparable(name: &str) -> String {
    name.trim().chars().take(100).flat_map(char::to_lowercase).collect()
}

/// Foreign text in quotes: shortened, on one line, without control characters.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
        None => format!("{text:?}"),
    }
}

/// Several names in quotes with commas between them.
pub(crate) fn list(names: &[String]) -> String {
    const MOST: usize = 10;
    let mut text = names.iter().take(MOST).map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text += &format!(" and {} more", names.len() - MOST);
    }
    text
}

/// The second half of a sentence: `; did you mean "flow"?`, or nothing.
pub(crate) fn did_you_mean(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        [one] => format!("; did you mean {}?", quoted(one)),
        several => format!("; did you mean one of {}?", list(several)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_names_come_first() {
        let columns = ["pressure", "Flow", "flow_rate", "temperature"];
        let nearest = |name| nearest(name, columns.into_iter());
        assert_eq!(nearest("flow"), ["Flow", "flow_rate"]);
        assert_eq!(nearest("presure"), ["pressure"]);
        assert_eq!(super::nearest("mgp", ["mpg", "hp", "name"].into_iter()), ["mpg"]);
        assert!(nearest("xyz").is_empty());
    }

    #[test]
    fn foreign_text_can_not_spoil_a_message() {
        assert_eq!(quoted("a\u{1b}[31m\nb"), r#""a\u{1b}[31m\nb""#);
        assert_eq!(quoted(&"é".repeat(50)), format!("\"{}…\"", "é".repeat(40)));
        assert_eq!(quoted(&"é".repeat(40)), format!("\"{}\"", "é".repeat(40)));
    }
}
