//! `chainrule trace`: every number of a step, as text, as JSON or as a page.

use crate::{args, commands::subject::Subject, failure::Failure, files, json, text};
use chainrule::{table, trace::Tracing};
use chainrule_lesson::Lesson;
use std::io::Write;

pub(crate) fn run(args: &args::Trace) -> Result<(), Failure> {
    if let Some(html) = &args.html {
        let read = args.subject.model.iter().chain(&args.subject.data).map(|path| path.as_path());
        if read.clone().any(|path| files::are_same(path, html)) {
            return Err(Failure::Usage(format!(
                "--html {} is a file that is read; choose another name",
                html.display()
            )));
        }
        files::check_writable(html)?;
    }
    let mut subject = Subject::of(&args.subject, args.lang)?;
    let optimizer = table::optimizer(&args.optimizer).ok_or_else(|| {
        Failure::Usage(format!("there is no optimizer {}; see --help", args.optimizer))
    })?;
    let differences = !args.no_differences && subject.has_quick_differences(args.steps);
    if !differences && !args.no_differences {
        subject.notes.push(
            args.lang
                .say("The network is too large for difference quotients.", "网络太大，不计算差商。")
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
    let title = match args.lang {
        args::Language::En => format!("{} step by step", subject.name),
        args::Language::Zh => format!("逐步计算：{}", subject.name),
    };
    let mut lesson = Lesson::new(title, &trace)
        .inputs(subject.inputs)
        .outputs(subject.outputs)
        .rows(subject.rows);
    for note in subject.notes {
        lesson = lesson.note(note);
    }
    let language = args.lang.of_lessons();
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
