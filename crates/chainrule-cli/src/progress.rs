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
    /// The loss of the network's units times this is the loss in the units of the target.
    unit: f64,
    validation: bool,
    shown: Instant,
    /// Of several starts: how many there are and how many have ended.
    starts: Option<(usize, usize)>,
    deadline: Option<Instant>,
    is_late: bool,
}

/// Between two changes of the live line. Formatting one is dearer than an epoch of a small network.
const PAUSE: Duration = Duration::from_millis(100);

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
        Self::new(show, unit, false)
    }

    /// A live line on standard error, or about twenty plain ones where that is not a terminal.
    pub(crate) fn on_stderr(epochs: usize, unit: f64, quiet: bool) -> Self {
        let show = if quiet {
            Show::Nothing
        } else if std::io::stderr().is_terminal() {
            live(epochs)
        } else {
            Show::Lines { every: (epochs / 20).max(1), last: epochs.saturating_sub(1) }
        };
        Self::new(show, unit, true)
    }

    fn new(show: Show, unit: f64, validation: bool) -> Self {
        let shown = Instant::now();
        Self { show, unit, validation, shown, starts: None, deadline: None, is_late: false }
    }

    /// Shows the ends of so many trainings instead of the epochs of one.
    pub(crate) fn of_starts(mut self, starts: usize) -> Self {
        if let Show::Live(bar) = &self.show {
            bar.set_length(starts as u64);
            bar.set_style(style("start {pos}/{len} [{bar:20}] {msg}"));
            bar.set_message("in the first start");
        }
        self.starts = Some((starts, 0));
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

    /// Takes the live line away.
    pub(crate) fn finish(&self) {
        if let Show::Live(bar) = &self.show {
            bar.finish_and_clear();
        }
    }

    fn describe(&self, epoch: &Epoch) -> String {
        let loss = text::number(epoch.training_loss * self.unit);
        match epoch.validation_loss {
            Some(validation) if self.validation => {
                format!("loss {loss}, validation {}", text::number(validation * self.unit))
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
                    let loss = epoch.training_loss * self.unit;
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
        let Some((starts, ended)) = &mut self.starts else { return };
        *ended += 1;
        let loss = history.validation_loss.unwrap_or(history.loss) * self.unit;
        let told = format!("RMSE {} on the held-out rows", text::number(loss.sqrt()));
        match &self.show {
            Show::Live(bar) => {
                bar.set_position(*ended as u64);
                bar.set_message(told);
            }
            Show::Lines { .. } => {
                let (number, length) = (number + 1, text::length(history));
                anstream::eprintln!("start {number} of {starts}: {told}, {length}");
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
