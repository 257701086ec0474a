//! `chainrule cv`.

use crate::place::{Place, number_after};

const QUICK: &str = "--solver lm --hidden 5 --epochs 30 --folds 2 --restarts 1";

#[test]
fn every_row_scores_once() {
    let place = Place::new();
    place.table("data.csv");
    let ran = place.run(&format!("cv data.csv --target y --outer 3 {QUICK}")).exits(0);
    let ran =
        ran.shows("Scores on 225 rows, in 3 folds").shows("fold 3").shows("linear regression");
    let ran = ran.shows("the model is better than the ").shows("in 3 of 3 folds").shows("±");
    let ran = ran.shows("Intervals for 90 % hold ").says("fold 1 of 3: RMSE ");
    assert_eq!(ran.stderr.lines().count(), 3, "{ran:#?}");
    assert!(!place.path("data.safetensors").exists());
    let scored = ran.stdout.lines().filter(|line| line.trim_start().starts_with("fold "));
    let scored: Vec<&str> = scored.map(|line| line.split_whitespace().nth(3).unwrap()).collect();
    assert_eq!(scored, ["75", "75", "75"], "{ran:#?}");
    // The same seed gives the same scores, whatever the threads.
    let again = format!("cv data.csv --target y --outer 3 --threads 2 {QUICK}");
    assert_eq!(place.run(&again).exits(0).stdout, ran.stdout);
}

#[test]
fn means_and_errors_are_those_of_the_folds() {
    let place = Place::new();
    place.classes("kinds.csv");
    let quick = "--solver lbfgs --hidden 6 --epochs 20 --folds 2 --restarts 1";
    let line = format!("cv kinds.csv --target kind --outer 4 {quick} --json");
    let object = place.run(&line).exits(0).object();
    let folds = object["folds"].as_array().unwrap();
    assert_eq!(folds.len(), 4);
    let of = |fold: &serde_json::Value| {
        fold["evaluation"]["targets"][0]["measures"]["accuracy"].as_f64().unwrap()
    };
    let values: Vec<f64> = folds.iter().map(of).collect();
    let mean = values.iter().sum::<f64>() / 4.0;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let told = &object["targets"][0]["measures"]["accuracy"];
    assert!((told["mean"].as_f64().unwrap() - mean).abs() < 1e-12);
    assert!(
        (told["standard_error"].as_f64().unwrap() - (squares / 3.0 / 4.0).sqrt()).abs() < 1e-12
    );
    let rows: u64 = folds.iter().map(|fold| fold["scored"].as_u64().unwrap()).sum();
    assert_eq!(rows, 196);
    assert!(object["targets"][0]["baselines"][0]["model_better_in_folds"].as_u64().is_some());
}

#[test]
fn groups_and_time_are_minded() {
    let place = Place::new();
    let rows: String =
        (0..90).map(|i| format!("{},{},{i},{}\n", i % 7, i / 10, (i * i) % 50)).collect();
    place.write("data.csv", format!("x,g,t,y\n{rows}"));
    let ran = place.run(&format!("cv data.csv --target y --group g --outer 3 {QUICK}")).exits(0);
    ran.shows("Scores on 90 rows");
    // The first of five blocks never scores.
    let ran = place.run(&format!("cv data.csv --target y --order t --outer 4 {QUICK}")).exits(0);
    ran.shows("Scores on 72 rows");
    let ran = place.run(&format!("cv data.csv --target y --group g --outer 10 {QUICK}")).exits(3);
    ran.says("can not be divided");
}

#[test]
fn what_is_required_is_the_mean() {
    let place = Place::new();
    place.table("data.csv");
    let line = format!("cv data.csv --target y --outer 2 {QUICK} --quiet");
    let ran = place.run(&format!("{line} --require r2>0.5")).exits(0);
    assert!(ran.stdout.is_empty() && ran.stderr.is_empty(), "{ran:#?}");
    let ran = place.run(&format!("{line} --require rmse<1e-9")).exits(5);
    assert!(number_after(&ran.stderr, "the mean rmse of y is ") > 0.0, "{ran:#?}");
    place.run(&format!("{line} --require rsme<1")).exits(2).says("there is no measure rsme");
    place.run("cv data.csv --target y --outer 1").exits(2).says("from 2 to 1000");
}
