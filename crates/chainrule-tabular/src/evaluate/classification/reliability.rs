use super::check;
use chainrule::Error;
use serde::{Deserialize, Serialize};

/// How rows are put together by their predicted probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bins {
    /// So many intervals of the same width, (0, 1/m], (1/m, 2/m], …; 0 belongs to the first. Guo et al. (2017) use them.
    EqualWidth(usize),
    /// So many sets with about the same number of rows. Equal probabilities stay together, so that the order of the rows
    /// makes no difference; there may be fewer sets then.
    EqualMass(usize),
}

/// The rows of one bin. Bins without rows have no point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityPoint {
    /// The mean of the predicted probabilities.
    pub predicted: f64,
    /// The share of rows in which it happened.
    pub observed: f64,
    /// The number of rows.
    pub count: usize,
}

/// Predicted probabilities against what happened: calibrated ones lie on the diagonal.
///
/// Probabilities lie between 0 and 1; there is at least one row and one bin.
pub fn reliability_curve(
    probabilities: &[f64],
    happened: &[bool],
    bins: Bins,
) -> Result<Vec<ReliabilityPoint>, Error> {
    check::length("probabilities", happened.len(), probabilities.len())?;
    check::some("the probabilities", happened.len())?;
    for &p in probabilities {
        check::setting("a probability", p, (0.0..=1.0).contains(&p), "from 0 to 1")?;
    }
    let (Bins::EqualWidth(number) | Bins::EqualMass(number)) = bins;
    check::setting("the number of bins", number as f64, number > 0, "1 or more")?;

    let mut rows: Vec<(f64, bool)> =
        probabilities.iter().copied().zip(happened.iter().copied()).collect();
    // Equal probabilities in a fixed order, too, so that sums have the same bits in any order of the rows.
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut points = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let end = match bins {
            Bins::EqualWidth(number) => {
                // The bin whose upper end is the first one at or above the probability.
                let upper = (rows[start].0 * number as f64).ceil().max(1.0) / number as f64;
                start + rows[start..].partition_point(|row| row.0 <= upper).max(1)
            }
            Bins::EqualMass(number) => {
                // The next multiple of n/m rows, and then the rows that equal the last of these.
                let bin = start as u128 * number as u128 / rows.len() as u128 + 1;
                let end = (bin * rows.len() as u128).div_ceil(number as u128) as usize;
                let last = rows[end.clamp(start + 1, rows.len()) - 1].0;
                start + rows[start..].partition_point(|row| row.0 <= last)
            }
        };
        let bin = &rows[start..end];
        let n = bin.len() as f64;
        points.push(ReliabilityPoint {
            predicted: bin.iter().map(|row| row.0).sum::<f64>() / n,
            observed: bin.iter().filter(|row| row.1).count() as f64 / n,
            count: bin.len(),
        });
        start = end;
    }
    Ok(points)
}

/// The expected calibration error Σ count/n · |observed − predicted| over the bins of a reliability curve (Naeini,
/// Cooper and Hauskrecht, 2015). For classes, the probabilities are those of the predicted ones, and it happened if the
/// prediction is right (Guo et al., *On Calibration of Modern Neural Networks*, 2017).
pub fn expected_calibration_error(
    probabilities: &[f64],
    happened: &[bool],
    bins: Bins,
) -> Result<f64, Error> {
    let points = reliability_curve(probabilities, happened, bins)?;
    let error = |p: &ReliabilityPoint| p.count as f64 * (p.observed - p.predicted).abs();
    Ok(points.iter().map(error).sum::<f64>() / happened.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(p: &[f64], happened: &[bool], bins: Bins) -> Vec<(f64, f64, usize)> {
        let points = reliability_curve(p, happened, bins).unwrap();
        points.iter().map(|p| (p.predicted, p.observed, p.count)).collect()
    }

    // Worked by hand: upper ends belong to their bin, and the bin (1/4, 1/2] is empty.
    #[test]
    fn equal_width() {
        let (p, happened) = ([0.0, 0.25, 0.625, 0.75, 1.0], [false, true, true, true, false]);
        let bins = Bins::EqualWidth(4);
        assert_eq!(curve(&p, &happened, bins), [(0.125, 0.5, 2), (0.6875, 1.0, 2), (1.0, 0.0, 1)]);
        let error = expected_calibration_error(&p, &happened, bins).unwrap();
        assert_eq!(error, (2.0 * 0.375 + 2.0 * 0.3125 + 1.0) / 5.0);
    }

    // Worked by hand: the tie at 0.5 goes over the middle, and then stays in one bin.
    #[test]
    fn equal_mass() {
        let p = [0.5, 0.25, 1.0, 0.5, 0.5, 0.75];
        let happened = [true, false, true, false, false, true];
        assert_eq!(curve(&p, &happened, Bins::EqualMass(2)), [(0.4375, 0.25, 4), (0.875, 1.0, 2)]);
        assert_eq!(
            curve(&p, &happened, Bins::EqualMass(6)),
            [(0.25, 0.0, 1), (0.5, 1.0 / 3.0, 3), (0.75, 1.0, 1), (1.0, 1.0, 1)]
        );
        assert_eq!(curve(&p, &happened, Bins::EqualMass(1000)).len(), 4);
    }

    #[test]
    fn every_row_is_in_one_bin() {
        let p: Vec<f64> = (0..=100).map(|i| f64::from(i) / 100.0).collect();
        let happened = vec![true; p.len()];
        for m in 1..=101 {
            for bins in [Bins::EqualWidth(m), Bins::EqualMass(m)] {
                let points = curve(&p, &happened, bins);
                assert_eq!(points.iter().map(|p| p.2).sum::<usize>(), p.len(), "{bins:?}");
                assert!(points.len() <= m, "{bins:?}");
            }
        }
    }

    #[test]
    fn wrong_arguments_are_errors() {
        let bins = Bins::EqualWidth(2);
        assert!(reliability_curve(&[], &[], bins).is_err());
        assert!(reliability_curve(&[0.5], &[], bins).is_err());
        assert!(reliability_curve(&[1.5], &[true], bins).is_err());
        assert!(reliability_curve(&[f64::NAN], &[true], bins).is_err());
        assert!(reliability_curve(&[0.5], &[true], Bins::EqualMass(0)).is_err());
    }
}
