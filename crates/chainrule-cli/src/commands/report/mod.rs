//! `chainrule report`: one HTML file that tells how good a model is, what it depends on and how it came about.
//!
//! | file | section |
//! |---|---|
//! | `summary` | the verdict and the scores |
//! | `numbers` | predicted numbers beside the true ones |
//! | `classes` | predicted classes beside the true ones |
//! | `inputs` | importance and dependence |
//! | `data` | the columns of the table |
//! | `training` | decisions, courses of the losses, the command |
//! | `network` | the first network with its weights |
//!
//! The charts are made by functions of their own, which `chainrule plot` uses, too.

pub(super) mod classes;
mod data;
pub(super) mod inputs;
pub(super) mod network;
pub(super) mod numbers;
mod summary;
mod training;
mod words;

use crate::{
    args::{self, Language},
    failure::Failure,
    files, text,
};
use chainrule_report::Page;
use chainrule_tabular::{
    Calibration, Comparison, Model, Predicted, Settings, Table, Training,
    evaluate::Importance,
    model::Errors,
    table::{ColumnType, Schema},
};
use inputs::Importances;
use std::{
    io::Write,
    path::{Path, PathBuf},
};
pub(super) use words::command_line;

/// What is reported on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) model: &'a Model,
    /// The table whose columns are described.
    pub(super) table: &'a Table,
    /// What its columns are said to hold.
    pub(super) types: &'a [(String, ColumnType)],
    /// The rows whose predictions are shown; of the same columns, perhaps.
    pub(super) shown: &'a Table,
    /// Whether the trainings have seen them.
    pub(super) seen: Seen,
    /// The courses of the trainings; none if only the model's file is there.
    pub(super) trainings: &'a [Training],
    /// A loss times this is a mean squared error in the unit of the target, squared.
    pub(super) loss_unit: Option<f64>,
    /// The command that does the same again.
    pub(super) command: &'a str,
    pub(super) language: Language,
}

/// Whether the trainings have seen the rows that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// No decision has.
    No,
    /// Most of them trained.
    Yes,
    /// Nobody knows: they are those of the file that was given.
    Unknown,
}

/// So many times each input is shuffled.
pub(super) const REPEATS: usize = 5;
/// With fewer rows importances are mostly chance: those of the whole table are used then.
const FEW_ROWS: usize = 50;

pub(crate) fn run(args: &args::Report) -> Result<(), Failure> {
    let out = args.out.clone().unwrap_or_else(|| default_out(&args.model));
    files::check_distinct(&out, &[&args.model, &args.data])?;
    let model = Model::load(&args.model)?;
    let table = files::open(&args.data, &args.reading.how_for(&model))?;
    files::check_writable(&out)?;
    let command = command_line();
    let subject = Subject {
        model: &model,
        table: &table,
        types: &args.reading.types,
        shown: &table,
        seen: Seen::Unknown,
        trainings: &[],
        loss_unit: None,
        command: model.record().command.as_deref().unwrap_or(&command),
        language: args.lang,
    };
    write(subject, &out)?;
    if args.quiet {
        return Ok(());
    }
    let told = format!("Report written: {}\n", text::strong(&out.display().to_string()));
    anstream::stdout().lock().write_all(told.as_bytes()).map_err(Failure::output)
}

/// Writes the report to a file.
pub(super) fn write(subject: Subject<'_>, out: &Path) -> Result<(), Failure> {
    files::write(out, page(subject)?.as_bytes())
}

/// The report as HTML.
fn page(subject: Subject<'_>) -> Result<String, Failure> {
    let Subject { model, table, shown, language, .. } = subject;
    let comparisons = model.compare(shown, Some(level(model)))?;
    let few = comparisons.first().is_none_or(|one| one.rows.len() < FEW_ROWS);
    let judged = if few { table } else { shown };
    let importances = Importances {
        of: model.importance(judged, REPEATS, model.record().seed)?,
        rows: judged.rows(),
        whole: few && !std::ptr::eq(table, shown),
    };
    let schema = Schema::of(table, subject.types)?;

    let names: Vec<&str> = model.targets().iter().map(|target| target.name.as_str()).collect();
    let names = names.join(", ");
    let title = match language {
        Language::En => format!("A model of {names}"),
        Language::Zh => format!("{names} 的模型"),
    };
    let tag = language.say("en", "zh-CN");
    let mut page = Page::new(title, tag).section(summary::section(&subject, &comparisons));
    for comparison in comparisons.iter().take(MOST_TARGETS) {
        page = page.section(match comparison.predicted {
            Predicted::Number { .. } => numbers::section(&subject, comparison, &importances)?,
            Predicted::Classes(_) => classes::section(&subject, comparison)?,
        });
    }
    page = page.section(inputs::section(&subject, &importances)?);
    page = page.section(data::section(&subject, &schema));
    page = page.section(training::section(&subject)?);
    if let Some(section) = network::section(&subject)? {
        page = page.section(section);
    }
    Ok(page.render())
}

/// Of more targets than these no charts are shown.
const MOST_TARGETS: usize = 4;

/// The level of the model's intervals: that of its quantiles, or of the scores in its record.
pub(super) fn level(model: &Model) -> f64 {
    let Calibration { errors, .. } = model.calibration();
    let own = errors.iter().find_map(|errors| match errors {
        Errors::Quantiles { alpha, .. } => Some(1.0 - alpha),
        _ => None,
    });
    let evaluation = model.record().evaluation.as_ref();
    let recorded = evaluation.and_then(|evaluation| {
        evaluation.targets.iter().find_map(|target| Some(target.intervals?.level))
    });
    own.or(recorded).unwrap_or(Settings::LEVEL)
}

/// The truth of a comparison as the places of the classes.
fn places(comparison: &Comparison) -> Vec<usize> {
    comparison.truth.iter().map(|place| *place as usize).collect()
}

/// The inputs from the most important one to the least.
pub(super) fn ranked(importances: &[(String, Importance)]) -> Vec<&str> {
    let mut sorted: Vec<&(String, Importance)> = importances.iter().collect();
    sorted.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
    sorted.into_iter().map(|(name, _)| name.as_str()).collect()
}

/// The model's name with another ending, in the current folder.
fn default_out(model: &Path) -> PathBuf {
    let name = PathBuf::from(model.file_name().unwrap_or("model".as_ref()));
    name.with_extension("report.html")
}
