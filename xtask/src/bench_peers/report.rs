//! The figures of all as one table for the terminal and as the tables of `bench/RESULTS.md`.

use std::fs;
use std::thread::available_parallelism;
use std::time::SystemTime;

use super::figure::{Figure, LIMIT, MACHINE, medians};
use super::{COMMAND, WORKLOADS, Workload};

/// What was measured in one run.
#[derive(Default)]
pub(super) struct Report {
    /// How often everybody was asked.
    pub(super) rounds: usize,
    /// Of the program `speed`: ours, the limits and the machine's.
    pub(super) ours: Vec<Figure>,
    pub(super) peers: Vec<Figure>,
    /// The peers that failed or could not be had, with their workload.
    pub(super) left_out: Vec<String>,
}

/// The figures of a workload in one precision, the fastest first.
struct Group<'a> {
    workload: &'a Workload,
    precision: &'a str,
    rows: Vec<&'a Figure>,
    ours: Option<&'a Figure>,
}

impl Group<'_> {
    fn title(&self) -> String {
        let Workload { name, threads, .. } = self.workload;
        format!("{name}, {}, {}", self.precision, with_threads(*threads))
    }

    /// Who a row is of, as a reader is told.
    fn name(&self, row: &Figure) -> String {
        let who = if row.who == LIMIT { "limit of the machine" } else { &row.who };
        if row.threads == self.workload.threads {
            who.to_owned()
        } else {
            format!("{who}, {}", with_threads(row.threads))
        }
    }

    /// The time of a row in ours, to two digits.
    fn ratio(&self, row: &Figure) -> String {
        self.ours.map_or("?".to_owned(), |ours| digits(row.value / ours.value, 2))
    }

    fn is_ours(&self, row: &Figure) -> bool {
        self.ours.is_some_and(|ours| std::ptr::eq(ours, row))
    }

    /// Which part of what the machine can do ours does.
    fn share(&self) -> Option<String> {
        let limit = self.rows.iter().find(|row| row.who == LIMIT)?;
        let ours = self.ours?;
        Some(format!(
            "{} reaches {:.0} % of the limit.",
            ours.who,
            limit.value / ours.value * 100.0
        ))
    }
}

impl Report {
    /// Leaves of each figure the median of the rounds.
    pub(super) fn settle(&mut self) {
        self.ours = medians(&self.ours);
        self.peers = medians(&self.peers);
        self.left_out.sort();
        self.left_out.dedup();
    }

    fn groups(&self) -> Vec<Group<'_>> {
        let mut groups = Vec::new();
        for workload in WORKLOADS {
            // The program `speed` may tell of other numbers of threads too; their limits are not of interest here.
            let expected = |figure: &Figure| figure.threads == workload.threads;
            let here = |figure: &&Figure| {
                figure.workload == workload.name && (figure.who != LIMIT || expected(figure))
            };
            let all: Vec<&Figure> = self.ours.iter().chain(&self.peers).filter(here).collect();
            let mut precisions: Vec<&str> = Vec::new();
            for figure in &all {
                if !precisions.contains(&figure.precision()) {
                    precisions.push(figure.precision());
                }
            }
            for precision in precisions {
                let same = |figure: &&Figure| figure.precision() == precision;
                let mut rows: Vec<&Figure> = all.iter().copied().filter(same).collect();
                rows.sort_by(|a, b| a.value.total_cmp(&b.value));
                let ours = self.ours.iter().filter(here).filter(same);
                let ours =
                    ours.filter(|figure| figure.who != LIMIT).find(|&figure| expected(figure));
                groups.push(Group { workload, precision, rows, ours });
            }
        }
        groups
    }

    /// One table for the terminal.
    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        for group in self.groups() {
            for row in &group.rows {
                text += &format!(
                    "{:<36} {:<28} {:>10} {:<9} {:>6} times ours, {:>10} in the fastest round\n",
                    group.title(),
                    group.name(row),
                    digits(row.value, 3),
                    row.unit,
                    group.ratio(row),
                    digits(row.least(), 3)
                );
            }
        }
        for figure in self.machine() {
            text += &format!("{figure}\n");
        }
        for peer in &self.left_out {
            text += &format!("left out: {peer}\n");
        }
        text
    }

    /// The text of `bench/RESULTS.md`.
    pub(super) fn markdown(&self) -> String {
        let date = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        let day = date.split('T').next().unwrap_or_default();
        let mut text = format!(
            "# How fast, beside others\n\n\
             Written by `{COMMAND}` on {day}; a change by hand is lost with the next run.\n\n\
             Each figure is the median of five runs or more in one process, after one that is not counted, and of {}. The \
             programs ran one after another. Where the fastest round is far below the median, the machine had slow minutes. \
             The others have what they are fastest with: an allocator that keeps large buffers, \
             and for the Rust libraries a build for this processor. Smaller is faster.\n\n\
             - Machine: {}\n",
            if self.rounds == 1 {
                "one round".to_owned()
            } else {
                format!("{} rounds", self.rounds)
            },
            machine()
        );
        for figure in self.machine() {
            text += &format!("- Calibration: {figure}\n");
        }
        text += &format!("- Versions: {}\n", self.versions().join(", "));
        if !self.left_out.is_empty() {
            text += &format!(
                "- Left out, since they failed or could not be had: {}\n",
                self.left_out.join(", ")
            );
        }
        let mut described = "";
        for group in self.groups() {
            text += &format!("\n## {}\n\n", group.title());
            if described != group.workload.name {
                text += &format!("{}\n\n", group.workload.about);
                described = group.workload.name;
            }
            let unit = group.rows.first().map_or("", |row| &row.unit);
            text += &format!("| who | {unit} | times ours | fastest round |\n|---|---|---|---|\n");
            for row in &group.rows {
                let (mut who, value) = (group.name(row), digits(row.value, 3));
                if group.is_ours(row) {
                    who = format!("**{who}**");
                }
                let (ratio, least) = (group.ratio(row), digits(row.least(), 3));
                text += &format!("| {who} | {value} | {ratio} | {least} |\n");
            }
            if let Some(share) = group.share() {
                text += &format!("\n{share}\n");
            }
        }
        text
    }

    /// What the machine can do, as phrases.
    fn machine(&self) -> Vec<String> {
        let phrase = |figure: &Figure| {
            format!("{} {} {}", figure.workload, digits(figure.value, 3), figure.unit)
        };
        self.ours.iter().filter(|figure| figure.who == MACHINE).map(phrase).collect()
    }

    /// Who took part in which version, each once. What follows a comma in a name is how it was used.
    fn versions(&self) -> Vec<String> {
        let mut versions = Vec::new();
        for figure in self.ours.iter().chain(&self.peers) {
            let Some(version) = figure.version.as_deref().filter(|version| !version.is_empty())
            else {
                continue;
            };
            let library = figure.who.split(',').next().unwrap_or_default();
            let line = format!("{library} {version}");
            if ![LIMIT, MACHINE].contains(&library) && !versions.contains(&line) {
                versions.push(line);
            }
        }
        versions
    }
}

fn with_threads(threads: usize) -> String {
    format!("{threads} thread{}", if threads == 1 { "" } else { "s" })
}

/// A positive number with at least so many digits that count: 3128, 30.4, 7.10, 0.424.
pub(super) fn digits(value: f64, count: i32) -> String {
    let before = value.log10().floor() as i32 + 1;
    format!("{value:.*}", (count - before).max(0) as usize)
}

/// The processor's name where the system tells it, its cores and the system.
fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.and_then(|rest| rest.split(':').nth(1)).map_or("", str::trim);
    let model = if model.is_empty() { "an unnamed processor" } else { model };
    let cores = available_parallelism().map_or(1, |cores| cores.get());
    let (system, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{model}, threads available: {cores}; {system} on {architecture}")
}

#[cfg(test)]
mod tests {
    use super::super::figure::read;
    use super::*;

    fn report() -> Report {
        Report {
            rounds: 1,
            ours: read(
                r#"{"who":"machine","version":"","workload":"peak 1 thread","precision":"f32","threads":1,"value":118.3,"unit":"GFLOP/s"}
                {"who":"limit","version":"","workload":"sine","precision":"f32","threads":1,"value":1.0,"unit":"µs/epoch"}
                {"who":"limit","version":"","workload":"sine","precision":"f32","threads":2,"value":0.5,"unit":"µs/epoch"}
                {"who":"chainrule","version":"0.1.0","workload":"sine","precision":"f32","threads":2,"value":1.6,"unit":"µs/epoch"}
                {"who":"chainrule","version":"0.1.0","workload":"sine","precision":"f32","threads":1,"value":2.0,"unit":"µs/epoch"}
                {"who":"chainrule","version":"0.1.0","workload":"sine","precision":"f64","threads":1,"value":4.0,"unit":"µs/epoch"}"#,
            ),
            peers: read(
                r#"{"who":"numpy, by hand","version":"2.4.6","workload":"sine","precision":"f32","threads":1,"value":30.44,"unit":"µs/epoch"}
                {"who":"JAX, jit and scan","version":"0.10.2","workload":"sine","precision":"f32","threads":1,"value":7.1,"unit":"µs/epoch"}
                {"who":"polars","version":"2.1.0","workload":"csv","precision":"f32","threads":2,"value":0.45,"unit":"s"}"#,
            ),
            left_out: vec!["dfdx (sine)".to_owned()],
        }
    }

    #[test]
    fn the_fastest_is_first_and_told_in_times_of_ours() {
        let text = report().markdown();
        let table = "| who | µs/epoch | times ours | fastest round |\n|---|---|---|---|\n\
                     | limit of the machine | 1.00 | 0.50 | 1.00 |\n\
                     | chainrule, 2 threads | 1.60 | 0.80 | 1.60 |\n\
                     | **chainrule** | 2.00 | 1.0 | 2.00 |\n\
                     | JAX, jit and scan | 7.10 | 3.5 | 7.10 |\n\
                     | numpy, by hand | 30.4 | 15 | 30.4 |\n\n\
                     chainrule reaches 50 % of the limit.\n";
        assert!(text.contains(table), "{text}");
        assert!(text.contains("## sine, f64, 1 thread\n"), "{text}");
        assert!(text.contains("Calibration: peak 1 thread 118 GFLOP/s\n"), "{text}");
        assert!(
            text.contains("Versions: chainrule 0.1.0, numpy 2.4.6, JAX 0.10.2, polars 2.1.0\n")
        );
        assert!(text.contains("could not be had: dfdx (sine)\n") && text.contains(COMMAND));
    }

    #[test]
    fn without_ours_there_is_no_ratio() {
        let text = report().table();
        let line = text.lines().find(|line| line.contains("polars")).unwrap();
        assert!(
            line.starts_with("csv, f32, 2 threads ") && line.contains(" ? times ours"),
            "{line}"
        );
    }

    #[test]
    fn numbers_have_the_digits_that_count() {
        for (value, expected) in [
            (3128.4, "3128"),
            (30.44, "30.4"),
            (7.1, "7.10"),
            (0.4244, "0.424"),
            (0.00931, "0.00931"),
        ] {
            assert_eq!(digits(value, 3), expected);
        }
    }
}
