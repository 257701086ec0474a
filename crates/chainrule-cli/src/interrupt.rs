//! Ctrl-C: the first one asks the training to stop, the second one ends the process.

use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on, the first Ctrl-C (or termination) is only taken note of.
pub(crate) fn listen() {
    // A second handler can not be set; then the process ends at once, as without one.
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!(
            "\nstopping soon, and keeping the best so far (Ctrl-C again: at once, nothing is kept)"
        );
    });
}

/// Whether somebody has asked to stop.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
