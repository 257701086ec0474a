//! A trace as one HTML file with formulas: each in letters, then with the numbers put in, then all of its numbers.
//!
//! It needs nothing else: formulas are MathML, which browsers know, and a small script marks the numbers that a number
//! was computed from. Without the script everything can still be read. All words that are handed in are text.

mod drawing;
mod formula;
mod loss;
pub(crate) mod math;
mod place;
mod table;
mod update;

use crate::{Language, Lesson, notation::shape, number::typeset};
use chainrule::trace::{Formula, Quantity, StepTrace};
use chainrule_report::page::{css, escape};
use formula::Explained;
use place::{Place, global, name};
use std::fmt::Write;

pub(crate) fn render(lesson: &Lesson<'_>, language: Language) -> String {
    let tag = language.say("en", "zh-CN");
    let title = escape(&lesson.title);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\"/>\n\
         <link rel=\"icon\" href=\"data:,\"/>\n<title>{title}</title>\n<style>\n{}{}</style>\n</head>\n\
         <body>\n<header>\n<h1 dir=\"auto\">{title}</h1>\n",
        css(),
        include_str!("style.css"),
    );
    for note in lesson.notes.iter().map(String::as_str).chain([how_to_read(language)]) {
        let _ = writeln!(html, "<p dir=\"auto\">{}</p>", escape(note));
    }
    html.push_str("</header>\n<main>\n");
    overview(&mut html, lesson, language);
    let steps = &lesson.trace.steps;
    for (i, step) in steps.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| &steps[i]);
        // The first step is open, and the others wait.
        if i > 0 {
            let name = step_name(step.number, language);
            let _ = writeln!(html, "<details class=\"step\"><summary>{name}</summary>");
        }
        write_step(&mut html, lesson, step, before, language);
        if i > 0 {
            html.push_str("</details>\n");
        }
    }
    let script = include_str!("script.js");
    let _ = write!(
        html,
        "</main>\n<script>\n//<![CDATA[\n{script}//]]>\n</script>\n</body>\n</html>\n"
    );
    html
}

fn how_to_read(language: Language) -> &'static str {
    language.say(
        "Point at a number, or go to it with the Tab and arrow keys, to see the numbers that it was computed from. Beside \
         each gradient, in a dotted frame, stands its central difference quotient (L(v + h) − L(v − h)) / 2h. Indices \
         are those of the row, then of the unit.",
        "将指针移到一个数上（或用 Tab 键与方向键选中），计算它所用到的数就会被标出。每个梯度旁边的虚线框中是它的中心差商 \
         (L(v + h) − L(v − h)) / 2h。下标依次为样本的行号和单元的序号。",
    )
}

fn overview(html: &mut String, lesson: &Lesson<'_>, language: Language) {
    let trace = lesson.trace;
    open_section(html, "network", language.say("The network", "网络"));
    if let Some(figure) = drawing::figure(lesson, language) {
        html.push_str(&figure);
    }
    let mut facts: Vec<(&str, String)> = vec![
        (language.say("Loss", "损失函数"), trace.loss.replace('_', " ")),
        (language.say("Optimizer", "优化器"), trace.optimizer.replace('_', " ")),
        (language.say("Learning rate α", "学习率 α"), typeset(trace.learning_rate, 6)),
    ];
    let constant = |name: &str| match name {
        "beta1" => "β₁".to_owned(),
        "beta2" => "β₂".to_owned(),
        "epsilon" => "ε".to_owned(),
        name => name.replace('_', " "),
    };
    let constants =
        trace.constants.iter().map(|(name, value)| (constant(name), typeset(*value, 6)));
    let constants: Vec<(String, String)> = constants.collect();
    facts.extend(constants.iter().map(|(name, value)| (name.as_str(), value.clone())));
    if let Some(step) = trace.steps.first() {
        facts.push((language.say("Rows", "样本数"), step.x.shape[0].to_string()));
    }
    html.push_str("<dl>");
    for (name, value) in facts {
        let _ = write!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(&value));
    }
    html.push_str("</dl>\n<nav class=\"steps\"><ol>");
    for step in &trace.steps {
        let number = step.number;
        let _ = write!(
            html,
            "<li><a href=\"#forward-{number}\">{}</a>: L = {}</li>",
            step_name(number, language),
            typeset(step.loss.value, 6)
        );
    }
    html.push_str("</ol></nav>\n</section>\n");
}

fn step_name(number: u64, language: Language) -> String {
    match language {
        Language::En => format!("Step {number}"),
        Language::Zh => format!("第 {number} 步"),
    }
}

fn open_section(html: &mut String, anchor: &str, heading: &str) {
    let _ = write!(
        html,
        "<section aria-labelledby=\"{anchor}\">\n<h2 id=\"{anchor}\">{heading}</h2>\n"
    );
}

fn write_step(
    html: &mut String,
    lesson: &Lesson<'_>,
    step: &StepTrace,
    before: Option<&StepTrace>,
    language: Language,
) {
    let number = step.number;
    let heading = |part: &str| format!("{} · {part}", step_name(number, language));
    let part = language.say("forward", "前向传播");
    open_section(html, &format!("forward-{number}"), &heading(part));
    let title = language.say("Inputs", "输入");
    let columns = names(&lesson.inputs);
    heading_of(html, &format!("{title}{columns}"));
    given(html, &global(number, "x"), "x", &step.x, language);
    for index in 0..step.layers.len() {
        forward(html, step, index, language);
    }
    html.push_str("</section>\n");

    open_section(html, &format!("loss-{number}"), &heading(language.say("loss", "损失")));
    write_loss(html, lesson, step, language);
    html.push_str("</section>\n");

    let part = language.say("backward", "反向传播");
    open_section(html, &format!("backward-{number}"), &heading(part));
    for index in (0..step.layers.len()).rev() {
        backward(html, step, index, language);
    }
    html.push_str("</section>\n");

    let part = language.say("the new parameters", "参数更新");
    open_section(html, &format!("update-{number}"), &heading(part));
    for index in 0..step.layers.len() {
        updates(html, lesson, step, before, index, language);
    }
    html.push_str("</section>\n");
}

/// The names of columns behind a heading.
fn names(names: &[String]) -> String {
    const MOST: usize = 12;
    if names.is_empty() {
        return String::new();
    }
    let mut list: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    if names.len() > MOST {
        list.push("…");
    }
    format!(": {}", list.join(", "))
}

fn heading_of(html: &mut String, words: &str) {
    let _ = writeln!(html, "<h3 dir=\"auto\">{}</h3>", escape(words));
}

fn layer_heading(html: &mut String, step: &StepTrace, index: usize) {
    let layer = &step.layers[index];
    let settings = match &layer.activation {
        Some(activation) => format!(", {activation}"),
        None if layer.settings.is_empty() => String::new(),
        None => format!(", {}", layer.settings),
    };
    let number = index + 1;
    heading_of(
        html,
        &format!("({number}) {}: {} → {}{settings}", layer.name, layer.inputs, layer.outputs),
    );
}

/// What stands around a layer inside of another one.
fn indented(html: &mut String, depth: usize, write: impl FnOnce(&mut String)) {
    if depth > 0 {
        html.push_str("<div class=\"inside\">\n");
    }
    write(html);
    if depth > 0 {
        html.push_str("</div>\n");
    }
}

fn forward(html: &mut String, step: &StepTrace, index: usize, language: Language) {
    let place = Place::of(step, index);
    indented(html, place.layer.depth, |html| {
        layer_heading(html, step, index);
        for parameter in &place.layer.parameters {
            let symbol = &parameter.value.symbol;
            let letter = formula::symbol(symbol, place.number);
            given_as(html, &place.name(symbol), &letter, &parameter.value, language);
        }
        for quantity in &place.layer.forward {
            let explained = formula::of_layer(&place, quantity);
            // x has its numbers where it comes from.
            let is_elsewhere = quantity.symbol == "x" && place.source(quantity).is_some();
            let table = (!is_elsewhere).then(|| name(step.number, index, &quantity.symbol));
            write_quantity(html, &explained, table.as_deref(), quantity, language);
        }
    });
}

fn backward(html: &mut String, step: &StepTrace, index: usize, language: Language) {
    let place = Place::of(step, index);
    let layer = place.layer;
    indented(html, layer.depth, |html| {
        layer_heading(html, step, index);
        let gradients = || layer.parameters.iter().map(|parameter| &parameter.gradient);
        let (incoming, outgoing): (Vec<&Quantity>, Vec<&Quantity>) =
            layer.backward.iter().partition(|one| one.symbol != "dx");
        for quantity in incoming.into_iter().chain(gradients()).chain(outgoing) {
            let explained = formula::of_layer(&place, quantity);
            let table = name(step.number, index, &quantity.symbol);
            write_quantity(html, &explained, Some(&table), quantity, language);
        }
    });
}

fn write_loss(html: &mut String, lesson: &Lesson<'_>, step: &StepTrace, language: Language) {
    let number = step.number;
    let formulas = loss::formulas(lesson.trace, step);
    let name = |symbol: &str| global(number, symbol);
    let last = step.layers.iter().enumerate().rev().find(|(_, layer)| layer.depth == 0);
    let last = last.and_then(|(index, layer)| {
        let output = layer.forward.iter().find(|one| matches!(one.symbol.as_str(), "a" | "y"))?;
        Some((
            formula::symbol(&output.symbol, index + 1),
            place::name(number, index, &output.symbol),
        ))
    });
    let mut sides = vec![math::letter("y")];
    let mut from = String::new();
    if let Some((symbol, table)) = last {
        sides.push(symbol);
        from = format!("ij@{table}");
    }
    heading_of(html, &format!("{}{}", language.say("Outputs", "输出"), names(&lesson.outputs)));
    let explained = Explained { symbolic: math::equation(&sides), put_in: None, from };
    write_quantity(html, &explained, Some(&name("y")), &step.y, language);
    heading_of(html, language.say("Targets", "目标值"));
    given(html, &name("t"), "t", &step.targets, language);
    if let Some(weights) = &step.weights {
        heading_of(html, language.say("Weights of the rows", "各行的权重"));
        given(html, &name("w"), "w", weights, language);
    }
    if let Some(p) = &step.loss.probabilities {
        heading_of(html, language.say("Probabilities", "概率"));
        let (of, from) = match p.shape[1] {
            1 => ("σ", "ij"),
            _ => ("softmax", "i*"),
        };
        let sides = [math::letter("p"), math::word(of) + &math::brackets("<mi>y</mi>")];
        let (symbolic, from) = (math::equation(&sides), format!("{from}@{}", name("y")));
        let explained = Explained { symbolic, put_in: None, from };
        write_quantity(html, &explained, Some(&name("p")), p, language);
    }
    heading_of(html, language.say("The loss", "损失"));
    let explained = Explained {
        symbolic: formulas.samples,
        put_in: formulas.samples_put_in,
        from: String::new(),
    };
    // The samples stand below each other, like the rows that they come from.
    let samples = &step.loss.samples;
    let below = Quantity { shape: vec![samples.values.len(), 1], ..samples.clone() };
    let from = format!("i*@{} i*@{}", name("y"), name("t"));
    write_quantity(html, &Explained { from, ..explained }, Some(&name("l")), &below, language);
    let _ = writeln!(html, "<div class=\"quantity formula\">{}</div>", formulas.mean);
    let from = formulas.gradient_from.iter().map(|symbol| match *symbol {
        // The target of classes is one column for all outputs.
        "t" => format!("i*@{}", name("t")),
        symbol => format!("ij@{}", name(symbol)),
    });
    let from = from.collect::<Vec<_>>().join(" ");
    let (symbolic, put_in) = (formulas.gradient, formulas.gradient_put_in);
    let explained = Explained { symbolic, put_in, from };
    write_quantity(html, &explained, Some(&name("dy")), &step.loss.gradient, language);
    if lesson.trace.loss == "cross_entropy" {
        let words = language.say(
            "u is 1 for the class of the row, and 0 for the others.",
            "u 在该行所属的类别处为 1，其余为 0。",
        );
        let _ = writeln!(html, "<p class=\"same\">{words}</p>");
    }
}

fn updates(
    html: &mut String,
    lesson: &Lesson<'_>,
    step: &StepTrace,
    before: Option<&StepTrace>,
    index: usize,
    language: Language,
) {
    let place = Place::of(step, index);
    for (k, parameter) in place.layer.parameters.iter().enumerate() {
        heading_of(html, &parameter.name);
        let symbol = &parameter.value.symbol;
        let sides = [
            math::letter("θ"),
            formula::symbol(symbol, place.number) + "<mo>,</mo>" + &math::letter("g"),
            formula::symbol(&parameter.gradient.symbol, place.number),
        ];
        let _ = writeln!(html, "<div class=\"formula\">{}</div>", math::equation(&sides));
        let old = before.map(|before| &before.layers[index].parameters[k]);
        let named = |symbol: &str| format!("{}.{symbol}", place.name(&parameter.value.symbol));
        let gradient = place.name(&parameter.gradient.symbol);
        let previous = |symbol: &str| {
            before.map(|before| {
                format!("{}.{symbol}", name(before.number, index, &parameter.value.symbol))
            })
        };
        let quantities = parameter.moments.iter().chain(&parameter.corrected);
        for quantity in quantities.chain([&parameter.change, &parameter.after]) {
            let same =
                old.and_then(|old| old.moments.iter().find(|one| one.symbol == quantity.symbol));
            let (symbolic, put_in) =
                update::formula(lesson.trace, parameter, quantity, same, step.number);
            let mut from = match quantity.formula {
                Formula::Moment => vec![gradient.clone()],
                Formula::Corrected => vec![named(quantity.symbol.trim_end_matches("_hat"))],
                Formula::Change if !parameter.corrected.is_empty() => {
                    parameter.corrected.iter().map(|one| named(&one.symbol)).collect()
                }
                Formula::Change if !parameter.moments.is_empty() => {
                    parameter.moments.iter().map(|one| named(&one.symbol)).collect()
                }
                Formula::Change => vec![gradient.clone()],
                _ => vec![place.name(symbol), named(&parameter.change.symbol)],
            };
            if quantity.formula == Formula::Moment {
                from.extend(previous(&quantity.symbol));
            }
            let from: Vec<String> = from.into_iter().map(|table| format!("ij@{table}")).collect();
            let explained = Explained { symbolic, put_in, from: from.join(" ") };
            let table = named(&quantity.symbol);
            write_quantity(html, &explained, Some(&table), quantity, language);
        }
    }
}

fn given(html: &mut String, table: &str, letter: &str, quantity: &Quantity, language: Language) {
    given_as(html, table, &math::letter(letter), quantity, language);
}

/// Numbers that were there before.
fn given_as(html: &mut String, table: &str, letter: &str, quantity: &Quantity, language: Language) {
    let symbolic = math::equation(&[letter.to_owned()]);
    let explained = Explained { symbolic, put_in: None, from: String::new() };
    write_quantity(html, &explained, Some(table), quantity, language);
}

/// The formula, the formula with numbers, and the numbers.
fn write_quantity(
    html: &mut String,
    explained: &Explained,
    table: Option<&str>,
    quantity: &Quantity,
    language: Language,
) {
    let Explained { symbolic, put_in, from } = explained;
    let class = if put_in.is_some() { "quantity wide" } else { "quantity" };
    let _ = writeln!(html, "<div class=\"{class}\">");
    let shape = shape(quantity);
    let _ = writeln!(
        html,
        "<div class=\"formula\">{symbolic}<span class=\"shape\">{shape}</span></div>"
    );
    if let Some(put_in) = put_in {
        let _ = writeln!(html, "<div class=\"formula put-in\">{put_in}</div>");
    }
    if let Some(table) = table {
        table::write(html, table, quantity, from, language);
    }
    html.push_str("</div>\n");
}
