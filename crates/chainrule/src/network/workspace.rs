use super::Network;
use crate::{
    Real,
    kernel::Aligned,
    layer::{Layer, Memory, Mode, Pass, matrix, matrix_mut},
    loss::{Loss, Sum, Targets},
    random::{Purpose, Random},
};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2, Axis};

/// All memory of a forward and a backward pass, planned once: a pass allocates nothing.
#[derive(Clone, Debug)]
pub struct Workspace<T> {
    planned_rows: usize,
    rows: usize,
    inputs: usize,
    outputs: usize,
    x: Vec<T>,
    y: Vec<T>,
    dy: Vec<T>,
    gradient: Aligned<T>,
    memory: Memory<T>,
    random: Random,
}

impl<T: Real> Workspace<T> {
    pub(super) fn new(network: &Network<T>, rows: usize) -> Self {
        let (inputs, outputs) = (network.inputs(), network.outputs());
        Self {
            planned_rows: rows,
            rows: 0,
            inputs,
            outputs,
            x: vec![T::zero(); rows * inputs],
            y: vec![T::zero(); rows * outputs],
            dy: vec![T::zero(); rows * outputs],
            gradient: Aligned::zeros(network.parameters().len()),
            memory: network.layer().memory(rows),
            random: Random::new(0, Purpose::Dropout { shard: 0 }),
        }
    }

    /// Draws dropout from another stream.
    pub fn set_random(&mut self, random: Random) {
        self.random = random;
    }

    /// The stream that dropout draws from.
    pub(crate) fn random(&self) -> &Random {
        &self.random
    }

    /// The outputs [rows × outputs] of the last forward pass.
    pub fn output(&self) -> ArrayView2<'_, T> {
        matrix(&self.y, self.rows, self.outputs)
    }

    /// ∂L/∂y [rows × outputs] of the last backward pass.
    pub fn output_gradient(&self) -> ArrayView2<'_, T> {
        matrix(&self.dy, self.rows, self.outputs)
    }

    /// ∂L/∂θ of the last backward pass, in the order of the network's parameters.
    pub fn gradient(&self) -> &[T] {
        &self.gradient
    }

    /// The same, to change it before the optimizer's step: penalties, clipping.
    pub fn gradient_mut(&mut self) -> &mut [T] {
        &mut self.gradient
    }

    /// The inputs [rows × inputs] of the next pass, for a caller that fills them itself.
    pub(crate) fn inputs_mut(&mut self, rows: usize) -> ArrayViewMut2<'_, T> {
        assert!(
            rows <= self.planned_rows,
            "{rows} rows, but {} were planned for",
            self.planned_rows
        );
        self.rows = rows;
        matrix_mut(&mut self.x, rows, self.inputs)
    }

    pub(super) fn forward(
        &mut self,
        layer: &dyn Layer<T>,
        theta: &[T],
        statistics: &mut [T],
        x: ArrayView2<T>,
    ) {
        self.inputs_mut(x.nrows()).assign(&x);
        self.forward_inputs(layer, theta, statistics);
    }

    /// The forward pass of the inputs that are in place already.
    pub(crate) fn forward_inputs(
        &mut self,
        layer: &dyn Layer<T>,
        theta: &[T],
        statistics: &mut [T],
    ) {
        let x = matrix(&self.x, self.rows, self.inputs);
        let y = matrix_mut(&mut self.y, self.rows, self.outputs);
        let mode = Mode::Train { random: &mut self.random, statistics };
        layer.forward(theta, x, y, &mut self.memory, mode);
    }

    /// Writes ∂yₖ/∂θ of one row `x` of inputs: the backward pass for a loss that is output k itself.
    pub(crate) fn gradient_of_output(
        &mut self,
        layer: &dyn Layer<T>,
        theta: &[T],
        x: ArrayView1<T>,
        k: usize,
    ) {
        self.forward(layer, theta, &mut [], x.insert_axis(Axis(0)));
        self.dy[..self.outputs].fill(T::zero());
        self.dy[k] = T::one();
        let pass =
            Pass { theta, x: matrix(&self.x, 1, self.inputs), y: matrix(&self.y, 1, self.outputs) };
        let dy = matrix(&self.dy, 1, self.outputs);
        layer.backward_first(pass, dy, None, &mut self.gradient, &mut self.memory);
    }

    /// The gradient of this workspace's rows, whose losses are divided by `divisor`: written for the first rows of a step, added
    /// for others. Returns their loss.
    pub(crate) fn loss_and_backward(
        &mut self,
        layer: &dyn Layer<T>,
        theta: &[T],
        loss: &dyn Loss<T>,
        targets: Targets<T>,
        divisor: f64,
        first: bool,
    ) -> Sum {
        assert_eq!(self.rows, targets.values.nrows(), "rows of the targets");
        let x = matrix(&self.x, self.rows, self.inputs);
        let y = matrix(&self.y, self.rows, self.outputs);
        let mut dy = matrix_mut(&mut self.dy, self.rows, self.outputs);
        let sum = loss.sum_and_gradient(y, targets, divisor, dy.view_mut());
        let (pass, dy) = (Pass { theta, x, y }, dy.view());
        match first {
            true => layer.backward_first(pass, dy, None, &mut self.gradient, &mut self.memory),
            false => layer.backward(pass, dy, None, &mut self.gradient, &mut self.memory),
        }
        sum
    }
}
