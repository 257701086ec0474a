use std::{fmt, str::FromStr};

/// A measure that a model must have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Requirement {
    /// Its name, such as `r2`.
    pub(crate) measure: String,
    comparison: Comparison,
    bound: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// The longer ones first.
const COMPARISONS: [(&str, Comparison); 4] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::Above),
    ("<", Comparison::Below),
];

impl Requirement {
    /// Whether a value of the measure is good enough.
    pub(crate) fn is_met(&self, value: f64) -> bool {
        match self.comparison {
            Comparison::Above => value > self.bound,
            Comparison::AtLeast => value >= self.bound,
            Comparison::Below => value < self.bound,
            Comparison::AtMost => value <= self.bound,
        }
    }
}

impl FromStr for Requirement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a measure, > or < and a number are needed, such as 'r2>0.9'".to_owned();
        let found = COMPARISONS.iter().find_map(|(sign, comparison)| {
            text.split_once(sign).map(|(measure, bound)| (measure, *comparison, bound))
        });
        let (measure, comparison, bound) = found.ok_or_else(wrong)?;
        let bound: f64 = bound.trim().parse().map_err(|_| wrong())?;
        let measure = measure.trim().to_lowercase();
        if measure.is_empty() || !bound.is_finite() {
            return Err(wrong());
        }
        Ok(Self { measure, comparison, bound })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = COMPARISONS.iter().find(|(_, comparison)| *comparison == self.comparison);
        write!(f, "{}{}{}", self.measure, sign.map_or("", |(sign, _)| sign), self.bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_read_and_checked() {
        for (text, value, expected) in [
            ("r2>0.9", 0.9, false),
            ("R2 >= 0.9", 0.9, true),
            ("rmse<2", 1.9, true),
            ("rmse<=-2e0", -2.0, true),
        ] {
            let requirement: Requirement = text.parse().unwrap();
            assert_eq!(requirement.is_met(value), expected, "{text}");
        }
        assert_eq!("r2>=0.90".parse::<Requirement>().unwrap().to_string(), "r2>=0.9");
        for text in ["", "r2", "r2>", ">1", "r2=1", "r2>x", "r2>inf"] {
            assert!(text.parse::<Requirement>().is_err(), "{text}");
        }
    }
}
