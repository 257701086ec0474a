//! A report as one HTML file, which needs nothing else: no script, no picture, no font from outside.
//!
//! ```text
//! title
//! contents            one link for each section
//! section             paragraphs, facts, tables, charts, code, notices, in the order given
//! ```
//!
//! It is read in the light and in the dark, on a phone, on paper and by a screen reader. All words
//! that are handed in are text, never markup.
//!
//! ```
//! use chainrule_report::{Labels, Page, Section, Series, chart};
//!
//! let (x, y) = ([0.0, 1.0], [0.0, 1.0]);
//! let labels = Labels { title: "A line", x: "x", y: "y" };
//! let series = Series::new("samples", &x, &y);
//! let chart = chart::fit(labels, series, None, series)?;
//! let section = Section::new("How well it fits")
//!     .paragraph("The error is 0.1 on rows that the network has not seen.")
//!     .chart(chart, "The prediction lies on the samples.");
//! let html = Page::new("A model <of> houses", "en").section(section).render();
//! assert!(html.contains("<h1 dir=\"auto\">A model &lt;of&gt; houses</h1>"));
//! # Ok::<(), chainrule_report::Error>(())
//! ```

mod escape;
mod picture;
mod section;
mod style;
mod table;
mod words;

pub use escape::escape;
pub use section::{Kind, Section};
pub use style::css;
pub use table::Table;
pub use words::Words;

use std::fmt::Write;

use crate::Chart;
use escape::language_tag;

/// A chart as the page shows it, for a page that is written elsewhere with [`css`]: the picture, what it shows in a
/// sentence, and its numbers. `number` makes its names unique in the page.
pub fn figure(chart: &Chart, alternative: &str, number: usize, words: &Words) -> String {
    let mut html = String::new();
    picture::write(&mut html, chart, alternative, number, words);
    html
}

/// A report on a model.
#[derive(Debug, Clone)]
pub struct Page {
    title: String,
    language: String,
    words: Words,
    lead: Vec<String>,
    sections: Vec<Section>,
}

impl Page {
    /// An empty page. `language` is that of its words as a tag of BCP 47, for instance `en` or
    /// `zh-CN`; the few words of the page's own are Chinese for `zh` and English for all others.
    pub fn new(title: impl Into<String>, language: &str) -> Self {
        let (title, language) = (title.into(), language_tag(language));
        let words = Words::of_language(&language);
        Self { title, language, words, lead: vec![], sections: vec![] }
    }

    /// The page's own words in place of those of its language.
    pub fn words(mut self, words: Words) -> Self {
        self.words = words;
        self
    }

    /// A paragraph between the title and the contents.
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.lead.push(text.into());
        self
    }

    /// One more section.
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// The page as HTML, which is well-formed XML, too.
    pub fn render(&self) -> String {
        let mut html = String::new();
        // Writing to a string cannot fail, here and below.
        let _ = write!(
            html,
            "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta name=\"color-scheme\" content=\"light dark\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'; img-src data:\"/>\n\
             <link rel=\"icon\" href=\"data:,\"/>\n<title>{title}</title>\n\
             <style>\n{style}</style>\n</head>\n<body>\n<header>\n<h1 dir=\"auto\">{title}</h1>\n",
            language = self.language,
            title = escape(&self.title),
            style = style::css(),
        );
        for text in &self.lead {
            let _ = writeln!(html, "<p dir=\"auto\">{}</p>", escape(text));
        }
        html.push_str("</header>\n");
        self.contents(&mut html);
        html.push_str("<main>\n");
        // Of the page's charts and tables, each has a number of its own.
        let mut number = 0;
        for (i, section) in self.sections.iter().enumerate() {
            section.write(&mut html, i + 1, &mut number, &self.words);
        }
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }

    fn contents(&self, html: &mut String) {
        if self.sections.is_empty() {
            return;
        }
        let heading = escape(&self.words.contents);
        let _ = write!(
            html,
            "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">{heading}</h2>\n<ol>\n"
        );
        for (i, section) in self.sections.iter().enumerate() {
            let (anchor, heading) = (i + 1, escape(section.heading()));
            let _ =
                writeln!(html, "<li><a href=\"#section-{anchor}\" dir=\"auto\">{heading}</a></li>");
        }
        html.push_str("</ol>\n</nav>\n");
    }
}
