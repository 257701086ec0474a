//! Reading a model file takes no more memory than its size allows, whatever it claims.

use chainrule_tabular::{Model, file::forged};
use peak_alloc::PeakAlloc;
use serde_json::{Value, json};
use std::path::Path;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

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

/// One test, as others beside it would take memory, too.
#[test]
fn memory_is_bounded_by_the_size_of_the_file() {
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
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let is_model = Model::from_bytes(&bytes).is_ok();
        let taken = MEMORY.peak_usage() - before;
        assert_eq!(is_model, ["a whole one", "text"].contains(&what), "{what}");
        let most = FACTOR * bytes.len() + LEAST;
        assert!(taken <= most, "{what}: {taken} bytes for a file of {}", bytes.len());
        println!("{what}: {taken} for {} ({:.1})", bytes.len(), taken as f64 / bytes.len() as f64);
    }
}
