//! A folder with a few files, in which commands are run, and what came of them.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        is_there(&self.path(name))
    }

    /// `chainrule` in this folder, still without arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule"));
        command.current_dir(self.0.path());
        command
    }

    /// Runs `chainrule` with these words, which may not hold blanks.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_with(None, line)
    }

    /// The same with these instructions.
    pub(crate) fn run_with(&self, kernel: Option<&str>, line: &str) -> Ran {
        let mut command = self.command();
        command.envs(kernel.map(|kernel| ("CHAINRULE_KERNEL", kernel)));
        Ran::new(line, command.args(line.split_whitespace()).output().unwrap())
    }

    /// The same with arguments that may hold blanks.
    pub(crate) fn run_words(&self, words: &[&str]) -> Ran {
        Ran::new(&words.join(" "), self.command().args(words).output().unwrap())
    }

    /// The same with this on standard input.
    pub(crate) fn pipe(&self, input: impl AsRef<[u8]>, line: &str) -> Ran {
        let mut command = self.command();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.args(line.split_whitespace()).spawn().unwrap();
        // A command that does not read its input to the end is judged by what it says.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        Ran::new(line, child.wait_with_output().unwrap())
    }

    /// y = 2x₁ − x₂ + x₁x₂ on a grid, which no straight line fits.
    pub(crate) fn table(&self, name: &str) -> PathBuf {
        let mut text = "x1,x2,y\n".to_owned();
        for i in 0..15 {
            for j in 0..15 {
                let (a, b) = (f64::from(i) * 0.2 - 1.4, f64::from(j) * 0.2 - 1.4);
                text += &format!("{a},{b},{}\n", 2.0 * a - b + a * b);
            }
        }
        self.write(name, text)
    }

    /// Two kinds, `inner` and `outer`, by the distance from the middle; a colour that says nothing.
    pub(crate) fn classes(&self, name: &str) -> PathBuf {
        let mut text = "x1,x2,colour,kind\n".to_owned();
        for i in 0..14 {
            for j in 0..14 {
                let (a, b) = (f64::from(i) * 0.2 - 1.3, f64::from(j) * 0.2 - 1.3);
                let kind = if a * a + b * b < 1.0 { "inner" } else { "outer" };
                let colour = ["red", "green", "blue"][(i as usize * 5 + j as usize * 3) % 3];
                text += &format!("{a:.1},{b:.1},{colour},{kind}\n");
            }
        }
        self.write(name, text)
    }

    /// A small model of [`Place::table`], soon trained.
    pub(crate) fn model(&self) {
        self.table("data.csv");
        self.run(
            "fit data.csv --target y --solver lm --hidden 6 --epochs 40 --folds 3 --restarts 1",
        )
        .exits(0);
    }

    /// A small model of [`Place::classes`], soon trained.
    pub(crate) fn classifier(&self) {
        self.classes("kinds.csv");
        let fit = "fit kinds.csv --target kind --solver lbfgs --hidden 8 --epochs 60 --folds 3 \
                   --restarts 1 --activation tanh";
        self.run(fit).exits(0);
    }
}

/// What came of a command.
#[derive(Debug)]
#[allow(dead_code, reason = "the line is for the messages of failed tests")]
pub(crate) struct Ran {
    line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn new(line: &str, output: Output) -> Self {
        Self {
            line: line.to_owned(),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "no \"{words}\" in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn shows(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "no \"{words}\" in {self:#?}");
        self
    }

    /// Standard output, which is to be one object on one line.
    #[track_caller]
    pub(crate) fn object(&self) -> serde_json::Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:#?}");
        let object: serde_json::Value = serde_json::from_str(&self.stdout).unwrap();
        assert_eq!(object["schema_version"], 1, "{self:#?}");
        object
    }
}

pub(crate) fn is_there(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.len() > 0)
}

/// The number after these words.
#[track_caller]
pub(crate) fn number_after(text: &str, words: &str) -> f64 {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("no \"{words}\" in {text}"));
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

/// The error of the model in the table of the scores.
#[track_caller]
pub(crate) fn rmse(text: &str) -> f64 {
    number_after(text.split_once("RMSE").unwrap().1, "\n  model")
}
