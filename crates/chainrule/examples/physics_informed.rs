//! A network that solves a differential equation: u'' = −u with u(0) = 0 and u'(0) = 1, whose solution is the sine.
//!
//! Nobody tells it a value of the sine. Its loss is how far it is from the equation, in which its own second derivative
//! stands; the gradient of that loss is a third derivative. `cargo run --release -p chainrule --example physics_informed`
//!
//! Raissi, Perdikaris and Karniadakis, *Physics-informed
//! neural networks*, J. Comput. Phys. 378, 2019.

use chainrule::{
    graph::{Graph, Over, Plan, Value},
    initialization::Weights,
    random::{Purpose, Random},
    solver::{self, Lbfgs, Stopping},
};
use ndarray::{Array1, Array2, Axis, array};

/// u(x; θ) = tanh(xw₁ + b₁) w₂ + b₂.
fn u<'g>(x: Value<'g, f64>, theta: &[Value<'g, f64>]) -> Value<'g, f64> {
    let [w1, b1, w2, b2] = *theta else { unreachable!("four blocks") };
    (x.dot(w1) + b1).tanh().dot(w2) + b2
}

fn main() -> Result<(), chainrule::Error> {
    const HIDDEN: usize = 16;
    let graph = Graph::new();
    let mut random = Random::new(1, Purpose::Parameters);
    let mut weights = |rows, columns| {
        let mut w = vec![0.0; rows * columns];
        Weights::GlorotUniform.fill(&mut w, rows, columns, &mut random);
        Array2::from_shape_vec((rows, columns), w).expect("as many as there are")
    };
    let theta = [
        graph.parameter("w1", &weights(1, HIDDEN)),
        graph.parameter("b1", &Array2::zeros((1, HIDDEN))),
        graph.parameter("w2", &weights(HIDDEN, 1)),
        graph.parameter("b2", &Array2::zeros((1, 1))),
    ];

    // u'' + u at 40 points. A point's u depends on that point alone: the gradient of the sum holds each derivative.
    let points = Array1::linspace(0.0, 5.0, 40).insert_axis(Axis(1));
    let x = graph.input(&points);
    let u_x = u(x, &theta);
    let [du] = u_x.sum(Over::All).gradient_by([x]);
    let [ddu] = du.sum(Over::All).gradient_by([x]);
    let equation = (ddu + u_x).squared().mean(Over::All);

    // u(0) = 0 and u'(0) = 1
    let zero = graph.input(&array![[0.0]]);
    let u_0 = u(zero, &theta);
    let [du_0] = u_0.gradient_by([zero]);
    let start = u_0.squared() + (du_0 - 1.0).squared();

    let mut plan = Plan::new(equation + start)?;
    let mut iterate = Lbfgs::default().start(&mut plan, &graph.theta(), Stopping::default())?;
    let solution = solver::run(&mut iterate, 2000);
    println!("loss {:.2e} after {} iterations", solution.value, solution.iterations);

    // The solution at other points than those of the training.
    let points = Array1::linspace(0.05, 4.95, 8).insert_axis(Axis(1));
    let found = u(graph.input(&points), &theta).value_at(&solution.theta)?;
    let mut worst = 0.0f64;
    for (x, u) in points.iter().zip(&found) {
        println!("x = {x:.2}   u = {u:+.6}   sin x = {:+.6}", x.sin());
        worst = worst.max((u - x.sin()).abs());
    }
    println!("largest error {worst:.1e}");
    assert!(worst < 1e-2);
    Ok(())
}
