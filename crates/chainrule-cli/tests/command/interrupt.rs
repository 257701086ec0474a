//! Ctrl-C, and readers who go away.

#![cfg(unix)]

use crate::place::{Place, Ran};
use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// Runs a command, presses Ctrl-C after a while, and waits for its end.
fn interrupted(place: &Place, line: &str, seconds: u64) -> Ran {
    let mut command = place.command();
    command.args(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    thread::sleep(Duration::from_secs(seconds));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    Ran::new(line, child.wait_with_output().unwrap())
}

const ENDLESS: &str = "--solver adam --epochs 100000000 --patience 100000000";

/// Ctrl-C ends the training, keeps the best so far, and exits with 130.
#[test]
fn ctrl_c_keeps_the_best() {
    let place = Place::new();
    place.table("data.csv");
    for flags in ["", "--validation 0.2 --restarts 1"] {
        let line = format!("fit data.csv --target y --out m.safetensors {ENDLESS} {flags}");
        interrupted(&place, &line, 3)
            .exits(130)
            .says("what was learned so far is in m.safetensors");
        place.run("predict m.safetensors data.csv").exits(0);
        std::fs::remove_file(place.path("m.safetensors")).unwrap();
    }
    let object = interrupted(&place, &format!("fit data.csv --target y --json {ENDLESS}"), 3);
    let object = object.exits(130).object();
    assert_eq!(object["error"]["kind"], "interrupted");
    assert_eq!(
        (&object["model"], &object["interrupted"]),
        (&"data.safetensors".into(), &true.into())
    );
}

#[test]
fn ctrl_c_ends_a_cross_validation() {
    let place = Place::new();
    place.table("data.csv");
    let ran = interrupted(&place, &format!("cv data.csv --target y {ENDLESS}"), 3);
    ran.exits(130).says("0 of 5 folds were done until then");
}

/// `chainrule … | head -1` is no failure.
#[test]
fn a_reader_may_go_away() {
    let place = Place::new();
    place.model();
    let rows = "0.5,1\n".repeat(200_000);
    place.write("long.csv", format!("x1,x2\n{rows}"));
    for line in
        ["predict data.safetensors long.csv", "predict data.safetensors long.csv --format jsonl"]
    {
        let mut command = place.command();
        command.args(line.split(' ')).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert!(first.contains('y') && stderr.is_empty(), "{first} {stderr}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{line}");
    }
}
