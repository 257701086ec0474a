//! `chainrule fit`: a table of numbers becomes a model file.

use crate::{
    args::{self, Precision},
    failure::Failure,
    files, interrupt,
    progress::Progress,
    text,
};
use chainrule::training::{Ended, History};
use chainrule_tabular::{Decision, Fit, Preparation, Settings, Table, TargetScores};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

pub(crate) fn run(args: &args::Fit) -> Result<(), Failure> {
    let out = args.out.clone().unwrap_or_else(|| default_out(&args.data));
    let table = Table::open(&args.data)?;
    let settings = settings(args, &table);
    let preparation = Preparation::new(&table, &settings)?;
    // A training whose result can not be kept helps nobody: this is told before it.
    files::check_writable(&out)?;
    files::check_distinct(&out, &[&args.data])?;
    let older = if out.exists() { " (in place of an older file)" } else { "" };
    say(args, &decisions(&preparation, &table))?;

    interrupt::listen();
    let unit = preparation.loss_unit().unwrap_or(1.0);
    let (epochs, starts) = (preparation.epochs(), preparation.starts());
    let mut progress = Progress::on_stderr(epochs, unit, args.quiet).until(args.time);
    if starts > 1 {
        progress = progress.of_starts(starts);
    }
    let fit = preparation.run(&mut progress);
    progress.finish();
    let mut fit = fit?;
    let is_late = progress.is_late();
    if fit.history.learned {
        fit.model.save(&out)?;
        say(args, &scores(&fit, is_late))?;
        let out = text::strong(&out.display().to_string());
        say(args, &format!("\nModel written: {out}{older}\n"))?;
    }
    if is_late && matches!(fit.history.ended, Ended::Interrupted { .. }) {
        if !fit.history.learned {
            let message = "the time was up before anything was learned; give it more --time";
            return Err(Failure::Failed(message.to_owned()));
        }
        // That was asked for.
        fit.history.ended = Ended::Completed;
    }
    ended(&fit.history, &out)
}

/// Writes to standard output, unless quiet was asked for.
fn say(args: &args::Fit, text: &str) -> Result<(), Failure> {
    if args.quiet {
        return Ok(());
    }
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::output)
}

/// The data's name with another ending, in the folder that one is in.
fn default_out(data: &Path) -> PathBuf {
    PathBuf::from(data.file_name().unwrap_or(data.as_os_str())).with_extension("safetensors")
}

fn settings(args: &args::Fit, table: &Table) -> Settings {
    let mut settings = Settings::new(columns(&args.target, table));
    settings.without = columns(&args.without, table);
    let chosen = |value: Option<f64>, default: f64| value.unwrap_or(default);
    settings.solver = args.solver.clone();
    settings.hidden = (!args.hidden.is_empty()).then(|| args.hidden.clone());
    settings.activation = args.activation.clone();
    settings.dropout = chosen(args.dropout, settings.dropout);
    settings.learning_rate = args.learning_rate;
    settings.restarts = args.restarts;
    settings.threads = args.threads.unwrap_or_else(cores);
    settings.validation = chosen(args.validation, settings.validation);
    settings.l1 = chosen(args.l1, settings.l1);
    settings.l2 = chosen(args.l2, settings.l2);
    settings.epochs = args.epochs;
    settings.patience = args.patience;
    settings.batch_size = args.batch_size;
    settings.seed = args.seed;
    settings.precision = args.precision.map(|precision| match precision {
        Precision::F32 => chainrule_tabular::Precision::F32,
        Precision::F64 => chainrule_tabular::Precision::F64,
    });
    settings
}

/// How many trainings can be done at a time.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The columns of an argument, which commas separate, unless there is a column of that very name.
pub(super) fn columns(argument: &[String], table: &Table) -> Vec<String> {
    let whole = argument.join(",");
    if table.names().any(|name| name == whole) { vec![whole] } else { argument.to_vec() }
}

/// What was decided without being asked, and how to decide otherwise.
fn decisions(preparation: &Preparation, table: &Table) -> String {
    let mut text = format!("{} rows, {} columns\n\n", table.rows(), table.names().count());
    text += &format!("{}\n", text::strong("Decisions"));
    for Decision { what, why, flag } in preparation.decisions() {
        let flag = flag.map_or(String::new(), |flag| format!(" [{flag}]"));
        text += &format!("  {what}: {why}{flag}\n");
    }
    text + "\n"
}

/// How good the model is on the held-out rows, beside what is cheap to have.
fn scores(fit: &Fit, is_late: bool) -> String {
    let Fit { scores, history, .. } = fit;
    let title = format!("Errors on the {} held-out rows", scores.rows);
    let mut text = format!("\n{}\n", text::strong(&title));
    let header = ["", "", "RMSE", "MAE", "R²"].map(str::to_owned).to_vec();
    let mut rows = vec![header];
    for TargetScores { target, scores } in &scores.targets {
        let rivals = [("linear regression", scores.linear), ("mean", Some(scores.mean))];
        for (name, score) in [("network", Some(scores.network))].into_iter().chain(rivals) {
            let Some(score) = score else { continue };
            let r_squared = score.r_squared.map_or("-".to_owned(), text::number);
            let target = if name == "network" { text::shown(target) } else { String::new() };
            let (rmse, mae) = (text::number(score.rmse), text::number(score.mae));
            rows.push(vec![target, name.to_owned(), rmse, mae, r_squared]);
        }
    }
    for line in text::columns(&rows).lines() {
        text += &format!("  {line}\n");
    }
    for TargetScores { target, scores } in &scores.targets {
        let linear = scores.linear.map_or(f64::INFINITY, |linear| linear.rmse);
        if scores.network.rmse > 0.98 * linear.min(scores.mean.rmse) {
            let target = text::shown(target);
            text += &format!(
                "  For {target} the network is not clearly better than a linear regression or the \
                 mean: prefer those.\n"
            );
        }
    }
    let why = match history.ended {
        Ended::Converged { reason, .. } => reason.to_string(),
        Ended::Early { .. } => "no more progress on the held-out rows".to_owned(),
        Ended::Completed => "all of them were done".to_owned(),
        Ended::Interrupted { .. } if is_late => "the time was up".to_owned(),
        Ended::Interrupted { .. } => "interrupted".to_owned(),
        Ended::Diverged { .. } => "diverged".to_owned(),
    };
    if !history.epochs.is_empty() {
        let (best, round) = (history.best_epoch + 1, text::round(history));
        let epochs = history.epochs.len();
        text +=
            &format!("  The best parameters are those of {round} {best} of {epochs} ({why}).\n");
    }
    let unit_name = text::unit(scores.targets.len());
    if let [best, .., worst] = &fit.starts[..] {
        let median = &fit.starts[fit.starts.len() / 2];
        let unit = fit.loss_unit().unwrap_or(1.0);
        let [best, median, worst] =
            [best, median, worst].map(|start| text::number((start.loss * unit).sqrt()));
        text += &format!(
            "  RMSE{unit_name} on the held-out rows after {} starts: best {best}, median {median}, worst {worst}.\n  \
             The best was chosen by these rows, which flatters it a little.\n",
            fit.starts.len(),
        );
    }
    if let Some(evidence) = history.evidence {
        text += &format!(
            "  The data determine {:.1} of the {} parameters; the standard deviation of the noise is \
             {}{unit_name}.\n",
            evidence.effective_parameters,
            evidence.parameters,
            text::number((evidence.noise * fit.loss_unit().unwrap_or(1.0)).sqrt()),
        );
    }
    text
}

/// The exit code tells how the training ended.
fn ended(history: &History, out: &Path) -> Result<(), Failure> {
    let kept = match history.learned {
        true => format!(
            "the best parameters so far ({} {}) are in {}",
            text::round(history),
            history.best_epoch + 1,
            out.display()
        ),
        false => "nothing was learned until then, and no model was written".to_owned(),
    };
    match history.ended {
        Ended::Interrupted { epoch } => {
            let round = text::round(history);
            Err(Failure::Interrupted(format!("stopped in {round} {}; {kept}", epoch + 1)))
        }
        Ended::Diverged { epoch, batch } => Err(Failure::Diverged(format!(
            "the loss was not a finite number any more in epoch {}, batch {}; {kept}. Try a smaller \
             --learning-rate",
            epoch + 1,
            batch.unwrap_or(0) + 1
        ))),
        Ended::Completed | Ended::Early { .. } | Ended::Converged { .. } if !history.learned => {
            let advice = match text::is_by_solver(history) {
                true => "Collect more rows, hold others out (--seed), or try another --solver",
                false => "Try another --learning-rate",
            };
            Err(Failure::Failed(format!(
                "nothing was better on the held-out rows than the initial parameters; {kept}. {advice}"
            )))
        }
        Ended::Completed | Ended::Early { .. } | Ended::Converged { .. } => Ok(()),
    }
}
