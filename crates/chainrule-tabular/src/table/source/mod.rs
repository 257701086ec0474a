//! What tables are read from.
//!
//! ```text
//! bytes ─► kind ─► decompressed ─────► csv/
//!          │       compressed.rs
//!          ├─────► parquet.rs ─┬─► batches ─► Table
//!          └─────► ipc/ ───────┘   batch.rs
//! ```
//!
//! The kind is told by the first bytes, never by the name. Nothing is read as a whole but what is handed over as bytes,
//! and nothing is allocated by a number that a file only claims, except where a part says so.
//! The decoders of others are called by `guard.rs`.

mod batch;
mod compressed;
mod guard;
mod ipc;
mod kind;
mod parquet;

pub use guard::is_guarded;
pub(super) use kind::Kind;

use super::{
    Reading, Table, TableError,
    csv::{self, Division},
};
use ::parquet::file::reader::ChunkReader;
use bytes::Bytes;
use compressed::{gzip, zstd};
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

/// Something that can be read on another thread.
type Source<'a> = Box<dyn Read + Send + 'a>;

/// Reads the file at this path.
pub(super) fn open(path: &Path, reading: &Reading) -> Result<Table, TableError> {
    if path.is_dir() {
        return Err(TableError::Directory { path: path.to_owned() });
    }
    let name = path.display().to_string();
    let open = || {
        File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => TableError::NotFound { path: path.to_owned() },
            _ => unreadable(&name, error),
        })
    };
    let mut file = open()?;
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        // What comes through a pipe can be read once only.
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| unreadable(&name, error))?;
        return from_bytes(&bytes, &name, reading);
    }
    let head = kind::head(&mut file).map_err(|error| unreadable(&name, error))?;
    let chunks = || open();
    let source = || Ok(Box::new(BufReader::new(open()?)) as Source<'_>);
    read(Kind::of(&head), source, chunks, &name, reading)
}

/// Reads tables of some rows each; see [`Table::in_chunks`].
pub(super) fn in_chunks<E: From<TableError>>(
    mut from: impl Read + Send,
    name: &str,
    reading: &Reading,
    are_words: &dyn Fn(&str) -> bool,
    take: &mut dyn FnMut(Table) -> Result<(), E>,
) -> Result<(), E> {
    // The rows of so many bytes are in memory at a time.
    const PIECE: usize = 1 << 20;
    let head = kind::head(&mut from).map_err(|error| unreadable(name, error))?;
    let kind = Kind::of(&head);
    let mut from = Box::new(io::Cursor::new(head).chain(from)) as Source<'_>;
    match kind {
        Kind::Text => csv::each(from, name, reading, PIECE, are_words, take),
        Kind::Gzip => csv::each(gzip(from), name, reading, PIECE, are_words, take),
        Kind::Zstd => csv::each(zstd(from), name, reading, PIECE, are_words, take),
        _ => {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).map_err(|error| unreadable(name, error))?;
            take(from_bytes(&bytes, name, reading)?)
        }
    }
}

/// Reads these bytes; `name` is theirs in messages.
pub(super) fn from_bytes(bytes: &[u8], name: &str, reading: &Reading) -> Result<Table, TableError> {
    let chunks = || Ok(Bytes::copy_from_slice(bytes));
    read(Kind::of(bytes), || Ok(Box::new(bytes) as Source<'_>), chunks, name, reading)
}

fn read<'a, C: ChunkReader + 'static>(
    kind: Kind,
    source: impl Fn() -> Result<Source<'a>, TableError>,
    chunks: impl Fn() -> Result<C, TableError>,
    name: &str,
    reading: &Reading,
) -> Result<Table, TableError> {
    match kind {
        Kind::Text => csv::read(source, name, reading, Division::default()),
        Kind::Gzip => csv::read(|| Ok(gzip(source()?)), name, reading, Division::default()),
        Kind::Zstd => csv::read(|| Ok(zstd(source()?)), name, reading, Division::default()),
        Kind::Parquet => parquet::read(chunks()?, name, reading),
        Kind::ArrowFile => ipc::read_file(chunks()?, name, reading),
        Kind::ArrowStream => ipc::read_stream(source()?, name, reading),
        Kind::Foreign(found) => {
            Err(TableError::NotText { file: name.to_owned(), found: found.to_owned() })
        }
    }
}

fn unreadable(name: &str, error: io::Error) -> TableError {
    TableError::Unreadable { path: Path::new(name).to_owned(), reason: error.to_string() }
}
