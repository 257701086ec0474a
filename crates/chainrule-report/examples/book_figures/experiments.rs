//! The experiments of the book, whose results are drawn.

use chainrule::{
    Dataset, Network, Training,
    activation::{Identity, Relu, Sigmoid, Tanh},
    graph::{Graph, Over, Plan, Value},
    initialization::{Bias, Weights},
    loss::MeanSquaredError,
    ndarray::{Array1, Array2, Axis, array},
    optimizer::{Adam, Optimizer, Sgd},
    random::{Purpose, Random},
    solver::{self, Lbfgs, LevenbergMarquardt, Stopping},
    training::FullBatch,
};
use std::{f64::consts::TAU, sync::Arc};

type Result<T> = std::result::Result<T, chainrule::Error>;

/// Points of a curve.
#[derive(Default)]
pub(crate) struct Curve {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
}

impl Curve {
    fn of(x: Vec<f64>, f: impl Fn(f64) -> f64) -> Self {
        let y = x.iter().map(|&x| f(x)).collect();
        Self { x, y }
    }
}

/// What the pictures show.
pub(crate) struct Results {
    pub(crate) network: [Vec<f64>; 3],
    pub(crate) difference: Vec<Curve>,
    pub(crate) initialisation: Vec<Curve>,
    pub(crate) optimizers: Vec<Curve>,
    pub(crate) absolute: Vec<Curve>,
    pub(crate) hinges: Vec<Curve>,
    pub(crate) corners: Curve,
    pub(crate) broken_line: Curve,
    pub(crate) vanishing: Vec<Curve>,
    pub(crate) solvers: Vec<Curve>,
    pub(crate) points: Curve,
    pub(crate) solution: Curve,
}

pub(crate) fn run() -> Result<Results> {
    let (hinges, corners, broken_line) = hinges();
    let (points, solution) = equation()?;
    Ok(Results {
        network: network()?,
        difference: difference(),
        initialisation: [1.0, 2.0, 3.0].map(signal).into(),
        optimizers: optimizers()?,
        absolute: absolute(),
        hinges,
        corners,
        broken_line,
        vanishing: vanishing()?,
        solvers: solvers()?,
        points,
        solution,
    })
}

/// `n` numbers from `low` to `high`.
pub(crate) fn steps(low: f64, high: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| low + (high - low) * i as f64 / (n - 1) as f64).collect()
}

/// The weights of a small network.
fn network() -> Result<[Vec<f64>; 3]> {
    let network =
        Network::<f64>::builder(2).dense(4, Tanh).dense(3, Tanh).dense(1, Identity).build(4)?;
    let theta = network.parameters();
    Ok([theta[..8].to_vec(), theta[12..24].to_vec(), theta[27..30].to_vec()])
}

/// The errors of both quotients for the derivative of exp at 1.
fn difference() -> Vec<Curve> {
    let h: Vec<f64> = (0..57).map(|i| 10f64.powf(-0.25 * f64::from(i))).collect();
    let e = 1f64.exp();
    // A mean over points near 1: the error of a single one jumps, and may be zero by luck.
    let mean = |quotient: &dyn Fn(f64, f64) -> f64, h: f64| {
        let points = steps(0.9, 1.1, 41);
        points.iter().map(|&x| (quotient(x, h) / x.exp() - 1.0).abs() * e).sum::<f64>() / 41.0
    };
    let one = |x: f64, h: f64| ((x + h).exp() - x.exp()) / h;
    let two = |x: f64, h: f64| ((x + h).exp() - (x - h).exp()) / (2.0 * h);
    vec![Curve::of(h.clone(), |h| mean(&one, h)), Curve::of(h, |h| mean(&two, h))]
}

/// The mean square of the outputs of 20 layers of 200 ReLU units, whose weights have the variance `gain`/200.
fn signal(gain: f64) -> Curve {
    const WIDTH: usize = 200;
    let mut random = Random::new(1, Purpose::Data);
    let mut normal =
        |rows, columns| Array2::from_shape_simple_fn((rows, columns), || random.normal::<f64>());
    let mut x = normal(50, WIDTH);
    let mut curve = Curve::default();
    for layer in 0..=20 {
        curve.x.push(f64::from(layer));
        curve.y.push(x.mapv(|x| x * x).mean().unwrap_or(0.0));
        let w = normal(WIDTH, WIDTH) * (gain / WIDTH as f64).sqrt();
        x = x.dot(&w).mapv(|z| z.max(0.0));
    }
    curve
}

/// 100 samples of the sine on [−10, 10], standardised, and a network 1-20-1 of tanh units.
fn sine() -> Result<(Dataset<f64>, Network<f64>)> {
    let x = Array1::linspace(-10.0, 10.0, 100).insert_axis(Axis(1));
    let data = Dataset::new(&x / x.std(0.0), x.mapv(f64::sin))?;
    let network = Network::builder(1)
        .dense_from(20, Tanh, Weights::GlorotUniform, Bias::STANDARDISED)
        .dense(1, Identity)
        .build(1)?;
    Ok((data, network))
}

fn adam(epochs: usize) -> Result<Curve> {
    first_order(Arc::new(Adam::default()), 0.01, epochs)
}

/// The losses of a training, at steps that lie evenly on a logarithmic axis.
fn first_order(optimizer: Arc<dyn Optimizer<f64>>, rate: f64, epochs: usize) -> Result<Curve> {
    let (data, mut network) = sine()?;
    let training =
        Training { epochs, learning_rate: rate, optimizer, ..Training::new(MeanSquaredError) };
    let history = training.run(&mut network, &data, None, &mut ())?;
    let losses: Vec<f64> = history.epochs.iter().map(|epoch| epoch.training_loss).collect();
    let mut curve = Curve::default();
    let mut step = 1.0f64;
    while step as usize <= losses.len() {
        let number = step as usize;
        curve.x.push(number as f64);
        curve.y.push(losses[number - 1]);
        step = (step * 1.07).max(step + 1.0);
    }
    Ok(curve)
}

fn optimizers() -> Result<Vec<Curve>> {
    let momentum = Sgd { momentum: 0.9, ..Sgd::default() };
    Ok(vec![
        first_order(Arc::new(Sgd::default()), 0.3, 3000)?,
        first_order(Arc::new(momentum), 0.1, 3000)?,
        adam(3000)?,
    ])
}

fn absolute() -> Vec<Curve> {
    let x = steps(-2.0, 2.0, 41);
    let curve = |f: fn(f64) -> f64| Curve::of(x.clone(), f);
    vec![curve(|x| x.max(0.0)), curve(|x| (-x).max(0.0)), curve(|x| x.max(0.0) + (-x).max(0.0))]
}

/// The broken line through nine points of the sine as a sum of eight hinges: each hinge, the corners, the sum.
fn hinges() -> (Vec<Curve>, Curve, Curve) {
    let corners = Curve::of(steps(0.0, TAU, 9), f64::sin);
    let width = TAU / 8.0;
    let slope = |i: usize| (corners.y[i + 1] - corners.y[i]) / width;
    let change = |i: usize| if i == 0 { slope(0) } else { slope(i) - slope(i - 1) };
    let hinge = |i: usize, x: f64| change(i) * (x - corners.x[i]).max(0.0);
    let x = steps(0.0, TAU, 161);
    let hinges = (0..8).map(|i| Curve::of(x.clone(), |x| hinge(i, x))).collect();
    let sum = Curve::of(x, |x| (0..8).map(|i| hinge(i, x)).sum());
    (hinges, corners, sum)
}

/// The norms of dw in each of 12 layers of 40 units, before any training.
fn vanishing() -> Result<Vec<Curve>> {
    const LAYERS: usize = 12;
    let mut random = Random::new(3, Purpose::Data);
    let x: Array2<f64> = Array2::from_shape_simple_fn((100, 40), || random.normal());
    let t = x.column(0).to_owned().insert_axis(Axis(1));
    let mut curves = Vec::new();
    for kind in 0..4 {
        let mut layers = Network::builder(40);
        for _ in 0..LAYERS {
            layers = match kind {
                0 => layers.dense(40, Sigmoid),
                1 => layers.layer_norm().dense(40, Sigmoid),
                2 => layers.residual(|inner| inner.dense(40, Sigmoid)),
                _ => layers.dense(40, Relu),
            };
        }
        let mut network = layers.dense(1, Identity).build(2)?;
        let mut workspace = network.workspace(100);
        network.forward(x.view(), &mut workspace);
        network.backward(&MeanSquaredError, t.view().into(), &mut workspace);
        let mut curve = Curve::default();
        let mut start = 0;
        for block in network.blocks() {
            let part = &workspace.gradient()[start..start + block.len()];
            start += block.len();
            if block.name.ends_with(".w") && curve.x.len() < LAYERS {
                curve.x.push(curve.x.len() as f64);
                curve.y.push(part.iter().map(|d| d * d).sum::<f64>().sqrt());
            }
        }
        curves.push(curve);
    }
    Ok(curves)
}

fn solvers() -> Result<Vec<Curve>> {
    let (data, mut network) = sine()?;
    let solver = FullBatch {
        iterations: 100,
        ..FullBatch::new(MeanSquaredError, LevenbergMarquardt::default())
    };
    let history = solver.run(&mut network, &data, None, &mut ())?;
    let mut curve = Curve::default();
    for (i, epoch) in history.epochs.iter().enumerate() {
        curve.x.push((i + 1) as f64);
        curve.y.push(epoch.training_loss);
    }
    Ok(vec![curve, adam(10_000)?])
}

/// u(x; θ) = tanh(xw₁ + b₁) w₂ + b₂.
fn u<'g>(x: Value<'g, f64>, theta: [Value<'g, f64>; 4]) -> Value<'g, f64> {
    let [w1, b1, w2, b2] = theta;
    (x.dot(w1) + b1).tanh().dot(w2) + b2
}

/// u'' = −u with u(0) = 0 and u'(0) = 1: the points of the training with their u, and the solution.
fn equation() -> Result<(Curve, Curve)> {
    let graph = Graph::new();
    let mut random = Random::new(1, Purpose::Parameters);
    let mut weights = |rows, columns| {
        Array2::from_shape_simple_fn((rows, columns), || 0.5 * random.normal::<f64>())
    };
    let theta = [
        graph.parameter("w1", &weights(1, 16)),
        graph.parameter("b1", &weights(1, 16)),
        graph.parameter("w2", &weights(16, 1)),
        graph.parameter("b2", &Array2::zeros((1, 1))),
    ];
    let points = Array1::linspace(0.0, 5.0, 40).insert_axis(Axis(1));
    let x = graph.input(&points);
    let u_x = u(x, theta);
    let [du] = u_x.sum(Over::All).gradient_by([x]);
    let [ddu] = du.sum(Over::All).gradient_by([x]);
    let zero = graph.input(&array![[0.0]]);
    let u_0 = u(zero, theta);
    let [du_0] = u_0.gradient_by([zero]);
    let loss = (ddu + u_x).squared().mean(Over::All) + u_0.squared() + (du_0 - 1.0).squared();

    let mut plan = Plan::new(loss)?;
    let mut iterate = Lbfgs::default().start(&mut plan, &graph.theta(), Stopping::default())?;
    let found = solver::run(&mut iterate, 1500);
    let curve = |points: Array2<f64>| -> Result<Curve> {
        let y = u(graph.input(&points), theta).value_at(&found.theta)?;
        Ok(Curve { x: points.iter().copied().collect(), y: y.iter().copied().collect() })
    };
    Ok((curve(points)?, curve(Array1::linspace(0.0, 5.0, 201).insert_axis(Axis(1)))?))
}
