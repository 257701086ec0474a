//! Bayesian regularisation: its noise, its penalty and its error bars.

use super::*;

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
