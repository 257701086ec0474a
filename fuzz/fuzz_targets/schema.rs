//! `cargo +nightly fuzz run schema`: every table has a schema and a diagnosis, whatever its columns are said to be, and
//! both can be written as JSON.

#![no_main]

use chainrule_tabular::{
    Table,
    table::{ColumnType, Diagnosis, Schema},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = Table::read_csv(bytes, "fuzz") else { return };
    let schema = Schema::of(&table, &[]).expect("nothing is said of its columns");
    for target in table.names().map(Some).chain([None]) {
        let diagnosis = Diagnosis::of(&table, &schema, target).expect("it is its schema");
        serde_json::to_string(&diagnosis).expect("JSON");
    }
    serde_json::to_string(&schema).expect("JSON");
    for profile in schema.profiles() {
        assert!(profile.missing + profile.distinct <= table.rows());
        for kind in ColumnType::ALL {
            let said = [(profile.name.clone(), kind)];
            let Ok(schema) = Schema::of(&table, &said) else { continue };
            assert_eq!(schema.profile(&profile.name).expect("a column").kind, kind);
        }
    }
});
