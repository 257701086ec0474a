//! Blocks, each with a message and its body, wherever the footer says that they are.

use super::{
    super::{
        super::{Reading, Table, TableError},
        batch::Gathering,
        guard::guarded,
    },
    CONTINUATION, check, refused,
};
use arrow_buffer::Buffer;
use arrow_ipc::{
    Block, convert::try_fb_to_schema, reader::FileDecoder, reader::read_footer_length,
    root_as_footer,
};
use parquet::file::reader::ChunkReader;
use std::sync::Arc;

/// The length of the footer, and the mark behind it.
const TAIL: usize = 10;

/// Reads the format of files.
pub(in super::super) fn read<C: ChunkReader>(
    from: C,
    file: &str,
    reading: &Reading,
) -> Result<Table, TableError> {
    let refused = |reason: String| refused(file, &reason);
    let footer = footer(&from).map_err(refused)?;
    let footer = root_as_footer(&footer).map_err(|error| refused(error.to_string()))?;
    let schema = footer.schema().ok_or_else(|| refused("it has no schema".to_owned()))?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err(refused("its bytes are in the order of another processor".to_owned()));
    }
    let schema = Arc::new(guarded(|| try_fb_to_schema(schema)).map_err(refused)?);
    let fields = schema.fields().iter().map(|field| field.as_ref());
    let mut gathering = Gathering::new(fields, file, reading)?;
    let mut decoder = FileDecoder::new(schema.clone(), footer.version());
    let mut left = from.len();
    for place in footer.dictionaries().into_iter().flatten() {
        let block = block(&from, place, &mut left).map_err(refused)?;
        guarded(|| decoder.read_dictionary(place, &block)).map_err(refused)?;
    }
    for place in footer.recordBatches().into_iter().flatten() {
        let block = block(&from, place, &mut left).map_err(refused)?;
        let batch = guarded(|| decoder.read_record_batch(place, &block)).map_err(refused)?;
        if let Some(batch) = batch {
            gathering.add(&batch).map_err(refused)?;
        }
    }
    gathering.finish()
}

/// The bytes of the footer.
fn footer(from: &impl ChunkReader) -> Result<Vec<u8>, String> {
    let early = "it ends too early";
    let end = from.len().checked_sub(TAIL as u64).ok_or(early)?;
    let tail = bytes(from, end, TAIL)?;
    let length = tail.as_slice().try_into().map(read_footer_length).map_err(|_| early)?;
    let length = length.map_err(|_| "the mark at its end is missing")?;
    let start = end.checked_sub(length as u64).ok_or(early)?;
    bytes(from, start, length)
}

/// The message at this place with its body. All blocks together are not longer than the file: of `left` bytes, `left`
/// are left afterwards.
fn block(from: &impl ChunkReader, place: &Block, left: &mut u64) -> Result<Buffer, String> {
    let outside = "a block that is not within the file";
    let head = usize::try_from(place.metaDataLength()).map_err(|_| outside)?;
    let body = usize::try_from(place.bodyLength()).map_err(|_| outside)?;
    let start = u64::try_from(place.offset()).map_err(|_| outside)?;
    let length = head.checked_add(body).ok_or(outside)?;
    *left = left.checked_sub(length as u64).ok_or(outside)?;
    let bytes = bytes(from, start, length)?;
    let (head, body) = bytes.split_at(head);
    let message = match head.strip_prefix(&CONTINUATION) {
        Some(head) => head.get(4..),
        None => head.get(4..),
    };
    check(message.ok_or("a block without a message")?, body)?;
    Ok(Buffer::from_vec(bytes))
}

/// So many bytes from this place on, if they are there.
fn bytes(from: &impl ChunkReader, start: u64, length: usize) -> Result<Vec<u8>, String> {
    let end = start.checked_add(length as u64);
    if end.is_none_or(|end| end > from.len()) {
        return Err("it ends too early".to_owned());
    }
    from.get_bytes(start, length).map(Vec::from).map_err(|error| error.to_string())
}
