use super::{
    Batch,
    recorder::{Nudge, Place, SharedRecording},
    wrapping::RecordedNetwork,
};
use crate::{Network, loss::Loss, network::Workspace, random::Random};
use ndarray::Array2;
use std::ops::Range;

/// The central difference quotients of a step's loss:
///
/// > ∂L/∂v ≈ (L(v + h) − L(v − h)) / 2h with h = 10⁻⁵ · max(1, |v|)
#[derive(Debug)]
pub(super) struct Differences<'a> {
    /// As it is before the step.
    network: Network<f64>,
    recording: SharedRecording,
    /// The draws of dropout before the step.
    random: Random,
    workspace: Option<Workspace<f64>>,
    loss: &'a dyn Loss<f64>,
    batch: &'a Batch,
}

impl<'a> Differences<'a> {
    /// Before the passes of a step.
    pub(super) fn new(
        recorded: &RecordedNetwork,
        random: Random,
        loss: &'a dyn Loss<f64>,
        batch: &'a Batch,
    ) -> Self {
        let (network, recording) = (recorded.network.clone(), recorded.recording.clone());
        Self { network, recording, random, workspace: None, loss, batch }
    }

    /// For the entries of a part of θ.
    pub(super) fn of_parameters(&mut self, range: Range<usize>) -> Vec<f64> {
        let moved = |index: usize| {
            let theta = self.network.parameters()[index];
            let quotient = quotient(theta, |by| {
                self.network.parameters_mut()[index] = theta + by;
                self.value()
            });
            self.network.parameters_mut()[index] = theta;
            quotient
        };
        range.map(moved).collect()
    }

    /// For the entries of x, z or y of a layer, which are `at` these numbers.
    pub(super) fn of_layer(&mut self, layer: usize, place: Place, at: &[f64]) -> Vec<f64> {
        let moved = |(entry, &v): (usize, &f64)| {
            quotient(v, |by| {
                self.recording.set_nudge(Some(Nudge { layer, place, entry, by }));
                self.value()
            })
        };
        let quotients = at.iter().enumerate().map(moved).collect();
        self.recording.set_nudge(None);
        quotients
    }

    /// For the entries of the network's outputs.
    pub(super) fn of_outputs(&self, y: &[f64]) -> Vec<f64> {
        let (rows, columns) = (self.batch.x.nrows(), self.network.outputs());
        let moved = |(entry, &v): (usize, &f64)| {
            quotient(v, |by| {
                let at = |(row, column)| row * columns + column;
                let y = Array2::from_shape_fn((rows, columns), |place| {
                    y[at(place)] + if at(place) == entry { by } else { 0.0 }
                });
                self.loss.sum(y.view(), self.batch.targets()).mean()
            })
        };
        y.iter().enumerate().map(moved).collect()
    }

    /// The loss of a pass that starts where the step does.
    fn value(&mut self) -> f64 {
        let rows = self.batch.x.nrows();
        let workspace = self.workspace.get_or_insert_with(|| self.network.workspace(rows));
        workspace.set_random(self.random.clone());
        // Only passes in training move the statistics, and they do not read them.
        let y = self.network.forward(self.batch.x.view(), workspace);
        self.loss.sum(y, self.batch.targets()).mean()
    }
}

fn quotient(v: f64, mut loss: impl FnMut(f64) -> f64) -> f64 {
    let h = 1e-5 * v.abs().max(1.0);
    // v + h is rounded: the distances are those that there are.
    let (up, down) = ((v + h) - v, v - (v - h));
    let [above, below] = [up, -down].map(&mut loss);
    (above - below) / (up + down)
}
