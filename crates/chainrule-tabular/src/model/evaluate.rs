use super::{Model, ModelError};
use crate::{
    Table,
    evaluate::{Evaluation, Judge},
};

impl Model {
    /// Scores the model on a table that has its inputs and its targets; rows without a target, or with a class that the
    /// model does not know, are left out. `level` is how often intervals are to hold the truth.
    pub fn evaluate(&self, table: &Table, level: f64) -> Result<Evaluation, ModelError> {
        let rows = self.judged_rows(table)?;
        let predicted = self.predict_rows(table, &rows, Some(level))?;
        let judge = Judge { seed: 0, level, groups: None };
        let mut targets = Vec::new();
        for (target, predicted) in self.targets().iter().zip(&predicted) {
            let truth = target.truth(table.column(&target.name)?, &rows)?;
            targets.push(judge.judge(target, predicted, &truth, Vec::new())?);
        }
        Ok(Evaluation { rows: rows.len(), unseen: true, targets })
    }

    /// The rows whose targets are all known.
    pub(crate) fn judged_rows(&self, table: &Table) -> Result<Vec<usize>, ModelError> {
        let all: Vec<usize> = (0..table.rows()).collect();
        let mut rows = all.clone();
        for target in self.targets() {
            let truth = target.truth(table.column(&target.name)?, &all)?;
            rows.retain(|&row| truth[row].is_finite());
        }
        match rows.is_empty() {
            true => Err(ModelError::NoTruth),
            false => Ok(rows),
        }
    }
}
