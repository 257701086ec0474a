//! What a training shows while it runs, and how Ctrl-C reaches it.

use crate::{interrupt, text};
use chainrule::{
    Network, Real,
    training::{Epoch, Observer},
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
    pub(crate) fn lesson(epochs: usize, unit: f64) -> Self {
        let lines = Show::Lesson { every: 100, last: epochs.saturating_sub(1) };
        let show = if std::io::stdout().is_terminal() { live(epochs) } else { lines };
        Self { show, unit, validation: false, shown: Instant::now() }
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
        Self { show, unit, validation: true, shown: Instant::now() }
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
    let style =
        ProgressStyle::with_template("epoch {pos}/{len} [{bar:20}] {msg} (at most {eta} left)");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message("in the first epoch");
    Show::Live(bar)
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

    fn step(&mut self) -> ControlFlow<()> {
        if interrupt::asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
