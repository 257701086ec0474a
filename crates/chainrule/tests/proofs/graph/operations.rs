//! Every operation: its value, its gradient and the gradient of its gradient.

use crate::{
    pytorch::{FLOOR, RELATIVE, array, cases},
    support::assert_close,
};
use chainrule::{
    gradient_check::{self, Failure},
    graph::{Graph, Over, Plan, Value, concatenate},
};
use ndarray::Array2;
use serde::Deserialize;
use std::collections::BTreeSet;

const OPERATIONS: &str = include_str!("../../fixtures/operations.json");

type Matrix = Vec<Vec<f64>>;

#[derive(Deserialize)]
struct Case {
    name: String,
    x: Vec<Matrix>,
    y: Matrix,
    dy: Matrix,
    dx: Vec<Matrix>,
    directions: Vec<Matrix>,
    d_direction: Vec<Matrix>,
}

/// The expression of a case of the file.
fn expression<'g>(name: &str, x: &[Value<'g, f64>]) -> Value<'g, f64> {
    use Over::{All, Columns, Rows};
    let (a, last) = (x[0], x[x.len() - 1]);
    let b = x.get(1).copied().unwrap_or(last);
    match name {
        "negated" => -a,
        "abs" => a.abs(),
        "sign" => a.sign(),
        "step" => a.step(),
        "relu" => a.relu(),
        "sqrt" => a.sqrt(),
        "exp" => a.exp(),
        "ln" => a.ln(),
        "sin" => a.sin(),
        "cos" => a.cos(),
        "tanh" => a.tanh(),
        "sigmoid" => a.sigmoid(),
        "softplus" => a.softplus(),
        "squared" => a.squared(),
        "detach" => a.detach() * a,
        "add" | "add to a row" => a + b,
        "sub" | "sub a column" => a - b,
        "mul" | "mul a column and a row" => a * b,
        "mul by itself" => a * a * a,
        "div" | "div by a number" => a / b,
        "power" => a.power(b),
        "power of a number" => a.power(3.0),
        "power of a fraction" => a.power(1.5),
        "maximum" | "maximum of a row" => a.maximum(b),
        "minimum" => a.minimum(b),
        "less" => a.less(b),
        "equal" => a.equal(a),
        "select" => a.less(0.0).select(b.sin(), last.exp()),
        "dot" => a.dot(b),
        "dot of a transpose" => a.t().dot(b),
        "dot with itself" => a.dot(a.t()).dot(a),
        "t" => (a * a).t(),
        "reshape" => a.sin().reshape([4, 3]),
        "slice" => a.slice(1..3, 2..).exp(),
        "broadcast" => a.sin().broadcast([4, 3]),
        "concatenate" => concatenate(x, Columns).sin(),
        "concatenate rows" => concatenate(x, Rows).exp(),
        "sum" => a.sin().sum(All),
        "sum over rows" => a.sin().sum(Rows),
        "sum over columns" => a.sin().sum(Columns),
        "mean" => a.exp().mean(All),
        "mean over rows" => a.exp().mean(Rows),
        "mean over columns" => a.exp().mean(Columns),
        "max" => a.sin().max(All),
        "max over rows" => a.sin().max(Rows),
        "max of equals" => a.max(Columns),
        "max over columns" => a.sin().max(Columns),
        "softmax" => a.softmax(Columns),
        "softmax over rows" => a.softmax(Rows),
        "softmax over all" => a.softmax(All),
        "log_sum_exp" | "log_sum_exp of large numbers" => a.log_sum_exp(Columns),
        other => panic!("teach the test the operation {other}"),
    }
}

fn numbers(matrix: &Array2<f64>) -> Vec<f64> {
    matrix.iter().copied().collect()
}

/// Σ c · v.
fn weighted<'g>(graph: &'g Graph<f64>, v: Value<'g, f64>, c: &Matrix) -> Value<'g, f64> {
    (v * graph.input(&array(c))).sum(Over::All)
}

#[test]
fn are_those_of_pytorch() {
    for case in cases::<Case>(OPERATIONS) {
        let graph = Graph::new();
        let x: Vec<_> = case.x.iter().map(|x| graph.input(&array(x))).collect();
        let compare = |what: &str, ours: Value<f64>, theirs: &Matrix| {
            let ours = ours.value().unwrap_or_else(|error| panic!("{}: {error}", case.name));
            assert_eq!(ours.dim(), array(theirs).dim(), "the shape of {what} of {}", case.name);
            let what = format!("{what} of {}", case.name);
            assert_close(&what, &numbers(&ours), &theirs.concat(), RELATIVE, FLOOR);
        };
        let y = expression(&case.name, &x);
        compare("y", y, &case.y);

        let dx = y.pull_back(graph.input(&array(&case.dy)), &x);
        dx.iter().zip(&case.dx).for_each(|(ours, theirs)| compare("dx", *ours, theirs));

        // The gradient of the gradient: the product of the second derivatives and a direction.
        let parts = dx.iter().zip(&case.directions).map(|(dx, c)| weighted(&graph, *dx, c));
        let slope = parts.reduce(|sum, part| sum + part).unwrap();
        let d_direction = slope.pull_back(graph.number(1.0), &x);
        let pairs = d_direction.iter().zip(&case.d_direction);
        pairs.for_each(|(ours, theirs)| compare("the derivative of dx", *ours, theirs));
    }
}

#[test]
fn are_those_of_finite_differences() {
    /// What has no slope at all.
    const FLAT: [&str; 4] = ["sign", "step", "less", "equal"];
    /// What is detached has no gradient, but a difference. Equal numbers are at a kink, and the second derivatives of
    /// large ones are far below what a difference sees.
    const UNSEEN: [&str; 3] = ["detach", "max of equals", "log_sum_exp of large numbers"];
    let mut curved = 0;
    for case in cases::<Case>(OPERATIONS) {
        if FLAT.contains(&&*case.name) || UNSEEN.contains(&&*case.name) {
            continue;
        }
        let graph = Graph::new();
        let x: Vec<_> = case.x.iter().map(|x| graph.parameter("x", &array(x))).collect();
        let theta = graph.theta();
        let y = weighted(&graph, expression(&case.name, &x), &case.dy);
        let report = gradient_check::plan(&mut Plan::new(y).unwrap(), &theta);
        report.unwrap_or_else(|failure| panic!("{}: {failure}", case.name));

        let dx = y.pull_back(graph.number(1.0), &x);
        let parts = dx.iter().zip(&case.directions).map(|(dx, c)| weighted(&graph, *dx, c));
        let slope = parts.reduce(|sum, part| sum + part).unwrap();
        match gradient_check::plan(&mut Plan::new(slope).unwrap(), &theta) {
            Ok(_) => curved += 1,
            Err(Failure::AllZero { .. }) => {} // linear
            Err(failure) => panic!("the second derivative of {}: {failure}", case.name),
        }
    }
    assert!(curved > 30, "{curved}");
}

/// The names of a value's operations, as they stand in the source, are those of the cases.
#[test]
fn all_have_cases() {
    /// What asks for numbers or derivatives.
    const QUESTIONS: [&str; 8] =
        ["shape", "value", "value_at", "item", "backward", "gradient", "gradient_by", "pull_back"];
    let methods =
        [include_str!("../../../src/graph/value.rs"), include_str!("../../../src/graph/matrix.rs")];
    let methods = methods.into_iter().flat_map(str::lines).filter_map(|line| {
        let rest = line.trim().strip_prefix("pub fn ")?;
        Some(&rest[..rest.find(['(', '<'])?])
    });
    // In the table, a line after its comment: `exp Exp: …`.
    let table = include_str!("../../../src/graph/operation.rs").lines();
    let functions = table.clone().zip(table.skip(1)).filter_map(|(comment, line)| {
        let is_row = comment.starts_with("    /// ") && line.ends_with(';');
        line.trim().split(' ').next().filter(|_| is_row)
    });
    let functions: Vec<&str> = functions.collect();
    assert!(functions.contains(&"tanh") && functions.len() >= 14, "{functions:?}");
    let operators = ["add", "sub", "mul", "div"];
    let all: BTreeSet<&str> = methods.chain(functions).chain(operators).collect();
    let expected: BTreeSet<&str> =
        all.into_iter().filter(|name| !QUESTIONS.contains(name)).collect();
    let cases = cases::<Case>(OPERATIONS);
    let found = cases.iter().map(|case| case.name.split(' ').next().unwrap_or_default());
    assert_eq!(found.collect::<BTreeSet<_>>(), expected);
}
