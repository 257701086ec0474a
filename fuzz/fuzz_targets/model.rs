//! `cargo +nightly fuzz run model`: any bytes are a model or a complaint, and a model can be written, read and
//! used.

#![no_main]

use chainrule_tabular::{Model, Table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(model) = Model::from_bytes(bytes) else { return };
    let written = model.to_bytes().expect("a model can be written");
    Model::from_bytes(&written).expect("what was written can be read");
    let columns = model.inputs().iter().map(|input| (input.name.clone(), vec![0.5, -1.0]));
    let table = Table::new(columns.collect()).expect("the inputs have names of their own");
    let _ = model.predict(&table);
});
