//! Dates and times that were written as words.
//!
//! A column of dates has one format, which is found over all of its words: whether `03/04/2020` is in March or in
//! April is told by another row, `25/04/2020`.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How the dates of a column are written. A time of the day may follow each of them, with or without a zone.
///
/// ```
/// use chainrule_tabular::table::DateFormat;
///
/// let format = DateFormat::find(["03/04/2020", "25/04/2020 18:30"]).expect("dates");
/// assert_eq!((format.to_string().as_str(), format.is_ambiguous()), ("DD/MM/YYYY", false));
/// let moment = format.parse("03/04/2020 06:00").expect("a date");
/// assert_eq!((moment.month(), moment.day(), moment.weekday()), (4, 3, 4));
/// assert_eq!(format.parse("31/02/2020"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateFormat {
    order: Order,
    separator: char,
    #[serde(default)]
    ambiguous: bool,
}

/// Which number comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    /// Year, month, day.
    Year,
    /// Day, month, year.
    Day,
    /// Month, day, year.
    Month,
}

/// What is known without a look at the words. A point between the numbers is never written with the month first.
const CANDIDATES: [(Order, char); 8] = [
    (Order::Year, '-'),
    (Order::Year, '/'),
    (Order::Year, '.'),
    (Order::Day, '.'),
    (Order::Day, '/'),
    (Order::Month, '/'),
    (Order::Day, '-'),
    (Order::Month, '-'),
];

impl DateFormat {
    /// The common format of all these words, if each of them is a date; `None` if there are none.
    ///
    /// Where both day and month may come first, the number that never changes is the day, since it is data by the
    /// month; otherwise the month is taken to come first in `03/04/2020`, and the day in `03-04-2020`. The format
    /// [says so](Self::is_ambiguous).
    pub fn find<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let format = |(order, separator)| Self { order, separator, ambiguous: false };
        let mut candidates = CANDIDATES.map(format).to_vec();
        let mut numbers: Option<Changing> = None;
        for word in words {
            candidates.retain(|format| format.parse(word).is_some());
            let first = candidates.first()?;
            let (date, _) = split(word.trim());
            let [a, b, _] = three(date, first.separator)?.map(digits);
            let changing =
                numbers.get_or_insert(Changing { first: (a, false), second: (b, false) });
            changing.first.1 |= a != changing.first.0;
            changing.second.1 |= b != changing.second.0;
        }
        let Changing { first, second } = numbers?;
        let ambiguous = candidates.len() > 1;
        let order = match (first.1, second.1) {
            (false, true) => Order::Day,
            (true, false) => Order::Month,
            _ if candidates[0].separator == '/' => Order::Month,
            _ => Order::Day,
        };
        let chosen = candidates.iter().find(|format| !ambiguous || format.order == order);
        chosen.map(|format| Self { ambiguous, ..*format })
    }

    /// Whether the words could have been read with day and month the other way round.
    pub fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// The date of this word; `None` if it is none in this format, such as the 31st of February. Years are 1 to 9999.
    pub fn parse(&self, word: &str) -> Option<Moment> {
        let (date, rest) = split(word.trim());
        let [a, b, c] = three(date, self.separator)?;
        let (year, month, day) = match self.order {
            Order::Year => (a, b, c),
            Order::Day => (c, b, a),
            Order::Month => (c, a, b),
        };
        if year.len() != 4 || month.len() > 2 || day.len() > 2 {
            return None;
        }
        let year = i32::try_from(digits(year)?).ok().filter(|year| *year > 0)?;
        let date = NaiveDate::from_ymd_opt(year, digits(month)?, digits(day)?)?;
        let (time, offset) = match rest {
            Some(rest) => time(rest)?,
            None => (NaiveTime::MIN, 0),
        };
        Some(Moment { civil: date.and_time(time), offset })
    }
}

impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = match self.order {
            Order::Year => ["YYYY", "MM", "DD"],
            Order::Day => ["DD", "MM", "YYYY"],
            Order::Month => ["MM", "DD", "YYYY"],
        };
        let separator = self.separator;
        write!(f, "{a}{separator}{b}{separator}{c}")
    }
}

/// The first two numbers of the first date, and whether other dates have others.
struct Changing {
    first: (Option<u32>, bool),
    second: (Option<u32>, bool),
}

/// A point in time as it was written, with what a calendar says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    civil: NaiveDateTime,
    /// Seconds that the writer's clock was ahead of universal time.
    offset: i32,
}

impl Moment {
    /// The year, 1 to 9999.
    pub fn year(&self) -> i32 {
        self.civil.year()
    }

    /// The month, 1 to 12.
    pub fn month(&self) -> u32 {
        self.civil.month()
    }

    /// The day of the month, 1 to 31.
    pub fn day(&self) -> u32 {
        self.civil.day()
    }

    /// The day of the week, 0 for Monday to 6 for Sunday.
    pub fn weekday(&self) -> u32 {
        self.civil.weekday().num_days_from_monday()
    }

    /// The day of the year, 1 to 366.
    pub fn day_of_year(&self) -> u32 {
        self.civil.ordinal()
    }

    /// The hour, 0 to 23; 0 where no time was written.
    pub fn hour(&self) -> u32 {
        self.civil.hour()
    }

    /// The minute, 0 to 59.
    pub fn minute(&self) -> u32 {
        self.civil.minute()
    }

    /// The second, from 0 to below 60, with its fraction.
    pub fn second(&self) -> f64 {
        f64::from(self.civil.second()) + f64::from(self.civil.nanosecond()) / 1e9
    }

    /// The seconds since the beginning of 1970: in universal time if a zone was written, and otherwise by the
    /// writer's clock.
    pub fn seconds(&self) -> f64 {
        let utc = self.civil.and_utc();
        (utc.timestamp() - i64::from(self.offset)) as f64
            + f64::from(utc.timestamp_subsec_nanos()) / 1e9
    }

    /// What comes so many seconds and nanoseconds after the beginning of 1970; `None` outside of the years 1 to 9999.
    pub fn after_1970(seconds: i64, nanoseconds: u32) -> Option<Self> {
        let start = NaiveDate::from_ymd_opt(1970, 1, 1)?.and_time(NaiveTime::MIN);
        let civil = start.checked_add_signed(TimeDelta::new(seconds, nanoseconds)?)?;
        (1..=9999).contains(&civil.year()).then_some(Self { civil, offset: 0 })
    }
}

/// As ISO 8601 has it: the date alone at midnight, and otherwise with the time.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())?;
        let time = self.civil.time();
        if time != NaiveTime::MIN || self.offset != 0 {
            // Chrono writes the fraction only where there is one.
            write!(f, "T{time:?}")?;
        }
        if self.offset != 0 {
            let (sign, minutes) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs() / 60);
            write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)?;
        }
        Ok(())
    }
}

/// The date, and the time after a blank or a `T`, if there is one.
fn split(word: &str) -> (&str, Option<&str>) {
    match word.find(['T', 't', ' ']) {
        Some(place) => (&word[..place], Some(word[place + 1..].trim_start())),
        None => (word, None),
    }
}

/// The three parts between the separators.
fn three(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

/// A number of one to four digits and nothing else.
fn digits(text: &str) -> Option<u32> {
    let are_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if are_digits && (1..=4).contains(&text.len()) { text.parse().ok() } else { None }
}

/// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fff`, perhaps with `AM` or `PM`, perhaps with a zone, and the seconds that the zone
/// is ahead of universal time.
fn time(text: &str) -> Option<(NaiveTime, i32)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && !":.".contains(letter));
    let (clock, rest) = text.split_at(end.unwrap_or(text.len()));
    let mut parts = clock.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let second = parts.next();
    if parts.next().is_some() || minute.len() != 2 || hour.len() > 2 {
        return None;
    }
    let (second, fraction) = match second.map(|text| text.split_once('.').unwrap_or((text, "0"))) {
        Some((second, fraction)) if second.len() == 2 => (digits(second)?, nanoseconds(fraction)?),
        Some(_) => return None,
        None => (0, 0),
    };
    let rest = rest.trim_start();
    let half = rest.get(..2).map(str::to_ascii_uppercase);
    let (hour, rest) = match (half.as_deref(), digits(hour)?) {
        (Some("AM"), hour @ 1..=12) => (hour % 12, &rest[2..]),
        (Some("PM"), hour @ 1..=12) => (hour % 12 + 12, &rest[2..]),
        (Some("AM" | "PM"), _) => return None,
        (_, hour) => (hour, rest),
    };
    let time = NaiveTime::from_hms_nano_opt(hour, digits(minute)?, second, fraction)?;
    Some((time, zone(rest.trim_start())?))
}

/// The nanoseconds of the digits behind a point; what is finer is cut off.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nine: String = fraction.chars().chain("00000000".chars()).take(9).collect();
    nine.parse().ok()
}

/// Nothing, `Z`, `UTC`, `+HH`, `+HHMM` or `+HH:MM`: seconds ahead of universal time, less than a day.
fn zone(text: &str) -> Option<i32> {
    if text.is_empty() || ["z", "utc", "gmt"].contains(&text.to_ascii_lowercase().as_str()) {
        return Some(0);
    }
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let rest = &text[1..];
    let (hours, minutes) = match (rest.split_once(':'), rest.is_ascii(), rest.len()) {
        (Some(parts), ..) => parts,
        (None, true, 4) => rest.split_at(2),
        _ => (rest, "00"),
    };
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (hours < 24 && minutes < 60).then_some(sign * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formats_are_found_over_all_words() {
        for (words, expected) in [
            (&["2007-11-11", "2008-02-29"][..], Some("YYYY-MM-DD")),
            (&["2007-11-11T01:02:03Z", "2008-02-29 23:59:59.25+01:00"], Some("YYYY-MM-DD")),
            (&["0001-01-01", "9999-12-31"], Some("YYYY-MM-DD")),
            (&["2007/1/2"], Some("YYYY/MM/DD")),
            (&["1.2.2007", "03.04.2007"], Some("DD.MM.YYYY")),
            (&["03/04/2007", "25/04/2007"], Some("DD/MM/YYYY")),
            (&["03/04/2007", "04/25/2007 3:45 PM"], Some("MM/DD/YYYY")),
            (&["25-04-2007"], Some("DD-MM-YYYY")),
            (&["25/04/2007", "04/25/2007"], None),
            (&["2007-11-11", "2007/11/11"], None),
            (&["2007-11-11", "later"], None),
            (&["2007-02-29"], None),
            (&["1900-02-29"], None),
            (&["31.02.2007"], None),
            (&["0000-01-01"], None),
            (&["10000-01-01"], None),
            (&["07-01-02"], None),
            (&["2007-11-11-1"], None),
            (&["2007-11-11 25:00"], None),
            (&["2007-11-11 13:00 PM"], None),
            (&["2007-11-11 1:2"], None),
            (&["2007-11-11 01:02+25:00"], None),
            (&["2007-11-11 01:02:03."], None),
            (&["٢٠٠٧-11-11"], None),
            (&["+207-11-11"], None),
            (&["192.168.2001"], None),
            (&[], None),
        ] {
            let found = DateFormat::find(words.iter().copied()).map(|format| format.to_string());
            assert_eq!(found.as_deref(), expected, "{words:?}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_said() {
        for (words, expected) in [
            (&["03/04/2007", "05/06/2007"][..], ("MM/DD/YYYY", true)),
            (&["01/04/2007", "01/06/2007"], ("DD/MM/YYYY", true)),
            (&["04/01/2007", "06/01/2007"], ("MM/DD/YYYY", true)),
            (&["03-04-2007", "05-06-2007"], ("DD-MM-YYYY", true)),
            (&["03.04.2007", "05.06.2007"], ("DD.MM.YYYY", false)),
            (&["03/04/2007", "13/06/2007"], ("DD/MM/YYYY", false)),
        ] {
            let format = DateFormat::find(words.iter().copied()).unwrap();
            assert_eq!((format.to_string().as_str(), format.is_ambiguous()), expected, "{words:?}");
        }
    }

    #[test]
    fn parts_and_seconds() {
        let format = DateFormat::find(["1970-01-01"]).unwrap();
        for (word, parts, seconds) in [
            ("1970-01-01", (1970, 1, 1, 3, 1, 0, 0, 0.0), 0.0),
            ("1969-12-31 23:59:59.5", (1969, 12, 31, 2, 365, 23, 59, 59.5), -0.5),
            ("2000-02-29T12:34:56Z", (2000, 2, 29, 1, 60, 12, 34, 56.0), 951_827_696.0),
            // Worked by hand: 2000-03-01 was a Wednesday, day 61; 01:30 at +02:00 is 23:30 on the day before.
            ("2000-03-01T01:30+02:00", (2000, 3, 1, 2, 61, 1, 30, 0.0), 951_867_000.0),
            ("2000-03-01T01:30-0200", (2000, 3, 1, 2, 61, 1, 30, 0.0), 951_881_400.0),
            ("2000-12-31 12:00 AM", (2000, 12, 31, 6, 366, 0, 0, 0.0), 978_220_800.0),
            ("2000-12-31 12:05:07 pm", (2000, 12, 31, 6, 366, 12, 5, 7.0), 978_264_307.0),
        ] {
            let m = format.parse(word).unwrap_or_else(|| panic!("{word}"));
            let date = (m.year(), m.month(), m.day(), m.weekday(), m.day_of_year());
            let (year, month, day, weekday, ordinal, hour, minute, second) = parts;
            assert_eq!(date, (year, month, day, weekday, ordinal), "{word}");
            assert_eq!((m.hour(), m.minute(), m.second()), (hour, minute, second), "{word}");
            assert_eq!(m.seconds(), seconds, "{word}");
        }
    }

    #[test]
    fn moments_are_written_as_iso_8601() {
        let format = DateFormat::find(["1970-01-01"]).unwrap();
        for word in [
            "0001-01-01",
            "2007-11-11T01:02:03",
            "2007-11-11T01:02:03.250",
            "2007-11-11T00:00:00-02:30",
        ] {
            assert_eq!(format.parse(word).unwrap().to_string(), word);
        }
        assert_eq!(Moment::after_1970(951_827_696, 0).unwrap().to_string(), "2000-02-29T12:34:56");
        assert_eq!(Moment::after_1970(-1, 0).unwrap().to_string(), "1969-12-31T23:59:59");
        assert_eq!(Moment::after_1970(i64::MAX, 0), None);
    }

    proptest! {
        #[test]
        fn any_word_is_a_date_or_none(word in "[0-9TZ :./+-]{0,24}|\\PC{0,12}") {
            if let Some(format) = DateFormat::find([word.as_str()]) {
                prop_assert!(format.parse(&word).is_some());
            }
        }

        #[test]
        fn written_moments_are_read_again(seconds in -62_000_000_000i64..250_000_000_000, ms in 0u32..1000) {
            let moment = Moment::after_1970(seconds, ms * 1_000_000).unwrap();
            let format = DateFormat::find(["1970-01-01"]).unwrap();
            prop_assert_eq!(format.parse(&moment.to_string()), Some(moment));
        }
    }
}
