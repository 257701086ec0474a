//! `chainrule report` and `chainrule plot`, as their users meet them.

use std::{fs, path::PathBuf, process::Command};
use tempfile::TempDir;

/// A folder in which commands are run.
struct Place(TempDir);

/// What came of a command.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `chainrule` with these words, and expects this exit code.
    #[track_caller]
    fn run(&self, code: i32, line: &str) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_chainrule"))
            .args(line.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let ran = Ran {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        assert_eq!(ran.code, Some(code), "{line}: {ran:#?}");
        assert!(!ran.stderr.contains("panicked"), "{line}: {ran:#?}");
        ran
    }

    /// y = 3a + [k = yes] + a², with a gap, and a column that says nothing.
    fn numbers(&self) {
        let mut text = "a,<b>,k,y\n".to_owned();
        for i in 0..200 {
            let a = f64::from(i % 40) / 10.0 - 2.0;
            let (k, step) = if i % 3 == 0 { ("yes", 1.0) } else { ("no", 0.0) };
            let gap = if i == 7 { String::new() } else { ((i * 37) % 11).to_string() };
            text += &format!("{a},{gap},{k},{}\n", 3.0 * a + step + a * a);
        }
        fs::write(self.path("numbers.csv"), text).unwrap();
    }

    /// Classes by the place of a point; the second one of two, and one of three.
    fn classes(&self) {
        let mut text = "x,place,two,three\n".to_owned();
        for i in 0..240 {
            let x = f64::from(i * 7 % 60) / 10.0 - 3.0;
            let place = ["north", "south", "east"][i as usize % 3];
            let two = if x > 0.0 { "in" } else { "out" };
            let three = if x < -1.0 {
                "low"
            } else if x < 1.0 {
                "middle"
            } else {
                "high"
            };
            text += &format!("{x},{place},{two},{three}\n");
        }
        fs::write(self.path("classes.csv"), text).unwrap();
    }
}

/// The texts of all headings of this rank.
fn headings(html: &str, rank: &str) -> Vec<String> {
    let (start, end) = (format!("<{rank} "), format!("</{rank}>"));
    let parts = html.split(&start).skip(1);
    let inside = parts.filter_map(|part| part.split_once('>')?.1.split_once(&end));
    inside.map(|(text, _)| text.to_owned()).collect()
}

#[test]
fn a_fit_writes_its_report() {
    let place = Place::new();
    place.numbers();
    let line = "fit numbers.csv --target y --epochs 40 --report y.html --seed 3";
    let told = place.run(0, line).stdout;
    assert!(told.contains("Report written: y.html"), "{told}");
    let html = place.read("y.html");
    assert_eq!(
        headings(&html, "h2"),
        [
            "Contents",
            "In short",
            "Errors of y",
            "What it depends on",
            "The data",
            "How it was made",
            "The network"
        ]
    );
    for expected in [
        "For y the model is better than the",
        "The charts of errors show 30 rows that no training and no decision has seen.",
        "Scores on 30 rows that no decision has seen",
        "come from only 30 rows",
        "The rows for the scores are too few for that",
        "The first of ",
        "chainrule fit numbers.csv --target y --epochs 40 --report y.html --seed 3",
        "&lt;b&gt;",
        "1 (0.5 %)",
        "−2 to 1.9, median −0.05",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    assert!(!html.contains("<b>"), "a name became markup");
    // Predicted, errors, intervals, two residuals, importance, three dependences, loss, network.
    assert_eq!(html.matches("<figure>").count(), 11, "{:?}", headings(&html, "h3"));
    assert!(html.len() < 1_000_000, "{}", html.len());
}

#[test]
fn a_model_is_reported_on_with_another_table() {
    let place = Place::new();
    place.numbers();
    place.run(0, "fit numbers.csv --target y --epochs 20 --quiet");
    let told = place.run(0, "report numbers.safetensors numbers.csv").stdout;
    assert_eq!(told, "Report written: numbers.report.html\n");
    let html = place.read("numbers.report.html");
    for expected in [
        "The charts of errors show 200 rows: all of the table that was given",
        "On 200 rows of the table that was given",
        "chainrule report numbers.safetensors numbers.csv",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
    assert!(!html.contains("The course of a training"));
    place.run(0, "report numbers.safetensors numbers.csv --lang zh --out zh.html --quiet");
    let html = place.read("zh.html");
    assert!(html.contains("<html lang=\"zh-CN\">") && html.contains("概要"), "{html:.300}");
    assert!(!html.contains("In short") && !html.contains("Which inputs matter"));
}

#[test]
fn classes_have_their_charts() {
    let place = Place::new();
    place.classes();
    place.run(0, "fit classes.csv --target two --without three --epochs 30 --report two.html");
    let html = place.read("two.html");
    for expected in ["Classes of two", "ROC", "AUC", "Precision and recall", "two = out", "recall"]
    {
        assert!(html.contains(expected), "{expected}");
    }
    assert!(!html.contains("Errors of"));
    place.run(
        0,
        "fit classes.csv --target three --without two --epochs 30 --report three.html --out three.safetensors",
    );
    let html = place.read("three.html");
    for expected in ["low, AUC", "high, AUC", "place: mean probability of each three"] {
        assert!(html.contains(expected), "{expected}");
    }
    place.run(0, "plot three.safetensors classes.csv --kind dependence --column x");
    let told = place.run(2, "plot three.safetensors classes.csv --kind dependence --column place");
    assert!(told.stderr.contains("see `chainrule report`"), "{told:?}");
    for kind in ["confusion", "roc", "precision-recall", "calibration"] {
        let told = place.run(0, &format!("plot three.safetensors classes.csv --kind {kind}"));
        assert!(told.stdout.lines().count() > 5, "{kind}: {told:?}");
    }
}

#[test]
fn charts_are_drawn_one_by_one() {
    let place = Place::new();
    place.numbers();
    place.run(0, "fit numbers.csv --target y --epochs 20 --quiet");
    let told = place.run(0, "plot numbers.safetensors numbers.csv").stdout;
    assert!(told.contains("Predicted and true values") && told.contains("true y"), "{told}");
    for (kind, word) in [
        ("errors", "no error"),
        ("residuals", "Errors and a"),
        ("intervals", "Intervals for 90 %"),
        ("importance", "Which inputs matter"),
        ("dependence --column k", "yes"),
        ("network", "weights"),
    ] {
        let told = place.run(0, &format!("plot numbers.safetensors numbers.csv --kind {kind}"));
        assert!(told.stdout.contains(word), "{kind}: {told:?}");
        assert!(told.stdout.lines().count() <= 24, "{kind}");
    }
    place.run(0, "plot numbers.safetensors numbers.csv --kind dependence --out a.svg");
    assert!(place.read("a.svg").starts_with("<svg"));
    place.run(0, "plot numbers.safetensors numbers.csv --out a.png");
    assert_eq!(fs::read(place.path("a.png")).unwrap()[..4], *b"\x89PNG");
}

#[test]
fn what_can_not_be_drawn_is_told() {
    let place = Place::new();
    place.numbers();
    place.run(0, "fit numbers.csv --target y --epochs 20 --quiet");
    for (line, code, expected) in [
        ("--kind roc", 2, "y is a number; there are predicted"),
        ("--kind residuals --column k", 2, "k is no input of numbers"),
        ("--kind dependence --column A", 3, "did you mean \"a\"?"),
        ("--target z", 2, "the model does not predict z; it predicts y"),
        ("--out a.jpg", 2, "neither the ending .svg nor .png"),
        ("--kind pie", 2, "precision-recall"),
    ] {
        let told = place.run(code, &format!("plot numbers.safetensors numbers.csv {line}"));
        assert!(told.stderr.contains(expected), "{line}: {told:?}");
    }
    fs::write(place.path("inputs.csv"), "a,<b>,k\n1,2,yes\n").unwrap();
    let told = place.run(3, "report numbers.safetensors inputs.csv");
    assert!(told.stderr.contains("there is no column \"y\""), "{told:?}");
    assert!(!place.path("numbers.report.html").exists());
    let told = place.run(2, "report numbers.safetensors numbers.csv --out numbers.csv");
    assert!(told.stderr.contains("is a file that is read"), "{told:?}");
    let told = place.run(1, "report numbers.safetensors numbers.csv --out no/such/folder.html");
    assert!(told.stderr.contains("no/such"), "{told:?}");
    place.run(2, "fit numbers.csv --target y --lang zh");
}
