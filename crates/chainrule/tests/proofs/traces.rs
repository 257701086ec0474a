//! Traces of every layer of the table, in training and in prediction, and of a layer from elsewhere.

use crate::support::{network, normals, random, targets};
use chainrule::{
    Network,
    activation::{Identity, Relu, Tanh},
    layer::{Dense, Layer, Memory, Mode, Pass},
    loss::MeanSquaredError,
    optimizer::Adam,
    table,
    trace::Tracing,
};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, array};
use std::sync::Arc;

const DEVIATION: f64 = 1e-6;

fn tracing() -> Tracing {
    Tracing { steps: 2, ..Tracing::new(Arc::new(MeanSquaredError), Arc::new(Adam::default())) }
}

/// Every gradient is that of its difference quotients, and that of the network's own passes.
#[test]
fn every_layer_can_be_traced() {
    for layer in table::layers::<f64>() {
        let name = format!("{} ({})", layer.name(), layer.describe());
        let mut x: Array2<f64> = normals(5, layer.inputs(), &mut random(3));
        if layer.name() == "embedding" {
            x.slice_mut(ndarray::s![.., 1..]).mapv_inplace(|code| f64::from(u8::from(code > 0.0)));
        }
        let last = Dense::new(layer.outputs(), 2, Tanh);
        let mut network = network(vec![layer, Arc::new(last)], 5);
        let t = targets(&MeanSquaredError, 5, 2, &mut random(4));
        for predicts in [false, true] {
            let tracing = Tracing { predicts, seed: 9, ..tracing() };
            let trace = tracing.run(&network, x.view(), t.view().into()).unwrap();
            for step in &trace.steps {
                let (worst, deviation) = step.worst_deviation().unwrap();
                assert!(deviation < DEVIATION, "{name}: {worst} is {deviation:e} away");
            }
            if predicts || !network.layer().predicts_as_it_trains() {
                continue;
            }
            let mut workspace = network.workspace(5);
            network.forward(x.view(), &mut workspace);
            let value = network.backward(&MeanSquaredError, t.view().into(), &mut workspace);
            let first = &trace.steps[0];
            assert_eq!(first.loss.value, value, "{name}");
            let parameters = first.layers.iter().flat_map(|layer| &layer.parameters);
            let gradient: Vec<f64> =
                parameters.flat_map(|one| one.gradient.values.clone()).collect();
            assert_eq!(gradient, workspace.gradient(), "{name}");
        }
    }
}

/// A chain with a shorter way through it has the numbers of the long way.
#[test]
fn the_lesson_can_be_traced() {
    let network = Network::builder(1).dense(5, Relu).dense(1, Identity).build(3).unwrap();
    let (x, t) = (array![[0.3], [-0.8]], array![[1.0], [0.0]]);
    let trace = tracing().run(&network, x.view(), t.view().into()).unwrap();
    let step = &trace.steps[0];
    assert_eq!(step.layers[0].get("z").unwrap().shape, [2, 5]);
    assert!(step.worst_deviation().unwrap().1 < DEVIATION);
    // What follows is the step that begins where the first one ended.
    let after = &step.layers[0].parameter("W").unwrap().after.values;
    assert_eq!(trace.steps[1].layers[0].parameter("W").unwrap().value.values, *after);
}

/// y = x³, from another crate.
#[derive(Debug)]
struct Cube;

impl Layer<f64> for Cube {
    fn name(&self) -> String {
        "cube".to_owned()
    }
    fn inputs(&self) -> usize {
        2
    }
    fn outputs(&self) -> usize {
        2
    }
    fn forward(
        &self,
        _: &[f64],
        x: ArrayView2<f64>,
        mut y: ArrayViewMut2<f64>,
        _: &mut Memory<f64>,
        _: Mode<f64>,
    ) {
        y.assign(&x.mapv(|x| x * x * x));
    }
    fn backward(
        &self,
        pass: Pass<f64>,
        dy: ArrayView2<f64>,
        dx: Option<ArrayViewMut2<f64>>,
        _: &mut [f64],
        _: &mut Memory<f64>,
    ) {
        if let Some(mut dx) = dx {
            dx.assign(&(&dy * &pass.x.mapv(|x| 3.0 * x * x)));
        }
    }
}

#[test]
fn a_layer_from_elsewhere_shows_what_goes_in_and_out() {
    let network = Network::builder(2).layer(Cube).dense(1, Identity).build(1).unwrap();
    let (x, t) = (array![[0.5, 2.0]], array![[1.0]]);
    let trace = tracing().run(&network, x.view(), t.view().into()).unwrap();
    let cube = &trace.steps[0].layers[0];
    assert_eq!(
        (cube.name.as_str(), &cube.get("y").unwrap().values[..]),
        ("cube_1", &[0.125, 8.0][..])
    );
    assert!(cube.get("dx").unwrap().deviation().unwrap() < DEVIATION);
    assert!(cube.parameters.is_empty());
}

#[test]
fn what_can_not_be_traced_is_an_error() {
    let network = Network::builder(2).dense(1, Identity).build(1).unwrap();
    let (x, t) = (array![[0.5, 2.0]], array![[1.0]]);
    let message = |tracing: Tracing, x: &Array2<f64>, t: &Array2<f64>| {
        tracing.run(&network, x.view(), t.view().into()).unwrap_err().to_string()
    };
    let wide = array![[0.5, 2.0, 1.0]];
    assert!(message(tracing(), &wide, &t).contains("columns of the inputs"));
    assert!(message(tracing(), &x, &array![[1.0], [2.0]]).contains("rows of the targets"));
    assert!(message(tracing(), &array![[f64::NAN, 0.0]], &t).contains("not a finite number"));
    assert!(message(Tracing { steps: 0, ..tracing() }, &x, &t).contains("number of steps"));
    let no_rate = Tracing { learning_rate: f64::NAN, ..tracing() };
    assert!(message(no_rate, &x, &t).contains("learning rate"));
    assert!(
        message(tracing(), &Array2::zeros((0, 2)), &Array2::zeros((0, 1))).contains("no samples")
    );
}
