//! Forward and backward of each kind of layer, and the gradient of a small network.

use super::{FLOOR, RELATIVE, array, assert_all_have_cases, assert_close, cases};
use crate::support::Trial;
use chainrule::{
    Network,
    layer::{
        BatchNorm, Category, Combine, Dense, Embedding, Layer, LayerNorm, Parallel, Prelu,
        Residual, Sequential,
    },
    table,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

const LAYERS: &str = include_str!("../../fixtures/layers.json");

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(flatten)]
    description: Description,
    theta: Vec<f64>,
    #[serde(default)]
    statistics: Vec<f64>,
    x: Vec<Vec<f64>>,
    dy: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    dx: Vec<Vec<f64>>,
    d_theta: Vec<f64>,
    #[serde(default)]
    statistics_after: Vec<f64>,
}

/// A layer as the file describes it.
#[derive(Deserialize)]
#[serde(tag = "kind", content = "settings", rename_all = "snake_case")]
pub(super) enum Description {
    Dense { inputs: usize, outputs: usize, activation: String },
    Embedding { numbers: usize, categories: Vec<BTreeMap<String, usize>> },
    Prelu { features: usize },
    LayerNorm { features: usize, epsilon: f64 },
    BatchNorm { features: usize, epsilon: f64, momentum: f64, training: bool },
    Sequential { children: Vec<Self> },
    Residual { children: [Box<Self>; 1] },
    Parallel { combine: String, children: Vec<Self> },
    Expression { inputs: usize, outputs: usize },
}

impl Description {
    pub(super) fn layer(&self) -> Arc<dyn Layer<f64>> {
        match self {
            &Self::Dense { inputs, outputs, ref activation } => {
                let activation = table::activation(activation).expect(activation);
                Arc::new(Dense::with_activation(inputs, outputs, activation))
            }
            &Self::Embedding { numbers, ref categories } => {
                let category = |sizes: &BTreeMap<String, usize>| Category {
                    levels: sizes["levels"],
                    width: sizes["width"],
                };
                let categories: Vec<Category> = categories.iter().map(category).collect();
                Arc::new(Embedding::new(numbers, categories).unwrap())
            }
            &Self::Prelu { features } => Arc::new(Prelu::new(features)),
            &Self::LayerNorm { features, epsilon } => {
                Arc::new(LayerNorm::new(features).epsilon(epsilon))
            }
            &Self::BatchNorm { features, epsilon, momentum, .. } => {
                Arc::new(BatchNorm::new(features).epsilon(epsilon).momentum(momentum))
            }
            Self::Sequential { children } => Arc::new(sequential(children)),
            Self::Residual { children: [inner] } => Arc::new(Residual::new(inner.layer()).unwrap()),
            Self::Parallel { combine, children } => {
                let combine = match combine.as_str() {
                    "concatenate" => Combine::Concatenate,
                    "sum" => Combine::Sum,
                    other => panic!("{other}"),
                };
                let branches = children.iter().map(Self::layer).collect();
                Arc::new(Parallel::new(branches, combine).unwrap())
            }
            &Self::Expression { inputs, outputs } => {
                let layer = table::layers().into_iter().find(|layer| layer.name() == "expression");
                let layer = layer.expect("the table has one");
                assert_eq!((layer.inputs(), layer.outputs()), (inputs, outputs));
                layer
            }
        }
    }

    fn is_in_training(&self) -> bool {
        !matches!(self, Self::BatchNorm { training: false, .. })
    }
}

fn sequential(children: &[Description]) -> Sequential<f64> {
    Sequential::new(children.iter().map(Description::layer).collect()).unwrap()
}

#[test]
fn layers() {
    let mut kinds = BTreeSet::new();
    for case in cases::<Case>(LAYERS) {
        let layer = case.description.layer();
        kinds.insert(layer.name());
        let (theta, statistics) = (case.theta.clone(), case.statistics.clone());
        let (x, dy) = (array(&case.x), array(&case.dy));
        let mut trial = Trial::with_numbers(layer, theta, statistics, x, dy);
        if case.description.is_in_training() {
            trial.train()
        } else {
            trial.predict()
        }
        let mut d_theta = trial.zeros();
        let dx = trial.backward(&mut d_theta);

        let compare = |what: &str, ours: &[f64], theirs: &[f64]| {
            assert_close(&format!("{what} of {}", case.name), ours, theirs, RELATIVE, FLOOR);
        };
        compare("y", trial.y.as_slice().unwrap(), &case.y.concat());
        compare("dx", dx.as_slice().unwrap(), &case.dx.concat());
        compare("dθ", &d_theta, &case.d_theta);
        compare("the statistics", &trial.statistics, &case.statistics_after);
    }
    let entries = table::layers::<f64>().into_iter().map(|layer| layer.name());
    // What dropout leaves out is drawn by PyTorch's own generator: there are no numbers to compare.
    let entries = entries.filter(|name| name != "dropout");
    assert_all_have_cases(entries, kinds.iter().map(String::as_str));
}

#[derive(Deserialize)]
struct WithNetwork {
    network: NetworkCase,
}

#[derive(Deserialize)]
struct NetworkCase {
    #[serde(flatten)]
    description: Description,
    loss: String,
    theta: Vec<f64>,
    x: Vec<Vec<f64>>,
    target: Vec<Vec<f64>>,
    prediction: Vec<Vec<f64>>,
    value: f64,
    d_theta: Vec<f64>,
}

#[test]
fn a_network() {
    let WithNetwork { network: case } = serde_json::from_str(LAYERS).unwrap();
    let Description::Sequential { children } = &case.description else { panic!("a chain") };
    let mut network = Network::new(sequential(children), 0);
    network.set(&case.theta, &[]).unwrap();
    let (x, target) = (array(&case.x), array(&case.target));
    let loss = table::loss(&case.loss).expect(&case.loss);

    let prediction = network.predict(x.view()).unwrap();
    assert_close("predictions", &prediction, &case.prediction.concat(), RELATIVE, FLOOR);
    let value = network.evaluate(&*loss, x.view(), target.view().into()).unwrap();
    assert_close("loss", [&value], [&case.value], RELATIVE, 0.0);

    let mut workspace = network.workspace(x.nrows());
    let output = network.forward(x.view(), &mut workspace);
    assert_eq!(output, prediction, "nothing here is different in training");
    assert_eq!(network.backward(&*loss, target.view().into(), &mut workspace), value);
    assert_close("dθ", workspace.gradient(), &case.d_theta, RELATIVE, FLOOR);
}
