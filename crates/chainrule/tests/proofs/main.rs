//! The proofs: families of tests that walk [`chainrule::table`], so that a new activation, loss, layer or
//! optimizer is tested as soon as it stands there, and fails `coverage` until it does.
//!
//! | file | proves |
//! |---|---|
//! | `coverage.rs` | everything is in the table |
//! | `pytorch.rs` | the numbers are those of PyTorch |
//! | `gradients.rs` | the derivatives are those of the functions |
//! | `precision.rs` | f32 agrees with f64, and nothing overflows or hides a NaN |
//! | `graph.rs` | expressions differentiate themselves rightly, alone and in a network |
//! | `contracts.rs` | layers keep what the trait `Layer` promises |
//! | `solvers.rs` | solvers find the minimum, whatever the form of the equations, and end well |
//! | `traces.rs` | a trace has the numbers of the passes, and each gradient those of its difference quotients |
//! | `training.rs` | training is reproducible, weighs samples rightly and ends well |
//!
//! That a training step allocates nothing is proven in `tests/allocation.rs`.

mod contracts;
mod coverage;
mod gradients;
mod graph;
mod precision;
mod pytorch;
mod solvers;
mod support;
mod traces;
mod training;
