//! What several families need: numbers, targets that suit a loss, and a layer with all that a pass takes.

use chainrule::{
    Network, Real,
    layer::{Layer, Memory, Mode, Pass, Sequential, count},
    loss::{Loss, Targets},
    random::{Purpose, Random},
};
use ndarray::{Array1, Array2};
use std::sync::Arc;

/// The classes of a classification.
pub(crate) const CLASSES: usize = 4;

/// A stream of numbers for a test.
pub(crate) fn random(seed: u64) -> Random {
    Random::new(seed, Purpose::Checking)
}

/// Numbers of the normal distribution.
pub(crate) fn normals<T: Real>(rows: usize, columns: usize, random: &mut Random) -> Array2<T> {
    Array2::from_shape_simple_fn((rows, columns), || random.normal())
}

/// Targets that suit a loss, `columns` of them where the loss leaves the choice.
pub(crate) fn targets<T: Real>(
    loss: &dyn Loss<T>,
    rows: usize,
    columns: usize,
    random: &mut Random,
) -> Array2<T> {
    let columns = if loss.name() == "cross_entropy" { 1 } else { columns };
    let targets = Array2::from_shape_simple_fn((rows, columns), || match loss.name() {
        "cross_entropy" => T::of(random.below(CLASSES) as f64),
        "binary_cross_entropy" => random.unit(),
        "poisson" => T::of(random.below(6) as f64),
        _ => random.normal(),
    });
    for target in targets.outer_iter() {
        let suits = loss.check_target(&target.to_vec(), outputs(loss, columns));
        suits.expect("`targets` knows what suits each loss: teach it this one");
    }
    targets
}

/// The outputs of a network for a loss and this many target columns.
pub(crate) fn outputs<T: Real>(loss: &dyn Loss<T>, columns: usize) -> usize {
    loss.outputs(columns).unwrap_or(CLASSES)
}

/// Positive weights of samples.
pub(crate) fn weights<T: Real>(rows: usize, random: &mut Random) -> Array1<T> {
    Array1::from_shape_simple_fn(rows, || random.uniform(T::of(0.1), T::of(3.0)))
}

/// The mean loss and ∂L/∂y, which the loss tells in two ways.
pub(crate) fn loss_and_gradient<T: Real>(
    loss: &dyn Loss<T>,
    y: &Array2<T>,
    targets: Targets<T>,
) -> (f64, Array2<T>) {
    let mut dy = Array2::from_elem(y.dim(), T::nan());
    loss.batch_gradient(y.view(), targets, loss.divisor(targets), dy.view_mut());
    let sum = loss.sum(y.view(), targets);

    // At once, as a training asks for them.
    let mut at_once = Array2::from_elem(y.dim(), T::nan());
    let divisor = loss.divisor(targets);
    let same_sum = loss.sum_and_gradient(y.view(), targets, divisor, at_once.view_mut());
    let close = |a: f64, b: f64| {
        a == b
            || (a.is_nan() && b.is_nan())
            || (a - b).abs() <= 20.0 * T::epsilon().f64() * a.abs().max(1.0)
    };
    let name = loss.name();
    assert!(
        same_sum == sum || close(same_sum.mean(), sum.mean()),
        "{name}: {same_sum:?}, not {sum:?}"
    );
    for (a, b) in at_once.iter().zip(&dy) {
        assert!(close(a.f64(), b.f64()), "{name}: {a}, not {b}");
    }
    (sum.mean(), dy)
}

/// A network of one chain of layers whose parameters and statistics are away from their initial values,
/// which may be special: biases of 0, gains of 1.
pub(crate) fn network<T: Real>(layers: Vec<Arc<dyn Layer<T>>>, seed: u64) -> Network<T> {
    let mut network = Network::new(Sequential::new(layers).unwrap(), seed);
    disturb(network.parameters_mut(), network_random(seed));
    disturb(network.statistics_mut(), network_random(seed + 1));
    network
}

fn network_random(seed: u64) -> Random {
    Random::new(seed, Purpose::Data)
}

fn disturb<T: Real>(numbers: &mut [T], mut random: Random) {
    numbers.iter_mut().for_each(|v| *v += random.uniform(T::of(-0.3), T::of(0.3)));
}

/// A layer with all that its passes take: parameters, inputs x, ∂L/∂y and memory.
pub(crate) struct Trial<T> {
    pub(crate) layer: Arc<dyn Layer<T>>,
    pub(crate) theta: Vec<T>,
    pub(crate) statistics: Vec<T>,
    pub(crate) x: Array2<T>,
    pub(crate) dy: Array2<T>,
    pub(crate) y: Array2<T>,
    pub(crate) memory: Memory<T>,
}

impl<T: Real> Trial<T> {
    pub(crate) fn new(layer: Arc<dyn Layer<T>>, rows: usize, seed: u64) -> Self {
        let mut theta = vec![T::zero(); count(&layer.blocks())];
        let mut statistics = vec![T::zero(); count(&layer.statistics())];
        let mut numbers = random(seed);
        layer.initialize(&mut theta, &mut statistics, &mut numbers);
        disturb(&mut theta, random(seed + 1));
        disturb(&mut statistics, random(seed + 2));
        let x = normals(rows, layer.inputs(), &mut numbers);
        let dy = normals(rows, layer.outputs(), &mut numbers);
        Self::with_numbers(layer, theta, statistics, x, dy)
    }

    pub(crate) fn with_numbers(
        layer: Arc<dyn Layer<T>>,
        theta: Vec<T>,
        statistics: Vec<T>,
        x: Array2<T>,
        dy: Array2<T>,
    ) -> Self {
        // What lies in y and in the memory before a pass must not matter.
        let y = Array2::from_elem(dy.dim(), T::nan());
        let mut memory = layer.memory(x.nrows());
        fill(&mut memory, T::nan());
        Self { layer, theta, statistics, x, dy, y, memory }
    }

    /// The name and the settings of the layer, for messages.
    pub(crate) fn name(&self) -> String {
        format!("{} ({})", self.layer.name(), self.layer.describe())
    }

    /// Forward in training, dropout with the same draws each time.
    pub(crate) fn train(&mut self) {
        let mut random = Random::new(7, Purpose::Dropout { shard: 0 });
        let mode = Mode::Train { random: &mut random, statistics: &mut self.statistics };
        let (x, y) = (self.x.view(), self.y.view_mut());
        self.layer.forward(&self.theta, x, y, &mut self.memory, mode);
    }

    /// Forward in prediction.
    pub(crate) fn predict(&mut self) {
        let mode = Mode::Predict { statistics: &self.statistics };
        let (x, y) = (self.x.view(), self.y.view_mut());
        self.layer.forward(&self.theta, x, y, &mut self.memory, mode);
    }

    /// Backward: adds to `d_theta` and returns dx.
    pub(crate) fn backward(&mut self, d_theta: &mut [T]) -> Array2<T> {
        // `backward` *writes* dx: the NaN must be gone after it.
        let mut dx = Array2::from_elem(self.x.dim(), T::nan());
        let pass = Pass { theta: &self.theta, x: self.x.view(), y: self.y.view() };
        let wanted = Some(dx.view_mut());
        self.layer.backward(pass, self.dy.view(), wanted, d_theta, &mut self.memory);
        dx
    }

    /// Backward where nobody asks for dx.
    pub(crate) fn backward_of_parameters(&mut self, d_theta: &mut [T]) {
        let pass = Pass { theta: &self.theta, x: self.x.view(), y: self.y.view() };
        self.layer.backward(pass, self.dy.view(), None, d_theta, &mut self.memory);
    }

    /// The first backward pass of a step, which writes `d_theta`; returns dx.
    pub(crate) fn backward_first(&mut self, d_theta: &mut [T]) -> Array2<T> {
        let mut dx = Array2::from_elem(self.x.dim(), T::nan());
        let pass = Pass { theta: &self.theta, x: self.x.view(), y: self.y.view() };
        let wanted = Some(dx.view_mut());
        self.layer.backward_first(pass, self.dy.view(), wanted, d_theta, &mut self.memory);
        dx
    }

    /// The same where nobody asks for dx.
    pub(crate) fn backward_first_of_parameters(&mut self, d_theta: &mut [T]) {
        let pass = Pass { theta: &self.theta, x: self.x.view(), y: self.y.view() };
        self.layer.backward_first(pass, self.dy.view(), None, d_theta, &mut self.memory);
    }

    /// A gradient of zeros to add to.
    pub(crate) fn zeros(&self) -> Vec<T> {
        vec![T::zero(); self.theta.len()]
    }
}

/// Fills a memory and all inside it with a number.
pub(crate) fn fill<T: Real>(memory: &mut Memory<T>, value: T) {
    memory.numbers.fill(value);
    memory.inner.iter_mut().for_each(|inner| fill(inner, value));
}

/// Fails unless |ours − theirs| ≤ relative · |theirs| + floor for every pair.
pub(crate) fn assert_close<'a>(
    what: &str,
    ours: impl IntoIterator<Item = &'a f64>,
    theirs: impl IntoIterator<Item = &'a f64>,
    relative: f64,
    floor: f64,
) {
    let (mut ours, mut theirs) = (ours.into_iter(), theirs.into_iter());
    for i in 0.. {
        let (ours, theirs) = match (ours.next(), theirs.next()) {
            (Some(ours), Some(theirs)) => (ours, theirs),
            (None, None) => return,
            _ => panic!("{what}: of different lengths, the shorter one has {i} numbers"),
        };
        let error = (ours - theirs).abs();
        assert!(
            error <= relative * theirs.abs() + floor,
            "{what}: number {i} is {ours:e}, not {theirs:e} (error {error:.1e})"
        );
    }
}
