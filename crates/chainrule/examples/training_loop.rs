//! The loop of the lesson by hand: forward, loss, backward, step.

use chainrule::{
    Network,
    activation::{Identity, Relu},
    initialization::{Bias, Weights},
    loss::MeanSquaredError,
    optimizer::{Adam, Descent},
};
use ndarray::{Array1, Axis};

fn main() -> Result<(), chainrule::Error> {
    let x = Array1::linspace(-1.73, 1.73, 100).insert_axis(Axis(1));
    let target = x.mapv(|x: f64| (5.8 * x).sin());

    let mut network = Network::builder(1)
        .dense_from(100, Relu, Weights::HeNormal, Bias::STANDARDISED)
        .dense(1, Identity)
        .build(42)?;
    let mut workspace = network.workspace(x.nrows());
    let mut adam = Descent::new(Adam::default(), network.parameters().len());
    for epoch in 0..2000 {
        network.forward(x.view(), &mut workspace);
        let loss = network.backward(&MeanSquaredError, target.view().into(), &mut workspace);
        adam.step(0.01, network.parameters_mut(), workspace.gradient());
        if epoch % 200 == 0 {
            println!("Epoch {epoch}, Loss: {loss}");
        }
    }
    let y = network.predict(x.view())?;
    let error = (&y - &target).mapv(f64::abs).into_iter().fold(0.0, f64::max);
    println!("the largest error is {error:.3}");
    Ok(())
}
