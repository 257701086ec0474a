//! PyTorch's numbers, written to `tests/fixtures` by `pytorch.py` there, which also tells the conventions.
//!
//! Each case of each file is looked up by its name and compared; and each entry of the table must have a case.
//!
//! Numbers agree to a relative error of [`RELATIVE`]. Where numbers of size 1 cancel (1 − tanh², 1 + erf, y + α,
//! p − u, sums of products), a result has fewer digits than that, PyTorch's as well as ours: each is right to
//! some roundings of the numbers that cancelled, and [`FLOOR`] forgives these.

mod layers;
mod optimizers;
mod schedules;
mod trace;

use crate::support::{assert_close, loss_and_gradient};
use chainrule::{
    activation::{Activation, Celu, Elu, LeakyRelu},
    loss::{CrossEntropy, Huber, Loss, Quantile, Targets},
    table,
};
use ndarray::{Array1, Array2};
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeSet, sync::Arc};

pub(crate) const RELATIVE: f64 = 1e-10;
pub(crate) const FLOOR: f64 = 1e-15;

/// A file of cases.
#[derive(Deserialize)]
struct Fixture<Case> {
    cases: Vec<Case>,
}

pub(crate) fn cases<Case: DeserializeOwned>(json: &str) -> Vec<Case> {
    serde_json::from_str::<Fixture<Case>>(json).unwrap().cases
}

/// Our name for what the files call by PyTorch's.
fn our_name(name: &str) -> &str {
    match name {
        "rmsprop" => "rms_prop",
        "amsgrad" => "ams_grad",
        "adamw" => "adam_w",
        "cosine_warm_restarts" => "cosine_restarts",
        "linear_warm_up" => "warm_up",
        name => name,
    }
}

/// Fails unless each entry of the table has a case. (A case that is none of ours has failed before.)
fn assert_all_have_cases<'a>(
    entries: impl Iterator<Item = String>,
    cases: impl Iterator<Item = &'a str>,
) {
    let cases: BTreeSet<&str> = cases.map(our_name).collect();
    for entry in entries {
        assert!(
            cases.contains(entry.as_str()),
            "{entry} has no numbers of PyTorch: see pytorch.py"
        );
    }
}

/// Rows of numbers as an array.
pub(crate) fn array(rows: &[Vec<f64>]) -> Array2<f64> {
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivationCase {
    name: String,
    parameter: Option<f64>,
    x: Vec<f64>,
    y: Vec<f64>,
    derivative: Vec<f64>,
}

impl ActivationCase {
    fn activation(&self) -> Arc<dyn Activation<f64>> {
        match (self.name.as_str(), self.parameter) {
            ("leaky_relu", Some(slope)) => Arc::new(LeakyRelu { slope }),
            ("elu", Some(alpha)) => Arc::new(Elu { alpha }),
            ("celu", Some(alpha)) => Arc::new(Celu { alpha }),
            (name, None) => table::activation(name).expect(name),
            (name, Some(_)) => panic!("nothing reads the parameter of {name}"),
        }
    }
}

#[test]
fn activations() {
    let cases: Vec<ActivationCase> = cases(include_str!("../fixtures/activations.json"));
    for case in &cases {
        let activation = case.activation();
        let mut y = vec![0.0; case.x.len()];
        activation.apply(&case.x, &mut y);
        let mut derivative = vec![0.0; case.x.len()];
        activation.apply_derivative(&case.x, &y, &vec![1.0; case.x.len()], &mut derivative);
        let name = activation.name();
        assert_close(&format!("{name}(x)"), &y, &case.y, RELATIVE, FLOOR);
        assert_close(&format!("{name}'(x)"), &derivative, &case.derivative, RELATIVE, FLOOR);
    }
    let defaults = cases.iter().filter(|case| case.parameter.is_none());
    let entries = table::activations::<f64>();
    assert_all_have_cases(
        entries.iter().map(|entry| entry.name().to_owned()),
        defaults.map(|case| case.name.as_str()),
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LossCase {
    name: String,
    parameters: LossParameters,
    prediction: Vec<Vec<f64>>,
    target: Vec<Vec<f64>>,
    weights: Option<Vec<f64>>,
    value: f64,
    gradient: Vec<Vec<f64>>,
}

#[derive(Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LossParameters {
    delta: Option<f64>,
    levels: Option<Vec<f64>>,
    label_smoothing: Option<f64>,
    class_weights: Option<Vec<f64>>,
}

impl LossCase {
    fn loss(&self) -> Arc<dyn Loss<f64>> {
        let LossParameters { delta, levels, label_smoothing, class_weights } = &self.parameters;
        match (self.name.as_str(), delta, levels) {
            ("huber", &Some(delta), None) => Arc::new(Huber { delta }),
            ("quantile", None, Some(levels)) => Arc::new(Quantile::new(levels.clone()).unwrap()),
            ("cross_entropy", None, None) => {
                let smoothing = label_smoothing.unwrap_or(0.0);
                let mut loss = CrossEntropy::default().label_smoothing(smoothing).unwrap();
                if let Some(weights) = class_weights {
                    loss = loss.class_weights(weights.clone()).unwrap();
                }
                Arc::new(loss)
            }
            (name, ..) => {
                let plain = self.parameters == LossParameters::default();
                assert!(plain, "nothing reads the parameters of {name}");
                table::loss(name).expect(name)
            }
        }
    }
}

#[test]
fn losses() {
    let cases: Vec<LossCase> = cases(include_str!("../fixtures/losses.json"));
    for case in &cases {
        let loss = case.loss();
        let (y, values) = (array(&case.prediction), array(&case.target));
        if let Some(outputs) = loss.outputs(values.ncols()) {
            assert_eq!(outputs, y.ncols(), "{}", case.name);
        }
        let weights = case.weights.clone().map(Array1::from);
        let weights = weights.as_ref().map(|weights| weights.view());
        let targets = Targets { values: values.view(), weights };
        let (value, gradient) = loss_and_gradient(&*loss, &y, targets);
        let what = format!("{loss:?}, weights {weights:?}");
        assert_close(&what, [&value], [&case.value], RELATIVE, FLOOR);
        let expected = array(&case.gradient);
        assert_close(&format!("gradient of {what}"), &gradient, &expected, RELATIVE, FLOOR);
    }
    let entries = table::losses::<f64>();
    assert_all_have_cases(
        entries.iter().map(|entry| entry.name().to_owned()),
        cases.iter().map(|case| case.name.as_str()),
    );
}
