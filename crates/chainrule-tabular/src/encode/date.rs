use super::scale::moments;
use crate::table::{Column, DateFormat, Moment, Values};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// A column of dates as features: the time itself, standardised; for each cycle that the training saw, a point on a circle
/// (cos φ, sin φ), so that December is beside January; and perhaps whether the date is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dates {
    /// How they are written.
    pub format: DateFormat,
    /// What becomes 0, in seconds after 1970.
    pub mean: f64,
    /// What becomes a difference of 1, in seconds: positive.
    pub deviation: f64,
    /// The cycles.
    pub cycles: Vec<Cycle>,
    /// Whether training had gaps.
    pub indicator: bool,
}

/// What comes round again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cycle {
    /// The seasons.
    Year,
    /// The days of the week.
    Week,
    /// The hours.
    Day,
}

const DAY: f64 = 86_400.0;

impl Dates {
    /// Of these rows; `None` if they are no dates, or all the same.
    pub(crate) fn fit(column: &Column, rows: &[usize]) -> Option<Self> {
        let Values::Words(words) = column.values() else { return None };
        let format = DateFormat::find(words.words().iter().map(String::as_str))?;
        let moments_of: Vec<Moment> = rows
            .iter()
            .filter_map(|&row| words.word(row).and_then(|word| format.parse(word)))
            .collect();
        let seconds: Vec<f64> = moments_of.iter().map(Moment::seconds).collect();
        let (mean, deviation) = moments(&seconds)?;
        let is_seen = |cycle: &Cycle| {
            let phases: Vec<f64> = moments_of.iter().map(|moment| cycle.phase(moment)).collect();
            let low = phases.iter().copied().fold(f64::INFINITY, f64::min);
            let high = phases.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            high - low >= cycle.least()
        };
        let cycles = [Cycle::Year, Cycle::Week, Cycle::Day].into_iter().filter(is_seen).collect();
        Some(Self { format, mean, deviation, cycles, indicator: moments_of.len() < rows.len() })
    }

    /// What its features are called, after the name of the column.
    pub(crate) fn features(&self) -> Vec<String> {
        let mut names = vec![String::new()];
        for cycle in &self.cycles {
            let name = match cycle {
                Cycle::Year => "season",
                Cycle::Week => "weekday",
                Cycle::Day => "hour",
            };
            names.extend([format!(" ({name}, cos)"), format!(" ({name}, sin)")]);
        }
        if self.indicator {
            names.push(" is missing".to_owned());
        }
        names
    }

    /// The features of a date; of one that is missing, those of the mean without a place in any cycle.
    pub(crate) fn values(&self, word: Option<&str>) -> Vec<f64> {
        let moment = word.and_then(|word| self.format.parse(word));
        let time = |moment: &Moment| (moment.seconds() - self.mean) / self.deviation;
        let mut values = vec![moment.as_ref().map_or(0.0, time)];
        for cycle in &self.cycles {
            let angle = moment.as_ref().map(|moment| TAU * cycle.phase(moment));
            values.extend(angle.map_or([0.0; 2], |angle| [angle.cos(), angle.sin()]));
        }
        if self.indicator {
            values.push(f64::from(u8::from(moment.is_none())));
        }
        values
    }

    /// The number of its features.
    pub(crate) fn width(&self) -> usize {
        1 + 2 * self.cycles.len() + usize::from(self.indicator)
    }

    /// Whether dates can be transformed.
    pub(crate) fn is_sound(&self) -> bool {
        self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0
    }
}

impl Cycle {
    /// The part of the cycle that has passed: in [0, 1).
    fn phase(self, moment: &Moment) -> f64 {
        let day =
            f64::from(moment.hour()) * 3600.0 + f64::from(moment.minute()) * 60.0 + moment.second();
        let day = (day / DAY).min(1.0);
        match self {
            Self::Year => (f64::from(moment.day_of_year()) - 1.0 + day) / 366.0,
            Self::Week => (f64::from(moment.weekday()) + day) / 7.0,
            Self::Day => day,
        }
    }

    /// So much of a cycle is to be seen before anything can be learned of it: two months, more than a day, an hour.
    fn least(self) -> f64 {
        match self {
            Self::Year => 1.0 / 6.0,
            Self::Week => 1.0 / 7.0,
            Self::Day => 1.0 / 24.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_year_is_beside_its_beginning() {
        let words = ["2020-01-01", "2020-07-02", "2020-12-31", "2021-01-01"];
        let column = Column::words(words.map(Some).into_iter().chain([None]));
        let dates = Dates::fit(&column, &[0, 1, 2, 3, 4]).unwrap();
        assert_eq!(dates.cycles, [Cycle::Year, Cycle::Week]);
        assert_eq!(dates.features().len(), dates.width());
        let values: Vec<Vec<f64>> =
            (0..5).map(|row| dates.values(column.cell(row).as_deref())).collect();
        let distance = |a: usize, b: usize| {
            ((values[a][1] - values[b][1]).powi(2) + (values[a][2] - values[b][2]).powi(2)).sqrt()
        };
        assert!(distance(2, 3) < 0.02 && distance(0, 1) > 1.9);
        assert!(values[0][0] < values[1][0] && values[1][0] < values[3][0]);
        assert_eq!(values[4], [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        // What is no date is missing.
        assert_eq!(dates.values(Some("31.12.2020")), values[4]);
        assert_eq!(Dates::fit(&column, &[0]), None);
    }
}
