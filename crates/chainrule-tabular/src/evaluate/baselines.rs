//! What is cheap to have: the mean or the most frequent class, a linear or logistic regression, the nearest neighbours.

use super::{LeastSquares, Neighbours, neighbours};
use crate::{
    Architecture, ArchitectureError,
    encode::Target,
    model::{Output, Predicted, natural},
};
use chainrule::{Dataset, Error, Network, optimizer::Penalty, solver::Lbfgs, training::FullBatch};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

/// The nearest rows that are averaged, as many as scikit-learn takes.
const NEIGHBOURS: usize = 5;
/// On the weights of a logistic regression, so that classes that can be separated have one.
const PENALTY: f64 = 1e-4;

/// The rows that cheap predictions are learned from.
#[derive(Clone, Debug)]
pub(crate) struct Baselines<'a> {
    /// Plain features [rows × features].
    pub(crate) x: ArrayView2<'a, f64>,
    pub(crate) target: &'a Target,
    /// Of the same rows, all finite.
    pub(crate) truth: &'a [f64],
}

impl Baselines<'_> {
    /// With more features, a linear regression costs more than the network that it is to be compared with.
    pub(crate) const MOST_FEATURES: usize = 1000;

    /// The predictions for rows with these plain features, each under its name.
    pub(crate) fn predict(&self, x: ArrayView2<f64>) -> Result<Vec<(String, Predicted)>, Error> {
        match self.target.class_count() {
            Some(classes) => self.classes(x, classes),
            None => self.numbers(x),
        }
    }

    fn numbers(&self, x: ArrayView2<f64>) -> Result<Vec<(String, Predicted)>, Error> {
        let rows = x.nrows();
        let mean = self.truth.iter().sum::<f64>() / self.truth.len() as f64;
        let mut all = vec![("mean".to_owned(), Predicted::of_numbers(vec![mean; rows]))];
        if self.x.ncols() <= Self::MOST_FEATURES {
            let line = self.linear_regression(x, mean);
            all.push(("linear regression".to_owned(), Predicted::of_numbers(line)));
        }
        let found = self.neighbours(x)?;
        let near = Predicted::of_numbers(neighbours::mean(&found, self.truth)?);
        all.push(("nearest neighbours".to_owned(), near));
        Ok(all)
    }

    /// The least squares of centred columns, so that the intercept is the mean.
    fn linear_regression(&self, x: ArrayView2<f64>, mean: f64) -> Vec<f64> {
        const ROWS_AT_A_TIME: usize = 1024;
        let Some(center) = self.x.mean_axis(Axis(0)) else { return vec![mean; x.nrows()] };
        let mut least_squares = LeastSquares::new(self.x.ncols(), 1);
        let chunks = self.x.axis_chunks_iter(Axis(0), ROWS_AT_A_TIME);
        for (x, truth) in chunks.zip(self.truth.chunks(ROWS_AT_A_TIME)) {
            let y = Array1::from_iter(truth.iter().map(|t| t - mean)).insert_axis(Axis(1));
            least_squares.add((&x - &center).view(), y.view());
        }
        let line = (&x - &center).dot(&least_squares.solve());
        line.column(0).iter().map(|y| y + mean).collect()
    }

    fn classes(
        &self,
        x: ArrayView2<f64>,
        classes: usize,
    ) -> Result<Vec<(String, Predicted)>, Error> {
        let truth: Vec<usize> = self.truth.iter().map(|place| *place as usize).collect();
        let mut shares = Array1::<f64>::zeros(classes);
        truth.iter().for_each(|&class| shares[class] += 1.0 / truth.len() as f64);
        let shares = shares.broadcast((x.nrows(), classes)).map(|shares| shares.to_owned());
        let shares = shares.unwrap_or_default();
        let mut all = vec![("most frequent class".to_owned(), Predicted::Classes(shares))];
        if self.x.ncols() <= Self::MOST_FEATURES
            && let Ok(probabilities) = self.logistic_regression(x, classes)
        {
            all.push(("logistic regression".to_owned(), Predicted::Classes(probabilities)));
        }
        let found = self.neighbours(x)?;
        // A class that none of so few has is not impossible: one more of each (Laplace's rule).
        let near = neighbours::shares(&found, &truth, classes)?;
        let count = found.ncols() as f64;
        let near = near.mapv(|share| (share * count + 1.0) / (count + classes as f64));
        all.push(("nearest neighbours".to_owned(), Predicted::Classes(near)));
        Ok(all)
    }

    /// A network without a hidden layer.
    fn logistic_regression(
        &self,
        x: ArrayView2<f64>,
        classes: usize,
    ) -> Result<Array2<f64>, ArchitectureError> {
        let output = if classes == 2 { Output::Probability } else { Output::Classes };
        let line =
            Architecture { hidden: Vec::new(), activation: "identity".to_owned(), dropout: 0.0 };
        let targets = std::slice::from_ref(self.target);
        let mut network: Network<f64> = line.build(self.x.ncols(), output.width(targets), 0)?;
        let truth = Array1::from_iter(self.truth.iter().copied()).insert_axis(Axis(1));
        let data = Dataset::new(self.x.to_owned(), truth)?;
        let usual = FullBatch::new(chainrule::loss::MeanSquaredError, Lbfgs::default());
        let penalty = Penalty { l1: 0.0, l2: PENALTY };
        let training = FullBatch { loss: output.loss(targets), penalty, iterations: 200, ..usual };
        training.run(&mut network, &data, None, &mut ())?;
        let p = natural(&output, network.predict(x)?, 1.0);
        Ok(match classes {
            2 => {
                let mut both = Array2::zeros((p.nrows(), 2));
                both.slice_mut(s![.., 1]).assign(&p.column(0));
                both.slice_mut(s![.., 0]).assign(&p.column(0).mapv(|p| 1.0 - p));
                both
            }
            _ => p,
        })
    }

    fn neighbours(&self, x: ArrayView2<f64>) -> Result<Array2<usize>, Error> {
        let single = |x: ArrayView2<f64>| x.mapv(|v| v as f32);
        // Only what is searched is copied.
        let stride = neighbours::stride(self.x.nrows());
        let searched = Neighbours::new(single(self.x.slice(s![..;stride, ..])))?;
        let mut found = searched.predict(single(x).view(), NEIGHBOURS)?;
        found *= stride;
        Ok(found)
    }
}
