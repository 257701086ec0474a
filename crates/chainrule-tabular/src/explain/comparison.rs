use crate::{Model, ModelError, Table, model::Predicted};

/// The predictions for a target beside its true values, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The name of the target.
    pub target: String,
    /// Which rows of the table they are, counted from 0: those whose targets are all known.
    pub rows: Vec<usize>,
    /// The predictions for these rows.
    pub predicted: Predicted,
    /// The true values of these rows, in the unit of the target; of classes, their places among its names.
    pub truth: Vec<f64>,
}

impl Model {
    /// Puts the predictions for a table beside the true values, for each target; `level` is how often intervals are to
    /// hold the truth.
    pub fn compare(
        &self,
        table: &Table,
        level: Option<f64>,
    ) -> Result<Vec<Comparison>, ModelError> {
        let rows = self.judged_rows(table)?;
        let predicted = self.predict_rows(table, &rows, level)?;
        let pairs = self.targets().iter().zip(predicted);
        let compare = |(target, predicted): (&crate::Target, Predicted)| {
            let truth = target.truth(table.column(&target.name)?, &rows)?;
            Ok(Comparison { target: target.name.clone(), rows: rows.clone(), predicted, truth })
        };
        pairs.map(compare).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Output, Target, explain::importance::tests::linear, table::Column};

    #[test]
    fn rows_without_truth_are_left_out() {
        let table = Table::of(vec![
            ("a".into(), Column::numbers(vec![1.0, 2.0, 3.0])),
            ("y".into(), Column::numbers(vec![5.0, f64::NAN, 7.0])),
        ])
        .unwrap();
        let model = linear(vec![Input::raw("a")], Target::raw("y"), Output::Value, &[2.0]);
        let comparison = &model.compare(&table, None).unwrap()[0];
        assert_eq!((&comparison.rows[..], &comparison.truth[..]), (&[0, 2][..], &[5.0, 7.0][..]));
        assert_eq!(comparison.predicted.values(), Some(&[2.0, 6.0][..]));
        let unknown = table.select(&[1]).unwrap();
        assert_eq!(model.compare(&unknown, None), Err(ModelError::NoTruth));
    }
}
