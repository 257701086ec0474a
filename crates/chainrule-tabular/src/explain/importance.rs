use super::evenly;
use crate::{
    Model, ModelError, Table,
    evaluate::{Importance, classification, importance::permutation_importance, regression},
    model::Predicted,
};
use ndarray::{Array2, ArrayView2, s};

/// With more rows than these, chance moves the loss less than it takes time.
const MOST_ROWS: usize = 2000;

impl Model {
    /// How much worse the predictions are when the values of one input are shuffled among the rows, for each input in its
    /// place: permutation importance, repeated `repeats` times with this seed.
    ///
    /// The loss is the mean over the targets of the root mean squared error in standard deviations (of counts, in mean
    /// counts), or of the log loss where there are classes. All features of an input move together. At most 2000 rows
    /// with known targets are used, evenly chosen. An input whose loss can not be told is left out.
    ///
    /// ```
    /// use chainrule_tabular::{Settings, Table, fit};
    ///
    /// let a: Vec<f64> = (0..60).map(|i| f64::from(i % 10)).collect();
    /// let b: Vec<f64> = (0..60).map(|i| f64::from(i / 10)).collect();
    /// let y = a.iter().map(|a| 3.0 * a).collect();
    /// let table = Table::new(vec![("a".into(), a), ("b".into(), b), ("y".into(), y)])?;
    /// let settings = Settings { epochs: Some(30), ..Settings::new(["y"]) };
    /// let model = fit(&table, &settings, &mut ())?.model;
    /// let importance = model.importance(&table, 5, 0)?;
    /// assert_eq!(importance[0].0, "a");
    /// assert!(importance[0].1.mean > 10.0 * importance[1].1.mean);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn importance(
        &self,
        table: &Table,
        repeats: usize,
        seed: u64,
    ) -> Result<Vec<(String, Importance)>, ModelError> {
        self.check_inputs(table)?;
        let rows = evenly(self.judged_rows(table)?, MOST_ROWS);
        let mut truth = Vec::new();
        for target in self.targets() {
            truth.push(target.truth(table.column(&target.name)?, &rows)?);
        }
        let x: Array2<f64> = self.features(table, &rows)?.x;
        let mut failure = None;
        let mut shuffled = x.clone();
        let loss = |place: usize, order: &[usize]| {
            let range = self.encoder().range(place);
            for (i, &other) in order.iter().enumerate() {
                let block = x.slice(s![other, range.clone()]);
                shuffled.slice_mut(s![i, range.clone()]).assign(&block);
            }
            let loss = self.loss(shuffled.view(), &rows, &truth);
            shuffled.slice_mut(s![.., range.clone()]).assign(&x.slice(s![.., range]));
            loss.unwrap_or_else(|error| {
                failure = failure.take().or(Some(error));
                f64::NAN
            })
        };
        let importances =
            permutation_importance(rows.len(), self.inputs().len(), seed, repeats, loss);
        if let Some(error) = failure {
            return Err(error);
        }
        let named = self.inputs().iter().zip(importances);
        Ok(named.filter_map(|(input, one)| Some((input.name.clone(), one?))).collect())
    }

    /// The mean over the targets of what they are compared by, for these features.
    fn loss(
        &self,
        x: ArrayView2<f64>,
        rows: &[usize],
        truth: &[Vec<f64>],
    ) -> Result<f64, ModelError> {
        let predicted = self.predicted(&self.outputs_for(x)?, None, rows)?;
        let mut sum = 0.0;
        for ((target, predicted), truth) in self.targets().iter().zip(&predicted).zip(truth) {
            sum += match predicted {
                Predicted::Number { values, .. } => {
                    let z = |values: &[f64]| -> Vec<f64> {
                        values.iter().map(|value| target.transform(*value)).collect()
                    };
                    regression::RegressionScore::new(&z(values), &z(truth), None)?.rmse
                }
                Predicted::Classes(probabilities) => {
                    let truth: Vec<usize> = truth.iter().map(|place| *place as usize).collect();
                    classification::log_loss(probabilities.view(), &truth)?
                }
            };
        }
        Ok(sum / self.targets().len() as f64)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::{
        Architecture, Input, Model, Output, Parts, Table, Target, TargetValues, encode::Encoding,
        table::Column,
    };
    use chainrule::Network;

    /// A model without hidden layers: w [features × outputs], and no biases.
    pub(crate) fn linear(inputs: Vec<Input>, target: Target, output: Output, w: &[f64]) -> Model {
        let architecture = Architecture { hidden: vec![], activation: "tanh".into(), dropout: 0.0 };
        let width = inputs.iter().map(Input::width).sum();
        let outputs = output.width(std::slice::from_ref(&target));
        let mut network: Network<f64> = architecture.build(width, outputs, 0).unwrap();
        network.parameters_mut().fill(0.0);
        network.parameters_mut()[..w.len()].copy_from_slice(w);
        Model::new(Parts::of_network(inputs, vec![target], output, architecture, network)).unwrap()
    }

    // y = 3a + 0·b + k with k = ±1: shuffling a moves the prediction by 3 (a' − a), whose root mean square over all
    // pairs of rows is 3 √2 σ, and k by 2 in half of the rows, which makes √2.
    #[test]
    fn a_linear_function() {
        let n = 400;
        let a: Vec<f64> = (0..n).map(|i| f64::from(i % 20)).collect();
        let b: Vec<f64> = (0..n).map(|i| f64::from(i * 7 % 13)).collect();
        let k: Vec<&str> = (0..n).map(|i| ["no", "yes"][(i / 20 % 2) as usize]).collect();
        let y = a.iter().zip(&k).map(|(a, k)| 3.0 * a + if *k == "yes" { 1.0 } else { -1.0 });
        let y: Vec<f64> = y.collect();
        let table = Table::of(vec![
            ("b".into(), Column::numbers(b)),
            ("a".into(), Column::numbers(a)),
            ("k".into(), Column::words(k.into_iter().map(Some))),
            ("y".into(), Column::numbers(y)),
        ])
        .unwrap();
        let rows: Vec<usize> = (0..table.rows()).collect();
        let k = Input::fit_category("k", table.column("k").unwrap(), &rows, 9).unwrap();
        let target = Target {
            name: "y".into(),
            values: TargetValues::Number { mean: 0.0, deviation: 10.0, log: false },
        };
        // In standard deviations of 10.
        let inputs = vec![Input::raw("a"), k, Input::raw("b")];
        let model = linear(inputs, target, Output::Value, &[0.3, 0.1, 0.0]);
        let importance = model.importance(&table, 30, 4).unwrap();
        let names: Vec<&str> = importance.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "k", "b"]);
        let expected = 0.3 * (2.0f64 * (399.0 / 12.0)).sqrt();
        let [a, k, b] = [0, 1, 2].map(|place| importance[place].1.mean);
        assert!((a - expected).abs() < 0.05 * expected, "{a} {expected}");
        assert!((k - 0.1 * 2f64.sqrt()).abs() < 0.01, "{k}");
        assert!(b.abs() < 1e-12, "{b}");
        assert_eq!(model.importance(&table, 30, 4).unwrap(), importance);
    }

    // Two features of one input belong together: apart from each other they would say that a gap is 1 and no gap.
    #[test]
    fn features_of_an_input_move_together() {
        let x = vec![f64::NAN, 0.0, f64::NAN, 0.0, f64::NAN, 0.0];
        let classes = ["gap", "no", "gap", "no", "gap", "no"];
        let table = Table::of(vec![
            ("x".into(), Column::numbers(x)),
            ("c".into(), Column::words(classes.map(Some))),
        ])
        .unwrap();
        let rows = [0, 1, 2, 3, 4, 5];
        let x = Input::fit_number("x", table.column("x").unwrap(), &rows).unwrap().unwrap();
        assert!(matches!(x.encoding, Encoding::Number { indicator: true, .. }));
        let target = Target::classes("c", ["no", "gap"]);
        // The logit is 0 where there is a number and 20 where there is a gap.
        let model = linear(vec![x], target, Output::Probability, &[0.0, 20.0]);
        let importance = model.importance(&table, 20, 1).unwrap();
        // A gap that is taken for none costs ln 2, and the reverse 20; without a shuffle half of the rows cost ln 2.
        let wrong = |p: f64| p * (20.0 + 2f64.ln()) / 2.0 - p * 2f64.ln() / 2.0;
        assert!(importance[0].1.mean < wrong(1.0) && importance[0].1.mean > wrong(0.3));
    }
}
