//! One table of everything that has a derivative.
//!
//! Command lines and files find things here by name, and every family of tests (gradient checks,
//! PyTorch's numbers, f32 against f64, …) walks it: what is not in the table fails the tests.

use crate::{
    Real,
    activation::*,
    layer::*,
    loss::*,
    optimizer::{Adagrad, Adam, Lion, Nadam, Optimizer, RmsProp, Sgd},
    solver::{BayesianRegularization, Lbfgs, LevenbergMarquardt, ScaledConjugateGradient, Solver},
};
use std::sync::Arc;

/// All activations with their default constants.
pub fn activations<T: Real>() -> Vec<Arc<dyn Activation<T>>> {
    vec![
        Arc::new(Identity),
        Arc::new(Relu),
        Arc::new(LeakyRelu::default()),
        Arc::new(Elu::default()),
        Arc::new(Selu),
        Arc::new(Celu::default()),
        Arc::new(Gelu),
        Arc::new(GeluTanh),
        Arc::new(Silu),
        Arc::new(Mish),
        Arc::new(Softplus),
        Arc::new(Sigmoid),
        Arc::new(HardSigmoid),
        Arc::new(Tanh),
        Arc::new(Softsign),
        Arc::new(Sine),
    ]
}

/// The activation of this name.
pub fn activation<T: Real>(name: &str) -> Option<Arc<dyn Activation<T>>> {
    activations().into_iter().find(|activation| activation.name() == name)
}

/// All losses: quantiles at 0.05, 0.5 and 0.95, the others with their default constants.
pub fn losses<T: Real>() -> Vec<Arc<dyn Loss<T>>> {
    let quantile = Quantile::new([0.05, 0.5, 0.95]).expect("levels within (0, 1)");
    vec![
        Arc::new(MeanSquaredError),
        Arc::new(MeanAbsoluteError),
        Arc::new(Huber::default()),
        Arc::new(LogCosh),
        Arc::new(quantile),
        Arc::new(Poisson),
        Arc::new(BinaryCrossEntropy),
        Arc::new(CrossEntropy::default()),
        Arc::new(Gaussian),
    ]
}

/// The loss of this name.
pub fn loss<T: Real>(name: &str) -> Option<Arc<dyn Loss<T>>> {
    losses().into_iter().find(|loss| loss.name() == name)
}

/// An example of each layer, all with 3 inputs; the last two inputs of the embedding are codes.
pub fn layers<T: Real>() -> Vec<Arc<dyn Layer<T>>> {
    let dense = |outputs| -> Arc<dyn Layer<T>> { Arc::new(Dense::new(3, outputs, Tanh)) };
    let fits = "the widths fit";
    let categories = [Category { levels: 3, width: 2 }, Category { levels: 2, width: 3 }];
    vec![
        dense(4),
        Arc::new(Prelu::new(3)),
        Arc::new(Dropout::new(3, 0.4).expect("a rate below 1")),
        Arc::new(Embedding::new(1, categories).expect("a level or more")),
        Arc::new(LayerNorm::new(3)),
        Arc::new(BatchNorm::new(3)),
        Arc::new(
            Sequential::new(vec![dense(3), Arc::new(LayerNorm::new(3)), dense(2)]).expect(fits),
        ),
        Arc::new(Residual::new(dense(3)).expect(fits)),
        Arc::new(Parallel::new(vec![dense(2), dense(4)], Combine::Concatenate).expect(fits)),
        Arc::new(Parallel::new(vec![dense(2), dense(2)], Combine::Sum).expect(fits)),
        Arc::new(gated()),
    ]
}

/// An example of an expression as a layer, 3 → 2: y = tanh(xw + b) · σ(xv).
fn gated<T: Real>() -> crate::layer::Expression<T> {
    let weight = |name| Block::new(name, Role::Weight, [3, 2]);
    let blocks = [weight("w"), weight("v"), Block::new("b", Role::Bias, [2])];
    let gated = crate::layer::Expression::new(3, blocks, |x, theta| {
        (x.dot(theta[0]) + theta[2]).tanh() * x.dot(theta[1]).sigmoid()
    });
    gated.expect("the shapes fit")
}

/// All first-order optimizers with their usual constants: momentum 0.9, weight decay 0.01.
pub fn optimizers<T: Real>() -> Vec<Arc<dyn Optimizer<T>>> {
    vec![
        Arc::new(Sgd::default()),
        Arc::new(Sgd::momentum(0.9)),
        Arc::new(Sgd::nesterov(0.9)),
        Arc::new(RmsProp::default()),
        Arc::new(Adagrad::default()),
        Arc::new(Adam::default()),
        Arc::new(Adam::ams_grad()),
        Arc::new(Adam::decoupled(0.01)),
        Arc::new(Nadam::default()),
        Arc::new(Lion::default()),
    ]
}

/// The optimizer of this name.
pub fn optimizer<T: Real>(name: &str) -> Option<Arc<dyn Optimizer<T>>> {
    optimizers().into_iter().find(|optimizer| optimizer.name() == name)
}

/// All solvers of the full batch with their usual constants.
pub fn solvers() -> Vec<Solver> {
    vec![
        LevenbergMarquardt::default().into(),
        BayesianRegularization::default().into(),
        Lbfgs::default().into(),
        ScaledConjugateGradient.into(),
    ]
}

/// The solver of this name.
pub fn solver(name: &str) -> Option<Solver> {
    solvers().into_iter().find(|solver| solver.name() == name)
}
