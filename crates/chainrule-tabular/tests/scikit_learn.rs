//! Our measures beside those of scikit-learn: `fixtures/scikit_learn.py` wrote the numbers.

use chainrule_tabular::evaluate::{
    classification::{
        Bins, ClassificationScore, Confusion, precision_recall_curve, reliability_curve, roc_curve,
    },
    neighbours::Neighbours,
    regression::{
        RegressionScore, gaussian_log_likelihood, pinball, poisson_deviance, poisson_log_likelihood,
    },
};
use ndarray::{Array2, ArrayView1};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Part of the fixture.
struct Case(Value);

impl Case {
    fn open(name: &str) -> Self {
        let file: Value = serde_json::from_str(include_str!("fixtures/scikit_learn.json")).unwrap();
        Self(file[name].clone())
    }

    fn get<T: DeserializeOwned>(&self, name: &str) -> T {
        serde_json::from_value(self.0[name].clone()).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn matrix(&self, name: &str) -> Array2<f64> {
        let rows: Vec<Vec<f64>> = self.get(name);
        Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
    }

    fn check(&self, name: &str, found: impl Into<Option<f64>>) {
        let (found, expected): (_, f64) = (found.into().unwrap(), self.get(name));
        assert_close(name, found, expected);
    }

    fn check_all(&self, name: &str, found: impl Iterator<Item = Option<f64>>) {
        let expected: Vec<f64> = self.get(name);
        let found: Vec<f64> = found.map(Option::unwrap).collect();
        assert_eq!(found.len(), expected.len(), "{name}");
        found
            .iter()
            .zip(expected)
            .for_each(|(found, expected)| assert_close(name, *found, expected));
    }
}

fn assert_close(what: &str, a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{what}: {a} is not {b}");
}

#[test]
fn regression() {
    for name in ["regression", "weighted_regression"] {
        let case = Case::open(name);
        let (prediction, truth): (Vec<f64>, Vec<f64>) = (case.get("prediction"), case.get("truth"));
        let weights: Option<Vec<f64>> = case.get("weights");
        let score = RegressionScore::new(&prediction, &truth, weights.as_deref()).unwrap();
        case.check("rmse", score.rmse);
        case.check("mae", score.mae);
        case.check("mape", score.mape);
        case.check("r_squared", score.r_squared);
        case.check("median_absolute_error", score.median_absolute_error);
        case.check("max_error", score.max_error);
    }
}

#[test]
fn distributions() {
    let case = Case::open("distributions");
    let (mean, deviation): (Vec<f64>, Vec<f64>) = (case.get("mean"), case.get("deviation"));
    let counts: Vec<f64> = case.get("counts");
    case.check("pinball_0.9", pinball(&mean, &counts, 0.9).unwrap());
    let likelihood = gaussian_log_likelihood(&mean, &deviation, &counts).unwrap();
    case.check("gaussian_log_likelihood", likelihood);
    case.check("poisson_deviance", poisson_deviance(&mean, &counts).unwrap());
    case.check("poisson_log_likelihood", poisson_log_likelihood(&mean, &counts).unwrap());
}

#[test]
fn classification() {
    for name in ["two_classes", "four_classes"] {
        let case = Case::open(name);
        let truth: Vec<usize> = case.get("truth");
        let p = case.matrix("probabilities");
        let score = ClassificationScore::new(p.view(), &truth).unwrap();
        case.check("accuracy", score.accuracy);
        case.check("balanced_accuracy", score.balanced_accuracy);
        case.check("macro_f1", score.macro_f1);
        case.check("weighted_f1", score.weighted_f1);
        case.check("log_loss", score.log_loss);
        case.check("brier_score", score.brier_score);
        case.check("roc_auc", score.roc_auc);
        case.check("average_precision", score.average_precision);
        case.check_all("precision", score.classes.iter().map(|class| class.counts.precision));
        case.check_all("recall", score.classes.iter().map(|class| class.counts.recall));
        case.check_all("f1", score.classes.iter().map(|class| class.counts.f1));
        case.check_all("class_roc_auc", score.classes.iter().map(|class| class.roc_auc));
        let precisions = score.classes.iter().map(|class| class.average_precision);
        case.check_all("class_average_precision", precisions);
        let support: Vec<usize> = case.get("support");
        assert!(score.classes.iter().map(|class| class.counts.support).eq(support));
        assert_eq!(score.confusion, Confusion { counts: case.get("confusion") });
        curves(&case, p.column(1), &truth);
    }
}

/// The curves of class 1 against the rest.
fn curves(case: &Case, p: ArrayView1<f64>, truth: &[usize]) {
    let (p, positive) = (p.to_vec(), truth.iter().map(|&class| class == 1).collect::<Vec<_>>());

    // Ours leaves points out, but its lines pass through all of theirs, and its points are theirs.
    let curve = roc_curve(&p, &positive).unwrap().unwrap();
    let corners: Vec<(f64, f64)> =
        curve.iter().map(|point| (point.false_positive_rate, point.true_positive_rate)).collect();
    let theirs = case.matrix("roc_curve");
    assert!(corners.len() < theirs.nrows());
    for point in theirs.outer_iter() {
        let on_a_line = corners.windows(2).any(|ends| {
            let ((x0, y0), (x1, y1)) = (ends[0], ends[1]);
            let between = x0 <= point[0] && point[0] <= x1 && y0 <= point[1] && point[1] <= y1;
            let off = (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0);
            between && off.abs() < 1e-12
        });
        assert!(on_a_line, "{point}");
    }
    for (x, y) in corners {
        assert!(theirs.outer_iter().any(|point| (point[0], point[1]) == (x, y)), "({x}, {y})");
    }

    let curve = precision_recall_curve(&p, &positive).unwrap().unwrap();
    let theirs = case.matrix("precision_recall_curve");
    assert_eq!(curve.len(), theirs.nrows());
    for (point, theirs) in curve.iter().zip(theirs.outer_iter()) {
        assert_eq!(
            [point.threshold, point.precision, point.recall],
            [theirs[0], theirs[1], theirs[2]]
        );
    }

    let curve = reliability_curve(&p, &positive, Bins::EqualWidth(10)).unwrap();
    let theirs = case.matrix("reliability_curve");
    assert_eq!(curve.len(), theirs.nrows());
    for (point, theirs) in curve.iter().zip(theirs.outer_iter()) {
        assert_close("predicted", point.predicted, theirs[0]);
        assert_close("observed", point.observed, theirs[1]);
    }
}

#[test]
fn neighbours() {
    let case = Case::open("neighbours");
    let (x, queries) = (case.matrix("x"), case.matrix("queries"));
    let neighbours = Neighbours::new(x.mapv(|x| x as f32)).unwrap();
    let found = neighbours.predict(queries.mapv(|x| x as f32).view(), 5).unwrap();
    let expected: Vec<Vec<usize>> = case.get("found");
    for (found, expected) in found.outer_iter().zip(expected) {
        assert_eq!(found.to_vec(), expected);
    }
}
