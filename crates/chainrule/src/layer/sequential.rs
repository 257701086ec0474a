use super::{
    Block, Layer, Memory, Mode, Pass, Replace, count, matrix, matrix_mut, named_blocks, ranges,
    replaced, slice, slice_mut,
};
use crate::{
    Real,
    activation::Kind,
    error::{Error, expect},
    kernel::{
        self,
        hinges::{Hinges, HingesGradient},
    },
    random::Random,
};
use ndarray::{ArrayView2, ArrayViewMut2, s};
use std::{ops::Range, sync::Arc};

/// Layers one after another: forwards through the list, and back through the same list.
#[derive(Clone, Debug)]
pub struct Sequential<T> {
    layers: Vec<Arc<dyn Layer<T>>>,
    theta: Vec<Range<usize>>,
    statistics: Vec<Range<usize>>,
    hinges: bool,
}

impl<T: Real> Sequential<T> {
    /// A chain of at least one layer, each as wide at its inputs as the one before at its outputs.
    pub fn new(layers: Vec<Arc<dyn Layer<T>>>) -> Result<Self, Error> {
        if layers.is_empty() {
            return Err(Error::NoLayers);
        }
        for (i, layer) in layers.iter().enumerate() {
            if layer.inputs() == 0 || layer.outputs() == 0 {
                return Err(Error::ZeroWidth {
                    what: format!("layer {} ({})", i + 1, layer.name()),
                });
            }
        }
        for (i, pair) in layers.windows(2).enumerate() {
            let what = format!("inputs of layer {} ({})", i + 2, pair[1].name());
            expect(&what, pair[0].outputs(), pair[1].inputs())?;
        }
        let theta = ranges(layers.iter().map(|layer| count(&layer.blocks())));
        let statistics = ranges(layers.iter().map(|layer| count(&layer.statistics())));
        let hinges = is_sum_of_hinges(&layers);
        Ok(Self { layers, theta, statistics, hinges })
    }

    /// The layers, first to last.
    pub fn layers(&self) -> &[Arc<dyn Layer<T>>] {
        &self.layers
    }

    /// How many numbers a row needs between the layers, and the widest of them.
    fn hidden_widths(&self) -> (usize, usize) {
        let hidden = self.layers[..self.layers.len() - 1].iter().map(|layer| layer.outputs());
        (hidden.clone().sum(), hidden.max().unwrap_or(0))
    }
}

impl<T: Real> Layer<T> for Sequential<T> {
    fn name(&self) -> String {
        "sequential".to_owned()
    }

    fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs()
    }

    fn blocks(&self) -> Vec<Block> {
        named_blocks(self.layers.iter().map(|layer| &**layer), |layer| layer.blocks())
    }

    fn statistics(&self) -> Vec<Block> {
        named_blocks(self.layers.iter().map(|layer| &**layer), |layer| layer.statistics())
    }

    fn initialize(&self, theta: &mut [T], statistics: &mut [T], random: &mut Random) {
        for (i, layer) in self.layers.iter().enumerate() {
            let statistics = &mut statistics[self.statistics[i].clone()];
            layer.initialize(&mut theta[self.theta[i].clone()], statistics, random);
        }
    }

    /// The outputs of all layers but the last, and two gradients of the widest of them.
    fn memory(&self, rows: usize) -> Memory<T> {
        let (sum, widest) = self.hidden_widths();
        Memory {
            numbers: vec![T::zero(); rows * (sum + 2 * widest)],
            inner: self.layers.iter().map(|layer| layer.memory(rows)).collect(),
        }
    }

    fn couples_rows(&self) -> bool {
        self.layers.iter().any(|layer| layer.couples_rows())
    }

    fn predicts_as_it_trains(&self) -> bool {
        self.layers.iter().all(|layer| layer.predicts_as_it_trains())
    }

    fn with_inner(&self, replace: &mut Replace<'_, T>) -> Option<Arc<dyn Layer<T>>> {
        let layers = replaced(&self.layers, replace);
        Some(Arc::new(Self { hinges: is_sum_of_hinges(&layers), layers, ..self.clone() }))
    }

    /// h₀ = x, hᵢ = fᵢ(hᵢ₋₁), y = the last of them
    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        mode: Mode<T>,
    ) {
        if self.hinges {
            return self.split(theta).forward(slice(&x), slice_mut(&mut y));
        }
        self.forward_layers(theta, x, y, &mut memory.numbers, &mut memory.inner, mode);
    }

    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        if self.hinges && dx.is_none() {
            let gradient = self.split_gradient(d_theta);
            return self.split(pass.theta).backward(slice(&pass.x), slice(&dy), gradient);
        }
        self.back(pass, dy, dx, memory, |i, pass, dy, dx, memory| {
            let d_theta = &mut d_theta[self.theta[i].clone()];
            self.layers[i].backward(pass, dy, dx, d_theta, memory);
        });
    }

    fn backward_first(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        if self.hinges && dx.is_none() {
            d_theta.fill(T::zero());
            return self.backward(pass, dy, dx, d_theta, memory);
        }
        self.back(pass, dy, dx, memory, |i, pass, dy, dx, memory| {
            let d_theta = &mut d_theta[self.theta[i].clone()];
            self.layers[i].backward_first(pass, dy, dx, d_theta, memory);
        });
    }

    fn backward_by_row(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        mut jacobian: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
    ) {
        self.back(pass, dy, dx, memory, |i, pass, dy, dx, memory| {
            let jacobian = jacobian.slice_mut(s![.., self.theta[i].clone()]);
            self.layers[i].backward_by_row(pass, dy, dx, jacobian, memory);
        });
    }
}

/// Whether these layers are a network of one hidden layer of ReLU units with one output, and of so few inputs that
/// [`kernel::hinges`] has a shorter way through it.
fn is_sum_of_hinges<T: Real>(layers: &[Arc<dyn Layer<T>>]) -> bool {
    let [Some(hidden), Some(output)] =
        layers.iter().map(|layer| layer.as_dense()).collect::<Vec<_>>()[..]
    else {
        return false;
    };
    hidden.inputs() <= kernel::hinges::MOST_INPUTS
        && hidden.outputs() >= 2
        && output.outputs() == 1
        && hidden.kind() == Kind::Relu
        && output.kind() == Kind::Identity
}

impl<T: Real> Sequential<T> {
    /// θ as the parameters of a sum of hinges.
    fn split<'a>(&self, theta: &'a [T]) -> Hinges<'a, T> {
        let (inputs, hinges) = (self.layers[0].inputs(), self.layers[0].outputs());
        let (w1, rest) = theta.split_at(inputs * hinges);
        let (b1, rest) = rest.split_at(hinges);
        Hinges { w1, b1, w2: &rest[..hinges], b2: rest[hinges] }
    }

    /// The same of the gradient.
    fn split_gradient<'a>(&self, d_theta: &'a mut [T]) -> HingesGradient<'a, T> {
        let (inputs, hinges) = (self.layers[0].inputs(), self.layers[0].outputs());
        let (w1, rest) = d_theta.split_at_mut(inputs * hinges);
        let (b1, rest) = rest.split_at_mut(hinges);
        let (w2, rest) = rest.split_at_mut(hinges);
        HingesGradient { w1, b1, w2, b2: &mut rest[0] }
    }

    /// The forward pass through one layer after the other.
    fn forward_layers(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        mut hidden: &mut [T],
        inner: &mut [Memory<T>],
        mut mode: Mode<T>,
    ) {
        let rows = x.nrows();
        let mut input: &[T] = slice(&x);
        for (i, (layer, memory)) in self.layers.iter().zip(inner).enumerate() {
            let (theta, mode) =
                (&theta[self.theta[i].clone()], mode.part(self.statistics[i].clone()));
            let x = matrix(input, rows, layer.inputs());
            if i + 1 == self.layers.len() {
                layer.forward(theta, x, y.view_mut(), memory, mode);
            } else {
                let (output, rest) = hidden.split_at_mut(rows * layer.outputs());
                layer.forward(theta, x, matrix_mut(output, rows, layer.outputs()), memory, mode);
                (input, hidden) = (output, rest);
            }
        }
    }

    /// From the last layer to the first: `step` lets layer i turn ∂L/∂(its outputs) into ∂L/∂(its inputs).
    fn back(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        memory: &mut Memory<T>,
        mut step: impl FnMut(usize, Pass<T>, ArrayView2<T>, Option<ArrayViewMut2<T>>, &mut Memory<T>),
    ) {
        let rows = pass.x.nrows();
        let (sum, widest) = self.hidden_widths();
        let (hidden, gradients) = memory.numbers.split_at_mut(rows * sum);
        if self.hinges {
            // The forward pass has left no hidden layer.
            let (y, mode) = (matrix_mut(gradients, rows, 1), Mode::Predict { statistics: &[] });
            self.forward_layers(pass.theta, pass.x, y, hidden, &mut memory.inner, mode);
        }
        let mut hidden: &[T] = hidden;
        let (mut dh, mut dh_before) = gradients.split_at_mut(rows * widest);
        let mut output: &[T] = slice(&pass.y);
        for i in (0..self.layers.len()).rev() {
            let layer = &self.layers[i];
            // The outputs of the layer before are the last ones that are left.
            let (rest, input) = match i {
                0 => (hidden, slice(&pass.x)),
                _ => hidden.split_at(hidden.len() - rows * layer.inputs()),
            };
            let inner_pass = Pass {
                theta: &pass.theta[self.theta[i].clone()],
                x: matrix(input, rows, layer.inputs()),
                y: matrix(output, rows, layer.outputs()),
            };
            let dy = match i + 1 == self.layers.len() {
                true => dy.view(),
                false => matrix(dh, rows, layer.outputs()),
            };
            let dx = match i {
                0 => dx.take(),
                _ => Some(matrix_mut(dh_before, rows, layer.inputs())),
            };
            step(i, inner_pass, dy, dx, &mut memory.inner[i]);
            (output, hidden) = (input, rest);
            std::mem::swap(&mut dh, &mut dh_before);
        }
    }
}
