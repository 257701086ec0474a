//! Model files: what is saved is what predicts again, for ever, and nothing else is a model.

use chainrule::Real;
use chainrule_tabular::{
    Architecture, FileError, FormatError, Model, ModelError, Number, Output, Parts, Precision,
    Record, Score, Scores, Settings, Table, TargetScores, fit,
};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn architecture(hidden: &[usize], activation: &str) -> Architecture {
    Architecture { hidden: hidden.to_vec(), activation: activation.to_owned(), dropout: 0.25 }
}

fn number(name: &str, mean: f64, deviation: f64) -> Number {
    Number { name: name.to_owned(), mean, deviation }
}

/// Two inputs, one hidden layer, one target; its numbers are such that every step of a prediction is
/// exact, on every machine.
fn parts<T: Real>(activation: &str, output: Output) -> Parts
where
    chainrule_tabular::AnyNetwork: From<chainrule::Network<T>>,
{
    let architecture = architecture(&[3], activation);
    let mut network = architecture.build::<T>(2, 1, 0).unwrap();
    // The weights 0.5, −1, 1.5, … of the hidden layer, its biases, perhaps slopes, and so on.
    for (i, theta) in network.parameters_mut().iter_mut().enumerate() {
        *theta = T::of([0.5, -1.0, 1.5, 0.25, 2.0, -0.75, 1.0][i % 7]);
    }
    let target = match output {
        Output::Value => number("flow (l/s)", 10.0, 0.5),
        Output::Probability => Number::raw("flow (l/s)"),
    };
    Parts {
        inputs: vec![number("a", 2.0, 4.0), number("b, \"β\"", -1.0, 0.5)],
        targets: vec![target],
        output,
        network: network.into(),
        architecture,
        record: Record { chainrule: "0.1.0".to_owned(), seed: u64::MAX, ..Record::default() },
    }
}

fn value_model() -> Model {
    Model::new(parts::<f32>("relu", Output::Value)).unwrap()
}

fn probability_model() -> Model {
    Model::new(parts::<f64>("prelu", Output::Probability)).unwrap()
}

fn table() -> Table {
    let columns =
        [("other", vec![0.0; 3]), ("b, \"β\"", vec![-1.0, 0.0, 3.5]), ("a", vec![2.0, 6.0, -8.0])];
    Table::new(columns.map(|(name, values)| (name.to_owned(), values)).to_vec()).unwrap()
}

fn predict(model: &Model) -> Vec<f64> {
    model.predict(&table()).unwrap().table.column("flow (l/s)").unwrap().to_vec()
}

/// Worked by hand. The standardised rows are (0, 0), (1, 2), (−2.5, 9). With the weights
/// [0.5 −1 1.5; 0.25 2 −0.75] and the biases [1 0.5 −1], z is [1 0.5 −1], [2 3.5 −1], [2 21 −11.5].
/// ReLU, the weights [1.5 0.25 2] and the bias −0.75 give y = 0.875, 3.125, 7.5.
const VALUES: [f64; 3] = [10.0 + 0.5 * 0.875, 10.0 + 0.5 * 3.125, 10.0 + 0.5 * 7.5];

#[test]
fn a_prediction_worked_by_hand() {
    let model = value_model();
    assert_eq!(predict(&model), VALUES);
    assert_eq!(model.predict(&table()).unwrap().ignored, ["other"]);
    assert_eq!((model.parameters(), model.precision()), (13, Precision::F32));
    assert_eq!(model.summary().parameters, 13);
}

/// Worked by hand: z as above, the slopes [1.5 0.25 2] make −2, −2, −23 of the negative ones, and the weights
/// [−0.75 1 0.5] and the bias −1 make the logits −2.25, 0, 7.
#[test]
fn probabilities_are_sigmoids_of_logits() {
    for (probability, logit) in predict(&probability_model()).into_iter().zip([-2.25f64, 0.0, 7.0])
    {
        assert!(
            (probability - 1.0 / (1.0 + (-logit).exp())).abs() < 1e-15,
            "{probability}, {logit}"
        );
    }
}

#[test]
fn the_order_of_columns_does_not_matter_but_their_names_do() {
    let model = value_model();
    let table = table();
    let columns = |names: &[&str]| {
        let columns =
            names.iter().map(|&name| (name.to_owned(), table.column(name).unwrap().to_vec()));
        Table::new(columns.collect()).unwrap()
    };
    for names in [["a", "b, \"β\""], ["b, \"β\"", "a"]] {
        let prediction = model.predict(&columns(&names)).unwrap();
        assert_eq!(prediction.table.column("flow (l/s)").unwrap(), VALUES);
        assert!(prediction.ignored.is_empty());
    }
    let renamed =
        Table::new(vec![("A".into(), vec![1.0]), ("flow (l/s)".into(), vec![1.0])]).unwrap();
    let error = model.predict(&renamed).unwrap_err();
    let missing = vec!["a".to_owned(), "b, \"β\"".to_owned()];
    assert_eq!(error, ModelError::MissingInputs { missing, nearest: vec!["A".to_owned()] });
    let expected = "the model needs the column \"a\", which the table does not have; did you mean \"A\"? \
                    (all missing columns: \"a\", \"b, \\\"β\\\"\")";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_can_not_be_predicted_is_told() {
    let far =
        |value| Table::new(vec![("a".into(), vec![0.0, value]), ("b, \"β\"".into(), vec![0.0; 2])]);
    let error = value_model().predict(&far(1e300).unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("column \"a\", row 2 (counted from 1): 1"), "{error}");
    let error = value_model().predict(&far(1e39).unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("the prediction of \"flow (l/s)\" for row 2"), "{error}");
    let text = Table::read_csv(b"a;b, \"\xCE\xB2\"\n1;x\n", "new.csv").unwrap();
    let error = value_model().predict(&text).unwrap_err().to_string();
    assert!(error.starts_with("new.csv, line 2: \"x\" in column"), "{error}");
}

#[test]
fn saved_models_predict_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let x: Vec<f64> = (0..60).map(|i| f64::from(i) / 7.0).collect();
    let y = x.iter().map(|x| x.sin() / 3.0).collect();
    let table = Table::new(vec![("x".into(), x), ("y".into(), y)]).unwrap();
    for (i, precision) in [Precision::F32, Precision::F64].into_iter().enumerate() {
        for activation in ["silu", "prelu"] {
            let activation = activation.to_owned();
            let settings = Settings {
                solver: "adam".to_owned(),
                epochs: Some(20),
                precision: Some(precision),
                activation: Some(activation),
                ..Settings::new(["y"])
            };
            let model = fit(&table, &settings, &mut ()).unwrap().model;
            let path = folder.path().join(format!("{i}.safetensors"));
            model.save(&path).unwrap();
            let again = Model::load(&path).unwrap();
            assert_eq!(again.predict(&table), model.predict(&table));
            assert_eq!(again.to_bytes(), model.to_bytes());
            assert_eq!((again.record(), again.precision()), (model.record(), precision));
            assert_eq!(again.architecture(), model.architecture());
        }
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Models of format version 1 are read for as long as there is this program.
#[test]
fn golden_models_predict_the_same_for_ever() {
    let model = Model::load(&fixture("value_v1.safetensors")).unwrap();
    assert_eq!(predict(&model), VALUES);
    assert_eq!(model.record().seed, u64::MAX);
    let model = Model::load(&fixture("probability_v1.safetensors")).unwrap();
    for (probability, again) in predict(&model).into_iter().zip(predict(&probability_model())) {
        assert!((probability - again).abs() < 1e-15);
    }
}

#[test]
#[ignore = "writes the golden models: only ever for a new version of the format"]
fn write_golden_models() {
    value_model().save(&fixture("value_v1.safetensors")).unwrap();
    probability_model().save(&fixture("probability_v1.safetensors")).unwrap();
}

/// Other programs can read the numbers.
#[test]
fn the_file_is_plain_safetensors() {
    let bytes = probability_model().to_bytes().unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let w = tensors.tensor("dense_1.w").unwrap();
    assert_eq!((w.dtype(), w.shape()), (safetensors::Dtype::F64, &[2, 3][..]));
    assert_eq!(w.data()[..8], 0.5f64.to_le_bytes());
    let names = ["dense_1.b", "dense_1.w", "dense_2.b", "dense_2.w", "prelu_1.slope"];
    let mut found = tensors.names();
    found.sort_unstable();
    assert_eq!(found, names);
    // The numbers begin where their type may begin.
    let (header, _) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(header % 8, 0);
}

#[test]
fn parts_that_make_no_model() {
    let parts = || parts::<f32>("relu", Output::Value);
    type Spoil = dyn Fn(&mut Parts);
    let cases: [(&str, &Spoil); 12] = [
        ("a parameter of the network is not a finite number", &|parts| {
            let mut network = parts.architecture.build::<f32>(2, 1, 0).unwrap();
            network.parameters_mut()[12] = f32::INFINITY;
            parts.network = network.into();
        }),
        ("the network has 2 inputs, but there are 1 columns", &|parts| {
            parts.inputs.pop();
        }),
        ("the network has 1 outputs, but there are 2 columns", &|parts| {
            parts.targets.push(Number::raw("more"));
        }),
        ("a model needs at least one input and one target", &|parts| parts.targets.clear()),
        ("an input or target of the model has no name", &|parts| parts.inputs[0].name.clear()),
        ("the model has two columns named \"a\"", &|parts| parts.targets[0].name = "a".to_owned()),
        ("the scale of column \"a\" is wrong", &|parts| parts.inputs[0].deviation = 0.0),
        ("the scale of column \"a\" is wrong", &|parts| parts.inputs[0].deviation = f64::INFINITY),
        ("the scale of column \"a\" is wrong", &|parts| parts.inputs[0].mean = f64::NAN),
        ("the target \"flow (l/s)\" is a probability", &|parts| parts.output = Output::Probability),
        ("the network is not the one that the architecture describes: its parameters", &|parts| {
            parts.architecture.hidden = vec![4];
        }),
        ("the network is not the one that the architecture describes: it computes", &|parts| {
            parts.architecture.activation = "tanh".to_owned();
        }),
    ];
    for (expected, spoil) in cases {
        let mut parts = parts();
        spoil(&mut parts);
        let error = Model::new(parts).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn a_record_that_could_not_be_read_again_is_not_written() {
    let score = Score { rmse: f64::INFINITY, mae: 1.0, r_squared: None };
    let scores = chainrule_tabular::Comparison { network: score, linear: Some(score), mean: score };
    let target = TargetScores { target: "y".to_owned(), scores };
    let scores = Scores { rows: 1, targets: vec![target], overall: scores };
    let mut parts = parts::<f32>("relu", Output::Value);
    parts.record.scores = Some(scores);
    let model = Model::new(parts).unwrap();
    assert!(matches!(model.to_bytes(), Err(FormatError::Unwritable { .. })));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    value_model().save(&path).unwrap();
    assert!(matches!(model.save(&path), Err(FileError::Format { .. })));
    assert_eq!(predict(&Model::load(&path).unwrap()), VALUES);
}

/// The bytes of a safetensors file with this header and these numbers.
fn file(header: &str, numbers: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), numbers].concat()
}

/// The model's file with some text of its header replaced.
fn replaced(from: &str, to: &str) -> Vec<u8> {
    let bytes = value_model().to_bytes().unwrap();
    let length = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&bytes[8..length]).unwrap();
    assert!(header.contains(from), "{header}");
    file(&header.replace(from, to), &bytes[length..])
}

#[test]
fn files_that_are_no_models() {
    let huge = "\\\"hidden\\\":[65536,1000]";
    for (bytes, expected) in [
        (Vec::new(), "it is not a chainrule model, or it is damaged: header too small"),
        (b"x,y\n1,2\n3,4\n".to_vec(), "it is not a chainrule model, or it is damaged"),
        (file("{}", &[]), "it is a safetensors file, but not a chainrule model"),
        (file(r#"{"__metadata__":{"format":"pt"}}"#, &[]), "it is a safetensors file, but not"),
        (
            replaced("\"format_version\":\"1\"", "\"format_version\":\"2\""),
            "it has the format version 2, but",
        ),
        (
            replaced("\"format_version\":\"1\"", "\"format_version\":\"?\""),
            "its description can not be read",
        ),
        (
            replaced("\\\"hidden\\\"", "\\\"hiden\\\""),
            "its description can not be read: unknown field",
        ),
        (replaced("\\\"dropout\\\":0.25", "\\\"dropout\\\":1.25"), "the dropout rate is 1.25"),
        (
            replaced("\\\"hidden\\\":[3]", "\\\"hidden\\\":[4]"),
            "the tensor \"dense_1.w\": has the shape [2, 3]",
        ),
        (replaced("\\\"hidden\\\":[3]", huge), "the tensor \"dense_1.w\": has the shape [2, 3]"),
        (
            replaced("\\\"hidden\\\":[3]", "\\\"hidden\\\":[99999999]"),
            "a hidden layer has the width",
        ),
        (
            replaced("\\\"hidden\\\":[3]", "\\\"hidden\\\":[]"),
            "the tensor \"dense_1.w\": has the shape",
        ),
        (replaced("relu", "prelu"), "the tensor \"prelu_1.slope\": is missing"),
        (
            replaced("\\\"f32\\\"", "\\\"f64\\\""),
            "the tensor \"dense_1.w\": holds F32 numbers instead of F64",
        ),
        (replaced("dense_2.b", "dense_9.b"), "the tensor \"dense_2.b\": is missing"),
        (
            replaced("\\\"deviation\\\":4.0", "\\\"deviation\\\":-4.0"),
            "the scale of column \"a\" is wrong",
        ),
        (replaced("\\\"flow (l/s)\\\"", "\\\"a\\\""), "the model has two columns named \"a\""),
    ] {
        let error = Model::from_bytes(&bytes).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
    let mut nan = value_model().to_bytes().unwrap();
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(Model::from_bytes(&nan).unwrap_err(), FormatError::Model(ModelError::NotFinite));
}

#[test]
fn a_tensor_too_many_is_no_part_of_the_model() {
    let bytes = value_model().to_bytes().unwrap();
    let end = bytes.len() - 8 - u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let more = format!(r#","more":{{"dtype":"U8","shape":[0],"data_offsets":[{end},{end}]}}}}"#);
    let header = std::str::from_utf8(&bytes[8..bytes.len() - end]).unwrap();
    let header = header.trim_end().strip_suffix('}').unwrap().to_owned() + &more;
    let error =
        Model::from_bytes(&file(&header, &bytes[bytes.len() - end..])).unwrap_err().to_string();
    assert_eq!(error, "the tensor \"more\": does not belong to this network");
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
}

/// Nobody's bytes bring the program down: a damaged file is told or, where only a number or a name changed,
/// it is another model, which can be used and written.
fn survive(bytes: &[u8], table: &Table) -> bool {
    match Model::from_bytes(bytes) {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
        Ok(model) => {
            let _ = model.predict(table);
            let again = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
            assert_eq!(again.predict(table), model.predict(table));
            true
        }
    }
}

#[test]
fn every_truncation_is_told() {
    let (bytes, table) = (value_model().to_bytes().unwrap(), table());
    assert!(survive(&bytes, &table));
    for end in 0..bytes.len() {
        assert!(!survive(&bytes[..end], &table), "{end} of {} bytes", bytes.len());
    }
}

#[test]
fn every_change_of_a_byte_is_survived() {
    let (mut bytes, table) = (value_model().to_bytes().unwrap(), table());
    let mut models = 0;
    for place in 0..bytes.len() {
        let before = bytes[place];
        for change in 1..=255 {
            bytes[place] = before ^ change;
            models += usize::from(survive(&bytes, &table));
        }
        bytes[place] = before;
    }
    // Most changes of the numbers are other numbers.
    assert!(models > 13 * 4 * 200, "{models}");
}

proptest! {
    #[test]
    fn any_bytes_are_a_model_or_a_complaint(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!survive(&bytes, &table()));
    }

    /// The same behind a header's length, so that the header is read.
    #[test]
    fn any_header_is_a_model_or_a_complaint(header in "[{}\\[\\]\":,0-9a-z_ ]{0,80}") {
        prop_assert!(!survive(&file(&header, &[0; 8]), &table()));
    }
}
