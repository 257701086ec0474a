//! Files of other programs, and attacks on the format: those that safetensors has in its own tests, and more.

use crate::by_hand::value_model;
use chainrule_tabular::{FormatError, Model, file::forged};
use serde_json::{Value, json};

/// A header of these tensors, with the metadata of a good model.
fn with_metadata(tensors: &Value) -> String {
    let bytes = value_model().to_bytes().unwrap();
    let (mut header, _) = forged::parts(&bytes).unwrap();
    let metadata = header["__metadata__"].take();
    let mut all = tensors.clone();
    all["__metadata__"] = metadata;
    all.to_string()
}

fn tensor(shape: &[u64], start: u64, end: u64) -> Value {
    json!({"dtype": "F32", "shape": shape, "data_offsets": [start, end]})
}

fn told(bytes: &[u8], expected: &str) {
    let error = Model::from_bytes(bytes).expect_err(expected).to_string();
    assert!(error.starts_with(expected), "{error}\n{expected}");
}

#[test]
fn files_of_others() {
    let damaged = "it is not a chainrule model, or it is damaged: ";
    for bytes in
        [&b""[..], b"x,y\n1,2\n3,4\n", b"PK\x03\x04 and so on", b"\x89HDF\r\n\x1a\n", b"GGUF"]
    {
        told(bytes, damaged);
    }
    let foreign = "it is a safetensors file, but not a chainrule model";
    for header in [
        "{}",
        "{}\r \t\n",
        "\t\n{}\r ",
        r#"{"__metadata__":{}}"#,
        r#"{"__metadata__":{"format":"pt"}}"#,
        r#"{"test":{"dtype":"I32","shape":[2,0],"data_offsets":[0,0]}}"#,
    ] {
        told(&forged::file(header, &[]), foreign);
    }
    for (version, expected) in [
        (
            "3",
            "it has the format version 3, but this program reads versions up to 2; use a newer chainrule",
        ),
        ("4294967295", "it has the format version 4294967295, but"),
        ("4294967296", "its description can not be read: its format version is \"4294967296\""),
        ("0", "its description can not be read: its format version is \"0\""),
        ("-1", "its description can not be read: its format version is \"-1\""),
        ("", "its description can not be read: its format version is \"\""),
        ("2", "it is damaged: its checksum is wrong"),
        ("1", "its description can not be read: "),
    ] {
        let description = forged::description(&value_model().to_bytes().unwrap()).unwrap();
        let metadata =
            json!({"format": "chainrule", "format_version": version, "description": description});
        told(&forged::file(&json!({"__metadata__": metadata}).to_string(), &[]), expected);
    }
}

/// The attacks in the tests of the safetensors crate.
#[test]
fn attacks_on_the_header() {
    let damaged = |reason: &str| format!("it is not a chainrule model, or it is damaged: {reason}");
    let one = |shape: &[u64], start, end| json!({"test": tensor(shape, start, end)});
    let numbers = [0; 16];
    // All tensors in one place: a small file that unfolds to a large one.
    let mut many = json!({});
    (0..10).for_each(|i| many[format!("weight_{i}")] = tensor(&[2, 2], 0, 16));
    // Sizes whose sum is more than a number can hold.
    let mut overflow = json!({});
    let size = (1u64 << 61) - 1;
    for i in 0..8 {
        overflow[format!("t{i}")] =
            json!({"dtype": "U8", "shape": [size], "data_offsets": [i * size, (i + 1) * size]});
    }
    for (tensors, numbers, reason) in [
        (many, &numbers[..], "invalid offset"),
        (one(&[2, 2], 0, 16), b"0123456789abcdef, and what makes it another file as well", ""),
        (one(&[2, 2], 0, 16), &numbers[..14], ""),
        (one(&[2, 2], 0, 4), &numbers[..4], "invalid shape, data type, or offset"),
        (one(&[2, 2], 4, 20), &[0; 20], "invalid offset"),
        (one(&[2, 2], 16, 0), &numbers, "invalid offset"),
        (one(&[2, u64::MAX - 1], 0, 16), &numbers, "overflow"),
        (one(&[2, u64::MAX / 2], 0, 16), &numbers, "overflow"),
        (overflow, &numbers, ""),
        (json!({"test": {"dtype": "F4", "shape": [3], "data_offsets": [0, 1]}}), &[0], ""),
        (
            json!({"test": {"dtype": "F3", "shape": [2], "data_offsets": [0, 8]}}),
            &[0; 8],
            "invalid JSON",
        ),
        (
            json!({"test": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}),
            &[0; 8],
            "invalid JSON",
        ),
        (json!({"test": {"dtype": "F32", "data_offsets": [0, 8]}}), &[0; 8], "invalid JSON"),
        (
            json!({"test": {"dtype": "F32", "shape": [2], "data_offsets": [0]}}),
            &[0; 8],
            "invalid JSON",
        ),
        (json!({"test": 1}), &[], "invalid JSON"),
        (json!([]), &[], "invalid JSON"),
    ] {
        for header in [tensors.to_string(), with_object(&tensors)] {
            let bytes = forged::file(&header, numbers);
            let error = Model::from_bytes(&bytes).unwrap_err();
            assert!(matches!(error, FormatError::Safetensors { .. }), "{error}");
            let error = error.to_string();
            assert!(error.starts_with(&damaged("")) && error.contains(reason), "{error}\n{reason}");
        }
    }
    for (bytes, reason) in [
        (&b"<\0\0\0\0\xff\xff\xff{}"[..], "header too large"),
        (b"\0\0\0", "header too small"),
        (b"<\0\0\0\0\0\0\0", "invalid header length"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff{}", "header too large"),
        (b"\x01\0\0\0\0\0\0\0\xff", "invalid UTF-8"),
        (b"\x01\0\0\0\0\0\0\0{", "invalid JSON"),
        (b"\0\0\0\0\0\0\0\0", "invalid JSON"),
    ] {
        told(bytes, &damaged(reason));
    }
}

/// The tensors with the metadata of a good model, where they are tensors at all.
fn with_object(tensors: &Value) -> String {
    if tensors.is_object() { with_metadata(tensors) } else { tensors.to_string() }
}

#[test]
fn headers_that_repeat_themselves() {
    let bytes = value_model().to_bytes().unwrap();
    let (header, numbers) = forged::parts(&bytes).unwrap();
    let text = header.to_string();
    let metadata = header["__metadata__"].to_string();
    // The metadata twice.
    let twice = text.replacen('{', &format!("{{\"__metadata__\":{metadata},"), 1);
    told(
        &forged::file(&twice, numbers),
        "it is not a chainrule model, or it is damaged: invalid JSON",
    );
    // A tensor twice: the first one is not looked at.
    let name = "network_1.dense_1.b";
    let wrong = format!("{{\"{name}\":{},", tensor(&[1], 0, 4));
    let twice = text.replacen('{', &wrong, 1);
    let model = Model::from_bytes(&forged::file(&twice, numbers)).unwrap();
    assert_eq!(model.to_bytes().unwrap(), bytes);
    // A second checksum, before and after the right one.
    for place in ["{\"checksum\":\"x\",", "{\"checksum\":\"0\",\"checksum\":\"1\","] {
        let twice = text.replacen("{\"checksum\"", &format!("{place}\"checksum\""), 1);
        assert!(Model::from_bytes(&forged::file(&twice, numbers)).is_ok() || place.len() > 20);
    }
    // As deep as the header is long.
    let deep = "[".repeat(100_000);
    told(&forged::file(&deep, &[]), "it is not a chainrule model, or it is damaged: invalid JSON");
    let deep = format!("{{\"a\":{}", "{\"a\":".repeat(100_000));
    told(&forged::file(&deep, &[]), "it is not a chainrule model, or it is damaged: invalid JSON");
}

#[test]
fn tensors_of_another_model() {
    let bytes = value_model().to_bytes().unwrap();
    let (header, numbers) = forged::parts(&bytes).unwrap();
    let end = numbers.len();
    type Spoil<'a> = dyn Fn(&mut Value) + 'a;
    let cases: [(&str, &Spoil<'_>); 5] = [
        ("the tensor \"more\": does not belong to this model", &|header| {
            header["more"] = json!({"dtype": "U8", "shape": [0], "data_offsets": [end, end]});
        }),
        ("the tensor \"network_1.dense_2.b\": is missing", &|header| {
            header["network_1.dense_9.b"] = header["network_1.dense_2.b"].take();
            header.as_object_mut().unwrap().remove("network_1.dense_2.b");
        }),
        ("the tensor \"network_1.dense_1.w\": has the shape [3, 2] instead of [2, 3]", &|header| {
            header["network_1.dense_1.w"]["shape"] = json!([3, 2]);
        }),
        ("the tensor \"network_1.dense_1.w\": has the shape [6] instead of [2, 3]", &|header| {
            header["network_1.dense_1.w"]["shape"] = json!([6]);
        }),
        ("the tensor \"network_1.dense_1.w\": holds I32 numbers instead of F32", &|header| {
            header["network_1.dense_1.w"]["dtype"] = json!("I32");
        }),
    ];
    for (expected, spoil) in cases {
        let mut header = header.clone();
        spoil(&mut header);
        told(&forged::file(&header.to_string(), numbers), expected);
    }
}
