//! The command as its users meet it: what they type, what they see, and the exit code.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// A folder with a few files, in which commands are run.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs `chainrule` with these words, which may not hold blanks.
    fn run(&self, line: &str) -> Ran {
        self.run_with(None, line)
    }

    /// The same with these instructions.
    fn run_with(&self, kernel: Option<&str>, line: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule"));
        command.envs(kernel.map(|kernel| ("CHAINRULE_KERNEL", kernel)));
        let output =
            command.args(line.split_whitespace()).current_dir(self.0.path()).output().unwrap();
        Ran::new(line, output)
    }

    /// y = 2x₁ − x₂ + x₁x₂ on a grid, which no straight line fits.
    fn table(&self, name: &str) -> PathBuf {
        let mut text = "x1,x2,y\n".to_owned();
        for i in 0..15 {
            for j in 0..15 {
                let (a, b) = (f64::from(i) * 0.2 - 1.4, f64::from(j) * 0.2 - 1.4);
                text += &format!("{a},{b},{}\n", 2.0 * a - b + a * b);
            }
        }
        self.write(name, text)
    }
}

/// What came of a command.
#[derive(Debug)]
#[allow(dead_code, reason = "the line is for the messages of failed tests")]
struct Ran {
    line: String,
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn new(line: &str, output: Output) -> Self {
        Self {
            line: line.to_owned(),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        self
    }

    #[track_caller]
    fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "no \"{words}\" in {self:#?}");
        self
    }

    #[track_caller]
    fn shows(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "no \"{words}\" in {self:#?}");
        self
    }
}

fn is_there(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.len() > 0)
}

#[test]
fn demo_sine_prints_the_losses_and_writes_chart_and_model() {
    let place = Place::new();
    let ran = place.run("demo sine --epochs 301 --out pictures").exits(0);
    let losses: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with("Epoch ")).collect();
    assert_eq!(losses.len(), 4, "{ran:#?}");
    assert!(losses[3].starts_with("Epoch 300, Loss: 0."), "{ran:#?}");
    assert!(fs::read_to_string(place.path("pictures/sine.svg")).unwrap().contains("<svg"));
    assert!(fs::read(place.path("pictures/sine.png")).unwrap().starts_with(b"\x89PNG"));

    place.write("new.csv", "x\n0.5\n-3\n");
    let predicted = place.run("predict pictures/sine.safetensors new.csv").exits(0);
    assert_eq!(predicted.stdout.lines().count(), 3, "{predicted:#?}");
    assert!(predicted.stdout.starts_with("y\n"), "{predicted:#?}");
}

#[test]
fn demo_as_lesson_prints_the_lessons_numbers() {
    let place = Place::new();
    // The script prints 129.93941769420263 and 0.4413684630624004.
    place
        .run("demo sine --as-lesson --epochs 101")
        .exits(0)
        .shows("Epoch 0, Loss: 129.9394176942\n")
        .shows("Epoch 100, Loss: 0.4413684631\n");
}

/// The number after these words.
fn number_after(text: &str, words: &str) -> f64 {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("no \"{words}\" in {text}"));
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

/// The error of the network in the table of the scores.
fn rmse(text: &str) -> f64 {
    number_after(text.split_once("RMSE").unwrap().1, "network")
}

#[test]
fn demo_sine_learns_the_sine_whatever_the_seed() {
    let place = Place::new();
    let error = |seed| {
        let ran = place.run(&format!("demo sine --seed {seed}")).exits(0);
        number_after(&ran.stdout, "Mean squared error ")
    };
    let errors: Vec<f64> = (0..20).map(error).collect();
    let good = errors.iter().filter(|error| **error < 0.003).count();
    assert!(good >= 19, "{errors:?}");
}

#[test]
fn demo_as_lesson_ends_where_the_lesson_ends() {
    let ran = Place::new().run("demo sine --as-lesson").exits(0);
    let error = number_after(&ran.stdout, "Mean squared error ");
    assert!(error < 0.02, "{error}");
}

#[test]
fn every_demo_runs_in_both_precisions() {
    let place = Place::new();
    for problem in ["sine", "polynomial", "spiral", "moons", "xor"] {
        for precision in ["f32", "f64"] {
            let line = format!(
                "demo {problem} --epochs 30 --hidden 8 --activation prelu --optimizer nadam \
                 --noise 0.1 --learning-rate 0.02 --seed 3 --precision {precision} --out {precision}"
            );
            place.run(&line).exits(0).shows("Written: ");
            for ending in ["svg", "png", "safetensors"] {
                assert!(is_there(&place.path(&format!("{precision}/{problem}.{ending}"))));
            }
        }
    }
}

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
        let line = format!("fit data.csv --target y --hidden 6 --epochs 60 --solver {name}");
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
    let ran = ran.shows("4 trainings from different weights").shows("after 4 starts: best ");
    let ran = ran.says("start 4 of 4: ").shows("The data determine ");
    // y is a polynomial without noise: what Adam gets to 0.01 ends far below.
    assert!(rmse(&ran.stdout) < 1e-3, "{ran:#?}");
    place.run("info data.safetensors").exits(0).shows("the best of 4 starts").shows("f64");
    for (flags, why) in [
        ("--dropout 0.1", "dropout and l1 penalties need steps of mini-batches"),
        ("--batch-size 16", "a learning rate or a batch size is for steps of mini-batches"),
        ("--hidden 60,60", "would be slow with 3901 parameters"),
    ] {
        let ran = place.run(&format!("fit data.csv --target y --epochs 3 {flags}"));
        ran.exits(0).shows("solver adam: ").shows(why);
    }
}

/// More starts find no worse network, the first of them is the one that there is alone, and threads change nothing.
#[test]
fn several_starts_keep_the_best() {
    let place = Place::new();
    place.table("data.csv");
    let fit = |flags: &str| {
        let line = format!("fit data.csv --target y --solver lm --hidden 3 --epochs 15 {flags}");
        let ran = place.run(&line).exits(0);
        (ran, fs::read(place.path("data.safetensors")).unwrap())
    };
    let (several, one) = fit("--restarts 5 --threads 1");
    for threads in [2, 3, 8] {
        let (_, other) = fit(&format!("--restarts 5 --threads {threads}"));
        assert!(one == other, "{threads} threads");
    }
    let (alone, _) = fit("--restarts 1");
    let best = rmse(&several.stdout);
    let first = number_after(&several.stderr, "start 1 of 5: RMSE ");
    assert_eq!(rmse(&alone.stdout), first);
    let ends = (1..=5).map(|n| number_after(&several.stderr, &format!("start {n} of 5: RMSE ")));
    assert_eq!(ends.fold(f64::INFINITY, f64::min), best, "{several:#?}");
    assert!(best < first, "no luck in this test: {several:#?}");
}

#[test]
fn the_time_can_be_limited() {
    let place = Place::new();
    place.table("data.csv");
    let line =
        "fit data.csv --target y --solver adam --epochs 100000000 --patience 100000000 --time 1s";
    place.run(line).exits(0).shows("(the time was up)");
    place.run("predict data.safetensors data.csv").exits(0);
    // Of many starts those that had no time are not begun.
    let line = "fit data.csv --target y --restarts 1000 --threads 2 --solver lm --time 1s";
    let began = std::time::Instant::now();
    let ran = place.run(line).exits(0);
    assert!(began.elapsed().as_secs() < 20, "{ran:#?}");
    let starts = number_after(&ran.stdout, "on the held-out rows after ");
    assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("start ")).count() as f64, starts);
    place.run("fit data.csv --target y --time 0s").exits(2).says("a time such as 30s, 5m or 1h");
}

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

/// The lesson's curve by a solver: thousands of times as good as by Adam.
#[test]
fn demo_sine_by_a_solver() {
    let place = Place::new();
    let ran =
        place.run("demo sine --solver lm --hidden 20 --activation tanh --epochs 300").exits(0);
    assert!(number_after(&ran.stdout, "Mean squared error ") < 1e-9, "{ran:#?}");
    ran.shows(" iterations");
    place.run("demo moons --solver lbfgs --epochs 60").exits(0).shows("samples right");
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
fn unfit_data_is_named() {
    for (text, words) in [
        ("", "is empty"),
        ("x,y\n", "no rows"),
        ("x,y\n1,2\n", "row"),
        ("x,y\n1,2\n3\n4,5\n6,7\n8,9\n", "line 3"),
        ("x,y\n1,2\nabc,4\n5,6\n7,8\n9,1\n", "\"abc\" in column \"x\""),
        ("x,y\n1,2\n3,\n5,6\n7,8\n9,1\n", "missing"),
        ("x,y\n1,NaN\n3,4\n5,6\n7,8\n9,1\n", "line 2"),
        ("x,y\n1,inf\n3,4\n5,6\n7,8\n9,1\n", "not a finite number"),
        ("x,x,y\n1,2,3\n3,4,5\n5,6,7\n7,8,9\n", "two columns named \"x\""),
        ("x,z\n1,2\n3,4\n5,6\n7,8\n", "there is no column \"y\""),
        ("x,y\n1,2\n3,2\n5,2\n7,2\n9,2\n", "the same value in every"),
        ("y\n1\n2\n3\n4\n5\n", "input"),
        ("x;y\n1,5;2\n2,5;3\n3,5;4\n4,5;5\n", "has a comma"),
        ("\u{0}\u{1}\u{2}\u{ff}", ""),
    ] {
        let place = Place::new();
        place.write("data.csv", text);
        let ran = place.run("fit data.csv --target y").exits(3).says(words);
        assert!(ran.stderr.starts_with("error: "), "{ran:#?}");
        assert!(!place.path("data.safetensors").exists());
    }
}

#[test]
fn a_wrong_target_comes_with_the_right_one() {
    let place = Place::new();
    place.write("data.csv", "flow,pressure\n1,2\n2,3\n3,5\n4,4\n");
    place.run("fit data.csv --target Flow").exits(3).says("did you mean \"flow\"");
    place.run("fit data.csv --target flow,flow").exits(3);
    place.run("fit data.csv --target flow,pressure").exits(3).says("input");
}

#[test]
fn a_constant_input_is_left_out_and_said() {
    let place = Place::new();
    let rows: String = (0..40).map(|i| format!("{i},7,{}\n", i * i)).collect();
    place.write("data.csv", format!("x,k,y\n{rows}"));
    place.run("fit data.csv --target y --epochs 50").exits(0).shows("k");
    place.write("new.csv", "x\n3\n");
    place.run("predict data.safetensors new.csv").exits(0);
}

#[test]
fn files_that_are_not_there_or_not_files() {
    let place = Place::new();
    place.run("fit nothing.csv --target y").exits(3).says("there is no file nothing.csv");
    place.run("fit . --target y").exits(3).says("is a folder");
    place.run("info nothing.safetensors").exits(1).says("nothing.safetensors");
    place.table("data.csv");
    place.run("fit data.csv --target y --out no/such/folder/m.safetensors").exits(1).says("no");
    place.write("occupied", "a file");
    place.run("demo sine --epochs 10 --out occupied").exits(1).says("occupied");
    place.run("info data.csv").exits(1).says("data.csv");
}

#[test]
fn broken_models_are_refused() {
    let place = Place::new();
    place.table("data.csv");
    place.run("fit data.csv --target y --epochs 5 --hidden 4").exits(0);
    let model = fs::read(place.path("data.safetensors")).unwrap();
    for length in [0, 1, 7, 8, 9, 100, model.len() / 2, model.len() - 1] {
        place.write("cut.safetensors", &model[..length]);
        place.run("info cut.safetensors").exits(1).says("cut.safetensors");
        place.run("predict cut.safetensors data.csv").exits(1);
    }
}

#[test]
fn a_table_that_lacks_a_column_is_named() {
    let place = Place::new();
    place.table("data.csv");
    place.run("fit data.csv --target y --epochs 5").exits(0);
    place.write("new.csv", "x1,X_2\n1,2\n");
    place.run("predict data.safetensors new.csv").exits(3).says("\"x2\"");
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

#[test]
fn what_is_read_is_never_overwritten() {
    let place = Place::new();
    place.table("data.csv");
    let before = fs::read(place.path("data.csv")).unwrap();
    place.run("fit data.csv --target y --epochs 3 --out data.csv").exits(2).says("another name");
    place.run("fit data.csv --target y --epochs 3").exits(0);
    let model = fs::read(place.path("data.safetensors")).unwrap();
    place.run("predict data.safetensors data.csv --out ./data.csv").exits(2).says("another name");
    place.run("predict data.safetensors data.csv --out data.safetensors").exits(2);
    assert_eq!(fs::read(place.path("data.csv")).unwrap(), before);
    assert_eq!(fs::read(place.path("data.safetensors")).unwrap(), model);
    place.run("fit data.csv --target y --epochs 3").exits(0).shows("in place of an older file");
}

#[test]
fn columns_can_be_left_out_and_have_commas_in_their_names() {
    let place = Place::new();
    let rows: String = (0..40).map(|i| format!("row {i},{i},,{}\n", i * i)).collect();
    place.write("data.csv", format!("id,x,gap,\"y, mean\"\n{rows}"));
    let fit = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule"));
        command.args(["fit", "data.csv", "--epochs", "5"]).args(arguments);
        Ran::new("fit", command.current_dir(place.0.path()).output().unwrap())
    };
    fit(&["--target", "y, mean"]).exits(3).says("\"row 0\" in column \"id\"");
    fit(&["--target", "y, mean", "--without", "id,gap"]).exits(0);
    fit(&["--target", "y, mean", "--without", "id,hap"]).exits(3).says("did you mean \"gap\"");
}

#[test]
fn names_can_do_nothing_to_a_terminal() {
    let place = Place::new();
    let rows: String = (0..40).map(|i| format!("{i},{}\n", i * i)).collect();
    place.write("data.csv", format!("x\u{1b}]0;owned\u{7},y\n{rows}"));
    let fitted = place.run("fit data.csv --target y --epochs 5").exits(0);
    let told = place.run("info data.safetensors").exits(0);
    for text in [fitted.stdout, told.stdout] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{text:?}");
    }
}

#[test]
fn a_very_wide_table_does_without_the_linear_regression() {
    let place = Place::new();
    let line = |f: &dyn Fn(usize) -> String| (0..1500).map(f).collect::<Vec<_>>().join(",") + "\n";
    let rows: String = (0..12).map(|i| line(&|j| ((i * 7 + j * 3) % 11).to_string())).collect();
    place.write("data.csv", line(&|j| format!("c{j}")) + &rows);
    let ran = place.run("fit data.csv --target c0 --epochs 2 --hidden 4").exits(0);
    assert!(ran.shows("no linear regression").stdout.contains("mean"));
}

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
    for command in ["demo", "fit", "predict", "info"] {
        place.run(&format!("{command} --help")).exits(0).shows("chainrule");
    }
    place.run("--version").exits(0).shows(env!("CARGO_PKG_VERSION"));
}

/// Ctrl-C ends the training, keeps the best so far, and exits with 130.
#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_best() {
    use std::{process::Stdio, thread, time::Duration};
    let place = Place::new();
    place.table("data.csv");
    let child = Command::new(env!("CARGO_BIN_EXE_chainrule"))
        .args(
            "fit data.csv --target y --solver adam --epochs 100000000 --patience 100000000"
                .split(' '),
        )
        .current_dir(place.0.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(2));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    Ran::new("fit, then Ctrl-C", output).exits(130).says("interrupted");
    place.run("predict data.safetensors data.csv").exits(0);
}
