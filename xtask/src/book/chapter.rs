//! What a chapter contains, as far as it can be checked.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::formula::options;

/// The parts of a chapter.
#[derive(Debug, Default)]
pub(super) struct Chapter {
    /// Where links and pictures lead, without what stands behind a `#`; other sites are left out.
    pub(super) links: Vec<String>,
    pub(super) code: Vec<Code>,
}

/// A block of code.
#[derive(Debug, PartialEq)]
pub(super) struct Code {
    /// The language that stands behind its fence.
    pub(super) language: String,
    pub(super) text: String,
}

impl Chapter {
    pub(super) fn read(markdown: &str) -> Self {
        let mut chapter = Self::default();
        let mut language = None;
        let link = |target: &str| {
            let file = target.split('#').next().unwrap_or_default();
            (!file.is_empty() && !file.contains("://")).then(|| file.to_owned())
        };
        for event in Parser::new_ext(markdown, options()) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    chapter.links.extend(link(&dest_url));
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let name = match kind {
                        CodeBlockKind::Fenced(name) => name.to_string(),
                        CodeBlockKind::Indented => "indented".to_owned(),
                    };
                    language = Some(name.clone());
                    chapter.code.push(Code { language: name, text: String::new() });
                }
                Event::End(TagEnd::CodeBlock) => language = None,
                Event::Text(text) if language.is_some() => {
                    if let Some(code) = chapter.code.last_mut() {
                        code.text += &text;
                    }
                }
                _ => {}
            }
        }
        chapter
    }
}

impl Code {
    /// The code without its comments, which are in the language of the book; none where all of it is.
    pub(super) fn without_comments(&self) -> Option<String> {
        let comment = match self.language.as_str() {
            "rust" => "//",
            "python" => "#",
            _ => return None,
        };
        let line = |line: &str| line[..start_of_comment(line, comment)].trim_end().to_owned();
        let lines: Vec<String> =
            self.text.lines().map(line).filter(|line| !line.is_empty()).collect();
        Some(lines.join("\n"))
    }
}

/// Where the comment of a line begins; its end where there is none.
fn start_of_comment(line: &str, comment: &str) -> usize {
    let mut in_string = false;
    let mut skip: Range<usize> = 0..0;
    for (place, sign) in line.char_indices() {
        if skip.contains(&place) {
            continue;
        }
        match sign {
            '\\' if in_string => skip = place..place + 2,
            '"' => in_string = !in_string,
            _ if !in_string && line[place..].starts_with(comment) => return place,
            _ => {}
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_code_are_found() {
        let text = "[a](b.md#c) ![f](figures/f.svg) [w](https://example.org)\n\n```rust\nlet a = 1; // one\n```\n";
        let chapter = Chapter::read(text);
        assert_eq!(chapter.links, ["b.md", "figures/f.svg"]);
        assert_eq!(chapter.code.len(), 1);
        assert_eq!(chapter.code[0].without_comments().unwrap(), "let a = 1;");
    }

    #[test]
    fn a_comment_is_no_part_of_a_string() {
        assert_eq!(start_of_comment(r#"let a = "\"//"; // b"#, "//"), 16);
        assert_eq!(start_of_comment("let a = 1;", "//"), 10);
    }
}
