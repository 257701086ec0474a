//! `cargo +nightly fuzz run description`: any text is the description of a model or a complaint, in a file that is right
//! otherwise; so the fuzzer gets behind the checksum and the tensors.

#![no_main]

use chainrule_fuzz::use_model;
use chainrule_tabular::{Model, file::forged};
use libfuzzer_sys::fuzz_target;

/// Each with the tensors of another model.
const FILES: [&[u8]; 5] = [
    include_bytes!("../../crates/chainrule-tabular/tests/fixtures/value_v2.safetensors"),
    include_bytes!("../../crates/chainrule-tabular/tests/fixtures/classes_v2.safetensors"),
    include_bytes!("../../crates/chainrule-tabular/tests/fixtures/quantiles_v2.safetensors"),
    include_bytes!("../../crates/chainrule-tabular/tests/fixtures/gaussian_v2.safetensors"),
    include_bytes!("../../crates/chainrule-tabular/tests/fixtures/count_v2.safetensors"),
];

fuzz_target!(|json: &str| {
    for file in FILES {
        let bytes = forged::with_description(file, json).expect("the file is right otherwise");
        if let Ok(model) = Model::from_bytes(&bytes) {
            use_model(&model);
        }
    }
});
