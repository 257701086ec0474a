//! What a program measured: one JSON object a line, the same from ours and from the peers.

use serde::Deserialize;

/// One number, with whose it is and what it says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Figure {
    /// A name, or [`LIMIT`] or [`MACHINE`].
    pub(super) who: String,
    #[serde(default)]
    pub(super) version: Option<String>,
    pub(super) workload: String,
    #[serde(default)]
    pub(super) precision: Option<String>,
    #[serde(default)]
    pub(super) threads: usize,
    pub(super) value: f64,
    /// The least value of several rounds; none as long as it is the figure of one.
    #[serde(skip)]
    pub(super) least: Option<f64>,
    pub(super) unit: String,
}

impl Figure {
    /// The value of the round in which it was least.
    pub(super) fn least(&self) -> f64 {
        self.least.unwrap_or(self.value)
    }

    /// The numbers it was measured with; none for what has none.
    pub(super) fn precision(&self) -> &str {
        self.precision.as_deref().unwrap_or_default()
    }
}

/// Whose figure it is that says how fast the machine could do a workload.
pub(super) const LIMIT: &str = "limit";

/// Whose figures those are that say what the machine can do at all.
pub(super) const MACHINE: &str = "machine";

/// The figures among the lines of a text. What else a program prints is passed over, as are numbers that are no times.
pub(super) fn read(text: &str) -> Vec<Figure> {
    let figure = |line| serde_json::from_str::<Figure>(line).ok();
    text.lines().filter_map(figure).filter(|f| f.value.is_finite() && f.value > 0.0).collect()
}

/// Of figures that are of the same thing the median, with the least of them, in the order in which they came.
pub(super) fn medians(figures: &[Figure]) -> Vec<Figure> {
    let of = |figure: &Figure| {
        let Figure { who, version, workload, precision, threads, unit, .. } = figure.clone();
        (who, version, workload, precision, threads, unit)
    };
    let mut medians: Vec<Figure> = Vec::new();
    for figure in figures {
        if medians.iter().any(|known| of(known) == of(figure)) {
            continue;
        }
        let same = figures.iter().filter(|other| of(other) == of(figure));
        let mut values: Vec<f64> = same.map(|figure| figure.value).collect();
        values.sort_by(f64::total_cmp);
        let (median, least) = (values[values.len() / 2], values.first().copied());
        medians.push(Figure { value: median, least, ..figure.clone() });
    }
    medians
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_figures_are_passed_over() {
        let text = r#"
            warning: something {"who":"nobody"}
            {"who":"numpy","version":"2.4.6","workload":"sine","precision":"f32","threads":1,"value":30.4,"unit":"µs/epoch"}
            {"who":"machine","version":null,"workload":"memory","value":31,"unit":"GB/s"}
            {"who":"numpy","workload":"sine","precision":"f64","value":-1,"unit":"µs/epoch"}
            17"#;
        let figures = read(text);
        let who: Vec<&str> = figures.iter().map(|figure| figure.who.as_str()).collect();
        assert_eq!(who, ["numpy", MACHINE]);
        assert_eq!(figures[0].version.as_deref(), Some("2.4.6"));
        assert_eq!(figures[1].precision, None);
    }

    #[test]
    fn of_rounds_the_median_and_the_least_are_left() {
        let figure = |who: &str, workload: &str, value| Figure {
            who: who.to_owned(),
            version: None,
            workload: workload.to_owned(),
            precision: None,
            threads: 1,
            value,
            least: None,
            unit: "s".to_owned(),
        };
        let rounds = [
            figure("numpy", "sine", 3.0),
            figure("torch", "sine", 5.0),
            figure("numpy", "sine", 9.0),
            figure("numpy", "tab", 1.0),
            figure("numpy", "sine", 2.0),
        ];
        let left = medians(&rounds);
        let left: Vec<_> =
            left.iter().map(|f| (&*f.who, &*f.workload, f.value, f.least())).collect();
        let expected =
            [("numpy", "sine", 3.0, 2.0), ("torch", "sine", 5.0, 5.0), ("numpy", "tab", 1.0, 1.0)];
        assert_eq!(left, expected);
    }
}
