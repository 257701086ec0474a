use super::Activation;
use crate::{Real, elementary::normal_distribution, initialization::Weights};

/// The Gaussian error linear unit, exact: σ(x) = xΦ(x), with Φ the normal distribution function
/// (Hendrycks and Gimpel, arXiv 1606.08415).
#[derive(Clone, Copy, Debug, Default)]
pub struct Gelu;

impl<T: Real> Activation<T> for Gelu {
    fn name(&self) -> &str {
        "gelu"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        let (distribution, _) = normal_distribution(x);
        x * distribution
    }

    /// σ' = Φ(x) + xφ(x)
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        let (distribution, density) = normal_distribution(x);
        distribution + x * density
    }

    fn default_weights(&self) -> Weights {
        Weights::HeNormal
    }
}
