//! A trace for a terminal: aligned matrices under the equations that they come from.

use crate::{
    Language, Lesson,
    notation::{equation, letter, moment, shape},
    number::{column_of, significant},
};
use chainrule::trace::{LayerTrace, LossTrace, ParameterTrace, Quantity, StepTrace};
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// A matrix with more rows is folded: so many at its beginning and at its end remain.
const MOST_ROWS: usize = 10;
const FIRST_ROWS: usize = 6;
const LAST_ROWS: usize = 2;
const MOST_COLUMNS: usize = 8;
const FIRST_COLUMNS: usize = 5;
const LAST_COLUMNS: usize = 2;
/// A gradient of so many columns stands beside its difference quotients.
const BESIDE: usize = 4;

pub(crate) fn write(lesson: &Lesson<'_>, language: Language) -> String {
    let trace = lesson.trace;
    let mut text = format!("{}\n", lesson.title);
    for note in &lesson.notes {
        text += &format!("{note}\n");
    }
    let rate = significant(trace.learning_rate, 6);
    let (loss, optimizer) = (&trace.loss, &trace.optimizer);
    text += &match language {
        Language::En => {
            format!("Loss {loss}, optimizer {optimizer}, learning rate {rate}, numbers f64\n")
        }
        Language::Zh => format!("损失 {loss}，优化器 {optimizer}，学习率 {rate}，双精度\n"),
    };
    for step in &trace.steps {
        let number = step.number;
        let heading = match language {
            Language::En => format!("Step {number} of {}", trace.steps.len()),
            Language::Zh => format!("第 {number} 步，共 {} 步", trace.steps.len()),
        };
        text += &format!("\n{heading}\n{}\n", "═".repeat(heading.width()));
        write_step(&mut text, step, &trace.optimizer, language);
    }
    text
}

fn write_step(text: &mut String, step: &StepTrace, optimizer: &str, language: Language) {
    section(text, language.say("Forward", "前向传播"));
    write_quantity(text, "x", &step.x, language);
    for layer in &step.layers {
        write_forward(text, layer, language);
    }
    section(text, language.say("Loss", "损失"));
    write_loss(text, step, &step.loss, language);
    section(text, language.say("Backward", "反向传播"));
    for layer in step.layers.iter().rev() {
        write_backward(text, layer, language);
    }
    if let Some((name, deviation)) = step.worst_deviation() {
        let deviation = significant(deviation, 2);
        *text += &match language {
            Language::En => {
                format!(
                    "\n  Of all gradients, {name} is furthest from its difference quotients: {deviation}\n"
                )
            }
            Language::Zh => format!("\n  所有梯度中与差商相差最大的是 {name}：{deviation}\n"),
        };
    }
    section(text, language.say("The step", "更新"));
    for parameter in step.layers.iter().flat_map(|layer| &layer.parameters) {
        write_update(text, parameter, optimizer, language);
    }
}

fn section(text: &mut String, heading: &str) {
    *text += &format!("\n{heading}\n{}\n", "─".repeat(heading.width()));
}

fn write_layer_name(text: &mut String, layer: &LayerTrace) {
    let LayerTrace { name, inputs, outputs, settings, .. } = layer;
    let settings = if settings.is_empty() { String::new() } else { format!(", {settings}") };
    let _ = writeln!(text, "\n  {name}: {inputs} → {outputs}{settings}");
}

fn write_forward(text: &mut String, layer: &LayerTrace, language: Language) {
    write_layer_name(text, layer);
    for parameter in &layer.parameters {
        write_quantity(text, letter(&parameter.value.symbol), &parameter.value, language);
    }
    // x is the y of the layer before, and stands there.
    for quantity in layer.forward.iter().filter(|one| one.symbol != "x") {
        let mut title = equation(quantity, language);
        if let (Some(name), "a" | "slope") = (&layer.activation, quantity.symbol.as_str()) {
            title += &format!(", σ = {name}");
        }
        write_quantity(text, &title, quantity, language);
    }
}

fn write_loss(text: &mut String, step: &StepTrace, loss: &LossTrace, language: Language) {
    write_quantity(text, "y", &step.y, language);
    write_quantity(text, language.say("t, the targets", "t（目标值）"), &step.targets, language);
    if let Some(weights) = &step.weights {
        let title = language.say("w, the weights of the rows", "w（各行的权重）");
        write_quantity(text, title, weights, language);
    }
    if let Some(p) = &loss.probabilities {
        let title = language.say("p, the probabilities", "p（概率）");
        write_quantity(text, title, p, language);
    }
    let title = language.say("ℓ, the loss of each row", "ℓ（各行的损失）");
    write_quantity(text, title, &loss.samples, language);
    let _ = writeln!(text, "    L = {}", significant(loss.value, 12));
    write_quantity(text, "dy = ∂L/∂y", &loss.gradient, language);
}

fn write_backward(text: &mut String, layer: &LayerTrace, language: Language) {
    write_layer_name(text, layer);
    for quantity in &layer.backward {
        write_quantity(text, &equation(quantity, language), quantity, language);
        if quantity.symbol == "dz" {
            // In the order of the chain rule: δ, then what it gives.
            for parameter in &layer.parameters {
                write_quantity(
                    text,
                    &equation(&parameter.gradient, language),
                    &parameter.gradient,
                    language,
                );
            }
        }
    }
    if layer.activation.is_none() {
        for parameter in &layer.parameters {
            let gradient = &parameter.gradient;
            write_quantity(text, &equation(gradient, language), gradient, language);
        }
    }
}

fn write_update(
    text: &mut String,
    parameter: &ParameterTrace,
    optimizer: &str,
    language: Language,
) {
    let _ = writeln!(text, "\n  {}", parameter.name);
    for quantity in parameter.moments.iter().chain(&parameter.corrected) {
        write_quantity(text, &moment(quantity, optimizer), quantity, language);
    }
    for quantity in [&parameter.change, &parameter.after] {
        write_quantity(text, &equation(quantity, language), quantity, language);
    }
}

/// A title and the numbers below it; of a narrow gradient beside its difference quotients.
fn write_quantity(text: &mut String, title: &str, quantity: &Quantity, language: Language) {
    let (rows, columns) = quantity.rows_and_columns();
    let numbers = lines(&quantity.values, rows, columns, language);
    let mut heading = format!("{title}  {}", shape(quantity));
    if let (Some(numerical), Some(deviation)) = (&quantity.numerical, quantity.deviation()) {
        let deviation = significant(deviation, 2);
        heading += &match language {
            Language::En => format!("  numerically the same to {deviation}"),
            Language::Zh => format!("  与差商相差至多 {deviation}"),
        };
        let _ = writeln!(text, "    {heading}");
        let is_narrow = columns <= BESIDE;
        let beside = lines(numerical, rows, columns, language);
        for (line, numerical) in numbers.iter().zip(beside) {
            let _ = match is_narrow {
                true => writeln!(text, "      {line}   │ {numerical}"),
                false => writeln!(text, "      {line}"),
            };
        }
        return;
    }
    let _ = writeln!(text, "    {}", heading.trim_end());
    for line in numbers {
        let _ = writeln!(text, "      {line}");
    }
}

/// The rows of a matrix, aligned, and folded where there are many.
fn lines(values: &[f64], rows: usize, columns: usize, language: Language) -> Vec<String> {
    let shown_rows = shown(rows, MOST_ROWS, FIRST_ROWS, LAST_ROWS);
    let shown_columns = shown(columns, MOST_COLUMNS, FIRST_COLUMNS, LAST_COLUMNS);
    let places = |of: &[Option<usize>]| of.iter().flatten().copied().collect::<Vec<_>>();
    let (kept_rows, kept_columns) = (places(&shown_rows), places(&shown_columns));
    let kept = kept_rows
        .iter()
        .flat_map(|row| kept_columns.iter().map(move |column| values[row * columns + column]));
    let kept = column_of(&kept.collect::<Vec<f64>>());
    let width = kept.iter().map(String::len).max().unwrap_or(0);
    let mut cells = kept.chunks(kept_columns.len().max(1));
    let lines = shown_rows.iter().map(|row| {
        if row.is_none() {
            let left_out = rows - kept_rows.len();
            return match language {
                Language::En => format!("… {left_out} more rows"),
                Language::Zh => format!("… 其余 {left_out} 行"),
            };
        }
        let mut cells = cells.next().unwrap_or_default().iter();
        let line = shown_columns.iter().map(|column| match column {
            None => format!("… {} …", columns - kept_columns.len()),
            Some(_) => format!("{:>width$}", cells.next().map_or("", String::as_str)),
        });
        line.collect::<Vec<_>>().join("  ")
    });
    lines.collect()
}

/// Which of so many are shown; `None` is the fold.
fn shown(count: usize, most: usize, first: usize, last: usize) -> Vec<Option<usize>> {
    if count <= most {
        return (0..count).map(Some).collect();
    }
    (0..first).map(Some).chain([None]).chain((count - last..count).map(Some)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_matrices_are_folded() {
        let values: Vec<f64> = (0..400).map(f64::from).collect();
        let folded = lines(&values, 20, 20, Language::En);
        assert_eq!(folded.len(), 9);
        assert_eq!(folded[0], "  0    1    2    3    4  … 13 …   18   19");
        assert_eq!(folded[6], "… 12 more rows");
        assert_eq!(lines(&values[..4], 2, 2, Language::Zh), ["0  1", "2  3"]);
    }
}
