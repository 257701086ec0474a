//! From a table to a model: what is asked for, what is decided, the trainings, the scores.
//!
//! ```text
//! table, settings ─► usable rows ─► test ┬ development ─► folds ─► trainings ─► calibration ─► model
//!                                        └────────────────────────────────────► scores ◄──────┘
//! ```
//!
//! | file | answers |
//! |---|---|
//! | [`settings`](Settings) | what is asked for |
//! | [`task`](Task) | what is learned of the targets |
//! | `inputs` | which columns are read, and how each is encoded |
//! | `rows` | which rows can be used, what they weigh, what keeps them together |
//! | [`division`](Validation) | which rows train, judge or score |
//! | `plan` | which network, by which method, how often |
//! | [`preparation`](Preparation) | all of that, checked, before the training |
//! | `members` | the trainings |
//! | [`checkpoint`](Checkpoint) | the state of a fit, to go on later |
//! | `calibrate` | what unseen rows say about errors and probabilities |
//! | `progress` | trainings a little at a time, for the search |
//! | [`fit`](fn@fit) | all of it, and the scores |
//! | [`outer_folds`] | which rows score whole fits, for a cross-validation |

mod calibrate;
pub(crate) mod checkpoint;
mod decision;
pub(crate) mod digest;
mod division;
mod error;
mod fit;
mod inputs;
mod members;
mod outer;
mod plan;
mod preparation;
mod progress;
mod rows;
mod settings;
mod task;

pub use checkpoint::{Checkpoint, Keeper};
pub use decision::Decision;
pub use division::Validation;
pub use error::FitError;
pub use fit::{Fit, Training, fit};
pub use outer::outer_folds;
pub use preparation::Preparation;
pub(crate) use progress::Progress;
pub use settings::Settings;
pub use task::Task;
