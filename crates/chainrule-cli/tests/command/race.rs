//! `chainrule race`.

use crate::place::{Place, is_there};
use std::fs;

#[test]
fn a_race_has_a_table_and_a_chart() {
    let place = Place::new();
    place.table("data.csv");
    let line =
        "race data.csv --target y --hidden 5 --time 1s --solvers lm,lbfgs,adam --out pictures";
    let ran = place.run(line).exits(0).shows("RMSE, training").says("levenberg_marquardt: ");
    for name in ["levenberg_marquardt", "lbfgs", "adam"] {
        assert_eq!(ran.stdout.lines().filter(|line| line.starts_with(name)).count(), 1, "{ran:#?}");
    }
    let svg = fs::read_to_string(place.path("pictures/race.svg")).unwrap();
    assert!(svg.contains("lbfgs") && is_there(&place.path("pictures/race.png")));
    // One that is not made for the network leaves the race to the others.
    let line =
        "race data.csv --target y --hidden 1000,1000 --time 1s --solvers lm,adam --out pictures";
    let ran = place.run(line).exits(0).says("levenberg_marquardt would need ");
    assert!(ran.stdout.lines().any(|line| line.starts_with("adam  ")), "{ran:#?}");
    let alone = "race data.csv --target y --hidden 1000,1000 --solvers lm --out pictures";
    place.run(alone).exits(1).says("nobody could take part").shows("GiB of memory");
    place.run("race data.csv --target z").exits(3).says("\"z\"");
    place.run("race data.csv --target y --solvers lm,adma").exits(2).says("adam");
}

#[test]
fn as_json() {
    let place = Place::new();
    place.table("data.csv");
    let line = "race data.csv --target y --hidden 4 --time 1s --solvers lm,adam --json";
    let ran = place.run(line).exits(0);
    assert!(ran.stderr.is_empty(), "{ran:#?}");
    let object = ran.object();
    assert_eq!(object["racers"][0]["solver"], "levenberg_marquardt");
    assert!(object["racers"][1]["rmse_held_out"].as_f64().is_some(), "{ran:#?}");
    assert_eq!(object["written"][0], "out/race.svg");
}
