//! Tables that are not plain CSV: compressed, Parquet, Arrow; and tables written for others.

use chainrule_tabular::{
    Table, TableError,
    table::{Column, ColumnType, Reading, Schema, Values},
};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

const TEXT: &[u8] = b"x,word\n1,a\n2,\n3.5,b\n";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sources").join(name)
}

/// From the file, and from its bytes.
fn open(name: &str) -> Result<Table, TableError> {
    let path = fixture(name);
    let table = Table::open(&path);
    let bytes = std::fs::read(&path).unwrap();
    let again = Table::read_as(&bytes, &path.display().to_string(), &Reading::default());
    assert_eq!(table, again, "{name}");
    table
}

fn read(bytes: &[u8]) -> Result<Table, TableError> {
    Table::read_as(bytes, "t", &Reading::default())
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn cells(table: &Table, name: &str) -> Vec<Option<String>> {
    let column = table.column(name).unwrap();
    (0..table.rows()).map(|row| column.cell(row).map(|cell| cell.into_owned())).collect()
}

#[test]
fn compressed_text() {
    let expected = Table::read_csv(TEXT, "t").unwrap();
    let halves = TEXT.split_at(9);
    let zstd = std::fs::read(fixture("table.csv.zst")).unwrap();
    // A frame that is to be skipped, with five bytes.
    let skip = b"\x52\x2A\x4D\x18\x05\0\0\0nasty";
    for bytes in [
        gzip(TEXT),
        [gzip(halves.0), gzip(halves.1)].concat(),
        [gzip(b""), gzip(TEXT)].concat(),
        zstd.clone(),
        [skip, &zstd[..], skip].concat(),
    ] {
        assert_eq!(read(&bytes).unwrap(), expected);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        std::fs::write(&path, &bytes).unwrap();
        // Their flaws name the file.
        let table = Table::open(&path).unwrap();
        assert_eq!((table.rows(), cells(&table, "word")), (3, cells(&expected, "word")));
    }
    // It is read twice where a word comes late.
    let late = ["x\n", &"007\n".repeat(300_000), "b\n"].concat();
    let table = read(&gzip(late.as_bytes())).unwrap();
    assert_eq!(table.column("x").unwrap().cell(0), Some("007".into()));
    let twice = [zstd.clone(), zstd.clone()].concat();
    assert_eq!(read(&twice).unwrap().rows(), 7, "the second header is a row");
}

#[test]
fn compressed_text_that_is_damaged() {
    let long = [TEXT, "5,abc\n".repeat(9_999).as_bytes()].concat();
    let (gzip_bytes, zstd) = (gzip(&long), std::fs::read(fixture("table.csv.zst")).unwrap());
    let changed = |bytes: &[u8], place: usize| {
        let mut bytes = bytes.to_vec();
        bytes[place] ^= 0x55;
        bytes
    };
    let last = zstd.len() - 1;
    for (bytes, expected) in [
        (gzip_bytes[..gzip_bytes.len() / 2].to_vec(), "t can not be read: its gzip data end too"),
        (
            changed(&gzip_bytes, gzip_bytes.len() - 6),
            "t can not be read: its gzip data are damaged",
        ),
        ([&gzip_bytes[..], b"more"].concat(), "t can not be read: its gzip data"),
        (zstd[..last].to_vec(), "t can not be read: its zstd data end too early; copy or"),
        (zstd[..6].to_vec(), "t can not be read: its zstd data end too early; copy or"),
        (changed(&zstd, 4), "t can not be read: its zstd data"),
        ([&zstd[..], b"more"].concat(), "t can not be read: its zstd data"),
        (gzip(&gzip(TEXT)), "t is compressed with gzip within; save it as CSV"),
        (gzip(&std::fs::read(fixture("types.parquet")).unwrap()), "t is Parquet within, not CSV;"),
        (b"\xFD7zXZ\0..".to_vec(), "t is compressed with xz; save it as CSV"),
        (gzip(b""), "t is empty;"),
    ] {
        let error = read(&bytes).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
    for text in ["PAR1,PAR2\n1,2\n", "FEA1\n1\n", "ARROW1,x\n1,2\n", "BZh9,x\n1,2\n"] {
        assert!(read(text.as_bytes()).is_ok(), "{text}");
    }
}

/// What pyarrow and polars wrote: see `fixtures/sources/write.py`.
#[test]
fn every_type_of_parquet_and_arrow() {
    for name in [
        "types.parquet",
        "gzip.parquet",
        "lz4.parquet",
        "brotli.parquet",
        "types.arrow",
        "types.arrows",
        "lz4.arrow",
        "polars.arrow",
    ] {
        let table = open(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let is_stream = name.ends_with(".arrows");
        assert_eq!(table.rows(), if is_stream { 6 } else { 3 }, "{name}");
        for (column, expected) in [
            ("i8", ["1", "", "-128"]),
            ("u64", ["0", "", "1099511627776"]),
            ("f32", ["0.5", "", "-1.5"]),
            ("f64", ["0.1", "", ""]),
            ("decimal", ["1.25", "", "-0.01"]),
            ("bool", ["true", "", "false"]),
            ("text", ["a b", "", "é"]),
            ("large", ["x", "", ""]),
            ("category", ["red", "", "blue"]),
            ("date", ["2024-02-29", "", "0001-01-01"]),
            ("moment", ["2024-02-29T12:30:15", "", "2024-02-29T12:30:15.250"]),
            ("zoned", ["2024-02-29T12:30:15", "", "2024-02-29T12:30:15"]),
            ("time", ["3723", "", "82800.5"]),
            ("null", ["", "", ""]),
        ] {
            let found = cells(&table, column);
            let found: Vec<&str> = found.iter().map(|c| c.as_deref().unwrap_or_default()).collect();
            let expected = expected.repeat(if is_stream { 2 } else { 1 });
            assert_eq!(found, expected, "{name}, {column}");
        }
        if table.names().any(|column| column == "list") {
            let error = table.numbers("list").unwrap_err();
            assert!(matches!(error, TableError::Foreign { .. }), "{error}");
            let schema = Schema::of(&table, &[]).unwrap();
            let profile = schema.profile("list").unwrap();
            assert_eq!((profile.kind, &profile.flaw), (ColumnType::Constant, &Some(error)));
            assert_eq!(schema.profile("moment").unwrap().kind, ColumnType::Date);
        }
    }
    for name in ["zstd.parquet", "zstd.arrow"] {
        let error = open(name).unwrap_err();
        assert!(
            error.to_string().contains("compressed with zstd, which can not be read"),
            "{error}"
        );
    }
}

#[test]
fn parquet_is_read_as_it_is_said() {
    let reading = Reading {
        missing: vec!["-128".into(), "red".into()],
        words: vec!["u64".into()],
        separator: None,
    };
    let table = Table::open_as(&fixture("types.parquet"), &reading).unwrap();
    assert_eq!(cells(&table, "i8"), [Some("1".into()), None, None]);
    assert_eq!(cells(&table, "category"), [None, None, Some("blue".into())]);
    assert_eq!(cells(&table, "large")[2], Some("NA".into()));
    assert!(matches!(table.column("u64").unwrap().values(), Values::Words(_)));
    for bad in ['é', '"', '\n', '5', '.'] {
        let reading = Reading { separator: Some(bad), ..Reading::default() };
        let error = Table::read_as(TEXT, "t", &reading).unwrap_err();
        assert_eq!(error, TableError::NoSeparator { separator: bad });
    }
    let reading = Reading { separator: Some(':'), ..Reading::default() };
    let table = Table::read_as(b"a,b:c\n1:2\n", "t", &reading).unwrap();
    assert_eq!(
        (table.names().collect::<Vec<_>>(), table.separator()),
        (vec!["a,b", "c"], Some(':'))
    );
}

#[test]
fn damaged_parquet_and_arrow() {
    for name in ["types.parquet", "types.arrow", "types.arrows", "lz4.arrow"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        for end in [8, 9, 13, 40, bytes.len() / 2] {
            let error = read(&bytes[..end]).expect_err(name);
            let text = error.to_string();
            assert!(
                text.starts_with("t can not be read as ") || text.starts_with("t is not"),
                "{text}"
            );
        }
    }
    // Counts and lengths that are claimed only.
    let bytes = std::fs::read(fixture("types.arrows")).unwrap();
    let huge = [&bytes[..4], &[0xFF, 0xFF, 0xFF, 0x7F], &bytes[8..]].concat();
    let error = read(&huge).unwrap_err().to_string();
    assert!(error.starts_with("t can not be read as Arrow: it ends too early"), "{error}");
}

/// Files that are damaged in one way or another.
const CHANGED: [&str; 6] =
    ["types.parquet", "brotli.parquet", "types.arrow", "types.arrows", "lz4.arrow", "polars.arrow"];

/// Wherever a byte is changed, it is a table or a complaint.
#[test]
fn changed_parquet_and_arrow() {
    for name in CHANGED {
        let bytes = std::fs::read(fixture(name)).unwrap();
        for place in (0..bytes.len()).step_by(7) {
            for mask in [0x01, 0x80, 0xFF] {
                let mut bytes = bytes.clone();
                bytes[place] ^= mask;
                let _ = read(&bytes).map_err(|error| error.to_string());
            }
        }
    }
}

/// The footer of a file says where its blocks are.
#[test]
fn blocks_outside_of_an_arrow_file() {
    let bytes = std::fs::read(fixture("types.arrow")).unwrap();
    let footer = bytes.len() - 10;
    let length = u32::from_le_bytes(*bytes[footer..].first_chunk().unwrap()) as usize;
    let mut found = 0;
    // A block is its place, the length of its head, four zeros, and the length of its body.
    for place in ((footer - length)..(footer - 24)).step_by(4) {
        let number = |at: usize| i64::from_le_bytes(*bytes[at..].first_chunk().unwrap());
        let (start, head, body) = (number(place), number(place + 8), number(place + 16));
        let all = 1..bytes.len() as i64;
        let is_block = [start, head, body].iter().all(|number| all.contains(number));
        if !is_block || bytes[start as usize..][..4] != [0xFF; 4] {
            continue;
        }
        found += 1;
        for at in [place, place + 16] {
            for changed in [i64::MAX, i64::MIN, -1, bytes.len() as i64] {
                let mut bytes = bytes.clone();
                bytes[at..at + 8].copy_from_slice(&changed.to_le_bytes());
                let error = read(&bytes).unwrap_err().to_string();
                assert!(error.starts_with("t can not be read as Arrow: "), "{error}");
            }
        }
    }
    assert_eq!(found, 2, "a dictionary and a batch");
}

proptest! {
    /// The same for several changes and what was cut off; what is a table can be written.
    #[test]
    fn damaged_bytes_are_a_table_or_a_complaint(
        name in proptest::sample::select(&CHANGED[..]),
        changes in proptest::collection::vec(any::<(usize, u8)>(), 1..5),
        cut in proptest::option::of(any::<usize>()),
    ) {
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        for (place, byte) in changes {
            let place = place % bytes.len();
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut % bytes.len());
        }
        if let Ok(table) = read(&bytes) {
            let mut written = Vec::new();
            table.write_parquet(&mut written).unwrap();
            prop_assert_eq!(read(&written).unwrap().rows(), table.rows());
            table.write_json_lines(&mut Vec::new()).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_as_parquet_is_read_again(
        rows in proptest::collection::vec(any::<(f64, Option<f64>)>(), 1..40),
        words in proptest::collection::vec("([a-zé7][a-z ,;\"\né7]{0,8}[x-z])?", 40),
    ) {
        let words = words[..rows.len()].iter().map(|word| Some(word.as_str()).filter(|w| !w.is_empty()));
        let gaps = rows.iter().map(|row| row.1.unwrap_or(f64::NAN)).collect();
        let table = Table::of(vec![
            ("a, \"b\"".to_owned(), Column::numbers(rows.iter().map(|row| row.0).collect())),
            ("gaps".to_owned(), Column::numbers(gaps)),
            ("words".to_owned(), Column::words(words)),
        ]);
        let table = table.unwrap();
        let mut written = Vec::new();
        table.write_parquet(&mut written).unwrap();
        prop_assert_eq!(read(&written).unwrap(), table.clone());
        let mut lines = Vec::new();
        table.write_json_lines(&mut lines).unwrap();
        let lines = String::from_utf8(lines).unwrap();
        let mut count = 0;
        for (row, line) in lines.lines().enumerate() {
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            let number = object["gaps"].as_f64();
            let expected = rows[row].1.filter(|value| value.is_finite());
            prop_assert_eq!(number, expected);
            let word = object["words"].as_str();
            prop_assert_eq!(word.map(str::to_owned), cells(&table, "words")[row].clone());
            count += 1;
        }
        prop_assert_eq!(count, rows.len());
    }
}
