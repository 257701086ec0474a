use crate::{
    Real,
    error::{Error, expect},
    loss::Targets,
    random::{Purpose, Random},
};
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Inputs and targets of some samples: finite numbers, one row for each sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset<T> {
    x: Array2<T>,
    targets: Array2<T>,
    weights: Option<Array1<T>>,
}

impl<T: Real> Dataset<T> {
    /// Inputs `x` [samples × inputs] with their targets [samples × target columns].
    pub fn new(x: Array2<T>, targets: Array2<T>) -> Result<Self, Error> {
        expect("rows of the targets", x.nrows(), targets.nrows())?;
        if x.nrows() == 0 {
            return Err(Error::NoSamples { what: "the data" });
        }
        finite("the inputs", x.view())?;
        finite("the targets", targets.view())?;
        // Row-major, so that rows can be gathered as slices.
        let (x, targets) = (standard(x), standard(targets));
        Ok(Self { x, targets, weights: None })
    }

    /// Weighs the samples in the loss: one number for each, none negative, not all zero.
    pub fn with_weights(mut self, weights: Array1<T>) -> Result<Self, Error> {
        expect("sample weights", self.len(), weights.len())?;
        finite("the sample weights", weights.view().insert_axis(Axis(1)))?;
        let smallest = weights.iter().copied().fold(T::infinity(), T::min).f64();
        crate::error::setting("a sample weight", smallest, smallest >= 0.0, "at least 0")?;
        let sum = weights.sum().f64();
        crate::error::setting("the sum of the sample weights", sum, sum > 0.0, "positive")?;
        self.weights = Some(weights);
        Ok(self)
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.x.nrows()
    }

    /// Never: a dataset has at least one sample.
    pub fn is_empty(&self) -> bool {
        self.x.nrows() == 0
    }

    /// The inputs [samples × inputs].
    pub fn x(&self) -> ArrayView2<'_, T> {
        self.x.view()
    }

    /// The targets and the weights of the samples.
    pub fn targets(&self) -> Targets<'_, T> {
        Targets {
            values: self.targets.view(),
            weights: self.weights.as_ref().map(|weights| weights.view()),
        }
    }

    /// These samples, in this order.
    ///
    /// # Panics
    ///
    /// If a number is not that of a sample.
    pub fn select(&self, samples: &[usize]) -> Self {
        Self {
            x: self.x.select(Axis(0), samples),
            targets: self.targets.select(Axis(0), samples),
            weights: self.weights.as_ref().map(|weights| weights.select(Axis(0), samples)),
        }
    }

    /// Holds a random part of the samples out: (the others, the held-out ones). Both have at least one.
    pub fn split(&self, held_out: f64, seed: u64) -> Result<(Self, Self), Error> {
        let (rest, held_out) = split(self.len(), held_out, seed)?;
        Ok((self.select(&rest), self.select(&held_out)))
    }
}

/// The numbers 0, …, n − 1 in two random parts, both in ascending order: (the others, the held-out ones).
/// Both have at least one.
pub fn split(n: usize, held_out: f64, seed: u64) -> Result<(Vec<usize>, Vec<usize>), Error> {
    let allowed = 0.0 < held_out && held_out < 1.0;
    crate::error::setting("the part held out", held_out, allowed, "between 0 and 1")?;
    if n < 2 {
        return Err(Error::NoSamples { what: "a part of the split: there are too few" });
    }
    let count = ((n as f64 * held_out).round() as usize).clamp(1, n - 1);
    let mut order = Random::new(seed, Purpose::Splitting).permutation(n);
    let mut rest = order.split_off(count);
    order.sort_unstable();
    rest.sort_unstable();
    Ok((rest, order))
}

fn standard<T: Real>(array: Array2<T>) -> Array2<T> {
    if array.is_standard_layout() { array } else { array.as_standard_layout().into_owned() }
}

fn finite<T: Real>(what: &'static str, array: ArrayView2<T>) -> Result<(), Error> {
    match array.indexed_iter().find(|(_, v)| !v.is_finite()) {
        Some(((row, column), v)) => Err(Error::NotFinite { what, row, column, value: v.f64() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn what_is_not_a_number_is_found() {
        let x = array![[1.0, 2.0], [3.0, f64::NAN]];
        let error = Dataset::new(x, array![[0.0], [0.0]]).unwrap_err();
        assert!(error.to_string().starts_with("the inputs: row 1, column 1 is NaN"), "{error}");
        let error = Dataset::new(array![[1.0]], array![[1.0], [2.0]]).unwrap_err();
        assert_eq!(error.to_string(), "rows of the targets: expected 1, found 2");
        let empty = Array2::<f32>::zeros((0, 3));
        assert!(Dataset::new(empty.clone(), empty).is_err());
    }

    #[test]
    fn a_split_is_a_partition() {
        for (n, part) in [(2, 0.01), (10, 0.3), (57, 0.999)] {
            let (a, b) = split(n, part, 1).unwrap();
            assert!(!a.is_empty() && !b.is_empty());
            let mut all = [a, b].concat();
            all.sort_unstable();
            assert_eq!(all, (0..n).collect::<Vec<_>>());
        }
        assert!(split(1, 0.5, 1).is_err() && split(5, 1.0, 1).is_err());
    }

    #[test]
    fn weights_are_checked() {
        let data = Dataset::new(array![[1.0], [2.0]], array![[1.0], [2.0]]).unwrap();
        assert!(data.clone().with_weights(array![1.0, -1.0]).is_err());
        assert!(data.clone().with_weights(array![0.0, 0.0]).is_err());
        assert!(data.with_weights(array![0.0, 2.0]).is_ok());
    }
}
