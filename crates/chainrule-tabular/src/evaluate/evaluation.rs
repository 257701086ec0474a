use super::{
    ClassificationScore, Interval, IntervalQuality, RegressionScore, bootstrap, classification,
    regression,
};
use crate::{
    encode::{Target, TargetValues},
    model::Predicted,
};
use chainrule::Error;
use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

/// What is said about predictions for some rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The number of these rows.
    pub rows: usize,
    /// Whether no decision saw them; otherwise they told the trainings when to stop, which flatters a little.
    pub unseen: bool,
    /// For each target.
    pub targets: Vec<TargetEvaluation>,
}

/// What is said about the predictions of one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetEvaluation {
    /// The name of the target.
    pub target: String,
    /// How good they are.
    pub measures: Measures,
    /// How far chance may move some of the [named](TargetEvaluation::named) measures: where 95 % of 200 tables of as many
    /// rows, drawn from these, have them.
    pub uncertainty: Vec<(String, Interval)>,
    /// What is cheap to have, on the same rows.
    pub baselines: Vec<Baseline>,
    /// The intervals, if there are some.
    pub intervals: Option<Coverage>,
    /// Whether the model is worth more than the best of the cheap ones; `None` if there are none.
    pub verdict: Option<Verdict>,
}

/// How good the predictions of one target are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measures {
    /// Of numbers.
    Numbers {
        /// The errors.
        score: RegressionScore,
        /// What suits the task besides: the mean logarithm of the density, the deviance, the loss of the quantiles.
        more: Vec<(String, f64)>,
    },
    /// Of classes.
    Classes {
        /// The names of the classes.
        names: Vec<String>,
        /// All measures.
        score: ClassificationScore,
    },
}

/// Predictions that are cheap to have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// `mean`, `linear regression`, …
    pub name: String,
    /// How good they are.
    pub measures: Measures,
    /// By how much the main measure of the model is larger, with 90 % probability; below 0 the model is better.
    pub difference: Option<Interval>,
}

/// How often intervals hold the truth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// How often they are to.
    pub level: f64,
    /// How often they do, and how wide they are.
    pub quality: IntervalQuality,
}

/// The model beside the best of the cheap ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The model is better, and not by chance.
    Better,
    /// These rows do not tell.
    Undecided,
    /// The cheap one is better, and not by chance.
    Worse,
}

impl TargetEvaluation {
    /// The measures under the names that a program asks for them by.
    pub fn named(&self) -> Vec<(&str, f64)> {
        let mut named = self.measures.named();
        if let Some(Coverage { quality, .. }) = &self.intervals {
            named.push(("coverage", quality.coverage));
            named.push(("interval_width", quality.mean_width));
        }
        named
    }

    /// The best of the cheap ones by the main measure.
    pub fn best_baseline(&self) -> Option<&Baseline> {
        let main = |baseline: &&Baseline| baseline.measures.main();
        self.baselines.iter().min_by(|a, b| main(a).total_cmp(&main(b)))
    }
}

impl Measures {
    /// The measures under the names that a program asks for them by. What is undefined is left out.
    pub fn named(&self) -> Vec<(&str, f64)> {
        let mut named = Vec::new();
        let mut add = |name, value: Option<f64>| named.extend(value.map(|value| (name, value)));
        match self {
            Self::Numbers { score, more } => {
                add("rmse", Some(score.rmse));
                add("mae", Some(score.mae));
                add("r2", score.r_squared);
                add("mape", score.mape);
                add("median_absolute_error", Some(score.median_absolute_error));
                add("max_error", Some(score.max_error));
                named.extend(more.iter().map(|(name, value)| (name.as_str(), *value)));
            }
            Self::Classes { score, .. } => {
                add("accuracy", Some(score.accuracy));
                add("balanced_accuracy", Some(score.balanced_accuracy));
                add("f1", Some(score.macro_f1));
                add("roc_auc", score.roc_auc);
                add("pr_auc", score.average_precision);
                add("log_loss", Some(score.log_loss));
                add("brier", Some(score.brier_score));
                add("calibration_error", Some(score.calibration_error));
            }
        }
        named
    }

    /// The one that models are compared by, the smaller the better: the root mean squared error, or the log loss.
    pub fn main(&self) -> f64 {
        match self {
            Self::Numbers { score, .. } => score.rmse,
            Self::Classes { score, .. } => score.log_loss,
        }
    }

    /// Its name.
    pub fn main_name(&self) -> &'static str {
        match self {
            Self::Numbers { .. } => "rmse",
            Self::Classes { .. } => "log_loss",
        }
    }

    fn of(target: &Target, predicted: &Predicted, truth: &[f64]) -> Result<Self, Error> {
        match predicted {
            Predicted::Number { values, deviation, quantiles, .. } => {
                let mut more = Vec::new();
                if let Some(deviation) = deviation {
                    let density = regression::gaussian_log_likelihood(values, deviation, truth)?;
                    more.push(("log_likelihood".to_owned(), density));
                }
                if !quantiles.is_empty() {
                    let mut sum = 0.0;
                    for (level, values) in quantiles {
                        sum += regression::pinball(values, truth, *level)?;
                    }
                    more.push(("pinball".to_owned(), sum / quantiles.len() as f64));
                }
                if let TargetValues::Count { .. } = target.values
                    && values.iter().all(|rate| *rate > 0.0)
                {
                    more.push((
                        "deviance".to_owned(),
                        regression::poisson_deviance(values, truth)?,
                    ));
                }
                more.retain(|(_, value)| value.is_finite());
                Ok(Self::Numbers { score: RegressionScore::new(values, truth, None)?, more })
            }
            Predicted::Classes(probabilities) => {
                let names = target.class_names().unwrap_or_default().to_vec();
                let score = ClassificationScore::new(probabilities.view(), &places(truth))?;
                Ok(Self::Classes { names, score })
            }
        }
    }
}

/// Who judges predictions: what a resample of the rows has to mind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge<'a> {
    /// Of the resamples.
    pub(crate) seed: u64,
    /// How often intervals are to hold the truth.
    pub(crate) level: f64,
    /// For each row its group, where rows of one group are not independent.
    pub(crate) groups: Option<&'a [usize]>,
}

const REPEATS: usize = 200;

impl Judge<'_> {
    /// Judges the predictions of a target beside cheap ones for the same rows. `truth` is finite.
    pub(crate) fn judge(
        &self,
        target: &Target,
        predicted: &Predicted,
        truth: &[f64],
        baselines: Vec<(String, Predicted)>,
    ) -> Result<TargetEvaluation, Error> {
        let measures = Measures::of(target, predicted, truth)?;
        let names = match measures {
            Measures::Numbers { .. } => ["rmse", "mae", "r2"],
            Measures::Classes { .. } => ["accuracy", "log_loss", "roc_auc"],
        };
        let intervals = self.resample(0.95, truth.len(), |rows| {
            let (predicted, truth) = (select(predicted, rows), pick(truth, rows));
            match &predicted {
                Predicted::Number { values, .. } => {
                    let score = RegressionScore::new(values, &truth, None).ok();
                    let of = |value: fn(&RegressionScore) -> Option<f64>| value(score.as_ref()?);
                    [of(|s| Some(s.rmse)), of(|s| Some(s.mae)), of(|s| s.r_squared)]
                }
                Predicted::Classes(probabilities) => quick(probabilities, &places(&truth)),
            }
        });
        let uncertainty = names.into_iter().zip(intervals);
        let uncertainty = uncertainty.filter_map(|(name, i)| Some((name.to_owned(), i?))).collect();
        let intervals = match predicted {
            Predicted::Number { interval: Some([low, high]), .. } => {
                let quality = IntervalQuality::new(low, high, truth, 1.0 - self.level)?;
                Some(Coverage { level: self.level, quality })
            }
            _ => None,
        };
        let mut evaluation = TargetEvaluation {
            target: target.name.clone(),
            measures,
            uncertainty,
            baselines: Vec::new(),
            intervals,
            verdict: None,
        };
        for (name, cheap) in baselines {
            let measures = Measures::of(target, &cheap, truth)?;
            let difference = |rows: &[usize]| {
                let truth = pick(truth, rows);
                Some(main(&select(predicted, rows), &truth)? - main(&select(&cheap, rows), &truth)?)
            };
            let [difference] = self.resample(0.9, truth.len(), |rows| [difference(rows)]);
            evaluation.baselines.push(Baseline { name, measures, difference });
        }
        evaluation.verdict = evaluation.best_baseline().map(|best| match best.difference {
            Some(Interval { high, .. }) if high < 0.0 => Verdict::Better,
            Some(Interval { low, .. }) if low > 0.0 => Verdict::Worse,
            _ => Verdict::Undecided,
        });
        Ok(evaluation)
    }

    fn resample<const N: usize>(
        &self,
        level: f64,
        rows: usize,
        measures: impl Fn(&[usize]) -> [Option<f64>; N],
    ) -> [Option<Interval>; N] {
        match self.groups {
            Some(groups) => {
                bootstrap::bootstrap_groups(groups, REPEATS, self.seed, level, measures)
            }
            None => bootstrap::bootstrap_all(rows, REPEATS, self.seed, level, measures),
        }
    }
}

/// The main measure.
fn main(predicted: &Predicted, truth: &[f64]) -> Option<f64> {
    match predicted {
        Predicted::Number { values, .. } => {
            RegressionScore::new(values, truth, None).ok().map(|score| score.rmse)
        }
        Predicted::Classes(p) => classification::log_loss(p.view(), &places(truth)).ok(),
    }
}

/// Accuracy, log loss and area under the ROC curve.
fn quick(probabilities: &Array2<f64>, truth: &[usize]) -> [Option<f64>; 3] {
    let predicted = classification::most_probable(probabilities.view());
    let hits = predicted.iter().zip(truth).filter(|(a, b)| a == b).count();
    let area = match probabilities.ncols() {
        2 => {
            let positive: Vec<bool> = truth.iter().map(|class| *class == 1).collect();
            classification::roc_auc(&probabilities.column(1).to_vec(), &positive).ok().flatten()
        }
        _ => None,
    };
    let loss = classification::log_loss(probabilities.view(), truth).ok();
    [Some(hits as f64 / truth.len() as f64), loss, area]
}

/// The classes, of numbers that are their places.
fn places(truth: &[f64]) -> Vec<usize> {
    truth.iter().map(|place| *place as usize).collect()
}

fn pick(values: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&row| values[row]).collect()
}

/// The predicted values or probabilities of these rows.
fn select(predicted: &Predicted, rows: &[usize]) -> Predicted {
    match predicted {
        Predicted::Number { values, .. } => Predicted::of_numbers(pick(values, rows)),
        Predicted::Classes(p) => Predicted::Classes(p.select(Axis(0), rows)),
    }
}
