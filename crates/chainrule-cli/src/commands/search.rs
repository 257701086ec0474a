//! `chainrule search`: settings by chance, the best of which is fitted and saved.

use super::fit;
use crate::{args, failure::Failure, files, interrupt, keeping, text};
use chainrule_tabular::{
    FileError, Preparation,
    search::{Choice, Found, SearchState, Trial, Watcher, search},
};
use serde_json::{Value, json};
use std::{io::IsTerminal, path::PathBuf, time::Instant};

/// So many trials are shown.
const SHOWN: usize = 10;

pub(crate) fn run(args: &args::Search) -> Result<(), Failure> {
    let fit = &args.fit;
    let job = fit::Job::open(fit)?;
    files::check_writable(&job.out)?;
    files::check_distinct(&job.out, &[&fit.data])?;
    let from = keeping::check(&fit.keeping, &[&job.out, &fit.data])?;
    let from = from.map(SearchState::load).transpose()?;
    let preparation = Preparation::new(&job.table, job.test.as_ref(), &job.settings)?;
    let unit = preparation.loss_unit();

    interrupt::listen();
    let time = fit.learning.time;
    let mut watch = Watch {
        path: fit.keeping.checkpoint.clone(),
        deadline: time.and_then(|time| Instant::now().checked_add(time)),
        is_silent: fit.quiet || fit.json,
        unit,
    };
    let found = search(&job.table, &job.settings, args.trials, from.as_ref(), &mut watch)?;
    fit::say(fit, &told(&found, unit))?;
    if interrupt::asked() {
        let message = "no model was fitted".to_owned() + &keeping::told(&fit.keeping);
        return Err(Failure::Interrupted(message));
    }
    if found.trials.is_empty() {
        let message = "the time was up before any settings were judged; give it more --time";
        return Err(Failure::Failed(message.to_owned()));
    }
    let trials: Vec<Value> = found.trials.iter().map(json).collect();
    let extra = json!({ "search": { "trials": trials, "interrupted": found.is_interrupted } });
    let job = fit::Job { settings: found.best, ..job };
    job.run(fit, None, None, extra)
}

/// Writes the state of the search, and tells how it goes.
struct Watch {
    path: Option<PathBuf>,
    deadline: Option<Instant>,
    is_silent: bool,
    unit: Option<f64>,
}

impl Watcher for Watch {
    fn is_asked_to_stop(&mut self) -> bool {
        interrupt::asked() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    fn judged(&mut self, trial: &Trial, state: &SearchState) -> Result<(), FileError> {
        if let Some(path) = &self.path {
            state.save(path)?;
        }
        if !self.is_silent {
            let (number, epochs) = (trial.number + 1, trial.epochs);
            let (name, loss) = judged(trial.loss, self.unit);
            // In a terminal one line that changes, otherwise one for each.
            let (start, end) =
                if std::io::stderr().is_terminal() { ("\r\x1b[2K", "") } else { ("", "\n") };
            anstream::eprint!(
                "{start}trial {number} after at most {epochs} epochs: {name} {loss}{end}"
            );
        }
        Ok(())
    }
}

/// A loss under its name: where it has a unit, as the root mean squared error.
fn judged(loss: f64, unit: Option<f64>) -> (&'static str, String) {
    match unit {
        Some(unit) => ("RMSE", text::number((loss * unit).sqrt())),
        None => ("loss", text::number(loss)),
    }
}

/// The best trials.
fn told(found: &Found, unit: Option<f64>) -> String {
    let (name, _) = judged(0.0, unit);
    let header = [
        "trial",
        name,
        "epochs",
        "hidden",
        "activation",
        "learning rate",
        "batch",
        "dropout",
        "l2",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for trial in found.trials.iter().take(SHOWN) {
        let (_, loss) = judged(trial.loss, unit);
        let mut row = vec![(trial.number + 1).to_string(), loss, trial.epochs.to_string()];
        row.extend(match &trial.choice {
            None => vec!["the default".to_owned()],
            Some(choice) => described(choice),
        });
        rows.push(row);
    }
    let mut told = format!("\n{}\n", text::strong("The best settings, on rows that judged"));
    told += &text::columns(&rows);
    if found.is_interrupted {
        told += "The search was broken off; these are the best ones so far.\n";
    }
    told + "\n"
}

fn described(choice: &Choice) -> Vec<String> {
    let hidden: Vec<String> = choice.hidden.iter().map(usize::to_string).collect();
    vec![
        hidden.join(","),
        choice.activation.clone(),
        choice.learning_rate.to_string(),
        choice.batch_size.to_string(),
        choice.dropout.to_string(),
        choice.l2.to_string(),
    ]
}

fn json(trial: &Trial) -> Value {
    json!({
        "trial": trial.number + 1,
        "epochs": trial.epochs,
        // Infinite, and therefore null, where a training diverged.
        "loss": trial.loss,
        "settings": trial.choice.as_ref().map(|choice| json!({
            "hidden": choice.hidden,
            "activation": choice.activation,
            "dropout": choice.dropout,
            "learning_rate": choice.learning_rate,
            "l2": choice.l2,
            "batch_size": choice.batch_size,
        })),
    })
}
