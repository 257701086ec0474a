//! Reading a model file takes no more memory than its size allows, whatever it claims; reading a table and fitting to it
//! takes a small multiple of what a network sees of it.

use chainrule_tabular::{
    Model, Preparation, Settings, Table, Validation, file::forged, table::Reading,
};
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    thread::available_parallelism,
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Who holds it is alone: others beside it would take memory, too.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How much more memory there was at a time while this was done than before and, at the end, what it is.
fn peak<R>(work: impl FnOnce() -> R) -> (usize, R) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let result = work();
    (MEMORY.peak_usage() - before, result)
}

fn golden(kind: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(format!("{kind}_v2.safetensors"))).unwrap()
}

/// A golden model with this part of its description replaced.
fn claiming(kind: &str, place: &str, value: Value) -> Vec<u8> {
    let bytes = golden(kind);
    let mut description: Value =
        serde_json::from_str(&forged::description(&bytes).unwrap()).unwrap();
    *description.pointer_mut(place).unwrap() = value;
    forged::with_description(&bytes, &description.to_string()).unwrap()
}

fn tensors(count: usize) -> Vec<u8> {
    let mut header = json!({"__metadata__": {"format": "chainrule", "format_version": "2"}});
    for i in 0..count {
        header[format!("t{i}")] = json!({"dtype": "U8", "shape": [0], "data_offsets": [0, 0]});
    }
    forged::file(&header.to_string(), &[])
}

/// The parsed form of JSON may be larger than its text, by this factor at most: `0,` becomes a word of 8 bytes in a vector that
/// has grown by doubling, beside its copy; an entry of a header, a name and a shape in two maps.
const FACTOR: usize = 60;
/// What every reader takes.
const LEAST: usize = 200_000;

#[test]
fn memory_is_bounded_by_the_size_of_the_file() {
    let _alone = alone();
    let deep = |n: usize| Value::from("[".repeat(n));
    let words = |n: usize| -> Value { (0..n).map(|i| format!("w{i}")).collect() };
    let fold = json!({"rows": 1, "residuals": [1.0]});
    let quantiles: Vec<f64> = (1..20_000).map(|i| f64::from(i) / 20_000.0).collect();
    let mut files = vec![
        ("a whole one", golden("value")),
        ("wide layers", claiming("value", "/architecture/hidden", json!([65_536]))),
        ("wide and deep", claiming("value", "/architecture/hidden", json!(vec![1000; 100]))),
        ("the widest", claiming("value", "/architecture/hidden", json!([u64::MAX]))),
        ("layers", claiming("value", "/architecture/hidden", json!(vec![1; 50_000]))),
        ("members", claiming("value", "/members", json!(vec![0; 50_000]))),
        ("folds", claiming("value", "/members", (0..50_000).collect())),
        (
            "errors",
            claiming("value", "/calibration/errors", json!([{"around": vec![fold; 20_000]}])),
        ),
        ("levels", claiming("value", "/inputs/1/encoding/one_hot/levels", words(50_000))),
        (
            "embeddings",
            claiming("classes", "/inputs/2/encoding/embedding/levels/levels", words(50_000)),
        ),
        ("wide ones", claiming("classes", "/inputs/2/encoding/embedding/width", json!(2_000_000))),
        (
            "the widest ones",
            claiming("classes", "/inputs/2/encoding/embedding/width", json!(u64::MAX)),
        ),
        ("classes", claiming("classes", "/targets/0/values/classes", words(50_000))),
        ("quantiles", claiming("quantiles", "/output/quantiles", json!(quantiles))),
        ("cycles", claiming("value", "/inputs/2/encoding/date/cycles", json!(vec!["day"; 50_000]))),
        ("text", claiming("value", "/record/command", deep(1_000_000))),
        ("tensors", tensors(20_000)),
    ];
    // Layers and members together: each member needs tensors of all layers.
    let bytes = claiming("value", "/architecture/hidden", json!(vec![1; 100]));
    let mut description: Value =
        serde_json::from_str(&forged::description(&bytes).unwrap()).unwrap();
    description["members"] = json!(vec![0; 100_000]);
    let both = forged::with_description(&bytes, &description.to_string()).unwrap();
    files.push(("layers of many members", both));
    for text in ["[".repeat(1_000_000), "{\"inputs\":".repeat(100_000), "\"\\u0000".repeat(100_000)]
    {
        files.push(("deep JSON", forged::with_description(&golden("value"), &text).unwrap()));
    }
    files.push(("a long header", [&u64::MAX.to_le_bytes()[..], b"{}"].concat()));
    files.push(("a longer header", [&99_999_999u64.to_le_bytes()[..], b"{}"].concat()));

    for (what, bytes) in files {
        let (taken, is_model) = peak(|| Model::from_bytes(&bytes).is_ok());
        assert_eq!(is_model, ["a whole one", "text"].contains(&what), "{what}");
        let most = FACTOR * bytes.len() + LEAST;
        assert!(taken <= most, "{what}: {taken} bytes for a file of {}", bytes.len());
        println!("{what}: {taken} for {} ({:.1})", bytes.len(), taken as f64 / bytes.len() as f64);
    }
}

const ROWS: usize = 100_000;
const COLUMNS: usize = 20;
/// What all features take in single precision.
const MATRIX: usize = ROWS * COLUMNS * size_of::<f32>();

/// A table of numbers with so many digits behind the point; the last column is the sum of two others.
fn numbers(digits: usize) -> String {
    let mut text: String = (1..COLUMNS).map(|column| format!("x{column},")).collect();
    text += "y\n";
    let mut state = 1u64;
    for _ in 0..ROWS {
        let mut row = [0.0; COLUMNS];
        for value in &mut row {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *value = (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
        }
        row[COLUMNS - 1] = row[0] + row[1];
        for (place, value) in row.iter().enumerate() {
            let end = if place + 1 < COLUMNS { ',' } else { '\n' };
            write!(text, "{value:.digits$}{end}").unwrap();
        }
    }
    text
}

#[test]
fn large_tables_take_little_more_than_their_features() {
    let _alone = alone();
    // Pieces of the text, and the numbers in them.
    let constant = 2_000_000 * (1 + available_parallelism().map_or(1, usize::from));
    for (digits, most) in [(6, 2.5), (16, 4.0)] {
        let text = numbers(digits);
        let (taken, _) = peak(|| {
            let table = Table::read_as(text.as_bytes(), "t", &Reading::default()).unwrap();
            table.matrix::<f32>().unwrap()
        });
        let times = taken as f64 / MATRIX as f64;
        println!("read, {digits} digits: {times:.2} times the features");
        assert!(taken <= (most * MATRIX as f64) as usize + constant, "{digits}: {times:.2}");
        if digits > 9 {
            continue;
        }
        let (taken, _) = peak(|| {
            let table = Table::read_as(text.as_bytes(), "t", &Reading::default()).unwrap();
            let settings = Settings {
                hidden: Some(vec![4]),
                solver: "adam".to_owned(),
                validation: Some(Validation::Part(0.15)),
                restarts: Some(2),
                epochs: Some(1),
                batch_size: Some(512),
                ..Settings::new(["y"])
            };
            Preparation::new(&table, None, &settings).unwrap().run(&mut ()).unwrap()
        });
        let times = taken as f64 / MATRIX as f64;
        println!("fit, {digits} digits: {times:.2} times the features");
        assert!(taken <= 5 * MATRIX + constant, "{digits}: {times:.2}");
    }
}
