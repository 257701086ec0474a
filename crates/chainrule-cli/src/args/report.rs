use super::Reading;
use clap::ValueEnum;
use std::path::PathBuf;

const REPORT_EXAMPLES: &str = "\
Examples:
  chainrule report pump.safetensors later.csv          writes pump.report.html
  chainrule report pump.safetensors later.csv --out later.html --lang zh
  chainrule fit pump.csv --target flow --report pump.html

The report of `fit` shows the rows that were kept for the scores, and the courses of the trainings; this one shows all
rows of the table that it is given.";

#[derive(Debug, clap::Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub(crate) struct Report {
    /// A model file written by `chainrule fit`
    pub(crate) model: PathBuf,

    /// A table with the inputs and the targets of the model; - for standard input
    pub(crate) data: PathBuf,

    /// The language of headings and sentences; what the model's file tells stays English
    #[arg(long, value_enum, default_value = "en")]
    pub(crate) lang: Language,

    #[command(flatten)]
    pub(crate) reading: Reading,

    /// The HTML file [default: the model's name with the ending .report.html, in the current folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Say nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// A language of reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// English
    #[default]
    En,
    /// Chinese
    Zh,
}

impl Language {
    /// The same for the crate of lessons.
    pub(crate) fn of_lessons(self) -> chainrule_lesson::Language {
        match self {
            Self::En => chainrule_lesson::Language::En,
            Self::Zh => chainrule_lesson::Language::Zh,
        }
    }
}
