//! `chainrule check`.

use crate::place::Place;

const TABLE: &str = "size,colour,constant,copy,y\n";

/// Sixty rows with a constant, a gap, a copy of the target and a rare colour.
fn table(place: &Place) {
    let rows: String = (0..60)
        .map(|i: i32| {
            let size = if i == 5 { String::new() } else { format!("{}", (i * 37) % 60) };
            let colour = ["red", "green"][(i % 2) as usize];
            format!("{size},{colour},7,{},{}\n", 2 * (i * i % 41), i * i % 41)
        })
        .collect();
    place.write("data.csv", TABLE.to_owned() + &rows);
}

#[test]
fn a_table_is_described_and_looked_over() {
    let place = Place::new();
    table(&place);
    let ran = place.run("check data.csv --target y").exits(0);
    let ran = ran.shows("60 rows, 5 columns").shows("y (target)").shows("boolean");
    let ran = ran.shows("red (30), green (30)").shows("1 (2 %)").shows("0 to 59, median");
    let ran = ran.shows("Problems").shows("Notes").shows("\"copy\"").shows("\"constant\"");
    // The gravest come first.
    let place_of = |words: &str| ran.stdout.find(words).unwrap();
    assert!(place_of("Problems") < place_of("Notes"), "{ran:#?}");
    assert!(!ran.stdout.contains('\u{1b}'), "colours in a pipe: {ran:#?}");
    place.run("check data.csv").exits(0).shows("With --target COLUMN");
}

#[test]
fn types_can_be_said() {
    let place = Place::new();
    table(&place);
    place.run("check data.csv --type size=text").exits(0).shows("text");
    place.run("check data.csv --type size=txet").exits(2).says("did you mean \"text\"");
    place.run("check data.csv --type sise=text").exits(3).says("did you mean \"size\"");
    place.run("check data.csv --missing=0").exits(0).shows("2 (3 %)");
}

#[test]
fn a_target_that_can_not_be_learned_is_unfit() {
    let place = Place::new();
    table(&place);
    let ran = place.run("check data.csv --target constant").exits(3);
    ran.says("can not be learned").says("; choose another target").shows("Problems");
    place.run("check data.csv --target why").exits(3).says("there is no column \"why\"");
    // Several targets: what is fatal for one is told, and one is no leak of the other.
    place.run("check data.csv --target y,constant").exits(3).says("\"constant\"");
    let ran = place.run("check data.csv --target y,copy").exits(0);
    assert!(!ran.stdout.contains("correlation"), "{ran:#?}");
}

#[test]
fn a_broken_number_is_named_with_its_line() {
    let place = Place::new();
    let rows: String = (0..40).map(|i| format!("{i},{}\n", i * i)).collect();
    place.write("data.csv", format!("x,y\n{rows}12,n/k\n"));
    place.run("check data.csv --target y").exits(3).says("line 42").says("\"n/k\"");
    place.run("check data.csv --target x").exits(0).shows("line 42");
}

#[test]
fn as_json() {
    let place = Place::new();
    table(&place);
    let object = place.run("check data.csv --target y --json").exits(0).object();
    assert_eq!(object["schema"]["rows"], 60);
    assert_eq!(object["schema"]["columns"][1]["kind"], "boolean");
    assert_eq!(object["schema"]["columns"][0]["missing"], 1);
    assert_eq!(object["findings"][0]["severity"], "problem");
    let object = place.run("check data.csv --target constant --json").exits(3).object();
    assert_eq!((&object["error"]["code"], &object["error"]["kind"]), (&3.into(), &"data".into()));
    assert_eq!(object["error"]["hint"], "choose another target");
    assert_eq!(object["schema"]["rows"], 60);
}

#[test]
fn names_in_any_script_are_aligned_and_harmless() {
    let place = Place::new();
    let rows: String = (0..40).map(|i| format!("{i},{}\n", i * i)).collect();
    place.write("data.csv", format!("流量\u{1b}[2J,y\n{rows}"));
    let ran = place.pipe(std::fs::read(place.path("data.csv")).unwrap(), "check -").exits(0);
    assert!(!ran.stdout.contains('\u{1b}'), "{ran:#?}");
    ran.shows("流量\\u{1b}[2J");
}
