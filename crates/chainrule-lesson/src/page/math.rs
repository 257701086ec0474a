//! MathML, piece by piece.

use crate::number::significant;
use chainrule_report::page::escape;

/// Significant digits of a number in a formula and in a table.
pub(super) const DIGITS: usize = 5;

pub(crate) fn letter(name: &str) -> String {
    format!("<mi>{}</mi>", escape(name))
}

/// A word or the name of a function: upright.
pub(crate) fn word(name: &str) -> String {
    format!("<mi mathvariant=\"normal\">{}</mi>", escape(name))
}

pub(crate) fn operator(sign: &str) -> String {
    format!("<mo>{sign}</mo>")
}

pub(crate) fn number(value: f64) -> String {
    let text = significant(value, DIGITS).replace('-', "−");
    match text.split_once('e') {
        None => format!("<mn>{text}</mn>"),
        Some((mantissa, exponent)) => {
            let power = format!("<msup><mn>10</mn><mn>{exponent}</mn></msup>");
            format!("<mrow><mn>{mantissa}</mn><mo>·</mo>{power}</mrow>")
        }
    }
}

/// A number as a factor or a term: a negative one in brackets.
pub(crate) fn factor(value: f64) -> String {
    if value < 0.0 { brackets(&number(value)) } else { number(value) }
}

pub(crate) fn row(pieces: &[String]) -> String {
    format!("<mrow>{}</mrow>", pieces.concat())
}

pub(crate) fn brackets(inside: &str) -> String {
    format!("<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>")
}

pub(crate) fn product(a: &str, b: &str) -> String {
    format!("{a}<mo>·</mo>{b}")
}

pub(crate) fn fraction(above: &str, below: &str) -> String {
    format!("<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>")
}

pub(crate) fn subscript(base: &str, index: &str) -> String {
    format!("<msub>{base}<mrow>{index}</mrow></msub>")
}

pub(crate) fn power(base: &str, exponent: &str) -> String {
    format!("<msup>{base}<mrow>{exponent}</mrow></msup>")
}

pub(crate) fn root(inside: &str) -> String {
    format!("<msqrt>{inside}</msqrt>")
}

/// ∂L/∂v
pub(crate) fn derivative(v: &str) -> String {
    fraction("<mo>∂</mo><mi>L</mi>", &format!("<mo>∂</mo>{v}"))
}

/// Terms with plus signs between them; of many, the first ones and the last one.
pub(crate) fn sum(count: usize, term: impl Fn(usize) -> String) -> String {
    const MOST: usize = 5;
    let places: Vec<Option<usize>> = match count {
        ..=MOST => (0..count).map(Some).collect(),
        _ => (0..MOST - 2).map(Some).chain([None, Some(count - 1)]).collect(),
    };
    let term = |place: &Option<usize>| place.map_or_else(|| operator("⋯"), &term);
    places.iter().map(term).collect::<Vec<_>>().join("<mo>+</mo>")
}

/// Both sides of one or more equals signs. Each further sign begins a formula of its own, so that a
/// long chain of equalities can go on in the next line: browsers break no formula.
pub(crate) fn equation(sides: &[String]) -> String {
    let (first, further) = sides.split_at(sides.len().min(2));
    let formula = |inside: &str| format!("<math display=\"block\"><mrow>{inside}</mrow></math>");
    let further = further.iter().map(|side| formula(&format!("<mo>=</mo>{side}")));
    formula(&first.join("<mo>=</mo>")) + &further.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sums_are_shortened() {
        let terms = |count| sum(count, |i| i.to_string());
        assert_eq!(terms(3), "0<mo>+</mo>1<mo>+</mo>2");
        assert_eq!(terms(9), "0<mo>+</mo>1<mo>+</mo>2<mo>+</mo><mo>⋯</mo><mo>+</mo>8");
    }

    #[test]
    fn each_further_equals_sign_can_begin_a_line() {
        let chain = equation(&["a".to_owned(), "b".to_owned(), "c".to_owned(), "d".to_owned()]);
        let formulas: Vec<&str> = chain.split("</math>").collect();
        assert_eq!(formulas.len(), 4, "three formulas and the empty end");
        assert!(formulas[0].contains("a<mo>=</mo>b"));
        assert!(formulas[1].contains("<mo>=</mo>c") && formulas[2].contains("<mo>=</mo>d"));
        assert_eq!(equation(&["a".to_owned()]).matches("<math").count(), 1);
    }

    #[test]
    fn numbers_have_proper_signs_and_powers() {
        assert_eq!(number(-0.5), "<mn>−0.5</mn>");
        assert!(number(1.5e-9).contains("<msup><mn>10</mn><mn>−9</mn></msup>"));
        assert!(factor(-2.0).starts_with("<mrow><mo>(</mo>"));
    }
}
