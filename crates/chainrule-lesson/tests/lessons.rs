//! Lessons of several networks: pages are well-formed and point at numbers that are there, objects have every number,
//! texts are aligned.

use chainrule::{
    Network,
    activation::{Gelu, Identity, Relu, Sigmoid, Tanh},
    layer::Combine,
    loss::{CrossEntropy, Loss, MeanSquaredError},
    optimizer::{Adam, Optimizer, Sgd},
    trace::{Trace, Tracing},
};
use chainrule_lesson::{Language, Lesson};
use ndarray::Array2;
use std::{collections::HashSet, sync::Arc};

fn trace(
    network: &Network<f64>,
    loss: impl Loss<f64> + 'static,
    optimizer: impl Optimizer<f64> + 'static,
    rows: usize,
) -> Trace {
    let number = |i: usize, j: usize| ((i * 7 + j * 3) % 11) as f64 / 5.0 - 1.0;
    let x = Array2::from_shape_fn((rows, network.inputs()), |(i, j)| number(i, j));
    let columns = loss.outputs(1).map_or(1, |_| network.outputs());
    let targets = match loss.name() {
        "cross_entropy" => Array2::from_shape_fn((rows, 1), |(i, _)| (i % 2) as f64),
        _ => Array2::from_shape_fn((rows, columns), |(i, j)| number(j, i)),
    };
    let tracing = Tracing { steps: 2, ..Tracing::new(Arc::new(loss), Arc::new(optimizer)) };
    tracing.run(network, x.view(), targets.view().into()).unwrap()
}

fn traces() -> Vec<(&'static str, Trace)> {
    let small = Network::builder(2).dense(3, Sigmoid).dense(1, Identity).build(1).unwrap();
    let classes = Network::builder(4).dense(8, Relu).dense(8, Tanh).dense(2, Identity);
    let classes = classes.build(2).unwrap();
    let around = Network::builder(3)
        .dense(4, Gelu)
        .residual(|inner| inner.layer_norm().dense(4, Tanh).dropout(0.2))
        .parallel(Combine::Concatenate, |l| l.dense(2, Tanh), |r| r.prelu().batch_norm())
        .dense(2, Identity)
        .build(3)
        .unwrap();
    vec![
        ("small", trace(&small, MeanSquaredError, Adam::default(), 1)),
        ("classes", trace(&classes, CrossEntropy::default(), Adam::default(), 5)),
        ("around", trace(&around, MeanSquaredError, Sgd::momentum(0.9), 4)),
        ("plain", trace(&small, MeanSquaredError, Sgd::default(), 20)),
    ]
}

#[test]
fn pages_are_well_formed_and_point_at_numbers_that_are_there() {
    for (name, trace) in traces() {
        for language in [Language::En, Language::Zh] {
            let lesson = Lesson::new("A <first> step & more", &trace).note("From \"nowhere\"");
            let html = lesson.html(language);
            let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
            let page = roxmltree::Document::parse_with_options(&html, options).unwrap();
            let mut names = HashSet::new();
            for node in page.descendants() {
                if let Some(id) = node.attribute("id") {
                    assert!(names.insert(id), "{name}: {id} twice");
                }
            }
            for node in page.descendants() {
                for word in node.attribute("data-from").unwrap_or_default().split_whitespace() {
                    let (_, table) = word.split_once('@').unwrap();
                    assert!(names.contains(table), "{name}: no table {table}");
                }
            }
            // What a script marks also stands in formulas with numbers.
            assert!(html.contains("put-in"), "{name}");
            assert!(!html.contains("NaN"), "{name}");
        }
    }
}

#[test]
fn a_formula_has_its_numbers_put_in() {
    let mut network = Network::builder(2).dense(1, Sigmoid).build(1).unwrap();
    network.parameters_mut().copy_from_slice(&[0.3, -0.2, 0.1]);
    let tracing = Tracing::new(Arc::new(MeanSquaredError), Arc::new(Adam::default()));
    let (x, t) = (ndarray::array![[0.5, 2.0]], ndarray::array![[1.0]]);
    let trace = tracing.run(&network, x.view(), t.view().into()).unwrap();
    let html = Lesson::new("z", &trace).html(Language::En);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let page = roxmltree::Document::parse_with_options(&html, options).unwrap();
    let words = |node: roxmltree::Node<'_, '_>| -> String {
        node.descendants().filter_map(|node| node.is_text().then(|| node.text())?).collect()
    };
    let formulas: Vec<String> =
        page.descendants().filter(|node| node.has_tag_name("math")).map(words).collect();
    // 0.15 − 0.4 + 0.1
    let z = "0.5·0.3+2·(−0.2)+0.1=−0.15";
    assert!(formulas.concat().contains(z), "{formulas:#?}");
}

#[test]
fn objects_have_every_number() {
    for (name, trace) in traces() {
        let object = Lesson::new(name, &trace).json();
        assert_eq!((&object["format"], &object["version"]), (&"chainrule.trace".into(), &1.into()));
        assert_eq!(object["steps"].as_array().unwrap().len(), 2);
        for (step, ours) in object["steps"].as_array().unwrap().iter().zip(&trace.steps) {
            for (layer, ours) in step["layers"].as_array().unwrap().iter().zip(&ours.layers) {
                assert_eq!(layer["name"], *ours.name);
                for quantity in &ours.forward {
                    let value = &layer["forward"][&quantity.symbol];
                    assert_eq!(flat(value), quantity.values, "{name}: {}", quantity.symbol);
                }
                for quantity in &ours.backward {
                    let gradient = &layer["backward"][&quantity.symbol];
                    assert_eq!(flat(&gradient["value"]), quantity.values);
                    assert_eq!(flat(&gradient["numerical"]), *quantity.numerical.as_ref().unwrap());
                }
            }
        }
        for (name, weights) in object["weights"].as_object().unwrap() {
            assert_eq!(flat(weights).len(), flat(&object["gradients"][name]).len());
        }
    }
}

fn flat(value: &serde_json::Value) -> Vec<f64> {
    match value.as_array() {
        Some(list) => list.iter().flat_map(flat).collect(),
        None => vec![value.as_f64().unwrap()],
    }
}

#[test]
fn texts_tell_every_layer_in_both_languages() {
    for (name, trace) in traces() {
        for (language, words) in [(Language::En, "Backward"), (Language::Zh, "反向传播")] {
            let text = Lesson::new(name, &trace).text(language);
            assert!(text.contains(words), "{text}");
            for layer in &trace.steps[0].layers {
                assert!(text.contains(&format!("  {}: ", layer.name)), "{text}");
            }
        }
    }
}
