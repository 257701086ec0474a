//! Columns of a table as numbers for a network, and back: fit → transform → inverse.
//!
//! | column | becomes |
//! |---|---|
//! | numbers | a standardised or robust feature ([`Scale`]); a missing one the median, with a feature that says so |
//! | categories | one-hot features ([`Levels`]), or a code whose numbers the network learns |
//! | dates | the time, and places in the year, the week and the day ([`Dates`]) |
//! | free text | whether there is any |
//! | the target | a standardised number, a count or the place of a class ([`Target`]) |

mod category;
mod date;
mod encoder;
mod input;
mod number;
mod scale;
mod target;

pub use category::Levels;
pub use date::{Cycle, Dates};
pub use encoder::Encoder;
pub(crate) use encoder::{EncodeError, Features};
pub(crate) use input::Guesses;
pub use input::{Encoding, Input};
pub(crate) use number::magnitude;
pub(crate) use scale::quantile;
pub use scale::{Log, Scale};
pub use target::{Target, TargetValues};
