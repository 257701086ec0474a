//! Predicted numbers beside the true ones.

use super::{Subject, inputs::Importances, ranked, words::short};
use crate::{args::Language, failure::Failure};
use chainrule_report::{
    Chart, Labels, Section, Series,
    chart::{self, Intervals, IntervalsLegend},
};
use chainrule_tabular::{Comparison, Encoding, Model, Predicted, Table, table::Values};

/// The errors are drawn against so many inputs, the most important ones.
const MOST_INPUTS: usize = 3;

pub(super) fn section(
    subject: &Subject<'_>,
    comparison: &Comparison,
    importances: &Importances,
) -> Result<Section, Failure> {
    let Subject { model, shown, language, .. } = *subject;
    let name = &comparison.target;
    let heading = match language {
        Language::En => format!("Errors of {name}"),
        Language::Zh => format!("{name} 的误差"),
    };
    let mut section = Section::new(heading).paragraph(in_words(comparison, language)).chart(
        predicted(comparison, language)?,
        language.say(
            "Each point is a row; the nearer it is to the diagonal, the better.",
            "每个点是一行数据；越靠近对角线越好。",
        ),
    );
    section = section.chart(
        errors(comparison, language)?,
        language.say("How many rows have an error of each size.", "各种大小的误差各有多少行。"),
    );
    if let Some(chart) = intervals(comparison, super::level(model), language)? {
        section = section.chart(
            chart,
            language.say(
                "Rows in the order of their prediction, each with its interval and its true value.",
                "数据按预测值排列，每行画出区间和真实值。",
            ),
        );
    }
    let mut many = 0;
    for input in ranked(&importances.of) {
        if many < MOST_INPUTS
            && let Some(chart) = residuals(model, shown, comparison, input, language)?
        {
            many += 1;
            section = section.chart(
                chart,
                language.say(
                    "Errors against an input: a bend or a funnel would be something that the model misses.",
                    "误差与输入的关系：若有弯曲或漏斗形，说明模型有所遗漏。",
                ),
            );
        }
    }
    Ok(section)
}

/// How far off the predictions are, and whether they are off to one side.
fn in_words(comparison: &Comparison, language: Language) -> String {
    let errors = differences(comparison);
    let n = errors.len() as f64;
    let bias = errors.iter().map(|error| error / n).sum::<f64>();
    let mut sizes: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let at = |part: f64| short(sizes[((sizes.len() - 1) as f64 * part).round() as usize]);
    if sizes.is_empty() {
        return String::new();
    }
    let (half, most, bias) = (at(0.5), at(0.9), short(bias));
    match language {
        Language::En => format!(
            "Half of the predictions are within {half} of the truth, nine in ten within {most}. The mean error \
             (true − predicted) is {bias}."
        ),
        Language::Zh => format!(
            "一半的预测与真实值相差不超过 {half}，十分之九不超过 {most}。平均误差（真实 − 预测）为 {bias}。"
        ),
    }
}

/// True − predicted; none of classes.
fn differences(comparison: &Comparison) -> Vec<f64> {
    let predicted = comparison.predicted.values().unwrap_or_default();
    comparison.truth.iter().zip(predicted).map(|(truth, predicted)| truth - predicted).collect()
}

/// Predicted against true.
pub(in crate::commands) fn predicted(
    comparison: &Comparison,
    language: Language,
) -> Result<Chart, Failure> {
    let values = comparison.predicted.values().unwrap_or_default();
    let labels = Labels {
        title: language.say("Predicted and true values", "预测值与真实值"),
        x: &format!("{} {}", language.say("true", "真实"), comparison.target),
        y: &format!("{} {}", language.say("predicted", "预测"), comparison.target),
    };
    let series = Series::new(language.say("rows", "数据"), &comparison.truth, values);
    let diagonal = language.say("perfect prediction", "完美预测");
    Ok(chart::predicted_against_true(labels, &[series], diagonal)?)
}

/// How large the errors are.
pub(in crate::commands) fn errors(
    comparison: &Comparison,
    language: Language,
) -> Result<Chart, Failure> {
    let labels = Labels {
        title: language.say("How large the errors are", "误差的大小"),
        x: &difference_name(comparison, language),
        y: language.say("rows", "行数"),
    };
    Ok(chart::histogram(labels, &differences(comparison), language.say("no error", "零误差"))?)
}

fn difference_name(comparison: &Comparison, language: Language) -> String {
    format!("{} {}", comparison.target, language.say("true − predicted", "真实 − 预测"))
}

/// The errors against an input; `None` if it holds no numbers.
pub(in crate::commands) fn residuals(
    model: &Model,
    table: &Table,
    comparison: &Comparison,
    input: &str,
    language: Language,
) -> Result<Option<Chart>, Failure> {
    let is_number = |encoding: &Encoding| matches!(encoding, Encoding::Number { .. });
    let known = model.inputs().iter().find(|one| one.name == input);
    let Values::Numbers(values) = table.column(input)?.values() else { return Ok(None) };
    if !known.is_some_and(|input| is_number(&input.encoding)) {
        return Ok(None);
    }
    let values: Vec<f64> = comparison.rows.iter().map(|&row| values.get(row)).collect();
    if !values.iter().any(|value| value.is_finite()) {
        return Ok(None);
    }
    let title = match language {
        Language::En => format!("Errors and {input}"),
        Language::Zh => format!("误差与 {input}"),
    };
    let labels = Labels { title: &title, x: input, y: &difference_name(comparison, language) };
    let errors = differences(comparison);
    let series = Series::new(language.say("rows", "数据"), &values, &errors);
    Ok(Some(chart::residuals(labels, &[series], language.say("no error", "零误差"))?))
}

/// Predictions with their intervals; `None` if the model has none.
pub(in crate::commands) fn intervals(
    comparison: &Comparison,
    level: f64,
    language: Language,
) -> Result<Option<Chart>, Failure> {
    let Predicted::Number { values, interval: Some([lower, upper]), .. } = &comparison.predicted
    else {
        return Ok(None);
    };
    let title = match language {
        Language::En => format!("Intervals for {:.0} %", 100.0 * level),
        Language::Zh => format!("{:.0} % 区间", 100.0 * level),
    };
    let labels = Labels {
        title: &title,
        x: language.say("rows by prediction", "按预测值排列"),
        y: &comparison.target,
    };
    let legend = IntervalsLegend {
        prediction: language.say("prediction", "预测"),
        interval: language.say("interval", "区间"),
        inside: language.say("true, inside", "真实值在内"),
        outside: language.say("true, outside", "真实值在外"),
    };
    let rows = Intervals { predicted: values, lower, upper, truth: &comparison.truth };
    Ok(Some(chart::intervals(labels, rows, legend)?))
}
