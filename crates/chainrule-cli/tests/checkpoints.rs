//! A fit that is broken off, by Ctrl-C or by force, goes on and ends with the same model file.

#![cfg(unix)]

use chainrule_tabular::Checkpoint;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A folder with a small table.
struct Place(TempDir);

const FIT: &str = "fit t.csv --target y --solver adam --hidden 8 --batch-size 16 --folds 3 --epochs 60 --patience 1000 \
                   --quiet --checkpoint-every 1";

impl Place {
    fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        let mut text = "x1,x2,y\n".to_owned();
        for i in 0..10 {
            for j in 0..10 {
                let (a, b) = (f64::from(i) * 0.3 - 1.4, f64::from(j) * 0.3 - 1.4);
                text += &format!("{a},{b},{}\n", 2.0 * a - b + a * b);
            }
        }
        fs::write(place.path("t.csv"), text).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule"));
        command.args(line.split_whitespace()).current_dir(self.0.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    #[track_caller]
    fn succeeds(&self, line: &str) -> Output {
        let output = self.run(line);
        assert!(output.status.success(), "{output:?}");
        output
    }

    /// The model of the fit that nothing disturbs.
    fn whole(&self) -> Vec<u8> {
        self.succeeds(
            &format!("{FIT} --out whole.safetensors").replace("--checkpoint-every 1", ""),
        );
        fs::read(self.path("whole.safetensors")).unwrap()
    }
}

/// Waits until the file is there.
fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "no {}", path.display());
        thread::sleep(Duration::from_millis(1));
    }
}

/// The signal, by the command of the system.
fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn ctrl_c_writes_a_checkpoint_to_go_on_from() {
    let place = Place::new();
    for threads in [1, 2] {
        let fit = format!(
            "{FIT} --epochs 4000 --threads {threads} --checkpoint c --checkpoint-every 1h --out m"
        )
        .replace("--epochs 60 ", "")
        .replace("--checkpoint-every 1 ", "");
        let whole = fit.replace("--checkpoint c --checkpoint-every 1h", "");
        let started = Instant::now();
        place.succeeds(&whole);
        let half = started.elapsed() / 2;
        let expected = fs::read(place.path("m")).unwrap();
        let child = place.command(&fit).spawn().unwrap();
        thread::sleep(half);
        signal(&child, "INT");
        let output = child.wait_with_output().unwrap();
        if output.status.code() == Some(130) {
            assert!(place.path("c").exists(), "{output:?}");
            let text = stderr(&output);
            assert!(text.contains("--resume") || text.contains("before anything"), "{text}");
            let refused = place.run(&fit);
            assert_eq!(refused.status.code(), Some(2));
            assert!(stderr(&refused).contains("is there already: go on from it with --resume"));
        }
        place.succeeds(&format!("{fit} --resume"));
        assert_eq!(fs::read(place.path("m")).unwrap(), expected);
        fs::remove_file(place.path("c")).unwrap();
    }
}

/// The old or the new checkpoint is there after each kill, and the last one leads to the same model. `CHAINRULE_KILLS`
/// sets how often.
#[test]
fn a_killed_fit_goes_on() {
    let kills = std::env::var("CHAINRULE_KILLS").map_or(50, |kills| kills.parse().unwrap());
    let place = Place::new();
    let whole = place.whole();
    let fit = format!("{FIT} --checkpoint c --resume --out m --threads 2");
    let (checkpoint, mut killed, mut finished) = (place.path("c"), 0, 0);
    // A linear congruential generator: the numbers only have to differ.
    let mut random = 1u32;
    while killed < kills {
        let mut child = place.command(&fit).spawn().unwrap();
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        thread::sleep(Duration::from_micros(u64::from(random >> 16)));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        if output.status.success() {
            assert_eq!(fs::read(place.path("m")).unwrap(), whole, "after {killed} kills");
            finished += 1;
            fs::remove_file(&checkpoint).unwrap();
            continue;
        }
        assert_eq!(output.status.code(), None, "{output:?}");
        killed += 1;
        if checkpoint.exists() {
            Checkpoint::load(&checkpoint).unwrap();
        }
    }
    place.succeeds(&fit);
    assert_eq!(fs::read(place.path("m")).unwrap(), whole, "{finished} finished");
}

#[test]
fn what_does_not_fit_is_refused() {
    let place = Place::new();
    let fit = format!("{FIT} --checkpoint c --out m");
    place.succeeds(&fit);
    for (line, code, words) in [
        (format!("{fit} --resume --seed 1"), 2, "the seed was 0 there, and is 1 here"),
        (format!("{FIT} --checkpoint m --out m"), 2, "would write over m"),
        (format!("{FIT} --checkpoint t.csv --out m"), 2, "would write over t.csv"),
        (format!("{FIT} --checkpoint no/c --out m"), 1, "there is no folder"),
        (format!("{FIT} --checkpoint m --resume --out n"), 1, "but no checkpoint of a fit"),
        (format!("{FIT} --out n"), 2, "--checkpoint <FILE>"),
    ] {
        let output = place.run(&line);
        assert_eq!(output.status.code(), Some(code), "{line}: {output:?}");
        assert!(stderr(&output).contains(words), "{line}: {output:?}");
    }
    let mut bytes = fs::read(place.path("c")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(place.path("c"), bytes).unwrap();
    let output = place.run(&format!("{fit} --resume"));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("or it is damaged"), "{output:?}");
}

/// A folder that vanishes, or is closed, while the fit runs.
#[test]
fn a_checkpoint_that_can_not_be_written_ends_the_fit() {
    let place = Place::new();
    let folder = place.path("folder");
    fs::create_dir(&folder).unwrap();
    let fit =
        format!("{FIT} --checkpoint folder/c --out m").replace("--epochs 60", "--epochs 100000");
    let child = place.command(&fit).spawn().unwrap();
    wait_for(&folder.join("c"));
    fs::rename(&folder, place.path("elsewhere")).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let expected = "the checkpoint could not be written, and the fit has ended: folder/c";
    assert!(stderr(&output).contains(expected), "{output:?}");
    Checkpoint::load(&place.path("elsewhere").join("c")).unwrap();
}

/// The system allows files of a few bytes only, as a full disk does: the checkpoint of before is intact.
#[test]
fn a_full_disk_leaves_the_checkpoint_of_before() {
    let place = Place::new();
    let short = format!("{FIT} --checkpoint c --out m").replace("--epochs 60", "--epochs 3000");
    let child = place.command(&short).spawn().unwrap();
    wait_for(&place.path("c"));
    signal(&child, "KILL");
    child.wait_with_output().unwrap();
    let before = fs::read(place.path("c")).unwrap();
    let names = || {
        let entries = fs::read_dir(place.0.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let there = names();
    let program = env!("CARGO_BIN_EXE_chainrule");
    let limited = format!("trap '' XFSZ; ulimit -f 1; exec {program} {short} --resume");
    let output =
        Command::new("sh").args(["-c", &limited]).current_dir(place.0.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stderr(&output).contains("the checkpoint could not be written"), "{output:?}");
    assert_eq!(fs::read(place.path("c")).unwrap(), before);
    assert_eq!(names(), there);
}

#[test]
fn a_search_fits_the_best_settings_and_goes_on() {
    let place = Place::new();
    let search = "search t.csv --target y --hidden 6 --epochs 20 --folds 3 --trials 4 --seed 1 --json --out s \
                  --checkpoint state";
    let output = place.succeeds(search);
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let trials = object["search"]["trials"].as_array().unwrap();
    assert_eq!(trials.len(), 4, "{object}");
    let losses: Vec<f64> = trials.iter().map(|trial| trial["loss"].as_f64().unwrap()).collect();
    assert!(losses.is_sorted(), "{losses:?}");
    assert!(trials.iter().any(|trial| trial["settings"].is_null()), "{object}");
    assert_eq!(object["model"], "s");
    let model = fs::read(place.path("s")).unwrap();

    // All trials are known already, and the same model comes of them.
    let again = place.succeeds(&format!("{search} --resume"));
    assert_eq!(again.stdout, output.stdout);
    assert_eq!(fs::read(place.path("s")).unwrap(), model);

    let text = place.succeeds("search t.csv --target y --hidden 6 --epochs 20 --trials 3 --out s");
    let shown = String::from_utf8(text.stdout).unwrap();
    for words in ["The best settings", "learning rate", "the default", "Model written: "] {
        assert!(shown.contains(words), "{shown}");
    }
}
