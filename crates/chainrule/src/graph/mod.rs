//! A computation graph: any expression of matrices, differentiated by itself.
//!
//! A layer of this crate brings its own derivative, written beside its value. Here the derivative is found: each
//! operation knows the rule of its own derivative, and the chain rule puts the rules together, from the loss backwards.
//! This is reverse-mode automatic differentiation (Linnainmaa 1970; Baydin et al., arXiv 1502.05767).
//!
//! ```
//! use chainrule::graph::Graph;
//!
//! let graph = Graph::new();
//! let (a, b) = (graph.number(-4.0), graph.number(2.0));
//! let c = a + b;
//! let d = a * b + b.power(3.0);
//! let e = c - d;
//! let f = e * e + (b - a).relu() / 2.0;
//!
//! f.backward()?;
//! assert_eq!(f.item()?, 7.0);
//! assert_eq!(a.gradient()?.item()?, 3.5); // 2e (1 − b) − ½
//! assert_eq!(b.gradient()?.item()?, 28.5); // 2e (1 − a − 3b²) + ½
//! # Ok::<(), chainrule::graph::Error>(())
//! ```
//!
//! **How it works.** [`Graph`] is a list of nodes. An operator such as `a * b` adds one, with the places of its operands;
//! nothing is computed yet. [`backward`](Value::backward) walks the list from the end: with dv = ∂L/∂v known for a node,
//! the rule of its operation gives what its operands receive, and a value that is read twice receives the sum,
//!
//! > dx = Σ dy · ∂y/∂x over all y that read x.
//!
//! The rules are written with the same operators (see `operation.rs`: each beside its value). So the gradient is an
//! expression like any other, with a gradient of its own:
//!
//! ```
//! # use chainrule::graph::Graph;
//! let graph = Graph::new();
//! let x = graph.number(2.0);
//! let y = x.power(3.0);
//! let [dy] = y.gradient_by([x]); // 3x²
//! let [ddy] = dy.gradient_by([x]); // 6x
//! assert_eq!([dy.item()?, ddy.item()?], [12.0, 12.0]);
//! # Ok::<(), chainrule::graph::Error>(())
//! ```
//!
//! **Matrices.** Every value is a matrix; rows are samples where there are any. A single row, column or number is
//! repeated where the other operand needs it, as a bias is.
//!
//! **Training.** Parameters lie in one flat θ, as those of a network do. A [`Plan`] computes the loss and its gradient
//! again and again in memory that is planned once, and any optimizer or solver takes the step:
//!
//! ```
//! use chainrule::{graph::{Graph, Over, Plan}, ndarray::array, optimizer::{Adam, Descent}};
//!
//! let graph = Graph::new();
//! let x = graph.input(&array![[0.0], [1.0], [2.0]]);
//! let t = graph.input(&array![[1.0], [3.0], [5.0]]);
//! let w = graph.parameter("w", &array![[0.0]]);
//! let b = graph.parameter("b", &array![[0.0]]);
//! let loss = (x.dot(w) + b - t).squared().mean(Over::All);
//!
//! let mut plan = Plan::new(loss)?;
//! let mut theta: Vec<f64> = graph.theta();
//! let mut optimizer = Descent::new(Adam::default(), theta.len());
//! for _ in 0..2000 {
//!     let (_loss, gradient) = plan.gradient(&theta)?;
//!     optimizer.step(0.01, &mut theta, gradient);
//! }
//! assert!((theta[0] - 2.0).abs() < 1e-3 && (theta[1] - 1.0).abs() < 1e-3);
//! # Ok::<(), chainrule::graph::Error>(())
//! ```
//!
//! An expression is a [layer](crate::layer::Expression) of a network or its [loss](crate::loss::Formula) as well.
//!
//! **Errors.** Operators can not return a `Result`. The first thing that is wrong with an expression is kept, with its
//! line, and told by whatever asks for numbers.

mod error;
mod matrix;
mod operation;
mod plan;
mod program;
mod shape;
mod value;

pub use error::Error;
pub use matrix::concatenate;
pub use plan::Plan;
pub(crate) use program::{Program, mixing};
pub use shape::{Length, Over, Shape};
pub use value::{Operand, Value};

use crate::{
    Real,
    layer::{Block, Role},
};
use ndarray::ArrayView2;
use operation::Operation;
use std::{
    cell::RefCell,
    fmt,
    ops::Range,
    panic::Location,
    sync::atomic::{AtomicU64, Ordering},
};

/// An expression while it is written: a list of operations, each after its operands.
pub struct Graph<T> {
    /// Tells its values from those of other graphs.
    identity: u64,
    list: RefCell<List<T>>,
}

#[derive(Default)]
struct List<T> {
    nodes: Vec<Node>,
    /// θ, as it starts.
    theta: Vec<T>,
    blocks: Vec<Block>,
    constants: Vec<T>,
    /// The inputs with their numbers; none where they come with a batch.
    inputs: Vec<(usize, Option<Vec<T>>)>,
    /// After `backward`: the node of dv for each node v, if there is one.
    gradients: Vec<Option<usize>>,
    /// The first thing that is wrong.
    error: Option<Error>,
}

/// One operation.
#[derive(Clone, Copy)]
struct Node {
    operation: Operation,
    /// The places of its operands; as many as the operation has.
    operands: [usize; 3],
    shape: Shape,
    location: &'static Location<'static>,
}

impl Node {
    fn operands(&self) -> &[usize] {
        &self.operands[..self.operation.operands()]
    }
}

impl<T: Real> Graph<T> {
    /// An empty one.
    #[allow(clippy::new_without_default, reason = "an expression that is not there has no default")]
    pub fn new() -> Self {
        static GRAPHS: AtomicU64 = AtomicU64::new(0);
        let identity = GRAPHS.fetch_add(1, Ordering::Relaxed);
        Self { identity, list: RefCell::new(List::default()) }
    }

    /// A number [1 × 1], as an [`input`](Self::input).
    #[track_caller]
    pub fn number(&self, number: T) -> Value<'_, T> {
        self.add_input(Shape::NUMBER, Some(vec![number]))
    }

    /// Numbers from outside: samples, targets. A [`Plan`] can be given others in their place.
    #[track_caller]
    pub fn input<'a>(&self, numbers: impl Into<ArrayView2<'a, T>>) -> Value<'_, T> {
        let numbers = numbers.into();
        self.add_input(Shape::from([numbers.nrows(), numbers.ncols()]), Some(flat(numbers)))
    }

    /// A part of θ, with the numbers that it starts from.
    #[track_caller]
    pub fn parameter<'a>(&self, name: &str, start: impl Into<ArrayView2<'a, T>>) -> Value<'_, T> {
        let start = start.into();
        let block = Block::new(name, Role::Weight, [start.nrows(), start.ncols()]);
        self.add_parameter(block, flat(start))
    }

    /// θ as it starts: all parameters, in the order in which they were made.
    pub fn theta(&self) -> Vec<T> {
        self.list.borrow().theta.clone()
    }

    /// The names and shapes of the parameters, in their order in θ.
    pub fn blocks(&self) -> Vec<Block> {
        self.list.borrow().blocks.clone()
    }

    /// The parameters with the parts of θ that they are.
    pub(crate) fn parameters(&self) -> (Vec<Value<'_, T>>, Vec<Range<usize>>) {
        let list = self.list.borrow();
        let parameters = list.nodes.iter().enumerate().filter_map(|(place, node)| {
            let Operation::Parameter { start } = node.operation else { return None };
            Some((Value { graph: self, place }, start..start + node.shape.len(0)))
        });
        parameters.unzip()
    }

    /// An input whose numbers come with each batch.
    #[track_caller]
    pub(crate) fn batch(&self, columns: usize) -> Value<'_, T> {
        self.add_input(Shape { rows: Length::Batch, columns: Length::Fixed(columns) }, None)
    }

    #[track_caller]
    fn add_input(&self, shape: Shape, numbers: Option<Vec<T>>) -> Value<'_, T> {
        let value = self.add(Operation::Input, [], shape);
        self.list.borrow_mut().inputs.push((value.place, numbers));
        value
    }

    /// A part of θ. A vector is a row.
    #[track_caller]
    pub(crate) fn add_parameter(&self, block: Block, numbers: Vec<T>) -> Value<'_, T> {
        let shape = match block.shape[..] {
            [rows, columns] => Shape::from([rows, columns]),
            _ => Shape::from([1, block.len()]),
        };
        let mut list = self.list.borrow_mut();
        let start = list.theta.len();
        list.theta.extend(numbers);
        list.blocks.push(block);
        drop(list);
        self.add(Operation::Parameter { start }, [], shape)
    }

    #[track_caller]
    fn constant(&self, number: T) -> Value<'_, T> {
        let mut list = self.list.borrow_mut();
        let start = list.constants.len();
        list.constants.push(number);
        drop(list);
        self.add(Operation::Constant { start }, [], Shape::NUMBER)
    }

    /// Adds a node. All operands are values of this graph.
    #[track_caller]
    fn add<const N: usize>(
        &self,
        operation: Operation,
        operands: [Value<'_, T>; N],
        shape: Shape,
    ) -> Value<'_, T> {
        let location = Location::caller();
        let mut list = self.list.borrow_mut();
        let mut places = [0; 3];
        for (place, operand) in places.iter_mut().zip(operands) {
            *place = operand.place;
        }
        list.nodes.push(Node { operation, operands: places, shape, location });
        Value { graph: self, place: list.nodes.len() - 1 }
    }

    /// Keeps what is wrong, if it is the first thing, and returns a value to go on with.
    #[track_caller]
    fn fail(&self, error: Error) -> Value<'_, T> {
        self.list.borrow_mut().error.get_or_insert(error);
        self.constant(T::nan())
    }

    fn node(&self, place: usize) -> Node {
        self.list.borrow().nodes[place]
    }

    /// What is wrong with the expression, if anything is.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.list.borrow().error.clone().map_or(Ok(()), Err)
    }

    /// The chain rule: the nodes of dv for each node v that y depends on and that depends on one of the `sources`, from
    /// dy.
    ///
    /// The list is walked from y to its beginning. When a node is reached, all that read it have been passed, and its
    /// gradient is complete.
    #[track_caller]
    fn chain_rule(
        &self,
        y: Value<'_, T>,
        dy: Value<'_, T>,
        sources: impl Fn(usize, Operation) -> bool,
    ) -> Vec<Option<usize>> {
        let count = y.place + 1;
        let mut depends = vec![false; count];
        for place in 0..count {
            let node = self.node(place);
            depends[place] = sources(place, node.operation)
                || node.operands().iter().any(|&operand| depends[operand]);
        }

        let value = |place| Value { graph: self, place };
        let mut gradients: Vec<Option<usize>> = vec![None; count];
        gradients[y.place] = depends[y.place].then_some(dy.place);
        for place in (0..count).rev() {
            let Some(dv) = gradients[place] else { continue };
            let node = self.node(place);
            for (i, &operand) in node.operands().iter().enumerate() {
                if !depends[operand] {
                    continue;
                }
                let (x, v) = (node.operands.map(value), value(place));
                if let Some(dx) = node.operation.rule(i, x, v, value(dv)) {
                    let sum = gradients[operand].map_or(dx, |before| value(before) + dx);
                    gradients[operand] = Some(sum.place);
                }
            }
        }
        gradients
    }
}

impl<T> fmt::Debug for Graph<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a graph of {} operations", self.list.borrow().nodes.len())
    }
}

/// The numbers, row by row.
fn flat<T: Real>(numbers: ArrayView2<T>) -> Vec<T> {
    numbers.iter().copied().collect()
}
