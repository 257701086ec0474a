//! The first network with its weights.

use super::Subject;
use crate::{args::Language, failure::Failure};
use chainrule::{Network, Real};
use chainrule_report::{Chart, Labels, Section, chart, chart::Weights};
use chainrule_tabular::{AnyNetwork, Model, Output};

pub(super) fn section(subject: &Subject<'_>) -> Result<Option<Section>, Failure> {
    let Subject { model, language, .. } = *subject;
    let Some(chart) = picture(model, language)? else { return Ok(None) };
    let members = model.members().len();
    let text = match (members, language) {
        (1, Language::En) => "The thicker a line, the greater its weight within its layer. \
            Of wide layers only the first and the last units are drawn."
            .to_owned(),
        (_, Language::En) => format!(
            "The first of {members} networks, whose mean the model is. The thicker a line, the greater its weight \
             within its layer. Of wide layers only the first and the last units are drawn."
        ),
        (1, Language::Zh) => {
            "线越粗，该层内的权重越大。较宽的层只画出最前和最后的单元。".to_owned()
        }
        (_, Language::Zh) => format!(
            "模型是 {members} 个网络的平均，这是第一个。线越粗，该层内的权重越大。较宽的层只画出最前和最后的单元。"
        ),
    };
    let heading = language.say("The network", "网络");
    let alternative = language.say(
        "Inputs on the left, outputs on the right, hidden units between them, weights as lines.",
        "左边是输入，右边是输出，中间是隐藏单元，线是权重。",
    );
    Ok(Some(Section::new(heading).paragraph(text).chart(chart, alternative)))
}

/// The first network; `None` if it has layers that can not be drawn.
pub(in crate::commands) fn picture(
    model: &Model,
    language: Language,
) -> Result<Option<Chart>, Failure> {
    let Some(first) = model.members().first() else { return Ok(None) };
    let layers = match &first.network {
        AnyNetwork::F32(network) => layers(network),
        AnyNetwork::F64(network) => layers(network),
    };
    let Some(inputs) = layers.first().map(|layer| layer.inputs) else { return Ok(None) };
    let weights: Vec<Weights<'_>> = layers
        .iter()
        .map(|Dense { inputs, outputs, w }| Weights { inputs: *inputs, outputs: *outputs, w })
        .collect();
    if weights.windows(2).any(|pair| pair[0].outputs != pair[1].inputs) {
        return Ok(None);
    }
    let cut = |names: Vec<String>| names.iter().map(|name| cut(name)).collect::<Vec<_>>();
    let (inputs, outputs) = (cut(input_names(model, inputs)), cut(output_names(model)));
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let labels = Labels {
        title: language.say("The weights", "权重"),
        x: language.say("from → to", "从 → 到"),
        y: language.say("weight", "权重"),
    };
    let signs = match language {
        Language::En => ["positive weight", "negative weight"],
        Language::Zh => ["正权重", "负权重"],
    };
    Ok(Some(chart::network(labels, &weights, &inputs, &outputs, signs)?))
}

/// A layer of weights w [inputs × outputs].
struct Dense {
    inputs: usize,
    outputs: usize,
    w: Vec<f64>,
}

/// The dense layers of a network, in their order.
fn layers<T: Real>(network: &Network<T>) -> Vec<Dense> {
    let (mut layers, mut start) = (Vec::new(), 0);
    for block in network.blocks() {
        let size: usize = block.shape.iter().product();
        let w = network.parameters().get(start..start + size).unwrap_or_default();
        start += size;
        if let ([inputs, outputs], true) = (&block.shape[..], is_dense(&block.name)) {
            let w = w.iter().map(|w| w.f64()).collect();
            layers.push(Dense { inputs: *inputs, outputs: *outputs, w });
        }
    }
    layers
}

/// Whether a block holds the weights of a dense layer: `dense_1.w`.
fn is_dense(name: &str) -> bool {
    name.split('.').any(|part| part.starts_with("dense")) && name.ends_with(".w")
}

/// What the first dense layer reads: the plain features, and what is learned for each code.
pub(in crate::commands) fn input_names(model: &Model, width: usize) -> Vec<String> {
    let encoder = model.encoder();
    let plain = encoder.width() - encoder.embeddings().len();
    let mut names = encoder.features();
    names.truncate(plain);
    for input in model.inputs() {
        if let Some((_, learned)) = input.embedding() {
            names.extend((1..=learned).map(|number| format!("{} · {number}", input.name)));
        }
    }
    names.truncate(width);
    names
}

/// What the outputs mean, in their order.
pub(in crate::commands) fn output_names(model: &Model) -> Vec<String> {
    let targets = model.targets();
    let classes = |name: &str, class: &str| format!("{name} = {class}");
    match model.output() {
        Output::Value => targets.iter().map(|target| target.name.clone()).collect(),
        Output::Quantiles(levels) => targets
            .iter()
            .flat_map(|target| levels.iter().map(|level| format!("{} q{level}", target.name)))
            .collect(),
        Output::Gaussian => {
            let means = targets.iter().map(|target| target.name.clone());
            means.chain(targets.iter().map(|target| format!("{} ±", target.name))).collect()
        }
        Output::Probability => targets
            .iter()
            .map(|target| match target.class_names() {
                Some([_, second]) => classes(&target.name, second),
                _ => target.name.clone(),
            })
            .collect(),
        Output::Classes => targets
            .iter()
            .flat_map(|target| {
                let names = target.class_names().unwrap_or_default();
                names.iter().map(|class| classes(&target.name, class))
            })
            .collect(),
    }
}

/// A name that leaves room for the network.
fn cut(name: &str) -> String {
    const LONGEST: usize = 24;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule_tabular::{Architecture, Input, Parts, Target};

    #[test]
    fn weights_stand_where_the_network_has_them() {
        let architecture =
            Architecture { hidden: vec![2], activation: "tanh".into(), dropout: 0.0 };
        let mut network: Network<f64> = architecture.build(1, 1, 0).unwrap();
        // w₁ [1 × 2], b₁ [2], w₂ [2 × 1], b₂ [1].
        network.parameters_mut().copy_from_slice(&[1.0, 2.0, 9.0, 9.0, 3.0, 4.0, 9.0]);
        let w: Vec<Vec<f64>> = layers(&network).into_iter().map(|layer| layer.w).collect();
        assert_eq!(w, [[1.0, 2.0], [3.0, 4.0]]);
        let (inputs, targets) = (vec![Input::raw("x")], vec![Target::raw("y")]);
        let parts = Parts::of_network(inputs, targets, Output::Value, architecture, network);
        let model = Model::new(parts).unwrap();
        assert_eq!(
            (input_names(&model, 1), output_names(&model)),
            (vec!["x".into()], vec!["y".into()])
        );
        let chart = picture(&model, Language::En).unwrap().unwrap();
        assert!(chart.svg().contains("positive weight"));
    }
}
