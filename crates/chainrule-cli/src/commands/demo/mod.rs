//! `chainrule demo`: a network learns a problem with a known answer.

mod curve;
mod lesson;
mod plane;

use crate::{
    args::{Demo, Precision, Problem},
    failure::Failure,
    files, interrupt,
    progress::Progress,
    text,
};
use chainrule::{
    Dataset, Network, Real, Training,
    data::synthetic::{self, Plane},
    loss::{Loss, MeanSquaredError},
    optimizer::Optimizer,
    table,
    training::{Ended, FullBatch, History},
};
use chainrule_report::Chart;
use chainrule_tabular::{AnyNetwork, Architecture, Model, Record};
use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

pub(crate) fn run(args: &Demo) -> Result<(), Failure> {
    let is_double = args.as_lesson || table::solver(&args.solver).is_some();
    let usual = if is_double { Precision::F64 } else { Precision::F32 };
    let precision = args.precision.unwrap_or(usual);
    // Before the training, so that a folder that can not be made does not cost one.
    files::make_folder(&args.out)?;
    interrupt::listen();
    let outcome = match precision {
        Precision::F32 => train::<f32>(args),
        Precision::F64 => train::<f64>(args),
    }?;
    outcome.finish(args)
}

fn train<T: Real>(args: &Demo) -> Result<Outcome, Failure>
where
    Network<T>: Into<AnyNetwork>,
{
    match args.problem {
        Problem::Sine => curve::train::<T>(args, synthetic::SINE, "sin(x)"),
        Problem::Polynomial => {
            curve::train::<T>(args, synthetic::POLYNOMIAL, "exp(x/3) + x³ + x²/3 + x")
        }
        Problem::Spiral => plane::train::<T>(args, Plane::Spiral),
        Problem::Moons => plane::train::<T>(args, Plane::Moons),
        Problem::Xor => plane::train::<T>(args, Plane::Xor),
    }
}

/// What a demo leaves behind.
struct Outcome {
    model: Model,
    chart: Chart,
    history: History,
    /// The result in one line.
    result: String,
}

impl Outcome {
    /// Shows the chart, writes the files, and tells how the training ended.
    fn finish(self, args: &Demo) -> Result<(), Failure> {
        let name = args.name();
        let path = |ending: &str| args.out.join(format!("{name}.{ending}"));
        let written: [PathBuf; 3] = [path("svg"), path("png"), path("safetensors")];
        files::write(&written[0], self.chart.svg().as_bytes())?;
        files::write(&written[1], &self.chart.png()?)?;
        self.model.save(&written[2])?;

        let (columns, rows) = text::chart_size();
        let mut out = anstream::stdout().lock();
        let written = written.map(|path| path.display().to_string()).join(", ");
        let chart = self.chart.terminal(columns, rows, text::colour());
        write!(out, "\n{chart}\n{}\nWritten: {written}\n", self.result).map_err(Failure::output)?;

        match self.history.ended {
            Ended::Diverged { epoch, batch } => Err(Failure::Diverged(format!(
                "the loss was not a finite number in epoch {epoch}, batch {}; the best parameters \
                 before that were kept. Try a smaller --learning-rate",
                batch.unwrap_or(0),
            ))),
            Ended::Interrupted { epoch } => Err(Failure::Interrupted(format!(
                "stopped in epoch {epoch}; the best parameters so far were kept"
            ))),
            Ended::Completed | Ended::Early { .. } | Ended::Converged { .. } => {
                write!(out, "{}", next(&self.model, &path("safetensors"))).map_err(Failure::output)
            }
        }
    }
}

/// What a newcomer can do now.
fn next(model: &Model, path: &Path) -> String {
    let inputs: Vec<String> = model.inputs().iter().map(|input| text::shown(&input.name)).collect();
    let columns = if inputs.len() == 1 { "column" } else { "columns" };
    format!(
        "\nNext: chainrule predict {} points.csv     predicts a table of yours with the {columns} {}\n      \
         chainrule fit table.csv --target COLUMN     learns a column of a table of yours from its others\n",
        path.display(),
        inputs.join(", ")
    )
}

/// The network that was asked for, or the problem's own.
fn architecture(args: &Demo, hidden: &[usize]) -> Architecture {
    let hidden = if args.hidden.is_empty() { hidden.to_vec() } else { args.hidden.clone() };
    Architecture { hidden, activation: args.activation.clone(), dropout: 0.0 }
}

/// That of the lesson.
const LEARNING_RATE: f64 = 0.01;

/// How long a training was, and why a solver stopped.
fn length(history: &History) -> String {
    let length = text::length(history);
    match history.ended {
        Ended::Converged { reason, .. } => format!("{length} ({reason})"),
        _ => length,
    }
}

/// How the network is trained: the loss, and what was asked for.
struct Task<T> {
    loss: Arc<dyn Loss<T>>,
    epochs: usize,
    /// In place of the one that was asked for.
    optimizer: Option<Arc<dyn Optimizer<T>>>,
    /// Of a loss, in what is shown.
    unit: f64,
}

impl<T: Real> Task<T> {
    /// Trains the network on all samples, by a solver or by an optimizer.
    fn train(
        self,
        args: &Demo,
        network: &mut Network<T>,
        data: &Dataset<T>,
    ) -> Result<History, Failure> {
        let usual = Training::new(MeanSquaredError);
        let solver = table::solver(&args.solver).filter(|_| self.optimizer.is_none());
        if solver.is_some() && args.learning_rate.is_some() {
            let name = &args.solver;
            let message =
                format!("{name} finds the length of its steps: it has no --learning-rate");
            return Err(Failure::Usage(message));
        }
        let mut progress = Progress::lesson(self.epochs, self.unit, solver.is_some());
        let history = if let Some(solver) = solver {
            let (loss, iterations) = (self.loss, self.epochs);
            let usual = FullBatch::new(MeanSquaredError, solver);
            FullBatch { loss, iterations, ..usual }.run(network, data, None, &mut progress)
        } else {
            let named = || table::optimizer(&args.solver);
            let training = Training {
                loss: self.loss,
                epochs: self.epochs,
                optimizer: self.optimizer.or_else(named).unwrap_or(usual.optimizer.clone()),
                learning_rate: args.learning_rate.unwrap_or(LEARNING_RATE),
                seed: args.seed,
                ..usual
            };
            training.run(network, data, None, &mut progress)
        };
        progress.finish();
        Ok(history?)
    }
}

/// What is worth keeping of a demo's training.
fn record(args: &Demo, rows: usize, history: &History) -> Record {
    Record {
        command: Some(match args.as_lesson {
            true => format!("chainrule demo {} --as-lesson", args.name()),
            false => format!("chainrule demo {}", args.name()),
        }),
        rows,
        seed: args.seed,
        epochs: history.epochs.len(),
        best_epoch: history.best_epoch,
        optimizer: args.solver.clone(),
        learning_rate: match table::solver(&args.solver) {
            Some(_) => 0.0,
            None => args.learning_rate.unwrap_or(LEARNING_RATE),
        },
        batch_size: rows,
        ..Record::default()
    }
}
