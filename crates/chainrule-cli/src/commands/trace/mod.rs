//! `chainrule trace`: every number of a step, as text, as JSON or as a page.

mod subject;

use crate::{
    args::{self, Language},
    failure::Failure,
    files, json, text,
};
use chainrule::{table, trace::Tracing};
use chainrule_lesson::Lesson;
use std::io::Write;
use subject::Subject;

/// More multiplications than these would let difference quotients take minutes.
const MOST_MULTIPLICATIONS: f64 = 2e10;

pub(crate) fn run(args: &args::Trace) -> Result<(), Failure> {
    if let Some(html) = &args.html {
        let read = args.model.iter().chain(&args.data).map(|path| path.as_path());
        if read.clone().any(|path| files::are_same(path, html)) {
            return Err(Failure::Usage(format!(
                "--html {} is a file that is read; choose another name",
                html.display()
            )));
        }
        files::check_writable(html)?;
    }
    let mut subject = Subject::of(args)?;
    let optimizer = table::optimizer(&args.optimizer).ok_or_else(|| {
        Failure::Usage(format!("there is no optimizer {}; see --help", args.optimizer))
    })?;
    let differences =
        !args.no_differences && multiplications(args, &subject) <= MOST_MULTIPLICATIONS;
    if !differences && !args.no_differences {
        subject.notes.push(
            args.lang
                .say(
                    "The network is too large for difference quotients.",
                    "网络太大，不计算数值差分。",
                )
                .to_owned(),
        );
    }
    let tracing = Tracing {
        learning_rate: args.learning_rate,
        steps: args.steps,
        differences,
        predicts: true,
        ..Tracing::new(subject.loss.clone(), optimizer)
    };
    let trace = tracing.run(&subject.network, subject.x.view(), subject.targets.view().into())?;
    if trace.has_training_layers {
        subject.notes.push(
            args.lang
                .say(
                    "The layers compute what they predict: dropout is off, batch normalisation uses its running statistics.",
                    "各层按预测时的方式计算：不使用随机失活，批归一化采用滑动统计量。",
                )
                .to_owned(),
        );
    }
    let mut lesson = Lesson::new(subject.title, &trace)
        .inputs(subject.inputs)
        .outputs(subject.outputs)
        .rows(subject.rows);
    for note in subject.notes {
        lesson = lesson.note(note);
    }
    let language = match args.lang {
        Language::En => chainrule_lesson::Language::En,
        Language::Zh => chainrule_lesson::Language::Zh,
    };
    if let Some(path) = &args.html {
        files::write(path, lesson.html(language).as_bytes())?;
    }
    if args.json {
        return json::write(&lesson.json());
    }
    let written = match &args.html {
        Some(path) => format!("Page written: {}\n", text::strong(&path.display().to_string())),
        None => lesson.text(language),
    };
    anstream::stdout().lock().write_all(written.as_bytes()).map_err(Failure::output)
}

/// What all difference quotients take: two passes for each parameter and each number between the layers.
fn multiplications(args: &args::Trace, subject: &Subject) -> f64 {
    let (parameters, rows) = (subject.network.parameters().len() as f64, subject.x.nrows() as f64);
    let between: usize = subject.network.summary().layers.iter().map(|layer| layer.outputs).sum();
    let numbers = parameters + 4.0 * rows * (between + subject.x.ncols()) as f64;
    2.0 * numbers * parameters * rows * args.steps as f64
}
