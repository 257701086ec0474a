//! Model files: safetensors with a JSON description in its metadata.
//!
//! | in the file | holds |
//! |---|---|
//! | tensor `dense_1.w`, `dense_1.b`, … | the [blocks](chainrule::Network::blocks) of parameters and statistics, F32 or F64 |
//! | metadata `format` | `chainrule` |
//! | metadata `format_version` | `1`; a reader refuses what is newer than itself |
//! | metadata `description` | columns, scales, meaning of the outputs, architecture and record, as JSON |
//!
//! There is no code in it, and no path. A reader checks everything before it allocates: the description
//! against its limits, then each tensor's name, type and shape against the architecture.

mod atomic;
mod description;
mod error;
mod safetensors;

pub use atomic::{check_writable, write_atomically};
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
        let unreadable = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => FileError::NotFound { path: path.to_owned() },
            _ => FileError::Unreadable { path: path.to_owned(), reason: error.to_string() },
        };
        let data = std::fs::metadata(path).map_err(unreadable)?;
        if !data.is_file() {
            return Err(FileError::NotAFile { path: path.to_owned() });
        }
        if data.len() > MOST_BYTES {
            return Err(in_file(path, FormatError::TooLarge { bytes: data.len() }));
        }
        let mut bytes = Vec::with_capacity(data.len() as usize);
        let file = File::open(path).map_err(unreadable)?;
        file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
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

fn in_file(path: &Path, error: FormatError) -> FileError {
    FileError::Format { path: path.to_owned(), error: Box::new(error) }
}
