//! `chainrule predict`.

use crate::place::Place;
use std::fs;

#[test]
fn formats() {
    let place = Place::new();
    place.model();
    place.write("new.csv", "x1,x2\n0.5,1\n-1,0\n");
    let csv = place.run("predict data.safetensors new.csv").exits(0).stdout;
    let values: Vec<f64> = csv.lines().skip(1).map(|line| line.parse().unwrap()).collect();
    let ran = place.run("predict data.safetensors new.csv --format jsonl").exits(0);
    let read = |text: &str| -> Vec<f64> {
        let value = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        text.lines().map(|line| value(line)["y"].as_f64().unwrap()).collect()
    };
    assert_eq!(read(&ran.stdout), values);
    // The ending of the file tells, unless --format does.
    place.run("predict data.safetensors new.csv --out p.jsonl").exits(0);
    assert_eq!(read(&place.read("p.jsonl")), values);
    place.run("predict data.safetensors new.csv --out p.jsonl --format csv").exits(0);
    assert_eq!(place.read("p.jsonl"), csv);
    // Parquet can be read again.
    place.run("predict data.safetensors data.csv --keep --out p.parquet").exits(0);
    let again = place.run("predict data.safetensors p.parquet").exits(0).says("y predicted");
    assert_eq!(again.stdout, place.run("predict data.safetensors data.csv").exits(0).stdout);
    place.run("evaluate data.safetensors p.parquet").exits(0).shows("Scores on 225 rows");
    place.run("predict data.safetensors new.csv --format xml").exits(2).says("jsonl");
}

/// Rows that come in pieces have the predictions that they have all together, and 007 stays what it is.
#[test]
fn a_large_table_is_predicted_as_it_comes() {
    let place = Place::new();
    place.model();
    let rows: String =
        (0..150_000).map(|i| format!("0{},{}.5,{}\n", i % 7, i % 11, i % 5)).collect();
    place.write("new.csv", format!("code,x1,x2\n{rows}"));
    let ran = place.run("predict data.safetensors new.csv --keep --quiet").exits(0);
    assert_eq!(ran.stdout.lines().count(), 150_001);
    assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("code,x1")).count(), 1);
    assert!(
        ran.stdout.lines().nth(150_000).unwrap().starts_with("03,"),
        "{:?}",
        ran.stdout.lines().last()
    );
    // Parquet is written as a whole.
    place.run("predict data.safetensors new.csv --quiet --out p.parquet").exits(0);
    place.run("predict data.safetensors new.csv --quiet --out p.csv").exits(0);
    let last = place.read("p.csv").lines().last().unwrap().to_owned();
    assert!(ran.stdout.lines().last().unwrap().ends_with(&format!(",{last}")));
    // A fault far below is told with its line, after what was right above it.
    place.write("new.csv", format!("code,x1,x2\n{rows}1,a,2\n"));
    place.run("predict data.safetensors new.csv --quiet").exits(3).says("line 150002");
    place.run("predict data.safetensors new.csv --quiet --out q.csv").exits(3);
    assert!(!place.path("q.csv").exists());
}

#[test]
fn the_columns_of_the_table_can_be_kept() {
    let place = Place::new();
    place.model();
    place.write("new.csv", "name,x2,x1,y\na,1,0.5,3\n\"b, c\",0,,4\n");
    let ran = place.run("predict data.safetensors new.csv --keep --intervals").exits(0);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "name,x2,x1,y,y predicted,y low,y high", "{ran:#?}");
    assert!(lines[1].starts_with("a,1,0.5,3,"), "{ran:#?}");
    assert!(lines[2].starts_with("\"b, c\",0,,4,"), "{ran:#?}");
    ran.says("x1 is missing in 1 row");
}

#[test]
fn standard_input_is_a_table() {
    let place = Place::new();
    place.model();
    place.write("new.csv", "x1,x2\n0.5,1\n");
    let from_file = place.run("predict data.safetensors new.csv").exits(0);
    let piped = place.pipe("x1,x2\n0.5,1\n", "predict data.safetensors -").exits(0);
    assert_eq!(piped.stdout, from_file.stdout);
    // Of any kind.
    place.run("predict data.safetensors new.csv --keep --out p.parquet").exits(0);
    let bytes = fs::read(place.path("p.parquet")).unwrap();
    let piped = place.pipe(bytes, "predict data.safetensors - --quiet").exits(0);
    assert_eq!(piped.stdout, from_file.stdout);
    let tabs =
        place.pipe("x1\tx2\n0.5\t1\n", "predict data.safetensors - --separator tab").exits(0);
    assert_eq!(tabs.stdout, from_file.stdout);
    place.pipe("", "predict data.safetensors - --separator ab").exits(2).says("single character");
    place.pipe("", "predict data.safetensors -").exits(3).says("standard input is empty");
    place.pipe("x1,x2\n", "predict data.safetensors -").exits(3).says("no rows");
    let data = fs::read(place.path("data.csv")).unwrap();
    let fit = "fit - --target y --solver lm --hidden 3 --epochs 5 --folds 2 --restarts 1";
    place.pipe(data, fit).exits(0).shows("model.safetensors");
}

#[test]
fn what_was_guessed_is_told() {
    let place = Place::new();
    place.classifier();
    place.write("new.csv", "colour,x1,x2,more\nred,0,0,7\nviolet,,1,8\n");
    let ran = place.run("predict kinds.safetensors new.csv").exits(0);
    let ran = ran.says("note: columns that the model does not use: more");
    let ran = ran.says("colour has a value in 1 row that training did not have");
    assert!(ran.stdout.starts_with("kind,kind = inner,kind = outer\ninner,"), "{ran:#?}");
    let quiet = place.run("predict kinds.safetensors new.csv --quiet").exits(0);
    assert!(quiet.stderr.is_empty() && quiet.stdout == ran.stdout, "{quiet:#?}");
    let line = "predict kinds.safetensors new.csv --out p.csv --json";
    let ran = place.run(line).exits(0);
    let object = ran.object();
    assert_eq!((&object["rows"], &object["format"]), (&2.into(), &"csv".into()));
    assert_eq!(object["columns"][1], "kind = inner");
    assert_eq!(object["ignored"][0], "more");
    assert_eq!(object["unseen"][0]["column"], "colour");
    assert!(ran.stderr.is_empty() && place.has("p.csv"), "{ran:#?}");
    // Both would go to standard output.
    place.run("predict kinds.safetensors new.csv --json").exits(2).says("--out");
}

#[test]
fn where_nothing_can_be_written() {
    let place = Place::new();
    place.model();
    place.write("occupied", "a file");
    for out in ["no/such/folder/p.csv", "occupied/p.csv", "."] {
        place.run(&format!("predict data.safetensors data.csv --out {out}")).exits(1);
    }
}

#[test]
fn a_table_that_does_not_fit_the_model() {
    let place = Place::new();
    place.model();
    for (text, words) in [
        ("x1\n1\n", "needs the column \"x2\""),
        ("x1,X2\n1,2\n", "did you mean \"X2\""),
        ("x1,x2\n1,2\n3,four\n", "line 3: \"four\" in column \"x2\""),
        ("x1,x2\n1,inf\n", "not a finite number"),
        ("x1,x2\n1,2\n3\n", "line 3"),
    ] {
        place.write("new.csv", text);
        place.run("predict data.safetensors new.csv").exits(3).says(words);
    }
}
