//! Everything that has a derivative, and every optimizer, is in the table: one entry for each file.

use chainrule::table;
use std::{collections::BTreeSet, path::Path};

/// The names of the files of a folder of the source, without those that hold no entry of the table.
fn files(folder: &str, helpers: &[&str]) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let stems = std::fs::read_dir(&folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        path.file_stem().unwrap().to_string_lossy().into_owned()
    });
    stems.filter(|stem| stem != "mod" && !helpers.contains(&stem.as_str())).collect()
}

/// Fails unless the names of the entries and of the files are the same, so that neither a file without an
/// entry nor an entry without a file goes unnoticed.
fn assert_covered(folder: &str, helpers: &[&str], names: impl Iterator<Item = String>) {
    let (files, names) = (files(folder, helpers), names.collect::<BTreeSet<_>>());
    assert!(files.len() > 3, "src/{folder} was read: {files:?}");
    let missing: Vec<_> = files.difference(&names).collect();
    assert!(missing.is_empty(), "src/{folder}: not in chainrule::table: {missing:?}");
    let homeless: Vec<_> = names.difference(&files).collect();
    assert!(homeless.is_empty(), "src/{folder}: in the table, but without a file: {homeless:?}");
}

/// The file of an optimizer: some files hold several that differ in a setting.
fn file_of_optimizer(name: &str) -> &str {
    match name {
        "momentum" | "nesterov" => "sgd",
        "ams_grad" | "adam_w" => "adam",
        name => name,
    }
}

#[test]
fn every_activation_has_an_entry() {
    let entries = table::activations::<f64>();
    assert_covered("activation", &[], entries.iter().map(|entry| entry.name().to_owned()));
}

#[test]
fn every_loss_has_an_entry() {
    let entries = table::losses::<f64>();
    // A formula is the user's; it has no name that others could find it by.
    assert_covered("loss", &["formula"], entries.iter().map(|entry| entry.name().to_owned()));
}

#[test]
fn every_layer_has_an_entry() {
    let entries = table::layers::<f64>();
    assert_covered("layer", &["normalization"], entries.iter().map(|entry| entry.name()));
    assert!(entries.iter().all(|layer| layer.inputs() == 3), "as the table promises");
}

#[test]
fn every_optimizer_has_an_entry() {
    let entries = table::optimizers::<f64>();
    let files = entries.iter().map(|entry| file_of_optimizer(entry.name()).to_owned());
    assert_covered("optimizer", &["clip", "penalty", "schedule"], files);
}

#[test]
fn every_solver_has_an_entry() {
    let entries = table::solvers();
    let helpers = ["line_search", "normal_equations"];
    assert_covered("solver", &helpers, entries.iter().map(|entry| entry.name().to_owned()));
    for entry in entries {
        assert_eq!(table::solver(entry.name()), Some(entry));
        assert!(table::optimizer::<f64>(entry.name()).is_none(), "one name for two things");
    }
}

/// Names are what files and command lines find things by: each is lower case with underscores, there
/// once, and found. Layers are examples and may repeat a name, with other settings.
#[test]
fn names_are_unique_and_found() {
    fn assert_unique(names: impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for name in names {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(name.chars().all(plain), "{name}");
            assert!(seen.insert(name.clone()), "{name} is there twice");
        }
    }
    fn assert_found<T>(name: &str, found: Option<T>, name_of: impl Fn(&T) -> &str) {
        let found = found.unwrap_or_else(|| panic!("{name} is not found"));
        assert_eq!(name_of(&found), name);
    }

    assert_unique(table::activations::<f32>().iter().map(|entry| entry.name().to_owned()));
    for entry in table::activations::<f32>() {
        assert_found(entry.name(), table::activation::<f32>(entry.name()), |found| found.name());
    }
    assert_unique(table::losses::<f32>().iter().map(|entry| entry.name().to_owned()));
    for entry in table::losses::<f32>() {
        assert_found(entry.name(), table::loss::<f32>(entry.name()), |found| found.name());
    }
    assert_unique(table::optimizers::<f32>().iter().map(|entry| entry.name().to_owned()));
    for entry in table::optimizers::<f32>() {
        assert_found(entry.name(), table::optimizer::<f32>(entry.name()), |found| found.name());
    }
    assert!(table::activation::<f32>("").is_none() && table::loss::<f32>("MSE").is_none());

    let mut layers = BTreeSet::new();
    for layer in table::layers::<f32>() {
        assert!(layers.insert((layer.name(), layer.describe())), "{layer:?} is there twice");
    }
}
