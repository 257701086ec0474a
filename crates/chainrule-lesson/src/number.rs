//! Numbers as they are read.

/// With so many significant digits, or a power of ten where it would be long: 0.123457, 1.5e-9.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { format!("{value}") };
    }
    // Rounded first: 9.9999999 has one digit more before its point.
    let rounded = format!("{value:.*e}", digits.saturating_sub(1));
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        trimmed(&format!("{value:.decimals$}")).to_owned()
    } else {
        format!("{}e{exponent}", trimmed(mantissa))
    }
}

/// Without zeros after the last digit that is none.
fn trimmed(number: &str) -> &str {
    match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    }
}

/// The same as it is printed: −0.5, 1.5·10⁻⁹.
pub(crate) fn typeset(value: f64, digits: usize) -> String {
    let text = significant(value, digits);
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.replace('-', "−") };
    let raised = exponent.chars().map(|letter| match letter {
        '-' => '⁻',
        digit => digit.to_digit(10).map_or(digit, |digit| RAISED[digit as usize]),
    });
    format!("{}·10{}", mantissa.replace('-', "−"), raised.collect::<String>())
}

const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// Numbers below each other: with six decimals, with none if all are whole, or as powers of ten.
pub(crate) fn column_of(values: &[f64]) -> Vec<String> {
    let finite = values.iter().filter(|v| v.is_finite() && **v != 0.0).map(|v| v.abs());
    let (low, high) =
        finite.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
    let whole = values.iter().all(|v| v.fract() == 0.0);
    if high >= 1e6 || (high > 0.0 && high < 1e-3) || (low < 1e-4 && !whole) {
        return values
            .iter()
            .map(|&v| if v == 0.0 { "0".into() } else { format!("{v:.4e}") })
            .collect();
    }
    let decimals = if whole { 0 } else { 6 };
    // A negative zero is a zero.
    values.iter().map(|v| format!("{:.decimals$}", v + 0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        for (value, expected) in [
            (0.5, "0.5"),
            (0.123456789, "0.123457"),
            (-2.0 / 3.0, "-0.666667"),
            (9.99999999, "10"),
            (1.5e-9, "1.5e-9"),
            (123456.7, "123457"),
            (1234567.0, "1.23457e6"),
            (0.0, "0"),
            (-0.0, "0"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(significant(value, 6), expected);
        }
        assert_eq!(typeset(-1.5e-9, 6), "−1.5·10⁻⁹");
    }

    #[test]
    fn numbers_below_each_other_have_one_form() {
        assert_eq!(column_of(&[0.5, -1.25]), ["0.500000", "-1.250000"]);
        assert_eq!(column_of(&[1.0, 0.0]), ["1", "0"]);
        assert_eq!(column_of(&[1e-9, 0.0]), ["1.0000e-9", "0"]);
    }
}
