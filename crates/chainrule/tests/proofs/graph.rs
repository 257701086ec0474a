//! Expressions: each operation beside PyTorch and finite differences, published examples, what is not right, and an
//! expression as a part of a network.

mod misuse;
mod network;
mod operations;
mod published;
