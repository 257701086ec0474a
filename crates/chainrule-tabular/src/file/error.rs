use crate::{model::ModelError, names::quoted};
use std::path::PathBuf;
use thiserror::Error;

/// Why a file could not be written or read.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum FileError {
    /// No such file.
    #[error("there is no file {}", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A folder, a device, or the like.
    #[error("{} is not an ordinary file", path.display())]
    NotAFile {
        /// What it is.
        path: PathBuf,
    },
    /// The system could not read it.
    #[error("{} can not be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The folder that the file is to lie in is not there.
    #[error("{} can not be written: there is no folder {}", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The file is there and must not be changed.
    #[error("{} can not be written: it is read-only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The system could not write it. What was there is unharmed.
    #[error("{} can not be written: {reason}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// What is in the file is no model, or the model can not be put into a file.
    #[error("{}: {error}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        error: Box<FormatError>,
    },
}

/// What is wrong with the bytes of a model file.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Too many bytes for any model.
    #[error("it has {bytes} bytes, more than the largest model")]
    TooLarge {
        /// Their number.
        bytes: u64,
    },
    /// Not a safetensors file, or a damaged one.
    #[error("it is not a chainrule model, or it is damaged: {reason}")]
    Safetensors {
        /// What the reader of that format says.
        reason: String,
    },
    /// A safetensors file of another program.
    #[error("it is a safetensors file, but not a chainrule model")]
    Foreign,
    /// No file with the state of a fit.
    #[error("it is a safetensors file, but no checkpoint of a fit")]
    NoCheckpoint,
    /// No file with the state of a fit, or a damaged one.
    #[error(
        "it is no checkpoint of a fit, or it is damaged: {reason}; begin anew with another one"
    )]
    Checkpoint {
        /// What is wrong with it.
        reason: String,
    },
    /// A version that this program does not know yet.
    #[error(
        "it has the format version {found}, but this program reads versions up to {known}; use a newer \
         chainrule"
    )]
    Version {
        /// The version of the file.
        found: u32,
        /// The newest version that can be read.
        known: u32,
    },
    /// Other bytes than were written.
    #[error("it is damaged: its checksum is wrong; copy it again, or fit the model again")]
    Checksum,
    /// The description is not what it should be.
    #[error("its description can not be read: {reason}")]
    Description {
        /// What the reader of JSON says.
        reason: String,
    },
    /// A description that could not be read again, such as one with an infinite score.
    #[error("the description of the model can not be written: {reason}")]
    Unwritable {
        /// What is in the way.
        reason: String,
    },
    /// The tensors are not those of the architecture.
    #[error("the tensor {}: {problem}", quoted(name))]
    Tensor {
        /// The name of the tensor.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The parts do not make a model.
    #[error(transparent)]
    Model(#[from] ModelError),
}
