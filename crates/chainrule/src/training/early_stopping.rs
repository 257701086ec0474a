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
        Watch { rule: self, best: f64::INFINITY, waited: 0 }
    }
}

/// Early stopping on its way.
#[derive(Debug)]
pub(super) struct Watch {
    rule: EarlyStopping,
    best: f64,
    waited: usize,
}

impl Watch {
    /// Takes note of an epoch's loss; true if it is time to stop.
    pub(super) fn is_over(&mut self, loss: f64) -> bool {
        if loss < self.best - self.rule.min_delta {
            self.best = loss;
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        self.waited >= self.rule.patience.max(1)
    }
}
