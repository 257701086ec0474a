use super::{
    Checkpoint, Decision, FitError, Keeper, Preparation, Settings, Validation,
    calibrate::OutOfFold,
    checkpoint::{Identity, Keeping},
    decision::count,
    digest,
    members::Trainings,
    plan::Method,
};
use crate::{
    Model, Parts, Record, Table,
    evaluate::{Baselines, Evaluation, Judge},
};
use chainrule::training::{History, Observer};
use ndarray::s;

/// A fitted model and how it came about.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The model: the mean of its networks, each with the best parameters of its training.
    pub model: Model,
    /// How good it is, beside what is cheap to have.
    pub evaluation: Evaluation,
    /// The trainings whose networks the model has, in the order of their numbers.
    pub trainings: Vec<Training>,
    /// What was decided without being asked.
    pub decisions: Vec<Decision>,
    /// Whether trainings were broken off, or not begun.
    pub is_interrupted: bool,
    /// How many trainings diverged without a result.
    pub diverged: usize,
}

/// One of the trainings.
#[derive(Clone, Debug)]
pub struct Training {
    /// The seed of the weights, of the shuffling and of dropout.
    pub seed: u64,
    /// Its course. Losses are those of the standardised targets; see [`Preparation::loss_unit`].
    pub history: History,
}

/// Fits networks to the table: the targets as a function of the other columns.
///
/// The observer sees every step and the end of each training (of a single one, every epoch), and can break off; what has
/// been learned until then is kept.
pub fn fit<O: Observer<f32> + Observer<f64> + Send>(
    table: &Table,
    settings: &Settings,
    observer: &mut O,
) -> Result<Fit, FitError> {
    Preparation::new(table, None, settings)?.run(observer)
}

impl Preparation<'_> {
    /// Trains the networks and scores their mean.
    pub fn run<O: Observer<f32> + Observer<f64> + Send>(
        self,
        observer: &mut O,
    ) -> Result<Fit, FitError> {
        self.run_kept(None, None, observer)
    }

    /// The same, with its state kept on the way by the keeper, so that a later call can go on from there: from a
    /// checkpoint of the same fit it goes on as if it had never been broken off, to the last bit of the model.
    ///
    /// It fails if the checkpoint is of another fit, and says what differs. An observer that breaks off a training
    /// by an optimizer is heard at the end of the epoch, where there is a state to be kept. To the same bits belongs a
    /// processor with the same [instructions](chainrule::instructions), or their choice by hand.
    pub fn run_kept<O: Observer<f32> + Observer<f64> + Send>(
        self,
        from: Option<&Checkpoint>,
        keeper: Option<&mut dyn Keeper>,
        observer: &mut O,
    ) -> Result<Fit, FitError> {
        let hash = digest::of(self.table);
        let (precision, trainings) = (self.plan.precision, self.trainings());
        let identity = Identity::of(&self, &hash);
        let keeping = Keeping::new(identity, precision, trainings, from, keeper)?;
        let Trainings { trained, diverged, is_interrupted } = self.train(keeping, observer)?;
        let out_of_fold = self.out_of_fold(&trained);
        let calibration = self.calibrate(&out_of_fold)?;
        let trainings: Vec<Training> = trained
            .iter()
            .map(|one| Training { seed: one.seed, history: one.history.clone() })
            .collect();
        let mut decisions = self.decisions.clone();
        if diverged > 0 {
            let what = format!("{} left out", count(diverged, "network", "networks"));
            let why = "its loss was not a finite number any more; a smaller learning rate may help";
            decisions.push(Decision::new(what, why, Some("--learning-rate")));
        }
        let record = Record { data: Some(hash), ..self.record(&trainings, &decisions) };
        let model = Model::of_built(Parts {
            inputs: self.encoder.inputs().to_vec(),
            targets: self.targets.clone(),
            output: self.output.clone(),
            architecture: self.plan.architecture.clone(),
            members: trained.into_iter().map(|one| one.member).collect(),
            calibration,
            record,
        })?;
        let evaluation = match (self.test_table, self.division.test.is_empty()) {
            (Some(test), _) => self.evaluate_on(&model, test)?,
            (None, false) => self.evaluate_rows(&model, self.table, &self.division.test)?,
            (None, true) => self.evaluate_out_of_fold(&model, &out_of_fold)?,
        };
        let record = Record { evaluation: Some(evaluation.clone()), ..model.record().clone() };
        let model = Model::of_built(Parts { record, ..model.into_parts() })?;
        Ok(Fit { model, evaluation, trainings, decisions, is_interrupted, diverged })
    }

    fn record(&self, trainings: &[Training], decisions: &[Decision]) -> Record {
        let (settings, plan) = (self.settings, &self.plan);
        let (learning_rate, batch_size) = match plan.method {
            Method::Solver(_) => (0.0, self.division.development.len()),
            Method::Optimizer(_) => {
                (settings.learning_rate.unwrap_or(Settings::LEARNING_RATE), plan.batch_size)
            }
        };
        let mut best: Vec<usize> = trainings.iter().map(|one| one.history.best_epoch).collect();
        best.sort_unstable();
        let epochs = trainings.iter().map(|one| one.history.epochs.len()).max();
        Record {
            command: settings.command.clone(),
            rows: self.table.rows(),
            test_rows: self.test_table.map_or(self.division.test.len(), Table::rows),
            folds: match plan.validation {
                Validation::Folds(folds) => folds,
                Validation::Part(_) => 1,
            },
            seed: settings.seed,
            starts: plan.starts,
            epochs: epochs.unwrap_or(0),
            best_epoch: best.get(best.len() / 2).copied().unwrap_or(0),
            optimizer: plan.method.name().to_owned(),
            learning_rate,
            batch_size,
            l1: settings.l1,
            l2: settings.l2,
            decisions: decisions.to_vec(),
            ..Record::default()
        }
    }

    /// The model on the rows of another table that have the targets.
    fn evaluate_on(&self, model: &Model, test: &Table) -> Result<Evaluation, FitError> {
        let rows = model.judged_rows(test)?;
        self.evaluate_rows(model, test, &rows)
    }

    fn evaluate_rows(
        &self,
        model: &Model,
        table: &Table,
        rows: &[usize],
    ) -> Result<Evaluation, FitError> {
        let predicted = model.predict_rows(table, rows, Some(self.settings.level))?;
        let plain = self.encoder.width() - self.encoder.embeddings().len();
        let features = |table: &Table, rows: &[usize]| -> Result<_, FitError> {
            let features = self.features::<f64>(table, rows)?;
            Ok(match features.ncols() == plain {
                true => features,
                false => features.slice(s![.., ..plain]).to_owned(),
            })
        };
        let (development, x) = (&self.division.development, features(table, rows)?);
        let known = features(self.table, development)?;
        let groups = self.groups.as_ref().filter(|_| std::ptr::eq(table, self.table));
        let groups: Option<Vec<usize>> =
            groups.map(|groups| rows.iter().map(|&row| groups[row]).collect());
        let judge = self.judge(groups.as_deref());
        let mut targets = Vec::new();
        for ((target, predicted), truth) in self.targets.iter().zip(&predicted).zip(&self.truth) {
            let learned: Vec<f64> = development.iter().map(|&row| truth[row]).collect();
            let baselines = Baselines { x: known.view(), target, truth: &learned };
            let cheap = baselines.predict(x.view())?;
            let truth = target.truth(table.column(&target.name)?, rows)?;
            targets.push(judge.judge(target, predicted, &truth, cheap)?);
        }
        Ok(Evaluation { rows: rows.len(), unseen: true, targets })
    }

    /// The networks on the rows that judged them: they were not trained on these, but stopped by them.
    fn evaluate_out_of_fold(
        &self,
        model: &Model,
        out_of_fold: &OutOfFold,
    ) -> Result<Evaluation, FitError> {
        let rows = &out_of_fold.rows;
        let temperature = model.calibration().temperature;
        let outputs = out_of_fold.natural(&self.output, temperature);
        let predicted = model.predicted(&outputs, None, rows)?;
        let groups: Option<Vec<usize>> =
            self.groups.as_ref().map(|groups| rows.iter().map(|&row| groups[row]).collect());
        let judge = self.judge(groups.as_deref());
        let mut targets = Vec::new();
        for ((target, predicted), truth) in self.targets.iter().zip(&predicted).zip(&self.truth) {
            let truth: Vec<f64> = rows.iter().map(|&row| truth[row]).collect();
            targets.push(judge.judge(target, predicted, &truth, Vec::new())?);
        }
        Ok(Evaluation { rows: rows.len(), unseen: false, targets })
    }

    fn judge<'a>(&self, groups: Option<&'a [usize]>) -> Judge<'a> {
        Judge { seed: self.settings.seed, level: self.settings.level, groups }
    }
}
