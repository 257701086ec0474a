//! A loss of your own is the loss of one sample beside its gradient; here a squared error that makes
//! predicting too much four times as dear as predicting too little. `gradient_check` proves the pair, and a
//! network trained with it learns to stay on the cheap side of noisy data.

use chainrule::{
    Network, Real, Training,
    activation::{Identity, Tanh},
    data::synthetic,
    gradient_check,
    loss::Loss,
};
use ndarray::array;

/// ℓ = c (y − t)², the mean over the outputs, with c = 4 for y > t, else 1.
#[derive(Clone, Copy, Debug)]
struct Asymmetric;

fn cost<T: Real>(error: T) -> T {
    if error > T::zero() { T::of(4.0) } else { T::one() }
}

impl<T: Real> Loss<T> for Asymmetric {
    fn name(&self) -> &str {
        "asymmetric"
    }

    fn value(&self, y: &[T], target: &[T]) -> T {
        let errors = y.iter().zip(target).map(|(&y, &t)| y - t);
        errors.map(|e| cost(e) * e * e).sum::<T>() / T::of(y.len() as f64)
    }

    /// ∂ℓ/∂y = 2c (y − t), divided by the number of outputs
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        for ((dy, &y_i), &t) in dy.iter_mut().zip(y).zip(target) {
            *dy = T::of(2.0 / y.len() as f64) * cost(y_i - t) * (y_i - t);
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (y, t) = (array![[0.5, -1.0], [2.0, 0.3]], array![[0.0, 0.0], [3.0, -1.0]]);
    let report = gradient_check::loss(&Asymmetric, y.view(), t.view().into())?;
    println!("The gradient is right in {} entries", report.checked);

    let data = synthetic::SINE.sample::<f32>(200, 0.3, 1);
    let mut network = Network::builder(1).dense(30, Tanh).dense(1, Identity).build(1)?;
    let training = Training { epochs: 300, learning_rate: 0.02, ..Training::new(Asymmetric) };
    training.run(&mut network, &data, None, &mut ())?;
    let above = &network.predict(data.x())? - &data.targets().values;
    let part = above.iter().filter(|error| **error > 0.0).count() as f64 / data.len() as f64;
    println!("{:.0} % of the predictions are above their target", 100.0 * part);
    assert!(part < 0.4);
    Ok(())
}
