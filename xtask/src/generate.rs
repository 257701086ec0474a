//! `cargo xtask generate`: files that the project's own programs write, and whether they are as those would write them.
//!
//! A picture holds numbers that a training found. On another kind of processor they may differ in the last digits, so
//! numbers may differ by a little; everything else is compared to the letter.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::Task;
use crate::book;
use crate::command::{built_example, cargo, program, root, run};

/// This task, as `cargo xtask help` shows it.
pub(crate) const TASK: Task = Task {
    name: "generate",
    about: "writes the pictures of the book",
    details: || "--check only compares them with what would be written\n".to_owned(),
    run: |arguments| match arguments {
        [] => generate(),
        [argument] if argument == "--check" => check(),
        _ => bail!("`generate` takes --check or nothing"),
    },
};

/// A program that writes files.
pub(crate) struct Generator {
    /// An example of one of the crates, which is given the folder below which it writes.
    pub(crate) example: &'static str,
    /// The files that there are, from the root of the project.
    pub(crate) files: fn() -> Result<Vec<String>>,
}

const GENERATORS: &[Generator] = &[book::PICTURES];

/// Numbers may differ by this much, in the units of a picture that is 600 wide.
const TOLERANCE: f64 = 3.0;

fn generate() -> Result<()> {
    GENERATORS.iter().try_for_each(|generator| write(generator, &root()))
}

/// Writes everything into a folder of its own and compares.
///
/// # Errors
/// With the command that puts it right, where a file differs, is missing or is one too many.
pub(crate) fn check() -> Result<()> {
    const REMEDY: &str = "to write it again: cargo xtask generate";
    let fresh = root().join("target/generated");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).context("target/generated can not be removed")?;
    }
    for generator in GENERATORS {
        write(generator, &fresh)?;
        let present = (generator.files)()?;
        let mut written = Vec::new();
        list(&fresh, &fresh, &mut written)?;
        written.sort();
        ensure!(
            written == present,
            "the generated files are {present:?}, but would be {written:?}; {REMEDY}"
        );
        for file in &written {
            let (new, old) =
                (fs::read_to_string(fresh.join(file))?, fs::read_to_string(root().join(file))?);
            ensure!(alike(&new, &old), "{file} is not what would be written; {REMEDY}");
        }
    }
    Ok(())
}

fn write(generator: &Generator, folder: &Path) -> Result<()> {
    let example = generator.example;
    run(&mut cargo(&format!("build --workspace --example {example}")))?;
    run(program(built_example(example)?).arg(folder))
}

/// All files below `folder`, as paths from `base` with slashes.
fn list(base: &Path, folder: &Path, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(base, &path, files)?;
        } else {
            let parts: Vec<_> =
                path.strip_prefix(base)?.iter().map(|part| part.to_string_lossy()).collect();
            files.push(parts.join("/"));
        }
    }
    Ok(())
}

/// The same text, and numbers that hardly differ.
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (pieces(a), pieces(b));
    let same = |(a, b): (&&str, &&str)| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= TOLERANCE,
        _ => a == b,
    };
    a.len() == b.len() && a.iter().zip(&b).all(same)
}

/// The text cut into numbers and what is between them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut in_number) = (0, false);
    for (place, sign) in text.char_indices() {
        let of_number = sign.is_ascii_digit() || sign == '.' || sign == '-';
        if of_number != in_number {
            pieces.push(&text[start..place]);
            (start, in_number) = (place, of_number);
        }
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_differ_a_little_and_words_not_at_all() {
        assert!(alike("<a x=\"1.5\"/>", "<a x=\"1.52\"/>"));
        assert!(!alike("<a x=\"1.5\"/>", "<a x=\"9.5\"/>"));
        assert!(!alike("<a x=\"1.5\"/>", "<b x=\"1.5\"/>"));
        assert!(!alike("1 2", "1 2 3"));
    }
}
