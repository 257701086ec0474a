//! `chainrule gradcheck`.

use crate::place::Place;
use serde_json::{Value, json};

/// Multiplies every number of nested lists.
fn scale(value: &mut Value, factor: f64) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|inside| scale(inside, factor)),
        number => *number = json!(number.as_f64().unwrap() * factor),
    }
}

/// An exercise in `step.json`, and the right gradients of it.
fn exercise(place: &Place) -> Value {
    let line = "trace --network 2-3-1 --activation sigmoid --no-differences --json";
    let step = place.run(line).exits(0).stdout;
    place.write("step.json", &step);
    serde_json::from_str::<Value>(&step).unwrap()["gradients"].take()
}

#[test]
fn networks_are_checked() {
    let place = Place::new();
    let ran = place.run("gradcheck --network 2-3-1 --activation sigmoid").exits(0);
    ran.shows("13 derivatives").shows("✓ dense_1.w").shows("All of them agree.");
    place.run("gradcheck --demo xor --lang zh").exits(0).shows("全部一致");
    let object =
        place.run("gradcheck --network 2-3-2 --loss cross_entropy --json").exits(0).object();
    assert_eq!((&object["right"], &object["derivatives"]), (&json!(true), &json!(17)));
    assert_eq!(object["blocks"].as_array().unwrap().len(), 4);
    assert!(object["worst"]["relative_error"].as_f64().unwrap() < 1e-6);
}

#[test]
fn the_networks_of_a_model_are_checked_on_a_table() {
    let place = Place::new();
    place.model();
    let line = "gradcheck data.safetensors --data data.csv --row 1-20";
    place.run(line).exits(0).shows("20 rows").shows("All of them agree.");
    place.run("gradcheck data.safetensors --data data.csv --row 900").exits(3).says("no row 900");
}

#[test]
fn right_gradients_are_right() {
    let place = Place::new();
    let mine = json!({ "gradients": exercise(&place) });
    place.write("mine.json", mine.to_string());
    let line = "gradcheck --trace step.json --mine mine.json";
    place.run(line).exits(0).shows("right");
    // What trace writes holds both.
    place.run("gradcheck --mine step.json").exits(0);
    place.pipe(mine.to_string(), "gradcheck --trace step.json --mine -").exits(0);
    let object = place.run(&format!("{line} --json")).exits(0).object();
    assert_eq!(object["right"], json!(true));
}

#[test]
fn the_slip_in_wrong_gradients_is_named() {
    let place = Place::new();
    let mut gradients = exercise(&place);
    gradients.as_object_mut().unwrap().values_mut().for_each(|block| scale(block, -1.0));
    place.write("mine.json", json!({ "gradients": gradients }).to_string());
    let line = "gradcheck --trace step.json --mine mine.json";
    let ran = place.run(line).exits(5).says("not all gradients are right");
    ran.shows("sign").shows("dense_1.w");
    place.run(&format!("{line} --lang zh")).exits(5).shows("符号");
    let object = place.run(&format!("{line} --json")).exits(5).object();
    assert_eq!(object["right"], json!(false));
    assert_eq!(object["error"]["code"], json!(5));
}

#[test]
fn what_is_wrong_is_told() {
    let place = Place::new();
    let gradients = exercise(&place);
    place.run("gradcheck").exits(2).says("there is nothing to check");
    place.run("gradcheck --demo xor --mine step.json").exits(2).says("cannot be used with");
    place.run("gradcheck --trace step.json").exits(2).says("--mine");
    place.run("gradcheck --network 200-200-200").exits(2).says("would take minutes");
    place.run("gradcheck --demo sine --loss gaussian").exits(2).says("it needs 2 outputs");
    place.run("gradcheck --demo sine --loss cross_entropy").exits(2).says("binary_cross_entropy");

    let alone = place.write("mine.json", json!({ "gradients": gradients }).to_string());
    place.run("gradcheck --mine mine.json").exits(2).says("tell by --trace which network");
    place.run("gradcheck --mine no.json").exits(1).says("no file no.json");
    let other = place.run("trace --network 2-4-1 --json").exits(0).stdout;
    place.write("other.json", other);
    let line = "gradcheck --trace other.json --mine mine.json";
    place.run(line).exits(3).says("mine.json: dense_1.w has the shape [2 × 3], not [2 × 4]");

    let text = std::fs::read_to_string(alone).unwrap();
    place.write("cut.json", &text[..text.len() / 2]);
    let cut = place.run("gradcheck --trace step.json --mine cut.json").exits(3);
    cut.says("cut.json: ").says("docs/trace.md");
    place.write("mine.json", r#"{"gradients": {"dense_1.w": [[1.0, NaN]]}}"#);
    place.run("gradcheck --trace step.json --mine mine.json").exits(3).says("NaN");
    place.write("utf16.json", b"\xff\xfe{\0}\0");
    place.run("gradcheck --trace step.json --mine utf16.json").exits(3).says("PowerShell");
    place.write("data.json", "{}");
    place.write("mine.json", r#"{"gradients": {}}"#);
    place.run("gradcheck --trace step.json --mine mine.json").exits(3).says("no \"gradients\"");
    place.run("gradcheck --trace data.json --mine step.json").exits(3).says("no \"network\"");
}
