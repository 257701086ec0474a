//! The book in `docs/book`, in English and in Chinese: how it is built, and what must be true of it.

mod chapter;
mod formula;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::Task;
use crate::command::{program, root, run, succeeds};
use crate::generate;
use chapter::Chapter;

/// This task, as `cargo xtask help` shows it.
pub(crate) const TASK: Task = Task {
    name: "book",
    about: "builds the book for the browser, in target/book",
    details: || format!("needs mdBook: {INSTALL}\n"),
    run: |_| {
        check()?;
        ensure!(build()?, "there is no mdBook on the PATH; install it with `{INSTALL}`");
        println!("The book is in target/book/en/index.html and target/book/zh/index.html");
        Ok(())
    },
};

/// The same for what mdBook calls.
pub(crate) const FORMULAS: Task = Task {
    name: "book-formulas",
    about: "the formulas of the book as MathML: called by mdBook, not by people",
    details: String::new,
    run: preprocess,
};

/// How one comes by mdBook; written for version 0.5.4.
pub(crate) const INSTALL: &str = "cargo install mdbook --locked";

const LANGUAGES: [&str; 2] = ["en", "zh"];

/// The pictures' folder, beside the chapters of each language.
pub(crate) const FIGURES: &str = "figures";

/// The folder of the chapters in a language.
pub(crate) fn chapters_of(language: &str) -> PathBuf {
    root().join("docs/book").join(language).join("src")
}

/// Builds the book in all languages; `false` where there is no mdBook.
pub(crate) fn build() -> Result<bool> {
    if !succeeds(program("mdbook").arg("--version")) {
        return Ok(false);
    }
    for language in LANGUAGES {
        let target = root().join("target/book").join(language);
        let book = format!("docs/book/{language}");
        run(program("mdbook").args(["build", &book, "--dest-dir"]).arg(target))?;
    }
    Ok(true)
}

/// Checks all that does not need mdBook.
///
/// # Errors
/// The first thing that is wrong, with its chapter.
pub(crate) fn check() -> Result<()> {
    let tested = read(&root().join("crates/chainrule/src/book.rs"))?;
    let contents = LANGUAGES.map(contents);
    let [en, zh] = contents;
    let (en, zh) = (en?, zh?);
    ensure!(!en.is_empty(), "docs/book/en/src/SUMMARY.md lists no chapter");
    ensure!(en == zh, "the chapters in English are {en:?}, those in Chinese {zh:?}");
    for name in &en {
        ensure!(tested.contains(name.as_str()), "crates/chainrule/src/book.rs does not run {name}");
        let [en, zh] = LANGUAGES.map(|language| check_chapter(language, name));
        same_code(&en?, &zh?).with_context(|| format!("{name}, in English and in Chinese"))?;
    }
    let styles =
        LANGUAGES.map(|language| read(&root().join("docs/book").join(language).join("book.css")));
    let [en, zh] = styles;
    ensure!(en? == zh?, "docs/book/en/book.css and docs/book/zh/book.css differ");
    Ok(())
}

/// The files that SUMMARY.md names, which are all that there are.
fn contents(language: &str) -> Result<Vec<String>> {
    let folder = chapters_of(language);
    let listed = Chapter::read(&read(&folder.join("SUMMARY.md"))?).links;
    let mut present = BTreeSet::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") && name != "SUMMARY.md" {
            present.insert(name);
        }
    }
    let summary: BTreeSet<String> = listed.iter().cloned().collect();
    ensure!(
        summary == present,
        "docs/book/{language}/src/SUMMARY.md lists {summary:?}, and the chapters are {present:?}"
    );
    Ok(listed)
}

/// Formulas, links and languages of the code of a chapter.
fn check_chapter(language: &str, name: &str) -> Result<Chapter> {
    let folder = chapters_of(language);
    let text = read(&folder.join(name))?;
    let place = || format!("docs/book/{language}/src/{name}");
    formula::convert(&text).with_context(place)?;
    let chapter = Chapter::read(&text);
    for link in &chapter.links {
        ensure!(folder.join(link).is_file(), "{}: there is no {link}", place());
    }
    for code in &chapter.code {
        let known = ["rust", "python", "text", "sh", "toml"];
        ensure!(
            known.contains(&code.language.as_str()),
            "{}: a block of code is marked {:?}, which is none of {known:?}:\n{}",
            place(),
            code.language,
            code.text
        );
    }
    Ok(chapter)
}

/// The code is the same but for its comments.
fn same_code(en: &Chapter, zh: &Chapter) -> Result<()> {
    let kinds = |chapter: &Chapter| -> Vec<String> {
        chapter.code.iter().map(|code| code.language.clone()).collect()
    };
    let (left, right) = (kinds(en), kinds(zh));
    ensure!(left == right, "the blocks of code are {left:?} and {right:?}");
    for (left, right) in en.code.iter().zip(&zh.code) {
        let (left, right) = (left.without_comments(), right.without_comments());
        if left != right {
            let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
            let pair = left.lines().zip(right.lines()).find(|(left, right)| left != right);
            let (left, right) = pair.unwrap_or((&left, &right));
            bail!("the code differs:\n  {left}\n  {right}");
        }
    }
    Ok(())
}

/// What mdBook calls: with `supports RENDERER`, or with the book as JSON on the standard input.
fn preprocess(arguments: &[String]) -> Result<()> {
    if arguments.first().is_some_and(|argument| argument == "supports") {
        return Ok(());
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let input: Value = serde_json::from_str(&text)
        .context("mdBook calls this task, with the book on the standard input")?;
    let Value::Array(mut pair) = input else { bail!("mdBook sends a list of two") };
    ensure!(pair.len() == 2, "mdBook sends its settings and the book");
    let mut book = pair.remove(1);
    convert_chapters(&mut book)?;
    io::stdout().write_all(serde_json::to_string(&book)?.as_bytes())?;
    Ok(())
}

/// Converts the text of every chapter, wherever it is: mdBook 0.4 and 0.5 keep them in lists of other names.
fn convert_chapters(value: &mut Value) -> Result<()> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(convert_chapters),
        Value::Object(fields) => {
            let name = fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            if let Some(Value::String(content)) = fields.get_mut("content") {
                *content = formula::convert(content)
                    .with_context(|| format!("in the chapter \"{name}\""))?;
            }
            fields.iter_mut().try_for_each(|(_, inner)| convert_chapters(inner))
        }
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} can not be read", path.display()))
}

/// The pictures of the book, drawn by an example of `chainrule-report`.
pub(crate) const PICTURES: generate::Generator = generate::Generator {
    example: "book_figures",
    files: || {
        let mut files = Vec::new();
        for language in LANGUAGES {
            let folder = chapters_of(language).join(FIGURES);
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries {
                let name = entry?.file_name().to_string_lossy().into_owned();
                files.push(format!("docs/book/{language}/src/{FIGURES}/{name}"));
            }
        }
        files.sort();
        Ok(files)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn chapters_are_converted_in_both_forms_of_a_book() {
        for list in ["items", "sections"] {
            let chapter = |content: &str, inner: Value| json!({"Chapter": {"name": "one", "content": content, "sub_items": inner}});
            let inner = chapter("$y$", json!([]));
            let mut book = json!({ list: ["Separator", chapter("$x$", json!([inner]))] });
            convert_chapters(&mut book).unwrap();
            let text = book.to_string();
            assert_eq!(text.matches("<math").count(), 2, "{text}");
            assert!(!text.contains('$'), "{text}");
        }
        let mut book = json!({"items": [{"Chapter": {"name": "two", "content": "$\\frac{1}$"}}]});
        let error = format!("{:#}", convert_chapters(&mut book).unwrap_err());
        assert!(error.contains("\"two\"") && error.contains("frac"), "{error}");
    }
}
