use super::Network;
use crate::{
    Real,
    error::{Error, expect},
    layer::{Layer, Memory, Mode, Sequential, matrix, matrix_mut},
};
use ndarray::{ArrayView2, s};
use std::{ops::Range, sync::Arc};

/// The memory of predictions, planned once. Rows go through the network some at a time, so that what is
/// between the layers stays in the cache. For a network of other layers it is planned anew.
#[derive(Clone, Debug)]
pub struct Predictor<T> {
    rows: usize,
    /// The layers that it is planned for.
    layer: Arc<Sequential<T>>,
    x: Vec<T>,
    y: Vec<T>,
    memory: Memory<T>,
}

const MOST_ROWS: usize = 256;

impl<T: Real> Predictor<T> {
    /// A plan for inputs of about this many rows; any number can be predicted with it.
    pub(crate) fn new(network: &Network<T>, rows: usize) -> Self {
        let rows = rows.clamp(1, MOST_ROWS);
        Self {
            rows,
            layer: network.shared_layer(),
            x: vec![T::zero(); rows * network.inputs()],
            y: vec![T::zero(); rows * network.outputs()],
            memory: network.layer.memory(rows),
        }
    }

    /// Calls `each` with some rows and their predictions [rows × outputs], from the first rows to the last.
    pub(crate) fn for_each(
        &mut self,
        network: &Network<T>,
        x: ArrayView2<T>,
        mut each: impl FnMut(Range<usize>, ArrayView2<T>),
    ) -> Result<(), Error> {
        self.check(network, x.ncols())?;
        for start in (0..x.nrows()).step_by(self.rows) {
            let range = start..x.nrows().min(start + self.rows);
            let (rows, inputs, outputs) = (range.len(), network.inputs(), network.outputs());
            // A copy, since the rows of `x` may lie anywhere.
            matrix_mut(&mut self.x, rows, inputs).assign(&x.slice(s![range.clone(), ..]));
            let mode = Mode::Predict { statistics: &network.statistics };
            let (x, y) = (matrix(&self.x, rows, inputs), matrix_mut(&mut self.y, rows, outputs));
            network.layer.forward(&network.theta, x, y, &mut self.memory, mode);
            each(range, matrix(&self.y, rows, outputs));
        }
        Ok(())
    }

    /// Writes the outputs of one row.
    pub(crate) fn row(&mut self, network: &Network<T>, x: &[T], y: &mut [T]) -> Result<(), Error> {
        self.check(network, x.len())?;
        expect("outputs of the network", network.outputs(), y.len())?;
        let mode = Mode::Predict { statistics: &network.statistics };
        let (x, y) = (matrix(x, 1, x.len()), matrix_mut(y, 1, network.outputs()));
        network.layer.forward(&network.theta, x, y, &mut self.memory, mode);
        Ok(())
    }

    /// Checks the width of the inputs, and plans anew if this is another network.
    fn check(&mut self, network: &Network<T>, columns: usize) -> Result<(), Error> {
        if !Arc::ptr_eq(&self.layer, &network.layer) {
            *self = Self::new(network, self.rows);
        }
        expect("columns of the inputs", network.inputs(), columns)
    }
}
