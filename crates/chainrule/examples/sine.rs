//! The library in fifteen lines: a network learns sin(x).

use chainrule::{Dataset, Network, Training, activation::*, initialization::*, loss::*};
use ndarray::{Array1, Axis};

fn main() -> Result<(), chainrule::Error> {
    let x = Array1::linspace(-10.0f32, 10.0, 100).insert_axis(Axis(1));
    let data = Dataset::new(&x / 5.83, x.mapv(f32::sin))?; // x with standard deviation 1

    let mut network = Network::builder(1)
        .dense_from(100, Relu, Weights::HeNormal, Bias::STANDARDISED)
        .dense(1, Identity)
        .build(42)?;
    let training =
        Training { epochs: 5000, learning_rate: 0.01, ..Training::new(MeanSquaredError) };
    let history = training.run(&mut network, &data, None, &mut ())?;

    let y = network.predict((&x / 5.83).view())?;
    println!("mean squared error {:.1e}, sin(x[25]) ≈ {:.3}", history.loss, y[[25, 0]]);
    assert!(history.loss < 0.003);
    Ok(())
}
