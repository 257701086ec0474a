use super::{Block, Layer, Memory, Mode, Pass, Replace};
use crate::{
    Real,
    error::{Error, expect},
    random::Random,
};
use ndarray::{ArrayView2, ArrayViewMut2};
use std::sync::Arc;

/// A layer with a way around it: y = x + f(x) (He et al., arXiv 1512.03385).
#[derive(Clone, Debug)]
pub struct Residual<T> {
    inner: Arc<dyn Layer<T>>,
}

impl<T: Real> Residual<T> {
    /// Goes around a layer that has as many outputs as inputs.
    pub fn new(inner: Arc<dyn Layer<T>>) -> Result<Self, Error> {
        expect("outputs of the layer inside a residual layer", inner.inputs(), inner.outputs())?;
        Ok(Self { inner })
    }
}

impl<T: Real> Layer<T> for Residual<T> {
    fn name(&self) -> String {
        "residual".to_owned()
    }

    fn describe(&self) -> String {
        format!("around {}", self.inner.name())
    }

    fn inputs(&self) -> usize {
        self.inner.inputs()
    }

    fn outputs(&self) -> usize {
        self.inner.outputs()
    }

    fn blocks(&self) -> Vec<Block> {
        self.inner.blocks()
    }

    fn statistics(&self) -> Vec<Block> {
        self.inner.statistics()
    }

    fn initialize(&self, theta: &mut [T], statistics: &mut [T], random: &mut Random) {
        self.inner.initialize(theta, statistics, random);
    }

    fn memory(&self, rows: usize) -> Memory<T> {
        // The inner layer's own output, f(x) = y − x, is kept as it was for its backward pass.
        Memory {
            numbers: vec![T::zero(); rows * self.outputs()],
            inner: vec![self.inner.memory(rows)],
        }
    }

    fn couples_rows(&self) -> bool {
        self.inner.couples_rows()
    }

    fn predicts_as_it_trains(&self) -> bool {
        self.inner.predicts_as_it_trains()
    }

    /// The inner layer has no name of its own: its parameters are those of this layer.
    fn with_inner(&self, replace: &mut Replace<'_, T>) -> Option<Arc<dyn Layer<T>>> {
        Some(Arc::new(Self { inner: replace("", &self.inner) }))
    }

    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        mode: Mode<T>,
    ) {
        let mut f = super::matrix_mut(&mut memory.numbers, x.nrows(), x.ncols());
        self.inner.forward(theta, x, f.view_mut(), &mut memory.inner[0], mode);
        y.assign(&f);
        y += &x;
    }

    /// > dx = dy + (the inner layer's dx for the same dy)
    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        let y = super::matrix(&memory.numbers, pass.x.nrows(), pass.x.ncols());
        let inner_dx = dx.as_mut().map(|dx| dx.view_mut());
        self.inner.backward(Pass { y, ..pass }, dy, inner_dx, d_theta, &mut memory.inner[0]);
        if let Some(mut dx) = dx {
            dx += &dy;
        }
    }

    fn backward_by_row(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        jacobian: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
    ) {
        let y = super::matrix(&memory.numbers, pass.x.nrows(), pass.x.ncols());
        let inner_dx = dx.as_mut().map(|dx| dx.view_mut());
        let pass = Pass { y, ..pass };
        self.inner.backward_by_row(pass, dy, inner_dx, jacobian, &mut memory.inner[0]);
        if let Some(mut dx) = dx {
            dx += &dy;
        }
    }
}
