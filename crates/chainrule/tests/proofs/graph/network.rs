//! Expressions as parts of networks, and as what a solver minimises.

use crate::support::{normals, random};
use chainrule::{
    Dataset, Network, Training,
    activation::{Identity, Tanh},
    gradient_check,
    graph::{Graph, Over, Plan, Value},
    layer::{Block, Expression, Role},
    loss::{self, Loss, MeanSquaredError, Targets},
    solver::{self, Lbfgs, Stopping},
    training::FullBatch,
};
use ndarray::{Array1, Array2, Axis};

/// A dense layer, y = tanh(xw + b), as an expression.
fn dense(inputs: usize, outputs: usize, is_last: bool) -> Expression<f64> {
    let blocks =
        [Block::new("w", Role::Weight, [inputs, outputs]), Block::new("b", Role::Bias, [outputs])];
    Expression::new(inputs, blocks, |x, theta| {
        let z = x.dot(theta[0]) + theta[1];
        if is_last { z } else { z.tanh() }
    })
    .unwrap()
}

fn sine(rows: usize) -> Dataset<f64> {
    let x = Array1::linspace(-3.0, 3.0, rows).insert_axis(Axis(1));
    let t = x.mapv(f64::sin);
    Dataset::new(x, t).unwrap()
}

/// The same network twice: of layers with their own derivatives, and of expressions. They start alike, and differ by
/// roundings alone when they are trained, in batches whose last one is smaller than the others.
#[test]
fn an_expression_trains_as_a_layer_does() {
    let mut layers = Network::builder(1).dense(16, Tanh).dense(1, Identity).build(3).unwrap();
    let mut expressions =
        Network::builder(1).layer(dense(1, 16, false)).layer(dense(16, 1, true)).build(3).unwrap();
    assert_eq!(layers.parameters(), expressions.parameters());
    let data = sine(50);
    let training = Training { epochs: 40, batch_size: Some(16), ..Training::new(MeanSquaredError) };
    let ours = training.run(&mut expressions, &data, None, &mut ()).unwrap().loss;
    let theirs = training.run(&mut layers, &data, None, &mut ()).unwrap().loss;
    assert!((ours - theirs).abs() < 1e-9 * theirs, "{ours}, not {theirs}");
    assert!(ours < 0.2, "{ours}");
}

/// Its derivative does not depend on what comes back, since it is zero.
#[test]
fn a_layer_without_a_slope_passes_nothing_back() {
    let step = Expression::new(3, [], |x, _| x.step()).unwrap();
    let mut network =
        Network::builder(1).dense(3, Tanh).layer(step).dense(1, Identity).build(2).unwrap();
    let data = sine(20);
    let mut workspace = network.workspace(20);
    network.forward(data.x(), &mut workspace);
    let loss = network.backward(&MeanSquaredError, data.targets(), &mut workspace);
    assert!(loss.is_finite());
    let (before, behind) = workspace.gradient().split_at(6);
    assert!(before.iter().all(|d| *d == 0.0) && behind.iter().any(|d| *d != 0.0));
}

/// A solver that needs a Jacobian, row by row, and one that needs the gradient.
#[test]
fn solvers_train_expressions() {
    for solver in chainrule::table::solvers() {
        let mut network = Network::builder(1)
            .layer(dense(1, 6, false))
            .layer(dense(6, 1, true))
            .build(5)
            .unwrap();
        let training = FullBatch { iterations: 60, ..FullBatch::new(MeanSquaredError, solver) };
        let loss = training.run(&mut network, &sine(30), None, &mut ()).unwrap().loss;
        assert!(loss < 5e-3, "{}: {loss}", solver.name());
    }
}

/// Cauchy's loss, ln(1 + r²), and the squared error.
fn losses(columns: usize) -> [loss::Formula<f64>; 2] {
    let new = |name: &str, f: for<'g> fn(Value<'g, f64>) -> Value<'g, f64>| {
        loss::Formula::new(name, columns, columns, |y, t| f(y - t).mean(Over::Columns)).unwrap()
    };
    [new("cauchy", |r| (r.squared() + 1.0).ln()), new("squares", |r| r.squared())]
}

#[test]
fn an_expression_is_a_loss() {
    for (rows, columns) in [(1, 1), (5, 1), (4, 2), (7, 3)] {
        let random = &mut random(rows as u64);
        let (y, t) = (normals(rows, columns, random), normals(rows, columns, random));
        let mut weights = crate::support::weights(rows, random);
        if rows > 4 {
            weights[1] = 0.0;
        }
        for weights in [None, Some(weights.view())] {
            let targets = Targets { values: t.view(), weights };
            let [cauchy, squares] = losses(columns);
            for loss in [&cauchy, &squares] {
                gradient_check::loss(loss, y.view(), targets).unwrap();
            }
            let (ours, own) = (both(&squares, &y, targets), both(&MeanSquaredError, &y, targets));
            assert!((ours.0 - own.0).abs() < 1e-14);
            assert!(ours.1.iter().zip(&own.1).all(|(a, b)| (a - b).abs() < 1e-14));
        }
    }
}

fn both(loss: &dyn Loss<f64>, y: &Array2<f64>, targets: Targets<f64>) -> (f64, Array2<f64>) {
    crate::support::loss_and_gradient(loss, y, targets)
}

/// A sample of no weight has no influence, even where its loss is infinite.
#[test]
fn a_sample_without_weight_has_no_influence() {
    let loss = loss::Formula::new("logarithm", 1, 1, |y, t| y.ln() * t).unwrap();
    let (y, t) = (ndarray::array![[0.0], [2.0]], ndarray::array![[1.0], [1.0]]);
    let weights = ndarray::array![0.0, 1.0];
    let targets = Targets { values: t.view(), weights: Some(weights.view()) };
    let (mean, dy) = both(&loss, &y, targets);
    assert_eq!((mean, dy), (2.0f64.ln(), ndarray::array![[0.0], [0.5]]));
}

#[test]
fn targets_of_another_width_are_refused() {
    let [cauchy, _] = losses(2);
    let mut network = Network::builder(1).dense(2, Identity).build(1).unwrap();
    let error = Training::new(cauchy).run(&mut network, &sine(4), None, &mut ()).unwrap_err();
    assert!(error.to_string().contains("columns"), "{error}");
}

/// An expression by itself, minimised by L-BFGS: Rosenbrock's valley.
#[test]
fn solvers_minimise_expressions() {
    let graph = Graph::<f64>::new();
    let x = graph.parameter("x", &ndarray::array![[-1.2]]);
    let y = graph.parameter("y", &ndarray::array![[1.0]]);
    let valley = (1.0 - x).squared() + 100.0 * (y - x.squared()).squared();
    let mut plan = Plan::new(valley).unwrap();
    let start = graph.theta();
    let mut iterate = Lbfgs::default().start(&mut plan, &start, Stopping::default()).unwrap();
    let solution = solver::run(&mut iterate, 200);
    assert!(solution.theta.iter().all(|v| (v - 1.0).abs() < 1e-8), "{:?}", solution.theta);
}

/// The Hessian of Rosenbrock's valley by products with the unit vectors: at (1, 1) it is [802, −400; −400, 200].
#[test]
fn products_with_the_hessian() {
    let graph = Graph::<f64>::new();
    let v = graph.input(&ndarray::array![[1.0, 1.0]]);
    let (x, y) = (v.slice(.., 0..1), v.slice(.., 1..2));
    let valley = (1.0 - x).squared() + 100.0 * (y - x.squared()).squared();
    let [dv] = valley.gradient_by([v]);
    let rows = [[1.0, 0.0], [0.0, 1.0]].map(|unit| {
        let direction = graph.input(&ndarray::array![unit]);
        let [product] = (dv * direction).sum(Over::All).gradient_by([v]);
        product.value().unwrap()
    });
    assert_eq!(rows, [ndarray::array![[802.0, -400.0]], ndarray::array![[-400.0, 200.0]]]);
}
