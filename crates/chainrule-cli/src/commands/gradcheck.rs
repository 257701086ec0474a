//! `chainrule gradcheck`: a student's gradients beside the right ones.

use crate::{args, failure::Failure, files, json};
use chainrule_lesson::homework::{Answer, Exercise, HomeworkError, Verdict};
use std::{io::Write, path::Path};

pub(crate) fn run(args: &args::Gradcheck) -> Result<(), Failure> {
    let mine = files::read_text(&args.mine)?;
    let told = |path: &Path| {
        let name = path.display().to_string();
        move |error: HomeworkError| Failure::Data(format!("{name}: {error}"))
    };
    let answer = Answer::from_json(&mine).map_err(told(&args.mine))?;
    let exercise = match &args.trace {
        Some(path) => Exercise::from_json(&files::read_text(path)?).map_err(told(path))?,
        None if Exercise::is_in(&mine).map_err(told(&args.mine))? => {
            Exercise::from_json(&mine).map_err(told(&args.mine))?
        }
        None => {
            return Err(Failure::Usage(format!(
                "{} holds gradients alone; tell by --trace which network, weights and batch they belong to",
                args.mine.display()
            )));
        }
    };
    let verdict = Verdict::new(&exercise, &answer).map_err(told(&args.mine))?;
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
