use crate::encode::{Target, TargetValues};
use chainrule::{
    Real,
    loss::{BinaryCrossEntropy, CrossEntropy, Gaussian, Loss, MeanSquaredError, Poisson, Quantile},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the outputs of a network mean, and so the loss that it learns by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// One for each target: its standardised value, or the logarithm of its rate if it is a count.
    #[default]
    Value,
    /// For each target one for each of these levels: its standardised quantile.
    Quantiles(Vec<f64>),
    /// The standardised means of all targets, then a number for each that gives its variance
    /// ([`Gaussian::variance`]).
    Gaussian,
    /// One for each target, which has two classes: the logit of the second one.
    Probability,
    /// One for each class of the only target: logits.
    Classes,
}

impl Output {
    /// How many outputs a network needs for these targets.
    pub fn width(&self, targets: &[Target]) -> usize {
        match self {
            Self::Value | Self::Probability => targets.len(),
            Self::Quantiles(levels) => levels.len() * targets.len(),
            Self::Gaussian => 2 * targets.len(),
            Self::Classes => targets.iter().filter_map(Target::class_count).sum(),
        }
    }

    /// Whether these targets can be meant.
    pub(crate) fn suits(&self, targets: &[Target]) -> bool {
        let is_number = |target: &Target| matches!(target.values, TargetValues::Number { .. });
        match self {
            Self::Value => {
                let is_count =
                    |target: &Target| matches!(target.values, TargetValues::Count { .. });
                targets.iter().all(is_number) || targets.iter().all(is_count)
            }
            Self::Gaussian => targets.iter().all(is_number),
            Self::Quantiles(levels) => {
                let ascend = levels.windows(2).all(|pair| pair[0] < pair[1]);
                let inside = levels.iter().all(|level| 0.0 < *level && *level < 1.0);
                !levels.is_empty() && ascend && inside && targets.iter().all(is_number)
            }
            Self::Probability => targets.iter().all(|target| target.class_count() == Some(2)),
            Self::Classes => targets.len() == 1 && targets[0].class_count().is_some(),
        }
    }

    /// What is minimised for these targets.
    pub(crate) fn loss<T: Real>(&self, targets: &[Target]) -> Arc<dyn Loss<T>> {
        match self {
            Self::Value => match targets.first().map(|target| &target.values) {
                Some(TargetValues::Count { .. }) => Arc::new(Poisson),
                _ => Arc::new(MeanSquaredError),
            },
            Self::Quantiles(levels) => match Quantile::new(levels.clone()) {
                Ok(loss) => Arc::new(loss),
                // What does not suit has been refused.
                Err(_) => Arc::new(MeanSquaredError),
            },
            Self::Gaussian => Arc::new(Gaussian),
            Self::Probability => Arc::new(BinaryCrossEntropy),
            Self::Classes => Arc::new(CrossEntropy::default()),
        }
    }

    /// Whether it learns by squared errors, which solvers of least squares are made for.
    pub(crate) fn has_squared_errors(&self, targets: &[Target]) -> bool {
        self.loss::<f64>(targets).is_squared_error()
    }
}
