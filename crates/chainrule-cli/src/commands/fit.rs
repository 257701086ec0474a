//! `chainrule fit`: a table becomes a model file.

use super::report::{Seen, Subject};
use crate::{
    args::{self, Requirement, Test},
    evaluation,
    failure::Failure,
    files, interrupt, json,
    keeping::{self, CheckpointFile},
    progress::Progress,
    text,
};
use chainrule::training::Ended;
use chainrule_tabular::{
    Checkpoint, Decision, Evaluation, Fit, Keeper, Preparation, Settings, Table,
};
use serde_json::{Value, json};
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

pub(crate) fn run(args: &args::Fit) -> Result<(), Failure> {
    let job = Job::open(args)?;
    job.run(args, Some(&args.keeping), args.learning.time, Value::Null)
}

/// What is fitted to what.
pub(super) struct Job {
    /// Where the model is to lie.
    pub(super) out: PathBuf,
    pub(super) table: Table,
    /// Rows of another file for the scores.
    pub(super) test: Option<Table>,
    pub(super) settings: Settings,
}

impl Job {
    pub(super) fn open(args: &args::Fit) -> Result<Self, Failure> {
        if args.data == Path::new("-") && args.test == Test::File("-".into()) {
            let message = "standard input can be the table or the --test, not both".to_owned();
            return Err(Failure::Usage(message));
        }
        let reading = args.reading.how();
        let table = files::open(&args.data, &reading)?;
        let (test, part) = match &args.test {
            Test::Part(part) => (None, *part),
            Test::File(path) => (Some(files::open(path, &reading)?), 0.0),
        };
        let settings = Settings {
            types: args.reading.types.clone(),
            test: Some(part),
            ..args.learning.settings(&table)
        };
        let out = args.out.clone().unwrap_or_else(|| default_out(&args.data));
        Ok(Self { out, table, test, settings })
    }

    /// Fits and saves the model; `extra` has more fields for the JSON object.
    pub(super) fn run(
        &self,
        args: &args::Fit,
        keeping: Option<&args::Keeping>,
        time: Option<Duration>,
        extra: Value,
    ) -> Result<(), Failure> {
        let Self { out, table, test, settings } = self;
        let preparation = Preparation::new(table, test.as_ref(), settings)?;
        // A training whose result can not be kept helps nobody: this is told before it.
        files::check_writable(out)?;
        files::check_distinct(out, &[&args.data])?;
        if let Some(report) = &args.report {
            files::check_writable(report)?;
            files::check_distinct(report, &[&args.data])?;
        }
        let test_rows = preparation.test_rows().to_vec();
        let from =
            keeping.map(|args_of| keeping::check(args_of, &[out, &args.data])).transpose()?;
        let from = from.flatten().map(Checkpoint::load).transpose()?;
        let older = if out.exists() { " (in place of an older file)" } else { "" };
        say(args, &decisions(&preparation, table))?;

        interrupt::listen();
        let unit = preparation.loss_unit();
        let (epochs, trainings) = (preparation.epochs(), preparation.trainings());
        let is_silent = args.quiet || args.json;
        let mut progress = Progress::on_stderr(epochs, unit, is_silent).until(time);
        if trainings > 1 {
            progress = progress.of_trainings(trainings);
        }
        let mut file = keeping.and_then(CheckpointFile::new);
        let keeper = file.as_mut().map(|file| file as &mut dyn Keeper);
        let fit = preparation.run_kept(from.as_ref(), keeper, &mut progress);
        progress.finish();
        let fit = fit?;
        let has_learned = fit.trainings.iter().any(|training| training.history.learned);
        if has_learned {
            fit.model.save(out)?;
            let name = text::strong(&out.display().to_string());
            say(args, &format!("{}{}", evaluation::told(&fit.evaluation), trained(&fit, unit)))?;
            say(args, &format!("\nModel written: {name}{older}\n"))?;
            if let Some(path) = &args.report {
                let tables = [table, test.as_ref().unwrap_or(table)];
                report(args, path, &fit, tables, &test_rows, unit)?;
            }
        }
        let outcome = ended(&fit, args, out, has_learned, progress.is_late())
            .and_then(|()| check(&args.require, &fit.evaluation));
        if !args.json {
            return outcome;
        }
        let mut object = json!({
            "model": has_learned.then(|| out.display().to_string()),
            "report": args.report.as_ref().filter(|_| has_learned).map(|path| path.display().to_string()),
            "evaluation": json::evaluation(&fit.evaluation),
            "decisions": fit.decisions,
            "networks": fit.model.members().len(),
            "trainings": fit.trainings.len(),
            "diverged": fit.diverged,
            "interrupted": fit.is_interrupted,
        });
        if let (Some(object), Value::Object(extra)) = (object.as_object_mut(), extra) {
            object.extend(extra);
        }
        json::finish(&object, outcome)
    }
}

/// Writes the report: on the rows that no decision has seen, if there are some.
fn report(
    args: &args::Fit,
    path: &Path,
    fit: &Fit,
    [table, test]: [&Table; 2],
    test_rows: &[usize],
    loss_unit: Option<f64>,
) -> Result<(), Failure> {
    let kept = (!test_rows.is_empty()).then(|| table.select(test_rows)).transpose()?;
    let is_other = !std::ptr::eq(table, test);
    let seen = if is_other || kept.is_some() { Seen::No } else { Seen::Yes };
    let subject = Subject {
        model: &fit.model,
        table,
        types: &args.reading.types,
        shown: if is_other { test } else { kept.as_ref().unwrap_or(table) },
        seen,
        trainings: &fit.trainings,
        loss_unit,
        command: &super::report::command_line(),
        language: args.lang,
    };
    super::report::write(subject, path)?;
    say(args, &format!("Report written: {}\n", text::strong(&path.display().to_string())))
}

/// Writes to standard output, unless something else was asked for.
pub(super) fn say(args: &args::Fit, text: &str) -> Result<(), Failure> {
    if args.quiet || args.json {
        return Ok(());
    }
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::output)
}

/// The data's name with another ending, in the current folder.
fn default_out(data: &Path) -> PathBuf {
    let name = data.file_name().filter(|name| *name != "-");
    let name = PathBuf::from(name.unwrap_or("model".as_ref()));
    let whole = name.to_string_lossy().into_owned();
    let packed = [".gz", ".zst"].iter().find_map(|ending| whole.strip_suffix(ending));
    let stem = packed.unwrap_or(&whole);
    PathBuf::from(stem).with_extension("safetensors")
}

/// What was decided without being asked, and how to decide otherwise.
pub(super) fn decisions(preparation: &Preparation, table: &Table) -> String {
    titled("Decisions", preparation.decisions(), table)
}

/// The same under another title.
pub(super) fn titled(title: &str, decisions: &[Decision], table: &Table) -> String {
    let columns = text::count(table.names().count(), "column");
    let mut text = format!("{}, {columns}\n\n", text::count(table.rows(), "row"));
    text += &format!("{}\n", text::strong(title));
    for Decision { what, why, flag } in decisions {
        let flag = flag.as_ref().map_or(String::new(), |flag| format!(" [{flag}]"));
        text += &format!("  {what}: {why}{flag}\n");
    }
    text + "\n"
}

/// How the trainings went.
fn trained(fit: &Fit, unit: Option<f64>) -> String {
    let mut lengths: Vec<usize> =
        fit.trainings.iter().map(|training| training.history.epochs.len()).collect();
    lengths.sort_unstable();
    let Some(first) = fit.trainings.first() else { return String::new() };
    let round = text::round(&first.history);
    let networks = fit.model.members().len();
    let mut told = match (networks, lengths.first(), lengths.last()) {
        (1, Some(length), _) => {
            let (best, why) = (first.history.best_epoch + 1, why(&first.history.ended));
            format!("  The best parameters are those of {round} {best} of {length} ({why}).\n")
        }
        (_, Some(least), Some(most)) if least != most => {
            format!("  {networks} networks after {least} to {most} {round}s.\n")
        }
        (_, Some(length), _) => format!("  {networks} networks after {length} {round}s.\n"),
        _ => String::new(),
    };
    // What it found before it was stopped is no estimate yet.
    let is_early = matches!(first.history.ended, Ended::Early { .. });
    if let Some(evidence) = first.history.evidence.filter(|_| !is_early) {
        told += &format!(
            "  The data determine {:.1} of the {} parameters of the first one",
            evidence.effective_parameters, evidence.parameters,
        );
        if let Some(unit) = unit {
            let noise = text::number((evidence.noise * unit).sqrt());
            told += &format!("; the standard deviation of the noise is {noise}");
        }
        told += ".\n";
    }
    told
}

/// Why a training ended.
pub(super) fn why(ended: &Ended) -> String {
    match ended {
        Ended::Converged { reason, .. } => reason.to_string(),
        Ended::Early { .. } => "no more progress on the rows that judge".to_owned(),
        Ended::Completed => "all of them were done".to_owned(),
        Ended::Interrupted { .. } => "broken off".to_owned(),
        Ended::Diverged { .. } => "diverged".to_owned(),
    }
}

/// The exit code tells how the trainings ended.
fn ended(
    fit: &Fit,
    args: &args::Fit,
    out: &Path,
    has_learned: bool,
    is_late: bool,
) -> Result<(), Failure> {
    let kept = match has_learned {
        true => format!("what was learned so far is in {}", out.display()),
        false => "nothing was learned until then, and no model was written".to_owned(),
    };
    let diverged = fit.trainings.iter().find_map(|training| match training.history.ended {
        Ended::Diverged { epoch, batch } => Some((epoch, batch)),
        _ => None,
    });
    if fit.is_interrupted && !is_late {
        return Err(Failure::Interrupted(kept + &keeping::told(&args.keeping)));
    }
    if let (Some((epoch, batch)), true) = (diverged, fit.trainings.len() == 1 || !has_learned) {
        return Err(Failure::Diverged(format!(
            "the loss was not a finite number any more in epoch {}, batch {}; {kept}. Try a smaller \
             --learning-rate",
            epoch + 1,
            batch.unwrap_or(0) + 1
        )));
    }
    if !has_learned {
        let message = match is_late {
            true => "the time was up before anything was learned; give it more --time".to_owned(),
            false => {
                "nothing was better on the rows that judge than the initial parameters; no model was written. \
                 Collect more rows, or try another --solver or --learning-rate"
                    .to_owned()
            }
        };
        return Err(Failure::Failed(message));
    }
    Ok(())
}

/// Fails if a measure is not as it is required, on any target.
pub(super) fn check(required: &[Requirement], evaluation: &Evaluation) -> Result<(), Failure> {
    for requirement in required {
        for target in &evaluation.targets {
            let named = target.named();
            let found = named.iter().find(|(name, _)| *name == requirement.measure);
            let Some((_, value)) = found else {
                let names: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
                return Err(Failure::Usage(format!(
                    "--require: there is no measure {} of {}; there are {}",
                    text::shown(&requirement.measure),
                    text::shown(&target.target),
                    names.join(", ")
                )));
            };
            if !requirement.is_met(*value) {
                let (name, value) = (text::shown(&target.target), text::number(*value));
                let measure = &requirement.measure;
                return Err(Failure::Unmet(format!(
                    "{requirement} is required, but {measure} of {name} is {value}"
                )));
            }
        }
    }
    Ok(())
}
