//! Small and medium neural networks, hand-made from the chain rule up.

pub mod activation;
pub mod data;
pub mod error;
pub mod gradient_check;
pub mod guide;
pub mod initialization;
mod kernel;
pub mod layer;
pub mod loss;
pub mod metric;
pub mod network;
pub mod optimizer;
pub mod random;
mod real;
pub mod table;
pub mod training;

pub use data::Dataset;
pub use error::Error;
pub use network::Network;
pub use real::Real;
pub use training::Training;
