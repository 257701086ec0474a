//! Arrow's own format, as files and as streams.
//!
//! ```text
//! file ───► footer ──► blocks ───┐  file.rs
//! stream ─► messages, in order ──┴─► check.rs ─► decoder ─► batches ─► Table
//!           stream.rs
//! ```
//!
//! A file looks like a stream between two marks, but only its footer says where its messages are: some programs leave
//! the rest out.

mod check;
mod file;
mod stream;

pub(super) use file::read as read_file;
pub(super) use stream::read as read_stream;

use super::super::TableError;
use check::check;

/// What may stand in front of the length of a message.
const CONTINUATION: [u8; 4] = [0xFF; 4];

/// The decoder says that it lacks zstd in a sentence of its own.
fn refused(file: &str, reason: &str) -> TableError {
    let file = file.to_owned();
    match reason.contains("zstd") {
        true => TableError::Compression { file, format: "Arrow", codec: "zstd".to_owned() },
        false => TableError::Damaged { file, format: "Arrow", reason: reason.to_owned() },
    }
}
