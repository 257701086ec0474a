//! `chainrule demo`: a network learns a problem with a known answer.

mod curve;
mod lesson;
mod plane;

use crate::{
    args::{Demo, Precision, Problem},
    failure::Failure,
    files, interrupt, text,
};
use chainrule::{
    Network, Real,
    data::synthetic::{self, Plane},
    optimizer::Optimizer,
    training::{Ended, History},
};
use chainrule_report::Chart;
use chainrule_tabular::{AnyNetwork, Architecture, Model, Record};
use std::{io::Write, path::PathBuf, sync::Arc};

pub(crate) fn run(args: &Demo) -> Result<(), Failure> {
    let precision = args.precision.unwrap_or(match args.as_lesson {
        true => Precision::F64,
        false => Precision::F32,
    });
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
            Ended::Completed | Ended::Early { .. } => Ok(()),
        }
    }
}

/// The network that was asked for, or the problem's own.
fn architecture(args: &Demo, hidden: &[usize]) -> Architecture {
    let hidden = if args.hidden.is_empty() { hidden.to_vec() } else { args.hidden.clone() };
    Architecture { hidden, activation: args.activation.clone(), dropout: 0.0 }
}

/// The optimizer that was asked for.
fn optimizer<T: Real>(args: &Demo) -> Result<Arc<dyn Optimizer<T>>, Failure> {
    let unknown = || Failure::Usage(format!("there is no optimizer {}", args.optimizer));
    chainrule::table::optimizer(&args.optimizer).ok_or_else(unknown)
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
        optimizer: args.optimizer.clone(),
        learning_rate: args.learning_rate,
        batch_size: rows,
        ..Record::default()
    }
}
