//! Which fit it is: everything that the bits of its model depend on.

use super::super::{FitError, Preparation, Settings, digest};
use crate::names::list;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// What is set, with its value, as text for people; tables by their hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity(Vec<(String, String)>);

impl Identity {
    /// Of this fit of a table whose hash is known.
    pub(crate) fn of(preparation: &Preparation, hash: &str) -> Self {
        let mut all =
            vec![("the version of chainrule".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
        all.extend(settings(preparation.settings));
        let table = |rows: usize, hash: &str| format!("one of {rows} rows with the SHA-256 {hash}");
        all.push(("the table".to_owned(), table(preparation.table.rows(), hash)));
        let test = match preparation.test_table {
            None => "none".to_owned(),
            Some(test) => table(test.rows(), &digest::of(test)),
        };
        all.push(("the table for the scores".to_owned(), test));
        Self(all)
    }

    /// The same with something more.
    pub(crate) fn with(mut self, what: &str, value: impl ToString) -> Self {
        self.0.push((what.to_owned(), value.to_string()));
        self
    }

    /// Fails with the first difference, `self` being the one of now.
    pub(crate) fn check(&self, before: &Self) -> Result<(), FitError> {
        for (what, now) in &self.0 {
            let then = before.0.iter().find(|(name, _)| name == what);
            let then = then.map_or("unknown", |(_, then)| then.as_str());
            if then != now {
                let (what, then, now) = (what.clone(), then.to_owned(), now.clone());
                return Err(FitError::OtherFit { what, then, now });
            }
        }
        Ok(())
    }
}

/// All settings but the threads, which change nothing, and the command, which is for people.
fn settings(settings: &Settings) -> Vec<(String, String)> {
    // A setting that is new has to be named here.
    let Settings {
        targets,
        without,
        task,
        log_target,
        types,
        weights,
        balanced,
        group,
        order,
        test,
        validation,
        solver,
        hidden,
        activation,
        dropout,
        learning_rate,
        schedule,
        epochs,
        batch_size,
        restarts,
        threads: _,
        patience,
        l1,
        l2,
        level,
        seed,
        precision,
        command: _,
    } = settings;
    let all = [
        ("the targets", list(targets)),
        ("the columns left out", if without.is_empty() { "none".into() } else { list(without) }),
        ("the task", or_usual(task)),
        ("the logarithm of the target", log_target.to_string()),
        ("the types of columns", format!("{types:?}")),
        ("the column of the weights", or_usual(weights)),
        ("the balance of the classes", balanced.to_string()),
        ("the column of the groups", or_usual(group)),
        ("the column of the order", or_usual(order)),
        ("the part of the rows for the scores", or_usual(test)),
        ("the validation", or_usual(validation)),
        ("the solver", solver.clone()),
        ("the hidden layers", or_usual(hidden)),
        ("the activation", or_usual(activation)),
        ("the dropout", dropout.to_string()),
        ("the learning rate", or_usual(learning_rate)),
        ("the schedule", format!("{schedule:?}")),
        ("the number of epochs", or_usual(epochs)),
        ("the batch size", or_usual(batch_size)),
        ("the number of restarts", or_usual(restarts)),
        ("the patience", or_usual(patience)),
        ("the l1 penalty", l1.to_string()),
        ("the l2 penalty", l2.to_string()),
        ("the level of the intervals", level.to_string()),
        ("the seed", seed.to_string()),
        ("the precision", or_usual(precision)),
    ];
    all.map(|(what, value)| (what.to_owned(), value)).to_vec()
}

fn or_usual(setting: &Option<impl Debug>) -> String {
    setting.as_ref().map_or("not given".to_owned(), |value| format!("{value:?}"))
}
