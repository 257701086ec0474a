//! `chainrule info`: what a model file holds.

use crate::{args, evaluation, failure::Failure, json, text};
use chainrule_tabular::{Encoding, Input, Model, Output, Record, Target, TargetValues};
use serde_json::{Value, json};
use std::{io::Write, path::Path};

pub(crate) fn run(args: &args::Info) -> Result<(), Failure> {
    let model = Model::load(&args.model)?;
    if args.json {
        return json::write(&object(&args.model, &model));
    }
    let mut text = format!("{}\n\n", text::strong(&args.model.display().to_string()));
    text += &format!("{}\n", model.summary());
    if model.members().len() > 1 {
        text += &format!("The mean of {} such networks\n", model.members().len());
    }
    text += "\n";
    let inputs: Vec<Vec<String>> = model.inputs().iter().map(input).collect();
    text += &listed(["Inputs", "encoded as", "", ""], inputs);
    let targets = model.targets().iter().map(|one| target(one, model.output())).collect();
    text += &listed(["Targets", "", "", ""], targets);
    text += &record(model.record());
    anstream::stdout().lock().write_all(text.as_bytes()).map_err(Failure::output)
}

fn object(path: &Path, model: &Model) -> Value {
    let evaluation = model.record().evaluation.as_ref().map(json::evaluation);
    let mut record = json!(Record { evaluation: None, ..model.record().clone() });
    if let Some(record) = record.as_object_mut() {
        record.remove("evaluation");
    }
    json!({
        "model": path.display().to_string(),
        "inputs": model.inputs(),
        "targets": model.targets(),
        "output": model.output(),
        "architecture": model.architecture(),
        "networks": model.members().len(),
        "parameters": model.parameters(),
        "precision": model.precision(),
        "record": record,
        "evaluation": evaluation,
    })
}

fn listed(title: [&str; 4], mut rows: Vec<Vec<String>>) -> String {
    rows.insert(0, title.map(str::to_owned).to_vec());
    text::columns(&rows) + "\n"
}

/// A column and how it is encoded.
fn input(input: &Input) -> Vec<String> {
    let (how, more) = match &input.encoding {
        Encoding::Number { scale, .. } => {
            let how = match (&scale.log, scale.clip) {
                (None, false) => "number",
                (Some(_), false) => "logarithm",
                (None, true) => "number, limited",
                (Some(_), true) => "logarithm, limited",
            };
            let (center, spread) = (text::number(scale.center), text::number(scale.spread));
            (how.to_owned(), [format!("around {center}"), format!("± {spread}")])
        }
        Encoding::OneHot(levels) => {
            ("category".to_owned(), [text::count(levels.levels.len(), "level"), String::new()])
        }
        Encoding::Embedding { levels, width } => (
            "embedded category".to_owned(),
            [text::count(levels.levels.len(), "level"), format!("{width} numbers each")],
        ),
        Encoding::Date(dates) => (
            "date".to_owned(),
            [dates.format.to_string(), text::count(dates.cycles.len(), "cycle")],
        ),
        Encoding::Presence => ("text, there or not".to_owned(), [String::new(), String::new()]),
    };
    let [a, b] = more;
    vec![text::shown(&input.name), how, a, b]
}

fn target(target: &Target, output: &Output) -> Vec<String> {
    let (what, more) = match (&target.values, output) {
        (TargetValues::Classes(classes), _) => {
            let names: Vec<String> =
                classes.iter().take(6).map(|class| text::shown(class)).collect();
            let more = if classes.len() > 6 { ", …" } else { "" };
            (text::count(classes.len(), "class"), [names.join(", ") + more, String::new()])
        }
        (TargetValues::Count { mean }, _) => {
            ("count".to_owned(), [format!("around {}", text::number(*mean)), String::new()])
        }
        (TargetValues::Number { mean, deviation, log }, output) => {
            let what = match (output, log) {
                (Output::Quantiles(_), _) => "quantiles",
                (Output::Gaussian, _) => "mean and deviation",
                (_, true) => "logarithm",
                (_, false) => "number",
            };
            let (mean, deviation) = (text::number(*mean), text::number(*deviation));
            (what.to_owned(), [format!("around {mean}"), format!("± {deviation}")])
        }
    };
    let [a, b] = more;
    vec![text::shown(&target.name), what, a, b]
}

/// How the model came about.
fn record(record: &Record) -> String {
    let mut text = format!("Trained by chainrule {}", record.chainrule);
    if let Some(command) = &record.command {
        text += &format!(" ({})", text::shown(command));
    }
    text += &format!(
        "\n{}, seed {}\n{}",
        text::count(record.rows, "row"),
        record.seed,
        record.optimizer
    );
    if record.learning_rate > 0.0 {
        let (rate, rows) = (record.learning_rate, record.batch_size);
        text += &format!(", learning rate {rate}, {rows} rows in a step");
    }
    text += &format!("\nat most {} epochs or iterations", record.epochs);
    if record.folds > 1 {
        text += &format!(", {} networks for each of {} folds", record.starts, record.folds);
    }
    text += "\n";
    if let Some(evaluation) = &record.evaluation {
        text += &format!("\n{}", evaluation::told(evaluation));
    }
    text
}
