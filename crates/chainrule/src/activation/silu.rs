use super::Activation;
use crate::{
    Real,
    elementary::{sigmoid, sigmoid_and_slope},
    initialization::Weights,
};

/// The sigmoid linear unit ("swish"): σ(x) = x · s(x), with s the sigmoid (Elfwing et al., arXiv 1702.03118).
#[derive(Clone, Copy, Debug, Default)]
pub struct Silu;

impl<T: Real> Activation<T> for Silu {
    fn name(&self) -> &str {
        "silu"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        x * sigmoid(x)
    }

    /// σ' = s + x · s(1 − s)
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        let (s, slope) = sigmoid_and_slope(x);
        s + x * slope
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
