//! Sheets and key as pages for the printer.

use super::{Worksheet, draw::LEARNING_RATE};
use crate::{Language, number::typeset, page::math};
use chainrule::trace::{LayerTrace, Quantity, StepTrace, Trace};
use std::fmt::Write;

/// Whether the numbers that are to be found stand there.
#[derive(Clone, Copy, PartialEq)]
enum Cells {
    Empty,
    Filled,
}

pub(super) fn sheets(worksheet: &Worksheet, language: Language) -> String {
    let title = language.say("Back-propagation by hand", "手算反向传播");
    let mut body = String::new();
    for (i, trace) in worksheet.traces.iter().enumerate() {
        sheet(&mut body, worksheet, i, trace, language);
    }
    page(title, &body, language)
}

pub(super) fn key(worksheet: &Worksheet, language: Language) -> String {
    let title = language.say("Back-propagation by hand: the key", "手算反向传播：参考答案");
    let mut body = format!("<h1>{title}</h1>\n<p>{}</p>\n", about(worksheet, language));
    for (i, trace) in worksheet.traces.iter().enumerate() {
        let step = &trace.steps[0];
        // Writing to a string cannot fail, here and below.
        let _ = write!(
            body,
            "<section class=\"solution\">\n<h2>{}</h2>\n",
            number(worksheet, i, language)
        );
        body.push_str(&given(step));
        body.push_str(&found(step, Cells::Filled, language));
        body.push_str("</section>\n");
    }
    page(title, &body, language)
}

fn sheet(body: &mut String, worksheet: &Worksheet, i: usize, trace: &Trace, language: Language) {
    let step = &trace.steps[0];
    let title = language.say("Back-propagation by hand", "手算反向传播");
    let name = language.say("Name", "姓名");
    let number = number(worksheet, i, language);
    let outputs = worksheet.widths.last().copied().unwrap_or(1);
    let hidden = worksheet.widths.len() > 2;
    let task = match language {
        Language::En => {
            let relu = if hidden {
                "The hidden layers have the activation ReLU, max(z, 0); the last layer has none. "
            } else {
                "The layer has no activation. "
            };
            let mean = if outputs > 1 {
                "the mean of (y − t)² over the outputs"
            } else {
                "(y − t)²"
            };
            format!(
                "{relu}The loss L is {mean}; dv means ∂L/∂v. Compute forwards, then backwards, then one step of gradient \
                 descent with the learning rate α = {LEARNING_RATE}."
            )
        }
        Language::Zh => {
            let relu = if hidden {
                "隐层的激活函数为 ReLU，即 max(z, 0)；最后一层没有激活函数。"
            } else {
                "该层没有激活函数。"
            };
            let mean = if outputs > 1 { "各输出 (y − t)² 的平均" } else { " (y − t)²" };
            format!(
                "{relu}损失 L 为{mean}；记号 dv 表示 ∂L/∂v。先作前向传播，再作反向传播，最后以学习率 α = {LEARNING_RATE} 作一步梯度下降。"
            )
        }
    };
    let _ = write!(
        body,
        "<section class=\"sheet\">\n<header><h1>{title}</h1><p class=\"name\">{name} <span></span></p>\
         <p class=\"number\">{number}</p></header>\n<p>{task}</p>\n"
    );
    body.push_str(&given(step));
    body.push_str(&found(step, Cells::Empty, language));
    body.push_str("</section>\n");
}

/// What the exercises are, for the teacher.
fn about(worksheet: &Worksheet, language: Language) -> String {
    let widths: Vec<String> = worksheet.widths.iter().map(usize::to_string).collect();
    let (widths, count, seed) = (widths.join("-"), worksheet.traces.len(), worksheet.seed);
    match language {
        Language::En => format!(
            "Network {widths}, {count} exercises of the seed {seed}. The same command makes the same exercises."
        ),
        Language::Zh => {
            format!("网络 {widths}，共 {count} 题，种子 {seed}。同样的命令生成同样的题目。")
        }
    }
}

fn number(worksheet: &Worksheet, i: usize, language: Language) -> String {
    let (place, count) = (i + 1, worksheet.traces.len());
    match language {
        Language::En => format!("Exercise {place} of {count}"),
        Language::Zh => format!("第 {place} 题（共 {count} 题）"),
    }
}

/// x, each W and b, t.
fn given(step: &StepTrace) -> String {
    let mut html = "<div class=\"given\">\n".to_owned();
    html.push_str(&equals(&letter("x", None), &step.x, Cells::Filled));
    for (l, layer) in step.layers.iter().enumerate() {
        for (symbol, parameter) in ["W", "b"].iter().zip(&layer.parameters) {
            html.push_str(&equals(&letter(symbol, Some(l)), &parameter.value, Cells::Filled));
        }
    }
    html.push_str(&equals(&letter("t", None), &step.targets, Cells::Filled));
    html.push_str("</div>\n");
    html
}

/// What is to be found, in the order of the computation.
fn found(step: &StepTrace, cells: Cells, language: Language) -> String {
    let mut html = String::new();
    let part = |html: &mut String, heading: &str, quantities: &[String]| {
        let _ = write!(
            html,
            "<h3>{heading}</h3>\n<div class=\"found\">\n{}</div>\n",
            quantities.concat()
        );
    };
    let last = step.layers.len() - 1;
    let of = |layer: &LayerTrace, symbol: &str| layer.get(symbol).cloned();

    let mut forwards = Vec::new();
    for (l, layer) in step.layers.iter().enumerate() {
        let input = if l == 0 { letter("x", None) } else { letter("a", Some(l - 1)) };
        let z = [letter(if l == last { "y" } else { "z" }, (l < last).then_some(l)), {
            let product = format!("{input}{}", letter("W", Some(l)));
            format!("{product}<mo>+</mo>{}", letter("b", Some(l)))
        }];
        forwards.extend(of(layer, "z").map(|quantity| equals(&sides(&z), &quantity, cells)));
        if l < last {
            let a = [
                letter("a", Some(l)),
                format!("{}{}", math::word("ReLU"), bracketed(&letter("z", Some(l)))),
            ];
            forwards.extend(of(layer, "a").map(|quantity| equals(&sides(&a), &quantity, cells)));
        }
    }
    let loss = number_quantity(step.loss.value);
    forwards.push(equals(&math::letter("L"), &loss, cells));
    part(&mut html, language.say("1. Forwards", "1. 前向传播"), &forwards);

    let mut backwards = vec![equals(&letter("dy", None), &step.loss.gradient, cells)];
    for (l, layer) in step.layers.iter().enumerate().rev() {
        let delta = if l == last { letter("dy", None) } else { letter("δ", Some(l)) };
        if l < last {
            let slope = format!(
                "<msup>{}<mo>′</mo></msup>{}",
                math::word("ReLU"),
                bracketed(&letter("z", Some(l)))
            );
            let both = [delta.clone(), format!("{}<mo>⊙</mo>{slope}", letter("da", Some(l)))];
            backwards
                .extend(of(layer, "dz").map(|quantity| equals(&sides(&both), &quantity, cells)));
        }
        let input = if l == 0 { letter("x", None) } else { letter("a", Some(l - 1)) };
        let dw = [
            letter("dW", Some(l)),
            format!("<msup>{input}<mi mathvariant=\"normal\">T</mi></msup>{delta}"),
        ];
        let db = [letter("db", Some(l)), delta.clone()];
        for (both, parameter) in [dw, db].iter().zip(&layer.parameters) {
            backwards.push(equals(&sides(both), &parameter.gradient, cells));
        }
        if l > 0 {
            let w =
                format!("<msup>{}<mi mathvariant=\"normal\">T</mi></msup>", letter("W", Some(l)));
            let da = [letter("da", Some(l - 1)), format!("{delta}{w}")];
            backwards.extend(of(layer, "dx").map(|quantity| equals(&sides(&da), &quantity, cells)));
        }
    }
    part(&mut html, language.say("2. Backwards", "2. 反向传播"), &backwards);

    let mut steps = Vec::new();
    for (l, layer) in step.layers.iter().enumerate() {
        for (symbol, parameter) in ["W", "b"].iter().zip(&layer.parameters) {
            let old = letter(symbol, Some(l));
            let new = format!("<msup>{old}<mo>′</mo></msup>");
            let gradient = letter(&format!("d{symbol}"), Some(l));
            let both = [new, format!("{old}<mo>−</mo><mi>α</mi>{gradient}")];
            steps.push(equals(&sides(&both), &parameter.after, cells));
        }
    }
    part(&mut html, language.say("3. The step", "3. 更新参数"), &steps);
    html
}

/// A letter with the number of its layer, counted from 1.
fn letter(name: &str, layer: Option<usize>) -> String {
    let base = match name.strip_prefix('d') {
        Some(rest) if !rest.is_empty() => {
            format!("<mrow>{}{}</mrow>", math::word("d"), math::letter(rest))
        }
        _ => math::letter(name),
    };
    layer.map_or(base.clone(), |l| math::subscript(&base, &format!("<mn>{}</mn>", l + 1)))
}

fn bracketed(inside: &str) -> String {
    format!("<mo>(</mo>{inside}<mo>)</mo>")
}

fn sides(both: &[String; 2]) -> String {
    both.join("<mo>=</mo>")
}

fn number_quantity(value: f64) -> Quantity {
    Quantity {
        symbol: "L".to_owned(),
        shape: Vec::new(),
        values: vec![value],
        numerical: None,
        formula: chainrule::trace::Formula::Given,
    }
}

/// The formula, an equals sign, and the numbers in brackets, or room for them.
fn equals(formula: &str, quantity: &Quantity, cells: Cells) -> String {
    let (rows, columns) = quantity.rows_and_columns();
    let mut table = String::new();
    for row in 0..rows {
        let cell = |column: usize| match cells {
            Cells::Filled => format!("<td>{}</td>", typeset(quantity.at(row, column), 6)),
            Cells::Empty => "<td class=\"room\"></td>".to_owned(),
        };
        let _ = write!(table, "<tr>{}</tr>", (0..columns).map(cell).collect::<String>());
    }
    let single = if rows * columns == 1 { " class=\"single\"" } else { "" };
    format!(
        "<div class=\"equation\"><math><mrow>{formula}<mo>=</mo></mrow></math><table{single}><tbody>{table}</tbody></table></div>\n"
    )
}

fn page(title: &str, body: &str, language: Language) -> String {
    let tag = language.say("en", "zh-CN");
    format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <link rel=\"icon\" href=\"data:,\"/>\n<title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        include_str!("style.css")
    )
}
