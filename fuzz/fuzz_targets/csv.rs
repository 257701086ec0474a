//! `cargo +nightly fuzz run csv`: any bytes are a table or a complaint, and a table can be written and read
//! again.

#![no_main]

use chainrule_tabular::Table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = Table::read_csv(bytes, "fuzz") else { return };
    let mut written = Vec::new();
    table.write_csv(&mut written).expect("memory takes everything");
    let again = Table::read_csv(&written, "again").expect("what was written is a table");
    assert_eq!(again.rows(), table.rows());
    for ((name, column), (name_again, column_again)) in table.columns().zip(again.columns()) {
        assert_eq!(name, name_again);
        for row in 0..table.rows() {
            assert_eq!(column.cell(row), column_again.cell(row));
        }
    }
});
