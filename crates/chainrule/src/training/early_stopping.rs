/// Stops a training that makes no progress: after `patience` epochs in a row whose loss (on the validation
/// data, or else on the training data) is not smaller than the best one by more than `min_delta`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    /// Epochs without progress that are borne.
    pub patience: usize,
    /// What counts as progress, in units of the loss.
    pub min_delta: f64,
}

impl EarlyStopping {
    /// Every smaller loss counts as progress.
    pub fn after(patience: usize) -> Self {
        Self { patience, min_delta: 0.0 }
    }

    pub(super) fn watch(self) -> Watch {
        Watch { rule: self, state: Waiting { best: f64::INFINITY, waited: 0 } }
    }
}

/// Early stopping on its way.
#[derive(Debug)]
pub(super) struct Watch {
    rule: EarlyStopping,
    pub(super) state: Waiting,
}

/// What is remembered of the losses by what waits for a smaller one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// The loss that the last progress was made to.
    pub best: f64,
    /// Epochs since then.
    pub waited: usize,
}

impl Watch {
    /// Takes note of an epoch's loss.
    pub(super) fn observe(&mut self, loss: f64) {
        let Waiting { best, waited } = &mut self.state;
        if loss < *best - self.rule.min_delta {
            *best = loss;
            *waited = 0;
        } else {
            *waited += 1;
        }
    }

    /// Whether it is time to stop.
    pub(super) fn is_over(&self) -> bool {
        self.state.waited >= self.rule.patience.max(1)
    }
}
