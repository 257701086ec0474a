//! Model files: what is saved is what predicts again, for ever, and nothing else is a model.

mod by_hand;
mod damaged;
mod described;
mod foreign;
mod golden;
mod parts;
mod paths;
