//! `chainrule race`: the solvers train one network from the same start; who gets how far, how fast?

use crate::{
    args::{self, columns},
    failure::Failure,
    files, interrupt, json, text,
};
use chainrule::{
    Error, Network, Real,
    optimizer::Schedule,
    training::{Ended, Epoch, Observer},
};
use chainrule_report::{Labels, Series, chart};
use chainrule_tabular::{FitError, Measures, Precision, Preparation, Settings, Validation};
use serde_json::{Value, json};
use std::{
    io::Write,
    ops::ControlFlow,
    time::{Duration, Instant},
};

pub(crate) fn run(args: &args::Race) -> Result<(), Failure> {
    let table = files::open(&args.data, &args.reading.how())?;
    let settings = Settings {
        without: columns(&args.without, &table),
        hidden: Some(args.hidden.clone()),
        activation: Some(args.activation.clone()),
        types: args.reading.types.clone(),
        validation: Some(Validation::Part(args.validation)),
        test: Some(0.0),
        seed: args.seed,
        restarts: Some(1),
        // All of them in one precision, to the end of the time.
        precision: Some(Precision::F64),
        // As many as can be kept in memory.
        epochs: Some(1_000_000),
        patience: Some(0),
        schedule: Schedule::Constant,
        ..Settings::new(columns(&args.target, &table))
    };
    files::make_folder(&args.out)?;
    interrupt::listen();
    let mut racers: Vec<Racer> = Vec::new();
    for solver in &args.solvers {
        if racers.iter().any(|racer| racer.name == *solver) {
            continue;
        }
        let settings = Settings { solver: solver.clone(), ..settings.clone() };
        let preparation = Preparation::new(&table, None, &settings)?;
        let unit = preparation.loss_unit().unwrap_or(1.0);
        let mut racer = Racer::new(solver.clone(), unit, args.time);
        let fit = preparation.run(&mut racer);
        racer.end(fit)?;
        if !args.quiet && !args.json {
            anstream::eprintln!("{}", racer.told());
        }
        racers.push(racer);
        if interrupt::asked() {
            break;
        }
    }
    let told = result(&racers, settings.targets.len());
    let (drawn, written) = draw(args, &racers, settings.targets.len())?;
    let outcome = outcome(&racers);
    if args.json {
        let racers: Vec<Value> = racers.iter().map(Racer::object).collect();
        return json::finish(&json!({ "racers": racers, "written": written }), outcome);
    }
    if !args.quiet {
        write(&(told + &drawn))?;
    }
    outcome
}

/// Fails if nobody could take part, or not everybody to the end.
fn outcome(racers: &[Racer]) -> Result<(), Failure> {
    if racers.iter().all(|racer| !racer.has_begun) {
        let message = "nobody could take part; the last column says why".to_owned();
        return Err(Failure::Failed(message));
    }
    if interrupt::asked() {
        let message = "those that had run until then are in the chart".to_owned();
        return Err(Failure::Interrupted(message));
    }
    Ok(())
}

fn write(text: &str) -> Result<(), Failure> {
    anstream::stdout().lock().write_all(text.as_bytes()).map_err(Failure::output)
}

/// Who got how far.
fn result(racers: &[Racer], targets: usize) -> String {
    let errors = racers.iter().filter_map(|racer| Some(racer.last()?.error));
    let largest = errors.fold(0.0, f64::max);
    let header = ["", "RMSE, training", "held out", "iterations", "time", "to the worst", "ended"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for racer in racers {
        let last = racer.last();
        let or_dash = |text: Option<String>| text.unwrap_or("-".to_owned());
        rows.push(vec![
            racer.name.clone(),
            or_dash(last.map(|point| text::number(point.error))),
            if racer.held_out.is_nan() { "-".to_owned() } else { text::number(racer.held_out) },
            racer.done.to_string(),
            time(racer.seconds),
            or_dash(racer.reached(largest).map(time)),
            racer.why.clone(),
        ]);
    }
    format!(
        "\n{}\n{}\n\"To the worst\": how long it took to the largest of the errors on the training rows{}.\n\
         Iterations of an optimizer are epochs. The smallest error on the training rows is not what predicts \
         best:\nsee \"held out\", of the parameters that were best there.\n",
        text::strong("The same network, the same start"),
        text::columns(&rows),
        text::unit(targets),
    )
}

/// A time for people: 12 µs, 3.4 ms, 5.6 s.
fn time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.0} µs", s * 1e6),
        s if s < 1.0 => format!("{:.3} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// Error against time, as text for the terminal and as files, whose names come with it.
fn draw(
    args: &args::Race,
    racers: &[Racer],
    targets: usize,
) -> Result<(String, Vec<String>), Failure> {
    let columns = |racer: &Racer| -> (Vec<f64>, Vec<f64>) {
        racer.course.iter().map(|point| (point.seconds, point.error)).unzip()
    };
    let courses: Vec<_> = racers.iter().map(columns).collect();
    let series: Vec<_> = racers
        .iter()
        .zip(&courses)
        .filter(|(_, (seconds, _))| !seconds.is_empty())
        .map(|(racer, (seconds, errors))| Series::new(&racer.name, seconds, errors))
        .collect();
    if series.is_empty() {
        return Ok((String::new(), Vec::new()));
    }
    let y = format!("root mean squared error{}", text::unit(targets));
    let title = "One network, one start, several solvers";
    let chart = chart::race(Labels { title, x: "seconds", y: &y }, &series)?;
    let [svg, png] = ["svg", "png"].map(|ending| args.out.join(format!("race.{ending}")));
    files::write(&svg, chart.svg().as_bytes())?;
    files::write(&png, &chart.png()?)?;
    let (columns, rows) = text::chart_size();
    let chart = chart.terminal(columns, rows, text::colour());
    let written = [svg, png].map(|path| path.display().to_string());
    Ok((format!("\n{chart}\nWritten: {}\n", written.join(", ")), written.to_vec()))
}

/// Who trains, and what it had reached when.
struct Racer {
    name: String,
    /// Of a squared error.
    unit: f64,
    time: Duration,
    started: Instant,
    course: Vec<Point>,
    has_begun: bool,
    /// Iterations or epochs.
    done: usize,
    /// Until the last of them.
    seconds: f64,
    /// On the held-out rows, of the parameters that were kept.
    held_out: f64,
    why: String,
}

/// What was reached at some time.
#[derive(Clone, Copy)]
struct Point {
    seconds: f64,
    /// The smallest root mean squared error on the training rows so far.
    error: f64,
}

impl Racer {
    fn new(name: String, unit: f64, time: Duration) -> Self {
        Self {
            name,
            unit,
            time,
            started: Instant::now(),
            course: Vec::new(),
            has_begun: false,
            done: 0,
            seconds: 0.0,
            held_out: f64::NAN,
            why: String::new(),
        }
    }

    fn last(&self) -> Option<Point> {
        self.course.last().copied()
    }

    /// How it ended, or why it could not begin: a solver that is not made for the network leaves the race to the others.
    fn end(&mut self, fit: Result<chainrule_tabular::Fit, FitError>) -> Result<(), Failure> {
        self.why = match fit {
            Ok(fit) => {
                let measures = fit.evaluation.targets.iter().map(|target| &target.measures);
                let errors = measures.filter_map(|measures| match measures {
                    Measures::Numbers { score, .. } => Some(score.rmse),
                    Measures::Classes { .. } => None,
                });
                self.held_out = errors.sum::<f64>() / fit.evaluation.targets.len() as f64;
                match fit.trainings[0].history.ended {
                    Ended::Converged { reason, .. } => reason.to_string(),
                    Ended::Diverged { .. } => "it diverged".to_owned(),
                    Ended::Interrupted { .. } if interrupt::asked() => "interrupted".to_owned(),
                    Ended::Interrupted { .. } => "the time was up".to_owned(),
                    Ended::Completed | Ended::Early { .. } => "as many as can be kept".to_owned(),
                }
            }
            Err(FitError::Diverged { .. }) => "it diverged at once".to_owned(),
            Err(FitError::Core(error @ (Error::Unsuitable { .. } | Error::Memory { .. }))) => {
                error.to_string()
            }
            Err(error) => return Err(error.into()),
        };
        Ok(())
    }

    fn told(&self) -> String {
        format!("{}: {} after {}", self.name, self.why, time(self.seconds))
    }

    fn object(&self) -> Value {
        json!({
            "solver": self.name,
            "rmse": self.last().map(|point| point.error),
            "rmse_held_out": self.held_out.is_finite().then_some(self.held_out),
            "iterations": self.done,
            "seconds": self.seconds,
            "ended": self.why,
        })
    }

    /// When the error was first as small as this.
    fn reached(&self, error: f64) -> Option<f64> {
        self.course.iter().find(|point| point.error <= error).map(|point| point.seconds)
    }
}

impl<T: Real> Observer<T> for Racer {
    fn epoch(&mut self, epoch: &Epoch, _: &Network<T>) -> ControlFlow<()> {
        let seconds = self.started.elapsed().as_secs_f64();
        let error = (epoch.training_loss.max(0.0) * self.unit).sqrt();
        self.done += 1;
        self.seconds = seconds;
        if self.last().is_none_or(|before| error < before.error) {
            self.course.push(Point { seconds, error });
        }
        ControlFlow::Continue(())
    }

    fn step(&mut self) -> ControlFlow<()> {
        self.has_begun = true;
        if interrupt::asked() || self.started.elapsed() >= self.time {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}
