//! The formula of a quantity, and the same with the numbers of its first entry put in.

use super::{
    math::{
        brackets, derivative, equation, factor, fraction, letter, number, operator, power, product,
        row, sum, word,
    },
    place::{Place, Source},
};
use chainrule::trace::{Formula, Quantity};

/// A quantity in its place, with what is known of where it comes from.
pub(super) struct Explained {
    /// The formula in letters.
    pub(super) symbolic: String,
    /// The first entry with its numbers, if they are few enough to be written.
    pub(super) put_in: Option<String>,
    /// What an entry was computed from; see [`super::table::write`].
    pub(super) from: String,
}

/// The letter of a quantity with the number of its layer above it.
pub(super) fn symbol(name: &str, layer: usize) -> String {
    indexed(name, layer, "")
}

/// The same with an index below it, if there is one.
pub(super) fn indexed(name: &str, layer: usize, index: &str) -> String {
    let layer = format!("<mrow><mo>(</mo><mn>{layer}</mn><mo>)</mo></mrow>");
    let raised = |base: String| match index {
        "" => format!("<msup>{base}{layer}</msup>"),
        index => format!("<msubsup>{base}<mrow>{index}</mrow>{layer}</msubsup>"),
    };
    match name {
        "dz" => raised(letter("δ")),
        "slope" => slope(&raised(letter("z"))),
        "x_hat" => raised(hat("x")),
        "inverse_deviation" => fraction(
            "<mn>1</mn>",
            &super::math::root("<msup><mi>s</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi>"),
        ),
        name => match name.strip_prefix('d') {
            Some(v) if !v.is_empty() => derivative(&raised(variable(v))),
            _ => raised(variable(name)),
        },
    }
}

/// σ′(z)
fn slope(z: &str) -> String {
    format!("<msup><mi>σ</mi><mo lspace=\"0\">′</mo></msup>{}", brackets(z))
}

fn variable(name: &str) -> String {
    if name.chars().count() == 1 { letter(name) } else { word(name) }
}

fn hat(name: &str) -> String {
    format!("<mover>{}<mo>^</mo></mover>", letter(name))
}

/// A quantity of a layer.
pub(super) fn of_layer(place: &Place<'_>, quantity: &Quantity) -> Explained {
    let own = symbol(&quantity.symbol, place.number);
    let s = |name: &str| symbol(name, place.number);
    let plain = |put_in: Option<String>, sides: &[String], from: String| {
        let mut all = vec![own.clone()];
        all.extend(sides.iter().cloned());
        Explained { symbolic: equation(&all), put_in, from }
    };
    let transposed =
        |base: String| format!("<msup>{}<mi mathvariant=\"normal\">T</mi></msup>", row(&[base]));
    let value = quantity.values.first().copied().unwrap_or_default();
    let numbers = |terms: String, result: f64| Some((terms, result));
    let finish = |indexed: String, letters: String, filled: Option<(String, f64)>| {
        let (terms, result) = filled?;
        Some(equation(&[indexed, letters, terms, number(result)]))
    };
    let name = |symbol: &str| place.name(symbol);
    match quantity.formula {
        Formula::Affine => {
            let (Some(x), Some(w), Some(b)) =
                (place.get("x"), place.parameter("W"), place.parameter("b"))
            else {
                return plain(None, &[], String::new());
            };
            let inputs = x.rows_and_columns().1;
            let letters =
                sum(inputs, |i| product(&place.entry("x", 0, i), &place.entry("W", i, 0)))
                    + &operator("+")
                    + &place.entry("b", 0, 0);
            let terms = sum(inputs, |i| product(&factor(x.at(0, i)), &factor(w.value.at(i, 0))))
                + &operator("+")
                + &factor(b.value.at(0, 0));
            let sides = [s("x") + &s("W") + &operator("+") + &s("b")];
            let from = format!("i*@{} *j@{} 0j@{}", name("x"), name("W"), name("b"));
            plain(finish(place.entry("z", 0, 0), letters, numbers(terms, value)), &sides, from)
        }
        Formula::Activation | Formula::Slope => {
            let (Some(z), Some(a)) = (place.get("z"), place.get("a")) else {
                return plain(None, &[], String::new());
            };
            let (z, a) = (z.at(0, 0), a.at(0, 0));
            let activation = place.layer.activation.as_deref().unwrap_or_default();
            let is_slope = quantity.formula == Formula::Slope;
            let (rule, filled) = match is_slope {
                false => activation_rule(activation, z),
                true => slope_rule(activation, z, a),
            };
            let entry = match is_slope {
                false => place.entry("a", 0, 0),
                true => slope(&place.entry("z", 0, 0)),
            };
            let mut sides = vec![entry];
            sides.extend(filled);
            sides.push(number(value));
            let of = letter("σ") + &brackets(&s("z"));
            let symbolic = if is_slope { vec![rule] } else { vec![of, rule] };
            let symbolic: Vec<String> =
                symbolic.into_iter().filter(|side| !side.is_empty()).collect();
            let from = match is_slope {
                true => format!("ij@{} ij@{}", name("z"), name("a")),
                false => format!("ij@{}", name("z")),
            };
            plain(Some(equation(&sides)), &symbolic, from)
        }
        Formula::Delta => {
            let (Some(da), Some(factors)) = (place.get("da"), place.get("slope")) else {
                return plain(None, &[], String::new());
            };
            let letters = product(&place.entry("da", 0, 0), &slope(&place.entry("z", 0, 0)));
            let terms = product(&factor(da.at(0, 0)), &factor(factors.at(0, 0)));
            let sides = [derivative(&s("z")), s("da") + &operator("⊙") + &s("slope")];
            let from = format!("ij@{} ij@{}", name("da"), name("slope"));
            plain(finish(place.entry("dz", 0, 0), letters, numbers(terms, value)), &sides, from)
        }
        Formula::WeightGradient => {
            let (Some(x), Some(dz)) = (place.get("x"), place.get("dz")) else {
                return plain(None, &[], String::new());
            };
            let rows = x.rows_and_columns().0;
            let letters = sum(rows, |r| product(&place.entry("x", r, 0), &place.entry("dz", r, 0)));
            let terms = sum(rows, |r| product(&factor(x.at(r, 0)), &factor(dz.at(r, 0))));
            let from = format!("*i@{} *j@{}", name("x"), name("dz"));
            let indexed = place.gradient_entry("W", 0, 0);
            let sides = [transposed(s("x")) + &s("dz")];
            plain(finish(indexed, letters, numbers(terms, value)), &sides, from)
        }
        Formula::BiasGradient => {
            let Some(dz) = place.get("dz") else { return plain(None, &[], String::new()) };
            let rows = dz.rows_and_columns().0;
            let letters = sum(rows, |r| place.entry("dz", r, 0));
            let terms = sum(rows, |r| factor(dz.at(r, 0)));
            let sides = [format!(
                "<munder><mo>∑</mo><mi>r</mi></munder>{}",
                indexed("dz", place.number, "<mi>r</mi>")
            )];
            let from = format!("*j@{}", name("dz"));
            let filled = (rows > 1).then_some((terms, value));
            let put_in =
                finish(place.gradient_entry("b", 0, 0), letters.clone(), filled).or_else(|| {
                    Some(equation(&[place.gradient_entry("b", 0, 0), letters, number(value)]))
                });
            plain(put_in, &sides, from)
        }
        Formula::InputGradient => {
            let (Some(dz), Some(w)) = (place.get("dz"), place.parameter("W")) else {
                return plain(None, &[], String::new());
            };
            let outputs = dz.rows_and_columns().1;
            let letters =
                sum(outputs, |j| product(&place.entry("dz", 0, j), &place.entry("W", 0, j)));
            let terms = sum(outputs, |j| product(&factor(dz.at(0, j)), &factor(w.value.at(0, j))));
            let from = format!("i*@{} j*@{}", name("dz"), name("W"));
            let sides = [s("dz") + &transposed(s("W"))];
            plain(finish(place.entry("dx", 0, 0), letters, numbers(terms, value)), &sides, from)
        }
        Formula::PassedBack | Formula::Output => match place.source(quantity) {
            Some(Source { symbol, name }) => plain(None, &[symbol], format!("ij@{name}")),
            None => plain(None, &[], String::new()),
        },
        _ => Explained { symbolic: equation(&[own]), put_in: None, from: String::new() },
    }
}

/// σ(z) in letters, and with the number put in.
fn activation_rule(activation: &str, z: f64) -> (String, Vec<String>) {
    let z_letter = letter("z");
    let exponential = |z: &str| {
        let minus = format!("<mo>−</mo>{z}");
        fraction("<mn>1</mn>", &(format!("<mn>1</mn><mo>+</mo>{}", power(&letter("e"), &minus))))
    };
    match activation {
        "identity" => (z_letter, Vec::new()),
        "relu" => {
            let rule = |z: &str| word("max") + &brackets(&format!("<mn>0</mn><mo>,</mo>{z}"));
            (rule(&z_letter), vec![rule(&number(z))])
        }
        "sigmoid" => (exponential(&z_letter), vec![exponential(&factor(z))]),
        name => {
            let rule = |z: &str| word(&name.replace('_', " ")) + &brackets(z);
            (rule(&z_letter), vec![rule(&number(z))])
        }
    }
}

/// σ′(z) in letters, and with the numbers put in.
fn slope_rule(activation: &str, z: f64, a: f64) -> (String, Vec<String>) {
    let one_minus = |v: &str| brackets(&format!("<mn>1</mn><mo>−</mo>{v}"));
    match activation {
        "identity" => ("<mn>1</mn>".to_owned(), Vec::new()),
        "sigmoid" => {
            let rule = |a: &str| product(a, &one_minus(a));
            (rule(&letter("a")), vec![rule(&number(a))])
        }
        "tanh" => {
            let rule = |a: &str| format!("<mn>1</mn><mo>−</mo>{}", power(a, "<mn>2</mn>"));
            (rule(&letter("a")), vec![rule(&factor(a))])
        }
        "relu" => {
            let sign = if z > 0.0 { "&gt;" } else { "≤" };
            (String::new(), vec![format!("<mtext>z {sign} 0</mtext>")])
        }
        _ => (String::new(), Vec::new()),
    }
}
