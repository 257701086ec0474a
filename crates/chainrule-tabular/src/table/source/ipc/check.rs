//! Looks at a message before the decoder does.

use arrow_ipc::{MessageHeader, root_as_message};

/// No LZ4 data are longer than so many times what they were compressed to.
const RATIO: u64 = 256;
/// Nor are there more rows than so many for each byte, which is eight of them with that ratio.
const ROWS: u64 = 8 * RATIO;

/// Whether the numbers of a message can be true of its body: the decoder makes room by them, and asserts some of them.
pub(super) fn check(message: &[u8], body: &[u8]) -> Result<(), String> {
    let message = root_as_message(message).map_err(|error| error.to_string())?;
    let batch = match message.header_type() {
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => {
            message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data())
        }
        _ => return Ok(()),
    };
    let batch = batch.ok_or("a message without its header")?;
    let rows = u64::try_from(batch.length()).map_err(|_| "fewer rows than none")?;
    let size = body.len() as u64;
    if rows > (size + 8).saturating_mul(ROWS) {
        return Err(format!("{rows} rows in {size} bytes"));
    }
    for node in batch.nodes().into_iter().flatten() {
        if node.length() < 0 || !(0..=node.length()).contains(&node.null_count()) {
            return Err(format!("{} gaps in {} rows", node.null_count(), node.length()));
        }
    }
    for buffer in batch.buffers().into_iter().flatten() {
        let place = usize::try_from(buffer.offset()).ok();
        let length = usize::try_from(buffer.length()).ok();
        let bytes = place.zip(length).and_then(|(place, length)| body.get(place..)?.get(..length));
        let bytes = bytes.ok_or("a part that is not within its message")?;
        if batch.compression().is_none() || bytes.is_empty() {
            continue;
        }
        let told = bytes.first_chunk().ok_or("a part without its length")?;
        if i64::from_le_bytes(*told) > 0
            && i64::from_le_bytes(*told) as u64 > (bytes.len() as u64).saturating_mul(RATIO)
        {
            return Err("a part that is said to be longer than it can be".to_owned());
        }
    }
    Ok(())
}
