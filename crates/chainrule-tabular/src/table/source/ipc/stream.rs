//! One message after another. No byte is taken for more than it is: a message is as long as it turns out to be.

use super::{
    super::{
        super::{Reading, Table, TableError},
        Source,
        batch::Gathering,
        guard::guarded,
    },
    CONTINUATION, check, refused,
};
use arrow_buffer::Buffer;
use arrow_ipc::{reader::StreamDecoder, root_as_message};
use std::io::{self, Read};

/// The length of a message that ends the stream.
const END: [u8; 4] = [0; 4];

/// Reads the format of streams.
pub(in super::super) fn read(
    mut from: Source<'_>,
    file: &str,
    reading: &Reading,
) -> Result<Table, TableError> {
    let refused = |reason: String| refused(file, &reason);
    let mut decoder = StreamDecoder::new();
    let mut gathering: Option<Gathering<'_>> = None;
    loop {
        let message = message(&mut from).map_err(refused)?;
        let has_ended = message.is_none();
        // The end is decoded as well: only then a message without a body is.
        let message = message.unwrap_or_else(|| [CONTINUATION, END].concat());
        let mut buffer = Buffer::from_vec(message);
        while !buffer.is_empty() {
            let batch = guarded(|| decoder.decode(&mut buffer)).map_err(refused)?;
            if gathering.is_none()
                && let Some(schema) = decoder.schema()
            {
                let fields = schema.fields().iter().map(|field| field.as_ref());
                gathering = Some(Gathering::new(fields, file, reading)?);
            }
            if let (Some(batch), Some(gathering)) = (batch, &mut gathering) {
                gathering.add(&batch).map_err(refused)?;
            }
        }
        if has_ended {
            break;
        }
    }
    gathering.ok_or_else(|| refused("it has no schema".to_owned()))?.finish()
}

/// The next message with its body, as it stands in the stream; `None` at the end. A stream may end without saying so.
fn message(from: &mut Source<'_>) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    take(from, &mut bytes, 4)?;
    if bytes.is_empty() || bytes == END {
        return Ok(None);
    }
    if bytes == CONTINUATION {
        take(from, &mut bytes, 4)?;
    }
    let start = bytes.len();
    let length = bytes.get(start.saturating_sub(4)..).and_then(|bytes| bytes.try_into().ok());
    let length = u32::from_le_bytes(length.ok_or("it ends too early")?);
    if length == 0 {
        return Ok(None);
    }
    whole(from, &mut bytes, u64::from(length))?;
    let body = bytes.len();
    let message = root_as_message(&bytes[start..]).map_err(|error| error.to_string())?;
    let length = u64::try_from(message.bodyLength()).map_err(|_| "a length below zero")?;
    whole(from, &mut bytes, length)?;
    check(&bytes[start..body], &bytes[body..])?;
    Ok(Some(bytes))
}

/// Adds so many bytes.
fn whole(from: &mut Source<'_>, to: &mut Vec<u8>, length: u64) -> Result<(), String> {
    match take(from, to, length)? == length {
        true => Ok(()),
        false => Err("it ends too early".to_owned()),
    }
}

/// Adds so many bytes, or as many as there are.
fn take(from: &mut Source<'_>, to: &mut Vec<u8>, length: u64) -> Result<u64, String> {
    let read = from.by_ref().take(length).read_to_end(to);
    read.map(|read| read as u64).map_err(|error: io::Error| error.to_string())
}
