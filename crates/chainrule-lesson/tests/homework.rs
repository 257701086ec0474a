//! Gradients that somebody computed by hand with a slip, and what is said about them.
//!
//! `fixtures/homework.py` makes the slips in numpy, independently of the crate.

use chainrule_lesson::{
    Language,
    homework::{Answer, Exercise, HomeworkError, Place, Verdict},
};
use serde_json::{Value, json};

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("fixtures/homework.json")).expect("the fixture is JSON")
}

/// A case of the fixture, the `number`-th of its name.
fn case(name: &str, number: usize) -> Value {
    let named = cases().into_iter().filter(|case| case["name"] == name).nth(number);
    named.unwrap_or_else(|| panic!("there is a case {name} {number}"))
}

fn exercise(case: &Value) -> Exercise {
    Exercise::from_json(&case.to_string()).expect("an exercise")
}

fn verdict(case: &Value) -> Verdict {
    let answer = Answer::from_json(&case.to_string()).expect("gradients");
    Verdict::new(&exercise(case), &answer).expect("gradients of this exercise")
}

/// What is said about the gradients of a case if they can not be read or belong to another network.
fn refusal(case: &Value) -> String {
    let text = case.to_string();
    let read = Exercise::from_json(&text)
        .and_then(|exercise| Ok((exercise, Answer::from_json(&text)?)))
        .and_then(|(exercise, answer)| Verdict::new(&exercise, &answer));
    read.expect_err("a refusal").to_string()
}

#[test]
fn each_slip_is_named() {
    for case in cases() {
        let verdict = verdict(&case);
        let expected = &case["expected"];
        let is_right = expected["slip"] == "None"
            && expected["factors"] == json!([])
            && expected["transposed"] == json!([]);
        assert_eq!(verdict.is_right(), is_right, "{}: {verdict:#?}", case["name"]);
        let found: Vec<Value> = verdict
            .explanations
            .iter()
            .map(|one| {
                let factors: Vec<String> =
                    one.factors.iter().map(|factor| format!("{factor:?}")).collect();
                json!({ "slip": format!("{:?}", one.slip), "factors": factors, "transposed": one.transposed })
            })
            .collect();
        if is_right {
            assert_eq!(found, Vec::<Value>::new(), "{}", case["name"]);
        } else {
            assert!(found.contains(expected), "{}: {expected} is not in {found:#?}", case["name"]);
            assert!(found.len() <= 2, "{}: too many explanations: {found:#?}", case["name"]);
            if case["name"] == "two lost" {
                assert_eq!(found.len(), 1, "nothing is said of probabilities where there are none");
            }
        }
    }
}

#[test]
fn each_verdict_is_told_in_both_languages() {
    for case in cases() {
        let (verdict, exercise) = (verdict(&case), exercise(&case));
        let (en, zh) =
            (verdict.text(&exercise, Language::En), verdict.text(&exercise, Language::Zh));
        let (en_ending, zh_ending) = match verdict.is_right() {
            true => ("All of them are right.", "全部正确。"),
            false => ("The likely slip: ", "可能的差错："),
        };
        assert!(en.contains(en_ending), "{en}");
        assert!(zh.contains(zh_ending), "{zh}");
        assert_eq!(verdict.json(&exercise)["right"], verdict.is_right());
    }
}

#[test]
fn rounded_numbers_are_right() {
    let mut case = case("none", 0);
    let rounded = |value: &mut Value| {
        let number = value.as_f64().expect("a number");
        *value = format!("{number:.3e}").parse::<f64>().expect("a number").into();
    };
    for block in case["gradients"].as_object_mut().expect("blocks").values_mut() {
        for row in block.as_array_mut().expect("a list") {
            match row {
                Value::Array(row) => row.iter_mut().for_each(rounded),
                number => rounded(number),
            }
        }
    }
    assert!(verdict(&case).is_right());
}

#[test]
fn an_unknown_slip_has_a_place() {
    let mut case = case("none", 0);
    case["gradients"]["dense_2.w"][0][0] = json!(17.0);
    let wrong = verdict(&case);
    assert_eq!((wrong.explanations.len(), wrong.place), (0, Some(Place::WeightsOf(1))));
    let text = wrong.text(&exercise(&case), Language::En);
    assert!(text.contains("w[0,0]: yours 17"), "{text}");
    assert!(text.contains("dW = xᵀδ is not"), "{text}");

    case["gradients"]["dense_2.b"][0] = json!(17.0);
    assert_eq!(verdict(&case).place, Some(Place::Before(1)));
    case["gradients"]["dense_3.b"][0] = json!(17.0);
    assert_eq!(verdict(&case).place, Some(Place::BiasOf(2)));
    case["gradients"]["dense_3.w"][0][0] = json!(17.0);
    assert_eq!(verdict(&case).place, Some(Place::AtTheLoss));
}

#[test]
fn a_wrong_bias_beside_right_weights_has_a_place() {
    let mut case = case("none", 1);
    case["gradients"]["dense_1.b"][0] = json!(17.0);
    assert_eq!(verdict(&case).place, Some(Place::BiasOf(0)));
    // Of what was not handed in, nothing is said.
    case["gradients"]["dense_1.w"][0][0] = json!(17.0);
    assert_eq!(verdict(&case).place, Some(Place::Before(0)));
    case["gradients"].as_object_mut().unwrap().remove("dense_2.w");
    assert_eq!(verdict(&case).place, Some(Place::In(0)));
}

#[test]
fn numbers_with_few_decimals_are_told_to_be_rounded() {
    let mut case = case("none", 2);
    let rounded = |value: &mut Value| {
        *value = json!((value.as_f64().expect("a number") * 100.0).round() / 100.0);
    };
    for block in case["gradients"].as_object_mut().expect("blocks").values_mut() {
        for row in block.as_array_mut().expect("a list") {
            match row {
                Value::Array(row) => row.iter_mut().for_each(rounded),
                number => rounded(number),
            }
        }
    }
    let verdict = verdict(&case);
    assert_eq!((verdict.is_right(), verdict.place), (false, Some(Place::Rounded)));
}

#[test]
fn single_numbers_need_no_brackets() {
    let mut case = case("none", 2);
    for part in ["weights", "gradients"] {
        let number = case[part]["dense_2.b"][0].take();
        case[part]["dense_2.b"] = number;
    }
    assert!(verdict(&case).is_right());
}

#[test]
fn missing_gradients_are_not_right() {
    let mut case = case("none", 0);
    case["gradients"].as_object_mut().expect("blocks").remove("dense_2.b");
    let verdict = verdict(&case);
    assert!(!verdict.is_right());
    let text = verdict.text(&exercise(&case), Language::En);
    assert!(text.contains("dense_2.b  – not given"), "{text}");
    assert!(text.contains("some gradients are missing"), "{text}");
}

#[test]
fn gradients_of_another_network() {
    let mut other = case("none", 1);
    other["gradients"] = case("none", 0)["gradients"].clone();
    assert_eq!(refusal(&other), "dense_1.w has the shape [3 × 3], not [2 × 4]");

    let mut other = case("none", 0);
    other["gradients"]["dense_9.w"] = json!([[1.0]]);
    assert_eq!(
        refusal(&other),
        "there is no block of parameters \"dense_9.w\"; this network has dense_1.w, dense_1.b, dense_2.w, \
         dense_2.b, dense_3.w, dense_3.b"
    );
}

#[test]
fn parts_that_are_not_there() {
    for part in ["network", "loss", "batch", "weights", "gradients"] {
        let mut case = case("none", 0);
        case.as_object_mut().expect("parts").remove(part);
        let expected = format!(
            "there is no \"{part}\"; `chainrule trace --json` writes a file with all parts"
        );
        assert_eq!(refusal(&case), expected);
    }
}

#[test]
fn numbers_that_are_none() {
    let with = |place: &str, value: Value| {
        let mut case = case("none", 0);
        *case.pointer_mut(place).expect("a place of the file") = value;
        refusal(&case)
    };
    assert_eq!(
        with("/gradients/dense_1.w/0", json!([1.0])),
        "dense_1.w holds rows of 1 and of 3 numbers, where a number belongs"
    );
    assert_eq!(
        with("/gradients/dense_1.w/0/0", json!("NaN")),
        "dense_1.w holds \"NaN\", where a number belongs"
    );
    assert_eq!(
        with("/gradients/dense_1.w/0/0", Value::Null),
        "dense_1.w holds null, where a number belongs"
    );
    assert_eq!(with("/gradients/dense_1.b", json!([])), "dense_1.b has the shape [0], not [3]");
    assert_eq!(with("/batch/x", json!([])), "x has the shape [0], not [0 × 3]");
    assert_eq!(
        with("/weights/dense_2.w", json!([[1.0, 2.0]])),
        "dense_2.b has the shape [3], not [2]"
    );
    assert_eq!(
        with("/loss", json!("least_squares_of_all")).split(';').next(),
        Some("there is no loss \"least_squares_of_all\"")
    );
    assert_eq!(
        with("/network/layers/1/activation", json!("sgmoid")).split(';').next(),
        Some("there is no activation \"sgmoid\"")
    );
    assert_eq!(
        with("/network/layers/1/kind", json!("dropout")),
        "dense_2 is a dropout layer; gradients are explained for chains of dense layers alone"
    );
    assert_eq!(
        with("/network/layers", json!([])),
        "there is no \"layers\"; `chainrule trace --json` writes a file with all parts"
    );
}

#[test]
fn what_numpy_writes_for_nan() {
    let error = Answer::from_json("{\"gradients\": {\n\"dense_1.b\": [NaN]}}").expect_err("NaN");
    assert_eq!(error.to_string(), "line 2 holds NaN, where a number belongs");
}

#[test]
fn what_is_no_json() {
    for text in ["", "[]", "{\"gradients\": 1}", "{\"gradients\": {\"dense_1.b\": [1.0]}"] {
        let error = Answer::from_json(text).expect_err("no gradients");
        assert!(matches!(error, HomeworkError::Format { .. }), "{error:?}");
        assert!(
            error.to_string().ends_with("what a file must hold stands in docs/trace.md"),
            "{error}"
        );
    }
}

#[test]
fn the_shape_of_a_transpose_is_told() {
    let mut case = case("none", 1);
    let w = case["gradients"]["dense_1.w"].take();
    let columns = w[0].as_array().unwrap().len();
    let turned = (0..columns).map(|j| json!([w[0][j], w[1][j]]));
    case["gradients"]["dense_1.w"] = turned.collect();
    let verdict = verdict(&case);
    assert!(!verdict.is_right() && verdict.blocks[0].is_transposed);
    assert_eq!(verdict.blocks[0].worst, None);
    let text = verdict.text(&exercise(&case), Language::En);
    assert!(text.contains("right numbers, but of the transpose"), "{text}");
    assert!(text.contains("dW of dense_1 is transposed"), "{text}");
}

#[test]
fn numbers_that_overflow() {
    let mut case = case("none", 0);
    case["weights"]["dense_3.w"][0][0] = json!(1e200);
    assert!(refusal(&case).contains("not finite"), "{}", refusal(&case));
}

#[test]
fn files_that_are_none() {
    let said = |text: &str| Exercise::from_json(text).expect_err("a refusal").to_string();
    assert!(said(" \n").contains("empty"));
    assert!(said("[]").contains("no JSON object"));
    assert!(said("{\"network\": {").contains("cut off at line 1"));
    assert!(said("{\0\"\0").contains("UTF-16"));
    let case = format!("\u{feff}{}", case("none", 0));
    assert!(Exercise::from_json(&case).is_ok(), "a byte order mark is no part of it");
}
