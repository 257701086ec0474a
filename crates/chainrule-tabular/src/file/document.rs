//! A file that is a JSON description alone, with a checksum: safetensors without tensors.

use super::{FileError, FormatError, checksum, in_file, read_whole, safetensors, write_atomically};
use ::safetensors::SafeTensors;
use serde_json::{Map, json};
use std::path::Path;

/// More than any description has.
const MOST_BYTES: u64 = 1 << 26;

/// Writes a description, if it could be put into words, under the name of its format.
pub(crate) fn write_document(
    path: &Path,
    format: &str,
    description: Result<String, String>,
) -> Result<(), FileError> {
    let description =
        description.map_err(|reason| in_file(path, FormatError::Unwritable { reason }))?;
    let mut header = Map::new();
    let metadata = json!({
        "checksum": checksum::BLANK,
        "description": description,
        "format": format,
        "format_version": "1",
    });
    header.insert("__metadata__".to_owned(), metadata);
    write_atomically(path, &safetensors::assemble(header, &[]))
}

/// Reads a description of this format.
pub(crate) fn read_document<D>(
    path: &Path,
    format: &str,
    read: impl FnOnce(&str) -> Result<D, FormatError>,
) -> Result<D, FileError> {
    let bytes = read_whole(path, MOST_BYTES)?;
    let damaged = |reason: String| FormatError::Checkpoint { reason };
    let description = || {
        let (_, tensors) =
            SafeTensors::read_metadata(&bytes).map_err(|error| damaged(error.to_string()))?;
        let metadata = tensors.metadata().as_ref().ok_or(FormatError::NoCheckpoint)?;
        let entry = |name: &str| metadata.get(name).map_or("", String::as_str);
        if (entry("format"), entry("format_version")) != (format, "1") {
            return Err(damaged(format!("it is no file of the format {format:?}, version 1")));
        }
        if !checksum::is_whole(&bytes) {
            return Err(damaged("its checksum is wrong".to_owned()));
        }
        read(entry("description"))
    };
    description().map_err(|error| in_file(path, error))
}
