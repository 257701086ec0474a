//! Least squares by orthogonal triangulation, some rows at a time.
//!
//! Householder's reflections turn the rows that have come so far, [X | Y], into [R | Z] with an upper
//! triangle R; what is left of Y is the residual. New rows are stacked below the triangle and reflected
//! into it (Golub and Van Loan, *Matrix Computations*, 4th edition, 6.5.3), so that the memory does not grow
//! with the number of rows. The coefficients are those of RB = Z.

use ndarray::{Array2, ArrayView2, concatenate, s};

/// Minimises ‖XB − Y‖² over B [inputs × targets], without an intercept: for centred data.
#[derive(Clone, Debug)]
pub(crate) struct LeastSquares {
    inputs: usize,
    /// [R | Z], [inputs × (inputs + targets)].
    triangle: Array2<f64>,
}

impl LeastSquares {
    /// Before the first row.
    pub(crate) fn new(inputs: usize, targets: usize) -> Self {
        Self { inputs, triangle: Array2::zeros((inputs, inputs + targets)) }
    }

    /// Takes in rows `x` [rows × inputs] with their targets `y` [rows × targets].
    pub(crate) fn add(&mut self, x: ArrayView2<f64>, y: ArrayView2<f64>) {
        // One column is one row here, so that the sums run over contiguous memory.
        let mut below =
            concatenate![ndarray::Axis(0), x.t(), y.t()].as_standard_layout().into_owned();
        for k in 0..self.inputs {
            let (done, mut rest) = below.view_mut().split_at(ndarray::Axis(0), k + 1);
            let v = done.row(k);
            let top = self.triangle[[k, k]];
            let squares = v.dot(&v);
            if squares == 0.0 {
                continue;
            }
            // Reflects (top, v) to (−sign(top)·norm, 0) along (v₀, v).
            let norm = -(top * top + squares).sqrt().copysign(top);
            let v0 = top - norm;
            let factor = 2.0 / (v0 * v0 + squares);
            self.triangle[[k, k]] = norm;
            for (top, mut column) in
                self.triangle.slice_mut(s![k, k + 1..]).iter_mut().zip(rest.outer_iter_mut())
            {
                let along = factor * (v0 * *top + v.dot(&column));
                *top -= along * v0;
                column.scaled_add(-along, &v);
            }
        }
    }

    /// The coefficients B [inputs × targets].
    ///
    /// Inputs that depend on each other have no unique coefficients. A tiny penalty λ²‖B‖² with λ = 10⁻⁸ of
    /// the largest diagonal entry of R then chooses the smallest ones; to others it makes no difference.
    pub(crate) fn solve(mut self) -> Array2<f64> {
        let targets = self.triangle.ncols() - self.inputs;
        let scale = self.triangle.diag().iter().fold(0.0f64, |a, v| a.max(v.abs()));
        let penalty = Array2::from_diag_elem(self.inputs, 1e-8 * scale);
        self.add(penalty.view(), Array2::zeros((self.inputs, targets)).view());

        let (r, mut b) = self.triangle.view_mut().split_at(ndarray::Axis(1), self.inputs);
        for k in (0..self.inputs).rev() {
            let (mut row, below) = b.view_mut().split_at(ndarray::Axis(0), k + 1);
            let mut row = row.row_mut(k);
            for (&r, below) in r.slice(s![k, k + 1..]).iter().zip(below.outer_iter()) {
                row.scaled_add(-r, &below);
            }
            // Zero only where all inputs are zero, with zero coefficients then.
            if r[[k, k]] != 0.0 {
                row /= r[[k, k]];
            }
        }
        b.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::random::{Purpose, Random};
    use ndarray::array;

    fn random(rows: usize, columns: usize) -> Array2<f64> {
        let mut random = Random::new(1, Purpose::Checking);
        Array2::from_shape_simple_fn((rows, columns), || random.normal())
    }

    fn solve(x: &Array2<f64>, y: &Array2<f64>) -> Array2<f64> {
        let mut least_squares = LeastSquares::new(x.ncols(), y.ncols());
        for (x, y) in
            x.axis_chunks_iter(ndarray::Axis(0), 7).zip(y.axis_chunks_iter(ndarray::Axis(0), 7))
        {
            least_squares.add(x, y);
        }
        least_squares.solve()
    }

    fn assert_close(a: &Array2<f64>, b: &Array2<f64>) {
        assert_eq!(a.dim(), b.dim());
        assert!((a - b).iter().all(|d| d.abs() < 1e-7), "{a} is not {b}");
    }

    // Worked by hand: the line through (−1, 1), (0, 0), (1, 4) with Σx² = 2 and Σxy = 3.
    #[test]
    fn a_line() {
        assert_close(
            &solve(&array![[-1.0], [0.0], [1.0]], &array![[1.0], [0.0], [4.0]]),
            &array![[1.5]],
        );
    }

    #[test]
    fn coefficients_come_back_and_residuals_are_orthogonal() {
        let (x, b) = (random(50, 6), random(6, 2));
        assert_close(&solve(&x, &x.dot(&b)), &b);
        let y = random(50, 3);
        let residual = &y - &x.dot(&solve(&x, &y));
        assert_close(&x.t().dot(&residual), &Array2::zeros((6, 3)));
    }

    #[test]
    fn dependent_inputs_share_their_coefficient() {
        let one = random(40, 1);
        let x = concatenate![ndarray::Axis(1), one, one, random(40, 1) * 0.0];
        assert_close(&solve(&x, &(&one * 4.0)), &array![[2.0], [2.0], [0.0]]);
        // More inputs than rows: the fit is exact.
        let (x, y) = (random(5, 9), random(5, 1));
        assert_close(&x.dot(&solve(&x, &y)), &y);
    }
}
