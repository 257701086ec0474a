//! An activation of your own is one struct with two formulas; here Snake, x + sin²(x) (Ziyin et al.,
//! arXiv 2006.08195), which learns periodic functions. `gradient_check` proves the second formula to be the
//! derivative of the first, and then it works in any network.

use chainrule::{
    Network, Real, Training,
    activation::{Activation, Identity},
    data::synthetic,
    gradient_check,
    loss::MeanSquaredError,
};

/// σ(x) = x + sin²(x).
#[derive(Clone, Copy, Debug)]
struct Snake;

impl<T: Real> Activation<T> for Snake {
    fn name(&self) -> &str {
        "snake"
    }

    fn value(&self, x: T) -> T {
        x + x.sin() * x.sin()
    }

    /// σ' = 1 + 2 sin(x) cos(x) = 1 + sin(2x)
    fn derivative(&self, x: T, _: T) -> T {
        T::one() + (x + x).sin()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let report = gradient_check::activation(&Snake)?;
    println!("Snake's derivative is right at {} points", report.checked);

    let data = synthetic::SINE.sample::<f32>(100, 0.0, 0);
    let mut network = Network::builder(1).dense(20, Snake).dense(1, Identity).build(1)?;
    let training =
        Training { epochs: 1000, learning_rate: 0.01, ..Training::new(MeanSquaredError) };
    let history = training.run(&mut network, &data, None, &mut ())?;
    println!("sin(x): mean squared error {:.1e}", history.loss);
    assert!(history.loss < 1e-2);
    Ok(())
}
