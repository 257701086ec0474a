//! Activations: functions of one number, each beside its derivative.
//!
//! An activation σ acts on every element of its input: y = σ(x). On the way back the chain rule needs
//! σ'(x), and many derivatives are cheapest in terms of the output: σ' = y(1 − y) for the sigmoid,
//! 1 − y² for tanh. So [`Activation::derivative`] is given both.
//!
//! > A classic slip is to apply y(1 − y) to the *input*. [`gradient_check`](crate::gradient_check)
//! > finds it at once; see [the guide](crate::guide::back_propagation).
//!
//! Functions of a whole row are not activations here: softmax belongs to
//! [`CrossEntropy`](crate::loss::CrossEntropy), and an activation with parameters, such as PReLU, is a
//! [layer](crate::layer::Prelu).
//!
//! To add your own, implement [`Activation`] and prove it with
//! [`gradient_check::activation`](crate::gradient_check::activation).

mod celu;
mod elu;
mod gelu;
mod gelu_tanh;
mod hard_sigmoid;
mod identity;
mod leaky_relu;
mod mish;
mod relu;
mod selu;
mod sigmoid;
mod silu;
mod sine;
mod softplus;
mod softsign;
mod tanh;

pub use celu::Celu;
pub use elu::Elu;
pub use gelu::Gelu;
pub use gelu_tanh::GeluTanh;
pub use hard_sigmoid::HardSigmoid;
pub use identity::Identity;
pub use leaky_relu::LeakyRelu;
pub use mish::Mish;
pub use relu::Relu;
pub use selu::Selu;
pub use sigmoid::Sigmoid;
pub use silu::Silu;
pub use sine::Sine;
pub use softplus::Softplus;
pub use softsign::Softsign;
pub use tanh::Tanh;

use crate::{Real, initialization::Weights, kernel};
use std::fmt::Debug;

/// Activations that some kernels are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// σ(x) = x
    Identity,
    /// σ(x) = max(x, 0)
    Relu,
    /// Any other.
    Other,
}

/// A function of one number, applied to each element, with its derivative.
pub trait Activation<T: Real>: Debug + Send + Sync {
    /// The name in summaries, on the command line and in files: lower case with underscores.
    fn name(&self) -> &str;

    /// y = σ(x).
    fn value(&self, x: T) -> T;

    /// σ'(x), where y = σ(x) is known already. At a kink: the derivative from the left.
    fn derivative(&self, x: T, y: T) -> T;

    /// What the kernels may know of it, to take a shorter way to the same numbers.
    fn kind(&self) -> Kind {
        Kind::Other
    }

    /// How the weights of a dense layer before this activation start unless told otherwise.
    fn default_weights(&self) -> Weights {
        Weights::GlorotUniform
    }

    /// Writes y = σ(x) for whole arrays of one length.
    fn apply(&self, x: &[T], y: &mut [T]) {
        kernel::map(x, y, |x| self.value(x));
    }

    /// Writes dx = dy · σ'(x) for whole arrays of one length.
    fn apply_derivative(&self, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
        kernel::scaled(x, y, dy, dx, |x, y| self.derivative(x, y));
    }
}
