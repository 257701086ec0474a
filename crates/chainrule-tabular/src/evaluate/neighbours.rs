//! The k nearest neighbours (Cover and Hart, *Nearest Neighbor Pattern Classification*, 1967), as one more baseline: what
//! can be had by looking up the most similar training rows.
//!
//! ```
//! use chainrule_tabular::evaluate::neighbours::{Neighbours, mean};
//! use ndarray::array;
//!
//! let training = Neighbours::new(array![[0.0], [1.0], [5.0]])?;
//! let found = training.predict(array![[0.4], [4.0]].view(), 2)?;
//! assert_eq!(found, array![[0, 1], [2, 1]]);
//! assert_eq!(mean(&found, &[10.0, 20.0, 30.0])?, [15.0, 25.0]);
//! # Ok::<(), chainrule::Error>(())
//! ```

use super::check;
use chainrule::Error;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

/// More training rows than this are thinned.
pub const MOST_ROWS: usize = 20_000;

/// The rows that are compared with the training rows at a time.
const BLOCK: usize = 64;

/// Training rows among which the nearest ones are found.
///
/// The distance is Euclid's, of features on one scale. The search is by brute force and exact: products of matrices tell
/// which rows can be among the nearest, and the distances of these are computed again in f64 from the differences.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// The rows that are searched, [rows × features].
    x: Array2<f32>,
    /// Σx² of each of them.
    squares: Vec<f64>,
    /// One of so many training rows is searched.
    stride: usize,
}

impl Neighbours {
    /// Takes the encoded features [rows × features] of the training rows: at least one row, finite numbers.
    ///
    /// Of more than [`MOST_ROWS`] rows n, the rows 0, s, 2s, … are searched, with s = ⌈n / 20,000⌉.
    pub fn new(x: Array2<f32>) -> Result<Self, Error> {
        check::some("the training rows", x.nrows())?;
        check_finite("the training rows", x.view())?;
        let stride = stride(x.nrows());
        let x = match stride {
            1 => x.as_standard_layout().into_owned(),
            _ => x.slice(ndarray::s![..;stride, ..]).as_standard_layout().into_owned(),
        };
        let squares = x.outer_iter().map(squares).collect();
        Ok(Self { x, squares, stride })
    }

    /// The training rows [queries × k] that are nearest to each row of `queries` [queries × features], by the numbers that
    /// they had in [`new`](Self::new): the nearest first, of equally near ones the lower number.
    ///
    /// k is at least 1; if there are fewer rows to search, all of them are found. The answer for a row does not depend on
    /// the other rows.
    pub fn predict(&self, queries: ArrayView2<f32>, k: usize) -> Result<Array2<usize>, Error> {
        check::length("columns of the queries", self.x.ncols(), queries.ncols())?;
        check_finite("the queries", queries)?;
        check::setting("the number of neighbours", k as f64, k > 0, "1 or more")?;
        let k = k.min(self.x.nrows());
        let mut found = Array2::zeros((queries.nrows(), k));
        let (mut bounds, mut highest) = (Vec::new(), Vec::new());
        let blocks = queries.axis_chunks_iter(Axis(0), BLOCK);
        for (block, mut found) in blocks.zip(found.axis_chunks_iter_mut(Axis(0), BLOCK)) {
            let products = block.dot(&self.x.t());
            for ((query, products), mut found) in
                block.outer_iter().zip(products.outer_iter()).zip(found.outer_iter_mut())
            {
                self.bounds(query, products, &mut bounds);
                // No row whose lower bound is above the k-th upper bound can be among the k nearest.
                highest.clear();
                highest.extend(bounds.iter().map(|(_, high)| *high));
                let (_, enough, _) = highest.select_nth_unstable_by(k - 1, f64::total_cmp);
                let candidates = bounds.iter().enumerate().filter(|(_, (low, _))| low <= enough);
                let mut candidates: Vec<(f64, usize)> =
                    candidates.map(|(row, _)| (distance(query, self.x.row(row)), row)).collect();
                candidates.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                for (found, (_, row)) in found.iter_mut().zip(candidates) {
                    *found = row * self.stride;
                }
            }
        }
        Ok(found)
    }

    /// Between which numbers the squared distance |q|² − 2q·x + |x|² to each row lies.
    ///
    /// A product of m terms in f32 is wrong by less than m · 2⁻²³ · Σ|qx| in any order of the additions (Higham, *Accuracy
    /// and Stability of Numerical Algorithms*, 3.1), and Σ|qx| ≤ |q||x| ≤ (|q|² + |x|²)/2. Numbers below the normal ones
    /// lose 2⁻¹⁴⁹ more in each term.
    fn bounds(
        &self,
        query: ArrayView1<f32>,
        products: ArrayView1<f32>,
        bounds: &mut Vec<(f64, f64)>,
    ) {
        let own = squares(query);
        let terms = query.len() as f64 + 4.0;
        bounds.clear();
        bounds.extend(products.iter().zip(&self.squares).map(|(&product, &other)| {
            let distance = own - 2.0 * f64::from(product) + other;
            let error = terms * (2f64.powi(-23) * (own + other) + 2f64.powi(-147));
            // A product that has overflowed says nothing.
            if product.is_finite() {
                (distance - error, distance + error)
            } else {
                (f64::NEG_INFINITY, f64::INFINITY)
            }
        }));
    }
}

/// One of so many training rows is searched.
pub(crate) fn stride(rows: usize) -> usize {
    rows.div_ceil(MOST_ROWS)
}

/// The mean of the neighbours' targets, for each row of `found` [queries × k]: a prediction of a number.
pub fn mean(found: &Array2<usize>, targets: &[f64]) -> Result<Vec<f64>, Error> {
    check::finite("the targets", targets)?;
    check_found(found, targets.len())?;
    let k = found.ncols() as f64;
    Ok(found.outer_iter().map(|row| row.iter().map(|&i| targets[i] / k).sum()).collect())
}

/// The shares of the classes among the neighbours, [queries × classes], for each row of `found` [queries × k]: a
/// prediction of probabilities. `truth` has the class of each training row, a number below `classes`.
pub fn shares(
    found: &Array2<usize>,
    truth: &[usize],
    classes: usize,
) -> Result<Array2<f64>, Error> {
    check::classes(truth, truth.len(), classes)?;
    check_found(found, truth.len())?;
    let mut shares = Array2::zeros((found.nrows(), classes));
    for (found, mut shares) in found.outer_iter().zip(shares.outer_iter_mut()) {
        for &row in found {
            shares[truth[row]] += 1.0;
        }
        shares /= found.len() as f64;
    }
    Ok(shares)
}

/// Fails unless there are neighbours, and a target for each of them.
fn check_found(found: &Array2<usize>, rows: usize) -> Result<(), Error> {
    check::some("the neighbours", found.ncols())?;
    match found.iter().find(|row| **row >= rows) {
        Some(row) => Err(Error::Shape {
            what: "targets of training rows".into(),
            expected: row + 1,
            found: rows,
        }),
        None => Ok(()),
    }
}

fn check_finite(what: &'static str, x: ArrayView2<f32>) -> Result<(), Error> {
    match x.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), &value)) => {
            Err(Error::NotFinite { what, row, column, value: value.into() })
        }
        None => Ok(()),
    }
}

/// Σx²
fn squares(x: ArrayView1<f32>) -> f64 {
    x.iter().map(|&x| f64::from(x) * f64::from(x)).sum()
}

/// Σ(a − b)²
fn distance(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    let differences = a.iter().zip(b).map(|(&a, &b)| f64::from(a) - f64::from(b));
    differences.map(|d| d * d).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::random::{Purpose, Random};
    use ndarray::{array, concatenate};

    fn normal(rows: usize, columns: usize, random: &mut Random) -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || random.normal())
    }

    /// By sorting all distances.
    fn sorted(x: &Array2<f32>, query: ArrayView1<f32>, k: usize) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..x.nrows()).collect();
        rows.sort_by(|&a, &b| distance(query, x.row(a)).total_cmp(&distance(query, x.row(b))));
        rows.truncate(k);
        rows
    }

    // Far from the origin the products alone can not tell the rows apart; small and large numbers leave f32's range.
    #[test]
    fn the_same_as_by_sorting() {
        let mut random = Random::new(51, Purpose::Checking);
        for (scale, shift) in [(1.0, 0.0), (1.0, 1e4), (1e-30, 0.0), (1e-3, 1.0), (1e30, 0.0)] {
            for columns in [1, 3, 40] {
                let x = normal(300, columns, &mut random) * scale + shift;
                let queries = normal(70, columns, &mut random) * scale + shift;
                let neighbours = Neighbours::new(x.clone()).unwrap();
                let found = neighbours.predict(queries.view(), 7).unwrap();
                for (query, found) in queries.outer_iter().zip(found.outer_iter()) {
                    assert_eq!(found.to_vec(), sorted(&x, query, 7), "{scale} {shift} {columns}");
                }
                // A row does not depend on the others.
                let one = neighbours.predict(queries.slice(ndarray::s![65..66, ..]), 7).unwrap();
                assert_eq!(one.row(0), found.row(65));
            }
        }
    }

    #[test]
    fn ties_go_to_the_lower_number() {
        let x = array![[1.0], [-1.0], [1.0], [0.5], [-1.0]];
        let found = Neighbours::new(x).unwrap().predict(array![[0.0], [1.0]].view(), 9).unwrap();
        assert_eq!(found, array![[3, 0, 1, 2, 4], [0, 2, 3, 1, 4]]);
    }

    #[test]
    fn many_rows_are_thinned() {
        let x = Array2::from_shape_fn((40_001, 1), |(row, _)| row as f32);
        let neighbours = Neighbours::new(x).unwrap();
        assert_eq!((neighbours.stride, neighbours.x.nrows()), (3, 13_334));
        let found = neighbours.predict(array![[31.0], [40_000.0]].view(), 2).unwrap();
        assert_eq!(found, array![[30, 33], [39_999, 39_996]]);
        let all = Neighbours::new(Array2::zeros((20_000, 1))).unwrap();
        assert_eq!((all.stride, all.x.nrows()), (1, 20_000));
    }

    #[test]
    fn means_and_shares() {
        let found = array![[0, 1], [2, 1]];
        assert_eq!(mean(&found, &[1.0, 2.0, 5.0]).unwrap(), [1.5, 3.5]);
        let expected = array![[0.5, 0.0, 0.5], [0.0, 0.0, 1.0]];
        assert_eq!(shares(&found, &[0, 2, 2], 3).unwrap(), expected);
        assert!(mean(&found, &[1.0, 2.0]).is_err() && mean(&found, &[f64::NAN; 3]).is_err());
        assert!(shares(&found, &[0, 2, 2], 2).is_err() && shares(&found, &[0, 1], 2).is_err());
    }

    #[test]
    fn wrong_arguments_are_errors() {
        assert!(Neighbours::new(Array2::zeros((0, 2))).is_err());
        assert!(Neighbours::new(array![[f32::NAN]]).is_err());
        let neighbours = Neighbours::new(array![[1.0], [2.0]]).unwrap();
        assert!(neighbours.predict(array![[1.0, 2.0]].view(), 1).is_err());
        assert!(neighbours.predict(array![[f32::INFINITY]].view(), 1).is_err());
        assert!(neighbours.predict(array![[1.0]].view(), 0).is_err());
        // Without features all rows are the same.
        let none = Neighbours::new(Array2::zeros((3, 0))).unwrap();
        let found = none.predict(concatenate![Axis(1), Array2::<f32>::zeros((1, 0))].view(), 2);
        assert_eq!(found.unwrap(), array![[0, 1]]);
    }
}
