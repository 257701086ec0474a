use super::{
    Decision, FitError, Preparation, Settings,
    preparation::{MOST_INPUTS_OF_REGRESSION, loss_unit, optimizer},
};
use crate::{
    AnyNetwork, Comparison, Model, Output, Parts, Precision, Record, Score, Scores, Table,
    TargetScores, evaluate::LeastSquares,
};
use chainrule::{
    Network, Real, Training,
    loss::MeanSquaredError,
    optimizer::Penalty,
    training::{EarlyStopping, History, Observer},
};
use ndarray::Array2;

/// A fitted model and how it came about.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The model, with the best parameters of the training.
    pub model: Model,
    /// The course of the training. Its losses are mean squared errors of the standardised targets; see
    /// [`Fit::loss_unit`].
    pub history: History,
    /// How good the network is on the held-out rows, in the targets' units, beside the baselines.
    pub scores: Scores,
    /// What was decided without being asked.
    pub decisions: Vec<Decision>,
}

impl Fit {
    /// What turns a loss of the history into a mean squared error in the squared unit of the target; see
    /// [`Preparation::loss_unit`].
    pub fn loss_unit(&self) -> Option<f64> {
        loss_unit(self.model.targets())
    }
}

/// Fits a network to the table: the targets as a function of all other columns.
///
/// The observer sees every epoch and step, and can break the training off; the best parameters so far are
/// kept then, as they are when the training diverges (`history.ended` says so).
pub fn fit<O: Observer<f32> + Observer<f64>>(
    table: &Table,
    settings: &Settings,
    observer: &mut O,
) -> Result<Fit, FitError> {
    Preparation::new(table, settings)?.run(observer)
}

impl Preparation<'_> {
    /// Trains the network and scores it.
    pub fn run<O: Observer<f32> + Observer<f64>>(self, observer: &mut O) -> Result<Fit, FitError> {
        let (network, history): (AnyNetwork, History) = match self.settings.precision {
            Precision::F32 => {
                let (network, history) = self.train::<f32>(observer)?;
                (network.into(), history)
            }
            Precision::F64 => {
                let (network, history) = self.train::<f64>(observer)?;
                (network.into(), history)
            }
        };
        let parts = Parts {
            inputs: self.inputs.numbers.clone(),
            targets: self.targets.numbers.clone(),
            output: Output::Value,
            architecture: self.architecture.clone(),
            network,
            record: self.record(&history),
        };
        let model = Model::of_built(parts)?;
        let scores = self.score(&model)?;
        let model = Model::of_built(Parts {
            record: Record { scores: Some(scores.clone()), ..model.record().clone() },
            ..model.into_parts()
        })?;
        Ok(Fit { model, history, scores, decisions: self.decisions })
    }

    fn train<T: Real>(
        &self,
        observer: &mut dyn Observer<T>,
    ) -> Result<(Network<T>, History), FitError> {
        let settings = self.settings;
        let (inputs, outputs) = (self.inputs.numbers.len(), self.targets.numbers.len());
        let mut network = self.architecture.build::<T>(inputs, outputs, settings.seed)?;
        let (data, held_out) = self.datasets::<T>()?;
        let training = Training {
            optimizer: optimizer(&settings.optimizer)?,
            learning_rate: settings.learning_rate,
            schedule: settings.schedule.clone(),
            epochs: settings.epochs,
            batch_size: Some(self.batch_size),
            penalty: Penalty { l1: settings.l1, l2: settings.l2 },
            early_stopping: (settings.patience > 0)
                .then(|| EarlyStopping::after(settings.patience)),
            seed: settings.seed,
            ..Training::new(MeanSquaredError)
        };
        let history = training.run(&mut network, &data, Some(&held_out), observer)?;
        Ok((network, history))
    }

    fn record(&self, history: &History) -> Record {
        let settings = self.settings;
        Record {
            command: settings.command.clone(),
            rows: self.training.len() + self.held_out.len(),
            validation: settings.validation,
            validation_rows: self.held_out.len(),
            seed: settings.seed,
            epochs: history.epochs.len(),
            best_epoch: history.best_epoch,
            optimizer: settings.optimizer.clone(),
            learning_rate: settings.learning_rate,
            batch_size: self.batch_size,
            l1: settings.l1,
            l2: settings.l2,
            ..Record::default()
        }
    }

    /// The model beside the baselines, on the rows that were held out.
    fn score(&self, model: &Model) -> Result<Scores, FitError> {
        let network = model.predict_rows(&self.inputs.values, &self.held_out)?;
        let linear = self.linear_regression()?;
        let mut targets = Vec::new();
        for (j, number) in self.targets.numbers.iter().enumerate() {
            let truth: Vec<f64> =
                self.held_out.iter().map(|&row| self.targets.values[j][row]).collect();
            let linear = linear.as_ref().map(|linear| {
                let values: Vec<f64> =
                    linear.column(j).iter().map(|&z| number.inverse(z)).collect();
                Score::new(&values, &truth)
            });
            let mean = vec![number.mean; truth.len()];
            let scores = Comparison {
                network: Score::new(&network[j], &truth)?,
                linear: linear.transpose()?,
                mean: Score::new(&mean, &truth)?,
            };
            targets.push(TargetScores { target: number.name.clone(), scores });
        }
        Scores::new(self.held_out.len(), targets).ok_or(FitError::NoTargets)
    }

    /// What a linear regression on the training rows predicts for the held-out rows, standardised.
    ///
    /// The standardised columns have mean 0 on the training rows, so that the intercept is 0. With very many
    /// inputs there is none: it takes memory in the square of their number.
    fn linear_regression(&self) -> Result<Option<Array2<f64>>, FitError> {
        let (inputs, outputs) = (self.inputs.numbers.len(), self.targets.numbers.len());
        if inputs > MOST_INPUTS_OF_REGRESSION {
            return Ok(None);
        }
        let mut least_squares = LeastSquares::new(inputs, outputs);
        for rows in self.training.chunks(ROWS_AT_A_TIME) {
            let (x, y) = (self.inputs.transform(rows)?, self.targets.transform(rows)?);
            least_squares.add(x.view(), y.view());
        }
        Ok(Some(self.inputs.transform::<f64>(&self.held_out)?.dot(&least_squares.solve())))
    }
}

const ROWS_AT_A_TIME: usize = 1024;
