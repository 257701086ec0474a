//! A checksum over every byte of a model file.

use sha2::{Digest, Sha256};

/// Its length, in hexadecimal digits.
const DIGITS: usize = 64;

/// What stands in the file before the checksum is known.
pub(super) const BLANK: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What stands before the checksum. Inside of another text of the header its quotes would have backslashes, and it comes
/// first there, so that the first one is the right one.
const KEY: &[u8] = b"\"checksum\":\"";

/// Puts the checksum of the file in place of the blank one.
pub(super) fn seal(bytes: &mut [u8]) {
    if let Some(place) = place(bytes) {
        let checksum = of(bytes, place);
        bytes[place..place + DIGITS].copy_from_slice(checksum.as_bytes());
    }
}

/// Whether the file is the one that was sealed.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    place(bytes).is_some_and(|place| of(bytes, place).as_bytes() == &bytes[place..place + DIGITS])
}

/// Where the checksum begins.
fn place(bytes: &[u8]) -> Option<usize> {
    let place = memchr::memmem::find(bytes, KEY)? + KEY.len();
    (place + DIGITS <= bytes.len()).then_some(place)
}

/// SHA-256 of the bytes, with a blank in the place of the checksum.
fn of(bytes: &[u8], place: usize) -> String {
    let mut hash = Sha256::new();
    hash.update(&bytes[..place]);
    hash.update(BLANK);
    hash.update(&bytes[place + DIGITS..]);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
