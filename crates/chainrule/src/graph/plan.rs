//! A loss that is computed again and again: planned once, with its gradient.

use super::{Error, Graph, Program, Shape, Value};
use crate::{
    Real,
    layer::{Block, count},
    solver::Objective,
};
use ndarray::ArrayView2;
use std::{ops::Range, panic::Location};

/// A loss L(θ) with its gradient, in memory of its own: it allocates nothing more.
///
/// It stays as it was made when the graph grows, and any solver takes it as its [`Objective`].
#[derive(Clone, Debug)]
pub struct Plan<T> {
    program: Program<T>,
    memory: Vec<T>,
    blocks: Vec<Block>,
    loss: usize,
    /// The nodes of ∂L/∂θ with the parts of θ that they belong to.
    derivatives: Vec<(usize, Range<usize>)>,
    gradient: Vec<T>,
}

impl<T: Real> Plan<T> {
    /// Plans a loss, which is a single number, and its gradient by all parameters of its graph.
    #[track_caller]
    pub fn new(loss: Value<'_, T>) -> Result<Self, Error> {
        loss.expect_number("plan")?;
        let graph: &Graph<T> = loss.graph;
        let (parameters, parts) = graph.parameters();
        let derivatives = loss.pull_back(graph.constant(T::one()), &parameters);
        let program = Program::new(graph, &[&[loss], &derivatives])?;
        let blocks = graph.blocks();
        Ok(Self {
            memory: program.memory()?,
            program,
            loss: loss.place,
            derivatives: derivatives.iter().map(|value| value.place).zip(parts).collect(),
            gradient: vec![T::zero(); count(&blocks)],
            blocks,
        })
    }

    /// The names and shapes of the parameters, in their order in θ.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Gives an input other numbers, in the same shape.
    #[track_caller]
    pub fn set(&mut self, input: Value<'_, T>, numbers: ArrayView2<T>) -> Result<(), Error> {
        let shape = input.shape();
        let node = self.program.node_of_input(input).ok_or(Error::NoInput { shape })?;
        let found = Shape::from([numbers.nrows(), numbers.ncols()]);
        if found != shape {
            let needs = format!("it must be {shape}, as the input is");
            return Err(Error::shape("set", found, needs, Location::caller()));
        }
        self.program.set_input(node, &mut self.memory, 0, numbers.iter().copied());
        Ok(())
    }

    /// L(θ).
    pub fn loss(&mut self, theta: &[T]) -> Result<T, Error> {
        let (expected, found) = (self.gradient.len(), theta.len());
        if expected != found {
            return Err(Error::Parameters { expected, found });
        }
        self.program.run(0, theta, &mut self.memory, 0);
        Ok(self.program.result(self.loss, theta, &self.memory, 0)[0])
    }

    /// L(θ) and ∂L/∂θ.
    pub fn gradient(&mut self, theta: &[T]) -> Result<(T, &[T]), Error> {
        let loss = self.loss(theta)?;
        self.program.run(1, theta, &mut self.memory, 0);
        for (node, part) in &self.derivatives {
            let derivative = self.program.result(*node, theta, &self.memory, 0);
            self.gradient[part.clone()].copy_from_slice(derivative);
        }
        Ok((loss, &self.gradient))
    }
}

impl Objective for Plan<f64> {
    fn parameters(&self) -> usize {
        self.gradient.len()
    }

    fn gradient(&mut self, theta: &[f64], gradient: &mut [f64]) -> f64 {
        match Self::gradient(self, theta) {
            Ok((loss, found)) => {
                gradient.copy_from_slice(found);
                loss
            }
            Err(_) => f64::NAN, // another number of parameters, which a solver does not do
        }
    }
}
