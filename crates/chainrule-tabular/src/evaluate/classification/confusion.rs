use super::{check, mean};
use chainrule::Error;
use serde::{Deserialize, Serialize};

/// How often each true class is predicted as each class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// The numbers of rows [true classes × predicted classes].
    pub counts: Vec<Vec<usize>>,
}

/// What the predicted classes say of one class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassCounts {
    /// The number of rows of the class.
    pub support: usize,
    /// The share of the class among the rows that are predicted as it; `None` if there are none.
    pub precision: Option<f64>,
    /// The share of those predicted rightly among the rows of the class; `None` if it does not occur.
    pub recall: Option<f64>,
    /// The harmonic mean of the two, 2 · hits / (predicted + true); `None` if the class neither occurs nor is predicted.
    pub f1: Option<f64>,
}

impl Confusion {
    /// Counts the true and the predicted classes, which are numbers below `classes`, of at least one row.
    pub fn new(truth: &[usize], predicted: &[usize], classes: usize) -> Result<Self, Error> {
        check::classes(truth, truth.len(), classes)?;
        check::classes(predicted, truth.len(), classes)?;
        let mut counts = vec![vec![0; classes]; classes];
        for (&truth, &predicted) in truth.iter().zip(predicted) {
            counts[truth][predicted] += 1;
        }
        Ok(Self { counts })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        add(self.counts.iter().flatten().copied())
    }

    /// Precision, recall, F1 and support of each class.
    pub fn classes(&self) -> Vec<ClassCounts> {
        let share = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
        (0..self.counts.len())
            .map(|class| {
                let hits = self.count(class, class);
                let support = add(self.counts[class].iter().copied());
                let predicted = add((0..self.counts.len()).map(|truth| self.count(truth, class)));
                ClassCounts {
                    support,
                    precision: share(hits, predicted),
                    recall: share(hits, support),
                    f1: share(hits.saturating_mul(2), support.saturating_add(predicted)),
                }
            })
            .collect()
    }

    /// The share of rows whose predicted class is the true one.
    pub fn accuracy(&self) -> f64 {
        let hits = add((0..self.counts.len()).map(|class| self.count(class, class)));
        hits as f64 / self.rows().max(1) as f64
    }

    /// The rows of this class that are predicted as that one; 0 outside of the matrix, which a file may have left
    /// incomplete.
    pub fn count(&self, truth: usize, predicted: usize) -> usize {
        self.counts.get(truth).and_then(|row| row.get(predicted)).copied().unwrap_or(0)
    }

    /// The mean of the recalls of the classes that occur.
    pub fn balanced_accuracy(&self) -> f64 {
        mean(self.classes().iter().filter_map(|class| class.recall)).unwrap_or(0.0)
    }

    /// The plain mean of the F1 of the classes that occur or are predicted.
    pub fn macro_f1(&self) -> f64 {
        mean(self.classes().iter().filter_map(|class| class.f1)).unwrap_or(0.0)
    }

    /// The mean of the F1 of the classes, each counting as often as it occurs.
    pub fn weighted_f1(&self) -> f64 {
        let classes = self.classes();
        let sum: f64 = classes.iter().map(|c| c.support as f64 * c.f1.unwrap_or(0.0)).sum();
        sum / self.rows().max(1) as f64
    }
}

/// The sum, which stops at the largest number.
fn add(counts: impl Iterator<Item = usize>) -> usize {
    counts.fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Worked by hand: class 0 has 2 of 3 right, class 1 has 1 of 2, class 2 is predicted once and does not occur, and
    // class 3 is not seen at all.
    #[test]
    fn by_hand() {
        let confusion = Confusion::new(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, 2], 4).unwrap();
        let class = |support, precision, recall, f1| ClassCounts { support, precision, recall, f1 };
        assert_eq!(
            confusion.classes(),
            [
                class(3, Some(1.0), Some(2.0 / 3.0), Some(4.0 / 5.0)),
                class(2, Some(0.5), Some(0.5), Some(2.0 / 4.0)),
                class(0, Some(0.0), None, Some(0.0)),
                class(0, None, None, None),
            ]
        );
        assert_eq!(confusion.counts[1], [0, 1, 1, 0]);
        assert_eq!((confusion.rows(), confusion.accuracy()), (5, 0.6));
        assert_eq!(confusion.balanced_accuracy(), (2.0 / 3.0 + 0.5) / 2.0);
        assert_eq!(confusion.macro_f1(), (0.8 + 0.5) / 3.0);
        assert_eq!(confusion.weighted_f1(), (3.0 * 0.8 + 2.0 * 0.5) / 5.0);
        let ragged = Confusion { counts: vec![vec![usize::MAX], vec![], vec![1, 2, usize::MAX]] };
        assert_eq!((ragged.classes().len(), ragged.rows()), (3, usize::MAX));
        assert!(ragged.accuracy() <= 1.0 && ragged.macro_f1() <= 1.0);
        assert!(Confusion::new(&[0], &[2], 2).is_err() && Confusion::new(&[], &[], 2).is_err());
    }
}
