//! A trace as one object; `docs/trace.md` of the project tells its fields.

use crate::Lesson;
use chainrule::trace::{LayerTrace, ParameterTrace, Quantity, StepTrace};
use serde_json::{Map, Value, json};

/// Grows when a field changes its meaning.
const VERSION: u32 = 1;

pub(crate) fn object(lesson: &Lesson<'_>) -> Value {
    let trace = lesson.trace;
    let Some(first) = trace.steps.first() else { return Value::Null };
    let constants = trace.constants.iter().map(|&(name, value)| (name.to_owned(), value.into()));
    let named = |of: &dyn Fn(&ParameterTrace) -> Value| -> Value {
        let parameters = first.layers.iter().flat_map(|layer| &layer.parameters);
        parameters.map(|one| (one.name.clone(), of(one))).collect::<Map<_, _>>().into()
    };
    json!({
        "format": "chainrule.trace",
        "version": VERSION,
        "title": lesson.title,
        "notes": lesson.notes,
        "network": {
            "inputs": trace.inputs,
            "outputs": trace.outputs,
            "layers": first.layers.iter().map(outline).collect::<Vec<_>>(),
        },
        "loss": trace.loss,
        "optimizer": {
            "name": trace.optimizer,
            "learning_rate": trace.learning_rate,
            "constants": constants.collect::<Map<_, _>>(),
        },
        "mode": if trace.predicts { "prediction" } else { "training" },
        "batch": {
            "x": nested(&first.x),
            "targets": nested(&first.targets),
            "sample_weights": first.weights.as_ref().map(nested),
            "input_names": lesson.inputs,
            "output_names": lesson.outputs,
            "rows": lesson.rows,
        },
        "weights": named(&|one| nested(&one.value)),
        "gradients": named(&|one| nested(&one.gradient)),
        "steps": trace.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn outline(layer: &LayerTrace) -> Value {
    json!({
        "name": layer.name,
        "kind": layer.kind,
        "settings": layer.settings,
        "activation": layer.activation,
        "inputs": layer.inputs,
        "outputs": layer.outputs,
        "depth": layer.depth,
        "parameters": layer.parameters.iter().map(|one| &one.name).collect::<Vec<_>>(),
    })
}

fn step(step: &StepTrace) -> Value {
    let loss = &step.loss;
    json!({
        "step": step.number,
        "layers": step.layers.iter().map(layer).collect::<Vec<_>>(),
        "y": nested(&step.y),
        "loss": {
            "value": loss.value,
            "samples": nested(&loss.samples),
            "divisor": loss.divisor,
            "probabilities": loss.probabilities.as_ref().map(nested),
            "dy": gradient(&loss.gradient),
        },
    })
}

fn layer(layer: &LayerTrace) -> Value {
    let forward = layer.forward.iter().map(|one| (one.symbol.clone(), nested(one)));
    let backward = layer.backward.iter().map(|one| (one.symbol.clone(), gradient(one)));
    let parameters = layer.parameters.iter().map(|one| (one.name.clone(), parameter(one)));
    json!({
        "name": layer.name,
        "forward": forward.collect::<Map<_, _>>(),
        "backward": backward.collect::<Map<_, _>>(),
        "parameters": parameters.collect::<Map<_, _>>(),
    })
}

fn parameter(parameter: &ParameterTrace) -> Value {
    let named = |quantities: &[Quantity]| -> Map<String, Value> {
        quantities.iter().map(|one| (one.symbol.clone(), nested(one))).collect()
    };
    json!({
        "symbol": parameter.value.symbol,
        "value": nested(&parameter.value),
        "gradient": gradient(&parameter.gradient),
        "moments": named(&parameter.moments),
        "corrected": named(&parameter.corrected),
        "change": nested(&parameter.change),
        "after": nested(&parameter.after),
    })
}

/// The numbers beside the difference quotients, where there are some.
fn gradient(quantity: &Quantity) -> Value {
    let numerical = quantity.numerical.as_ref().map(|values| lists(&quantity.shape, values));
    json!({
        "formula": quantity.formula.name(),
        "value": nested(quantity),
        "numerical": numerical,
        "deviation": quantity.deviation(),
    })
}

/// Lists of lists, as `numpy.array` takes them.
fn nested(quantity: &Quantity) -> Value {
    lists(&quantity.shape, &quantity.values)
}

fn lists(shape: &[usize], values: &[f64]) -> Value {
    match shape {
        [] => values.first().copied().into(),
        [_] => values.into(),
        [_, rest @ ..] => {
            let size = rest.iter().product::<usize>().max(1);
            values.chunks_exact(size).map(|part| lists(rest, part)).collect()
        }
    }
}
