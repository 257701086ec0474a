use super::{Loss, mean, mean_gradient};
use crate::{
    Real,
    elementary::{sigmoid, softplus},
};

/// The cross-entropy of a yes-or-no question, on the logit: with p = 1/(1 + e^−y) and a target t in [0, 1],
/// ℓ = −t ln p − (1 − t) ln(1 − p). Several columns are several independent questions.
#[derive(Clone, Copy, Debug, Default)]
pub struct BinaryCrossEntropy;

impl<T: Real> Loss<T> for BinaryCrossEntropy {
    fn name(&self) -> &str {
        "binary_cross_entropy"
    }

    // ln(1 + e^y) − ty: the same number, but finite for every finite logit.
    fn value(&self, y: &[T], target: &[T]) -> T {
        mean(y, target, |y, t| softplus(y) - t * y)
    }

    /// ∂ℓ/∂y = p − t
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        mean_gradient(y, target, dy, |y, t| sigmoid(y) - t);
    }

    fn check_target(&self, target: &[T], _: usize) -> Result<(), String> {
        match target.iter().find(|t| !(T::zero()..=T::one()).contains(t)) {
            Some(t) => Err(format!("it is {t}, but a probability lies in [0, 1]")),
            None => Ok(()),
        }
    }
}
