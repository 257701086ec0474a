//! `cargo +nightly fuzz run model`: any bytes are a model or a complaint, and a model can be written, read and
//! used. Bytes that have a place for a checksum get the right one.

#![no_main]

use chainrule_fuzz::use_model;
use chainrule_tabular::{Model, file::forged};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Model::from_bytes(bytes);
    let mut bytes = bytes.to_vec();
    forged::seal(&mut bytes);
    if let Ok(model) = Model::from_bytes(&bytes) {
        use_model(&model);
    }
});
