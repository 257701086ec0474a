//! Arguments.

use crate::place::Place;
use std::fs;

#[test]
fn usage_errors() {
    let place = Place::new();
    for line in [
        "",
        "fit",
        "fit data.csv",
        "frobnicate",
        "demo cosine",
        "demo sine --activation swoosh",
        "demo sine --epochs 0",
        "demo sine --hidden 0",
        "demo sine --learning-rate -1",
        "demo sine --learning-rate nan",
        "demo spiral --as-lesson",
        "demo sine --as-lesson --noise 1",
        "fit data.csv --target y --validation 1",
        "check",
        "cv data.csv",
        "predict model.safetensors",
        "evaluate model.safetensors",
        "evaluate model.safetensors data.csv --level 2",
        "completions",
    ] {
        place.run(line).exits(2);
    }
    place.run("demo sin").exits(2).says("sine");
}

#[test]
fn the_instructions_can_be_chosen() {
    let place = Place::new();
    place.table("t.csv");
    let fit = "fit t.csv --target y --solver adam --hidden 5 --epochs 3 --threads 1";
    place.run_with(Some("reference"), &format!("{fit} --out plain.safetensors")).exits(0);
    place.run_with(Some(""), &format!("{fit} --out best.safetensors")).exits(0);
    // Without fused multiply–adds the last bits may differ.
    if chainrule::instructions::available().last() != Some(&"sse2") {
        let [plain, best] = ["plain", "best"]
            .map(|name| fs::read(place.path(&format!("{name}.safetensors"))).unwrap());
        assert!(plain == best);
    }
    for line in [fit, "demo xor"] {
        let ran = place.run_with(Some("avx1024"), line).exits(2);
        ran.says("CHAINRULE_KERNEL is \"avx1024\", but this processor has: reference, ");
    }
}

#[test]
fn help_and_version() {
    let place = Place::new();
    place.run("--help").exits(0).shows("Examples:").shows("Exit codes:");
    for command in [
        "demo",
        "check",
        "fit",
        "cv",
        "race",
        "predict",
        "evaluate",
        "info",
        "trace",
        "completions",
        "man",
    ] {
        let ran = place.run(&format!("{command} --help")).exits(0);
        ran.shows(&format!("\n  chainrule {command} ")).shows("Example");
        place.run("--help").exits(0).shows(&format!("\n  {command} "));
    }
    place.run("fit --help").exits(0).shows("the mean of several networks").shows("Exit codes:");
    place.run("--version").exits(0).shows(env!("CARGO_PKG_VERSION"));
}
