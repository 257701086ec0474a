//! The network as it is drawn on a blackboard, where it is a chain of dense layers.

use crate::{Language, Lesson};
use chainrule_report::{
    Labels,
    chart::{self, Weights},
    page::{Words, figure as figure_of},
};

/// The picture; `None` where layers are not one behind the other.
pub(super) fn figure(lesson: &Lesson<'_>, language: Language) -> Option<String> {
    let step = lesson.trace.steps.first()?;
    if step.layers.iter().any(|layer| layer.depth > 0 || layer.kind == "parallel") {
        return None;
    }
    let dense = step.layers.iter().filter_map(|layer| {
        let w = &layer.parameter("W")?.value.values;
        Some(Weights { inputs: layer.inputs, outputs: layer.outputs, w })
    });
    let dense: Vec<Weights<'_>> = dense.collect();
    let labels = Labels {
        title: language.say("The weights", "权重"),
        x: language.say("from → to", "从 → 到"),
        y: language.say("weight", "权重"),
    };
    let signs = match language {
        Language::En => ["positive weight", "negative weight"],
        Language::Zh => ["正权重", "负权重"],
    };
    let words = |names: &[String]| names.iter().map(|name| cut(name)).collect::<Vec<_>>();
    let (inputs, outputs) = (words(&lesson.inputs), words(&lesson.outputs));
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let chart = chart::network(labels, &dense, &inputs, &outputs, signs).ok()?;
    let alternative = language.say(
        "Inputs on the left, outputs on the right, hidden units between them, weights as lines.",
        "左边是输入，右边是输出，中间是隐层单元，线是权重。",
    );
    Some(figure_of(&chart, alternative, 1, &Words::of_language(language.say("en", "zh"))))
}

/// A name that leaves room for the network.
fn cut(name: &str) -> String {
    const LONGEST: usize = 20;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
