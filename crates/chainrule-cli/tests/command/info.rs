//! `chainrule info`.

use crate::place::Place;
use std::fs;

#[test]
fn a_model_is_described() {
    let place = Place::new();
    place.model();
    let ran = place.run("info data.safetensors").exits(0).shows("x1").shows("x2").shows("y");
    ran.shows("The mean of 3 such networks").shows("levenberg_marquardt").shows("RMSE");
    let object = place.run("info data.safetensors --json").exits(0).object();
    assert_eq!(object["inputs"][1]["name"], "x2");
    assert_eq!((&object["networks"], &object["record"]["rows"]), (&3.into(), &225.into()));
    assert!(object["evaluation"]["targets"][0]["measures"]["rmse"].as_f64().is_some());
}

#[test]
fn broken_models_are_refused() {
    let place = Place::new();
    place.model();
    let model = fs::read(place.path("data.safetensors")).unwrap();
    for length in [0, 1, 7, 8, 9, 100, model.len() / 2, model.len() - 1] {
        place.write("cut.safetensors", &model[..length]);
        place.run("info cut.safetensors").exits(1).says("cut.safetensors");
        place.run("predict cut.safetensors data.csv").exits(1);
        place.run("evaluate cut.safetensors data.csv").exits(1);
    }
    place.run("info data.csv").exits(1).says("data.csv");
    let object = place.run("info nothing.safetensors --json").exits(1).object();
    assert_eq!(object["error"]["kind"], "failed");
}
