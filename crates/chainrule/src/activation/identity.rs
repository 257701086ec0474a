use super::{Activation, Kind};
use crate::Real;

/// σ(x) = x, of the last layer of a regression.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity;

impl<T: Real> Activation<T> for Identity {
    fn name(&self) -> &str {
        "identity"
    }

    fn kind(&self) -> Kind {
        Kind::Identity
    }

    #[inline(always)]
    fn value(&self, x: T) -> T {
        x
    }

    /// σ' = 1
    #[inline(always)]
    fn derivative(&self, _: T, _: T) -> T {
        T::one()
    }
}
