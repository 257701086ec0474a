//! The normal equations of a linearised sum of squares, and their damped solution.
//!
//! Near θ the residuals are r + Jδ. Their sum of squares, with the penalty C = diag(c) on θ, is smallest where
//!
//! > (JᵀJ + C) δ = −(Jᵀr + Cθ) = −g,
//!
//! and g is half the gradient of L. Damping adds μD to the matrix. There are two forms of one system:
//!
//! * *primal*: JᵀJ [parameters × parameters] is summed over the shards of residuals and factorized;
//! * *dual*, for fewer residuals than parameters: with one number k = μ + c for all parameters,
//!
//! > δ = −(c/k) θ − Jᵀu, where (JJᵀ + kI) u = r − (c/k) Jθ,
//!
//!   so that the matrix is [residuals × residuals]. Its blocks JₐJᵦᵀ take two shards of J at a time.
//!
//! So the memory is twice the square of the smaller number (three times, where the inverse is asked for), and one to
//! three shards of J.

use super::{LeastSquares, dot};
use crate::kernel::{self, Work};
use faer::{
    Mat, MatMut, Par,
    dyn_stack::{MemBuffer, MemStack},
    linalg::{
        cholesky::llt::{factor, solve},
        triangular_inverse::invert_lower_triangular,
        triangular_solve::solve_lower_triangular_in_place,
    },
};
use std::ops::Range;

/// The matrix and the right-hand side at one θ.
pub(crate) struct NormalEquations {
    parameters: usize,
    residuals: usize,
    is_dual: bool,
    /// JᵀJ or JJᵀ: row by row the upper triangle, that is column by column the lower one.
    gram: Vec<f64>,
    /// The lower triangle of a Cholesky factorization of the damped matrix.
    factor: Mat<f64>,
    /// Its inverse, where that was asked for.
    inverse: Mat<f64>,
    scratch: MemBuffer,
    /// Of one shard; of the only one where there is just one.
    jacobian: Vec<f64>,
    /// Dual form: of another shard, and a transposed one.
    other: Vec<f64>,
    transposed: Vec<f64>,
    block: Vec<f64>,
    r: Vec<f64>,
    /// Dual form: Jθ.
    j_theta: Vec<f64>,
    right: Mat<f64>,
    /// One penalty for all parameters, beside those of the problem.
    pub(super) ridge: f64,
    /// L(θ).
    pub(super) value: f64,
    /// g = Jᵀr + Cθ.
    pub(crate) gradient: Vec<f64>,
}

/// What a problem of some size demands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Demand {
    /// Whether the matrix is [residuals × residuals].
    pub(crate) is_dual: bool,
    /// Rows and columns of the matrix.
    pub(crate) size: usize,
    /// Bytes of all memory together.
    pub(crate) bytes: f64,
}

impl Demand {
    /// Of a problem with so many parameters and residuals, in shards of at most `shard` residuals. Individual
    /// penalties have no dual form.
    ///
    /// `matrices` are the Gram matrix, its factorization and, where it is asked for, the inverse of that.
    pub(crate) fn new(
        parameters: usize,
        residuals: usize,
        shard: usize,
        ridge: bool,
        matrices: f64,
    ) -> Self {
        let is_dual = residuals < parameters && !ridge;
        let size = if is_dual { residuals } else { parameters };
        let shards_of_j = match (is_dual, residuals > shard) {
            (false, _) => 1.0,
            (true, false) => 2.0,
            (true, true) => 3.0,
        };
        let (size_, shard) = (size as f64, shard.min(residuals) as f64);
        let numbers = matrices * size_ * size_ + shards_of_j * shard * parameters as f64;
        Self { is_dual, size, bytes: 8.0 * numbers }
    }

    /// Of a matrix [parameters × parameters] and its factorization.
    pub(crate) fn primal(parameters: usize) -> Self {
        let bytes = 16.0 * (parameters as f64).powi(2);
        Self { is_dual: false, size: parameters, bytes }
    }
}

impl NormalEquations {
    /// The memory for a problem, in the form that takes less of it.
    pub(crate) fn new(problem: &dyn LeastSquares) -> Self {
        let residuals = problem.shards().iter().sum();
        let largest = problem.shards().iter().copied().max().unwrap_or(0);
        let ridge = problem.ridge().is_some();
        Self::of_form(problem, Demand::new(problem.parameters(), residuals, largest, ridge, 2.0))
    }

    /// The memory for a problem in the primal form.
    pub(crate) fn primal(problem: &dyn LeastSquares) -> Self {
        Self::of_form(problem, Demand::primal(problem.parameters()))
    }

    fn of_form(problem: &dyn LeastSquares, Demand { is_dual, size, .. }: Demand) -> Self {
        let parameters = problem.parameters();
        let residuals = problem.shards().iter().sum();
        let largest = problem.shards().iter().copied().max().unwrap_or(0);
        let shard = largest * parameters;
        let many = problem.shards().len() > 1;
        let when = |condition: bool, count: usize| vec![0.0; if condition { count } else { 0 }];
        let scratch = factor::cholesky_in_place_scratch::<f64>(size, Par::Seq, Default::default());
        Self {
            parameters,
            residuals,
            is_dual,
            gram: vec![0.0; size * size],
            factor: Mat::zeros(size, size),
            inverse: Mat::new(),
            scratch: MemBuffer::new(scratch),
            jacobian: vec![0.0; shard],
            other: when(is_dual && many, shard),
            transposed: when(is_dual, shard),
            block: when(is_dual, largest * largest),
            r: vec![0.0; residuals],
            j_theta: when(is_dual, residuals),
            right: Mat::zeros(size, 1),
            ridge: 0.0,
            value: f64::NAN,
            gradient: vec![0.0; parameters],
        }
    }

    /// How many rows and columns the matrix has.
    pub(super) fn size(&self) -> usize {
        self.factor.nrows()
    }

    /// How many residuals the problem has.
    pub(super) fn residuals(&self) -> usize {
        self.residuals
    }

    /// L(θ) alone; `r` is room for the residuals.
    pub(super) fn value_at(
        &self,
        problem: &mut dyn LeastSquares,
        theta: &[f64],
        r: &mut [f64],
    ) -> f64 {
        let mut start = 0;
        for shard in 0..problem.shards().len() {
            let count = problem.shards()[shard];
            problem.residuals(theta, shard, &mut r[start..start + count]);
            start += count;
        }
        dot(r, r) + self.penalty(problem, theta)
    }

    /// Σ c θ².
    fn penalty(&self, problem: &dyn LeastSquares, theta: &[f64]) -> f64 {
        let own = problem
            .ridge()
            .map_or(0.0, |ridge| ridge.iter().zip(theta).map(|(c, theta)| c * theta * theta).sum());
        own + if self.ridge == 0.0 { 0.0 } else { self.ridge * dot(theta, theta) }
    }

    /// Linearises the problem at θ: the matrix, the gradient and the value.
    pub(crate) fn assemble(&mut self, problem: &mut dyn LeastSquares, theta: &[f64]) {
        let parameters = self.parameters;
        self.gram.fill(0.0);
        self.gradient.fill(0.0);
        let mut start = 0;
        for shard in 0..problem.shards().len() {
            let count = problem.shards()[shard];
            let jacobian = &mut self.jacobian[..count * parameters];
            problem.jacobian(theta, shard, &mut self.r[start..start + count], jacobian);
            let r = &self.r[start..start + count];
            // g = Jᵀr
            kernel::add_transposed_product(r, jacobian, &mut self.gradient, [1, count, parameters])
                .now();
            if self.is_dual {
                for (j_theta, row) in
                    self.j_theta[start..].iter_mut().zip(jacobian.chunks_exact(parameters))
                {
                    *j_theta = dot(row, theta);
                }
                self.add_dual_blocks(problem, theta, shard, start);
            } else {
                kernel::gram_accumulate(jacobian, &mut self.gram, [count, parameters]).now();
            }
            start += count;
        }
        self.value = dot(&self.r, &self.r) + self.penalty(problem, theta);
        for (j, (g, &theta)) in self.gradient.iter_mut().zip(theta).enumerate() {
            *g += (self.ridge + problem.ridge().map_or(0.0, |ridge| ridge[j])) * theta;
        }
    }

    /// The blocks JₐJᵦᵀ of JJᵀ for this shard b, which starts at residual `start` and whose Jacobian is there, and
    /// all a ≤ b.
    fn add_dual_blocks(
        &mut self,
        problem: &mut dyn LeastSquares,
        theta: &[f64],
        shard: usize,
        start: usize,
    ) {
        let (parameters, size) = (self.parameters, self.residuals);
        let count = problem.shards()[shard];
        let transposed = &mut self.transposed[..count * parameters];
        kernel::transpose(&self.jacobian[..count * parameters], count, parameters, transposed);
        let mut first = 0;
        for above in 0..=shard {
            let rows = problem.shards()[above];
            let block = &mut self.block[..rows * count];
            if above == shard {
                block.fill(0.0);
                kernel::gram_accumulate(transposed, block, [parameters, count]).now();
            } else {
                let other = &mut self.other[..rows * parameters];
                problem.jacobian(theta, above, &mut self.r[first..first + rows], other);
                kernel::product(other, transposed, None, block, [rows, parameters, count]).now();
            }
            for (i, row) in block.chunks_exact(count).enumerate() {
                self.gram[(first + i) * size + start..][..count].copy_from_slice(row);
            }
            first += rows;
        }
    }

    /// The diagonal of the matrix without damping.
    pub(super) fn diagonal(&self) -> impl Iterator<Item = f64> {
        self.gram.iter().step_by(self.size() + 1).copied()
    }

    /// Whether the matrix is [residuals × residuals]: damping is then one number for all parameters.
    pub(crate) fn is_dual(&self) -> bool {
        self.is_dual
    }

    /// Writes the step δ of (JᵀJ + C + μD) δ = −g. False if the matrix is not positive definite in the numbers
    /// of the machine; then it takes more damping.
    ///
    /// `scale` is the diagonal of D, which is the identity in the dual form.
    pub(super) fn solve(
        &mut self,
        problem: &mut dyn LeastSquares,
        theta: &[f64],
        damping: f64,
        scale: &[f64],
        step: &mut [f64],
    ) -> bool {
        if self.is_dual {
            return self.solve_dual(problem, theta, damping, step);
        }
        let (ridge, own) = (self.ridge, problem.ridge());
        if !self.factorize(|j| ridge + own.map_or(0.0, |own| own[j]) + damping * scale[j]) {
            return false;
        }
        for (j, g) in self.gradient.iter().enumerate() {
            self.right[(j, 0)] = -g;
        }
        self.substitute();
        step.copy_from_slice(self.right.col_as_slice(0));
        step.iter().all(|step| step.is_finite())
    }

    fn solve_dual(
        &mut self,
        problem: &mut dyn LeastSquares,
        theta: &[f64],
        damping: f64,
        step: &mut [f64],
    ) -> bool {
        let k = self.ridge + damping;
        if !self.factorize(|_| k) {
            return false;
        }
        let part = self.ridge / k;
        for i in 0..self.residuals {
            self.right[(i, 0)] = part * self.j_theta[i] - self.r[i];
        }
        self.substitute();
        for (step, theta) in step.iter_mut().zip(theta) {
            *step = -part * theta;
        }
        self.combine_rows(problem, theta, step);
        step.iter().all(|step| step.is_finite())
    }

    /// The second-order correction of the step v that was solved for last: writes a with
    /// (JᵀJ + C + μD) a = −Jᵀr'', where r'' is the second derivative of the residuals along v, by a difference.
    /// False if it is no number.
    ///
    /// `trial` and `r` are room for a point and its residuals.
    pub(super) fn accelerate(
        &mut self,
        problem: &mut dyn LeastSquares,
        theta: &[f64],
        step: &[f64],
        trial: &mut [f64],
        r: &mut [f64],
        acceleration: &mut [f64],
    ) -> bool {
        const H: f64 = 0.1;
        for ((trial, theta), step) in trial.iter_mut().zip(theta).zip(step) {
            *trial = theta + H * step;
        }
        acceleration.fill(0.0);
        let (parameters, is_dual) = (self.parameters, self.is_dual);
        self.for_each_shard(problem, theta, |problem, shard, at, r_here, jacobian| {
            let second = &mut r[at.clone()];
            problem.residuals(trial, shard, second);
            for ((second, r), row) in
                second.iter_mut().zip(r_here).zip(jacobian.chunks_exact(parameters))
            {
                // r'' = 2/h ((r(θ + hv) − r(θ))/h − Jv)
                *second = 2.0 / H * ((*second - *r) / H - dot(row, step));
            }
            if !is_dual {
                let shape = [1, second.len(), parameters];
                kernel::add_transposed_product(second, jacobian, acceleration, shape).now();
            }
        });
        let right = if is_dual { &*r } else { &*acceleration };
        for (i, right) in right.iter().enumerate() {
            self.right[(i, 0)] = -right;
        }
        self.substitute();
        if is_dual {
            self.combine_rows(problem, theta, acceleration);
        } else {
            acceleration.copy_from_slice(self.right.col_as_slice(0));
        }
        acceleration.iter().all(|a| a.is_finite())
    }

    /// Adds Jᵀu to `sum`, where u is the solution of the dual system.
    fn combine_rows(&mut self, problem: &mut dyn LeastSquares, theta: &[f64], sum: &mut [f64]) {
        let right = std::mem::replace(&mut self.right, Mat::new());
        let parameters = self.parameters;
        self.for_each_shard(problem, theta, |_, _, at, _, jacobian| {
            let u = &right.col_as_slice(0)[at];
            kernel::add_transposed_product(u, jacobian, sum, [1, u.len(), parameters]).now();
        });
        self.right = right;
    }

    /// Calls `each` with the problem, the number of a shard, where its residuals lie, these residuals, and their
    /// Jacobian at θ, which is computed anew unless there is only one shard.
    fn for_each_shard(
        &mut self,
        problem: &mut dyn LeastSquares,
        theta: &[f64],
        mut each: impl FnMut(&mut dyn LeastSquares, usize, Range<usize>, &[f64], &[f64]),
    ) {
        let mut start = 0;
        for shard in 0..problem.shards().len() {
            let count = problem.shards()[shard];
            let at = start..start + count;
            let jacobian = &mut self.jacobian[..count * self.parameters];
            if problem.shards().len() > 1 {
                problem.jacobian(theta, shard, &mut self.r[at.clone()], jacobian);
            }
            each(problem, shard, at.clone(), &self.r[at], jacobian);
            start += count;
        }
    }

    /// Factorizes the matrix with these numbers added to its diagonal. False if it is not positive definite.
    pub(crate) fn factorize(&mut self, added: impl Fn(usize) -> f64) -> bool {
        let size = self.size();
        for j in 0..size {
            let column = self.factor.col_as_slice_mut(j);
            column[j..].copy_from_slice(&self.gram[j * size + j..][..size - j]);
            column[j] += added(j);
        }
        let stack = MemStack::new(&mut self.scratch);
        let factor: MatMut<f64> = self.factor.as_mut();
        let done = factor::cholesky_in_place(
            factor,
            Default::default(),
            Par::Seq,
            stack,
            Default::default(),
        );
        kernel::end_of_foreign_vectors();
        done.is_ok() && (0..size).all(|j| self.factor[(j, j)].is_finite())
    }

    /// Solves with the factorized matrix in place of the right-hand side.
    fn substitute(&mut self) {
        let stack = MemStack::new(&mut self.scratch);
        solve::solve_in_place(self.factor.as_ref(), self.right.as_mut(), Par::Seq, stack);
        kernel::end_of_foreign_vectors();
    }

    /// vᵀM⁻¹v of the factorized matrix M = LLᵀ: the square of L⁻¹v.
    pub(crate) fn inverse_product(&mut self, v: &[f64]) -> f64 {
        self.right.col_as_slice_mut(0).copy_from_slice(v);
        let (factor, right) = (self.factor.as_ref(), self.right.as_mut());
        solve_lower_triangular_in_place(factor, right, Par::Seq);
        kernel::end_of_foreign_vectors();
        let solution = self.right.col_as_slice(0);
        dot(solution, solution)
    }

    /// tr(M⁻¹) of the factorized matrix M = LLᵀ: the sum of the squares of L⁻¹.
    pub(super) fn trace_of_inverse(&mut self) -> f64 {
        let size = self.size();
        if self.inverse.nrows() != size {
            self.inverse = Mat::zeros(size, size);
        }
        invert_lower_triangular(self.inverse.as_mut(), self.factor.as_ref(), Par::Seq);
        kernel::end_of_foreign_vectors();
        (0..size)
            .map(|j| self.inverse.col_as_slice(j)[j..].iter().map(|v| v * v).sum::<f64>())
            .sum()
    }

    /// Entry (i, j) of JᵀJ or JJᵀ, i ≤ j.
    pub(crate) fn gram(&self, i: usize, j: usize) -> f64 {
        self.gram[i * self.size() + j]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Random};

    /// r = Aθ + (θ·θ)/2 · v − b, so that the second derivative along δ is (δ·δ) v.
    struct Bent {
        shards: Vec<usize>,
        a: Vec<f64>,
        v: Vec<f64>,
        b: Vec<f64>,
        parameters: usize,
    }

    impl LeastSquares for Bent {
        fn parameters(&self) -> usize {
            self.parameters
        }

        fn shards(&self) -> &[usize] {
            &self.shards
        }

        fn residuals(&mut self, theta: &[f64], shard: usize, r: &mut [f64]) {
            let start: usize = self.shards[..shard].iter().sum();
            for (i, r) in r.iter_mut().enumerate() {
                let row = &self.a[(start + i) * self.parameters..][..self.parameters];
                *r = dot(row, theta) + 0.5 * dot(theta, theta) * self.v[start + i]
                    - self.b[start + i];
            }
        }

        fn jacobian(&mut self, theta: &[f64], shard: usize, r: &mut [f64], jacobian: &mut [f64]) {
            self.residuals(theta, shard, r);
            let start: usize = self.shards[..shard].iter().sum();
            for (i, row) in jacobian.chunks_exact_mut(self.parameters).enumerate() {
                row.copy_from_slice(&self.a[(start + i) * self.parameters..][..self.parameters]);
                for (j, theta) in row.iter_mut().zip(theta) {
                    *j += theta * self.v[start + i];
                }
            }
        }
    }

    /// The dual form gives the step, its bend and the effective parameters of the primal one, with a ridge and
    /// without, from one shard and from several.
    #[test]
    fn both_forms_have_one_solution() {
        let mut random = Random::new(6, Purpose::Checking);
        let mut numbers = |n: usize| (0..n).map(|_| random.normal()).collect::<Vec<f64>>();
        for shards in [vec![9], vec![4, 3, 2]] {
            let parameters = 14;
            let mut problem =
                Bent { shards, a: numbers(9 * 14), v: numbers(9), b: numbers(9), parameters };
            let theta = numbers(parameters);
            for ridge in [0.0, 0.3] {
                let dual = Demand::new(parameters, 9, 9, false, 2.0);
                assert!(dual.is_dual);
                let solve = |problem: &mut Bent, demand: Demand| {
                    let mut equations = NormalEquations::of_form(problem, demand);
                    equations.ridge = ridge;
                    equations.assemble(problem, &theta);
                    let (mut step, mut bend) = (vec![0.0; parameters], vec![0.0; parameters]);
                    let scale = vec![1.0; parameters];
                    assert!(equations.solve(problem, &theta, 0.2, &scale, &mut step));
                    let (trial, r) = (&mut theta.clone(), &mut [0.0; 9]);
                    assert!(equations.accelerate(problem, &theta, &step, trial, r, &mut bend));
                    assert!(equations.factorize(|_| ridge + 0.1));
                    let size = equations.size() as f64;
                    let gamma = size - (ridge + 0.1) * equations.trace_of_inverse();
                    let gradient = equations.gradient.clone();
                    ([gradient, step, bend], gamma, equations.value)
                };
                let (ours, gamma, value) = solve(&mut problem, dual);
                let (theirs, expected, same) = solve(&mut problem, Demand::primal(parameters));
                for (a, b) in ours.iter().flatten().zip(theirs.iter().flatten()) {
                    assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{ours:?} {theirs:?}");
                }
                assert!((gamma - expected).abs() < 1e-9, "{gamma} {expected}");
                assert_eq!(value, same);
                // The step solves what it is to solve: (JᵀJ + C + μ) δ = −g.
                let [gradient, step, bend] = &theirs;
                let (mut r, mut j) = (vec![0.0; 9], vec![0.0; 9 * parameters]);
                let mut start = 0;
                for shard in 0..problem.shards.len() {
                    let n = problem.shards[shard];
                    let rows = start * parameters..(start + n) * parameters;
                    problem.jacobian(&theta, shard, &mut r[start..start + n], &mut j[rows]);
                    start += n;
                }
                let product = |delta: &[f64]| {
                    let mut product: Vec<f64> = delta.iter().map(|d| (ridge + 0.2) * d).collect();
                    for row in j.chunks_exact(parameters) {
                        let along = dot(row, delta);
                        product.iter_mut().zip(row).for_each(|(p, j)| *p += along * j);
                    }
                    product
                };
                for (left, g) in product(step).iter().zip(gradient) {
                    assert!((left + g).abs() < 1e-9, "{left} {g}");
                }
                // And so does its bend, with r'' = (δ·δ) v in place of r.
                let square = dot(step, step);
                for (k, left) in product(bend).iter().enumerate() {
                    let right: f64 =
                        (0..9).map(|i| j[i * parameters + k] * square * problem.v[i]).sum();
                    assert!((left + right).abs() < 1e-8 * (1.0 + right.abs()), "{left} {right}");
                }
            }
        }
    }
}
