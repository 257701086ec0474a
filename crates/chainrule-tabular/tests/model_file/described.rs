//! Descriptions that no fit would write, in files with a right checksum.

use crate::{damaged::survive, golden};
use chainrule_tabular::{Model, file::forged};
use serde_json::{Value, json};

/// The golden model of this kind with its description changed.
fn changed(kind: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let bytes = golden::bytes(kind);
    let mut description: Value =
        serde_json::from_str(&forged::description(&bytes).unwrap()).unwrap();
    change(&mut description);
    forged::with_description(&bytes, &description.to_string()).unwrap()
}

/// The value in this place, such as `/inputs/0/name`, replaced; `kind` is the golden model.
fn told(kind: &str, place: &str, value: &Value, expected: &str) {
    let bytes = changed(kind, |description| {
        let place = description.pointer_mut(place).unwrap_or_else(|| panic!("no {place}"));
        *place = value.clone();
    });
    let error = match survive(&bytes, &golden::table()) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{kind} {place}: {value} makes a model"),
    };
    assert!(error.starts_with(expected), "{kind} {place}: {error}\n{expected}");
}

#[test]
fn the_same_description_is_the_same_model() {
    for kind in golden::KINDS {
        let bytes = golden::bytes(kind);
        let model = Model::from_bytes(&changed(kind, |_| {})).unwrap();
        assert_eq!(model.to_bytes().unwrap(), bytes);
    }
}

#[test]
fn sizes_that_no_network_has() {
    let most = u64::MAX;
    for (kind, place, value, expected) in [
        (
            "value",
            "/architecture/hidden",
            json!([most]),
            "a hidden layer has the width 18446744073709551615",
        ),
        ("value", "/architecture/hidden", json!([65_537]), "a hidden layer has the width 65537"),
        ("value", "/architecture/hidden", json!([0]), "a hidden layer has the width 0"),
        (
            "value",
            "/architecture/hidden",
            json!(vec![65_536; 100]),
            "the network would have more than",
        ),
        ("value", "/architecture/hidden", json!(vec![1; 101]), "there are 101 hidden layers"),
        (
            "value",
            "/architecture/hidden",
            json!([65_536]),
            "the tensor \"network_1.dense_1.w\": has the shape",
        ),
        (
            "value",
            "/architecture/hidden",
            json!([]),
            "the tensor \"network_1.dense_1.w\": has the shape",
        ),
        ("value", "/architecture/hidden", json!([-1]), "its description can not be read"),
        ("value", "/architecture/hidden", json!([1.5]), "its description can not be read"),
        (
            "value",
            "/architecture/activation",
            json!("rleu"),
            "there is no activation \"rleu\"; did you",
        ),
        (
            "value",
            "/architecture/activation",
            json!("prelu"),
            "the tensor \"network_1.prelu_1.slope\": is missing",
        ),
        ("value", "/architecture/dropout", json!(1.0), "the dropout rate is 1"),
        (
            "value",
            "/precision",
            json!("f32"),
            "the tensor \"network_1.dense_1.w\": holds F64 numbers instead of F32",
        ),
        ("value", "/precision", json!("f16"), "its description can not be read"),
        ("value", "/members", json!([]), ""),
        ("value", "/members", json!([0, 1, 0]), "the tensor \"network_4."),
        ("value", "/members", json!([0, 1, 0, 1, 0]), ""),
        ("value", "/members", json!([0, 1, 0, -1]), "its description can not be read"),
    ] {
        told(kind, place, &value, expected);
    }
}

#[test]
fn columns_that_can_not_be_encoded() {
    let number = "/inputs/0/encoding/number";
    let wrong = "column \"depth\" can not be encoded";
    for (part, value) in [
        ("scale/spread", json!(0.0)),
        ("scale/spread", json!(-1.0)),
        ("scale/log", json!({"offset": 0.0, "floor": 0.0})),
        ("scale/log", json!({"offset": 0.0, "floor": -1.0})),
    ] {
        let bytes = changed("value", |description| {
            let (at, key) = part.split_once('/').unwrap();
            description.pointer_mut(number).unwrap()[at][key] = value.clone();
        });
        let error = survive(&bytes, &golden::table()).expect_err(part).to_string();
        assert!(error.starts_with(wrong), "{part} {value}: {error}");
    }
    let unread = "its description can not be read";
    for (kind, place, value, expected) in [
        ("value", "/inputs/0/name", json!(""), "an input or target of the model has no name"),
        ("value", "/inputs/0/name", json!(" \t"), "an input or target of the model has no name"),
        ("value", "/inputs/0/name", json!("soil"), "the model has two columns named \"soil\""),
        ("value", "/inputs/0/name", json!("flow"), "the model has two columns named \"flow\""),
        ("value", "/inputs/0/encoding/number/scale/spread", json!(null), unread),
        (
            "value",
            "/inputs/0/encoding",
            json!("presence"),
            "the tensor \"network_1.dense_1.w\": has the shape",
        ),
        ("value", "/inputs/0/encoding", json!("sound"), unread),
        (
            "value",
            "/inputs/1/encoding/one_hot/levels",
            json!([]),
            "the tensor \"network_1.dense_1.w\": has the shape",
        ),
        (
            "value",
            "/inputs/2/encoding/date/deviation",
            json!(0.0),
            "column \"day\" can not be encoded",
        ),
        (
            "value",
            "/inputs/2/encoding/date/deviation",
            json!(-1.0),
            "column \"day\" can not be encoded",
        ),
        (
            "value",
            "/inputs/2/encoding/date/cycles",
            json!(vec!["year"; 3]),
            "the tensor \"network_1.dense_1.w\": has",
        ),
        ("value", "/inputs/2/encoding/date/cycles", json!(["moon"]), unread),
        ("value", "/inputs", json!([]), ""),
        ("value", "/targets", json!([]), ""),
        ("classes", "/inputs/2/encoding/embedding/width", json!(0), ""),
        (
            "classes",
            "/inputs/2/encoding/embedding/width",
            json!(u64::MAX),
            "the network would have more than",
        ),
        (
            "classes",
            "/inputs/2/encoding/embedding/width",
            json!(1u64 << 40),
            "the network would have more than",
        ),
        ("classes", "/inputs/2/encoding/embedding/levels/levels", json!([]), ""),
        ("classes", "/targets/0/values/classes", json!(["dry"]), ""),
        ("classes", "/targets/0/values/classes", json!([]), ""),
        (
            "classes",
            "/targets/0/values/classes",
            json!(["dry", "dry", "low"]),
            "column \"state\" can not be encoded",
        ),
    ] {
        told(kind, place, &value, expected);
    }
}

/// Levels that stand twice are told: which one it is would be chance.
#[test]
fn levels_that_stand_twice() {
    for (kind, place, name) in [
        ("value", "/inputs/1/encoding/one_hot/levels", "soil"),
        ("classes", "/inputs/2/encoding/embedding/levels/levels", "well"),
    ] {
        let bytes = changed(kind, |description| {
            let levels = description.pointer_mut(place).unwrap();
            levels[1] = levels[0].clone();
        });
        let error = survive(&bytes, &golden::table()).expect_err(place).to_string();
        assert_eq!(
            error,
            format!("column \"{name}\" can not be encoded: its scale or its levels are wrong")
        );
    }
}

#[test]
fn outputs_and_calibrations_that_do_not_go_with_the_targets() {
    let output = "what the outputs of the network mean does not go with the targets";
    let calibration = "the calibration does not go with the targets and the networks";
    let unread = "its description can not be read";
    let fold = json!({"rows": 1, "residuals": [1.0]});
    let cross = |folds: usize| json!([{"around": vec![fold.clone(); folds]}]);
    for (kind, place, value, expected) in [
        ("value", "/output", json!("classes"), output),
        ("value", "/output", json!("probability"), output),
        ("value", "/output", json!({"quantiles": []}), ""),
        (
            "value",
            "/output",
            json!("gaussian"),
            "the tensor \"network_1.dense_2.w\": has the shape",
        ),
        ("quantiles", "/output", json!({"quantiles": [0.5, 0.1, 0.9]}), output),
        ("quantiles", "/output", json!({"quantiles": [0.1, 0.1, 0.9]}), output),
        ("quantiles", "/output", json!({"quantiles": [0.0, 0.5, 0.9]}), output),
        ("quantiles", "/output", json!({"quantiles": [0.1, 0.5, 1e300]}), output),
        ("classes", "/output", json!("value"), ""),
        ("classes", "/output", json!("probability"), ""),
        ("count", "/output", json!("gaussian"), ""),
        (
            "count",
            "/targets/0/values/count/mean",
            json!(0.0),
            "column \"visits\" can not be encoded",
        ),
        (
            "count",
            "/targets/0/values/count/mean",
            json!(-1.0),
            "column \"visits\" can not be encoded",
        ),
        (
            "value",
            "/targets/0/values/number/deviation",
            json!(0.0),
            "column \"flow\" can not be encoded",
        ),
        ("classes", "/calibration/temperature", json!(0.0), calibration),
        ("classes", "/calibration/temperature", json!(-1.0), calibration),
        ("classes", "/calibration/temperature", json!(null), unread),
        ("gaussian", "/calibration/errors", cross(1), calibration),
        ("value", "/calibration/errors", cross(3), calibration),
        ("value", "/calibration/errors", cross(0), unread),
        ("value", "/calibration/errors", json!([cross(2)[0], cross(2)[0]]), calibration),
        ("gaussian", "/calibration/errors/0/normalised/0/residuals", json!([-1.0]), unread),
        ("gaussian", "/calibration/errors/0/normalised/0/rows", json!(0), unread),
        ("gaussian", "/calibration/errors/0/normalised/0/rows", json!(u64::MAX), unread),
        ("quantiles", "/calibration/errors/0/quantiles/alpha", json!(0.0), calibration),
        ("quantiles", "/calibration/errors/0/quantiles/alpha", json!(1.0), calibration),
        ("quantiles", "/calibration/errors/0/quantiles/offset", json!(null), unread),
    ] {
        told(kind, place, &value, expected);
    }
}

/// Numbers at the ends of what there is: an error or a finite prediction, never a panic.
#[test]
fn extreme_numbers_are_survived() {
    let table = golden::table();
    let numbers = [0.0, -0.0, 5e-324, 1e-300, 1e300, f64::MAX, -f64::MAX, 1.0, -1.0];
    for kind in golden::KINDS {
        let description = forged::description(&golden::bytes(kind)).unwrap();
        let mut places = Vec::new();
        let description: Value = serde_json::from_str(&description).unwrap();
        for part in ["inputs", "targets", "calibration", "output"] {
            numbers_in(&description[part], &format!("/{part}"), &mut places);
        }
        // Of many residuals, a few are enough.
        places.retain(|place| !place.contains("/residuals/") || place.ends_with("/0"));
        for place in &places {
            for number in numbers {
                let bytes = changed(kind, |description| {
                    *description.pointer_mut(place).unwrap() = json!(number);
                });
                if let Ok(model) = survive(&bytes, &table)
                    && let Ok(prediction) = model.predict_within(&table, Some(0.8))
                {
                    let mut written = Vec::new();
                    prediction.table.write_csv(&mut written).unwrap();
                }
            }
        }
        assert!(places.len() > 3, "{kind}: {places:?}");
    }
}

/// The places of all numbers.
fn numbers_in(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Number(_) => places.push(place.to_owned()),
        Value::Array(values) => {
            let all = values.iter().enumerate();
            all.for_each(|(i, value)| numbers_in(value, &format!("{place}/{i}"), places));
        }
        Value::Object(values) => values
            .iter()
            .for_each(|(key, value)| numbers_in(value, &format!("{place}/{key}"), places)),
        _ => {}
    }
}

#[test]
fn json_that_is_none_or_too_much() {
    let golden = golden::bytes("count");
    let own = forged::description(&golden).unwrap();
    let inputs = "{\"inputs\":";
    assert!(own.starts_with(inputs), "{own}");
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    for description in [
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        deep(100_000),
        "{\"a\":".repeat(100_000),
        format!("{inputs}{},", deep(1000)),
        own.clone() + " {}",
        own[..own.len() - 1].to_owned(),
        own.replacen('{', "{\"model\":1,", 1),
        // A field twice.
        own.replacen('{', "{\"inputs\":[],", 1),
        own.replacen("\"precision\"", "\"precision\":\"f64\",\"precision\"", 1),
        own.replacen("\"name\":", "\"name\":\"again\",\"name\":", 1),
        // Numbers that no number can hold.
        own.replacen("\"temperature\":1.0", "\"temperature\":1e999", 1),
        own.replacen("\"temperature\":1.0", "\"temperature\":NaN", 1),
        own.replacen("\"temperature\":1.0", "\"temperature\":\"1\"", 1),
    ] {
        let bytes = forged::with_description(&golden, &description).unwrap();
        let error = Model::from_bytes(&bytes).unwrap_err().to_string();
        let shown: String = description.chars().take(80).collect();
        assert!(error.starts_with("its description can not be read: "), "{shown}: {error}");
        assert!(error.len() < 1000, "{shown}: {}", error.len());
    }
    // What is new in the record is not needed, however deep it is.
    let record = |extra: &str| {
        let json = own.replacen("\"record\":{", &format!("\"record\":{{\"new\":{extra},"), 1);
        Model::from_bytes(&forged::with_description(&golden, &json).unwrap())
    };
    assert!(record("{\"a\":[1,2]}").is_ok());
    assert!(record(&deep(100_000)).is_ok());
    assert!(record(&"[".repeat(100_000)).is_err());
}
