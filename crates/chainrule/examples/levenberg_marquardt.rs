//! The lesson's curve by Levenberg and Marquardt's method, with error bars from Bayesian regularisation:
//! `cargo run --release -p chainrule --example levenberg_marquardt`

use chainrule::{
    Dataset, Network,
    activation::{Identity, Tanh},
    initialization::{Bias, Weights},
    loss::MeanSquaredError,
    random::{Purpose, Random},
    solver::{BayesianRegularization, LevenbergMarquardt},
    training::{FullBatch, Posterior},
};
use ndarray::{Array1, Axis, array};

fn main() -> Result<(), chainrule::Error> {
    let x = Array1::linspace(-10.0, 10.0, 100).insert_axis(Axis(1));
    let scale = x.std(0.0);
    let network = Network::builder(1)
        .dense_from(20, Tanh, Weights::GlorotUniform, Bias::STANDARDISED)
        .dense(1, Identity)
        .build(42)?;

    // Without noise: as far as double precision goes, or 300 iterations.
    let data = Dataset::new(&x / scale, x.mapv(f64::sin))?;
    let solver = LevenbergMarquardt::default();
    let training = FullBatch { iterations: 300, ..FullBatch::new(MeanSquaredError, solver) };
    let history = training.run(&mut network.clone(), &data, None, &mut ())?;
    let iterations = history.epochs.len();
    println!("sin x: mean squared error {:.1e} after {iterations} iterations", history.loss);

    // With noise: the data tell how much of it there is, and how sure the network can be.
    let mut random = Random::new(1, Purpose::Data);
    let noisy = x.mapv(|x| x.sin() + 0.1 * random.normal::<f64>());
    let data = Dataset::new(&x / scale, noisy)?;
    let mut network = network;
    let training = FullBatch::new(MeanSquaredError, BayesianRegularization::default());
    let history = training.run(&mut network, &data, None, &mut ())?;
    let Some(evidence) = history.evidence else { return Ok(()) };
    let (gamma, deviation) = (evidence.effective_parameters, evidence.noise.sqrt());
    println!("with noise of 0.1: {deviation:.3} found, {gamma:.0} of 61 parameters determined");

    let at = array![[0.0], [2.0], [15.0]] / scale;
    let y = network.predict(at.view())?;
    let deviations = Posterior::new(&network, &data, evidence)?.deviations(at.view())?;
    for (x, (y, deviation)) in [0.0, 2.0, 15.0f64].iter().zip(y.iter().zip(&deviations)) {
        println!("sin({x}) = {:.3}: {y:.3} ± {deviation:.3}", x.sin());
    }
    Ok(())
}
