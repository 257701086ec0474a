//! What became of each step, and the table at the end of the run.

use std::fmt;
use std::time::Duration;

/// How a step ended.
pub(super) enum Outcome {
    Passed,
    /// It could not be tried on this machine, for this reason.
    Skipped(String),
    Failed,
    /// An earlier step failed.
    NotRun,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Passed => write!(f, "passed"),
            Outcome::Skipped(reason) => write!(f, "SKIPPED: {reason}"),
            Outcome::Failed => write!(f, "FAILED"),
            Outcome::NotRun => write!(f, "not run"),
        }
    }
}

/// One line of the table.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) outcome: Outcome,
    pub(super) time: Duration,
}

/// The steps with their times and what became of them, the time of the whole run, and how many steps passed.
pub(super) fn table(rows: &[Row], total: Duration) -> String {
    let mut text = String::new();
    for row in rows {
        let time = match row.outcome {
            Outcome::NotRun => String::from("-"),
            _ => duration(row.time),
        };
        text += &format!("{:<10} {time:>12}  {}\n", row.name, row.outcome);
    }
    text += &format!("{:<10} {:>12}\n", "in all", duration(total));
    let count =
        |counts: fn(&Outcome) -> bool| rows.iter().filter(|row| counts(&row.outcome)).count();
    let passed = count(|outcome| matches!(outcome, Outcome::Passed));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_) | Outcome::NotRun));
    text + &format!("steps: {passed} passed, {failed} failed, {skipped} skipped\n")
}

/// A time as a reader says it: `0.4 s`, `59.9 s`, `3 min 07 s`.
pub(super) fn duration(time: Duration) -> String {
    // Rounded first, so that 59.96 s becomes a minute and not `60.0 s`.
    let tenths = (time.as_millis() + 50) / 100;
    if tenths < 600 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        let seconds = (time.as_millis() + 500) / 1000;
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_to_what_a_reader_wants() {
        for (milliseconds, expected) in [
            (0, "0.0 s"),
            (449, "0.4 s"),
            (59_949, "59.9 s"),
            (59_950, "1 min 00 s"),
            (187_300, "3 min 07 s"),
            (119_600, "2 min 00 s"),
            (3_661_000, "61 min 01 s"),
        ] {
            assert_eq!(
                duration(Duration::from_millis(milliseconds)),
                expected,
                "{milliseconds} ms"
            );
        }
    }

    #[test]
    fn the_table_shows_times_reasons_and_what_was_not_run() {
        let row =
            |name, outcome, seconds| Row { name, outcome, time: Duration::from_secs(seconds) };
        let rows = [
            row("fmt", Outcome::Passed, 1),
            row("wasm", Outcome::Skipped("no such target".to_owned()), 2),
            row("clippy", Outcome::Failed, 62),
            row("unit", Outcome::NotRun, 0),
        ];
        let expected = "\
fmt               1.0 s  passed
wasm              2.0 s  SKIPPED: no such target
clippy       1 min 02 s  FAILED
unit                  -  not run
in all       1 min 05 s
steps: 1 passed, 1 failed, 2 skipped
";
        assert_eq!(table(&rows, Duration::from_secs(65)), expected);
    }
}
