//! `chainrule fit`.

use crate::place::{Place, rmse};
use std::fs;

#[test]
fn the_same_seed_gives_the_same_model() {
    let place = Place::new();
    place.table("data.csv");
    let model = |line: &str, file: &str| {
        place.run(line).exits(0);
        fs::read(place.path(file)).unwrap()
    };
    let one =
        model("fit data.csv --target y --epochs 20 --seed 5 --out a.safetensors", "a.safetensors");
    let two =
        model("fit data.csv --target y --epochs 20 --seed 5 --out b.safetensors", "b.safetensors");
    let other =
        model("fit data.csv --target y --epochs 20 --seed 6 --out c.safetensors", "c.safetensors");
    assert_eq!(one, two);
    assert_ne!(one, other);
}

#[test]
fn a_table_becomes_a_model_and_its_predictions() {
    let place = Place::new();
    place.table("data.csv");
    place.run("fit data.csv --target y --epochs 300").exits(0).shows("data.safetensors");
    place.run("info data.safetensors").exits(0).shows("x1").shows("x2").shows("y");

    // Other order, an extra column of text, a semicolon, CRLF, a byte-order mark.
    place.write("new.csv", "\u{feff}name;x2;x1\r\n\"a; b\";1;1\r\nc;-1;0.5\r\n");
    let ran = place.run("predict data.safetensors new.csv").exits(0).says("name");
    let values: Vec<f64> = ran.stdout.lines().skip(1).map(|line| line.parse().unwrap()).collect();
    assert!(ran.stdout.starts_with("y\n"), "{ran:#?}");
    assert!((values[0] - 2.0).abs() < 0.15 && (values[1] - 1.5).abs() < 0.15, "{ran:#?}");

    place.run("predict data.safetensors new.csv --out p.csv --quiet").exits(0);
    assert_eq!(fs::read_to_string(place.path("p.csv")).unwrap(), ran.stdout);
}

/// Each solver by its long and its short name; the short one leaves the long one in the model.
#[test]
fn every_solver_fits() {
    let place = Place::new();
    place.table("data.csv");
    for (name, long) in [
        ("lm", "levenberg_marquardt"),
        ("bayes", "bayesian_regularization"),
        ("scg", "scaled_conjugate_gradient"),
        ("lbfgs", "lbfgs"),
        ("nadam", "nadam"),
    ] {
        let line = format!(
            "fit data.csv --target y --hidden 6 --epochs 60 --folds 2 --restarts 1 --solver {name}"
        );
        let ran = place.run(&line).exits(0);
        assert!(!ran.stdout.contains("[--solver]"), "{name} was asked for: {ran:#?}");
        place.run("info data.safetensors").exits(0).shows(&format!("\n{long}"));
    }
}

#[test]
fn the_solver_is_chosen_and_told() {
    let place = Place::new();
    place.table("data.csv");
    let ran = place.run("fit data.csv --target y").exits(0);
    let ran = ran.shows("solver bayesian_regularization: ").shows("[--solver]");
    let ran = ran.shows("16 networks, each trained without one of 8 folds").shows("[--folds]");
    let ran = ran.shows("16 networks after ");
    // What was found before the rows that judge stopped it is no estimate.
    assert!(!ran.stdout.contains("The data determine "), "{ran:#?}");
    let to_the_end = "fit data.csv --target y --epochs 20 --patience 20 --folds 2 --restarts 1";
    place.run(to_the_end).exits(0).shows("The data determine ");
    place.run("fit data.csv --target y").exits(0);
    // y is a polynomial without noise: what Adam gets to 0.01 ends far below.
    assert!(rmse(&ran.stdout) < 1e-3, "{ran:#?}");
    place.run("info data.safetensors").exits(0).shows("The mean of 16 such networks").shows("f64");
    for (flags, why) in [
        ("--dropout 0.1", "dropout and l1 penalties need steps of mini-batches"),
        ("--batch-size 16", "a learning rate or a batch size is for steps of mini-batches"),
        ("--hidden 60,60", "would be slow with 3901 parameters"),
    ] {
        let ran = place.run(&format!("fit data.csv --target y --epochs 3 {flags}"));
        ran.exits(0).shows("solver adam: ").shows(why);
    }
}

/// Threads change nothing, and more networks are another model.
#[test]
fn a_model_is_the_mean_of_several_networks() {
    let place = Place::new();
    place.table("data.csv");
    let fit = |flags: &str| {
        let line = format!("fit data.csv --target y --solver lm --hidden 3 --epochs 15 {flags}");
        let ran = place.run(&line).exits(0);
        (ran, fs::read(place.path("data.safetensors")).unwrap())
    };
    let (_, one) = fit("--folds 3 --restarts 2 --threads 1");
    for threads in [2, 3, 8] {
        let (_, other) = fit(&format!("--folds 3 --restarts 2 --threads {threads}"));
        assert!(one == other, "{threads} threads");
    }
    let (ran, single) = fit("--validation 0.2 --restarts 1");
    assert!(single.len() < one.len());
    ran.shows("1 network, judged by ").shows("of iteration");
}

/// At most about twenty lines where nobody sees a live line, however many trainings there are.
#[test]
fn progress_is_told_in_few_lines() {
    let place = Place::new();
    place.table("data.csv");
    let fit = "fit data.csv --target y --solver lm --hidden 2 --epochs 3";
    let ran = place.run(&format!("{fit} --folds 5 --restarts 8")).exits(0);
    assert_eq!(ran.stderr.lines().count(), 20, "{ran:#?}");
    assert!(ran.stderr.lines().last().unwrap().starts_with("40 of 40 trainings done: RMSE "));
    let ran = place.run(&format!("{fit} --folds 3 --restarts 1")).exits(0);
    assert_eq!(ran.stderr.lines().count(), 3, "{ran:#?}");
    let single = "fit data.csv --target y --solver adam --hidden 2 --validation 0.2 --restarts 1";
    let ran = place.run(&format!("{single} --epochs 137 --patience 1000")).exits(0);
    assert!((15..=22).contains(&ran.stderr.lines().count()), "{ran:#?}");
    let ran = place.run(&format!("{fit} --folds 3 --restarts 1 --quiet")).exits(0);
    assert!(ran.stderr.is_empty() && ran.stdout.is_empty(), "{ran:#?}");
}

#[test]
fn the_time_can_be_limited() {
    let place = Place::new();
    place.table("data.csv");
    let line = "fit data.csv --target y --solver adam --epochs 100000000 --patience 100000000 \
                --validation 0.2 --restarts 1 --time 1s";
    place.run(line).exits(0).shows("(broken off)");
    place.run("predict data.safetensors data.csv").exits(0);
    // Of many trainings those that had no time are not begun.
    let line = "fit data.csv --target y --restarts 1000 --threads 2 --solver lm --time 1s --json";
    let began = std::time::Instant::now();
    let ran = place.run(line).exits(0);
    assert!(began.elapsed().as_secs() < 40, "{ran:#?}");
    let object = ran.object();
    assert_eq!(object["interrupted"], true);
    assert!(object["networks"].as_u64().unwrap() < 8000);
    place.run("fit data.csv --target y --time 0s").exits(2).says("a time such as 30s, 5m or 1h");
}

#[test]
fn classes_have_scores_of_their_own() {
    let place = Place::new();
    place.classes("kinds.csv");
    let fit = "fit kinds.csv --target kind --solver lbfgs --hidden 8 --epochs 60 --folds 3 \
               --restarts 1 --require accuracy>0.6";
    let ran = place.run(fit).exits(0).shows("classification of \"kind\"").shows("[--task]");
    ran.shows("ROC-AUC").shows("true \\ predicted").shows("most frequent class");
    place.run(&format!("{fit} --require accuracy>=1.1")).exits(5).says("accuracy of kind is ");
    assert!(place.has("kinds.safetensors"));
}

#[test]
fn rows_for_the_scores_can_come_from_another_file() {
    let place = Place::new();
    place.table("data.csv");
    place.write("later.csv", "y,x1,x2\n1,0.5,0\n-1,0,1\n2,1,1\n");
    let fit = "fit data.csv --target y --solver lm --hidden 4 --epochs 20 --folds 2";
    let ran = place.run(&format!("{fit} --test later.csv")).exits(0);
    ran.shows("scores on the 3 rows of the other file").shows("Scores on 3 rows");
    place.run(&format!("{fit} --test none")).exits(0).shows("which flatters a little");
    place.run(&format!("{fit} --test missing.csv")).exits(3).says("there is no file missing.csv");
    place.pipe("", &format!("{fit} --test -").replace("data.csv", "-")).exits(2);
}

#[test]
fn what_a_solver_is_not_made_for_is_wrong_usage() {
    let place = Place::new();
    place.table("data.csv");
    for (flags, words) in [
        ("--solver lm --learning-rate 0.1", "it has no use for a learning rate"),
        ("--solver lbfgs --batch-size 3", "it has no use for a batch size"),
        ("--solver lm --dropout 0.5", "is not made for dropout or batch normalisation"),
        ("--solver lbfgs --l1 0.5", "is not made for an l1 penalty"),
        ("--solver bayes --l2 0.5", "since it finds its own"),
        ("--solver lm --hidden 1000,1000", "GiB of memory for 1005001 parameters; use lbfgs"),
    ] {
        place.run(&format!("fit data.csv --target y {flags}")).exits(2).says(words);
        assert!(!place.path("data.safetensors").exists(), "{flags}");
    }
    let spiral = "demo spiral --solver lm --epochs 3 --out pictures";
    place.run(spiral).exits(2).says("is not made for the loss binary_cross_entropy");
    let rate = "demo sine --solver lm --learning-rate 0.1 --out pictures";
    place.run(rate).exits(2).says("it has no --learning-rate");
    place.run("fit data.csv --target y --restarts 1001").exits(2).says("from 1 to 1000");
}

#[test]
fn several_targets() {
    let place = Place::new();
    let rows: String = (0..60).map(|i| format!("{i},{},{}\n", 2 * i, 100 - i)).collect();
    place.write("data.csv", format!("x,double,down\n{rows}"));
    place.run("fit data.csv --target double,down --epochs 200 --out m.safetensors").exits(0);
    let ran = place.run("predict m.safetensors data.csv").exits(0);
    assert!(ran.stdout.starts_with("double,down\n"), "{ran:#?}");
    assert_eq!(ran.stdout.lines().count(), 61);
}

#[test]
fn a_diverging_training_keeps_finite_parameters() {
    let place = Place::new();
    place.table("data.csv");
    let ran = place.run("fit data.csv --target y --learning-rate 1e6 --optimizer sgd").exits(4);
    let ran = ran.says("epoch").says("batch").says("learning-rate");
    assert!(ran.stderr.contains("diverged"), "{ran:#?}");
    // Nothing was learned before: a random network would be no model.
    assert!(!place.path("data.safetensors").exists());
}

/// Numbers that stand for classes are classes once that is said.
#[test]
fn a_target_of_numbers_can_be_said_to_hold_classes() {
    let place = Place::new();
    let rows: String = (0..90).map(|i| format!("{},{}\n", i % 3 * 10 + i % 7, i % 3 + 1)).collect();
    place.write("data.csv", format!("x,grade\n{rows}"));
    let line = "fit data.csv --target grade --epochs 30";
    place.run(line).exits(0).shows("regression of \"grade\"");
    let ran = place.run(&format!("{line} --type grade=category")).exits(0);
    ran.shows("classification of \"grade\": its values are \"1\" 30, \"2\" 30, \"3\" 30");
}
