use crate::{Network, Real};

/// The best parameters of a training so far.
pub(super) struct Best<T> {
    pub(super) loss: f64,
    pub(super) epoch: usize,
    pub(super) theta: Vec<T>,
    pub(super) statistics: Vec<T>,
}

impl<T: Real> Best<T> {
    /// Before anything was judged: the parameters of this moment.
    pub(super) fn new(network: &Network<T>) -> Self {
        Self {
            loss: f64::INFINITY,
            epoch: 0,
            theta: network.parameters().to_vec(),
            statistics: network.statistics().to_vec(),
        }
    }

    /// Takes note of an epoch's loss; true if it is the best so far and the parameters were kept.
    pub(super) fn offer(&mut self, network: &Network<T>, loss: f64, epoch: usize) -> bool {
        if loss >= self.loss || !loss.is_finite() || !network.is_finite() {
            return false;
        }
        (self.loss, self.epoch) = (loss, epoch);
        self.theta.copy_from_slice(network.parameters());
        self.statistics.copy_from_slice(network.statistics());
        true
    }
}
