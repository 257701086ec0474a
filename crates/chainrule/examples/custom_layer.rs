//! A layer of your own is its parameters, a forward and a backward pass; here y = x · s, a learned scale for
//! each feature. `gradient_check` proves ∂L/∂x and ∂L/∂s, and then it stands in a network like any other layer.

use chainrule::{
    Network, Real, Training,
    activation::{Identity, Tanh},
    data::synthetic::Plane,
    gradient_check,
    layer::{Block, Layer, Memory, Mode, Pass, Role},
    loss::BinaryCrossEntropy,
    random::Random,
};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};

/// y = x · s, feature by feature.
#[derive(Clone, Copy, Debug)]
struct Scale(usize);

#[rustfmt::skip] // Short answers on a line each.
impl<T: Real> Layer<T> for Scale {
    fn name(&self) -> String { "scale".to_owned() }
    fn inputs(&self) -> usize { self.0 }
    fn outputs(&self) -> usize { self.0 }
    fn blocks(&self) -> Vec<Block> { vec![Block::new("s", Role::Scale, [self.0])] }
    fn initialize(&self, s: &mut [T], _: &mut [T], _: &mut Random) { s.fill(T::one()); }

    fn forward(&self, s: &[T], x: ArrayView2<T>, mut y: ArrayViewMut2<T>,
               _: &mut Memory<T>, _: Mode<T>) {
        y.assign(&x);
        y *= &ArrayView1::from(s);
    }

    /// ds = Σ x · dy over the rows, *added*; dx = dy · s, *written*
    fn backward(&self, pass: Pass<T>, dy: ArrayView2<T>, dx: Option<ArrayViewMut2<T>>,
                ds: &mut [T], _: &mut Memory<T>) {
        for (x, dy) in pass.x.outer_iter().zip(dy.outer_iter()) {
            ds.iter_mut().zip(x.iter().zip(dy)).for_each(|(ds, (&x, &dy))| *ds += x * dy);
        }
        if let Some(mut dx) = dx {
            dx.assign(&dy);
            dx *= &ArrayView1::from(pass.theta);
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let report = gradient_check::layer(&Scale(3), 5, 0)?;
    println!("The gradient is right in {} entries", report.checked);

    let data = Plane::Moons.sample::<f64>(200, 0.1, 1);
    let builder = Network::builder(2).layer(Scale(2)).dense(10, Tanh);
    let mut network = builder.dense(1, Identity).build(1)?;
    let training =
        Training { epochs: 500, learning_rate: 0.02, ..Training::new(BinaryCrossEntropy) };
    let history = training.run(&mut network, &data, None, &mut ())?;
    gradient_check::network(&network, &BinaryCrossEntropy, data.x(), data.targets())?;
    println!("Two moons: cross-entropy {:.1e}, gradient still right", history.loss);
    assert!(history.loss < 0.05);
    Ok(())
}
