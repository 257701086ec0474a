//! Parts that make no model: every complaint has a case.

use crate::by_hand::{VALUES, parts, predict, value_model};
use chainrule_tabular::{
    Calibration, Encoding, Evaluation, FileError, FormatError, Measures, Member, Model, ModelError,
    Output, Parts, Settings, Table, Target, TargetValues,
    evaluate::{CrossConformal, RegressionScore},
    fit,
    model::Errors,
};

#[test]
fn parts_that_make_no_model() {
    let parts = || parts::<f32>("relu", Output::Value);
    type Spoil<'a> = dyn Fn(&mut Parts) + 'a;
    let scale = |parts: &mut Parts, change: &dyn Fn(&mut chainrule_tabular::encode::Scale)| {
        if let Encoding::Number { scale, .. } = &mut parts.inputs[0].encoding {
            change(scale);
        }
    };
    let cross = |folds| CrossConformal::new(vec![vec![1.0, 2.0]; folds]).unwrap();
    let wrong = "column \"a\" can not be encoded: its scale or its levels are wrong";
    let output = "what the outputs of the network mean does not go with the targets";
    let calibration = "the calibration does not go with the targets and the networks";
    let cases: [(&str, &Spoil<'_>); 23] = [
        ("a parameter of the network is not a finite number", &|parts| {
            let mut network = parts.architecture.build::<f32>(2, 1, 0).unwrap();
            network.parameters_mut()[12] = f32::INFINITY;
            parts.members[0].network = network.into();
        }),
        ("the network has 2 inputs, but the columns need 1", &|parts| {
            parts.inputs.pop();
        }),
        ("the network has 1 outputs, but the columns need 2", &|parts| {
            parts.targets.push(Target::raw("more"));
        }),
        ("the network has 1 outputs, but the columns need 2", &|parts| {
            parts.output = Output::Gaussian;
        }),
        ("a model needs at least one input and one target", &|parts| parts.targets.clear()),
        ("a model needs at least one input and one target", &|parts| parts.inputs.clear()),
        ("an input or target of the model has no name", &|parts| parts.inputs[0].name.clear()),
        ("the model has two columns named \"a\"", &|parts| parts.targets[0].name = "a".to_owned()),
        (wrong, &|parts| scale(parts, &|scale| scale.spread = 0.0)),
        (wrong, &|parts| scale(parts, &|scale| scale.spread = f64::INFINITY)),
        (wrong, &|parts| scale(parts, &|scale| scale.center = f64::NAN)),
        (wrong, &|parts| {
            if let Encoding::Number { fill, .. } = &mut parts.inputs[0].encoding {
                *fill = Some(f64::NAN);
            }
        }),
        (output, &|parts| parts.output = Output::Probability),
        (output, &|parts| {
            parts.targets[0].values = TargetValues::Classes(vec!["0".into(), "1".into()]);
        }),
        (output, &|parts| parts.output = Output::Quantiles(vec![1.0])),
        ("a model needs at least one network", &|parts| parts.members.clear()),
        ("the networks of the model have different precisions", &|parts| {
            let network = parts.architecture.build::<f64>(2, 1, 0).unwrap();
            parts.members.push(Member { network: network.into(), training: 0 });
        }),
        (calibration, &|parts| parts.calibration.temperature = f64::NAN),
        (calibration, &|parts| parts.calibration.errors = vec![Errors::Around(cross(2))]),
        // The errors are not those of such outputs.
        (calibration, &|parts| parts.calibration.errors = vec![Errors::Normalised(cross(1))]),
        (calibration, &|parts| {
            parts.calibration.errors = vec![Errors::Quantiles { offset: 0.0, alpha: 1.0 }];
        }),
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
    let mut whole = parts();
    whole.calibration = Calibration { temperature: 1.0, errors: vec![Errors::Around(cross(1))] };
    assert!(Model::new(whole).is_ok());
    let mut unbuilt = parts();
    unbuilt.architecture.activation = "rleu".to_owned();
    let error = Model::new(unbuilt).unwrap_err();
    assert!(matches!(error, ModelError::Architecture(_)), "{error}");
}

#[test]
fn a_record_that_could_not_be_read_again_is_not_written() {
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let table = Table::new(vec![("x".into(), x.clone()), ("y".into(), x)]).unwrap();
    let settings = Settings { epochs: Some(2), ..Settings::new(["y"]) };
    let model = fit(&table, &settings, &mut ()).unwrap().model;
    let spoilt = |evaluation: &Evaluation| {
        let mut evaluation = evaluation.clone();
        if let Measures::Numbers { score, .. } = &mut evaluation.targets[0].measures {
            *score = RegressionScore { rmse: f64::INFINITY, ..*score };
        }
        evaluation
    };
    let mut parts = model.into_parts();
    parts.record.evaluation = parts.record.evaluation.as_ref().map(spoilt);
    let model = Model::new(parts).unwrap();
    assert!(matches!(model.to_bytes(), Err(FormatError::Unwritable { .. })));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    value_model().save(&path).unwrap();
    assert!(matches!(model.save(&path), Err(FileError::Format { .. })));
    assert_eq!(predict(&Model::load(&path).unwrap()), VALUES);
}
