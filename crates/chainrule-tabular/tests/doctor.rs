//! What a table suffers from: one complaint for each case, none for a healthy table.

use chainrule_tabular::{
    Table, TableError,
    table::{Column, Diagnosis, Finding, Reading, Schema, Severity},
};
use std::path::PathBuf;

const ROWS: usize = 200;

/// A column of numbers without anything odd.
fn wave(frequency: f64) -> Column {
    numbers(|i| (frequency * i as f64).sin())
}

fn numbers(of: impl Fn(usize) -> f64) -> Column {
    Column::numbers((0..ROWS).map(of).collect())
}

fn words(of: impl Fn(usize) -> Option<String>) -> Column {
    let cells: Vec<Option<String>> = (0..ROWS).map(of).collect();
    Column::words(cells.iter().map(Option::as_deref))
}

fn word(of: impl Fn(usize) -> &'static str) -> Column {
    words(|i| Some(of(i)).filter(|word| !word.is_empty()).map(str::to_owned))
}

/// What is found in a table of these columns and three healthy ones, `a`, `b` and the target `y`.
fn findings(columns: Vec<(&str, Column)>) -> Vec<Finding> {
    let has_target = columns.iter().any(|(name, _)| *name == "y");
    let mut all = vec![("a", wave(1.0)), ("b", wave(1.7))];
    if !has_target {
        all.push(("y", wave(2.3)));
    }
    all.extend(columns);
    let all = all.into_iter().map(|(name, column)| (name.to_owned(), column));
    let table = Table::of(all.collect()).unwrap();
    let schema = Schema::of(&table, &[]).unwrap();
    Diagnosis::of(&table, &schema, Some("y")).unwrap().findings
}

#[test]
fn one_complaint_for_each_case() {
    use Severity::{Note, Problem, Warning};
    let gap = f64::NAN;
    let y = |i: usize| (2.3 * i as f64).sin();
    let noise = |i: usize| (5.1 * i as f64).cos();
    let class = |i: usize| ["no", "yes"][i * i % 7 % 2];
    assert_eq!(findings(vec![]), []);
    assert_eq!(findings(vec![("y", word(class))]), []);
    for (name, column, severity, check, what) in [
        (
            "c",
            numbers(|_| 3.0),
            Note,
            "constant",
            "Nothing can be learned from column \"c\": every",
        ),
        (
            "c",
            numbers(|_| gap),
            Note,
            "constant",
            "Nothing can be learned from column \"c\": no row",
        ),
        (
            "id",
            numbers(|i| 3.0 * i as f64),
            Note,
            "identifier",
            "Column \"id\" identifies the rows",
        ),
        (
            "c",
            words(|i| Some(format!("It is {i}."))),
            Note,
            "text",
            "Column \"c\" is free text: 200",
        ),
        (
            "c",
            numbers(|i| if i % 3 == 0 { noise(i) } else { gap }),
            Warning,
            "missing",
            "66.5 % of the values of column \"c\" are missing (133 of 200).",
        ),
        (
            "c",
            numbers(|i| if i == 7 { 1e6 } else { noise(i) }),
            Warning,
            "outlier",
            "In column \"c\" 1 number lies more than 20 robust deviations from the median",
        ),
        (
            "c",
            numbers(|i| if i % 50 == 7 { -999.0 } else { noise(i) }),
            Warning,
            "hidden-missing",
            "-999 stands in 4 rows of column \"c\", far from all other numbers there (-0.",
        ),
        (
            "c",
            word(|i| ["Male", "female", "male"][i % 3]),
            Warning,
            "spelling",
            "Levels of column \"c\" differ in upper and lower case or in blanks only: \"Male\", \"male\".",
        ),
        (
            "c",
            word(|i| ["north", "south", "Unknown"][i % 3]),
            Note,
            "hidden-missing",
            "\"Unknown\" stands in 66 rows of column \"c\"",
        ),
        (
            "c",
            word(|i| if i == 7 { "west" } else { ["north", "south"][i % 2] }),
            Note,
            "rare",
            "1 level of column \"c\" stands in fewer than 5 rows: \"west\".",
        ),
        (
            "c",
            word(|i| ["2020-01-03", "2020-01-01", "2020-01-02"][i % 3]),
            Note,
            "date-order",
            "The dates of column \"c\" are not in order: 67 are earlier than the one before.",
        ),
        (
            "c",
            words(|i| Some(format!("{:02}/{:02}/{}", 1 + i / 12 % 12, 1 + i % 12, 2000 + i / 144))),
            Warning,
            "ambiguous-date",
            "Day and month of column \"c\" could be the other way round; they are read as MM/DD/YYYY.",
        ),
        (
            "c",
            wave(1.0),
            Warning,
            "duplicate-columns",
            "Column \"c\" holds the same values as column \"a\".",
        ),
        (
            "c",
            numbers(y),
            Problem,
            "leak",
            "Column \"c\" holds the same values as the target \"y\".",
        ),
        (
            "c",
            numbers(|i| 3.0 - 2.0 * y(i) + 0.01 * noise(i)),
            Problem,
            "leak",
            "Column \"c\" and the target \"y\" have a correlation of -1.0000: one is hardly",
        ),
        (
            "y",
            numbers(|_| 1.0),
            Problem,
            "target",
            "The target \"y\" can not be learned: every row",
        ),
        (
            "y",
            words(|i| Some(format!("It is {i}."))),
            Problem,
            "target",
            "The target \"y\" is of type text: 200 different words in 200 rows.",
        ),
        (
            "y",
            numbers(|i| if i < 20 { gap } else { noise(i) }),
            Warning,
            "target-missing",
            "The target \"y\" is missing in 20 rows (10.0 %).",
        ),
        (
            "y",
            word(|i| if i % 15 == 0 { "yes" } else { "no" }),
            Warning,
            "imbalance",
            "The target \"y\" is \"no\" in 93.0 % of the rows: to say so always is right as often.",
        ),
        (
            "y",
            word(|i| if i < 7 { "perhaps" } else { class(i) }),
            Warning,
            "imbalance",
            "1 class of the target \"y\" is in fewer than 10 rows: \"perhaps\".",
        ),
    ] {
        let found = findings(vec![(name, column)]);
        assert_eq!(found.len(), 1, "{what}: {found:#?}");
        let finding = &found[0];
        assert_eq!((finding.severity, finding.check), (severity, check), "{what}");
        assert!(finding.what.starts_with(what), "{}\n{what}", finding.what);
        assert!(finding.columns.contains(&name.to_owned()), "{finding:?}");
    }
    // A class told by a column of more levels, and by one of as many.
    let levels = |i: usize| 10 * usize::from(class(i) == "yes") + i % 5;
    let found =
        findings(vec![("y", word(class)), ("c", words(|i| Some(format!("l{}", levels(i)))))]);
    assert_eq!(
        found[0].what,
        "Each value of column \"c\" goes with one value of the target \"y\"."
    );
    let alive = word(|i| if class(i) == "yes" { "alive" } else { "dead" });
    let found = findings(vec![("y", word(class)), ("c", alive)]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].what, "Column \"c\" goes one to one with the target \"y\".");
}

#[test]
fn rows() {
    let text = |rows: &[&str]| {
        let table = format!("x,y,z\n{}\n", rows.join("\n"));
        Table::read_csv(table.as_bytes(), "t.csv").unwrap()
    };
    let mut rows: Vec<String> = (0..40).map(|i| format!("{i}.5,{},{}", i * i, i % 7)).collect();
    rows[7] = rows[3].clone();
    rows[9] = rows[3].clone();
    rows[11] = "1,,".to_owned();
    let table = text(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let schema = Schema::of(&table, &[]).unwrap();
    let diagnosis = Diagnosis::of(&table, &schema, None).unwrap();
    let found: Vec<_> =
        diagnosis.findings.iter().map(|f| (f.check, f.what.as_str(), f.rows.as_slice())).collect();
    assert_eq!(
        found,
        [
            ("duplicate-rows", "2 rows (5.0 %) are the same as one above.", &[7, 9][..]),
            ("missing-rows", "More than half of the values are missing in 1 row (2.5 %).", &[11]),
        ]
    );
    assert_eq!(diagnosis.severity(), Some(Severity::Warning));
    let json = serde_json::to_value(&diagnosis).unwrap();
    assert_eq!(json["findings"][0]["severity"], "warning");
    assert_eq!(json["findings"][1]["rows"][0], 11);
}

#[test]
fn broken_numbers_and_wrong_targets() {
    let mut text = "x,y\n".to_owned();
    (0..60).for_each(|i| text += &format!("{}.5,{}\n", i, (i * i) % 61));
    text += "\"7,5\",1\nabc,2\n";
    let table = Table::read_csv(text.as_bytes(), "t.csv").unwrap();
    let schema = Schema::of(&table, &[]).unwrap();
    let diagnosis = Diagnosis::of(&table, &schema, Some("y")).unwrap();
    let what = &diagnosis.findings[0].what;
    assert_eq!(diagnosis.findings[0].check, "broken-number");
    assert!(what.starts_with("t.csv, line 63: \"abc\" in column \"x\" is not a number"), "{what}");
    assert!(what.ends_with("; 1 more cell like it"), "{what}");
    let error = Diagnosis::of(&table, &schema, Some("z")).unwrap_err();
    assert!(matches!(error, TableError::NoColumn { .. }), "{error}");
    let other = Table::read_csv(b"x,y,w\n1,2,3\n", "t.csv").unwrap();
    assert!(Diagnosis::of(&other, &schema, None).is_err());
}

#[test]
fn titanic() {
    let Some(folder) = std::env::var_os("CHAINRULE_DATA") else {
        println!("SKIPPED: set CHAINRULE_DATA to the folder with data/titanic");
        return;
    };
    let path = PathBuf::from(folder).join("data/titanic/titanic-seaborn.csv");
    let table = Table::open_as(&path, &Reading::default()).unwrap();
    let schema = Schema::of(&table, &[]).unwrap();
    let diagnosis = Diagnosis::of(&table, &schema, Some("survived")).unwrap();
    let found: Vec<&str> = diagnosis.findings.iter().map(|f| f.what.as_str()).collect();
    assert_eq!(
        found,
        [
            "Column \"alive\" goes one to one with the target \"survived\".",
            "In column \"fare\" 16 numbers lie more than 20 robust deviations from the median 14.4542: \
             512.3292 is the farthest.",
            "77.2 % of the values of column \"deck\" are missing (688 of 891).",
            "107 rows (12.0 %) are the same as one above.",
            "Column \"class\" goes one to one with column \"pclass\".",
            "Column \"embark_town\" goes one to one with column \"embarked\".",
            "1 level of column \"deck\" stands in fewer than 5 rows: \"G\".",
        ]
    );
}
