//! What is not right is said in one sentence, with the shapes and the line.

use chainrule::{
    Network,
    graph::{Error, Graph, Over, Plan, Value, concatenate},
    layer::{Block, Expression, Role},
    loss,
    ndarray::{Array2, array},
};

fn zeros(rows: usize, columns: usize) -> Array2<f64> {
    Array2::zeros((rows, columns))
}

/// Fails unless the message has all of these parts, and names this file.
fn assert_says(error: &Error, parts: &[&str]) {
    let message = error.to_string();
    assert!(message.contains("misuse.rs:"), "{message}");
    for part in parts {
        assert!(message.contains(part), "{message}: no {part}");
    }
}

#[test]
fn shapes_that_do_not_fit() {
    type Slip = for<'g> fn([Value<'g, f64>; 2]) -> Value<'g, f64>;
    let slips: [(Slip, &[&str]); 10] = [
        (|[a, b]| a + b, &["sum of [2 × 3] and [4 × 5]", "repeated"]),
        (|[a, b]| a.dot(b), &["matrix product of [2 × 3] and [4 × 5]", "as many columns"]),
        (|[a, b]| a.select(b, 0.0), &["select of [2 × 3] and [4 × 5]"]),
        (|[a, b]| a.select(0.0, b), &["select of [2 × 3] and [4 × 5]"]),
        (|[a, _]| a.reshape([4, 2]), &["reshape of [2 × 3]", "[4 × 2]"]),
        (|[a, _]| a.slice(.., 1..4), &["slice of [2 × 3]", "1..4"]),
        (|[a, _]| a.slice(3..4, ..), &["slice of [2 × 3]", "3..4"]),
        (|[a, _]| a.broadcast([2, 4]), &["broadcast of [2 × 3]", "[2 × 4]"]),
        (|[a, b]| concatenate(&[a, b], Over::Columns), &["concatenation", "as many rows"]),
        (|[a, b]| a.pull_back(b, &[a])[0], &["gradient of [2 × 3] and [4 × 5]"]),
    ];
    for (slip, parts) in slips {
        let graph = Graph::new();
        let (a, b) = (graph.input(&zeros(2, 3)), graph.input(&zeros(4, 5)));
        let whole = slip([a, b]).sum(Over::All);
        assert_says(&whole.item().unwrap_err(), parts);
        assert_says(&whole.backward().unwrap_err(), parts);
        assert_says(&Plan::new(whole).unwrap_err(), parts);
    }
}

/// The first slip is the one that is told: those after it may follow from it.
#[test]
fn the_first_slip_is_told() {
    let graph = Graph::new();
    let (a, b) = (graph.input(&zeros(2, 3)), graph.input(&zeros(4, 5)));
    let first = a.dot(b);
    let second = first + a.dot(a);
    assert_says(&second.value().unwrap_err(), &["matrix product of [2 × 3] and [4 × 5]"]);
}

#[test]
fn values_of_two_graphs() {
    let (one, other) = (Graph::new(), Graph::new());
    let (a, b) = (one.number(1.0), other.number(2.0));
    assert_says(&(a + b).item().unwrap_err(), &["sum: a value of another graph"]);

    let (one, other) = (Graph::new(), Graph::new());
    let (a, b) = (one.number(1.0), other.number(2.0));
    let [da] = a.gradient_by([b]);
    assert_says(&da.item().unwrap_err(), &["gradient: a value of another graph"]);
}

#[test]
fn gradients_that_nothing_has_computed() {
    let graph = Graph::new();
    let (a, b) = (graph.number(1.0), graph.number(2.0));
    assert_says(&a.gradient().unwrap_err(), &["[1 × 1] has no gradient", "`backward`"]);
    (a * a).backward().unwrap();
    assert_eq!(a.gradient().unwrap().item().unwrap(), 2.0);
    assert_says(&b.gradient().unwrap_err(), &["depends on it"]);
}

#[test]
fn losses_that_are_no_number() {
    let graph = Graph::new();
    let a = graph.input(&zeros(2, 3));
    let needs = ["of [2 × 3]", "single number", "mean"];
    assert_says(&a.backward().unwrap_err(), &needs);
    assert_says(&Plan::new(a).unwrap_err(), &needs);
    assert_says(&a.item().unwrap_err(), &needs);
    let [da] = a.gradient_by([a]);
    assert_says(&da.value().unwrap_err(), &["only a single number has a gradient"]);
}

#[test]
fn plans_with_other_numbers() {
    let graph = Graph::new();
    let (x, w) = (graph.input(&zeros(2, 3)), graph.parameter("w", &zeros(3, 1)));
    let loss = x.dot(w).sum(Over::All);
    let mut plan = Plan::new(loss).unwrap();
    let error = plan.loss(&[1.0]).unwrap_err();
    assert_eq!(error.to_string(), "the expression has 3 parameters, but 1 numbers are given");
    assert_says(&plan.set(x, zeros(3, 3).view()).unwrap_err(), &["set of [3 × 3]", "[2 × 3]"]);
    assert!(matches!(plan.set(w, zeros(3, 1).view()), Err(Error::NoInput { .. })));
    let other = Graph::new();
    let foreign = other.input(&zeros(2, 3));
    assert!(matches!(plan.set(foreign, zeros(2, 3).view()), Err(Error::NoInput { .. })));

    plan.set(x, array![[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]].view()).unwrap();
    let (value, gradient) = plan.gradient(&[1.0, 1.0, 1.0]).unwrap();
    assert_eq!((value, gradient), (7.0, &[1.0, 2.0, 4.0][..]));
}

#[test]
fn layers_that_mix_samples_or_have_no_rows() {
    let w = || [Block::new("w", Role::Weight, [3, 2])];
    let mean = Expression::<f64>::new(3, w(), |x, w| (x - x.mean(Over::Rows)).dot(w[0]));
    assert_says(&mean.unwrap_err(), &["mixes the rows of the batch"]);
    let product = Expression::<f64>::new(3, w(), |x, _| x.dot(x.t()).dot(x));
    assert_says(&product.unwrap_err(), &["[batch × batch]"]);
    let gram = Expression::<f64>::new(3, w(), |x, _| x.dot(x.t().dot(x)));
    assert_says(&gram.unwrap_err(), &["matrix product mixes the rows"]);
    let no_rows = Expression::<f64>::new(3, w(), |_, w| w[0]);
    assert_says(&no_rows.unwrap_err(), &["[3 × 2]", "[batch × outputs]"]);
    let misfit = Expression::<f64>::new(4, w(), |x, w| x.dot(w[0]));
    assert_says(&misfit.unwrap_err(), &["matrix product of [batch × 4] and [3 × 2]"]);
    let numbers = Expression::<f64>::new(3, w(), |x, w| {
        assert_says(&x.value().unwrap_err(), &["depends on the batch"]);
        x.dot(w[0])
    });
    assert!(numbers.is_ok());

    // A builder's error is the same one.
    let error = Expression::<f64>::new(4, w(), |x, w| x.dot(w[0]))
        .map(|layer| Network::builder(4).layer(layer));
    assert!(chainrule::Error::from(error.unwrap_err()).to_string().contains("[batch × 4]"));
}

#[test]
fn losses_that_are_not_one_number_a_sample() {
    let wide = loss::Formula::<f64>::new("wide", 2, 2, |y, t| (y - t).squared());
    assert_says(&wide.unwrap_err(), &["[batch × 2]", "the mean over the columns"]);
    let whole = loss::Formula::<f64>::new("whole", 2, 2, |y, t| (y - t).squared().mean(Over::All));
    assert_says(&whole.unwrap_err(), &["[1 × 1]"]);
    let mixed = loss::Formula::<f64>::new("mixed", 1, 1, |y, t| (y - t) / y.max(Over::Rows));
    assert_says(&mixed.unwrap_err(), &["max mixes the rows"]);
}
