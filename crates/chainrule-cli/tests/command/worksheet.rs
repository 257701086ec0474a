//! `chainrule worksheet`.

use crate::place::Place;

#[test]
fn sheets_and_their_key_are_written() {
    let place = Place::new();
    let line = "worksheet --students 3 --network 2-2-1 --seed 7 --lang zh --out sheets.html";
    let ran = place.run(line).exits(0);
    ran.shows("sheets.html").shows("sheets.key.html");
    let (sheets, key) = (place.read("sheets.html"), place.read("sheets.key.html"));
    assert!(sheets.contains("<html lang=\"zh") && key.contains("<html lang=\"zh"));
    for page in [&sheets, &key] {
        assert_eq!(page.matches("<section").count(), 3, "a section for each student");
    }
    assert_ne!(sheets, key);

    place.run(&format!("{line} --quiet")).exits(0);
    assert_eq!(place.read("sheets.html"), sheets, "a seed makes the same exercises");
    place.run("worksheet --students 3 --seed 8").exits(0);
    assert_ne!(place.read("worksheet.html"), sheets);
}

#[test]
fn what_is_wrong_is_told() {
    let place = Place::new();
    place.run("worksheet --students 0").exits(2).says("--students");
    place.run("worksheet --students 1001").exits(2).says("1000");
    place.run("worksheet --network 2").exits(2).says("such as 2-3-1");
    place.run("worksheet --network 2-90-1").exits(2).says("by hand");
    place.run("worksheet --out no/sheets.html").exits(1).says("no folder");
    place.run("worksheet --network 1-1 --students 1000").exits(2).says("of 1000 exercises");
    assert!(!place.has("worksheet.html"));
}
