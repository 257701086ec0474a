//! Tables and files that are unfit, and what is said about them.

use crate::place::Place;
use std::fs;

/// Thirty rows of x and x², and these lines below them.
fn squares(more: &str) -> String {
    let rows: String = (0..30).map(|i| format!("{i},{}\n", i * i)).collect();
    format!("x,y\n{rows}{more}")
}

#[test]
fn unfit_data_is_named() {
    let constant: String = (0..30).map(|i| format!("{i},7\n")).collect();
    let comma: String = (0..30).map(|i| format!("{i},5;{i}\n")).collect();
    for (text, words) in [
        (String::new(), "is empty"),
        ("x,y\n".to_owned(), "no rows"),
        ("x,y\n1,2\n".to_owned(), "row"),
        ("1,2\n3,4\n".to_owned(), "add a header line"),
        (squares("7\n"), "line 32"),
        (squares("abc,4\n"), "line 32: \"abc\" in column \"x\""),
        (squares("4,abc\n"), "line 32: \"abc\" in column \"y\""),
        (squares("inf,4\n"), "line 32: \"inf\" in column \"x\" is not a finite number"),
        (squares("4,-inf\n"), "line 32: \"-inf\" in column \"y\" is not a finite number"),
        (squares("").replace("x,y", "y,y"), "two columns named \"y\""),
        (squares("").replace("x,y", "x,"), "has no name"),
        (squares("").replace("x,y", "x,z"), "there is no column \"y\""),
        (format!("x,y\n{constant}"), "the same value in every"),
        (format!("x;y\n{comma}"), "has a comma"),
        ("y\n1\n2\n3\n4\n5\n".to_owned(), "input"),
        ("\u{0}\u{1}\u{2}\u{3}".to_owned(), ""),
    ] {
        let place = Place::new();
        place.write("data.csv", &text);
        let ran = place.run("fit data.csv --target y").exits(3).says(words);
        assert!(ran.stderr.starts_with("error: "), "{ran:#?}");
        assert!(!place.path("data.safetensors").exists());
    }
}

/// What is missing is left out or filled in, and said.
#[test]
fn gaps_are_no_failure() {
    let place = Place::new();
    place.write("data.csv", squares("NaN,4\n3,NaN\n,9\n"));
    let fit = "fit data.csv --target y --solver lm --hidden 3 --epochs 10 --folds 2 --restarts 1";
    let ran = place.run(fit).exits(0).shows("1 row left out").shows("gaps filled with the median");
    ran.shows("\"x\"");
    place.write("words.csv", format!("x,y\n{}", "1,\n".repeat(30)));
    place.run("fit words.csv --target y").exits(3).says("0 of the 8 rows");
}

#[test]
fn a_wrong_target_comes_with_the_right_one() {
    let place = Place::new();
    place.write("data.csv", "flow,pressure\n1,2\n2,3\n3,5\n4,4\n");
    place.run("fit data.csv --target Flow").exits(3).says("did you mean \"flow\"");
    place.run("fit data.csv --target flow,flow").exits(3);
    place.run("fit data.csv --target flow,pressure").exits(3).says("input");
}

#[test]
fn a_constant_input_is_left_out_and_said() {
    let place = Place::new();
    let rows: String = (0..40).map(|i| format!("{i},7,{}\n", i * i)).collect();
    place.write("data.csv", format!("x,k,y\n{rows}"));
    place.run("fit data.csv --target y --epochs 50").exits(0).shows("k");
    place.write("new.csv", "x\n3\n");
    place.run("predict data.safetensors new.csv").exits(0);
}

#[test]
fn files_that_are_not_there_or_not_files() {
    let place = Place::new();
    place.run("fit nothing.csv --target y").exits(3).says("there is no file nothing.csv");
    place.run("fit . --target y").exits(3).says("is a folder");
    place.run("info nothing.safetensors").exits(1).says("nothing.safetensors");
    place.table("data.csv");
    place.run("fit data.csv --target y --out no/such/folder/m.safetensors").exits(1).says("no");
    place.write("occupied", "a file");
    place.run("demo sine --epochs 10 --out occupied").exits(1).says("occupied");
}

#[test]
fn a_table_that_lacks_a_column_is_named() {
    let place = Place::new();
    place.table("data.csv");
    place.run("fit data.csv --target y --epochs 5").exits(0);
    place.write("new.csv", "x1,X_2\n1,2\n");
    place.run("predict data.safetensors new.csv").exits(3).says("\"x2\"");
}

#[test]
fn what_is_read_is_never_overwritten() {
    let place = Place::new();
    place.table("data.csv");
    let before = fs::read(place.path("data.csv")).unwrap();
    place.run("fit data.csv --target y --epochs 3 --out data.csv").exits(2).says("another name");
    place.run("fit data.csv --target y --epochs 3").exits(0);
    let model = fs::read(place.path("data.safetensors")).unwrap();
    place.run("predict data.safetensors data.csv --out ./data.csv").exits(2).says("another name");
    place.run("predict data.safetensors data.csv --out data.safetensors").exits(2);
    assert_eq!(fs::read(place.path("data.csv")).unwrap(), before);
    assert_eq!(fs::read(place.path("data.safetensors")).unwrap(), model);
    place.run("fit data.csv --target y --epochs 3").exits(0).shows("in place of an older file");
}

#[test]
fn columns_can_be_left_out_and_have_commas_in_their_names() {
    let place = Place::new();
    let rows: String = (0..40).map(|i| format!("row {i},{i},,{}\n", i * i)).collect();
    place.write("data.csv", format!("id,x,gap,\"y, mean\"\n{rows}"));
    let fit = |arguments: &[&str]| {
        place.run_words(&[&["fit", "data.csv", "--epochs", "5"], arguments].concat())
    };
    fit(&["--target", "y, mean"]).exits(0).shows("\"id\"").shows("\"gap\"");
    fit(&["--target", "y, mean", "--without", "id,gap"]).exits(0);
    fit(&["--target", "y, mean", "--without", "id,hap"]).exits(3).says("did you mean \"gap\"");
}

#[test]
fn names_can_do_nothing_to_a_terminal() {
    let place = Place::new();
    let rows: String = (0..40).map(|i| format!("{i},{}\n", i * i)).collect();
    place.write("data.csv", format!("x\u{1b}]0;owned\u{7},y\n{rows}"));
    let fitted = place.run("fit data.csv --target y --epochs 5").exits(0);
    let told = place.run("info data.safetensors").exits(0);
    for text in [fitted.stdout, told.stdout] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{text:?}");
    }
}

#[test]
fn a_very_wide_table_does_without_the_linear_regression() {
    let place = Place::new();
    let line = |f: &dyn Fn(usize) -> String| (0..1500).map(f).collect::<Vec<_>>().join(",") + "\n";
    let rows: String = (0..12).map(|i| line(&|j| ((i * 7 + j * 3) % 11).to_string())).collect();
    place.write("data.csv", line(&|j| format!("c{j}")) + &rows);
    let ran = place.run("fit data.csv --target c0 --solver lbfgs --epochs 3 --hidden 4").exits(0);
    assert!(ran.shows("no linear regression").stdout.contains("mean"));
}

/// Found by fuzzing: what such a file does to its decoder is told in one sentence.
#[test]
fn a_damaged_parquet_file_is_an_error_in_words() {
    let place = Place::new();
    let bytes = include_bytes!("../fixtures/contradicts_itself.parquet");
    std::fs::write(place.path("data.parquet"), bytes).unwrap();
    let ran = place.run("check data.parquet").exits(3).says("its parts contradict each other");
    assert!(!ran.stderr.contains("panicked"), "{ran:#?}");
}
