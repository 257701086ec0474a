//! `chainrule plot`: one chart of a model.

use super::report::{self, classes, inputs, network, numbers};
use crate::{
    args::{self, Kind, Language},
    failure::Failure,
    files, text,
};
use chainrule_report::Chart;
use chainrule_tabular::{Comparison, Model, Table};
use std::{io::Write, path::Path};

const LANGUAGE: Language = Language::En;

pub(crate) fn run(args: &args::Plot) -> Result<(), Failure> {
    let ending = args.out.as_deref().map(ending).transpose()?;
    if let Some(out) = &args.out {
        files::check_distinct(out, &[&args.model, &args.data])?;
    }
    let model = Model::load(&args.model)?;
    let table = files::open(&args.data, &args.reading.how_for(&model))?;
    check_target(&model, args.target.as_deref())?;
    let chart = chart(&model, &table, args)?;
    match (&args.out, ending) {
        (Some(out), Some(Ending::Svg)) => files::write(out, chart.svg().as_bytes()),
        (Some(out), Some(Ending::Png)) => files::write(out, &chart.png()?),
        _ => {
            let (columns, rows) = text::chart_size();
            let chart = chart.terminal(columns, rows, text::colour());
            anstream::stdout().lock().write_all(chart.as_bytes()).map_err(Failure::output)
        }
    }
}

/// What kind of file is written.
#[derive(Clone, Copy)]
enum Ending {
    Svg,
    Png,
}

fn ending(out: &Path) -> Result<Ending, Failure> {
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => Ok(Ending::Svg),
        Some("png") => Ok(Ending::Png),
        _ => Err(Failure::Usage(format!(
            "--out {} has neither the ending .svg nor .png",
            out.display()
        ))),
    }
}

fn chart(model: &Model, table: &Table, args: &args::Plot) -> Result<Chart, Failure> {
    match args.kind {
        Some(Kind::Importance) => {
            let importance = model.importance(table, report::REPEATS, model.record().seed)?;
            return inputs::importance(model, &importance, LANGUAGE);
        }
        Some(Kind::Dependence) => return dependence(model, table, args),
        Some(Kind::Network) => {
            let picture = network::picture(model, LANGUAGE)?;
            return picture.ok_or_else(|| unfit("the network has layers that can not be drawn"));
        }
        _ => {}
    }
    let comparisons = model.compare(table, Some(report::level(model)))?;
    let is_wanted =
        |one: &&Comparison| args.target.as_ref().is_none_or(|target| one.target == *target);
    let comparison =
        comparisons.iter().find(is_wanted).ok_or_else(|| unfit("there is no target"))?;
    let has_classes = comparison.predicted.values().is_none();
    let kind = match (args.kind, has_classes) {
        (Some(kind), _) => kind,
        (None, true) => Kind::Confusion,
        (None, false) => Kind::Predicted,
    };
    let of_classes =
        matches!(kind, Kind::Confusion | Kind::Roc | Kind::PrecisionRecall | Kind::Calibration);
    if of_classes != has_classes {
        let name = text::shown(&comparison.target);
        return Err(unfit(&match has_classes {
            true => format!(
                "{name} has classes; there are confusion, roc, precision-recall, calibration, importance, \
                 dependence and network"
            ),
            false => format!(
                "{name} is a number; there are predicted, errors, residuals, intervals, importance, dependence \
                 and network"
            ),
        }));
    }
    let one_class = || unfit("the rows of the table are all of one class");
    match kind {
        Kind::Errors => numbers::errors(comparison, LANGUAGE),
        Kind::Residuals => {
            let column = column(model, table, args.column.as_deref())?;
            let chart = numbers::residuals(model, table, comparison, &column, LANGUAGE)?;
            let name = text::shown(&column);
            chart.ok_or_else(|| {
                unfit(&format!("{name} is no input of numbers; choose another one with --column"))
            })
        }
        Kind::Intervals => {
            let chart = numbers::intervals(comparison, report::level(model), LANGUAGE)?;
            chart.ok_or_else(|| unfit("the model has no intervals"))
        }
        Kind::Confusion => classes::confusion(model, comparison, LANGUAGE),
        Kind::Roc => classes::roc(model, comparison, LANGUAGE)?.ok_or_else(one_class),
        Kind::PrecisionRecall => {
            classes::precision_recall(model, comparison, LANGUAGE)?.ok_or_else(one_class)
        }
        Kind::Calibration => {
            classes::calibration(model, comparison, LANGUAGE)?.ok_or_else(one_class)
        }
        Kind::Predicted | Kind::Importance | Kind::Dependence | Kind::Network => {
            numbers::predicted(comparison, LANGUAGE)
        }
    }
}

fn unfit(message: &str) -> Failure {
    Failure::Usage(format!("--kind: {message}"))
}

/// Fails if the model does not predict what is asked for.
fn check_target(model: &Model, target: Option<&str>) -> Result<(), Failure> {
    let mut names = model.targets().iter().map(|target| target.name.as_str());
    match target.filter(|wanted| !names.clone().any(|name| name == *wanted)) {
        None => Ok(()),
        Some(wrong) => {
            let wrong = text::shown(wrong);
            let first = text::shown(names.next().unwrap_or_default());
            let names = names.fold(first, |list, name| list + ", " + &text::shown(name));
            let message =
                format!("--target: the model does not predict {wrong}; it predicts {names}");
            Err(Failure::Usage(message))
        }
    }
}

/// The input that is asked for, or the most important one.
fn column(model: &Model, table: &Table, column: Option<&str>) -> Result<String, Failure> {
    if let Some(column) = column {
        return Ok(column.to_owned());
    }
    let importance = model.importance(table, report::REPEATS, model.record().seed)?;
    let first = report::ranked(&importance).first().map(|name| (*name).to_owned());
    first.ok_or_else(|| unfit("no input has an importance; choose one with --column"))
}

fn dependence(model: &Model, table: &Table, args: &args::Plot) -> Result<Chart, Failure> {
    let column = column(model, table, args.column.as_deref())?;
    let name = text::shown(&column);
    let mut dependence = model.dependence(table, &column, inputs::POINTS)?.ok_or_else(|| {
        unfit(&format!(
            "the dependence on {name} can not be drawn: it holds dates, or nothing at all"
        ))
    })?;
    let is_wanted = |name: &String| args.target.as_ref().is_none_or(|target| name == target);
    dependence.curves.retain(|curve| is_wanted(&curve.target));
    let charts = inputs::dependences(&dependence, LANGUAGE)?;
    charts.into_iter().next().ok_or_else(|| {
        unfit(&format!(
            "the dependence of several classes on {name}, a column of categories, is a table; see `chainrule \
             report`"
        ))
    })
}
