use super::{Loss, Sum, Targets};
use crate::{
    Real,
    graph::{Error, Graph, Length, Program, Shape, Value, mixing},
};
use ndarray::{ArrayView2, ArrayViewMut2};
use std::{panic::Location, sync::Mutex};

/// A loss that is written as a formula ℓ(y, t) and differentiates itself; see [`graph`](crate::graph).
///
/// ```
/// use chainrule::{graph::Over, loss::Formula};
///
/// // The mean of |y − t|^1.5 over the outputs.
/// let loss = Formula::<f64>::new("power", 2, 2, |y, t| (y - t).abs().power(1.5).mean(Over::Columns))?;
///
/// let (y, t) = (ndarray::array![[1.0, 2.0], [0.5, 3.0]], ndarray::array![[0.0, 2.5], [1.0, 1.0]]);
/// chainrule::gradient_check::loss(&loss, y.view(), t.view().into()).expect("the chain rule holds");
/// # Ok::<(), chainrule::graph::Error>(())
/// ```
#[derive(Debug)]
pub struct Formula<T> {
    name: String,
    outputs: usize,
    targets: usize,
    program: Program<T>,
    /// The nodes of y, t, the weights of the samples, ℓ and dy.
    y: usize,
    t: usize,
    weights: usize,
    loss: usize,
    dy: usize,
    /// Memory that is not in use. There is as much as there were ever threads that computed this loss at once.
    memory: Mutex<Vec<Vec<T>>>,
}

/// The phases of the program.
const VALUE: usize = 0;
const GRADIENT: usize = 1;

impl<T: Real> Formula<T> {
    /// A loss for so many outputs of the network and columns of the target.
    ///
    /// The formula is given y [batch × outputs] and t [batch × targets] and returns the loss of each sample,
    /// [batch × 1], which may depend on the sample's own row alone.
    #[track_caller]
    pub fn new(
        name: &str,
        outputs: usize,
        targets: usize,
        f: impl for<'g> FnOnce(Value<'g, T>, Value<'g, T>) -> Value<'g, T>,
    ) -> Result<Self, Error> {
        let graph = Graph::new();
        let (y, t) = (graph.batch(outputs), graph.batch(targets));
        let loss = f(y, t);
        graph.check()?;
        let shape = loss.shape();
        if shape != (Shape { rows: Length::Batch, columns: Length::Fixed(1) }) {
            let needs = "the loss of each sample is one number, [batch × 1]; take the mean over the columns";
            return Err(Error::shape("loss", shape, needs, Location::caller()));
        }
        if let Some(error) = mixing(loss) {
            return Err(error);
        }
        let weights = graph.batch(1);
        let dy = loss.pull_back(weights, &[y]);
        Ok(Self {
            name: name.to_owned(),
            outputs,
            targets,
            program: Program::new(&graph, &[&[loss], &dy])?,
            y: y.node(),
            t: t.node(),
            weights: weights.node(),
            loss: loss.node(),
            dy: dy[0].node(),
            memory: Mutex::new(Vec::new()),
        })
    }

    /// Computes the losses of these samples, and their gradient if it is asked for.
    fn compute<R>(
        &self,
        [y, t]: [&[T]; 2],
        weight: impl Fn(usize) -> T,
        gradient: Option<&mut [T]>,
        losses: impl FnOnce(&[T]) -> R,
    ) -> R {
        const POISONED: &str = "no thread stops while it holds the memory";
        let rows = y.len() / self.outputs;
        let memory = self.memory.lock().expect(POISONED).pop();
        let mut memory = memory.unwrap_or_default();
        let len = self.program.memory_len(rows);
        if memory.len() < len {
            memory.resize(len, T::zero());
        }

        self.program.set_input(self.y, &mut memory, rows, y.iter().copied());
        self.program.set_input(self.t, &mut memory, rows, t.iter().copied());
        self.program.run(VALUE, &[], &mut memory, rows);
        let result = losses(self.program.result(self.loss, &[], &memory, rows));

        if let Some(dy) = gradient {
            self.program.set_input(self.weights, &mut memory, rows, (0..rows).map(&weight));
            self.program.run(GRADIENT, &[], &mut memory, rows);
            dy.copy_from_slice(self.program.result(self.dy, &[], &memory, rows));
            // Nothing times infinity is nothing here.
            for (i, dy) in dy.chunks_exact_mut(self.outputs).enumerate() {
                if weight(i) == T::zero() {
                    dy.fill(T::zero());
                }
            }
        }
        self.memory.lock().expect(POISONED).push(memory);
        result
    }

    /// Σ wᵢ ℓᵢ and Σ wᵢ.
    fn total(losses: &[T], targets: Targets<T>) -> Sum {
        let mut sum = Sum::default();
        for (i, loss) in losses.iter().enumerate() {
            let weight = targets.weight(i).f64();
            if weight != 0.0 {
                sum.loss += weight * loss.f64();
                sum.weight += weight;
            }
        }
        sum
    }
}

impl<T: Real> Loss<T> for Formula<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn value(&self, y: &[T], target: &[T]) -> T {
        self.compute([y, target], |_| T::one(), None, |losses| losses[0])
    }

    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        self.compute([y, target], |_| T::one(), Some(dy), |_| ());
    }

    fn outputs(&self, _: usize) -> Option<usize> {
        Some(self.outputs)
    }

    fn check_target(&self, target: &[T], _: usize) -> Result<(), String> {
        match target.len() == self.targets {
            true => Ok(()),
            false => Err(format!("it has {} columns, not {}", target.len(), self.targets)),
        }
    }

    fn sum(&self, y: ArrayView2<T>, targets: Targets<T>) -> Sum {
        let arrays = [super::slice(&y), super::slice(&targets.values)];
        self.compute(arrays, |_| T::one(), None, |losses| Self::total(losses, targets))
    }

    fn batch_gradient(
        &self,
        y: ArrayView2<T>,
        targets: Targets<T>,
        divisor: f64,
        dy: ArrayViewMut2<T>,
    ) {
        self.sum_and_gradient(y, targets, divisor, dy);
    }

    fn sum_and_gradient(
        &self,
        y: ArrayView2<T>,
        targets: Targets<T>,
        divisor: f64,
        mut dy: ArrayViewMut2<T>,
    ) -> Sum {
        let arrays = [super::slice(&y), super::slice(&targets.values)];
        let weight = |i| T::of(targets.weight(i).f64() / divisor);
        let dy = dy.as_slice_mut().expect(super::STANDARD_LAYOUT);
        self.compute(arrays, weight, Some(dy), |losses| Self::total(losses, targets))
    }
}
