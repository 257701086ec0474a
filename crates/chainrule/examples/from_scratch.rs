//! The lesson this crate grew from, in plain `ndarray` and nothing of ours: a 1-100-1 ReLU network learns
//! sin(x) on [-10, 10]. Every derivative is written out by hand; the engine gives the same numbers
//! (`tests/lesson.rs`).
//!
//! Letters: rows are samples; `dv` means ∂L/∂v.

use ndarray::{Array1, Array2, Axis};
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// y = xw + b.
pub(crate) struct Linear {
    pub(crate) w: Array2<f64>,
    pub(crate) b: Array2<f64>,
    x: Array2<f64>,
}

impl Linear {
    pub(crate) fn new(w: Array2<f64>, b: Array2<f64>) -> Self {
        Self { w, b, x: Array2::zeros((0, 0)) }
    }

    fn forward(&mut self, x: Array2<f64>) -> Array2<f64> {
        self.x = x; // needed on the way back
        self.x.dot(&self.w) + &self.b
    }

    /// From dy to dx, dw and db: dx = dy wᵀ, dw = xᵀ dy, db = Σ dy.
    fn backward(&self, dy: &Array2<f64>) -> (Array2<f64>, [Array2<f64>; 2]) {
        let dx = dy.dot(&self.w.t());
        let dw = self.x.t().dot(dy);
        let db = dy.sum_axis(Axis(0)).insert_axis(Axis(0));
        (dx, [dw, db])
    }
}

/// y = max(x, 0), whose derivative is 1 for x > 0, else 0.
#[derive(Default)]
struct Relu {
    x: Array2<f64>,
}

impl Relu {
    fn forward(&mut self, x: Array2<f64>) -> Array2<f64> {
        self.x = x;
        self.x.mapv(|x| x.max(0.0))
    }

    fn backward(&self, dy: &Array2<f64>) -> Array2<f64> {
        dy * &self.x.mapv(|x| if x > 0.0 { 1.0 } else { 0.0 })
    }
}

/// L = mean of (y − t)², and dy = 2(y − t)/n.
fn mean_squared_error(y: &Array2<f64>, t: &Array2<f64>) -> (f64, Array2<f64>) {
    let error = y - t;
    let n = error.len() as f64;
    (error.mapv(|e| e * e).sum() / n, error * (2.0 / n))
}

/// Adam's running means for one parameter.
struct Adam {
    m: Array2<f64>,
    v: Array2<f64>,
}

impl Adam {
    fn new(parameter: &Array2<f64>) -> Self {
        Self { m: Array2::zeros(parameter.dim()), v: Array2::zeros(parameter.dim()) }
    }

    /// Step number t, counted from 1.
    fn step(&mut self, parameter: &mut Array2<f64>, gradient: &Array2<f64>, t: i32, rate: f64) {
        let (beta1, beta2, epsilon) = (0.9, 0.999, 1e-8);
        self.m = &self.m * beta1 + gradient * (1.0 - beta1);
        self.v = &self.v * beta2 + gradient * gradient * (1.0 - beta2);
        let m_hat = &self.m / (1.0 - f64::powi(beta1, t));
        let v_hat = &self.v / (1.0 - f64::powi(beta2, t));
        *parameter -= &(m_hat / (v_hat.sqrt() + epsilon) * rate);
    }
}

/// Trains the two layers on x and t; returns the loss before each step.
pub(crate) fn train(
    [first, second]: [&mut Linear; 2],
    x: &Array2<f64>,
    t: &Array2<f64>,
    epochs: i32,
) -> Vec<f64> {
    let mut relu = Relu::default();
    let mut adams = [&first.w, &first.b, &second.w, &second.b].map(Adam::new);
    let mut losses = Vec::new();
    for epoch in 1..=epochs {
        // Forwards: linear → relu → linear → loss.
        let z = first.forward(x.clone());
        let h = relu.forward(z);
        let y = second.forward(h);
        let (loss, dy) = mean_squared_error(&y, t);
        losses.push(loss);

        // The same way back.
        let (dh, d_second) = second.backward(&dy);
        let dz = relu.backward(&dh);
        let (_, d_first) = first.backward(&dz);

        // Each parameter goes a step against its gradient.
        let parameters = [&mut first.w, &mut first.b, &mut second.w, &mut second.b];
        let gradients = d_first.iter().chain(&d_second);
        for ((adam, parameter), gradient) in adams.iter_mut().zip(parameters).zip(gradients) {
            adam.step(parameter, gradient, epoch, 0.01);
        }
    }
    losses
}

#[allow(dead_code, reason = "a test includes this file for its `train`")]
fn main() {
    let epochs = if std::env::var_os("CHAINRULE_QUICK").is_some() { 500 } else { 5000 };
    let x = Array1::linspace(-10.0, 10.0, 100).insert_axis(Axis(1));
    let t = x.mapv(f64::sin);

    // He initialisation: normal weights with variance 2 / inputs, biases 0.
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(42);
    let mut he = |inputs: usize, outputs: usize| {
        let deviation = (2.0 / inputs as f64).sqrt();
        Array2::from_shape_simple_fn((inputs, outputs), || {
            let z: f64 = StandardNormal.sample(&mut random);
            z * deviation
        })
    };
    let mut first = Linear::new(he(1, 100), Array2::zeros((1, 100)));
    let mut second = Linear::new(he(100, 1), Array2::zeros((1, 1)));
    let losses = train([&mut first, &mut second], &x, &t, epochs);
    for (epoch, loss) in losses.iter().enumerate().step_by(100) {
        println!("Epoch {epoch}, Loss: {loss}");
    }
}
