//! Decoders that other people wrote, kept from ending the program.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside of a decoder whose panic becomes a complaint. A program's own panic hook can ask, and
/// stay silent then.
pub fn is_guarded() -> bool {
    IS_GUARDED.get()
}

/// What `decode` returns, or a complaint where it panics.
///
/// The decoders of Parquet and Arrow assert what they did not check before: a damaged file can make them panic, wherever
/// its numbers contradict each other. What can be checked is checked before they are called; this is for the rest. What
/// `decode` changes must not be used any more after a complaint: it may be half done.
///
/// The words of such a panic go to standard error, unless the program's hook asks [`is_guarded`]: the hook belongs to the
/// program, not to a library. A program that is built with `panic = "abort"` ends all the same.
pub(super) fn guarded<T, E: ToString>(decode: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    let before = IS_GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(decode));
    IS_GUARDED.set(before);
    match result {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("its parts contradict each other".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_complaints() {
        assert_eq!(guarded(|| Ok::<_, String>(1)), Ok(1));
        assert_eq!(guarded(|| Err::<(), _>("no")), Err("no".to_owned()));
        let numbers: &[u8] = &[];
        let message = guarded(|| Ok::<_, String>(numbers[numbers.len()])).unwrap_err();
        assert_eq!(message, "its parts contradict each other");
        assert!(!is_guarded());
        assert_eq!(guarded(|| Ok::<_, String>(is_guarded())), Ok(true));
    }
}
