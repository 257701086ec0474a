use super::{
    Block, Layer, Memory, Mode, Pass, Replace, count, matrix, matrix_mut, named_blocks, ranges,
    replaced,
};
use crate::{
    Real,
    error::{Error, expect},
    random::Random,
};
use ndarray::{ArrayView2, ArrayViewMut2, s};
use std::{ops::Range, sync::Arc};

/// How the outputs of parallel branches become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// Side by side: as many columns as the branches have together.
    Concatenate,
    /// Added up: all branches have equally many outputs.
    Sum,
}

/// Several layers that read the same inputs. On the way back their gradients add up.
#[derive(Clone, Debug)]
pub struct Parallel<T> {
    branches: Vec<Arc<dyn Layer<T>>>,
    combine: Combine,
    theta: Vec<Range<usize>>,
    statistics: Vec<Range<usize>>,
    columns: Vec<Range<usize>>,
}

impl<T: Real> Parallel<T> {
    /// At least one branch; all of them with equally many inputs and, for a sum, outputs.
    pub fn new(branches: Vec<Arc<dyn Layer<T>>>, combine: Combine) -> Result<Self, Error> {
        let first = branches.first().ok_or(Error::NoLayers)?;
        for (i, branch) in branches.iter().enumerate() {
            expect(&format!("inputs of branch {}", i + 1), first.inputs(), branch.inputs())?;
            if combine == Combine::Sum {
                expect(&format!("outputs of branch {}", i + 1), first.outputs(), branch.outputs())?;
            }
        }
        let theta = ranges(branches.iter().map(|branch| count(&branch.blocks())));
        let statistics = ranges(branches.iter().map(|branch| count(&branch.statistics())));
        let columns = match combine {
            Combine::Concatenate => ranges(branches.iter().map(|branch| branch.outputs())),
            Combine::Sum => branches.iter().map(|branch| 0..branch.outputs()).collect(),
        };
        Ok(Self { branches, combine, theta, statistics, columns })
    }

    fn branch_outputs(&self) -> usize {
        self.branches.iter().map(|branch| branch.outputs()).sum()
    }
}

impl<T: Real> Layer<T> for Parallel<T> {
    fn name(&self) -> String {
        "parallel".to_owned()
    }

    fn describe(&self) -> String {
        let combine = match self.combine {
            Combine::Concatenate => "concatenated",
            Combine::Sum => "summed",
        };
        format!("{} branches, {combine}", self.branches.len())
    }

    fn inputs(&self) -> usize {
        self.branches[0].inputs()
    }

    fn outputs(&self) -> usize {
        self.columns.last().map_or(0, |columns| columns.end)
    }

    fn blocks(&self) -> Vec<Block> {
        named_blocks(self.branches.iter().map(|branch| &**branch), |branch| branch.blocks())
    }

    fn statistics(&self) -> Vec<Block> {
        named_blocks(self.branches.iter().map(|branch| &**branch), |branch| branch.statistics())
    }

    fn initialize(&self, theta: &mut [T], statistics: &mut [T], random: &mut Random) {
        for (i, branch) in self.branches.iter().enumerate() {
            let statistics = &mut statistics[self.statistics[i].clone()];
            branch.initialize(&mut theta[self.theta[i].clone()], statistics, random);
        }
    }

    /// The output of each branch, room for a branch's dy and for its dx.
    fn memory(&self, rows: usize) -> Memory<T> {
        let widest = self.branches.iter().map(|branch| branch.outputs()).max().unwrap_or(0);
        Memory {
            numbers: vec![T::zero(); rows * (self.branch_outputs() + widest + self.inputs())],
            inner: self.branches.iter().map(|branch| branch.memory(rows)).collect(),
        }
    }

    fn couples_rows(&self) -> bool {
        self.branches.iter().any(|branch| branch.couples_rows())
    }

    fn predicts_as_it_trains(&self) -> bool {
        self.branches.iter().all(|branch| branch.predicts_as_it_trains())
    }

    fn with_inner(&self, replace: &mut Replace<'_, T>) -> Option<Arc<dyn Layer<T>>> {
        Some(Arc::new(Self { branches: replaced(&self.branches, replace), ..self.clone() }))
    }

    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        memory: &mut Memory<T>,
        mut mode: Mode<T>,
    ) {
        let rows = x.nrows();
        let mut numbers: &mut [T] = &mut memory.numbers;
        y.fill(T::zero());
        for (i, branch) in self.branches.iter().enumerate() {
            let (output, rest) = numbers.split_at_mut(rows * branch.outputs());
            let mut output = matrix_mut(output, rows, branch.outputs());
            let theta = &theta[self.theta[i].clone()];
            let mode = mode.part(self.statistics[i].clone());
            branch.forward(theta, x, output.view_mut(), &mut memory.inner[i], mode);
            let mut columns = y.slice_mut(s![.., self.columns[i].clone()]);
            columns += &output;
            numbers = rest;
        }
    }

    /// > dx = Σ over the branches of their dx; a branch's dy are its columns of dy (all of them for a sum)
    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        mut dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        memory: &mut Memory<T>,
    ) {
        let (rows, inputs) = pass.x.dim();
        let (outputs, rest) = memory.numbers.split_at_mut(rows * self.branch_outputs());
        let (branch_dx, branch_dy) = rest.split_at_mut(rows * inputs);
        let mut branch_dx = matrix_mut(branch_dx, rows, inputs);
        if let Some(dx) = &mut dx {
            dx.fill(T::zero());
        }
        let mut outputs: &[T] = outputs;
        for (i, branch) in self.branches.iter().enumerate() {
            let (output, rest) = outputs.split_at(rows * branch.outputs());
            let mut dy_columns = matrix_mut(branch_dy, rows, branch.outputs());
            dy_columns.assign(&dy.slice(s![.., self.columns[i].clone()]));
            let inner_pass = Pass {
                theta: &pass.theta[self.theta[i].clone()],
                x: pass.x,
                y: matrix(output, rows, branch.outputs()),
            };
            let wanted = dx.as_ref().map(|_| branch_dx.view_mut());
            let d_theta = &mut d_theta[self.theta[i].clone()];
            branch.backward(inner_pass, dy_columns.view(), wanted, d_theta, &mut memory.inner[i]);
            if let Some(dx) = &mut dx {
                *dx += &branch_dx;
            }
            outputs = rest;
        }
    }
}
