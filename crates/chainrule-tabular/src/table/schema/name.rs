//! What the name of a column says about it.

/// As the last word, or the only one.
const IDENTIFIERS: [&str; 14] = [
    "id",
    "ids",
    "uid",
    "pid",
    "uuid",
    "guid",
    "key",
    "no",
    "nr",
    "number",
    "num",
    "rowname",
    "rownames",
    "identifier",
];
/// As the whole name only: a *price index* is no number of the row.
const ROWS: [&str; 6] = ["index", "row", "unnamed", "idx", "unnamed 0", "row index"];
/// As the first word, too.
const FIRST: [&str; 4] = ["id", "uid", "uuid", "guid"];

/// Time and place: what counts in steps of one and is no number of the row for all that.
const TIMES_AND_PLACES: [&str; 36] = [
    "t",
    "time",
    "times",
    "timestamp",
    "date",
    "year",
    "years",
    "quarter",
    "month",
    "week",
    "day",
    "days",
    "hour",
    "minute",
    "second",
    "seconds",
    "age",
    "step",
    "epoch",
    "iteration",
    "cycle",
    "generation",
    "x",
    "y",
    "z",
    "lat",
    "lon",
    "latitude",
    "longitude",
    "position",
    "distance",
    "depth",
    "height",
    "angle",
    "temperature",
    "n",
];

/// Whether the name says that the column names or numbers the rows.
pub(super) fn says_identifier(name: &str) -> bool {
    let words = words(name);
    let is =
        |list: &[&str], word: Option<&String>| word.is_some_and(|w| list.contains(&w.as_str()));
    is(&IDENTIFIERS, words.last())
        || is(&FIRST, words.first())
        || ROWS.contains(&words.join(" ").as_str())
}

/// Whether the name stands for time or place.
pub(super) fn says_time_or_place(name: &str) -> bool {
    words(name).iter().any(|word| TIMES_AND_PLACES.contains(&word.as_str()))
}

/// The words of a name in lower case: `PassengerId`, `passenger_id` and `Passenger ID` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (i, &letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|before| letters[before]);
        // A capital begins a word after a small letter, or before one: `userID`, `IDNumber`.
        let after = letters.get(i + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || before.is_some_and(char::is_uppercase)
                    && after.is_some_and(|after| after.is_lowercase()));
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_words() {
        for (name, expected) in [
            ("PassengerId", "passenger id"),
            ("Individual ID", "individual id"),
            ("IDNumber", "id number"),
            ("sample_no.", "sample no"),
            ("Unnamed: 0", "unnamed 0"),
            ("PID", "pid"),
            ("__", ""),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
    }

    #[test]
    fn names_of_rows() {
        for name in [
            "id",
            "ID",
            "PassengerId",
            "user_id",
            "id_client",
            "Sample Number",
            "unnamed",
            "Unnamed: 0",
            "row",
            "No",
        ] {
            assert!(says_identifier(name), "{name}");
        }
        for name in ["paid", "humid", "Order", "price index", "number_of_rooms", "note", "idle", ""]
        {
            assert!(!says_identifier(name), "{name}");
        }
        assert!(says_time_or_place("Year Built") && says_time_or_place("t"));
        assert!(!says_time_or_place("total") && !says_time_or_place("Order"));
    }
}
