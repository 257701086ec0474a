//! `chainrule gradcheck`: a network's backward pass beside difference quotients, or a student's gradients beside the right
//! ones.

use crate::{args, commands::subject::Subject, failure::Failure, files, json, text};
use chainrule::gradient_check::{self, Report};
use chainrule_lesson::homework::{Answer, Exercise, HomeworkError, Verdict};
use serde_json::{Value, json};
use std::{fmt::Write as _, io::Write as _, path::Path};

pub(crate) fn run(args: &args::Gradcheck) -> Result<(), Failure> {
    match &args.mine {
        Some(mine) => homework(args, mine),
        None => network(args),
    }
}

/// Checks every derivative of a network.
fn network(args: &args::Gradcheck) -> Result<(), Failure> {
    let (language, from) = (args.lang, &args.subject);
    if from.model.is_none() && from.demo.is_none() && from.network.is_none() {
        return Err(Failure::Usage(
            "there is nothing to check; name a model with --data, use --demo or --network, or tell by --mine which file \
             holds your own gradients"
                .to_owned(),
        ));
    }
    let subject = Subject::of(from, language)?;
    if !subject.has_quick_differences(1) {
        return Err(Failure::Usage(format!(
            "{} and {} would take minutes to check; choose fewer rows or a smaller network",
            text::count(subject.network.parameters().len(), "derivative"),
            text::count(subject.x.nrows(), "row")
        )));
    }
    let checked = gradient_check::network(
        &subject.network,
        &*subject.loss,
        subject.x.view(),
        subject.targets.view().into(),
    );
    let report = checked.map_err(|failure| match failure {
        gradient_check::Failure::Wrong { .. } => Failure::Unmet(failure.to_string()),
        failure => Failure::Data(failure.to_string()),
    })?;
    if args.json {
        return json::write(&as_json(&subject, &report));
    }
    let text = told(&subject, &report, language);
    anstream::stdout().lock().write_all(text.as_bytes()).map_err(Failure::output)
}

/// The blocks of a network's parameters with the largest relative error in each; none if all of it lies at kinks.
fn blocks(subject: &Subject, report: &Report) -> Vec<(String, usize, Option<f64>)> {
    let mut errors = report.relative_errors.iter();
    let blocks = subject.network.blocks();
    let of_block = |length: usize, errors: &mut dyn Iterator<Item = &Option<f64>>| {
        errors.take(length).flatten().copied().reduce(f64::max)
    };
    let named = blocks.iter().map(|block| {
        let error = of_block(block.len(), &mut errors);
        (block.name.clone(), block.len(), error)
    });
    named.collect()
}

fn told(subject: &Subject, report: &Report, language: args::Language) -> String {
    let blocks = blocks(subject, report);
    let width = blocks.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let rows = subject.x.nrows();
    let mut told = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = match language {
        args::Language::En => writeln!(
            told,
            "{}: {} by back-propagation and by difference quotients, {}, loss {}.\n",
            subject.name,
            text::count(report.checked, "derivative"),
            text::count(rows, "row"),
            subject.loss.name()
        ),
        args::Language::Zh => writeln!(
            told,
            "{}：用反向传播和差商各求 {} 个导数，{rows} 行，损失 {}。\n",
            subject.name,
            report.checked,
            subject.loss.name()
        ),
    };
    for (name, entries, error) in &blocks {
        let error = match error {
            Some(error) => format!("{error:.1e}"),
            None => language.say("at a kink", "在折点处").to_owned(),
        };
        let _ = match language {
            args::Language::En => {
                let entries = text::count(*entries, "derivative");
                writeln!(told, "  ✓ {name:<width$}  {entries:>17}, relative error {error}")
            }
            args::Language::Zh => {
                writeln!(told, "  ✓ {name:<width$}  {entries:>6} 个，相对误差 {error}")
            }
        };
    }
    told.push('\n');
    told.push_str(language.say("All of them agree.", "全部一致。"));
    if let Some(worst) = &report.worst {
        let _ = match language {
            args::Language::En => write!(told, " Furthest off:\n  {worst}"),
            args::Language::Zh => write!(
                told,
                "误差最大的一个：\n  {}：反向传播 {:.9e}，差商 {:.9e}",
                worst.name, worst.backward, worst.numerical
            ),
        };
    }
    told.push('\n');
    if report.kinks > 0 {
        let _ = match language {
            args::Language::En => writeln!(
                told,
                "{} at a kink, such as that of ReLU at 0: there any number between the slopes of both sides is right.",
                text::count(report.kinks, "derivative")
            ),
            args::Language::Zh => writeln!(
                told,
                "其中 {} 个位于折点（如 ReLU 在 0 处）：左右斜率之间的任何数都算正确。",
                report.kinks
            ),
        };
    }
    told
}

fn as_json(subject: &Subject, report: &Report) -> Value {
    let blocks = blocks(subject, report);
    let block = |(name, entries, error): &(String, usize, Option<f64>)| json!({ "name": name, "entries": entries, "relative_error": error });
    let worst = report.worst.as_ref().map(|worst| {
        json!({
            "name": worst.name,
            "backward": worst.backward,
            "numerical": worst.numerical,
            "relative_error": worst.relative_error,
        })
    });
    json!({
        "right": true,
        "loss": subject.loss.name(),
        "rows": subject.x.nrows(),
        "derivatives": report.checked,
        "kinks": report.kinks,
        "blocks": blocks.iter().map(block).collect::<Vec<_>>(),
        "worst": worst,
    })
}

/// Compares a student's gradients with the right ones.
fn homework(args: &args::Gradcheck, path: &Path) -> Result<(), Failure> {
    let mine = files::read_text(path)?;
    let told = |path: &Path| {
        let name = path.display().to_string();
        move |error: HomeworkError| Failure::Data(format!("{name}: {error}"))
    };
    let answer = Answer::from_json(&mine).map_err(told(path))?;
    let exercise = match &args.trace {
        Some(path) => Exercise::from_json(&files::read_text(path)?).map_err(told(path))?,
        None if Exercise::is_in(&mine).map_err(told(path))? => {
            Exercise::from_json(&mine).map_err(told(path))?
        }
        None => {
            return Err(Failure::Usage(format!(
                "{} holds gradients alone; tell by --trace which network, weights and batch they belong to",
                path.display()
            )));
        }
    };
    let verdict = Verdict::new(&exercise, &answer).map_err(told(path))?;
    let outcome = match verdict.is_right() {
        true => Ok(()),
        false => Err(Failure::Unmet("not all gradients are right".to_owned())),
    };
    if args.json {
        return json::finish(&verdict.json(&exercise), outcome);
    }
    let text = verdict.text(&exercise, args.lang.of_lessons());
    anstream::stdout().lock().write_all(text.as_bytes()).map_err(Failure::output)?;
    outcome
}
