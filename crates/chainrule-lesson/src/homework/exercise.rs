use super::HomeworkError;
use chainrule::{
    Network,
    activation::Activation,
    layer::{Dense, Layer, Sequential},
    loss::{Loss, Targets},
};
use ndarray::{Array1, Array2};
use std::sync::Arc;

/// A chain of dense layers with its weights, a batch and a loss: what gradients are asked for.
#[derive(Clone, Debug)]
pub struct Exercise {
    pub(super) layers: Vec<Chained>,
    pub(super) loss: Arc<dyn Loss<f64>>,
    pub(super) x: Array2<f64>,
    pub(super) targets: Array2<f64>,
    pub(super) sample_weights: Option<Array1<f64>>,
}

/// A dense layer with its numbers.
#[derive(Clone, Debug)]
pub(super) struct Chained {
    pub(super) name: String,
    pub(super) activation: Arc<dyn Activation<f64>>,
    /// [inputs × outputs]
    pub(super) w: Array2<f64>,
    /// [outputs]
    pub(super) b: Array1<f64>,
}

/// dW and db of each layer.
pub(super) type Gradients = Vec<(Array2<f64>, Array1<f64>)>;

impl Exercise {
    pub(super) fn targets(&self) -> Targets<'_, f64> {
        let weights = self.sample_weights.as_ref().map(|weights| weights.view());
        Targets { values: self.targets.view(), weights }
    }

    /// How many rows the batch has.
    pub fn rows(&self) -> usize {
        self.x.nrows()
    }

    /// The name of the loss.
    pub fn loss(&self) -> &str {
        self.loss.name()
    }

    /// The network.
    pub fn network(&self) -> Result<Network<f64>, HomeworkError> {
        let layers = self.layers.iter().map(|layer| -> Arc<dyn Layer<f64>> {
            let (inputs, outputs) = layer.w.dim();
            Arc::new(Dense::with_activation(inputs, outputs, layer.activation.clone()))
        });
        let mut network = Network::new(Sequential::new(layers.collect())?, 0);
        let theta: Vec<f64> =
            self.layers.iter().flat_map(|layer| layer.w.iter().chain(&layer.b).copied()).collect();
        network.set(&theta, &[])?;
        Ok(network)
    }

    /// The right gradients: those of the network's own backward pass.
    pub(super) fn gradients(&self) -> Result<Gradients, HomeworkError> {
        let mut network = self.network()?;
        let mut workspace = network.workspace(self.rows());
        network.forward(self.x.view(), &mut workspace);
        network.backward(&*self.loss, self.targets(), &mut workspace);
        let mut rest = workspace.gradient();
        if rest.iter().any(|v| !v.is_finite()) {
            return Err(HomeworkError::TooLarge);
        }
        let gradients = self.layers.iter().map(|layer| {
            let (dw, tail) = rest.split_at(layer.w.len());
            let (db, tail) = tail.split_at(layer.b.len());
            rest = tail;
            let dw = Array2::from_shape_vec(layer.w.dim(), dw.to_vec()).expect("as many as w has");
            (dw, Array1::from(db.to_vec()))
        });
        Ok(gradients.collect())
    }
}
