//! Small and medium neural networks, hand-made from the chain rule up.
//!
//! A network learns sin x and is asked for a value of it:
//!
//! ```
//! use chainrule::{Dataset, Network, Training, activation::*, initialization::*, loss::*};
//! use ndarray::{Array1, Axis};
//!
//! let x = Array1::linspace(-10.0f32, 10.0, 100).insert_axis(Axis(1)); // [100 × 1]
//! let scale = x.std(0.0);
//! let data = Dataset::new(&x / scale, x.mapv(f32::sin))?;
//!
//! let mut network = Network::builder(1)
//!     .dense_from(100, Relu, Weights::HeNormal, Bias::STANDARDISED)
//!     .dense(1, Identity)
//!     .build(42)?;
//!
//! let loss = MeanSquaredError;
//! let training = Training { epochs: 2000, learning_rate: 0.01, ..Training::new(loss) };
//! let history = training.run(&mut network, &data, None, &mut ())?;
//!
//! let y = network.predict(ndarray::array![[2.0 / scale]].view())?;
//! assert!(history.loss < 0.01 && (y[[0, 0]] - 2.0f32.sin()).abs() < 0.1);
//! # Ok::<(), chainrule::Error>(())
//! ```
//!
//! # Contents, in the order to read them
//!
//! | module | what it is |
//! |---|---|
//! | [`guide`] | the mathematics as pages, for readers who know derivatives and no networks |
//! | [`layer`] | **the heart**: differentiable maps with parameters, forwards and backwards |
//! | [`activation`] | functions of one number, each beside its derivative |
//! | [`loss`] | how wrong one sample's prediction is, each beside its gradient |
//! | [`initialization`] | how the parameters of a layer start |
//! | [`network`] | layers together with their parameters: the builder, prediction, the two passes |
//! | [`optimizer`] | how a step follows from the gradient; schedules, penalties, clipping |
//! | [`solver`] | full-batch methods that use more than the slope: Levenberg–Marquardt, L-BFGS, and others |
//! | [`data`] | checked arrays of samples, splits, problems with a known answer |
//! | [`training`] | the loop: batches, validation, early stopping, the best parameters |
//! | [`graph`] | any expression of matrices, which differentiates itself |
//! | [`gradient_check`] | the proof of a derivative, for the parts here and for your own |
//! | [`trace`] | every number of a step, in the letters of the textbook |
//! | [`metric`] | how good predictions are, in numbers that people read |
//! | [`elementary`] | exp, ln, tanh and their relatives, as vectors |
//! | [`instructions`] | what the kernels run with on this processor |
//! | [`random`] | seeded streams, one for each purpose |
//! | [`table`] | everything that has a derivative, by name |
//! | [`error`](mod@error) | what can be wrong, in sentences |
//!
//! # Letters
//!
//! `x` inputs, `y` outputs of a layer, `w` weights [inputs × outputs], `b` biases, `θ` (`theta`) all parameters,
//! `t` targets, `n` samples, `L` the loss; `dv` always means ∂L/∂v. Rows are samples. Numbers are [`f32`] or
//! [`f64`], see [`Real`]; arrays are those of `ndarray`.
//!
//! # What you can rely on
//!
//! The same seeds, data and version give the same bits on the same kind of processor, a row's prediction does not
//! depend on its neighbours, a training that was broken off [goes on](Training::resume) as if it had not been, and one
//! that succeeds leaves finite parameters, however it ended. The crate reads
//! no files, prints nothing and knows no clock; what is wrong with data or settings comes back as an [`Error`].

#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod activation;
#[cfg(doctest)]
mod book;
pub mod data;
pub mod error;
pub mod gradient_check;
pub mod graph;
pub mod guide;
pub mod initialization;
pub mod instructions;
mod kernel;
pub mod layer;
pub mod loss;
pub mod metric;
pub mod network;
pub mod optimizer;
pub mod random;
mod real;
pub mod solver;
pub mod table;
pub mod trace;
pub mod training;

pub use data::Dataset;
pub use error::Error;
pub use kernel::elementary;
pub use ndarray;
pub use network::Network;
pub use real::Real;
pub use training::Training;
