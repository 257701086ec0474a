use super::{Block, Layer, Memory, Mode, Pass, Remembered, Role, slice, slice_mut};
use crate::{
    Real,
    activation::{Activation, Kind},
    initialization::{Bias, Weights},
    kernel::{self, Work},
    random::Random,
};
use ndarray::{ArrayView2, ArrayViewMut2};
use std::sync::Arc;

/// A fully connected layer: y = σ(z) with z = xw + b.
///
/// θ holds the weights `w` [inputs × outputs], row by row, then the biases `b`, one for each output.
#[derive(Clone, Debug)]
pub struct Dense<T> {
    inputs: usize,
    outputs: usize,
    activation: Arc<dyn Activation<T>>,
    weights: Weights,
    bias: Bias,
}

impl<T: Real> Dense<T> {
    /// A layer with the activation's usual initial weights and zero biases.
    pub fn new(inputs: usize, outputs: usize, activation: impl Activation<T> + 'static) -> Self {
        Self::with_activation(inputs, outputs, Arc::new(activation))
    }

    /// The same for an activation that was chosen at run time.
    pub fn with_activation(
        inputs: usize,
        outputs: usize,
        activation: Arc<dyn Activation<T>>,
    ) -> Self {
        let weights = activation.default_weights();
        Self { inputs, outputs, activation, weights, bias: Bias::Zeros }
    }

    /// Starts the weights in this way.
    pub fn weights(mut self, weights: Weights) -> Self {
        self.weights = weights;
        self
    }

    /// Starts the biases in this way.
    pub fn bias(mut self, bias: Bias) -> Self {
        self.bias = bias;
        self
    }

    /// σ.
    pub fn activation(&self) -> &dyn Activation<T> {
        &*self.activation
    }
}

impl<T: Real> Layer<T> for Dense<T> {
    fn name(&self) -> String {
        "dense".to_owned()
    }

    fn describe(&self) -> String {
        format!("{}, {}", self.activation.name(), self.weights.name())
    }

    fn as_dense(&self) -> Option<&Dense<T>> {
        Some(self)
    }

    fn inputs(&self) -> usize {
        self.inputs
    }

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn blocks(&self) -> Vec<Block> {
        vec![
            Block::new("w", Role::Weight, [self.inputs, self.outputs]),
            Block::new("b", Role::Bias, [self.outputs]),
        ]
    }

    fn initialize(&self, theta: &mut [T], _: &mut [T], random: &mut Random) {
        let (w, b) = theta.split_at_mut(self.inputs * self.outputs);
        self.weights.fill(w, self.inputs, self.outputs, random);
        self.bias.fill(b, w, self.inputs, random);
    }

    /// z and dz [rows × outputs]
    fn memory(&self, rows: usize) -> Memory<T> {
        Memory::numbers(2 * rows * self.outputs)
    }

    fn remembered(&self, rows: usize) -> Vec<Remembered> {
        let shape = [rows, self.outputs];
        vec![Remembered::new("z", shape, 0), Remembered::new("dz", shape, rows * self.outputs)]
    }

    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        _: Mode<T>,
    ) {
        let rows = x.nrows();
        let (w, b) = theta.split_at(self.inputs * self.outputs);
        let z = &mut memory.numbers[..rows * self.outputs];

        // z = xw + b
        kernel::product(slice(&x), w, Some(b), z, [rows, self.inputs, self.outputs]).now();
        // y = σ(z)
        self.activation.apply(z, slice_mut(&mut y));
    }

    /// With dz = dy · σ'(z):
    ///
    /// > dw = xᵀ dz, db = Σ dz over the rows, dx = dz wᵀ
    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        let (rows, inputs, outputs) = (pass.x.nrows(), self.inputs, self.outputs);
        let (dw, db) = d_theta.split_at_mut(inputs * outputs);
        let dz = self.dz(pass, dy, memory);
        kernel::together([
            // dw += xᵀ dz
            &mut kernel::add_transposed_product(slice(&pass.x), dz, dw, [inputs, rows, outputs]),
            // db += Σ dz
            &mut kernel::add_column_sums(dz, db),
            // dx = dz wᵀ
            &mut dx.as_mut().map(|dx| self.dx(pass.theta, dz, slice_mut(dx))),
        ]);
    }

    /// The same for gradients of which there is nothing yet.
    fn backward_first(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        let (rows, inputs, outputs) = (pass.x.nrows(), self.inputs, self.outputs);
        let (dw, db) = d_theta.split_at_mut(inputs * outputs);
        let dz = self.dz(pass, dy, memory);
        kernel::together([
            // dw = xᵀ dz
            &mut kernel::transposed_product(slice(&pass.x), dz, dw, [inputs, rows, outputs]),
            // db = Σ dz
            &mut kernel::column_sums(dz, db),
            // dx = dz wᵀ
            &mut dx.as_mut().map(|dx| self.dx(pass.theta, dz, slice_mut(dx))),
        ]);
    }

    /// Of row i:
    ///
    /// > dw = xᵢᵀ dzᵢ, db = dzᵢ
    fn backward_by_row(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        mut jacobian: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
    ) {
        let dz = self.dz(pass, dy, memory);
        dx.as_mut().map(|dx| self.dx(pass.theta, dz, slice_mut(dx))).now();
        let rows = pass.x.outer_iter().zip(dz.chunks_exact(self.outputs));
        for ((x, dz), mut d_theta) in rows.zip(jacobian.outer_iter_mut()) {
            let d_theta = d_theta.as_slice_mut().expect(super::STANDARD_LAYOUT);
            let (dw, db) = d_theta.split_at_mut(self.inputs * self.outputs);
            kernel::outer_product(x.as_slice().expect(super::STANDARD_LAYOUT), dz, dw);
            db.copy_from_slice(dz);
        }
    }
}

impl<T: Real> Dense<T> {
    /// What kernels may know of its activation.
    pub(super) fn kind(&self) -> Kind {
        self.activation.kind()
    }

    /// dz = dy · σ'(z)
    fn dz<'m>(&self, pass: Pass<T>, dy: ArrayView2<T>, memory: &'m mut Memory<T>) -> &'m [T] {
        let (z, rest) = memory.numbers.split_at_mut(dy.len());
        let dz = &mut rest[..dy.len()];
        self.activation.apply_derivative(z, slice(&pass.y), slice(&dy), dz);
        dz
    }

    /// dx = dz wᵀ
    fn dx<'a>(&self, theta: &'a [T], dz: &'a [T], dx: &'a mut [T]) -> kernel::Product<'a, T> {
        let (inputs, outputs) = (self.inputs, self.outputs);
        let (w, rows) = (&theta[..inputs * outputs], dz.len() / outputs);
        kernel::product_with_transposed(dz, w, dx, [rows, outputs, inputs])
    }
}
