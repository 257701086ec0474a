//! What the rows that a network was not trained on say about its errors.

use super::{FitError, Preparation, members::Trained};
use crate::{
    Output,
    encode::TargetValues,
    evaluate::{
        calibration::Temperature,
        conformal::{CrossConformal, conformalised_quantiles},
    },
    model::{Calibration, Errors, gaussian_deviation, natural, sorted_quantiles},
};
use ndarray::Array2;

/// What is predicted for the rows that judged, each by the networks that were not trained on it.
#[derive(Clone, Debug)]
pub(super) struct OutOfFold {
    /// These rows, in ascending order.
    pub(super) rows: Vec<usize>,
    /// For each of them the mean of the networks' outputs [rows × outputs]: as they leave the network, but for Gaussian
    /// ones, which are a mixture (see [`natural`]).
    outputs: Array2<f64>,
    /// Of how many networks.
    counts: Vec<f64>,
    /// The variance between these networks, where there are several [rows × outputs].
    variances: Array2<f64>,
    /// How many networks there are in all.
    networks: f64,
}

impl OutOfFold {
    /// Of these networks, each judged by its rows.
    fn of(trained: &[Trained], judges: &[Vec<usize>], output: &Output) -> Self {
        let judged = || trained.iter().flat_map(|one| &judges[one.member.training]);
        let mut rows: Vec<usize> = judged().copied().collect();
        rows.sort_unstable();
        rows.dedup();
        let natural = |one: &Trained| match output {
            Output::Gaussian => natural(output, one.outputs.clone(), 1.0),
            _ => one.outputs.clone(),
        };
        let width = trained.first().map_or(0, |one| natural(one).ncols());
        let mut counts = vec![0.0f64; rows.len()];
        let (mut outputs, mut variances) =
            (Array2::zeros((rows.len(), width)), Array2::zeros((rows.len(), width)));
        for one in trained {
            let new = natural(one);
            for (row, new) in judges[one.member.training].iter().zip(new.outer_iter()) {
                let Ok(place) = rows.binary_search(row) else { continue };
                counts[place] += 1.0;
                // Mean and sum of squared differences, one number after another (Welford, 1962).
                let count = counts[place];
                for (j, y) in new.iter().enumerate() {
                    let before = y - outputs[[place, j]];
                    outputs[[place, j]] += before / count;
                    variances[[place, j]] += before * (y - outputs[[place, j]]);
                }
            }
        }
        for (mut row, count) in variances.outer_iter_mut().zip(&counts) {
            row /= (count - 1.0).max(1.0);
        }
        Self { rows, outputs, counts, variances, networks: trained.len() as f64 }
    }

    /// By what factor the errors e of an output are smaller for the mean of all M networks than they are for these means
    /// of r.
    ///
    /// > c² = 1 − (1/r − 1/M) v / e²
    ///
    /// v is the variance between networks for the same row, of which 1/r and 1/M remain in the means (Krogh and Vedelsby,
    /// "Neural Network Ensembles, Cross Validation, and Active Learning", 1995). A single network for each row tells
    /// nothing of v, and more than half of an error is not taken off.
    fn shrinkage(&self, output: usize, errors: &[f64]) -> f64 {
        let squares: f64 = errors.iter().map(|error| error * error).sum();
        let removed = self.counts.iter().zip(self.variances.column(output));
        let removed = removed.map(|(r, v)| (1.0 / r - 1.0 / self.networks).max(0.0) * v);
        let part = removed.sum::<f64>() / squares;
        if part.is_finite() { (1.0 - part).max(0.25).sqrt() } else { 1.0 }
    }

    /// The same as the mean of a model's networks.
    pub(super) fn natural(&self, output: &Output, temperature: f64) -> Array2<f64> {
        match output {
            Output::Gaussian => self.outputs.clone(),
            _ => natural(output, self.outputs.clone(), temperature),
        }
    }
}

impl Preparation<'_> {
    /// What is predicted for the rows that judged.
    pub(super) fn out_of_fold(&self, trained: &[Trained]) -> OutOfFold {
        OutOfFold::of(trained, &self.division.judges, &self.output)
    }

    /// The calibration that suits what is learned.
    pub(super) fn calibrate(&self, out_of_fold: &OutOfFold) -> Result<Calibration, FitError> {
        let temperature = self.temperature(out_of_fold)?;
        let of = |j: usize| self.errors(j, out_of_fold);
        let errors: Option<Vec<Errors>> = (0..self.targets.len()).map(of).collect();
        Ok(Calibration { temperature, errors: errors.unwrap_or_default() })
    }

    /// The temperature of the logits: one for all targets.
    fn temperature(&self, out_of_fold: &OutOfFold) -> Result<f64, FitError> {
        let OutOfFold { rows, outputs, .. } = out_of_fold;
        let (width, per_row) = match self.output {
            Output::Probability => (1, self.targets.len()),
            Output::Classes => (outputs.ncols(), 1),
            _ => return Ok(1.0),
        };
        let classes = rows.iter().flat_map(|&row| self.truth.iter().map(move |truth| truth[row]));
        let classes: Vec<usize> = classes.map(|class| class as usize).collect();
        let weight = |row: usize| self.weights.as_ref().map_or(1.0, |weights| weights[row]);
        let weights: Vec<f64> = rows.iter().flat_map(|&row| vec![weight(row); per_row]).collect();
        let logits =
            Array2::from_shape_vec((classes.len(), width), outputs.iter().copied().collect());
        let logits = logits.map_err(|_| FitError::NoTargets)?;
        Ok(Temperature::fit(logits.view(), &classes, Some(&weights))?.temperature)
    }

    /// Where the true values of a target lie; `None` for classes.
    fn errors(&self, j: usize, out_of_fold: &OutOfFold) -> Option<Errors> {
        let OutOfFold { rows, outputs, .. } = out_of_fold;
        let target = &self.targets[j];
        let truth = rows.iter().map(|&row| self.truth[j][row]);
        match &self.output {
            Output::Value => {
                let residual = |(t, z): (f64, &f64)| match target.values {
                    TargetValues::Count { .. } => t - target.inverse(*z),
                    _ => target.transform(t) - z,
                };
                let mut residuals: Vec<f64> = truth.zip(outputs.column(j)).map(residual).collect();
                if let TargetValues::Number { .. } = target.values {
                    let factor = out_of_fold.shrinkage(j, &residuals);
                    residuals.iter_mut().for_each(|residual| *residual *= factor);
                }
                CrossConformal::new(vec![residuals]).ok().map(Errors::Around)
            }
            Output::Gaussian => {
                let errors: Vec<f64> = truth
                    .zip(outputs.column(j))
                    .map(|(t, mean)| target.transform(t) - mean)
                    .collect();
                let factor = out_of_fold.shrinkage(j, &errors);
                let rows = errors.iter().zip(outputs.outer_iter());
                let residuals = rows.map(|(e, row)| factor * e / gaussian_deviation(row, j));
                CrossConformal::new(vec![residuals.collect()]).ok().map(Errors::Normalised)
            }
            Output::Quantiles(levels) => {
                let alpha = 1.0 - (levels.last()? - levels.first()?);
                let (mut low, mut high) = (Vec::new(), Vec::new());
                for y in outputs.outer_iter() {
                    let sorted = sorted_quantiles(y, j * levels.len(), levels.len());
                    low.push(*sorted.first()?);
                    high.push(*sorted.last()?);
                }
                let all: Vec<f64> = truth.map(|t| target.transform(t)).collect();
                let offset = conformalised_quantiles(&low, &high, &all, alpha).ok()??;
                Some(Errors::Quantiles { offset, alpha })
            }
            Output::Probability | Output::Classes => None,
        }
    }
}
