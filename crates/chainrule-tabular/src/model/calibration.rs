use super::Output;
use crate::evaluate::conformal::CrossConformal;
use serde::{Deserialize, Serialize};

/// What rows that no training of a member saw say about its errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Logits are divided by it; 1 leaves them as they are.
    pub temperature: f64,
    /// For each target where its true values lie; none for classes, and where there were too few rows.
    pub errors: Vec<Errors>,
}

/// Where the true values of a target lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Errors {
    /// Around the prediction, by the errors of networks that were not trained on these rows (cross-conformal: Vovk, 2015).
    /// Of numbers in standard deviations, of counts in counts.
    Around(CrossConformal),
    /// Around the mean of the prediction, in the deviations that the networks predict.
    Normalised(CrossConformal),
    /// Outside of the lowest and the highest quantile by this, in standard deviations, in one of `1/alpha` rows
    /// (Romano, Patterson and Candès, 2019).
    Quantiles {
        /// What is added on both sides.
        offset: f64,
        /// The part of the rows outside.
        alpha: f64,
    },
}

impl Default for Calibration {
    fn default() -> Self {
        Self { temperature: 1.0, errors: Vec::new() }
    }
}

impl Calibration {
    /// Whether predictions can be made with it, for so many targets of which the outputs mean this.
    pub(crate) fn is_sound(&self, output: &Output, targets: usize) -> bool {
        let errors = self.errors.iter().all(|errors| match errors {
            Errors::Around(one) => *output == Output::Value && one.folds().len() == 1,
            Errors::Normalised(one) => *output == Output::Gaussian && one.folds().len() == 1,
            Errors::Quantiles { offset, alpha } => {
                let suits = matches!(output, Output::Quantiles(_));
                suits && offset.is_finite() && 0.0 < *alpha && *alpha < 1.0
            }
        });
        let count = [0, targets].contains(&self.errors.len());
        self.temperature.is_finite() && self.temperature > 0.0 && errors && count
    }
}
