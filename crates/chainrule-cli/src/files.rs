//! Writing files whole or not at all.

use crate::failure::Failure;
use std::path::Path;

/// Writes a file by way of a temporary sibling, so that a failure leaves what was there.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Ok(chainrule_tabular::file::write_atomically(path, bytes)?)
}

/// Makes a folder if it is not there.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| {
        Failure::Failed(format!("the folder {} could not be made: {error}", path.display()))
    })
}

/// Fails if a file could not be written here, without touching what is there.
pub(crate) fn check_writable(path: &Path) -> Result<(), Failure> {
    Ok(chainrule_tabular::file::check_writable(path)?)
}

/// Fails if the file to be written is one of those that are read.
pub(crate) fn check_distinct(out: &Path, read: &[&Path]) -> Result<(), Failure> {
    let real = |path: &Path| path.canonicalize().ok();
    match read.iter().find(|path| real(out).is_some() && real(path) == real(out)) {
        Some(_) => Err(Failure::Usage(format!(
            "--out {} is a file that is read; choose another name",
            out.display()
        ))),
        None => Ok(()),
    }
}
