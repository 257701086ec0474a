//! `cargo +nightly fuzz run sources`: any bytes, such as Parquet, Arrow or compressed text, are a table or a complaint,
//! and a table can be written as Parquet and read again. Begin with the files of
//! `crates/chainrule-tabular/tests/fixtures/sources`.

#![no_main]

use chainrule_fuzz::let_guarded_panics_unwind;
use chainrule_tabular::{Table, table::Reading};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: let_guarded_panics_unwind(), |bytes: &[u8]| {
    let Ok(table) = Table::read_as(bytes, "fuzz", &Reading::default()) else { return };
    let mut written = Vec::new();
    table.write_parquet(&mut written).expect("memory takes everything");
    let again = Table::read_as(&written, "again", &Reading::default()).expect("a table");
    assert_eq!(again.rows(), table.rows());
    table.write_json_lines(&mut Vec::new()).expect("memory takes everything");
});
