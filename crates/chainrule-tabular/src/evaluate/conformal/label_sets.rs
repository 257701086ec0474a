use super::conformal_quantile;
use crate::evaluate::classification::check_probabilities;
use chainrule::Error;
use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

/// How classes are chosen into a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LabelRule {
    /// All classes with a probability of at least the threshold: the smallest sets in the mean (Sadinle, Lei and
    /// Wasserman, *Least Ambiguous Set-Valued Classifiers with Bounded Error Levels*, 2019). A set may be empty: the row is
    /// like none of the classes.
    LeastAmbiguous,
    /// The most probable classes, as long as their probabilities add up to the threshold at most: sets that are larger
    /// where rows are harder (Romano, Sesia and Candès, *Classification with Valid and Adaptive Coverage*, 2020, without
    /// its randomisation). They cover more than promised, by about the probability of one class. A set may be empty.
    Adaptive,
}

/// Sets of classes that hold the true one as often as promised.
///
/// ```
/// use chainrule_tabular::evaluate::conformal::{LabelRule, LabelSets};
/// use ndarray::array;
///
/// let held_out = array![[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.1, 0.2, 0.7]];
/// let sets = LabelSets::new(held_out.view(), &[0, 2, 2], 0.25, LabelRule::LeastAmbiguous)?;
/// let sets = sets.expect("three rows are enough for 0.75");
/// assert_eq!(sets.threshold, 0.3);
/// assert_eq!(sets.set(array![0.4, 0.1, 0.5].view()), [0, 2]);
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSets {
    /// How classes are chosen.
    pub rule: LabelRule,
    /// The threshold of the rule, a probability.
    pub threshold: f64,
}

impl LabelSets {
    /// From the probabilities [rows × classes] and the true classes of rows that the model was not trained on. A new row's
    /// set holds its class with probability 1 − α at least.
    ///
    /// `None` if there are too few rows (fewer than 1/α − 1), or α does not lie between 0 and 1.
    pub fn new(
        probabilities: ArrayView2<f64>,
        truth: &[usize],
        alpha: f64,
        rule: LabelRule,
    ) -> Result<Option<Self>, Error> {
        check_probabilities(probabilities, truth)?;
        let rows = probabilities.outer_iter().zip(truth);
        let scores: Vec<f64> = rows
            .map(|(row, &class)| match rule {
                // The order of 1 − p, without its rounding.
                LabelRule::LeastAmbiguous => -row[class],
                LabelRule::Adaptive => sums(row)
                    .find(|(other, _)| *other == class)
                    .map_or(f64::INFINITY, |(_, sum)| sum),
            })
            .collect();
        let threshold = conformal_quantile(&scores, alpha).map(|score| match rule {
            LabelRule::LeastAmbiguous => -score,
            LabelRule::Adaptive => score,
        });
        Ok(threshold.map(|threshold| Self { rule, threshold }))
    }

    /// The classes of the set of a row with these probabilities, in rising order.
    pub fn set(&self, probabilities: ArrayView1<f64>) -> Vec<usize> {
        match self.rule {
            LabelRule::LeastAmbiguous => {
                let classes = probabilities.iter().enumerate();
                classes.filter(|(_, p)| **p >= self.threshold).map(|(class, _)| class).collect()
            }
            LabelRule::Adaptive => {
                let classes = sums(probabilities).take_while(|(_, sum)| *sum <= self.threshold);
                let mut set: Vec<usize> = classes.map(|(class, _)| class).collect();
                set.sort_unstable();
                set
            }
        }
    }
}

/// The classes from the most probable one (the first of several) down, with the sum of the probabilities so far.
fn sums(probabilities: ArrayView1<f64>) -> impl Iterator<Item = (usize, f64)> {
    let mut classes: Vec<(usize, f64)> = probabilities.iter().copied().enumerate().collect();
    classes.sort_by(|a, b| b.1.total_cmp(&a.1));
    classes.into_iter().scan(0.0, |sum, (class, p)| {
        *sum += p;
        Some((class, *sum))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule::random::{Purpose, Random};
    use ndarray::{Array1, Array2, array};

    // Worked by hand: the probabilities of the true classes are 0.5, 0.25, 0.125, 0.75; with α = 0.4 the third largest
    // counts, with α = 0.2 the smallest.
    #[test]
    fn least_ambiguous() {
        let p = array![[0.5, 0.5, 0.0], [0.25, 0.5, 0.25], [0.5, 0.375, 0.125], [0.25, 0.75, 0.0]];
        let sets = |alpha| {
            LabelSets::new(p.view(), &[0, 2, 2, 1], alpha, LabelRule::LeastAmbiguous).unwrap()
        };
        assert_eq!(sets(0.4).unwrap().threshold, 0.25);
        assert_eq!(sets(0.2).unwrap().threshold, 0.125);
        assert_eq!(sets(0.1), None);
        assert_eq!(sets(0.4).unwrap().set(p.row(1)), [0, 1, 2]);
        assert_eq!(sets(0.4).unwrap().set(p.row(2)), [0, 1]);
        assert_eq!(sets(0.8).unwrap().set(array![0.3, 0.3, 0.4].view()), [0; 0]);
    }

    // Worked by hand: down to the true class the sums are 0.5, 1, 1, 0.75.
    #[test]
    fn adaptive() {
        let p = array![[0.5, 0.5, 0.0], [0.25, 0.5, 0.25], [0.5, 0.375, 0.125], [0.25, 0.75, 0.0]];
        let sets =
            |alpha| LabelSets::new(p.view(), &[0, 2, 2, 1], alpha, LabelRule::Adaptive).unwrap();
        assert_eq!(sets(0.4).unwrap().threshold, 1.0);
        assert_eq!(sets(0.6).unwrap().threshold, 0.75);
        assert_eq!(sets(0.6).unwrap().set(p.row(1)), [0, 1]);
        assert_eq!(sets(0.6).unwrap().set(p.row(2)), [0]);
        assert_eq!(sets(0.6).unwrap().set(array![0.1, 0.9].view()), [0; 0]);
    }

    /// The share of sets, each from nine rows, that hold the class of a tenth one; classes follow their probabilities.
    fn coverage(rule: LabelRule) -> f64 {
        let mut random = Random::new(41, Purpose::Checking);
        let mut covered = 0;
        for _ in 0..20_000 {
            let mut p = Array2::zeros((10, 3));
            let mut truth = Vec::new();
            for mut row in p.outer_iter_mut() {
                let e = Array1::from_shape_simple_fn(3, || random.normal::<f64>().exp());
                row.assign(&(&e / e.sum()));
                let u: f64 = random.unit();
                truth.push(if u < row[0] { 0 } else { 1 + usize::from(u >= row[0] + row[1]) });
            }
            let sets = LabelSets::new(p.slice(ndarray::s![..9, ..]), &truth[..9], 0.2, rule);
            covered += usize::from(sets.unwrap().unwrap().set(p.row(9)).contains(&truth[9]));
        }
        covered as f64 / 20_000.0
    }

    // Scores are without ties: 8 in 10 exactly. One rank off would be 7 or 9 in 10.
    #[test]
    fn promised_coverage() {
        for rule in [LabelRule::LeastAmbiguous, LabelRule::Adaptive] {
            // The largest sums are all 1, but for rounding: the adaptive rule may cover more.
            let share = coverage(rule);
            let most = if rule == LabelRule::Adaptive { 1.0 } else { 0.812 };
            assert!(0.788 < share && share < most, "{rule:?}: {share}");
        }
    }

    #[test]
    fn wrong_arguments_are_errors() {
        let new = |p: Array2<f64>, truth: &[usize]| {
            LabelSets::new(p.view(), truth, 0.1, LabelRule::Adaptive)
        };
        assert!(new(array![[0.5, 0.6]], &[0]).is_err() && new(array![[0.5, 0.5]], &[2]).is_err());
    }
}
