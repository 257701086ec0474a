use super::{Decision, FitError, Settings, decision::count, plan::Plan};
use crate::{Number, Table, encode::transform, names::list};
use chainrule::{Dataset, Real, data::split};
use ndarray::Array2;
use std::collections::HashSet;

/// With fewer rows there is nothing to train or nothing to judge.
const FEWEST_ROWS: usize = 4;
/// The deviation of fewer rows is no scale.
const FEWEST_TO_TRAIN: usize = 2;
/// With fewer held-out rows, scores are mostly chance.
const FEW_HELD_OUT: usize = 20;

/// With more inputs, a linear regression costs more than the network that it is to be compared with.
pub(super) const MOST_INPUTS_OF_REGRESSION: usize = 1000;

/// A fit before its training: everything is checked and decided.
#[derive(Clone, Debug)]
pub struct Preparation<'a> {
    pub(super) settings: &'a Settings,
    pub(super) plan: Plan,
    pub(super) inputs: Columns<'a>,
    pub(super) targets: Columns<'a>,
    pub(super) training: Vec<usize>,
    pub(super) held_out: Vec<usize>,
    pub(super) decisions: Vec<Decision>,
}

/// Some columns of the table, each with its scale.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns<'a> {
    pub(super) numbers: Vec<Number>,
    pub(super) values: Vec<&'a [f64]>,
}

impl<'a> Preparation<'a> {
    /// Checks the settings against the table, holds rows out, and measures the others.
    pub fn new(table: &'a Table, settings: &'a Settings) -> Result<Self, FitError> {
        let rows = table.rows();
        check_targets(table, &settings.targets)?;
        if rows < FEWEST_ROWS {
            return Err(FitError::TooFewRows { found: rows, needed: FEWEST_ROWS });
        }
        if settings.epochs == Some(0) {
            return Err(FitError::NoEpochs);
        }
        if settings.restarts == Some(0) {
            return Err(FitError::NoStarts);
        }
        let (training, held_out) = split(rows, settings.validation, settings.seed)?;
        if training.len() < FEWEST_TO_TRAIN {
            return Err(FitError::TooFewToTrain {
                found: training.len(),
                held_out: held_out.len(),
            });
        }

        let mut targets = Columns::default();
        for name in &settings.targets {
            if !targets.push(name, table.column(name)?, &training) {
                return Err(FitError::ConstantTarget { name: name.clone() });
            }
        }
        let mut inputs = Columns::default();
        let mut constant = Vec::new();
        for name in &settings.without {
            if !table.names().any(|other| other == name) {
                table.column(name)?;
            }
        }
        let names: HashSet<&str> =
            settings.targets.iter().chain(&settings.without).map(String::as_str).collect();
        for (name, values) in table.columns().filter(|(name, _)| !names.contains(name)) {
            if !inputs.push(name, values?, &training) {
                constant.push(name.to_owned());
            }
        }
        if inputs.numbers.is_empty() {
            return Err(if constant.is_empty() {
                FitError::OnlyTargets
            } else {
                FitError::ConstantInputs
            });
        }

        let widths = [inputs.numbers.len(), targets.numbers.len()];
        let plan = Plan::new(settings, training.len(), widths)?;
        let mut preparation =
            Self { settings, plan, inputs, targets, training, held_out, decisions: Vec::new() };
        preparation.decide(&constant);
        Ok(preparation)
    }

    /// How many epochs or iterations each training has at most.
    pub fn epochs(&self) -> usize {
        self.plan.epochs
    }

    /// How many trainings start from different weights.
    pub fn starts(&self) -> usize {
        self.plan.starts
    }

    /// The name of the solver or of the optimizer.
    pub fn solver(&self) -> &str {
        self.plan.method.name()
    }

    /// What was decided without being asked.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// The inputs that the network will have, each with its scale.
    pub fn inputs(&self) -> &[Number] {
        &self.inputs.numbers
    }

    /// The targets, each with its scale.
    pub fn targets(&self) -> &[Number] {
        &self.targets.numbers
    }

    /// The square of the target's deviation: a loss of the training times this is the mean squared error in
    /// the squared unit of the target. Several targets have no common unit.
    pub fn loss_unit(&self) -> Option<f64> {
        loss_unit(&self.targets.numbers)
    }

    fn decide(&mut self, constant: &[String]) {
        let settings = self.settings;
        let decide = |what, why: &str, flag| Decision::new(what, why, flag);
        let (held_out, rows) = (self.held_out.len(), self.held_out.len() + self.training.len());
        let mut decisions = vec![decide(
            format!("{held_out} of {rows} rows held out, by chance with seed {}", settings.seed),
            "they decide when to stop, and the scores are computed on them",
            Some("--validation"),
        )];
        if self.inputs.numbers.len() > MOST_INPUTS_OF_REGRESSION {
            decisions.push(decide(
                "no linear regression beside the network".to_owned(),
                "with so many inputs it would cost more than the network",
                None,
            ));
        }
        if held_out < FEW_HELD_OUT {
            decisions.push(decide(
                format!("only {}", count(held_out, "row judges", "rows judge")),
                "with so few, the scores are mostly chance: hold more rows out, or collect more",
                Some("--validation"),
            ));
        }
        if !constant.is_empty() {
            decisions.push(decide(
                format!("{} left out", count(constant.len(), "constant input", "constant inputs")),
                &format!("the same value in every training row: {}", list(constant)),
                None,
            ));
        }
        decisions.push(decide(
            format!(
                "{} and {} standardised",
                count(self.inputs.numbers.len(), "input", "inputs"),
                count(self.targets.numbers.len(), "target", "targets")
            ),
            "to mean 0 and deviation 1 on the training rows; the scales are part of the model",
            None,
        ));
        decisions.extend(self.plan.decisions.iter().cloned());
        self.decisions = decisions;
    }

    /// The training data and the held-out data.
    pub(super) fn datasets<T: Real>(&self) -> Result<(Dataset<T>, Dataset<T>), FitError> {
        let dataset = |rows: &[usize]| -> Result<Dataset<T>, FitError> {
            Ok(Dataset::new(self.inputs.transform(rows)?, self.targets.transform(rows)?)?)
        };
        Ok((dataset(&self.training)?, dataset(&self.held_out)?))
    }
}

impl<'a> Columns<'a> {
    /// Takes a column in, unless it is constant in these rows.
    fn push(&mut self, name: &str, values: &'a [f64], rows: &[usize]) -> bool {
        let number = Number::fit(name, rows.iter().map(|&row| values[row]));
        let varies = number.is_some();
        if let Some(number) = number {
            self.numbers.push(number);
            self.values.push(values);
        }
        varies
    }

    /// The standardised values [rows × columns].
    pub(super) fn transform<T: Real>(&self, rows: &[usize]) -> Result<Array2<T>, FitError> {
        transform(&self.numbers, &self.values, rows).map_err(|(i, j)| FitError::OutOfRange {
            column: self.numbers[j].name.clone(),
            row: rows[i] + 1,
            value: self.values[j][rows[i]],
        })
    }
}

pub(super) fn loss_unit(targets: &[Number]) -> Option<f64> {
    match targets {
        [target] => Some(target.deviation * target.deviation),
        _ => None,
    }
}

/// Every target is a column, none is named twice, and a column is left.
fn check_targets(table: &Table, targets: &[String]) -> Result<(), FitError> {
    if targets.is_empty() {
        return Err(FitError::NoTargets);
    }
    let mut seen = HashSet::new();
    for name in targets {
        table.column(name)?;
        if !seen.insert(name) {
            return Err(FitError::RepeatedTarget { name: name.clone() });
        }
    }
    if targets.len() == table.names().count() {
        return Err(FitError::OnlyTargets);
    }
    Ok(())
}
