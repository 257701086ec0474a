//! A network: a layer together with its parameters.

mod builder;
mod predictor;
mod summary;
mod workspace;

pub use builder::Builder;
pub use predictor::Predictor;
pub use summary::Summary;
pub use workspace::Workspace;

use crate::{
    Real,
    error::{Error, expect},
    kernel::Aligned,
    layer::{Block, Layer, Role, Sequential, count},
    loss::{Loss, Sum, Targets},
    random::{Purpose, Random},
};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};
use std::{ops::Range, sync::Arc};

/// A layer (usually [`Sequential`]) with its parameters θ and its statistics.
///
/// ```
/// use chainrule::{Network, activation::{Identity, Relu}};
///
/// let network = Network::<f32>::builder(1).dense(100, Relu).dense(1, Identity).build(42)?;
/// assert_eq!(network.parameters().len(), 301);
/// let y = network.predict(ndarray::array![[0.5], [1.0]].view())?;
/// assert_eq!(y.dim(), (2, 1));
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network<T> {
    layer: Arc<Sequential<T>>,
    theta: Aligned<T>,
    statistics: Vec<T>,
}

impl<T: Real> Network<T> {
    /// Starts a network with this many inputs.
    pub fn builder(inputs: usize) -> Builder<T> {
        Builder::new(inputs)
    }

    /// A network of these layers, its parameters drawn with this seed.
    pub fn new(layer: Sequential<T>, seed: u64) -> Self {
        let mut theta = Aligned::zeros(count(&layer.blocks()));
        let mut statistics = vec![T::zero(); count(&layer.statistics())];
        let mut random = Random::new(seed, Purpose::Parameters);
        layer.initialize(&mut theta, &mut statistics, &mut random);
        Self { layer: Arc::new(layer), theta, statistics }
    }

    /// The layers, without their parameters.
    pub fn layer(&self) -> &Sequential<T> {
        &self.layer
    }

    /// The same, to be kept.
    pub(crate) fn shared_layer(&self) -> Arc<Sequential<T>> {
        Arc::clone(&self.layer)
    }

    /// The number of columns of the inputs.
    pub fn inputs(&self) -> usize {
        self.layer.inputs()
    }

    /// The number of columns of the outputs.
    pub fn outputs(&self) -> usize {
        self.layer.outputs()
    }

    /// All parameters θ, in the order of [`Network::blocks`].
    pub fn parameters(&self) -> &[T] {
        &self.theta
    }

    /// The same, to change them.
    pub fn parameters_mut(&mut self) -> &mut [T] {
        &mut self.theta
    }

    /// Numbers that are measured rather than trained (running means of batch normalisation).
    pub fn statistics(&self) -> &[T] {
        &self.statistics
    }

    /// The same, to change them.
    pub fn statistics_mut(&mut self) -> &mut [T] {
        &mut self.statistics
    }

    /// The named blocks of the parameters, such as `dense_1.w` [inputs × outputs].
    pub fn blocks(&self) -> Vec<Block> {
        self.layer.blocks()
    }

    /// The layer, θ and the statistics, each on its own.
    pub(crate) fn parts_mut(&mut self) -> (&Sequential<T>, &[T], &mut [T]) {
        (&self.layer, &self.theta, &mut self.statistics)
    }

    /// Whether every parameter and statistic is a finite number.
    pub fn is_finite(&self) -> bool {
        self.theta.iter().chain(&self.statistics).all(|v| v.is_finite())
    }

    /// Replaces all parameters and statistics.
    pub fn set(&mut self, theta: &[T], statistics: &[T]) -> Result<(), Error> {
        expect("parameters", self.theta.len(), theta.len())?;
        expect("statistics", self.statistics.len(), statistics.len())?;
        self.theta.copy_from_slice(theta);
        self.statistics.copy_from_slice(statistics);
        Ok(())
    }

    /// Where the weights lie in θ: what penalties and weight decay act on.
    pub fn weight_ranges(&self) -> Vec<Range<usize>> {
        let mut start = 0;
        let mut ranges = Vec::new();
        for block in self.blocks() {
            if block.role == Role::Weight {
                ranges.push(start..start + block.len());
            }
            start += block.len();
        }
        ranges
    }

    /// The outputs [rows × outputs] for inputs `x` [rows × inputs].
    ///
    /// A row's prediction does not depend on the other rows, to the last bit.
    pub fn predict(&self, x: ArrayView2<T>) -> Result<Array2<T>, Error> {
        let mut y = Array2::zeros((x.nrows(), self.outputs()));
        self.predict_into(x, y.view_mut(), &mut self.predictor(x.nrows()))?;
        Ok(y)
    }

    /// A plan for predictions of up to so many rows at a time: with it they take no memory and no time but their own.
    ///
    /// ```
    /// use chainrule::{Network, activation::{Identity, Relu}};
    ///
    /// let network = Network::<f32>::builder(1).dense(100, Relu).dense(1, Identity).build(42)?;
    /// let mut predictor = network.predictor(1);
    /// let mut y = [0.0];
    /// network.predict_row(&[0.5], &mut y, &mut predictor)?;
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    pub fn predictor(&self, rows: usize) -> Predictor<T> {
        Predictor::new(self, rows)
    }

    /// Writes the outputs `y` for one row `x` of inputs, in memory that was planned before. Each thread that predicts
    /// with this network needs a [`predictor`](Self::predictor) of its own.
    pub fn predict_row(
        &self,
        x: &[T],
        y: &mut [T],
        predictor: &mut Predictor<T>,
    ) -> Result<(), Error> {
        predictor.row(self, x, y)
    }

    /// Writes the outputs `y` [rows × outputs] for `x` [rows × inputs], any number of them, in memory that was planned
    /// before.
    pub fn predict_into(
        &self,
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        predictor: &mut Predictor<T>,
    ) -> Result<(), Error> {
        expect("rows of the predictions", x.nrows(), y.nrows())?;
        expect("columns of the predictions", self.outputs(), y.ncols())?;
        predictor.for_each(self, x, |rows, part| y.slice_mut(s![rows, ..]).assign(&part))
    }

    /// The mean loss of the predictions for `x`, without dropout.
    pub fn evaluate(
        &self,
        loss: &dyn Loss<T>,
        x: ArrayView2<T>,
        targets: Targets<T>,
    ) -> Result<f64, Error> {
        self.evaluate_with(&mut Predictor::new(self, x.nrows()), loss, x, targets)
    }

    /// The same in memory that was planned before.
    pub(crate) fn evaluate_with(
        &self,
        predictor: &mut Predictor<T>,
        loss: &dyn Loss<T>,
        x: ArrayView2<T>,
        targets: Targets<T>,
    ) -> Result<f64, Error> {
        expect("rows of the targets", x.nrows(), targets.values.nrows())?;
        if let Some(weights) = targets.weights {
            expect("sample weights", x.nrows(), weights.len())?;
        }
        let values = targets.values.as_standard_layout();
        let targets = Targets { values: values.view(), ..targets };
        if let Some(outputs) = loss.outputs(targets.values.ncols()) {
            expect("outputs of the network", outputs, self.outputs())?;
        }
        let mut sum = Sum::default();
        predictor.for_each(self, x, |rows, y| sum += loss.sum(y, targets.rows(rows)))?;
        Ok(sum.mean())
    }

    /// A plan for training passes of up to this many rows.
    pub fn workspace(&self, rows: usize) -> Workspace<T> {
        Workspace::new(self, rows)
    }

    /// The forward pass of training: returns the outputs [rows × outputs] for `x` [rows × inputs].
    ///
    /// # Panics
    ///
    /// If `x` has other columns than the network has inputs, or more rows than were planned for.
    pub fn forward<'w>(
        &mut self,
        x: ArrayView2<T>,
        workspace: &'w mut Workspace<T>,
    ) -> ArrayView2<'w, T> {
        workspace.forward(&*self.layer, &self.theta, &mut self.statistics, x);
        workspace.output()
    }

    /// The backward pass: from the loss at the outputs of the last [`forward`](Self::forward) pass to
    /// [`Workspace::gradient`]. Returns the mean loss.
    ///
    /// # Panics
    ///
    /// If the targets do not have as many rows as the forward pass.
    pub fn backward(
        &self,
        loss: &dyn Loss<T>,
        targets: Targets<T>,
        workspace: &mut Workspace<T>,
    ) -> f64 {
        let divisor = loss.divisor(targets);
        let (layer, theta) = (&*self.layer, &self.theta);
        workspace.loss_and_backward(layer, theta, loss, targets, divisor, true).mean()
    }

    /// What the network consists of, as a table.
    pub fn summary(&self) -> Summary {
        Summary::new(self)
    }
}
