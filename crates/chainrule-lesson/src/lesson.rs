use crate::{Language, json, page, text};
use chainrule::trace::Trace;
use serde_json::Value;

/// A trace with the words that go with it.
#[derive(Clone, Debug)]
pub struct Lesson<'a> {
    pub(crate) title: String,
    pub(crate) trace: &'a Trace,
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
    pub(crate) rows: Vec<String>,
    pub(crate) notes: Vec<String>,
}

impl<'a> Lesson<'a> {
    /// Under this title.
    pub fn new(title: impl Into<String>, trace: &'a Trace) -> Self {
        let (inputs, outputs, rows, notes) = (vec![], vec![], vec![], vec![]);
        Self { title: title.into(), trace, inputs, outputs, rows, notes }
    }

    /// The names of the columns of x.
    pub fn inputs(mut self, names: Vec<String>) -> Self {
        self.inputs = names;
        self
    }

    /// The names of the columns of y.
    pub fn outputs(mut self, names: Vec<String>) -> Self {
        self.outputs = names;
        self
    }

    /// The names of the rows of the batch.
    pub fn rows(mut self, names: Vec<String>) -> Self {
        self.rows = names;
        self
    }

    /// One more sentence about where the network and the batch come from.
    pub fn note(mut self, sentence: impl Into<String>) -> Self {
        self.notes.push(sentence.into());
        self
    }

    /// To read in a terminal.
    pub fn text(&self, language: Language) -> String {
        text::write(self, language)
    }

    /// One HTML file with formulas, to read in a browser.
    pub fn html(&self, language: Language) -> String {
        page::render(self, language)
    }

    /// For programs: `docs/trace.md` of the project describes it.
    pub fn json(&self) -> Value {
        json::object(self)
    }
}
