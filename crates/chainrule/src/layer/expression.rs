use super::{Block, Layer, Memory, Mode, Pass, Role, slice, slice_mut};
use crate::{
    Real,
    graph::{Error, Graph, Length, Program, Shape, Value, mixing},
    initialization::Weights,
    kernel,
    random::Random,
};
use ndarray::{ArrayView2, ArrayViewMut2};
use std::{ops::Range, panic::Location};

/// A layer that is written as an expression y = f(x, θ) and differentiates itself.
///
/// The expression is written once, for a batch of any size, and becomes a program with its memory; see
/// [`graph`](crate::graph).
///
/// ```
/// use chainrule::{Network, layer::{Block, Expression, Role}};
///
/// // A gated layer: tanh(xw) · σ(xv).
/// let blocks = [Block::new("w", Role::Weight, [3, 5]), Block::new("v", Role::Weight, [3, 5])];
/// let layer = Expression::<f64>::new(3, blocks, |x, theta| {
///     let [w, v] = *theta else { unreachable!("two blocks") };
///     x.dot(w).tanh() * x.dot(v).sigmoid()
/// })?;
/// chainrule::gradient_check::layer(&layer, 4, 7).expect("the chain rule holds");
///
/// let network = Network::builder(3).layer(layer).build(7)?;
/// assert_eq!(network.blocks()[1].name, "expression_1.v");
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression<T> {
    name: String,
    inputs: usize,
    outputs: usize,
    blocks: Vec<Block>,
    weights: Weights,
    program: Program<T>,
    /// The nodes of x, dy, y and dx.
    x: usize,
    dy: usize,
    y: usize,
    dx: usize,
    /// The nodes of dθ with the parts of θ that they belong to.
    d_theta: Vec<(usize, Range<usize>)>,
}

/// The phases of the program.
const FORWARD: usize = 0;
const BACKWARD: usize = 1;
const BACKWARD_TO_X: usize = 2;

impl<T: Real> Expression<T> {
    /// A layer with so many inputs and these parameters, in the order in which the expression is given them.
    ///
    /// The expression is given x [batch × inputs] and returns y [batch × outputs]. A row of y may depend on the same row
    /// of x alone. A block with one dimension is a single row.
    #[track_caller]
    pub fn new(
        inputs: usize,
        blocks: impl Into<Vec<Block>>,
        f: impl for<'g> FnOnce(Value<'g, T>, &[Value<'g, T>]) -> Value<'g, T>,
    ) -> Result<Self, Error> {
        let blocks = blocks.into();
        let graph = Graph::new();
        let x = graph.batch(inputs);
        for block in &blocks {
            graph.add_parameter(block.clone(), vec![T::zero(); block.len()]);
        }
        let (theta, parts) = graph.parameters();
        let y = f(x, &theta);
        let Shape { rows: Length::Batch, columns: Length::Fixed(outputs) } = y.shape() else {
            graph.check()?;
            let needs = "the output of a layer is [batch × outputs]";
            return Err(Error::shape("layer", y.shape(), needs, Location::caller()));
        };
        graph.check()?;
        if let Some(error) = mixing(y) {
            return Err(error);
        }

        let dy = graph.batch(outputs);
        let d_theta = y.pull_back(dy, &theta);
        let dx = y.pull_back(dy, &[x]);
        let program = Program::new(&graph, &[&[y], &d_theta, &dx])?;
        Ok(Self {
            name: "expression".to_owned(),
            inputs,
            outputs,
            blocks,
            weights: Weights::GlorotUniform,
            program,
            x: x.node(),
            dy: dy.node(),
            y: y.node(),
            dx: dx[0].node(),
            d_theta: d_theta.iter().map(|value| value.node()).zip(parts).collect(),
        })
    }

    /// Another name for it, in summaries and as the name of its blocks.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Starts the weights in this way. Biases start at 0, scales at 1.
    pub fn weights(mut self, weights: Weights) -> Self {
        self.weights = weights;
        self
    }
}

impl<T: Real> Layer<T> for Expression<T> {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn describe(&self) -> String {
        format!("{} operations, {}", self.program.operations(), self.weights.name())
    }

    fn inputs(&self) -> usize {
        self.inputs
    }

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn blocks(&self) -> Vec<Block> {
        self.blocks.clone()
    }

    fn initialize(&self, theta: &mut [T], _: &mut [T], random: &mut Random) {
        for ((_, part), block) in self.d_theta.iter().zip(&self.blocks) {
            let theta = &mut theta[part.clone()];
            match (block.role, &block.shape[..]) {
                (Role::Weight, &[rows, columns]) => {
                    self.weights.fill(theta, rows, columns, random);
                }
                (Role::Weight, _) => self.weights.fill(theta, 1, block.len(), random),
                (Role::Scale, _) => theta.fill(T::one()),
                _ => theta.fill(T::zero()),
            }
        }
    }

    fn memory(&self, rows: usize) -> Memory<T> {
        Memory::numbers(self.program.memory_len(rows))
    }

    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        _: Mode<T>,
    ) {
        let (rows, memory) = (x.nrows(), &mut memory.numbers[..]);
        self.program.set_input(self.x, memory, rows, slice(&x).iter().copied());
        self.program.run(FORWARD, theta, memory, rows);
        slice_mut(&mut y).copy_from_slice(self.program.result(self.y, theta, memory, rows));
    }

    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        let (theta, rows, memory) = (pass.theta, dy.nrows(), &mut memory.numbers[..]);
        self.program.set_input(self.dy, memory, rows, slice(&dy).iter().copied());
        self.program.run(BACKWARD, theta, memory, rows);
        for (node, part) in &self.d_theta {
            let derivative = self.program.result(*node, theta, memory, rows);
            kernel::zip_in_place(derivative, &mut d_theta[part.clone()], |new, sum| sum + new);
        }
        if let Some(mut dx) = dx {
            self.program.run(BACKWARD_TO_X, theta, memory, rows);
            slice_mut(&mut dx).copy_from_slice(self.program.result(self.dx, theta, memory, rows));
        }
    }
}
