//! Parquet: columns in pages, row group by row group.

use super::{
    super::{Reading, Table, TableError},
    batch::{Gathering, is_readable},
    guard::guarded,
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    basic::Compression,
    file::{metadata::ColumnChunkMetaData, reader::ChunkReader},
};
use std::fmt::Display;

/// So many rows are between the file and the table at once.
const ROWS: usize = 1 << 13;

/// Reads Parquet. Columns that no table can hold are not decoded. The decoder makes room for a page by the size that the
/// page claims, which is below 2 GiB.
pub(super) fn read<C: ChunkReader + 'static>(
    from: C,
    file: &str,
    reading: &Reading,
) -> Result<Table, TableError> {
    let damaged = |reason: &dyn Display| TableError::Damaged {
        file: file.to_owned(),
        format: "Parquet",
        reason: reason.to_string(),
    };
    let size = from.len();
    // What Arrow adds to a file of Parquet is not needed: the types of Parquet suffice.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new_with_options(from, options));
    let builder = builder.map_err(|error| damaged(&error))?;
    let schema = builder.schema().clone();
    let fields = || schema.fields().iter().map(|field| field.as_ref());
    let mut gathering = Gathering::new(fields(), file, reading)?;
    let readable = fields().enumerate().filter(|(_, field)| is_readable(field));
    let readable = readable.map(|(place, _)| place);
    let mask = ProjectionMask::roots(builder.parquet_schema(), readable);
    let groups = builder.metadata().row_groups().iter();
    let chunks = groups.flat_map(|group| group.columns().iter().enumerate());
    for (_, chunk) in chunks.filter(|(leaf, _)| mask.leaf_included(*leaf)) {
        if !is_within(chunk, size) {
            return Err(damaged(&"a column that is not within the file"));
        }
        let codec = match chunk.compression() {
            Compression::ZSTD(_) => "zstd",
            Compression::LZO => "LZO",
            _ => continue,
        };
        let (file, codec) = (file.to_owned(), codec.to_owned());
        return Err(TableError::Compression { file, format: "Parquet", codec });
    }
    let batches = guarded(|| builder.with_batch_size(ROWS).with_projection(mask).build());
    let mut batches = batches.map_err(|reason| damaged(&reason))?;
    while let Some(batch) = guarded(|| batches.next().transpose()).map_err(|e| damaged(&e))? {
        gathering.add(&batch).map_err(|reason| damaged(&reason))?;
    }
    gathering.finish()
}

/// Whether all bytes of this part of a column are among those of the file: the decoder asserts it.
fn is_within(chunk: &ColumnChunkMetaData, size: u64) -> bool {
    let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
    let end = u64::try_from(chunk.compressed_size())
        .ok()
        .and_then(|length| u64::try_from(start).ok()?.checked_add(length));
    end.is_some_and(|end| end <= size)
}
