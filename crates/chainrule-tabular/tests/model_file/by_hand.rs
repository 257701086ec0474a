//! Models whose predictions can be worked by hand.

use chainrule::Real;
use chainrule_tabular::{
    AnyNetwork, Architecture, Input, Model, ModelError, Output, Parts, Precision, Record, Table,
    Target, TargetValues, encode::Scale,
};

fn scaled(name: &str, center: f64, spread: f64) -> Input {
    Input::scaled(name, Scale { center, spread, ..Scale::RAW })
}

/// Two inputs, one hidden layer, one target; its numbers are such that every step of a prediction is
/// exact, on every machine.
pub(crate) fn parts<T: Real>(activation: &str, output: Output) -> Parts
where
    AnyNetwork: From<chainrule::Network<T>>,
{
    let architecture =
        Architecture { hidden: vec![3], activation: activation.to_owned(), dropout: 0.25 };
    let mut network = architecture.build::<T>(2, 1, 0).unwrap();
    // The weights 0.5, −1, 1.5, … of the hidden layer, its biases, perhaps slopes, and so on.
    for (i, theta) in network.parameters_mut().iter_mut().enumerate() {
        *theta = T::of([0.5, -1.0, 1.5, 0.25, 2.0, -0.75, 1.0][i % 7]);
    }
    let name = "flow (l/s)";
    let target = match output {
        Output::Probability => Target::classes(name, ["0", "1"]),
        _ => {
            let values = TargetValues::Number { mean: 10.0, deviation: 0.5, log: false };
            Target { name: name.to_owned(), values }
        }
    };
    let inputs = vec![scaled("a", 2.0, 4.0), scaled("b, \"β\"", -1.0, 0.5)];
    let record = Record { seed: u64::MAX, ..Record::default() };
    Parts { record, ..Parts::of_network(inputs, vec![target], output, architecture, network) }
}

pub(crate) fn value_model() -> Model {
    Model::new(parts::<f32>("relu", Output::Value)).unwrap()
}

pub(crate) fn probability_model() -> Model {
    Model::new(parts::<f64>("prelu", Output::Probability)).unwrap()
}

pub(crate) fn table() -> Table {
    let columns =
        [("other", vec![0.0; 3]), ("b, \"β\"", vec![-1.0, 0.0, 3.5]), ("a", vec![2.0, 6.0, -8.0])];
    Table::new(columns.map(|(name, values)| (name.to_owned(), values)).to_vec()).unwrap()
}

pub(crate) fn predict(model: &Model) -> Vec<f64> {
    model.predict(&table()).unwrap().table.numbers("flow (l/s)").unwrap().to_vec()
}

/// Worked by hand. The standardised rows are (0, 0), (1, 2), (−2.5, 9). With the weights
/// [0.5 −1 1.5; 0.25 2 −0.75] and the biases [1 0.5 −1], z is [1 0.5 −1], [2 3.5 −1], [2 21 −11.5].
/// ReLU, the weights [1.5 0.25 2] and the bias −0.75 give y = 0.875, 3.125, 7.5.
pub(crate) const VALUES: [f64; 3] = [10.0 + 0.5 * 0.875, 10.0 + 0.5 * 3.125, 10.0 + 0.5 * 7.5];

/// Worked by hand: z as above, the slopes [1.5 0.25 2] make −2, −2, −23 of the negative ones, and the weights
/// [−0.75 1 0.5] and the bias −1 make these logits.
pub(crate) const LOGITS: [f64; 3] = [-2.25, 0.0, 7.0];

#[test]
fn a_prediction_worked_by_hand() {
    let model = value_model();
    assert_eq!(predict(&model), VALUES);
    assert_eq!(model.predict(&table()).unwrap().ignored, ["other"]);
    assert_eq!((model.parameters(), model.precision()), (13, Precision::F32));
    assert_eq!(model.summary().parameters, 13);
}

#[test]
fn probabilities_are_sigmoids_of_logits() {
    let prediction = probability_model().predict(&table()).unwrap().table;
    for (probability, logit) in prediction.numbers("flow (l/s) = 1").unwrap().iter().zip(LOGITS) {
        let expected = 1.0 / (1.0 + (-logit).exp());
        assert!((probability - expected).abs() < 1e-15, "{probability}, {logit}");
    }
}

#[test]
fn the_order_of_columns_does_not_matter_but_their_names_do() {
    let (model, table) = (value_model(), table());
    let columns = |names: &[&str]| {
        let columns =
            names.iter().map(|&name| (name.to_owned(), table.numbers(name).unwrap().to_vec()));
        Table::new(columns.collect()).unwrap()
    };
    for names in [["a", "b, \"β\""], ["b, \"β\"", "a"]] {
        let prediction = model.predict(&columns(&names)).unwrap();
        assert_eq!(prediction.table.numbers("flow (l/s)").unwrap(), VALUES);
        assert!(prediction.ignored.is_empty());
    }
    let renamed =
        Table::new(vec![("A".into(), vec![1.0]), ("flow (l/s)".into(), vec![1.0])]).unwrap();
    let error = model.predict(&renamed).unwrap_err();
    let missing = vec!["a".to_owned(), "b, \"β\"".to_owned()];
    assert_eq!(error, ModelError::MissingInputs { missing, nearest: vec!["A".to_owned()] });
    let expected = "the model needs the column \"a\", which the table does not have; did you mean \"A\"? \
                    (all missing columns: \"a\", \"b, \\\"β\\\"\")";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_can_not_be_predicted_is_told() {
    let far =
        |value| Table::new(vec![("a".into(), vec![0.0, value]), ("b, \"β\"".into(), vec![0.0; 2])]);
    let error = value_model().predict(&far(1e300).unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("column \"a\", row 2 (counted from 1): 1"), "{error}");
    let error = value_model().predict(&far(1e39).unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("the prediction of \"flow (l/s)\" for row 2"), "{error}");
    let text = Table::read_csv(b"a,\"b, \"\"\xCE\xB2\"\"\"\n1,2\n3,x\n", "new.csv").unwrap();
    let error = value_model().predict(&text).unwrap_err().to_string();
    assert!(error.starts_with("new.csv, line 3: \"x\" in column \"b, "), "{error}");
    let gap = Table::read_csv(b"a,\"b, \"\"\xCE\xB2\"\"\"\n,2\n", "new.csv").unwrap();
    let error = value_model().predict(&gap).unwrap_err().to_string();
    assert!(error.starts_with("new.csv, line 2: the value of column \"a\" is missing"), "{error}");
    // A file without any of the targets can be predicted, but not scored.
    let error = value_model().evaluate(&table(), 0.9).unwrap_err().to_string();
    assert!(error.starts_with("there is no column \"flow (l/s)\""), "{error}");
    let columns = ["a", "b, \"β\"", "flow (l/s)"].map(|name| (name.to_owned(), vec![3.0; 2]));
    let table = Table::new(columns.to_vec()).unwrap();
    let error = probability_model().evaluate(&table, 0.9).unwrap_err();
    assert_eq!(error, ModelError::NoTruth);
    assert!(error.to_string().starts_with("no row of the table has a value of the target"));
}
