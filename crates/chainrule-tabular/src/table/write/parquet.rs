//! A table as Parquet.

use super::super::{Column, Table, Values};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::{
    arrow::ArrowWriter, basic::Compression, errors::ParquetError,
    file::properties::WriterProperties,
};
use std::{
    io::{self, Write},
    ops::Range,
    sync::Arc,
};

/// So many rows are handed over at once.
const ROWS: usize = 1 << 16;

pub(super) fn write(table: &Table, to: impl Write + Send) -> io::Result<()> {
    let fields = table.columns().map(|(name, column)| {
        let data = match column.values() {
            Values::Numbers(_) => DataType::Float64,
            Values::Words(_) => DataType::Utf8,
        };
        Field::new(name, data, true)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("chainrule".to_owned())
        .build();
    let failed = |error: ParquetError| io::Error::other(error.to_string());
    let mut writer = ArrowWriter::try_new(to, schema.clone(), Some(properties)).map_err(failed)?;
    for start in (0..table.rows()).step_by(ROWS) {
        let rows = start..table.rows().min(start + ROWS);
        let arrays = table.columns().map(|(_, column)| array(column, rows.clone())).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays);
        let batch = batch.map_err(|error| io::Error::other(error.to_string()))?;
        writer.write(&batch).map_err(failed)?;
    }
    writer.into_inner().map_err(failed)?.flush()
}

fn array(column: &Column, rows: Range<usize>) -> ArrayRef {
    match column.values() {
        Values::Numbers(values) => {
            let values = rows.map(|row| Some(values.get(row)).filter(|value| !value.is_nan()));
            Arc::new(values.collect::<Float64Array>())
        }
        Values::Words(words) => Arc::new(rows.map(|row| words.word(row)).collect::<StringArray>()),
    }
}
