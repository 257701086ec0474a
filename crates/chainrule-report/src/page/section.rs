//! The parts of a page.

use std::fmt::Write;

use super::escape::{escape, escape_code};
use super::{Table, Words, picture};
use crate::Chart;

/// A heading and what follows it, in the order in which it was added.
#[derive(Debug, Clone)]
pub struct Section {
    heading: String,
    blocks: Vec<Block>,
}

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All is well.
    Good,
    /// What a reader should know.
    Note,
    /// What a reader should beware of.
    Warning,
}

#[derive(Debug, Clone)]
enum Block {
    Subheading(String),
    Paragraph(String),
    Facts(Vec<(String, String)>),
    Table(Table),
    Chart(Box<Chart>, String),
    Code(String),
    Notice(Kind, String),
}

impl Section {
    /// An empty section.
    pub fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), blocks: vec![] }
    }

    /// A heading within the section.
    pub fn subheading(self, text: impl Into<String>) -> Self {
        self.with(Block::Subheading(text.into()))
    }

    /// A paragraph of text.
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.with(Block::Paragraph(text.into()))
    }

    /// Pairs of a name and what belongs to it. Several calls after each other make one list.
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let fact = (name.into(), value.into());
        if let Some(Block::Facts(facts)) = self.blocks.last_mut() {
            facts.push(fact);
            return self;
        }
        self.with(Block::Facts(vec![fact]))
    }

    /// A table.
    pub fn table(self, table: Table) -> Self {
        self.with(Block::Table(table))
    }

    /// A chart, and what it shows in a sentence for those who cannot see it. Charts that follow each
    /// other stand side by side where there is room.
    pub fn chart(self, chart: Chart, alternative: impl Into<String>) -> Self {
        self.with(Block::Chart(Box::new(chart), alternative.into()))
    }

    /// Lines of code, such as the command that makes the report again.
    pub fn code(self, text: impl Into<String>) -> Self {
        self.with(Block::Code(text.into()))
    }

    /// A verdict in words.
    pub fn notice(self, kind: Kind, text: impl Into<String>) -> Self {
        self.with(Block::Notice(kind, text.into()))
    }

    fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    pub(super) fn heading(&self) -> &str {
        &self.heading
    }

    /// Writes the section with the given anchor; `number` counts the charts and tables of the page.
    pub(super) fn write(
        &self,
        html: &mut String,
        anchor: usize,
        number: &mut usize,
        words: &Words,
    ) {
        let heading = escape(&self.heading);
        let _ = write!(
            html,
            "<section aria-labelledby=\"section-{anchor}\">\n\
             <h2 id=\"section-{anchor}\" dir=\"auto\">{heading}</h2>\n"
        );
        let is_chart = |block: &Block| matches!(block, Block::Chart(..));
        for blocks in self.blocks.chunk_by(|a, b| is_chart(a) && is_chart(b)) {
            let charts = is_chart(&blocks[0]);
            if charts {
                html.push_str("<div class=\"charts\">\n");
            }
            for block in blocks {
                block.write(html, number, words);
            }
            if charts {
                html.push_str("</div>\n");
            }
        }
        html.push_str("</section>\n");
    }
}

impl Block {
    fn write(&self, html: &mut String, number: &mut usize, words: &Words) {
        let _ = match self {
            Self::Subheading(text) => writeln!(html, "<h3 dir=\"auto\">{}</h3>", escape(text)),
            Self::Paragraph(text) => writeln!(html, "<p dir=\"auto\">{}</p>", escape(text)),
            Self::Facts(facts) => {
                html.push_str("<dl>\n");
                for (name, value) in facts {
                    let (name, value) = (escape(name), escape(value));
                    let _ = writeln!(
                        html,
                        "<div><dt dir=\"auto\">{name}</dt><dd dir=\"auto\">{value}</dd></div>"
                    );
                }
                writeln!(html, "</dl>")
            }
            Self::Table(table) => {
                *number += 1;
                table.write(html, *number);
                Ok(())
            }
            Self::Chart(chart, alternative) => {
                *number += 1;
                picture::write(html, chart, alternative, *number, words);
                Ok(())
            }
            Self::Code(text) => {
                let text = escape_code(text);
                writeln!(html, "<pre tabindex=\"0\" dir=\"ltr\"><code>{text}</code></pre>")
            }
            Self::Notice(kind, text) => {
                let (class, sign) = match kind {
                    Kind::Good => ("good", "✓"),
                    Kind::Note => ("note", "i"),
                    Kind::Warning => ("warning", "!"),
                };
                let text = escape(text);
                writeln!(
                    html,
                    "<div class=\"notice {class}\" role=\"note\"><span aria-hidden=\"true\">{sign}</span>\
                     <p dir=\"auto\">{text}</p></div>"
                )
            }
        };
    }
}
