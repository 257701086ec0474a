//! `chainrule info`: what a model file holds.

use crate::{args, failure::Failure, text};
use chainrule_tabular::{Model, Number, Output, Record};
use std::io::Write;

pub(crate) fn run(args: &args::Info) -> Result<(), Failure> {
    let model = Model::load(&args.model)?;
    let mut text = format!("{}\n\n", text::strong(&args.model.display().to_string()));
    text += &format!("{}\n\n", model.summary());
    text += &columns("Inputs", model.inputs());
    let targets = match model.output() {
        Output::Value => "Targets",
        Output::Probability => "Targets (probabilities)",
    };
    text += &columns(targets, model.targets());
    text += &record(model.record());
    anstream::stdout().lock().write_all(text.as_bytes()).map_err(Failure::output)
}

/// The columns with their scales.
fn columns(title: &str, numbers: &[Number]) -> String {
    let mut rows = vec![[title, "mean", "deviation"].map(str::to_owned).to_vec()];
    for Number { name, mean, deviation } in numbers {
        rows.push(vec![text::shown(name), text::number(*mean), text::number(*deviation)]);
    }
    text::columns(&rows) + "\n"
}

/// How the model came about.
fn record(record: &Record) -> String {
    let mut text = format!("Trained by chainrule {}", record.chainrule);
    if let Some(command) = &record.command {
        text += &format!(" ({})", text::shown(command));
    }
    text += &format!(
        "\n{} rows, {} of them held out, seed {}\n{}",
        record.rows, record.validation_rows, record.seed, record.optimizer
    );
    if record.learning_rate > 0.0 {
        let (rate, rows) = (record.learning_rate, record.batch_size);
        text += &format!(", learning rate {rate}, {rows} rows in a step");
    }
    if record.starts > 1 {
        text += &format!(", the best of {} starts", record.starts);
    }
    text += &format!("\nepoch {} of {} was the best\n", record.best_epoch + 1, record.epochs);
    for target in record.scores.iter().flat_map(|scores| &scores.targets) {
        let network = &target.scores.network;
        let (name, rmse) = (text::shown(&target.target), text::number(network.rmse));
        text += &format!("{name}: RMSE {rmse} on the held-out rows");
        if let Some(linear) = &target.scores.linear {
            text += &format!(" (linear regression {})", text::number(linear.rmse));
        }
        text +=
            &network.r_squared.map_or("\n".to_owned(), |r2| format!(", R² {}\n", text::number(r2)));
    }
    text
}
