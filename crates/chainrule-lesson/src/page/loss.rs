//! The loss and ∂L/∂y with their numbers put in.

use super::math::{
    brackets, derivative, equation, factor, fraction, letter, number, operator, power, product,
    subscript, sum, word,
};
use chainrule::trace::{StepTrace, Trace};

/// What is written of a loss, first entries only.
pub(super) struct LossFormulas {
    pub(super) samples: String,
    pub(super) samples_put_in: Option<String>,
    pub(super) mean: String,
    pub(super) gradient: String,
    pub(super) gradient_put_in: Option<String>,
    /// The letters that ∂L/∂y is computed from.
    pub(super) gradient_from: &'static [&'static str],
}

pub(super) fn formulas(trace: &Trace, step: &StepTrace) -> LossFormulas {
    let (rows, columns) = step.y.rows_and_columns();
    let (y, t) = (step.y.at(0, 0), step.targets.at(0, 0));
    let weight = step.weights.as_ref().map_or(1.0, |weights| weights.at(0, 0));
    let share = weight / step.loss.divisor;
    let part = fraction(&number(weight), &number(step.loss.divisor));
    let loss = step.loss.samples.at(0, 0);
    let dy = step.loss.gradient.at(0, 0);
    let entry = |name: &str| {
        let index = match rows {
            1 => "<mn>1</mn>".to_owned(),
            _ => "<mn>1</mn><mo>,</mo><mn>1</mn>".to_owned(),
        };
        subscript(&letter(name), &index)
    };
    let ell = subscript(&letter("ℓ"), "<mi>r</mi>");
    let first = subscript(&letter("ℓ"), "<mn>1</mn>");
    let difference = |a: &str, b: &str| brackets(&format!("{a}<mo>−</mo>{b}"));
    let general = LossFormulas {
        samples: equation(&[
            ell.clone(),
            word(&trace.loss.replace('_', " "))
                + &brackets(
                    "<msub><mi>y</mi><mi>r</mi></msub><mo>,</mo><msub><mi>t</mi><mi>r</mi></msub>",
                ),
        ]),
        samples_put_in: None,
        mean: mean(step),
        gradient: equation(&[
            derivative(&letter("y")),
            weight_share(step)
                + &operator("·")
                + &fraction("<mo>∂</mo><mi>ℓ</mi>", "<mo>∂</mo><mi>y</mi>"),
        ]),
        gradient_put_in: None,
        gradient_from: &["y", "t"],
    };
    match trace.loss.as_str() {
        "mean_squared_error" => {
            let square = |c: usize| {
                let d = difference(&number(step.y.at(0, c)), &factor(step.targets.at(0, c)));
                power(&d, "<mn>2</mn>")
            };
            let over = |inside: String| match columns {
                1 => inside,
                _ => fraction("<mn>1</mn>", &format!("<mn>{columns}</mn>")) + &brackets(&inside),
            };
            let letters = "<msup><mrow><mo>(</mo><msub><mi>y</mi><mi>r</mi></msub><mo>−</mo><msub><mi>t</mi><mi>r</mi></msub><mo>)</mo></mrow><mn>2</mn></msup>";
            // Of a single output the mean over the outputs is itself.
            let mean_of = |above: String| match columns {
                1 => above,
                _ => fraction(&above, &format!("<mn>{columns}</mn>")),
            };
            let slope = mean_of(format!("<mn>2</mn>{}", difference(&number(y), &factor(t))));
            let symbolic = mean_of(format!("<mn>2</mn>{}", difference(&letter("y"), &letter("t"))));
            LossFormulas {
                samples: equation(&[ell, over(letters.to_owned())]),
                samples_put_in: Some(equation(&[first, over(sum(columns, square)), number(loss)])),
                gradient: equation(&[
                    derivative(&letter("y")),
                    product(&weight_share(step), &symbolic),
                ]),
                gradient_put_in: Some(equation(&[
                    derivative(&entry("y")),
                    product(&part, &slope),
                    number(dy),
                ])),
                ..general
            }
        }
        "cross_entropy" | "binary_cross_entropy" => {
            let Some(p) = &step.loss.probabilities else { return general };
            let is_binary = trace.loss.starts_with("binary");
            let class = t as usize;
            let hit = if is_binary { t } else { f64::from(u8::from(class == 0)) };
            // With smoothed labels or weights of classes it is not −ln p.
            let is_plain_sample = class < columns
                && (-p.at(0, class).ln() - loss).abs() <= 1e-9 * loss.abs().max(1.0);
            let samples_put_in = match is_binary || !is_plain_sample {
                true => None,
                false => Some(equation(&[
                    first,
                    format!(
                        "<mo>−</mo>{}<mspace width=\"0.17em\"/>{}",
                        word("ln"),
                        number(p.at(0, class))
                    ),
                    number(loss),
                ])),
            };
            let slope = difference(&number(p.at(0, 0)), &number(hit));
            let over = if is_binary && columns > 1 {
                fraction(&slope, &format!("<mn>{columns}</mn>"))
            } else {
                slope
            };
            // With smoothed labels or weights of classes it is another formula.
            let expected =
                share * (p.at(0, 0) - hit) / if is_binary { columns as f64 } else { 1.0 };
            let is_plain = (expected - dy).abs() <= 1e-9 * dy.abs().max(1e-3);
            let samples = match is_binary {
                true => "<mo>−</mo><mi>t</mi><mi mathvariant=\"normal\">ln</mi><mi>p</mi><mo>−</mo><mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>t</mi><mo>)</mo></mrow><mi mathvariant=\"normal\">ln</mi><mrow><mo>(</mo><mn>1</mn><mo>−</mo><mi>p</mi><mo>)</mo></mrow>".to_owned(),
                false => "<mo>−</mo><mi mathvariant=\"normal\">ln</mi><mspace width=\"0.17em\"/><msub><mi>p</mi><mrow><mi>r</mi><mo>,</mo><mi>t</mi></mrow></msub>".to_owned(),
            };
            let target = if is_binary { letter("t") } else { letter("u") };
            LossFormulas {
                samples: equation(&[ell, samples]),
                samples_put_in,
                gradient: equation(&[
                    derivative(&letter("y")),
                    product(&weight_share(step), &difference(&letter("p"), &target)),
                ]),
                gradient_put_in: is_plain.then(|| {
                    equation(&[derivative(&entry("y")), product(&part, &over), number(dy)])
                }),
                gradient_from: &["p", "t"],
                ..general
            }
        }
        _ => general,
    }
}

/// The weight of a row beside that of all of them.
fn weight_share(step: &StepTrace) -> String {
    if step.weights.is_none() {
        return fraction("<mn>1</mn>", "<mi>n</mi>");
    }
    fraction("<msub><mi>w</mi><mi>r</mi></msub>", "<mo>∑</mo><mi>w</mi>")
}

fn mean(step: &StepTrace) -> String {
    let samples = &step.loss.samples.values;
    let weight = |r: usize| step.weights.as_ref().map(|weights| weights.values[r]);
    let term = |r: usize| match weight(r) {
        Some(weight) => product(&number(weight), &factor(samples[r])),
        None => factor(samples[r]),
    };
    let weighted = fraction(
        "<mo>∑</mo><msub><mi>w</mi><mi>r</mi></msub><msub><mi>ℓ</mi><mi>r</mi></msub>",
        "<mo>∑</mo><msub><mi>w</mi><mi>r</mi></msub>",
    );
    let letters = match step.weights {
        Some(_) => weighted,
        None => weight_share(step) + "<mo>∑</mo><msub><mi>ℓ</mi><mi>r</mi></msub>",
    };
    let filled = fraction(&sum(samples.len(), term), &number(step.loss.divisor));
    equation(&[letter("L"), letters, filled, number(step.loss.value)])
}
