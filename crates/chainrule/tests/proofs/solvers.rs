//! Solvers: Jacobians and normal equations are right, minima are found, and the runs end well.

mod equations;
mod evidence;
mod minima;
mod runs;

use crate::support::{normals, random, weights};
use chainrule::{
    Dataset, Error, Network,
    activation::{Identity, Relu, Tanh},
    gradient_check,
    loss::{CrossEntropy, Loss, MeanSquaredError},
    optimizer::Penalty,
    solver::{
        Iterate, Lbfgs, LeastSquares, LevenbergMarquardt, Objective, Reason,
        ScaledConjugateGradient, Scaling, Solver, Stopping, least_squares, run,
    },
    table,
    training::{
        EarlyStopping, Ended, Epoch, FullBatch, MeanLoss, Observer, Posterior, Residuals,
        in_parallel,
    },
};
use ndarray::{Array1, Array2, Axis, array};
use std::{ops::ControlFlow, sync::Arc};

/// A network with layers of each kind that a solver takes, and samples for it, some of them weighted.
fn problem(rows: usize, outputs: usize, is_weighted: bool) -> (Network<f64>, Dataset<f64>) {
    let network = Network::builder(3)
        .dense(4, Tanh)
        .residual(|inner| inner.layer_norm().dense(4, Tanh))
        .dense(outputs, Identity)
        .build(5)
        .unwrap();
    let mut random = random(rows as u64);
    let (x, t) = (normals(rows, 3, &mut random), normals(rows, outputs, &mut random));
    let data = Dataset::new(x, t).unwrap();
    let data = match is_weighted {
        true => data.with_weights(weights(rows, &mut random)).unwrap(),
        false => data,
    };
    (network, data)
}
