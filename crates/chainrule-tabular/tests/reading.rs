//! CSV as people have it: what is read, and what is said about the rest.

use chainrule_tabular::{
    Table, TableError,
    table::{Column, Reading},
};
use proptest::prelude::*;
use std::path::Path;

fn read(bytes: &[u8]) -> Result<Table, TableError> {
    Table::read_csv(bytes, "pump.csv")
}

fn columns(table: &Table) -> Vec<(&str, Vec<f64>)> {
    table.names().map(|name| (name, table.numbers(name).expect("numbers").to_vec())).collect()
}

#[test]
fn tables_in_many_dresses() {
    let expected = vec![("a b", vec![1.0, -300.0]), ("c", vec![2.5, 0.0])];
    for (text, separator) in [
        ("a b,c\n1,2.5\n-3e2,0\n", ','),
        ("a b,c\r\n1,2.5\r\n-3e2,0", ','),
        ("a b,c\r1,2.5\r-3e2,0\r", ','),
        ("\u{feff}a b;c\n1;2.5\n-3e2;0\n\n\n", ';'),
        ("a b\tc\n\n1\t2.5\n\t\n-3e2\t0\n   \n".replace("\t\n", "\n").as_str(), '\t'),
        (" a b | c \n +1 | 2.5 \n -300. | .0 \n", '|'),
        ("\"a b\",\"c\"\n\"1\",\"2.5\"\n\"-3e2\",\"0\"\n", ','),
        ("\"a b\"   c\n  1  2.5\n-3e2  0  \n", ' '),
    ] {
        let table = read(text.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(columns(&table), expected, "{text:?}");
        assert_eq!(table.separator(), Some(separator), "{text:?}");
    }
    let table = read(b"x\n1\n2\n").unwrap();
    assert_eq!((columns(&table), table.separator()), (vec![("x", vec![1.0, 2.0])], None));
    // A name may go over several lines and hold quotes.
    let table = read(b"\"flow\n(l/s)\",\"\"\"p\"\"\"\n1,2\n").unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), ["flow\n(l/s)", "\"p\""]);
}

#[test]
fn files_that_are_no_tables() {
    for (bytes, expected) in [
        (&b""[..], "pump.csv is empty; a header line"),
        (b"\n\n", "pump.csv is empty; a header line"),
        (b"\xEF\xBB\xBF", "pump.csv is empty; a header line"),
        (b"x,y\n", "pump.csv has a header line, but no rows below it"),
        (b"1,2\n3,4\n", "the first line of pump.csv holds numbers only; add a header line"),
        (b"x,,y\n1,2,3\n", "column 2 of pump.csv has no name; give it one"),
        (b"x,y,x\n1,2,3\n", "pump.csv has two columns named \"x\"; rename one"),
        (b"x,y\n1,2\n\n3\n", "pump.csv, line 4: 1 cells where the header has 2;"),
        (b"x,y\r\n1,2\r\n3,4,5\r\n", "pump.csv, line 3: 3 cells where the header has 2;"),
        (b"\"x\n1\",y\n1,2\n3,4,5\n", "pump.csv, line 4: 3 cells where the header has 2;"),
        (b"x y\n1  2\n3 4 5\n", "pump.csv, line 3: 3 cells where the header has 2;"),
        (b"x\n1\n\n3\n", "pump.csv, line 3: the value of column \"x\" is missing; every row needs"),
        (
            b"x\r\n\r\n3\r\n",
            "pump.csv, line 2: the value of column \"x\" is missing; every row needs",
        ),
        (b"\xFF\xFEx\0", "pump.csv is UTF-16 text; save it as CSV in UTF-8"),
        (b"\xFE\xFF\0x", "pump.csv is UTF-16 text; save it as CSV in UTF-8"),
        (b"x\0,\0y\0\n\0", "pump.csv is not text: it contains zero bytes; save it as CSV"),
        (b"x,y\n1,2\n\xB0,4\n", "pump.csv is not UTF-8 text: line 3 has a byte that does not"),
        (b"PK\x03\x04...", "pump.csv is a workbook of a spreadsheet, or a ZIP archive; save it"),
    ] {
        let error = read(bytes).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn cells_that_are_no_numbers() {
    let long = format!("ok,x\n1,{}\n", "ab".repeat(500));
    for (text, expected) in [
        (
            "ok,x\n1,1\n2,abc\n",
            "pump.csv, line 3: \"abc\" in column \"x\" is not a number; correct",
        ),
        (
            long.as_str(),
            "pump.csv, line 2: \"abababababababababababababababababababab…\" in column",
        ),
        ("ok,x\n1,a\x1b[31m\n", "pump.csv, line 2: \"a\\u{1b}[31m\" in column \"x\" is not a"),
        ("ok;x\n1;1,5\n", "pump.csv, line 2: \"1,5\" in column \"x\" has a comma; write"),
        ("ok,x\n1,\"-2,5\"\n", "pump.csv, line 2: \"-2,5\" in column \"x\" has a comma;"),
        ("ok,x\n1,\n", "pump.csv, line 2: the value of column \"x\" is missing; every row needs"),
        ("ok,x\r\n1,  \r\n", "pump.csv, line 2: the value of column \"x\" is missing; every"),
        (
            "ok,x\n1,N/A\n",
            "pump.csv, line 2: the value of column \"x\" is missing (\"N/A\"); every",
        ),
        (
            "ok,x\n1,NaN\n",
            "pump.csv, line 2: the value of column \"x\" is missing (\"NaN\"); every",
        ),
        ("ok,x\n1,-inf\n", "pump.csv, line 2: \"-inf\" in column \"x\" is not a finite number;"),
        ("ok,x\n1,1e999\n", "pump.csv, line 2: \"1e999\" in column \"x\" is not a finite number;"),
    ] {
        // Only who asks for the column is told.
        let table = read(text.as_bytes()).unwrap();
        assert!(table.numbers("ok").is_ok(), "{text:?}");
        let error = table.numbers("x").expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn files_that_can_not_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| Table::open(path).unwrap_err();
    let lost = folder.path().join("lost.csv");
    assert_eq!(error(&lost), TableError::NotFound { path: lost.clone() });
    let path = folder.path().to_owned();
    assert_eq!(error(&path), TableError::Directory { path: path.clone() });
    let file = folder.path().join("file.csv");
    std::fs::write(&file, "x\na\n").unwrap();
    let message = Table::open(&file).unwrap().numbers("x").unwrap_err().to_string();
    assert!(message.starts_with(&format!("{}, line 2: ", file.display())), "{message}");
    // A file in place of a folder: neither there nor a folder.
    assert!(matches!(error(&file.join("x.csv")), TableError::Unreadable { .. }));
}

/// The twelve files of csv-spectrum, for which it says which cells they have.
#[test]
fn csv_spectrum() {
    let Some(folder) = std::env::var_os("CHAINRULE_DATA") else {
        println!(
            "SKIPPED: set CHAINRULE_DATA to the folder with data/robustness-inputs/csv-spectrum"
        );
        return;
    };
    let folder = Path::new(&folder).join("data/robustness-inputs/csv-spectrum");
    let mut files = 0;
    for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let json = folder.join("json").join(path.with_extension("json").file_name().unwrap());
        let json = std::fs::read_to_string(json).unwrap();
        // The cells are compared as text: a ZIP code may begin with a zero.
        let table = Table::open(&path).unwrap_or_else(|error| panic!("{error}"));
        let words = table.names().map(str::to_owned).collect();
        let reading = Reading { words, ..Reading::default() };
        let table = Table::open_as(&path, &reading).unwrap_or_else(|error| panic!("{error}"));
        files += 1;
        // One of them has other cells in the JSON than in the CSV.
        if path.ends_with("location_coordinates.csv") {
            assert_eq!((table.rows(), table.names().count()), (1, 4));
            continue;
        }
        let rows: Vec<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_str(&json).unwrap();
        assert_eq!(table.rows(), rows.len(), "{path:?}");
        for (name, column) in table.columns() {
            for (row, expected) in rows.iter().enumerate() {
                let expected = expected[name].as_str().unwrap().replace("\r\n", "\n");
                let cell = column.cell(row).unwrap_or_default().replace("\r\n", "\n");
                assert_eq!(cell, expected, "{path:?}, {name}");
            }
        }
    }
    assert_eq!(files, 12);
}

proptest! {
    #[test]
    fn any_bytes_are_a_table_or_a_complaint(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes).map_err(|error| error.to_string());
    }

    /// Bytes that are more like a table than any bytes.
    #[test]
    fn any_text_is_a_table_or_a_complaint(text in "[a1.,;|\t \"\r\n\u{feff}\0é-]{0,60}") {
        if let Ok(table) = read(text.as_bytes()) {
            prop_assert!(table.rows() > 0);
            for (_, column) in table.columns() {
                prop_assert_eq!(column.len(), table.rows());
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again(
        names in proptest::collection::hash_set("[a-z][a-z ,;|\t\"\n\u{e9}]{0,8}[a-z]", 1..5),
        rows in proptest::collection::vec(any::<[f64; 5]>(), 1..20),
        words in proptest::collection::vec("([a-z\"\u{e9}][a-z ,;|\t\"\n\u{e9}7]{0,8})?", 20),
    ) {
        let finite = |value: f64| if value.is_finite() { value } else { f64::NAN };
        let words: Vec<&str> = words.iter().map(|word| word.trim()).collect();
        let columns = names.iter().enumerate().map(|(j, name)| {
            let numbers = rows.iter().map(|row| finite(row[j])).collect();
            let words = words[..rows.len()].iter().map(|&word| (!is_missing(word)).then_some(word));
            let column = if j == 1 { Column::words(words) } else { Column::numbers(numbers) };
            (name.clone(), column)
        });
        let table = Table::of(columns.collect()).unwrap();
        let mut written = Vec::new();
        table.write_csv(&mut written).unwrap();
        let again = read(&written).unwrap();
        prop_assert_eq!(again.separator(), (names.len() > 1).then_some(','));
        for ((name, column), (name_again, again)) in table.columns().zip(again.columns()) {
            prop_assert_eq!(name, name_again);
            for row in 0..table.rows() {
                prop_assert_eq!(column.cell(row), again.cell(row));
            }
        }
    }
}

fn is_missing(word: &str) -> bool {
    word.is_empty() || Reading::MISSING.contains(&word)
}
