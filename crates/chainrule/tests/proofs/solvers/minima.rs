//! The minimum is found, and no step goes up or out of the domain.

use super::*;

/// Rosenbrock's valley in any number of dimensions: its minimum is at (1, …, 1).
struct Valley(usize);

impl Objective for Valley {
    fn parameters(&self) -> usize {
        self.0
    }

    fn gradient(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let mut sum = 0.0;
        for i in 0..self.0 - 1 {
            let (a, b) = (1.0 - theta[i], theta[i + 1] - theta[i] * theta[i]);
            sum += a * a + 100.0 * b * b;
            gradient[i] += -2.0 * a - 400.0 * b * theta[i];
            gradient[i + 1] += 200.0 * b;
        }
        sum
    }
}

#[test]
fn the_bottom_of_the_valley_is_found() {
    let stopping = Stopping { gradient: 1e-9, step: 0.0, ..Stopping::default() };
    for n in [2, 10, 50] {
        let start: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect();
        let lbfgs =
            run(&mut Lbfgs::default().start(&mut Valley(n), &start, stopping).unwrap(), 2000);
        let mut valley = Valley(n);
        let scg = ScaledConjugateGradient.start(&mut valley, &start, stopping);
        let scg = run(&mut scg.unwrap(), 20_000);
        for (name, solution) in [("lbfgs", lbfgs), ("scg", scg)] {
            let error = solution.theta.iter().map(|v| (v - 1.0).abs()).fold(0.0, f64::max);
            // In more dimensions there is a second minimum near (−1, 1, …, 1).
            let is_the_other = n > 3 && solution.value < 4.0 && solution.value > 3.9;
            assert!(error < 1e-6 || is_the_other, "{name}, {n}: {solution:?}");
            assert_eq!(solution.reason, Some(Reason::Gradient), "{name}, {n}: {solution:?}");
        }
    }
}

/// Møller's step 4, worked by hand: at θ = 0.1 the function θ⁴/4 − θ² bends downwards, with δ ≈ −1.97 p². λ makes δ
/// positive, −δ + λp², so that the first step is α = μ/δ = p²/(1.97 p²) along p = 0.199.
#[test]
fn a_step_where_the_surface_bends_down() {
    struct Hill;
    impl Objective for Hill {
        fn parameters(&self) -> usize {
            1
        }
        fn gradient(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
            gradient[0] = theta[0].powi(3) - 2.0 * theta[0];
            theta[0].powi(4) / 4.0 - theta[0] * theta[0]
        }
    }
    let mut hill = Hill;
    let mut scg = ScaledConjugateGradient.start(&mut hill, &[0.1], Stopping::default()).unwrap();
    let iteration = scg.advance();
    assert!((iteration.step - 0.199 / 1.97).abs() < 1e-4, "{iteration:?}");
    let solution = run(&mut scg, 100);
    assert!((solution.theta[0] - 2.0f64.sqrt()).abs() < 1e-6, "{solution:?}");
}

/// A straight line through given points, worked by hand: y = 1 + 1.5 x through (−1, −0.5), (0, 1), (1, 2.5).
#[test]
fn linear_problems_take_few_iterations() {
    let (x, y) = ([-1.0, 0.0, 1.0], [-0.5, 1.0, 2.5]);
    let solution = least_squares(
        3,
        |theta, r| (0..3).for_each(|i| r[i] = theta[0] + theta[1] * x[i] - y[i]),
        |_, j| (0..3).for_each(|i| j[2 * i..][..2].copy_from_slice(&[1.0, x[i]])),
        &[0.0, 0.0],
    )
    .unwrap();
    assert!(solution.iterations < 12, "{solution:?}");
    assert!((solution.theta[0] - 1.0).abs() < 1e-12 && (solution.theta[1] - 1.5).abs() < 1e-12);
}

/// Damping in units of diag(JᵀJ): measured in miles or in millimetres, the way to the minimum is the same.
#[test]
fn the_unit_of_a_parameter_does_not_matter() {
    let solve = |unit: f64| {
        least_squares(
            8,
            |theta, r| {
                for (i, r) in r.iter_mut().enumerate() {
                    let x = i as f64;
                    *r = theta[0] * (-theta[1] * unit * x).exp()
                        - 3.0 * (-0.2 * x).exp()
                        - 0.1 * x.sin();
                }
            },
            |theta, jacobian| {
                for (i, row) in jacobian.chunks_exact_mut(2).enumerate() {
                    let x = i as f64;
                    let e = (-theta[1] * unit * x).exp();
                    row.copy_from_slice(&[e, -theta[0] * unit * x * e]);
                }
            },
            &[1.0, 1.0 / unit],
        )
        .unwrap()
    };
    let [one, small, large] = [1.0, 1e-6, 1e6].map(solve);
    for (unit, other) in [(1e-6, small), (1e6, large)] {
        assert!((other.theta[1] * unit / one.theta[1] - 1.0).abs() < 1e-8, "{one:?} {other:?}");
        assert!((other.value / one.value - 1.0).abs() < 1e-12, "{one:?} {other:?}");
    }
}

/// Constant and repeated inputs, dead units, more parameters than rows, all of them at once: no NaN, and a reason.
#[test]
fn problems_without_full_rank_end_well() {
    let mut random = random(3);
    let plain = normals::<f64>(30, 2, &mut random);
    let target = plain.map_axis(Axis(1), |x| (2.0 * x[0]).sin() - x[1]).insert_axis(Axis(1));
    let constant = Array2::from_elem((30, 1), 1.5);
    let zero = Array2::zeros((30, 1));
    let x = ndarray::concatenate![Axis(1), plain, plain, constant, zero];
    for rows in [1, 2, 30] {
        let only = ndarray::s![..rows, ..];
        let data = Dataset::new(x.slice(only).to_owned(), target.slice(only).to_owned()).unwrap();
        for solver in table::solvers() {
            for is_relu in [false, true] {
                let builder = Network::builder(6);
                let builder = match is_relu {
                    true => builder.dense(7, Relu),
                    false => builder.dense(7, Tanh),
                };
                let mut network = builder.dense(1, Identity).build(1).unwrap();
                if is_relu {
                    // Three units that are dead for every sample.
                    network.parameters_mut()[42..45].fill(-100.0);
                }
                let what = format!("{} rows, {solver:?}, relu {is_relu}", rows);
                let training = FullBatch::new(MeanSquaredError, solver);
                let history = training.run(&mut network, &data, None, &mut ());
                let history = history.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(network.is_finite() && history.loss.is_finite(), "{what}");
                // A penalty that rises may raise the loss with it.
                let goes_down = history.loss <= history.epochs[0].training_loss;
                assert!(goes_down || history.evidence.is_some(), "{what}: {}", history.loss);
            }
        }
    }
    // Nothing to learn at all: the gradient of a flat function.
    let data = Dataset::new(Array2::zeros((4, 1)), Array2::zeros((4, 1))).unwrap();
    for solver in table::solvers() {
        let mut network = Network::builder(1).dense(2, Tanh).dense(1, Identity).build(1).unwrap();
        network.parameters_mut().fill(0.0);
        let history = FullBatch::new(MeanSquaredError, solver)
            .run(&mut network, &data, None, &mut ())
            .unwrap();
        assert!(matches!(history.ended, Ended::Converged { .. }), "{solver:?} {:?}", history.ended);
        assert!(network.is_finite());
    }
}

/// A step into where the function has no value is refused, and the minimum at the edge of it is found.
#[test]
fn steps_out_of_the_domain_are_refused() {
    // r = ln θ: from θ = 3 the step of Gauss and Newton leads to a negative θ.
    let f = |theta: &[f64], r: &mut [f64]| r[0] = theta[0].ln();
    let jacobian = |theta: &[f64], j: &mut [f64]| j[0] = 1.0 / theta[0];
    let solution = least_squares(1, f, jacobian, &[3.0]).unwrap();
    assert!((solution.theta[0] - 1.0).abs() < 1e-8, "{solution:?}");

    struct Log;
    impl Objective for Log {
        fn parameters(&self) -> usize {
            1
        }
        fn gradient(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
            gradient[0] = 1.0 - 1.0 / theta[0];
            theta[0] - theta[0].ln()
        }
    }
    let stopping = Stopping::default();
    let solution = run(&mut Lbfgs::default().start(&mut Log, &[30.0], stopping).unwrap(), 100);
    assert!((solution.theta[0] - 1.0).abs() < 1e-6, "{solution:?}");
    let mut log = Log;
    let solution =
        run(&mut ScaledConjugateGradient.start(&mut log, &[30.0], stopping).unwrap(), 100);
    assert!((solution.theta[0] - 1.0).abs() < 1e-6, "{solution:?}");
}

/// What goes down stays down: no iteration makes worse what is minimised.
#[test]
fn no_iteration_goes_up() {
    let (network, data) = problem(60, 2, true);
    let solvers = table::solvers().into_iter().chain([Solver::from(LevenbergMarquardt {
        scaling: Scaling::Diagonal,
        acceleration: false,
        ..LevenbergMarquardt::default()
    })]);
    for solver in solvers.filter(|solver| solver.name() != "bayesian_regularization") {
        let training = FullBatch { iterations: 60, ..FullBatch::new(MeanSquaredError, solver) };
        let history = training.run(&mut network.clone(), &data, None, &mut ()).unwrap();
        for pair in history.epochs.windows(2) {
            assert!(pair[1].training_loss <= pair[0].training_loss, "{solver:?} {pair:?}");
        }
    }
}
