//! `chainrule cv`: how good the whole fit is, measured several times on rows that it has not seen.

mod summary;
mod told;

use super::fit::titled;
use crate::{args, failure::Failure, files, interrupt, json, progress::Progress, text};
use chainrule_tabular::{Decision, Evaluation, Preparation, Settings, estimator::outer_folds};
use serde_json::{Value, json};
use std::io::Write;
use summary::{Mean, Summary};

pub(crate) fn run(args: &args::Cv) -> Result<(), Failure> {
    let table = files::open(&args.data, &args.reading.how())?;
    let settings = Settings {
        types: args.reading.types.clone(),
        test: Some(0.0),
        ..args.learning.settings(&table)
    };
    let folds = outer_folds(&table, &settings, args.outer)?;
    interrupt::listen();
    let is_silent = args.quiet || args.json;
    let mut done: Vec<Fold> = Vec::new();
    let mut decided: Vec<Decision> = Vec::new();
    let mut is_interrupted = false;
    for (number, [learned, scored]) in folds.iter().enumerate() {
        let (training, test) = (table.select(learned)?, table.select(scored)?);
        let preparation = Preparation::new(&training, Some(&test), &settings)?;
        if number == 0 {
            // Which rows score was not decided there.
            let decisions = preparation.decisions().iter();
            decided =
                decisions.filter(|one| one.flag.as_deref() != Some("--test")).cloned().collect();
            say(is_silent, &titled("Decisions in the first fold", &decided, &table))?;
        }
        let unit = preparation.loss_unit();
        let mut progress = Progress::on_stderr(preparation.epochs(), unit, is_silent)
            .until(args.learning.time)
            .of_fold(number, folds.len(), preparation.trainings());
        let fit = preparation.run(&mut progress);
        progress.finish();
        is_interrupted = interrupt::asked();
        if is_interrupted {
            break;
        }
        let fit = fit?;
        let fold =
            Fold { learned: learned.len(), scored: scored.len(), evaluation: fit.evaluation };
        if !is_silent {
            progress.tell(&told::line(number, folds.len(), &fold));
        }
        done.push(fold);
    }
    let summaries = Summary::of(&done);
    let outcome = match is_interrupted {
        true => {
            let (done, all) = (done.len(), folds.len());
            Err(Failure::Interrupted(format!("{done} of {all} folds were done until then")))
        }
        false => check(&args.require, &summaries),
    };
    if args.json {
        let object = json!({
            "folds": done.iter().map(Fold::object).collect::<Vec<_>>(),
            "targets": summaries.iter().map(Summary::object).collect::<Vec<_>>(),
            "decisions": decided,
        });
        return json::finish(&object, outcome);
    }
    say(args.quiet || done.is_empty(), &told::whole(&done, &summaries))?;
    outcome
}

/// Writes to standard output, unless nobody listens.
fn say(is_silent: bool, text: &str) -> Result<(), Failure> {
    if is_silent {
        return Ok(());
    }
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::output)
}

/// One of the folds.
struct Fold {
    /// The rows that were learned from.
    learned: usize,
    /// The rows that scored.
    scored: usize,
    evaluation: Evaluation,
}

impl Fold {
    fn object(&self) -> Value {
        json!({
            "learned": self.learned,
            "scored": self.scored,
            "evaluation": json::evaluation(&self.evaluation),
        })
    }
}

/// Fails if the mean of a measure is not as it is required, of any target.
fn check(required: &[args::Requirement], summaries: &[Summary]) -> Result<(), Failure> {
    for requirement in required {
        for summary in summaries {
            let name = text::shown(&summary.target);
            let found = summary.model.iter().find(|(name, _)| *name == requirement.measure);
            let Some((measure, Mean { mean, .. })) = found else {
                let names: Vec<&str> =
                    summary.model.iter().map(|(name, _)| name.as_str()).collect();
                return Err(Failure::Usage(format!(
                    "--require: there is no measure {} of {name}; there are {}",
                    text::shown(&requirement.measure),
                    names.join(", ")
                )));
            };
            if !requirement.is_met(*mean) {
                return Err(Failure::Unmet(format!(
                    "{requirement} is required, but the mean {measure} of {name} is {}",
                    text::number(*mean)
                )));
            }
        }
    }
    Ok(())
}
