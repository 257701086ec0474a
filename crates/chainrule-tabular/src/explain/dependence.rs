use super::evenly;
use crate::{
    Model, ModelError, Table,
    encode::{Encoding, Guesses, Input, quantile},
    model::Predicted,
    names::nearest,
    table::{Column, Numbers, Values, shortest},
};
use ndarray::{Array2, s};

/// How the predictions depend on one input, the others being as they are: partial dependence (Friedman, *Greedy function
/// approximation: a gradient boosting machine*, Annals of Statistics 29, 2001, section 8.2).
///
/// For each value v of the input, all rows get v there; the mean of their predictions is f̄(v) = 1/n Σᵢ f(v, the others of
/// row i).
#[derive(Clone, Debug, PartialEq)]
pub struct Dependence {
    /// The name of the input.
    pub input: String,
    /// The values.
    pub places: Places,
    /// For each target one curve; for one with more than two classes one for each class, and of two classes for the
    /// second one.
    pub curves: Vec<DependenceCurve>,
}

/// Values of an input.
#[derive(Clone, Debug, PartialEq)]
pub enum Places {
    /// Ascending numbers.
    Numbers(Vec<f64>),
    /// Levels, the most frequent of the training first; `(missing)` stands for a gap.
    Categories(Vec<String>),
}

/// The predictions at each of the places.
#[derive(Clone, Debug, PartialEq)]
pub struct DependenceCurve {
    /// The name of the target.
    pub target: String,
    /// The class whose probability it is; `None` for numbers.
    pub class: Option<String>,
    /// The means over the rows, in the unit of the target.
    pub mean: Vec<f64>,
    /// A tenth of the rows have a lower prediction.
    pub low: Vec<f64>,
    /// A tenth of the rows have a higher prediction.
    pub high: Vec<f64>,
}

/// With more rows than these, means and quantiles move less than can be seen.
const MOST_ROWS: usize = 500;
/// The quantiles of the predictions of single rows.
const BAND: [f64; 2] = [0.1, 0.9];
/// The quantiles of the input between which its values are: there are few rows beyond.
const RANGE: [f64; 2] = [0.02, 0.98];

impl Model {
    /// How the predictions depend on this input, on rows of this table: at most 500 of them, evenly chosen.
    ///
    /// Of numbers there are `points` values at equal distances between the 2 % and the 98 % quantile of the table, or
    /// all different ones if there are fewer; of categories at most `points` levels. `None` for dates, whose features
    /// can not be varied one by one, and for numbers that all are missing.
    pub fn dependence(
        &self,
        table: &Table,
        input: &str,
        points: usize,
    ) -> Result<Option<Dependence>, ModelError> {
        self.check_inputs(table)?;
        let names = || self.inputs().iter().map(|input| input.name.as_str());
        let place = names().position(|name| name == input).ok_or_else(|| ModelError::NoInput {
            name: input.to_owned(),
            nearest: nearest(input, names()),
            inputs: names().map(str::to_owned).collect(),
        })?;
        let input = &self.inputs()[place];
        let Some((places, cells)) = places(input, table.column(&input.name)?, points) else {
            return Ok(None);
        };
        let blocks = encoded(input, &cells)?;
        let rows = evenly((0..table.rows()).collect(), MOST_ROWS);
        let range = self.encoder().range(place);
        let mut x: Array2<f64> = self.features(table, &rows)?.x;
        let mut curves = self.empty_curves();
        for block in blocks.outer_iter() {
            x.slice_mut(s![.., range.clone()]).assign(&block);
            let predicted = self.predicted(&self.outputs_for(x.view())?, None, &rows)?;
            for (curve, values) in curves.iter_mut().zip(predicted.iter().flat_map(columns)) {
                curve.push(values);
            }
        }
        Ok(Some(Dependence { input: input.name.clone(), places, curves }))
    }

    /// The curves that there are, in the order of [`columns`].
    fn empty_curves(&self) -> Vec<DependenceCurve> {
        let mut curves = Vec::new();
        for target in self.targets() {
            let classes: Vec<Option<String>> = match target.class_names() {
                None => vec![None],
                Some([_, second]) => vec![Some(second.clone())],
                Some(classes) => classes.iter().cloned().map(Some).collect(),
            };
            curves.extend(classes.into_iter().map(|class| DependenceCurve {
                target: target.name.clone(),
                class,
                mean: Vec::new(),
                low: Vec::new(),
                high: Vec::new(),
            }));
        }
        curves
    }
}

impl DependenceCurve {
    /// Adds a place with the predictions of all rows there.
    fn push(&mut self, mut values: Vec<f64>) {
        let n = values.len() as f64;
        self.mean.push(values.iter().sum::<f64>() / n);
        values.sort_unstable_by(f64::total_cmp);
        self.low.push(quantile(&values, BAND[0]));
        self.high.push(quantile(&values, BAND[1]));
    }
}

/// What the curves are made of: predicted numbers, or probabilities.
fn columns(predicted: &Predicted) -> Vec<Vec<f64>> {
    match predicted {
        Predicted::Number { values, .. } => vec![values.clone()],
        Predicted::Classes(p) if p.ncols() == 2 => vec![p.column(1).to_vec()],
        Predicted::Classes(p) => p.columns().into_iter().map(|column| column.to_vec()).collect(),
    }
}

/// The values that the input gets, and the cells that say so.
fn places(input: &Input, column: &Column, points: usize) -> Option<(Places, Column)> {
    match &input.encoding {
        Encoding::Number { .. } => {
            let Values::Numbers(values) = column.values() else { return None };
            let values = grid(values, points)?;
            Some((Places::Numbers(values.clone()), Column::numbers(values)))
        }
        Encoding::OneHot(levels) | Encoding::Embedding { levels, .. } => {
            let known = levels.levels.iter().take(points);
            let gap = levels.missing && levels.levels.len() < points;
            let cells = known.clone().map(|level| Some(level.as_str()));
            let cells = Column::words(cells.chain(gap.then_some(None)));
            let names = known.cloned().chain(gap.then(|| "(missing)".to_owned()));
            Some((Places::Categories(names.collect()), cells))
        }
        Encoding::Presence => {
            let names = ["(text)", "(missing)"].map(str::to_owned).to_vec();
            Some((Places::Categories(names), Column::words([Some("text"), None])))
        }
        Encoding::Date(_) => None,
    }
}

/// So many numbers in the range of most of these, at equal distances; all of them if they are fewer.
fn grid(values: &Numbers, points: usize) -> Option<Vec<f64>> {
    let mut sorted: Vec<f64> = values.iter().filter(|v| v.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    if sorted.is_empty() || points == 0 {
        return None;
    }
    let [low, high] = RANGE.map(|q| quantile(&sorted, q));
    sorted.dedup();
    if sorted.len() <= points {
        return Some(sorted);
    }
    let steps = (points - 1).max(1) as f64;
    Some((0..points).map(|i| low + (high - low) * i as f64 / steps).collect())
}

/// The features of these cells [cells × features of the input].
fn encoded(input: &Input, cells: &Column) -> Result<Array2<f64>, ModelError> {
    let rows: Vec<usize> = (0..cells.len()).collect();
    let mut block = Array2::zeros((rows.len(), input.width()));
    let mut wrong = None;
    input.transform(cells, &rows, &mut Guesses::default(), |i, j, value| {
        if !value.is_finite() {
            wrong = wrong.or(Some(i));
        }
        block[[i, j]] = value;
    })?;
    match wrong {
        None => Ok(block),
        Some(i) => Err(ModelError::OutOfRange {
            column: input.name.clone(),
            row: i + 1,
            value: match cells.values() {
                Values::Numbers(values) => shortest(values.get(i)),
                Values::Words(words) => words.word(i).unwrap_or_default().to_owned(),
            },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Output, Target, explain::importance::tests::linear};

    /// a is 0 to 99, b alternates between 0 and 10, k between words.
    fn table() -> Table {
        let a = (0..100).map(f64::from).collect();
        let b = (0..100).map(|i| f64::from(i % 2 * 10)).collect();
        let k = (0..100).map(|i| Some(["x", "y", "z"][i % 3]));
        Table::of(vec![
            ("a".into(), Column::numbers(a)),
            ("b".into(), Column::numbers(b)),
            ("k".into(), Column::words(k)),
        ])
        .unwrap()
    }

    #[test]
    fn the_dependence_of_a_line_is_a_line() {
        let inputs = vec![Input::raw("a"), Input::raw("b")];
        let model = linear(inputs, Target::raw("y"), Output::Value, &[3.0, 1.0]);
        let dependence = model.dependence(&table(), "a", 5).unwrap().unwrap();
        // Quantiles of 0, …, 99.
        let expected = [1.98, 25.74, 49.5, 73.26, 97.02];
        let Places::Numbers(places) = &dependence.places else { panic!("{dependence:?}") };
        let [curve] = &dependence.curves[..] else { panic!("{dependence:?}") };
        assert_eq!((curve.target.as_str(), &curve.class), ("y", &None));
        for (i, expected) in expected.into_iter().enumerate() {
            assert!((places[i] - expected).abs() < 1e-12, "{places:?}");
            // b is 0 or 10, equally often.
            assert!((curve.mean[i] - (3.0 * expected + 5.0)).abs() < 1e-12, "{curve:?}");
            assert!((curve.low[i] - 3.0 * expected).abs() < 1e-12, "{curve:?}");
            assert!((curve.high[i] - (3.0 * expected + 10.0)).abs() < 1e-12, "{curve:?}");
        }
        let dependence = model.dependence(&table(), "b", 5).unwrap().unwrap();
        assert_eq!(dependence.places, Places::Numbers(vec![0.0, 10.0]));
        assert!((dependence.curves[0].mean[1] - (3.0 * 49.5 + 10.0)).abs() < 1e-12);
    }

    #[test]
    fn categories_have_their_levels_and_classes_their_probabilities() {
        let rows: Vec<usize> = (0..100).collect();
        let k = Input::fit_category("k", table().column("k").unwrap(), &rows, 9).unwrap();
        let two = Target::classes("c", ["no", "yes"]);
        let model = linear(vec![k.clone()], two, Output::Probability, &[0.0, 2.0, -2.0]);
        let dependence = model.dependence(&table(), "k", 30).unwrap().unwrap();
        assert_eq!(
            dependence.places,
            Places::Categories(["x", "y", "z"].map(str::to_owned).into())
        );
        let [curve] = &dependence.curves[..] else { panic!("{dependence:?}") };
        assert_eq!(curve.class.as_deref(), Some("yes"));
        let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
        for (i, z) in [0.0, 2.0, -2.0].into_iter().enumerate() {
            assert!((curve.mean[i] - sigmoid(z)).abs() < 1e-12);
            assert!((curve.low[i] - curve.high[i]).abs() < 1e-12);
        }
        let three = Target::classes("c", ["a", "b", "c"]);
        let model = linear(vec![k], three, Output::Classes, &[0.0; 9]);
        let dependence = model.dependence(&table(), "k", 2).unwrap().unwrap();
        assert_eq!(dependence.curves.len(), 3);
        let mean = &dependence.curves[1].mean;
        assert!(mean.len() == 2 && mean.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-12), "{mean:?}");
    }

    #[test]
    fn what_is_no_input_is_told() {
        let model = linear(vec![Input::raw("a")], Target::raw("y"), Output::Value, &[1.0]);
        let told = model.dependence(&table(), "A", 5).unwrap_err().to_string();
        assert_eq!(told, "the model has no input \"A\"; did you mean \"a\"?");
        let told = model.dependence(&table(), "flow", 5).unwrap_err().to_string();
        assert_eq!(told, "the model has no input \"flow\"; it has \"a\"");
    }
}
