//! What a training shows while it runs, and how Ctrl-C reaches it.

use crate::{interrupt, text};
use chainrule::{
    Network, Real,
    training::{Epoch, History, Observer},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{IsTerminal, Write},
    ops::ControlFlow,
    time::{Duration, Instant},
};

/// Shows the epochs of a training: one live line in a terminal, otherwise a plain line now and then.
pub(crate) struct Progress {
    show: Show,
    /// The loss of the network's units times this is the loss in the units of the target; `None` for a loss that has no
    /// unit.
    unit: Option<f64>,
    validation: bool,
    shown: Instant,
    /// Of several trainings: how many there are and how many have ended.
    trainings: Option<(usize, usize)>,
    /// Stands before what is shown, such as `fold 2 of 5, `.
    prefix: String,
    deadline: Option<Instant>,
    is_late: bool,
}

/// Between two changes of the live line. Formatting one is dearer than an epoch of a small network.
const PAUSE: Duration = Duration::from_millis(100);

/// So many lines are written where there is no live line.
const MOST_LINES: usize = 20;

enum Show {
    Nothing,
    Live(ProgressBar),
    /// Every so many epochs, a line in the lesson's words on standard output.
    Lesson {
        every: usize,
        last: usize,
    },
    /// About twenty lines on standard error.
    Lines {
        every: usize,
        last: usize,
    },
}

impl Progress {
    /// The lesson's way: the loss every 100 epochs on standard output, or a live line where that is a
    /// terminal.
    ///
    /// A solver needs few iterations: every tenth is shown.
    pub(crate) fn lesson(epochs: usize, unit: f64, is_solver: bool) -> Self {
        let every = if is_solver { 10 } else { 100 };
        let lines = Show::Lesson { every, last: epochs.saturating_sub(1) };
        let show = if std::io::stdout().is_terminal() { live(epochs) } else { lines };
        Self::new(show, Some(unit), false)
    }

    /// A live line on standard error, or about twenty plain ones where that is not a terminal.
    pub(crate) fn on_stderr(epochs: usize, unit: Option<f64>, quiet: bool) -> Self {
        let show = if quiet {
            Show::Nothing
        } else if std::io::stderr().is_terminal() {
            live(epochs)
        } else {
            Show::Lines {
                every: epochs.div_ceil(MOST_LINES).max(1),
                last: epochs.saturating_sub(1),
            }
        };
        Self::new(show, unit, true)
    }

    fn new(show: Show, unit: Option<f64>, validation: bool) -> Self {
        let shown = Instant::now();
        let (trainings, prefix, deadline, is_late) = (None, String::new(), None, false);
        Self { show, unit, validation, shown, trainings, prefix, deadline, is_late }
    }

    /// Shows the trainings of one of several fits, but only where there is a live line: each fit has a line of its own in
    /// the end.
    pub(crate) fn of_fold(mut self, number: usize, folds: usize, trainings: usize) -> Self {
        if matches!(self.show, Show::Lines { .. }) {
            self.show = Show::Nothing;
        }
        self.prefix = format!("fold {} of {folds}, ", number + 1);
        self.of_trainings(trainings)
    }

    /// Shows the ends of so many trainings instead of the epochs of one.
    pub(crate) fn of_trainings(mut self, trainings: usize) -> Self {
        if let Show::Live(bar) = &self.show {
            bar.set_length(trainings as u64);
            let prefix = &self.prefix;
            bar.set_style(style(&format!("{prefix}training {{pos}}/{{len}} [{{bar:20}}] {{msg}}")));
            bar.set_message("in the first one");
        }
        self.trainings = Some((trainings, 0));
        self
    }

    /// Stops the training after this time.
    pub(crate) fn until(mut self, time: Option<Duration>) -> Self {
        self.deadline = time.and_then(|time| Instant::now().checked_add(time));
        self
    }

    /// Whether the time was up.
    pub(crate) fn is_late(&self) -> bool {
        self.is_late
    }

    /// A line on standard error, on which nobody draws any more.
    pub(crate) fn tell(&self, line: &str) {
        anstream::eprintln!("{line}");
    }

    /// Takes the live line away.
    pub(crate) fn finish(&self) {
        if let Show::Live(bar) = &self.show {
            bar.finish_and_clear();
        }
    }

    fn describe(&self, epoch: &Epoch) -> String {
        let loss = text::number(epoch.training_loss * self.unit.unwrap_or(1.0));
        match epoch.validation_loss {
            Some(validation) if self.validation => {
                format!(
                    "loss {loss}, validation {}",
                    text::number(validation * self.unit.unwrap_or(1.0))
                )
            }
            _ => format!("loss {loss}"),
        }
    }
}

/// indicatif redraws at most some times a second, so that showing costs nothing.
fn live(epochs: usize) -> Show {
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target(Some(epochs as u64), target);
    bar.set_style(style("epoch {pos}/{len} [{bar:20}] {msg} (at most {eta} left)"));
    bar.set_message("in the first epoch");
    Show::Live(bar)
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}

impl<T: Real> Observer<T> for Progress {
    fn epoch(&mut self, epoch: &Epoch, _: &Network<T>) -> ControlFlow<()> {
        let number = epoch.number;
        match &self.show {
            Show::Nothing => {}
            Show::Live(bar) => {
                if self.shown.elapsed() >= PAUSE {
                    bar.set_message(self.describe(epoch));
                    bar.set_position(number as u64 + 1);
                    self.shown = Instant::now();
                }
            }
            Show::Lesson { every, last } => {
                if number.is_multiple_of(*every) || number == *last {
                    let loss = epoch.training_loss * self.unit.unwrap_or(1.0);
                    // A reader who has gone away does not stop the training; the end will tell.
                    let _ = writeln!(std::io::stdout(), "Epoch {number}, Loss: {loss:.10}");
                }
            }
            Show::Lines { every, last } => {
                if number.is_multiple_of(*every) || number == *last {
                    anstream::eprintln!("epoch {}: {}", number + 1, self.describe(epoch));
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn start_ended(&mut self, number: usize, history: &History) {
        let Some((trainings, ended)) = &mut self.trainings else { return };
        *ended += 1;
        let loss = history.validation_loss.unwrap_or(history.loss);
        let told = match self.unit {
            Some(unit) => format!("RMSE {} on its fold", text::number((loss * unit).sqrt())),
            None => format!("loss {} on its fold", text::number(loss)),
        };
        match &self.show {
            Show::Live(bar) => {
                bar.set_position(*ended as u64);
                bar.set_message(told);
            }
            Show::Lines { .. } => {
                // At most twenty lines, the last one among them.
                if ended.is_multiple_of(trainings.div_ceil(MOST_LINES)) || ended == trainings {
                    let (number, length) = (number + 1, text::length(history));
                    anstream::eprintln!(
                        "{ended} of {trainings} trainings done: {told} in number {number}, {length}"
                    );
                }
            }
            Show::Nothing | Show::Lesson { .. } => {}
        }
    }

    fn step(&mut self) -> ControlFlow<()> {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.is_late = true;
            return ControlFlow::Break(());
        }
        if interrupt::asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
