//! What bytes are, told by the first of them.

use std::io::{self, Read};

/// How bytes are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    /// CSV, as far as can be seen.
    Text,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// Columns in pages, with a footer.
    Parquet,
    /// Arrow's format of files.
    ArrowFile,
    /// Arrow's format of streams.
    ArrowStream,
    /// What can not be read, in words.
    Foreign(&'static str),
}

/// So many bytes tell the kind.
const HEAD: u64 = 8;

/// The first bytes.
pub(super) fn head(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    from.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

impl Kind {
    pub(in super::super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x1F, 0x8B, ..] => Self::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            // A number or a zero follows; a header line may well begin with PAR1 or FEA1.
            [b'P', b'A', b'R', b'1', 0x15, ..] => Self::Parquet,
            [b'P', b'A', b'R', b'E', 0x15, ..] => Self::Foreign("encrypted Parquet"),
            [b'A', b'R', b'R', b'O', b'W', b'1', 0, 0, ..] => Self::ArrowFile,
            [0xFF, 0xFF, 0xFF, 0xFF, ..] => Self::ArrowStream,
            [b'F', b'E', b'A', b'1', 0, ..] => Self::Foreign("a Feather file of version 1"),
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Self::Foreign("UTF-16 text"),
            [b'P', b'K', 3, 4, ..] => {
                Self::Foreign("a workbook of a spreadsheet, or a ZIP archive")
            }
            [0xFD, b'7', b'z', b'X', b'Z', ..] => Self::Foreign("compressed with xz"),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..] => {
                Self::Foreign("compressed with bzip2")
            }
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Self::Foreign("an old workbook of a spreadsheet"),
            [0x89, b'H', b'D', b'F', ..] => Self::Foreign("HDF5"),
            [b'O', b'b', b'j', 1, ..] => Self::Foreign("Avro"),
            [b'S', b'Q', b'L', b'i', b't', b'e', b' ', ..] => Self::Foreign("an SQLite database"),
            _ => Self::Text,
        }
    }

    /// What it is where text is needed, unless it is text.
    pub(in super::super) fn but_text(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::Gzip => Some("compressed with gzip within"),
            Self::Zstd => Some("compressed with zstd within"),
            Self::Parquet => Some("Parquet within, not CSV"),
            Self::ArrowFile | Self::ArrowStream => Some("Arrow within, not CSV"),
            Self::Foreign(found) => Some(found),
        }
    }
}
