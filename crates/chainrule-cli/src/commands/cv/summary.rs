//! What several folds say together.

use super::Fold;
use chainrule_tabular::{Measures, TargetEvaluation};
use serde_json::{Map, Value, json};

/// A mean over folds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub(super) mean: f64,
    /// Of the mean: the deviation of the folds, with one less than their number below the fraction, over the root of their
    /// number; `None` of a single one.
    ///
    /// The folds share most of what they learned from, so that it is rather too small (Bengio and Grandvalet, 2004).
    pub(super) error: Option<f64>,
}

impl Mean {
    /// `None` of none.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let n = values.len() as f64;
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let error = (values.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt());
        Some(Self { mean, error })
    }

    fn object(self) -> Value {
        json!({ "mean": self.mean, "standard_error": self.error })
    }
}

/// What is said about one target.
pub(super) struct Summary {
    pub(super) target: String,
    /// Of the model, by the names of the measures.
    pub(super) model: Vec<(String, Mean)>,
    pub(super) baselines: Vec<Rival>,
    /// The name of the measure that models are compared by, the smaller the better.
    pub(super) main: &'static str,
    /// How often the intervals are to hold the truth, if there are some.
    pub(super) level: Option<f64>,
}

/// What is cheap to have.
pub(super) struct Rival {
    pub(super) name: String,
    pub(super) measures: Vec<(String, Mean)>,
    /// In how many folds the model is better by the main measure, and in how many both are there.
    pub(super) better: usize,
    pub(super) folds: usize,
    /// By how much the main measure of the model is larger.
    pub(super) difference: Option<Mean>,
}

impl Summary {
    pub(super) fn of(folds: &[Fold]) -> Vec<Self> {
        let targets = folds.first().map_or(0, |fold| fold.evaluation.targets.len());
        let of = |place: usize| -> Vec<&TargetEvaluation> {
            folds.iter().filter_map(|fold| fold.evaluation.targets.get(place)).collect()
        };
        (0..targets).filter_map(|place| Self::of_target(&of(place))).collect()
    }

    fn of_target(folds: &[&TargetEvaluation]) -> Option<Self> {
        let first = folds.first()?;
        let named: Vec<Vec<(&str, f64)>> = folds.iter().map(|fold| fold.named()).collect();
        let mut names: Vec<&str> = Vec::new();
        for baseline in folds.iter().flat_map(|fold| &fold.baselines) {
            if !names.contains(&baseline.name.as_str()) {
                names.push(&baseline.name);
            }
        }
        Some(Self {
            target: first.target.clone(),
            model: means(&named),
            baselines: names.into_iter().map(|name| Rival::of(name, folds)).collect(),
            main: first.measures.main_name(),
            level: folds.iter().find_map(|fold| Some(fold.intervals?.level)),
        })
    }

    /// The best of the cheap ones by the mean of the main measure.
    pub(super) fn best(&self) -> Option<&Rival> {
        let main = |rival: &&Rival| {
            let found = rival.measures.iter().find(|(name, _)| name == self.main);
            found.map_or(f64::INFINITY, |(_, mean)| mean.mean)
        };
        self.baselines.iter().min_by(|a, b| main(a).total_cmp(&main(b)))
    }

    pub(super) fn object(&self) -> Value {
        let baselines = self.baselines.iter().map(|rival| {
            json!({
                "name": rival.name,
                "measures": object(&rival.measures),
                "difference": rival.difference.map(Mean::object),
                "model_better_in_folds": rival.better,
                "folds": rival.folds,
            })
        });
        json!({
            "target": self.target,
            "measures": object(&self.model),
            "baselines": baselines.collect::<Vec<_>>(),
            "level": self.level,
        })
    }
}

impl Rival {
    fn of(name: &str, folds: &[&TargetEvaluation]) -> Self {
        let found = |fold: &&TargetEvaluation| -> Option<(Measures, f64)> {
            let baseline = fold.baselines.iter().find(|baseline| baseline.name == name)?;
            let difference = fold.measures.main() - baseline.measures.main();
            Some((baseline.measures.clone(), difference))
        };
        let (measures, differences): (Vec<Measures>, Vec<f64>) =
            folds.iter().filter_map(found).unzip();
        let named: Vec<Vec<(&str, f64)>> = measures.iter().map(Measures::named).collect();
        Self {
            name: name.to_owned(),
            measures: means(&named),
            better: differences.iter().filter(|difference| **difference < 0.0).count(),
            folds: differences.len(),
            difference: Mean::of(&differences),
        }
    }
}

/// The mean of each measure over the folds that have it, in the order of the first one that has it.
fn means(folds: &[Vec<(&str, f64)>]) -> Vec<(String, Mean)> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in folds.iter().flatten() {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let values = |name: &str| -> Vec<f64> {
        let of = |fold: &Vec<(&str, f64)>| Some(fold.iter().find(|(n, _)| *n == name)?.1);
        folds.iter().filter_map(of).collect()
    };
    names.into_iter().filter_map(|name| Some((name.to_owned(), Mean::of(&values(name))?))).collect()
}

fn object(means: &[(String, Mean)]) -> Value {
    let means = means.iter().map(|(name, mean)| (name.clone(), mean.object()));
    Value::Object(means.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand: deviations −2, 0, 2, so the variance is 8/2 and the error √(4/3).
    #[test]
    fn means_and_their_errors() {
        let mean = Mean::of(&[1.0, 3.0, 5.0]).unwrap();
        assert_eq!((mean.mean, mean.error), (3.0, Some((4.0f64 / 3.0).sqrt())));
        assert_eq!(Mean::of(&[2.0]), Some(Mean { mean: 2.0, error: None }));
        assert_eq!(Mean::of(&[]), None);
    }

    #[test]
    fn a_measure_that_some_folds_lack() {
        let folds = [vec![("a", 1.0), ("b", 2.0)], vec![("a", 3.0)]];
        let means = means(&folds);
        assert_eq!((means[0].0.as_str(), means[0].1.mean), ("a", 2.0));
        assert_eq!((means[1].0.as_str(), means[1].1.error), ("b", None));
    }
}
