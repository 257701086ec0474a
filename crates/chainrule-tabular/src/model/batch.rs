use super::{AnyNetwork, Member, Model, ModelError};
use crate::{Table, encode::Features};
use chainrule::{Network, loss::Loss};
use ndarray::Array2;
use std::sync::Arc;

/// What one network of a model learns from some rows, in double precision.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The network. One of single precision has the same numbers here.
    pub network: Network<f64>,
    /// The features of the rows [rows × features].
    pub x: Array2<f64>,
    /// The targets in the units that the network learns [rows × targets].
    pub targets: Array2<f64>,
    /// What is minimised.
    pub loss: Arc<dyn Loss<f64>>,
    /// Inputs that had no gaps in training, and in how many rows the median stood in for a missing value.
    pub filled: Vec<(String, usize)>,
    /// Inputs with levels that training did not have, and in how many rows.
    pub unseen: Vec<(String, usize)>,
}

impl Model {
    /// What a member of this model learns from these rows, which have a value of each target.
    pub fn batch(
        &self,
        member: &Member,
        table: &Table,
        rows: &[usize],
    ) -> Result<Batch, ModelError> {
        self.check_inputs(table)?;
        let Features { x, guesses } = self.features::<f64>(table, rows)?;
        let mut targets = Array2::zeros((rows.len(), self.targets().len()));
        for (target, mut column) in self.targets().iter().zip(targets.columns_mut()) {
            let truth = target.truth(table.column(&target.name)?, rows)?;
            for ((&row, t), cell) in rows.iter().zip(truth).zip(&mut column) {
                *cell = target.transform(t);
                if !cell.is_finite() {
                    let (target, row) = (target.name.clone(), row + 1);
                    return Err(ModelError::NoTruthInRow { target, row });
                }
            }
        }
        let network = self.in_double_precision(&member.network)?;
        Ok(Batch {
            network,
            x,
            targets,
            loss: self.output().loss(self.targets()),
            filled: self.counted(&guesses, |guesses| guesses.filled),
            unseen: self.counted(&guesses, |guesses| guesses.unseen),
        })
    }

    fn in_double_precision(&self, network: &AnyNetwork) -> Result<Network<f64>, ModelError> {
        let network = match network {
            AnyNetwork::F64(network) => return Ok(network.clone()),
            AnyNetwork::F32(network) => network,
        };
        let (encoder, outputs) = (self.encoder(), network.outputs());
        let layers = self.architecture().layers(encoder.width(), &encoder.embeddings(), outputs)?;
        let mut double = Network::new(layers, 0);
        let wide = |numbers: &[f32]| numbers.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
        double.set(&wide(network.parameters()), &wide(network.statistics()))?;
        Ok(double)
    }
}
