//! Every derivative agrees with finite differences, to the library's tolerance of 10⁻⁷; and a derivative that
//! is off by one part in a thousand does not.

use crate::support::{network, normals, outputs, random, targets, weights};
use chainrule::{
    Network,
    activation::{Activation, Celu, Elu, Gelu, Identity, LeakyRelu, Silu, Sine, Tanh},
    gradient_check::{self, Failure, Report},
    layer::{Block, Combine, Dense, Layer, Memory, Mode, Pass},
    loss::{CrossEntropy, Gaussian, Huber, Loss, MeanSquaredError, Quantile, Targets},
    network::Builder,
    random::Random,
    table,
};
use ndarray::{ArrayView2, ArrayViewMut2};
use std::{fmt::Display, sync::Arc};

fn assert_passes(what: impl Display, report: Result<Report, Failure>) -> Report {
    report.unwrap_or_else(|failure| panic!("{what}: {failure}"))
}

#[test]
fn activations() {
    let mut activations = table::activations();
    activations.push(Arc::new(LeakyRelu { slope: 0.2 }));
    activations.push(Arc::new(Elu { alpha: 0.7 }));
    activations.push(Arc::new(Celu { alpha: 1.5 }));
    for activation in activations {
        let report = assert_passes(activation.name(), gradient_check::activation(&*activation));
        // No point of the check is at 0 or ±3, where some functions bend.
        assert_eq!((report.checked, report.kinks), (161, 0), "{}", activation.name());
    }
}

/// The table's losses and those with settings of their own.
fn losses() -> Vec<Arc<dyn Loss<f64>>> {
    let mut losses = table::losses();
    let smooth = || CrossEntropy::default().label_smoothing(0.1).unwrap();
    let class_weights = [0.5, 2.0, 1.0, 1.5];
    losses.push(Arc::new(Huber { delta: 0.3 }));
    losses.push(Arc::new(Quantile::new([0.8]).unwrap()));
    losses.push(Arc::new(smooth()));
    losses.push(Arc::new(CrossEntropy::default().class_weights(class_weights).unwrap()));
    losses.push(Arc::new(smooth().class_weights(class_weights).unwrap()));
    losses
}

#[test]
fn losses_with_and_without_sample_weights() {
    for loss in losses() {
        for (rows, columns) in [(1, 1), (5, 1), (4, 2), (7, 3)] {
            let random = &mut random(rows as u64);
            let y = normals(rows, outputs(&*loss, columns), random);
            let (values, weights) = (targets(&*loss, rows, columns, random), weights(rows, random));
            for weights in [None, Some(weights.view())] {
                let what = format!("{loss:?}, {rows} × {columns}, weights {weights:?}");
                let targets = Targets { values: values.view(), weights };
                let report = assert_passes(what, gradient_check::loss(&*loss, y.view(), targets));
                assert_eq!((report.checked, report.kinks), (y.len(), 0));
            }
        }
    }
}

#[test]
fn layers() {
    for layer in table::layers() {
        for rows in [1, 2, 3, 8, 19] {
            for seed in 0..3 {
                let what = format!("{layer:?}, {rows} rows, seed {seed}");
                let report = gradient_check::layer(&*layer, rows, seed);
                // Three single numbers may all have been dropped: then there is nothing to check.
                if layer.name() == "dropout" && matches!(report, Err(Failure::AllZero { .. })) {
                    assert_eq!(rows, 1, "{what}");
                    continue;
                }
                let report = assert_passes(&what, report);
                assert!(report.checked >= 3 * rows && report.kinks == 0, "{what}: {report:?}");
            }
        }
    }
}

/// Random samples for a network that ends in as many outputs as the loss needs for 2 columns of targets.
fn check(what: impl Display, net: &Network<f64>, loss: &dyn Loss<f64>, rows: usize) {
    let random = &mut random(11);
    let (x, values) = (normals(rows, net.inputs(), random), targets(loss, rows, 2, random));
    let weights = weights(rows, random);
    let targets = Targets { values: values.view(), weights: Some(weights.view()) };
    let report = assert_passes(what, gradient_check::network(net, loss, x.view(), targets));
    assert_eq!(report.checked, net.parameters().len());
}

#[test]
fn every_activation_under_every_loss() {
    for activation in table::activations() {
        for loss in table::losses() {
            let hidden = Dense::with_activation(3, 5, Arc::clone(&activation));
            let last = Dense::new(5, outputs(&*loss, 2), Identity);
            let net = network(vec![Arc::new(hidden), Arc::new(last)], 4);
            check(format!("{} and {}", activation.name(), loss.name()), &net, &*loss, 6);
        }
    }
}

#[test]
fn every_layer_inside_a_network() {
    for layer in table::layers() {
        let (outputs, loss) = (layer.outputs(), MeanSquaredError);
        let net = network(
            vec![
                Arc::new(Dense::new(2, 3, Silu)),
                Arc::clone(&layer),
                Arc::new(Dense::new(outputs, 2, Identity)),
            ],
            5,
        );
        check(format!("{layer:?}"), &net, &loss, 9);
    }
}

/// Closes a network with a linear layer.
fn finished(builder: Builder<f64>, outputs: usize) -> Network<f64> {
    builder.dense(outputs, Identity).build(3).unwrap()
}

#[test]
fn deep_networks() {
    let start = || Network::builder(3).dense(6, Tanh);
    let block =
        |inner: Builder<f64>| inner.layer_norm().dense(6, Gelu).dropout(0.2).dense(6, Identity);
    let residual = finished(start().residual(block).residual(block).layer_norm(), 2);
    check("residual", &residual, &MeanSquaredError, 7);

    let parallel = start()
        .parallel(Combine::Concatenate, |left| left.dense(4, Tanh).batch_norm(), Builder::prelu)
        .parallel(
            Combine::Sum,
            |left| left.dense(5, Silu),
            |right| right.dense(5, Sine).layer_norm(),
        )
        .dropout(0.3)
        .prelu();
    check("parallel", &finished(parallel, 4), &Gaussian, 12);

    let nested = start().residual(|inner| {
        let right = |right: Builder<f64>| right.residual(|inner| inner.dense(6, Gelu));
        let left = |left: Builder<f64>| left.prelu().dense(6, Tanh);
        inner.batch_norm().parallel(Combine::Sum, left, right).dropout(0.1)
    });
    check("nested", &finished(nested, 4), &CrossEntropy::default(), 10);

    let deep = (0..12).fold(start(), |builder, _| builder.dense(4, Tanh));
    check("14 dense layers", &finished(deep, 2), &MeanSquaredError, 5);
}

/// Wraps something of the table and makes its derivative wrong by one part in a thousand.
#[derive(Debug)]
struct Slip<I>(I);

const SLIP: f64 = 1.001;

impl Activation<f64> for Slip<Arc<dyn Activation<f64>>> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn value(&self, x: f64) -> f64 {
        self.0.value(x)
    }

    fn derivative(&self, x: f64, y: f64) -> f64 {
        SLIP * self.0.derivative(x, y)
    }
}

impl Loss<f64> for Slip<Arc<dyn Loss<f64>>> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn value(&self, y: &[f64], target: &[f64]) -> f64 {
        self.0.value(y, target)
    }

    fn gradient(&self, y: &[f64], target: &[f64], dy: &mut [f64]) {
        self.0.gradient(y, target, dy);
        dy.iter_mut().for_each(|dy| *dy *= SLIP);
    }
}

impl Layer<f64> for Slip<Arc<dyn Layer<f64>>> {
    fn name(&self) -> String {
        self.0.name()
    }

    fn inputs(&self) -> usize {
        self.0.inputs()
    }

    fn outputs(&self) -> usize {
        self.0.outputs()
    }

    fn blocks(&self) -> Vec<Block> {
        self.0.blocks()
    }

    fn statistics(&self) -> Vec<Block> {
        self.0.statistics()
    }

    fn initialize(&self, theta: &mut [f64], statistics: &mut [f64], random: &mut Random) {
        self.0.initialize(theta, statistics, random);
    }

    fn memory(&self, rows: usize) -> Memory<f64> {
        self.0.memory(rows)
    }

    fn forward(
        &self,
        theta: &[f64],
        x: ArrayView2<f64>,
        y: ArrayViewMut2<f64>,
        memory: &mut Memory<f64>,
        mode: Mode<f64>,
    ) {
        self.0.forward(theta, x, y, memory, mode);
    }

    fn backward(
        &self,
        pass: Pass<f64>,
        dy: ArrayView2<f64>,
        dx: Option<ArrayViewMut2<f64>>,
        d_theta: &mut [f64],
        memory: &mut Memory<f64>,
    ) {
        self.0.backward(pass, dy, dx, d_theta, memory);
        // In one entry alone: that of the last parameter.
        if let Some(last) = d_theta.last_mut() {
            *last *= SLIP;
        }
    }
}

/// It was read beyond the output of the row.
#[test]
fn a_loss_that_does_not_fit_is_refused() {
    let net = Network::builder(2).dense(1, Identity).build(1).unwrap();
    let (x, t) = (ndarray::array![[0.5, -1.0]], ndarray::array![[0.3]]);
    let check =
        |loss: &dyn Loss<f64>| gradient_check::network(&net, loss, x.view(), t.view().into());
    assert!(matches!(check(&Gaussian), Err(Failure::Unfit(_))));
    assert!(matches!(check(&CrossEntropy::default()), Err(Failure::Unfit(_))));
    assert_passes("a loss that fits", check(&MeanSquaredError));
}

#[test]
fn small_slips_are_found() {
    let is_wrong = |check: Result<Report, Failure>| matches!(check, Err(Failure::Wrong { .. }));
    for activation in table::activations() {
        assert!(
            is_wrong(gradient_check::activation(&Slip(Arc::clone(&activation)))),
            "{activation:?}"
        );
    }
    for loss in table::losses() {
        let random = &mut random(1);
        let (y, t) = (normals(4, outputs(&*loss, 2), random), targets(&*loss, 4, 2, random));
        let check = gradient_check::loss(&Slip(Arc::clone(&loss)), y.view(), t.view().into());
        assert!(is_wrong(check), "{loss:?}");
    }
    for layer in table::layers().into_iter().filter(|layer| !layer.blocks().is_empty()) {
        let check = gradient_check::layer(&Slip(Arc::clone(&layer)), 5, 0);
        let Err(Failure::Wrong { wrong, worst, .. }) = check else {
            panic!("{layer:?}: {check:?}")
        };
        assert!(wrong == 1 && worst.name.starts_with("∂L/∂θ["), "{layer:?}: {worst}");
    }
}
