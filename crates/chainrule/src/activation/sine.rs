use super::Activation;
use crate::Real;

/// σ(x) = sin x, for periodic functions (Sitzmann et al., arXiv 2006.09661).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sine;

impl<T: Real> Activation<T> for Sine {
    fn name(&self) -> &str {
        "sine"
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        x.sin()
    }

    /// σ' = cos x
    #[inline(always)]
    fn derivative(&self, x: T, _: T) -> T {
        x.cos()
    }
}
