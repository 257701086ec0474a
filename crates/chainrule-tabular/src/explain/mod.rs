//! What the predictions of a model depend on, asked of the model itself: it is given features that were changed on
//! purpose.
//!
//! | question | answer |
//! |---|---|
//! | [`Model::importance`] | how much worse it is when it does not know an input |
//! | [`Model::dependence`] | what it predicts for each value of an input |
//! | [`Model::compare`] | what it predicts for rows whose truth is known |
//!
//! The first two take the other inputs as they stand in the table. Where inputs depend on each other, that makes rows that can not
//! be, and of inputs that tell the same each is worth little, since the other one is still there.
//!
//! [`Model::importance`]: crate::Model::importance
//! [`Model::dependence`]: crate::Model::dependence
//! [`Model::compare`]: crate::Model::compare

mod comparison;
mod dependence;
mod importance;

pub use comparison::Comparison;
pub use dependence::{Dependence, DependenceCurve, Places};

/// At most `most` of these rows, evenly chosen from the first to the last.
fn evenly(rows: Vec<usize>, most: usize) -> Vec<usize> {
    let n = rows.len();
    if n <= most {
        return rows;
    }
    (0..most).map(|i| rows[i * n / most]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_chosen_evenly() {
        assert_eq!(evenly((0..10).collect(), 4), [0, 2, 5, 7]);
        assert_eq!(evenly(vec![3, 4], 2), [3, 4]);
    }
}
