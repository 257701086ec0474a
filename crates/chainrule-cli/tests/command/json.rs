//! What programs read: `--json`, of successes and of failures.

use crate::place::Place;

#[test]
fn a_fit_is_an_object() {
    let place = Place::new();
    place.table("data.csv");
    let line = "fit data.csv --target y --solver lm --hidden 5 --epochs 20 --folds 3 --json";
    let ran = place.run(line).exits(0);
    assert!(ran.stderr.is_empty(), "{ran:#?}");
    let object = ran.object();
    assert_eq!(object["model"], "data.safetensors");
    assert!(object["evaluation"]["targets"][0]["measures"]["r2"].as_f64().unwrap() > 0.9);
    assert!(object["decisions"][0]["what"].as_str().is_some());
    assert!(object.get("error").is_none());
}

/// A failure is told on standard output, too, with the exit code.
#[test]
fn failures_are_objects() {
    let place = Place::new();
    place.table("data.csv");
    place.write("empty.csv", "");
    place.write("constant.csv", format!("x,y\n{}", "1,2\n2,2\n".repeat(20)));
    for (line, code, kind, words) in [
        ("fit nothing.csv --target y", 3, "data", "there is no file nothing.csv"),
        ("fit empty.csv --target y", 3, "data", "empty.csv is empty"),
        ("fit constant.csv --target y", 3, "data", "the same value"),
        ("fit data.csv --target z", 3, "data", "there is no column \"z\""),
        ("fit data.csv --target y --solver lm --learning-rate 1", 2, "usage", "no use for"),
        ("fit data.csv", 2, "usage", "required arguments were not provided: --target"),
        ("fit data.csv --target y --epochs none", 2, "usage", "invalid value 'none'"),
        ("fit data.csv --target y --epochs 1 --out no/folder/m", 1, "failed", "no/folder"),
        ("cv data.csv --target z", 3, "data", "\"z\""),
        ("check data.csv --target z", 3, "data", "\"z\""),
        ("race data.csv --target z", 3, "data", "\"z\""),
        ("predict data.csv data.csv --out p.csv", 1, "failed", "data.csv"),
        ("evaluate data.csv data.csv", 1, "failed", "data.csv"),
        ("info data.csv", 1, "failed", "data.csv"),
    ] {
        let ran = place.run(&format!("{line} --json")).exits(code);
        let error = &ran.object()["error"];
        assert_eq!((&error["code"], &error["kind"]), (&code.into(), &kind.into()), "{ran:#?}");
        assert!(error["message"].as_str().unwrap().contains(words), "{ran:#?}");
        assert!(ran.stderr.starts_with("error: "), "{ran:#?}");
    }
    let ran = place.run("fit data.csv --target Y --json").exits(3);
    let error = ran.object()["error"].clone();
    assert_eq!(error["message"], "there is no column \"Y\"");
    assert_eq!(error["hint"], "did you mean \"y\"?");
}

/// What came of it is told even if it is not what was required.
#[test]
fn an_unmet_requirement_comes_with_the_scores() {
    let place = Place::new();
    place.table("data.csv");
    let fit = "fit data.csv --target y --solver lm --hidden 3 --epochs 4 --folds 2";
    let ran = place.run(&format!("{fit} --json --require rmse<1e-12")).exits(5);
    let object = ran.object();
    assert_eq!((&object["error"]["code"], &object["error"]["kind"]), (&5.into(), &"unmet".into()));
    assert_eq!(object["model"], "data.safetensors");
    assert!(place.has("data.safetensors"));
    let diverging = "fit data.csv --target y --learning-rate 1e6 --optimizer sgd --json";
    let object = place.run(diverging).exits(4).object();
    assert_eq!(object["error"]["kind"], "diverged");
}
