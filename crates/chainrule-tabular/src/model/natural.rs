//! The outputs of a network in a form whose mean over several networks means something.

use super::Output;
use crate::evaluate::calibration::soften;
use chainrule::loss::Gaussian;
use ndarray::{Array2, ArrayView1};

/// Outputs whose mean over several networks means something: logits z become probabilities, by z/temperature; of normal
/// distributions they are the means μ, the variances v and the squares μ².
pub(crate) fn natural(output: &Output, mut z: Array2<f64>, temperature: f64) -> Array2<f64> {
    match output {
        Output::Value | Output::Quantiles(_) => {}
        Output::Gaussian => {
            let targets = z.ncols() / 2;
            let mut all = Array2::zeros((z.nrows(), 3 * targets));
            for (mut all, z) in all.outer_iter_mut().zip(z.outer_iter()) {
                for j in 0..targets {
                    all[j] = z[j];
                    all[targets + j] = Gaussian::variance(z[targets + j]);
                    all[2 * targets + j] = z[j] * z[j];
                }
            }
            return all;
        }
        Output::Probability => z.mapv_inplace(|z| 1.0 / (1.0 + (-z / temperature).exp())),
        Output::Classes => soften(&mut z, temperature),
    }
    z
}

/// The variance of a mixture of normal distributions, mean v + mean μ² − (mean μ)²: what each of them is unsure of, and what
/// they are not agreed on.
pub(super) fn mixture_variance(natural: ArrayView1<f64>, j: usize) -> f64 {
    let targets = natural.len() / 3;
    let between = natural[2 * targets + j] - natural[j] * natural[j];
    natural[targets + j] + between.max(0.0)
}

/// The standard deviation that the networks predict, without what they are not agreed on: the errors of the model are
/// measured in it.
pub(crate) fn gaussian_deviation(natural: ArrayView1<f64>, j: usize) -> f64 {
    natural[natural.len() / 3 + j].max(1e-12).sqrt()
}

/// The quantiles of one target, in ascending order also where the network crosses them.
pub(crate) fn sorted_quantiles(outputs: ArrayView1<f64>, first: usize, count: usize) -> Vec<f64> {
    let mut quantiles: Vec<f64> = outputs.iter().skip(first).take(count).copied().collect();
    quantiles.sort_by(f64::total_cmp);
    quantiles
}
