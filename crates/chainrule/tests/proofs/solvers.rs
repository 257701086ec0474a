//! Solvers: Jacobians and normal equations are right, minima are found, and the runs end well.

use crate::support::{normals, random, weights};
use chainrule::{
    Dataset, Error, Network,
    activation::{Identity, Relu, Tanh},
    gradient_check,
    loss::{CrossEntropy, Loss, MeanSquaredError},
    optimizer::Penalty,
    solver::{
        Iterate, Lbfgs, LeastSquares, LevenbergMarquardt, Objective, Reason,
        ScaledConjugateGradient, Scaling, Solver, Stopping, least_squares, run,
    },
    table,
    training::{
        EarlyStopping, Ended, Epoch, FullBatch, MeanLoss, Observer, Posterior, Residuals,
        in_parallel,
    },
};
use ndarray::{Array1, Array2, Axis, array};
use std::{ops::ControlFlow, sync::Arc};

/// A network with layers of each kind that a solver takes, and samples for it, some of them weighted.
fn problem(rows: usize, outputs: usize, is_weighted: bool) -> (Network<f64>, Dataset<f64>) {
    let network = Network::builder(3)
        .dense(4, Tanh)
        .residual(|inner| inner.layer_norm().dense(4, Tanh))
        .dense(outputs, Identity)
        .build(5)
        .unwrap();
    let mut random = random(rows as u64);
    let (x, t) = (normals(rows, 3, &mut random), normals(rows, outputs, &mut random));
    let data = Dataset::new(x, t).unwrap();
    let data = match is_weighted {
        true => data.with_weights(weights(rows, &mut random)).unwrap(),
        false => data,
    };
    (network, data)
}

/// In the primal and in the dual form, with one shard and with several, with and without weights and penalty.
#[test]
fn jacobians_and_normal_equations() {
    for (rows, outputs) in [(1, 1), (5, 1), (90, 1), (7, 2), (40, 3), (150, 2), (300, 1)] {
        for is_weighted in [false, true] {
            for l2 in [0.0, 0.3] {
                let (network, data) = problem(rows, outputs, is_weighted);
                let what = format!("{rows} × {outputs}, weighted {is_weighted}, λ₂ {l2}");
                let mut residuals = Residuals::new(&network, &data, l2);
                let theta = network.parameters().to_vec();
                if rows <= 90 {
                    let report = gradient_check::jacobian(&mut residuals, &theta);
                    let report = report.unwrap_or_else(|failure| panic!("{what}: {failure}"));
                    assert_eq!(report.checked, rows * outputs * theta.len(), "{what}");
                }
                let report = gradient_check::normal_equations(&mut residuals, &theta);
                report.unwrap_or_else(|failure| panic!("{what}: {failure}"));
            }
        }
    }
}

/// More parameters than two shards of residuals, so that the dual form takes its blocks from two shards.
#[test]
fn the_dual_form_with_several_shards() {
    let network = Network::builder(2).dense(90, Tanh).dense(1, Identity).build(2).unwrap();
    let mut random = random(4);
    let (x, t) = (normals(290, 2, &mut random), normals(290, 1, &mut random));
    let data = Dataset::new(x, t).unwrap();
    let mut residuals = Residuals::new(&network, &data, 0.0);
    assert!(residuals.shards().len() == 2 && residuals.parameters() > 290);
    gradient_check::normal_equations(&mut residuals, network.parameters()).unwrap();
    // And the steps are good: a network with more parameters than samples goes through all of them.
    let mut network = network;
    let training = FullBatch::new(MeanSquaredError, LevenbergMarquardt::default());
    let history = training.run(&mut network, &data, None, &mut ()).unwrap();
    assert!(history.loss < 1e-6, "{} {:?}", history.loss, history.ended);
}

#[test]
fn a_wrong_jacobian_is_named() {
    struct Wrong([usize; 1]);
    impl LeastSquares for Wrong {
        fn parameters(&self) -> usize {
            2
        }
        fn shards(&self) -> &[usize] {
            &self.0
        }
        fn residuals(&mut self, theta: &[f64], _: usize, r: &mut [f64]) {
            r.copy_from_slice(&[theta[0] * theta[1], theta[0] - 1.0, theta[1].exp()]);
        }
        fn jacobian(&mut self, theta: &[f64], shard: usize, r: &mut [f64], jacobian: &mut [f64]) {
            self.residuals(theta, shard, r);
            jacobian.copy_from_slice(&[theta[1], theta[0], 1.0, 0.0, 0.0, 1.0]);
        }
    }
    let error = gradient_check::jacobian(&mut Wrong([3]), &[0.5, 2.0]).unwrap_err().to_string();
    assert!(error.starts_with("∂r[2]/∂θ[1] of shard 0: backward 1.0"), "{error}");
    let error = gradient_check::normal_equations(&mut Wrong([3]), &[0.5, 2.0]).unwrap_err();
    assert!(error.to_string().contains("JᵀJ[1,1]"), "{error}");
}

/// The gradient that L-BFGS sees is that of the loss that is reported, for every loss, with weights and penalty.
#[test]
fn the_objective_is_the_mean_loss_and_its_gradient() {
    for loss in table::losses::<f64>() {
        let outputs = crate::support::outputs(&*loss, 1);
        let mut random = random(8);
        let network = Network::builder(2).dense(5, Tanh).dense(outputs, Identity).build(2).unwrap();
        let x = normals(300, 2, &mut random);
        let targets = crate::support::targets(&*loss, 300, 1, &mut random);
        let data = Dataset::new(x, targets).unwrap();
        let data = data.with_weights(weights(300, &mut random)).unwrap();
        let l2 = 0.1;
        let mut objective = MeanLoss::new(&network, Arc::clone(&loss), &data, l2);
        let theta = network.parameters().to_vec();
        let mut gradient = vec![f64::NAN; theta.len()];
        let value = objective.gradient(&theta, &mut gradient);
        let mean = network.evaluate(&*loss, data.x(), data.targets()).unwrap();
        let penalty = Penalty { l1: 0.0, l2 }.value(&theta, &network.weight_ranges());
        assert!((value - mean - penalty).abs() < 1e-12 * value.abs().max(1.0), "{loss:?}");
        for j in 0..theta.len() {
            let mut at = |h: f64| {
                let mut theta = theta.clone();
                theta[j] += h;
                objective.gradient(&theta, &mut vec![0.0; theta.len()])
            };
            let quotient = (at(1e-5) - at(-1e-5)) / 2e-5;
            let error = (gradient[j] - quotient).abs();
            assert!(error < 1e-6, "{loss:?} ∂L/∂θ[{j}]: {} {quotient}", gradient[j]);
        }
    }
}

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

/// Where the data say nothing, the penalty has to rise all the way before the solver may stop.
#[test]
fn bayesian_regularisation_of_pure_noise() {
    let mut random = random(31);
    let (x, t) = (normals::<f64>(4000, 8, &mut random), normals(4000, 1, &mut random));
    let data = Dataset::new(x, t).unwrap();
    let mut network = Network::builder(8).dense(1, Identity).build(1).unwrap();
    let solver = table::solver("bayesian_regularization").unwrap();
    let history =
        FullBatch::new(MeanSquaredError, solver).run(&mut network, &data, None, &mut ()).unwrap();
    let evidence = history.evidence.unwrap();
    assert!(evidence.effective_parameters < 5.0, "{evidence:?}");
    assert!(matches!(history.ended, Ended::Converged { .. }), "{:?}", history.ended);
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

/// Noise of a known size on a smooth function: its variance is found, and fewer parameters than there are.
#[test]
fn bayesian_regularisation_finds_the_noise() {
    let mut random = random(11);
    let x = Array1::linspace(-1.7, 1.7, 200).insert_axis(Axis(1));
    let t = x.mapv(|x: f64| (2.0 * x).sin() + 0.1 * random.normal::<f64>());
    let data = Dataset::new(x.clone(), t).unwrap();
    for units in [5, 20, 40] {
        let mut network =
            Network::builder(1).dense(units, Tanh).dense(1, Identity).build(3).unwrap();
        let solver = table::solver("bayesian_regularization").unwrap();
        let training = FullBatch { iterations: 400, ..FullBatch::new(MeanSquaredError, solver) };
        let history = training.run(&mut network, &data, None, &mut ()).unwrap();
        let evidence = history.evidence.unwrap();
        assert!((0.008..0.0125).contains(&evidence.noise), "{units}: {evidence:?}");
        assert!((4.0..16.0).contains(&evidence.effective_parameters), "{units}: {evidence:?}");
        let truth = x.mapv(|x| (2.0 * x).sin());
        let error = (network.predict(x.view()).unwrap() - truth).mapv(|e| e * e).mean().unwrap();
        assert!(error < 0.0012, "{units} units: {error}");
    }
}

/// What a network has not learned yet looks like noise. A penalty that believes it at once never lets it be learned:
/// three periods of a sine from gentle units are a case.
#[test]
fn bayesian_regularisation_waits_for_the_network_to_learn() {
    let mut random = random(12);
    let x = Array1::linspace(-1.7, 1.7, 100).insert_axis(Axis(1));
    let t = x.mapv(|x: f64| (6.0 * x).sin() + 0.1 * random.normal::<f64>());
    let data = Dataset::new(x, t).unwrap();
    for seed in 0..6 {
        let mut network =
            Network::builder(1).dense(20, Tanh).dense(1, Identity).build(seed).unwrap();
        let solver = table::solver("bayesian_regularization").unwrap();
        let training = FullBatch::new(MeanSquaredError, solver);
        let history = training.run(&mut network, &data, None, &mut ()).unwrap();
        let evidence = history.evidence.unwrap();
        assert!(evidence.noise.sqrt() < 0.13, "seed {seed}: {evidence:?}");
    }
}

/// γ, σ² and λ satisfy the equations that they are defined by, with the trace computed another way: for a network
/// that is linear in its parameters, JᵀJ is the same everywhere, and its eigenvalues are known.
#[test]
fn the_evidence_is_that_of_mackay() {
    // Columns that are orthogonal to each other and to the constant: JᵀJ = diag(4, 9, 8)/8 in units of the mean.
    let a = [1.0, -1.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0];
    let b = [0.0, 0.0, 0.0, 0.0, 1.5, -1.5, 1.5, -1.5];
    let x = Array2::from_shape_fn((8, 2), |(i, j)| [a[i], b[i]][j]);
    let t = array![[1.1], [-0.8], [0.9], [-1.3], [0.3], [-0.2], [0.5], [-0.4]];
    let data = Dataset::new(x, t).unwrap();
    let mut network = Network::builder(2).dense(1, Identity).build(1).unwrap();
    let solver = table::solver("bayesian_regularization").unwrap();
    let training = FullBatch { iterations: 3000, ..FullBatch::new(MeanSquaredError, solver) };
    let history = training.run(&mut network, &data, None, &mut ()).unwrap();
    let evidence = history.evidence.unwrap();
    let lambda = evidence.ridge;
    let gamma: f64 = [4.0 / 8.0, 9.0 / 8.0, 1.0].iter().map(|eigen| eigen / (eigen + lambda)).sum();
    let squares: f64 = network.parameters().iter().map(|v| v * v).sum();
    let noise = 8.0 * history.loss / (8.0 - gamma);
    for (what, found, expected) in [
        ("γ", evidence.effective_parameters, gamma),
        ("σ²", evidence.noise, noise),
        // λ in units of the mean squared error: σ²γ/‖θ‖² divided by the 8 samples.
        ("λ", lambda, noise / 8.0 * gamma / squares),
    ] {
        assert!((found / expected - 1.0).abs() < 1e-3, "{what}: {found} {expected}");
    }
}

/// The error bars of a network that is linear in its parameters are those of ridge regression, computed by hand.
#[test]
fn error_bars_are_those_of_a_linear_model() {
    // One input with values ±1 and ±2, so that JᵀJ = diag(Σx²/n, 1) = diag(2.5, 1).
    let x = array![[1.0], [-1.0], [2.0], [-2.0]];
    let t = array![[1.2], [-0.7], [1.9], [-2.2]];
    let data = Dataset::new(x, t).unwrap();
    let mut network = Network::builder(1).dense(1, Identity).build(1).unwrap();
    let solver = table::solver("bayesian_regularization").unwrap();
    let training = FullBatch::new(MeanSquaredError, solver);
    let history = training.run(&mut network, &data, None, &mut ()).unwrap();
    let evidence = history.evidence.unwrap();
    let mut posterior = Posterior::new(&network, &data, evidence).unwrap();
    let at = array![[0.0], [3.0]];
    let (ours, of_targets) = (
        posterior.deviations(at.view()).unwrap(),
        posterior.deviations_of_targets(at.view()).unwrap(),
    );
    for (i, x) in [0.0, 3.0].into_iter().enumerate() {
        let scale = evidence.noise / 4.0;
        let variance = scale * (x * x / (2.5 + evidence.ridge) + 1.0 / (1.0 + evidence.ridge));
        assert!((ours[[i, 0]] - variance.sqrt()).abs() < 1e-12, "{x}: {ours} {variance}");
        let variance = variance + evidence.noise;
        assert!((of_targets[[i, 0]] - variance.sqrt()).abs() < 1e-12, "{x}");
    }
    assert!(posterior.deviations(array![[1.0, 2.0]].view()).is_err());
    let fewer = data.select(&[0, 1, 2]);
    let error = Posterior::new(&network, &fewer, evidence).err().unwrap().to_string();
    assert!(error.contains("of other data?"), "{error}");
}

/// Nineteen of twenty new measurements lie within two deviations, also of two outputs and weighted samples; and
/// where there are no data the network is less sure.
#[test]
fn error_bars_cover_what_they_promise() {
    let mut random = random(23);
    let mut sample = |n: usize, low: f64, high: f64| {
        let x = Array2::from_shape_simple_fn((n, 1), || random.uniform(low, high));
        let noise = Array2::from_shape_simple_fn((n, 2), || 0.2 * random.normal::<f64>());
        let t = Array2::from_shape_fn((n, 2), |(i, k)| match k {
            0 => (2.0 * x[[i, 0]]).sin(),
            _ => x[[i, 0]].cos(),
        });
        (x, t + noise)
    };
    let (x, t) = sample(150, -1.5, 1.5);
    let data = Dataset::new(x, t).unwrap().with_weights(Array1::from_elem(150, 3.0)).unwrap();
    let mut network = Network::builder(1).dense(12, Tanh).dense(2, Identity).build(3).unwrap();
    let solver = table::solver("bayesian_regularization").unwrap();
    let training = FullBatch::new(MeanSquaredError, solver);
    let history = training.run(&mut network, &data, None, &mut ()).unwrap();
    let mut posterior = Posterior::new(&network, &data, history.evidence.unwrap()).unwrap();

    let (x, t) = sample(2000, -1.5, 1.5);
    let (y, deviations) =
        (network.predict(x.view()).unwrap(), posterior.deviations_of_targets(x.view()).unwrap());
    for k in 0..2 {
        let errors = (&t.column(k) - &y.column(k)) / deviations.column(k);
        let covered = errors.iter().filter(|e| e.abs() < 1.96).count() as f64 / 2000.0;
        assert!((0.925..0.975).contains(&covered), "output {k}: {covered}");
    }
    let sure = posterior.deviations(array![[0.0]].view()).unwrap();
    let unsure = posterior.deviations(array![[4.0]].view()).unwrap();
    assert!(unsure[[0, 0]] > 3.0 * sure[[0, 0]], "{sure} {unsure}");
}

/// In single precision too, and in a few iterations much lower than the start.
#[test]
fn every_solver_trains_in_both_precisions() {
    fn losses<T: chainrule::Real>() -> Vec<f64> {
        let x = Array1::linspace(-1.7, 1.7, 60).insert_axis(Axis(1));
        let data = Dataset::new(x.mapv(T::of), x.mapv(|x: f64| T::of((2.0 * x).sin()))).unwrap();
        let train = |solver| {
            let mut network =
                Network::<T>::builder(1).dense(8, Tanh).dense(1, Identity).build(3).unwrap();
            let training =
                FullBatch { iterations: 100, ..FullBatch::new(MeanSquaredError, solver) };
            training.run(&mut network, &data, None, &mut ()).unwrap().loss
        };
        table::solvers().into_iter().map(train).collect()
    }
    for (single, double) in losses::<f32>().into_iter().zip(losses::<f64>()) {
        assert!(double < 2e-3 && single < 2e-3, "{single} {double}");
    }
}

/// With validation data the best parameters are returned, whatever came after.
#[test]
fn early_stopping_returns_the_best_parameters() {
    let mut random = random(5);
    let x = normals::<f64>(40, 3, &mut random);
    let t = x.map_axis(Axis(1), |x| x[0] * x[1]).insert_axis(Axis(1))
        + normals::<f64>(40, 1, &mut random) * 0.5;
    let data = Dataset::new(x, t).unwrap();
    let (data, validation) = data.split(0.4, 1).unwrap();
    for solver in table::solvers() {
        let mut network = Network::builder(3).dense(12, Tanh).dense(1, Identity).build(1).unwrap();
        let training = FullBatch {
            early_stopping: Some(EarlyStopping::after(5)),
            ..FullBatch::new(MeanSquaredError, solver)
        };
        let history = training.run(&mut network, &data, Some(&validation), &mut ()).unwrap();
        let loss =
            network.evaluate(&MeanSquaredError, validation.x(), validation.targets()).unwrap();
        let losses = history.epochs.iter().map(|epoch| epoch.validation_loss.unwrap());
        let smallest = losses.fold(f64::INFINITY, f64::min);
        assert_eq!(history.validation_loss, Some(loss), "{solver:?}");
        assert!(loss <= smallest, "{solver:?}: {loss} {smallest}");
        assert!(history.learned);
    }
}

#[test]
fn an_observer_can_break_it_off() {
    struct Stop(usize);
    impl Observer<f64> for Stop {
        fn epoch(&mut self, epoch: &Epoch, _: &Network<f64>) -> ControlFlow<()> {
            assert!(epoch.iteration.is_some());
            if epoch.number == self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    let (mut network, data) = problem(50, 1, false);
    for solver in table::solvers() {
        let training = FullBatch::new(MeanSquaredError, solver);
        let history = training.run(&mut network, &data, None, &mut Stop(2)).unwrap();
        assert_eq!(history.ended, Ended::Interrupted { epoch: 2 }, "{solver:?}");
        assert_eq!(history.epochs.len(), 3);
    }
}

#[test]
fn what_a_solver_is_not_made_for_is_told_before_anything_is_allocated() {
    let run = |training: &FullBatch<f64>, network: &mut Network<f64>, data: &Dataset<f64>| {
        training.run(network, data, None, &mut ()).unwrap_err()
    };
    let lm = || LevenbergMarquardt::default();
    let (mut plain, data) = problem(10, 1, false);
    let class = Dataset::new(data.x().to_owned(), Array2::zeros((10, 1))).unwrap();
    let mut classes = Network::builder(3).dense(2, Identity).build(1).unwrap();
    let loss = || Arc::new(CrossEntropy::default()) as Arc<dyn Loss<f64>>;
    let training = FullBatch { loss: loss(), ..FullBatch::new(MeanSquaredError, lm()) };
    assert_eq!(
        run(&training, &mut classes, &class).to_string(),
        "levenberg_marquardt is not made for the loss cross_entropy, which is no sum of squares; take lbfgs \
         or scaled_conjugate_gradient"
    );
    let training = FullBatch { loss: loss(), ..FullBatch::new(MeanSquaredError, Lbfgs::default()) };
    assert!(training.run(&mut classes, &class, None, &mut ()).is_ok());

    let mut dropout = Network::builder(3).dropout(0.5).dense(1, Identity).build(1).unwrap();
    for solver in table::solvers() {
        let error = run(&FullBatch::new(MeanSquaredError, solver), &mut dropout, &data).to_string();
        assert!(error.contains("is not made for dropout or batch normalisation"), "{error}");
        let training = FullBatch {
            penalty: Penalty { l1: 0.1, l2: 0.0 },
            ..FullBatch::new(MeanSquaredError, solver)
        };
        let error = run(&training, &mut plain, &data).to_string();
        assert!(error.contains("an l1 penalty"), "{error}");
    }
    let training = FullBatch {
        penalty: Penalty { l1: 0.0, l2: 0.1 },
        ..FullBatch::new(MeanSquaredError, table::solver("bayesian_regularization").unwrap())
    };
    assert!(run(&training, &mut plain, &data).to_string().contains("finds its own"));

    let mut large = Network::builder(3).dense(1000, Tanh).dense(1000, Tanh).dense(1, Identity);
    large = large.dense(1, Identity);
    let mut large = large.build(1).unwrap();
    let many = Dataset::new(Array2::zeros((100_000, 3)), Array2::zeros((100_000, 1))).unwrap();
    let error = run(&FullBatch::new(MeanSquaredError, lm()), &mut large, &many);
    assert!(matches!(error, Error::Memory { .. }), "{error}");
    let error = error.to_string();
    assert!(error.starts_with("levenberg_marquardt would need "), "{error}");
    assert!(error.contains("GiB of memory for 1006003 parameters; use lbfgs"), "{error}");

    plain.parameters_mut()[0] = f64::NAN;
    for solver in table::solvers() {
        let error = run(&FullBatch::new(MeanSquaredError, solver), &mut plain, &data);
        assert_eq!(error, Error::Start, "{solver:?}");
    }
    let nowhere = least_squares(1, |_, r| r[0] = f64::NAN, |_, j| j[0] = 1.0, &[1.0]);
    assert_eq!(nowhere, Err(Error::Start));
    assert!(least_squares(0, |_, _| {}, |_, _| {}, &[1.0]).is_err());
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

/// Trainings in parallel: the same bits for any number of threads, in the order of their numbers.
#[test]
fn trainings_in_parallel_have_the_same_bits() {
    let (_, data) = problem(300, 2, true);
    for solver in table::solvers() {
        let train = |number: usize| {
            let builder = Network::builder(3).dense(9, Tanh).dense(2, Identity);
            let mut network = builder.build(number as u64).unwrap();
            let training = FullBatch { iterations: 25, ..FullBatch::new(MeanSquaredError, solver) };
            training.run(&mut network, &data, None, &mut ()).unwrap();
            network.parameters().iter().map(|v| v.to_bits()).collect::<Vec<_>>()
        };
        let one = in_parallel(5, 1, train);
        for threads in [2, 3, 4, 8] {
            assert!(in_parallel(5, threads, train) == one, "{solver:?}, {threads} threads");
        }
        assert_ne!(one[0], one[1]);
    }
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
