//! Every number of some steps of whole networks, and each gradient beside its difference quotients.

use super::{FLOOR, RELATIVE, array, assert_close, cases, layers::Description};
use chainrule::{
    Network,
    layer::Sequential,
    loss::Targets,
    optimizer::{Adam, Optimizer, Sgd},
    table,
    trace::{LayerTrace, ParameterTrace, Quantity, StepTrace, Trace, Tracing},
};
use ndarray::Array1;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};

/// How far a gradient may be from its difference quotients.
const DEVIATION: f64 = 1e-6;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    layers: Vec<Description>,
    loss: String,
    optimizer: String,
    settings: Settings,
    theta: Vec<f64>,
    x: Vec<Vec<f64>>,
    target: Vec<Vec<f64>>,
    weights: Option<Vec<f64>>,
    steps: Vec<StepCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    lr: f64,
    betas: Option<[f64; 2]>,
    eps: Option<f64>,
    momentum: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepCase {
    samples: Vec<f64>,
    value: f64,
    y: Vec<Vec<f64>>,
    dy: Vec<Vec<f64>>,
    layers: Vec<BTreeMap<String, Vec<Vec<f64>>>>,
    gradient: Vec<f64>,
    theta: Vec<f64>,
    moments: BTreeMap<String, Vec<f64>>,
}

impl Case {
    fn optimizer(&self) -> Arc<dyn Optimizer<f64>> {
        match (self.optimizer.as_str(), &self.settings) {
            ("adam", &Settings { betas: Some([beta1, beta2]), eps: Some(epsilon), .. }) => {
                Arc::new(Adam { beta1, beta2, epsilon, ..Adam::default() })
            }
            ("sgd", settings) => Arc::new(Sgd::momentum(settings.momentum.unwrap_or(0.0))),
            (name, _) => panic!("nothing makes the optimizer {name}"),
        }
    }

    fn trace(&self) -> Trace {
        let layers = self.layers.iter().map(Description::layer).collect();
        let mut network = Network::new(Sequential::new(layers).unwrap(), 0);
        network.set(&self.theta, &[]).unwrap();
        let (values, weights) = (array(&self.target), self.weights.clone().map(Array1::from));
        let targets =
            Targets { values: values.view(), weights: weights.as_ref().map(|w| w.view()) };
        let loss = table::loss(&self.loss).unwrap();
        let tracing = Tracing {
            learning_rate: self.settings.lr,
            steps: self.steps.len(),
            ..Tracing::new(loss, self.optimizer())
        };
        tracing.run(&network, array(&self.x).view(), targets).unwrap()
    }
}

#[test]
fn traces() {
    let cases = cases::<Case>(include_str!("../../fixtures/trace.json"));
    for case in &cases {
        let trace = case.trace();
        assert_eq!(trace.steps.len(), case.steps.len());
        let mut before = &case.theta;
        for (ours, theirs) in trace.steps.iter().zip(&case.steps) {
            compare(&format!("{}, step {}", case.name, ours.number), ours, theirs, before);
            before = &theirs.theta;
        }
    }
    assert!(cases.len() >= 5);
}

fn compare(name: &str, ours: &StepTrace, theirs: &StepCase, theta: &[f64]) {
    let close = |what: &str, ours: &[f64], theirs: &[f64]| {
        // A sum of products of numbers of size 1.
        assert_close(&format!("{what} of {name}"), ours, theirs, RELATIVE, 10.0 * FLOOR);
    };
    close("ℓ", &ours.loss.samples.values, &theirs.samples);
    close("L", &[ours.loss.value], &[theirs.value]);
    close("y", &ours.y.values, &theirs.y.concat());
    close("∂L/∂y", &ours.loss.gradient.values, &theirs.dy.concat());
    assert_eq!(ours.layers.len(), theirs.layers.len());
    for (layer, numbers) in ours.layers.iter().zip(&theirs.layers) {
        for (symbol, theirs) in numbers {
            let quantity = find(layer, symbol);
            assert_eq!(quantity.shape, [theirs.len(), theirs[0].len()]);
            close(&format!("{symbol} of {}", layer.name), &quantity.values, &theirs.concat());
        }
    }
    let flat = |of: &dyn Fn(&ParameterTrace) -> Vec<f64>| -> Vec<f64> {
        ours.layers.iter().flat_map(|layer| &layer.parameters).flat_map(of).collect()
    };
    close("θ", &flat(&|one| one.value.values.clone()), theta);
    close("dθ", &flat(&|one| one.gradient.values.clone()), &theirs.gradient);
    close("θ'", &flat(&|one| one.after.values.clone()), &theirs.theta);
    for (letter, theirs) in &theirs.moments {
        let moment = |one: &ParameterTrace| {
            let moment = one.moments.iter().find(|moment| moment.symbol == *letter);
            moment.unwrap().values.clone()
        };
        close(letter, &flat(&moment), theirs);
    }
    for (name, gradient) in ours.gradients() {
        let deviation = gradient.deviation().expect("difference quotients");
        assert!(deviation < DEVIATION, "{} of {name}: {deviation:e}", gradient.symbol);
    }
}

/// A number of a layer, whose outputs are a where the layer is dense.
fn find<'a>(layer: &'a LayerTrace, symbol: &str) -> &'a Quantity {
    let symbol = match (symbol, layer.kind.as_str()) {
        ("y", "dense") => "a",
        ("dy", "dense") => "da",
        (symbol, _) => symbol,
    };
    layer.get(symbol).unwrap_or_else(|| panic!("no {symbol} of {}", layer.name))
}
