//! Layers: differentiable maps with parameters. **The heart of the crate; start here.**
//!
//! A network is a chain of maps. Values go through it forwards; the derivatives of the loss L come back
//! through the same chain, each layer multiplying by its own derivative:
//!
//! ```text
//!            θ₁             θ₂
//!            ↓              ↓
//!  x  ──► layer 1 ──► h ──► layer 2 ──► y ──► L          forward:  y = f(x; θ)
//!
//! dx  ◄── layer 1 ◄── dh ◄─ layer 2 ◄── dy ◄─ ∂L/∂y      backward: dx = dy · ∂y/∂x
//!            ↓              ↓
//!           dθ₁            dθ₂                                     dθ = dy · ∂y/∂θ
//! ```
//!
//! Letters, everywhere the same: `x` inputs, `y` outputs, `w` weights [inputs × outputs], `b` biases, `θ`
//! all parameters; `dv` always means ∂L/∂v. Rows are samples.
//!
//! A layer is an immutable value. It owns neither its parameters nor its intermediate results: θ is a
//! slice of the network's one flat vector, and the [`Memory`] for the intermediate results is planned
//! once, by [`Layer::memory`], and handed in. So an optimizer is one loop over θ, many threads can
//! share a layer, and a training step allocates nothing.
//!
//! Layers made of layers are layers too: [`Sequential`], [`Residual`], [`Parallel`].
//!
//! To add your own, implement [`Layer`] and prove it with
//! [`gradient_check::layer`](crate::gradient_check::layer); or write it as an [`Expression`], which differentiates itself.

mod batch_norm;
mod dense;
mod dropout;
mod embedding;
mod expression;
mod layer_norm;
mod normalization;
mod parallel;
mod prelu;
mod residual;
mod sequential;

pub use batch_norm::BatchNorm;
pub use dense::Dense;
pub use dropout::Dropout;
pub use embedding::{Category, Embedding};
pub use expression::Expression;
pub use layer_norm::LayerNorm;
pub use parallel::{Combine, Parallel};
pub use prelu::Prelu;
pub use residual::Residual;
pub use sequential::Sequential;

use crate::{
    Real, kernel,
    random::{Purpose, Random},
};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, s};
use std::{fmt::Debug, ops::Range, sync::Arc};

/// A differentiable map y = f(x; θ) and its chain rule.
///
/// All arrays are [rows × inputs] or [rows × outputs], row-major and contiguous; rows are samples.
pub trait Layer<T: Real>: Debug + Send + Sync {
    /// A short name for summaries and messages, such as `dense`.
    fn name(&self) -> String;

    /// Its settings for summaries, such as `relu, he_normal`.
    fn describe(&self) -> String {
        String::new()
    }

    /// The number of columns of x.
    fn inputs(&self) -> usize;

    /// The number of columns of y.
    fn outputs(&self) -> usize;

    /// The parameters θ of this layer: named blocks, in the order in which they lie in θ.
    fn blocks(&self) -> Vec<Block> {
        Vec::new()
    }

    /// Numbers kept beside θ that are measured rather than trained, such as running means.
    fn statistics(&self) -> Vec<Block> {
        Vec::new()
    }

    /// Writes the initial parameters and statistics.
    fn initialize(&self, theta: &mut [T], statistics: &mut [T], random: &mut Random) {
        let _ = (theta, statistics, random);
    }

    /// The memory that passes of up to this many rows need.
    fn memory(&self, rows: usize) -> Memory<T> {
        let _ = rows;
        Memory::none()
    }

    /// Whether, in training, a row's output depends on the other rows of its batch. Such a batch is not
    /// cut into blocks.
    fn couples_rows(&self) -> bool {
        false
    }

    /// Whether a training pass computes what a prediction computes. Dropout and batch normalisation do not:
    /// their training loss is not that of the predictions.
    fn predicts_as_it_trains(&self) -> bool {
        true
    }

    /// This layer, if it is a dense one: a chain may know a shorter way through several of them.
    fn as_dense(&self) -> Option<&Dense<T>> {
        None
    }

    /// Where the intermediate results lie in its [`Memory`] after the passes of so many rows, under the names that
    /// its formulas give them: for those who look on, such as a [`trace`](crate::trace).
    fn remembered(&self, rows: usize) -> Vec<Remembered> {
        let _ = rows;
        Vec::new()
    }

    /// The same layer with each of the layers inside it replaced by another one of the same widths and parameters;
    /// `None` if there are none inside. `replace` is told their names within this layer, in the order of θ.
    fn with_inner(&self, replace: &mut Replace<'_, T>) -> Option<Arc<dyn Layer<T>>> {
        let _ = replace;
        None
    }

    /// Writes y = f(x; θ).
    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        mode: Mode<T>,
    );

    /// Given dy = ∂L/∂y, *writes* dx = ∂L/∂x (when asked) and *adds* ∂L/∂θ to `d_theta`.
    ///
    /// `pass` holds what the last forward pass with this memory read and wrote.
    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    );

    /// The same for a `d_theta` that holds nothing yet: *writes* ∂L/∂θ.
    ///
    /// Provided: clears and adds. To write saves a way through memory where there are many parameters.
    fn backward_first(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        kernel::clear(d_theta);
        self.backward(pass, dy, dx, d_theta, memory);
    }

    /// The backward pass with the rows kept apart: *writes* ∂Lᵢ/∂θ, the part of row i, to row i of `jacobian`
    /// [rows × parameters] and, when asked, dx. Second-order solvers ask for it.
    ///
    /// For layers that do not [couple rows](Self::couples_rows) and [predict as they
    /// train](Self::predicts_as_it_trains). Provided: one row after another through [`forward`](Self::forward) and
    /// [`backward`](Self::backward), which is right for all of them, and takes memory for one row at each call.
    fn backward_by_row(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        mut jacobian: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
    ) {
        let _ = memory; // that of all rows together
        let mut memory = self.memory(1);
        let mut random = Random::new(0, Purpose::Checking);
        let mut y = vec![T::zero(); self.outputs()];
        for row in 0..pass.x.nrows() {
            let only = s![row..row + 1, ..];
            let x = pass.x.slice(only);
            let mode = Mode::Train { random: &mut random, statistics: &mut [] };
            self.forward(pass.theta, x, matrix_mut(&mut y, 1, self.outputs()), &mut memory, mode);

            let pass = Pass { theta: pass.theta, x, y: matrix(&y, 1, self.outputs()) };
            let dx = dx.as_mut().map(|dx| dx.slice_mut(only));
            let mut d_theta = jacobian.row_mut(row);
            d_theta.fill(T::zero());
            let d_theta = d_theta.as_slice_mut().expect(STANDARD_LAYOUT);
            self.backward(pass, dy.slice(only), dx, d_theta, &mut memory);
        }
    }
}

/// What a forward pass read and wrote, for the backward pass after it.
#[derive(Clone, Copy, Debug)]
pub struct Pass<'a, T> {
    /// The layer's parameters.
    pub theta: &'a [T],
    /// The layer's inputs [rows × inputs].
    pub x: ArrayView2<'a, T>,
    /// The layer's outputs [rows × outputs].
    pub y: ArrayView2<'a, T>,
}

/// Training or prediction, with what each of them needs.
#[derive(Debug)]
pub enum Mode<'a, T> {
    /// Prediction: the same row always gives the same output. Dropout is off, batch normalisation uses
    /// its running statistics.
    Predict {
        /// The layer's statistics.
        statistics: &'a [T],
    },
    /// Training: dropout draws from the stream, batch normalisation uses the batch and updates its
    /// running statistics.
    Train {
        /// The stream of this training.
        random: &'a mut Random,
        /// The layer's statistics.
        statistics: &'a mut [T],
    },
}

impl<T> Mode<'_, T> {
    /// The same mode for an inner layer that owns this part of the statistics.
    pub fn part(&mut self, range: Range<usize>) -> Mode<'_, T> {
        match self {
            Self::Predict { statistics } => Mode::Predict { statistics: &statistics[range] },
            Self::Train { random, statistics } => {
                Mode::Train { random, statistics: &mut statistics[range] }
            }
        }
    }
}

/// The intermediate results of a layer between its forward and its backward pass.
#[derive(Clone, Debug, Default)]
pub struct Memory<T> {
    /// The layer's own numbers, as many as it asked for.
    pub numbers: Vec<T>,
    /// The memories of the layers inside it.
    pub inner: Vec<Memory<T>>,
}

impl<T: Real> Memory<T> {
    /// For a layer that remembers nothing.
    pub fn none() -> Self {
        Self { numbers: Vec::new(), inner: Vec::new() }
    }

    /// Room for this many numbers.
    pub fn numbers(count: usize) -> Self {
        Self { numbers: vec![T::zero(); count], inner: Vec::new() }
    }
}

/// Gives a layer for the inner layer of this name; see [`Layer::with_inner`].
pub type Replace<'a, T> = dyn FnMut(&str, &Arc<dyn Layer<T>>) -> Arc<dyn Layer<T>> + 'a;

/// An intermediate result in the memory of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Its name, such as `z`; `dz` is ∂L/∂z.
    pub name: &'static str,
    /// The shape, row by row, such as [rows, outputs].
    pub shape: Vec<usize>,
    /// Where it begins in [`Memory::numbers`].
    pub start: usize,
}

impl Remembered {
    /// An array of this name and shape that begins there.
    pub fn new(name: &'static str, shape: impl Into<Vec<usize>>, start: usize) -> Self {
        Self { name, shape: shape.into(), start }
    }

    /// Where it lies in [`Memory::numbers`].
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.shape.iter().product::<usize>()
    }
}

/// A named block of θ or of the statistics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The name, such as `w` or, in a network, `dense_1.w`.
    pub name: String,
    /// The shape, row by row, such as [inputs, outputs].
    pub shape: Vec<usize>,
    /// What it does in the layer.
    pub role: Role,
}

/// What a block of parameters does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Multiplies inputs. Penalties and weight decay act on weights alone.
    Weight,
    /// Is added.
    Bias,
    /// Scales, such as the gain of a normalisation or the slope of a PReLU.
    Scale,
    /// Is measured, not trained.
    Statistic,
}

impl Block {
    /// A block of this name, role and shape.
    pub fn new(name: &str, role: Role, shape: impl Into<Vec<usize>>) -> Self {
        Self { name: name.to_owned(), shape: shape.into(), role }
    }

    /// How many numbers it holds.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of one entry, such as `w[0,17]`.
    pub fn entry(&self, mut index: usize) -> String {
        let mut position = vec![0; self.shape.len()];
        for (position, &size) in position.iter_mut().zip(&self.shape).rev() {
            *position = index % size;
            index /= size;
        }
        let position: Vec<String> = position.iter().map(usize::to_string).collect();
        format!("{}[{}]", self.name, position.join(","))
    }
}

/// How many numbers these blocks hold together.
pub fn count(blocks: &[Block]) -> usize {
    blocks.iter().map(Block::len).sum()
}

/// The blocks of inner layers under names of their own: `dense_1.w` for the `w` of the first `dense`.
fn named_blocks<'a, T: Real + 'a>(
    layers: impl Iterator<Item = &'a dyn Layer<T>>,
    blocks: impl Fn(&dyn Layer<T>) -> Vec<Block>,
) -> Vec<Block> {
    let layers: Vec<&dyn Layer<T>> = layers.collect();
    let mut all = Vec::new();
    for (name, layer) in numbered_names(layers.iter().copied()).iter().zip(layers) {
        for mut block in blocks(layer) {
            block.name = format!("{name}.{}", block.name);
            all.push(block);
        }
    }
    all
}

/// Names of their own for layers beside each other: `dense_1` for the first `dense`.
fn numbered_names<'a, T: Real + 'a>(layers: impl Iterator<Item = &'a dyn Layer<T>>) -> Vec<String> {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    let number = |layer: &dyn Layer<T>| {
        let number = counts.entry(layer.name()).or_default();
        *number += 1;
        format!("{}_{number}", layer.name())
    };
    layers.map(number).collect()
}

/// Each of these layers replaced, under the name that it has among them.
fn replaced<T: Real>(
    layers: &[Arc<dyn Layer<T>>],
    replace: &mut Replace<'_, T>,
) -> Vec<Arc<dyn Layer<T>>> {
    let names = numbered_names(layers.iter().map(|layer| &**layer));
    names.iter().zip(layers).map(|(name, layer)| replace(name, layer)).collect()
}

/// The parts of θ (or of the statistics) that belong to each of several layers in a row.
fn ranges(sizes: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut start = 0;
    sizes
        .map(|size| {
            start += size;
            start - size..start
        })
        .collect()
}

/// A contiguous view of the first rows × columns numbers of a slice.
pub(crate) fn matrix<T>(numbers: &[T], rows: usize, columns: usize) -> ArrayView2<'_, T> {
    let numbers = ArrayView1::from(&numbers[..rows * columns]);
    numbers.into_shape_with_order((rows, columns)).expect(STANDARD_LAYOUT)
}

/// A contiguous mutable view of the first rows × columns numbers of a slice.
pub(crate) fn matrix_mut<T>(
    numbers: &mut [T],
    rows: usize,
    columns: usize,
) -> ArrayViewMut2<'_, T> {
    let numbers = ArrayViewMut1::from(&mut numbers[..rows * columns]);
    numbers.into_shape_with_order((rows, columns)).expect(STANDARD_LAYOUT)
}

/// The numbers of an array, row by row.
pub(crate) fn slice<'a, T>(array: &'a ArrayView2<T>) -> &'a [T] {
    array.as_slice().expect(STANDARD_LAYOUT)
}

/// The numbers of a mutable array, row by row.
pub(crate) fn slice_mut<'a, T>(array: &'a mut ArrayViewMut2<T>) -> &'a mut [T] {
    array.as_slice_mut().expect(STANDARD_LAYOUT)
}

const STANDARD_LAYOUT: &str = "arrays of the engine are row-major and contiguous";
