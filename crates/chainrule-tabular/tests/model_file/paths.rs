//! Saving, loading, and paths where that can not be done.

use crate::{by_hand::value_model, golden};
use chainrule_tabular::{FileError, Model, Precision, Settings, file::forged, fit};

#[test]
fn saved_models_predict_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let table = golden::table();
    for precision in [Precision::F32, Precision::F64] {
        for activation in ["silu", "prelu"] {
            let settings = Settings {
                solver: "adam".to_owned(),
                epochs: Some(5),
                precision: Some(precision),
                activation: Some(activation.to_owned()),
                dropout: 0.1,
                ..Settings::new(["flow"])
            };
            let model = fit(&table, &settings, &mut ()).unwrap().model;
            let path = folder.path().join(format!("{activation}.safetensors"));
            model.save(&path).unwrap();
            let again = Model::load(&path).unwrap();
            let predict = |model: &Model| model.predict_within(&table, Some(0.9)).unwrap();
            assert_eq!(predict(&again), predict(&model));
            assert_eq!(again.to_bytes(), model.to_bytes());
            assert_eq!((again.record(), again.precision()), (model.record(), precision));
            assert_eq!(again.architecture(), model.architecture());
            assert_eq!(again.calibration(), model.calibration());
        }
    }
}

/// Other programs can read the numbers.
#[test]
fn the_file_is_plain_safetensors() {
    let bytes = crate::by_hand::probability_model().to_bytes().unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let w = tensors.tensor("network_1.dense_1.w").unwrap();
    assert_eq!((w.dtype(), w.shape()), (safetensors::Dtype::F64, &[2, 3][..]));
    assert_eq!(w.data()[..8], 0.5f64.to_le_bytes());
    let names = ["dense_1.b", "dense_1.w", "dense_2.b", "dense_2.w", "prelu_1.slope"];
    let mut found = tensors.names();
    found.sort_unstable();
    assert_eq!(found, names.map(|name| format!("network_1.{name}")));
    // The numbers begin where their type may begin.
    let (header, _) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(header % 8, 0);
    let (header, _) = forged::parts(&bytes).unwrap();
    let metadata = header["__metadata__"].as_object().unwrap();
    let expected = ["checksum", "description", "format", "format_version"];
    assert_eq!(metadata.keys().collect::<Vec<_>>(), expected);
}

/// The first text `"checksum":"` of a file is the checksum's, whatever the columns are called.
#[test]
fn names_that_look_like_a_checksum() {
    let name = "\"checksum\":\"0000000000000000000000000000000000000000000000000000000000000000\"";
    let mut parts = value_model().into_parts();
    parts.inputs[0].name = name.to_owned();
    parts.record.command = Some(name.to_owned());
    let model = Model::new(parts).unwrap();
    let bytes = model.to_bytes().unwrap();
    let again = Model::from_bytes(&bytes).unwrap();
    assert_eq!(again.inputs()[0].name, name);
    assert_eq!(again.to_bytes().unwrap(), bytes);
}

#[test]
fn files_that_can_not_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let lost = folder.path().join("lost");
    assert_eq!(Model::load(&lost).unwrap_err(), FileError::NotFound { path: lost });
    let path = folder.path().to_owned();
    assert_eq!(Model::load(&path).unwrap_err(), FileError::NotAFile { path });
    let path = folder.path().join("huge");
    std::fs::File::create(&path).unwrap().set_len((1 << 30) + 1).unwrap();
    let error = Model::load(&path).unwrap_err().to_string();
    assert!(error.ends_with("it has 1073741825 bytes, more than the largest model"), "{error}");
    let path = folder.path().join("pump.csv");
    std::fs::write(&path, "x,y\n1,2\n3,4\n").unwrap();
    let error = Model::load(&path).unwrap_err().to_string();
    let expected = format!("{}: it is not a chainrule model", path.display());
    assert!(error.starts_with(&expected), "{error}");
    let nowhere = folder.path().join("no").join("model.safetensors");
    let error = value_model().save(&nowhere).unwrap_err();
    assert!(matches!(error, FileError::NoFolder { .. }), "{error}");
}
