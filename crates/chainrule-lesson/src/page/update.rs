//! The step of the optimizer with its numbers put in.

use super::math::{
    brackets, equation, factor, fraction, letter, number, power, product, root, subscript, word,
};
use chainrule::trace::{Formula, ParameterTrace, Quantity, Trace};

/// The formula of a quantity of a step, and the first entry with its numbers. `before` is the same moment after the step
/// before, and t the number of the step.
pub(super) fn formula(
    trace: &Trace,
    parameter: &ParameterTrace,
    quantity: &Quantity,
    before: Option<&Quantity>,
    t: u64,
) -> (String, Option<String>) {
    let constant = |name: &str| trace.constants.iter().find(|one| one.0 == name).map(|one| one.1);
    let value = quantity.values.first().copied().unwrap_or_default();
    let first = |quantities: &[Quantity], symbol: &str| {
        quantities.iter().find(|one| one.symbol == symbol).map(|one| one.values[0])
    };
    let g = parameter.gradient.values.first().copied().unwrap_or_default();
    let old = before.map_or(0.0, |before| before.values[0]);
    let is_adam = matches!(trace.optimizer.as_str(), "adam" | "adam_w");
    let (theta, alpha) = (letter("θ"), letter("α"));
    let prime = format!("<msup>{theta}<mo>′</mo></msup>");
    let own = match quantity.formula {
        Formula::Corrected => hat(quantity.symbol.trim_end_matches("_hat")),
        Formula::Change => format!("<mi mathvariant=\"normal\">Δ</mi>{theta}"),
        Formula::Step => prime,
        Formula::Moment => at_step(&quantity.symbol, "<mi>t</mi>"),
        _ => letter(&quantity.symbol),
    };
    let both = |letters: String, numbers: String| {
        let put_in = equation(&[own.clone(), numbers, number(value)]);
        (equation(&[own.clone(), letters]), Some(put_in))
    };
    let only = || (equation(std::slice::from_ref(&own)), None);
    match (quantity.formula, quantity.symbol.as_str()) {
        (Formula::Moment, "m" | "v") if is_adam => {
            let (index, square) = if quantity.symbol == "m" { (1, false) } else { (2, true) };
            let Some(beta) = constant(&format!("beta{index}")) else { return only() };
            let squared =
                |base: &str| if square { power(base, "<mn>2</mn>") } else { base.to_owned() };
            let beta_letter = format!("<msub><mi>β</mi><mn>{index}</mn></msub>");
            let rest = brackets(&format!("<mn>1</mn><mo>−</mo>{beta_letter}"));
            let letters = format!(
                "{beta_letter}{}<mo>+</mo>{rest}{}",
                at_step(&quantity.symbol, BEFORE),
                squared(&letter("g"))
            );
            let numbers = format!(
                "{}<mo>+</mo>{}",
                product(&number(beta), &factor(old)),
                product(&number(1.0 - beta), &squared(&factor(g)))
            );
            both(letters, numbers)
        }
        (Formula::Moment, "b")
            if trace.optimizer == "momentum" || trace.optimizer == "nesterov" =>
        {
            let mu = constant("momentum").unwrap_or_default();
            both(
                format!("<mi>μ</mi>{}<mo>+</mo><mi>g</mi>", at_step("b", BEFORE)),
                format!("{}<mo>+</mo>{}", product(&number(mu), &factor(old)), factor(g)),
            )
        }
        (Formula::Corrected, name) if is_adam => {
            let name = name.trim_end_matches("_hat");
            let index = if name == "m" { 1 } else { 2 };
            let (Some(beta), Some(moment)) =
                (constant(&format!("beta{index}")), first(&parameter.moments, name))
            else {
                return only();
            };
            let below =
                |beta: String, t: String| format!("<mn>1</mn><mo>−</mo>{}", power(&beta, &t));
            both(
                fraction(
                    &letter(name),
                    &below(format!("<msub><mi>β</mi><mn>{index}</mn></msub>"), letter("t")),
                ),
                fraction(&number(moment), &below(number(beta), format!("<mn>{t}</mn>"))),
            )
        }
        (Formula::Change, _) => {
            let rate = trace.learning_rate;
            let corrected = |name: &str| first(&parameter.corrected, name);
            match (trace.optimizer.as_str(), corrected("m_hat"), corrected("v_hat")) {
                ("adam", Some(m), Some(v)) => {
                    let epsilon = constant("epsilon").unwrap_or_default();
                    both(
                        format!(
                            "<mo>−</mo>{alpha}{}",
                            fraction(
                                &hat("m"),
                                &format!("{}<mo>+</mo><mi>ε</mi>", root(&hat("v")))
                            )
                        ),
                        format!(
                            "<mo>−</mo>{}<mo>·</mo>{}",
                            number(rate),
                            fraction(
                                &number(m),
                                &format!("{}<mo>+</mo>{}", root(&number(v)), number(epsilon))
                            )
                        ),
                    )
                }
                ("sgd", ..) => both(
                    format!("<mo>−</mo>{alpha}<mi>g</mi>"),
                    format!("<mo>−</mo>{}", product(&number(rate), &factor(g))),
                ),
                ("momentum", ..) => {
                    let b = first(&parameter.moments, "b").unwrap_or_default();
                    both(
                        format!("<mo>−</mo>{alpha}<mi>b</mi>"),
                        format!("<mo>−</mo>{}", product(&number(rate), &factor(b))),
                    )
                }
                _ => only(),
            }
        }
        (Formula::Step, _) => {
            let old = parameter.value.values.first().copied().unwrap_or_default();
            let change = parameter.change.values.first().copied().unwrap_or_default();
            both(
                format!("{theta}<mo>+</mo><mi mathvariant=\"normal\">Δ</mi>{theta}"),
                format!("{}<mo>+</mo>{}", number(old), factor(change)),
            )
        }
        _ => only(),
    }
}

fn hat(name: &str) -> String {
    format!("<mover>{}<mo>^</mo></mover>", letter(name))
}

/// t − 1
const BEFORE: &str = "<mi>t</mi><mo>−</mo><mn>1</mn>";

/// A moment after a step.
fn at_step(name: &str, step: &str) -> String {
    let name = if name.chars().count() == 1 { letter(name) } else { word(&name.replace('_', " ")) };
    subscript(&name, step)
}
