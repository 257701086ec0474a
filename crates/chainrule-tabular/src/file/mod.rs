//! Model files: safetensors with a JSON description in its metadata.
//!
//! | in the file | holds |
//! |---|---|
//! | tensor `network_1.dense_1.w`, `network_1.dense_1.b`, … | the [blocks](chainrule::Network::blocks) of parameters and statistics of each network, F32 or F64 |
//! | metadata `checksum` | SHA-256 of the whole file, with 64 zeros in its own place |
//! | metadata `format` | `chainrule` |
//! | metadata `format_version` | `2`; a reader refuses what is newer than itself |
//! | metadata `description` | inputs, targets, meaning of the outputs, architecture, the networks' folds, calibration and record, as JSON |
//!
//! Version 1 had one network, whose tensors had no `network_1.` before their names, columns of numbers only, and no
//! checksum. It can be read.
//!
//! There is no code in it, and no path. A reader checks everything before it allocates: the description
//! against its limits, then each tensor's name, type and shape against the architecture.

mod atomic;
mod checkpoint;
mod checksum;
mod description;
mod document;
mod error;
#[doc(hidden)]
pub mod forged;
mod safetensors;
mod version1;

pub use atomic::{check_writable, write_atomically};
pub(crate) use document::{read_document, write_document};
pub use error::{FileError, FormatError};

use crate::Model;
use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

/// More than the largest network takes.
const MOST_BYTES: u64 = 1 << 30;

impl Model {
    /// Writes the model file, by way of a temporary sibling: a failure leaves what was there.
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let bytes = self.to_bytes().map_err(|error| in_file(path, error))?;
        write_atomically(path, &bytes)
    }

    /// Reads a model file.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let bytes = read_whole(path, MOST_BYTES)?;
        Self::from_bytes(&bytes).map_err(|error| in_file(path, error))
    }

    /// The bytes of the model file. The same model gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        safetensors::write(self)
    }

    /// The model in these bytes of a model file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        safetensors::read(bytes)
    }
}

/// All bytes of an ordinary file, if they are no more than these.
fn read_whole(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => FileError::NotFound { path: path.to_owned() },
        _ => FileError::Unreadable { path: path.to_owned(), reason: error.to_string() },
    };
    let data = std::fs::metadata(path).map_err(unreadable)?;
    if !data.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    if data.len() > most {
        return Err(in_file(path, FormatError::TooLarge { bytes: data.len() }));
    }
    let mut bytes = Vec::with_capacity(data.len() as usize);
    let file = File::open(path).map_err(unreadable)?;
    file.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn in_file(path: &Path, error: FormatError) -> FileError {
    FileError::Format { path: path.to_owned(), error: Box::new(error) }
}
