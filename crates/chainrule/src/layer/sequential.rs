use super::{
    Block, Layer, Memory, Mode, Pass, count, matrix, matrix_mut, named_blocks, ranges, slice,
};
use crate::{
    Real,
    error::{Error, expect},
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
        Ok(Self { layers, theta, statistics })
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

    /// h₀ = x, hᵢ = fᵢ(hᵢ₋₁), y = the last of them
    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        mut mode: Mode<T>,
    ) {
        let rows = x.nrows();
        let Memory { numbers, inner } = memory;
        let mut hidden: &mut [T] = numbers;
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

    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        self.back(pass, dy, dx, memory, |i, pass, dy, dx, memory| {
            let d_theta = &mut d_theta[self.theta[i].clone()];
            self.layers[i].backward(pass, dy, dx, d_theta, memory);
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

impl<T: Real> Sequential<T> {
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
