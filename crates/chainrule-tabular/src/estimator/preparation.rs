use super::{
    Decision, FitError, Settings, Task, Validation,
    decision::count,
    division::{Bonds, Division},
    inputs,
    plan::{Plan, Problem},
    rows::{balanced, class_places, codes, times, usable, weights},
    task,
};
use crate::{
    Output, Table,
    encode::{EncodeError, Encoder, Target},
    evaluate::Baselines,
    names::list,
};
use chainrule::{Dataset, Real};
use ndarray::{Array1, Array2};
use std::collections::HashSet;

/// With fewer rows there is nothing to train or nothing to judge.
const FEWEST_ROWS: usize = 8;
/// With fewer rows, scores are mostly chance.
const FEW_TEST_ROWS: usize = 30;

/// A fit before its training: everything is checked and decided.
#[derive(Clone, Debug)]
pub struct Preparation<'a> {
    pub(super) table: &'a Table,
    /// Rows of another table that no decision sees.
    pub(super) test_table: Option<&'a Table>,
    pub(super) settings: &'a Settings,
    pub(super) task: Task,
    pub(super) output: Output,
    pub(super) encoder: Encoder,
    pub(super) targets: Vec<Target>,
    /// For each target its true values in all rows of the table; see [`Target::truth`].
    pub(super) truth: Vec<Vec<f64>>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) groups: Option<Vec<usize>>,
    pub(super) division: Division,
    pub(super) plan: Plan,
    pub(super) decisions: Vec<Decision>,
}

impl<'a> Preparation<'a> {
    /// Checks the settings against the table, divides its rows, and measures those of the development.
    ///
    /// The rows of `test`, if it is given, are what the model is scored on.
    pub fn new(
        table: &'a Table,
        test: Option<&'a Table>,
        settings: &'a Settings,
    ) -> Result<Self, FitError> {
        check(table, settings)?;
        let mut decisions = Vec::new();
        let rows = usable(table, settings, &mut decisions)?;
        if rows.len() < FEWEST_ROWS {
            return Err(FitError::TooFewRows { found: rows.len(), needed: FEWEST_ROWS });
        }
        let weights = settings.weights.as_ref().map(|name| weights(table, name, &rows));
        let mut weights = weights.transpose()?;
        let task = match &settings.task {
            Some(task) => task.clone(),
            None => Task::suggested(table, settings, &rows)?,
        };

        // Of classes all rows tell which there are; of numbers those of the development tell the scale.
        let (targets, output) = task.targets(table, settings, &rows)?;
        let all: Vec<usize> = (0..table.rows()).collect();
        let truth = |targets: &[Target]| -> Result<Vec<Vec<f64>>, FitError> {
            let of = |target: &Target| Ok(target.truth(table.column(&target.name)?, &all)?);
            targets.iter().map(of).collect()
        };
        let classes = match output {
            Output::Probability | Output::Classes => Some(class_places(table, &targets)?),
            _ => None,
        };
        let groups =
            settings.group.as_ref().map(|name| table.column(name).map(codes)).transpose()?;
        let times = settings.order.as_ref().map(|name| times(table, name, &rows)).transpose()?;
        let bonds = Bonds {
            classes: classes.as_deref(),
            groups: groups.as_deref(),
            times: times.as_deref(),
        };

        if !(settings.level > 0.0 && settings.level < 1.0) {
            return Err(FitError::Level { level: settings.level });
        }
        let test_part = settings.test.unwrap_or(if test.is_some() { 0.0 } else { Settings::TEST });
        if !(0.0..1.0).contains(&test_part) {
            return Err(FitError::TestPart { part: test_part });
        }
        // Which rows are the test does not depend on how the others are divided.
        let division =
            Division::new(&rows, test_part, Validation::Folds(2), 1, bonds, settings.seed)?;
        let development = &division.development;
        let (targets, output) = match classes {
            Some(_) => (targets, output),
            None => task.targets(table, settings, development)?,
        };
        let truth = truth(&targets)?;
        decide_target(&task, settings, &targets, &truth, &rows, &mut decisions);
        let encoder = inputs::fit(table, settings, development, &mut decisions)?;
        if encoder.width() > Baselines::MOST_FEATURES {
            let what = "no linear regression beside the model".to_owned();
            let why = "with so many features it would cost more than the networks";
            decisions.push(Decision::new(what, why, None));
        }
        let problem = Problem {
            rows: development.len(),
            inputs: encoder.width(),
            embeddings: encoder.embeddings(),
            outputs: output.width(&targets),
            is_squared: output.has_squared_errors(&targets),
            is_ordered: settings.order.is_some(),
        };
        let plan = Plan::new(settings, &problem, &mut decisions)?;
        let (validation, starts) = (plan.validation, plan.starts);
        let division = Division::new(&rows, test_part, validation, starts, bonds, settings.seed)?;
        if settings.balanced {
            weights = Some(balanced(weights, &truth, &targets, &division.development)?);
        }
        let mut preparation = Self {
            table,
            test_table: test,
            settings,
            task,
            output,
            encoder,
            targets,
            truth,
            weights,
            groups,
            division,
            plan,
            decisions: Vec::new(),
        };
        let mut first = preparation.decide_rows();
        first.append(&mut decisions);
        preparation.decisions = first;
        Ok(preparation)
    }

    /// How many epochs or iterations each training has at most.
    pub fn epochs(&self) -> usize {
        self.plan.epochs
    }

    /// How many trainings there are: one for each fold of each division.
    pub fn trainings(&self) -> usize {
        self.division.judges.len()
    }

    /// The name of the solver or of the optimizer.
    pub fn solver(&self) -> &str {
        self.plan.method.name()
    }

    /// What is learned of the targets.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// What was decided without being asked.
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// The targets, each with its scale or its classes.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// What the networks will read.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The rows of the table that are kept for the scores, ascending: no decision sees them.
    pub fn test_rows(&self) -> &[usize] {
        &self.division.test
    }

    /// The square of the target's deviation: a loss of the training times this is the mean squared error in
    /// the squared unit of the target. Several targets have no common unit, and other losses have none.
    pub fn loss_unit(&self) -> Option<f64> {
        match (&self.targets[..], self.output.has_squared_errors(&self.targets)) {
            ([target], true) => target.unit().map(|unit| unit * unit),
            _ => None,
        }
    }

    /// Two parts of the data: the rows that train in this training, and those that judge.
    pub(super) fn datasets<T: Real>(&self, number: usize) -> Result<[Dataset<T>; 2], FitError> {
        let judges = &self.division.judges[number];
        let training = self.division.training(judges);
        Ok([self.dataset(&training)?, self.dataset(judges)?])
    }

    fn dataset<T: Real>(&self, rows: &[usize]) -> Result<Dataset<T>, FitError> {
        let x = self.features(self.table, rows)?;
        let targets = Array2::from_shape_fn((rows.len(), self.targets.len()), |(i, j)| {
            T::of(self.targets[j].transform(self.truth[j][rows[i]]))
        });
        if let Some(((i, j), _)) = targets.indexed_iter().find(|(_, t)| !t.is_finite()) {
            let (column, value) = (self.targets[j].name.clone(), self.truth[j][rows[i]]);
            return Err(FitError::OutOfRange {
                column,
                row: rows[i] + 1,
                value: value.to_string(),
            });
        }
        let data = Dataset::new(x, targets)?;
        Ok(match &self.weights {
            None => data,
            Some(weights) => {
                let of = |row: &usize| T::of(weights[*row]);
                data.with_weights(rows.iter().map(of).collect::<Array1<T>>())?
            }
        })
    }

    /// The features of these rows.
    pub(super) fn features<T: Real>(
        &self,
        table: &Table,
        rows: &[usize],
    ) -> Result<Array2<T>, FitError> {
        let features = self.encoder.transform(table, rows).map_err(|error| match error {
            EncodeError::Table(error) => FitError::Table(error),
            EncodeError::OutOfRange { column, row, value } => {
                FitError::OutOfRange { column, row, value }
            }
        })?;
        Ok(features.x)
    }

    /// What is said about the rows.
    fn decide_rows(&self) -> Vec<Decision> {
        let (settings, division) = (self.settings, &self.division);
        let rows = division.test.len() + division.development.len();
        let by = match (&settings.order, &settings.group) {
            (Some(_), _) => "the latest ones".to_owned(),
            (None, Some(group)) => {
                format!(
                    "whole groups of {}, by chance with seed {}",
                    list(std::slice::from_ref(group)),
                    settings.seed
                )
            }
            (None, None) => format!("by chance with seed {}", settings.seed),
        };
        let mut decisions = Vec::new();
        let mut decide = |what, why: &str, flag| decisions.push(Decision::new(what, why, flag));
        if let Some(test) = self.test_table {
            let what =
                format!("scores on the {} of the other file", count(test.rows(), "row", "rows"));
            decide(what, "no decision sees them", Some("--test"));
        } else if division.test.is_empty() {
            let why = "without a test the scores are those of rows that judged during the training";
            decide("no row kept for the scores".to_owned(), why, Some("--test"));
        } else {
            let test = division.test.len();
            let what = format!("{test} of {rows} rows kept for the scores, {by}");
            decide(what, "no decision sees them before the end", Some("--test"));
            if test < FEW_TEST_ROWS {
                let what = format!("only {} in the scores", count(test, "row", "rows"));
                let why = "with so few, the scores are mostly chance: see `chainrule cv`, or collect more";
                decide(what, why, Some("--test"));
            }
        }
        let networks = count(self.trainings(), "network", "networks");
        let (what, flag) = match self.plan.validation {
            _ if settings.order.is_some() => {
                let judges = count(division.judges[0].len(), "row", "rows");
                (format!("{networks}, judged by the {judges} before those"), "--validation")
            }
            Validation::Part(_) => {
                let judges = count(division.judges[0].len(), "row", "rows");
                let each = if self.trainings() == 1 { "" } else { "each " };
                (format!("{networks}, {each}judged by {judges}, by chance"), "--validation")
            }
            Validation::Folds(folds) => {
                let times = match self.plan.starts {
                    1 => String::new(),
                    starts => format!(", {starts} times anew"),
                };
                let what = "each trained without one of";
                (format!("{networks}, {what} {folds} folds of the rows{times}"), "--folds")
            }
        };
        let why =
            "rows that one does not learn from tell when to stop; the model is the mean of all";
        decide(what, why, Some(flag));
        decisions
    }
}

/// Everything that is named is a column, and no target is named twice.
pub(super) fn check(table: &Table, settings: &Settings) -> Result<(), FitError> {
    if settings.targets.is_empty() {
        return Err(FitError::NoTargets);
    }
    let mut seen = HashSet::new();
    for name in &settings.targets {
        table.column(name)?;
        if !seen.insert(name) {
            return Err(FitError::RepeatedTarget { name: name.clone() });
        }
    }
    for name in [&settings.weights, &settings.group, &settings.order].into_iter().flatten() {
        table.column(name)?;
        if seen.contains(name) {
            return Err(FitError::TargetElsewhere { name: name.clone() });
        }
    }
    if settings.targets.len() == table.names().count() {
        return Err(FitError::OnlyTargets);
    }
    if settings.epochs == Some(0) {
        return Err(FitError::NoEpochs);
    }
    if settings.restarts == Some(0) {
        return Err(FitError::NoStarts);
    }
    Ok(())
}

/// What is said about the targets.
fn decide_target(
    task: &Task,
    settings: &Settings,
    targets: &[Target],
    truth: &[Vec<f64>],
    rows: &[usize],
    decisions: &mut Vec<Decision>,
) {
    if settings.task.is_some() {
        return;
    }
    let names = task::names(&settings.targets);
    let (what, why) = match (task, targets) {
        (Task::Classification, [target]) => {
            let truth: Vec<f64> = rows.iter().map(|&row| truth[0][row]).collect();
            (
                format!("classification of {names}"),
                format!("its values are {}", task::described(target, &truth)),
            )
        }
        (Task::Classification, _) => {
            (format!("a probability for each of {names}"), "each has two values".to_owned())
        }
        _ => {
            let whole = truth.iter().all(|truth| {
                rows.iter().all(|&row| truth[row] >= 0.0 && truth[row].fract() == 0.0)
            });
            let why = match whole {
                true => "numbers; if they are counts or stand for classes, say so",
                false => "its values are numbers",
            };
            (format!("regression of {names}"), why.to_owned())
        }
    };
    decisions.push(Decision::new(what, &why, Some("--task")));
}
