//! Every number of a step: forward, loss, backward, optimizer, in double precision and in the letters of the textbook.
//!
//! ```text
//! x ─► z = xW + b ─► a = σ(z) ─► … ─► y ─► L              the way there
//! dx = δWᵀ ◄─ δ = da ⊙ σ′(z) ◄─ da ◄─ … ◄─ dy = ∂L/∂y     the way back
//!             dW = xᵀδ, db = Σδ  ─►  θ′                    the step
//! ```
//!
//! The numbers are those that the layers, the loss and the optimizer compute themselves; nothing is computed a second
//! time by other formulas. A recorder around each layer writes down what goes through it, in any network: also in the
//! layers inside of [`Residual`](crate::layer::Residual) and [`Parallel`](crate::layer::Parallel), and in layers of
//! your own.
//!
//! Beside each gradient stands its central difference quotient,
//!
//! > ∂L/∂v ≈ (L(v + h) − L(v − h)) / 2h with h = 10⁻⁵ · max(1, |v|),
//!
//! where v is moved right where it is used: a parameter, an entry of x or y of one layer, or of z inside of it. Dropout
//! draws the same numbers each time.
//!
//! ```
//! use chainrule::{Network, activation::*, loss::MeanSquaredError, optimizer::Adam, trace::Tracing};
//! use ndarray::array;
//! use std::sync::Arc;
//!
//! let network = Network::builder(2).dense(3, Sigmoid).dense(1, Identity).build(1)?;
//! let tracing = Tracing { steps: 2, ..Tracing::new(Arc::new(MeanSquaredError), Arc::new(Adam::default())) };
//! let x = array![[0.5, -1.0], [1.0, 0.25]];
//! let t = array![[1.0], [0.0]];
//! let trace = tracing.run(&network, x.view(), t.view().into())?;
//!
//! let first = &trace.steps[0].layers[0];
//! let dw = &first.parameter("W").unwrap().gradient;
//! assert_eq!((first.name.as_str(), &dw.shape[..]), ("dense_1", &[2, 3][..]));
//! assert!(dw.deviation().unwrap() < 1e-8);
//! assert!(trace.steps[1].loss.value < trace.steps[0].loss.value);
//! # Ok::<(), chainrule::Error>(())
//! ```

mod difference;
mod formula;
mod quantity;
mod recorder;
mod wrapping;

pub use formula::Formula;
pub use quantity::{LayerTrace, LossTrace, ParameterTrace, Quantity, StepTrace};

use crate::{
    Error, Network,
    activation::{Activation, Sigmoid},
    error::{expect, setting},
    layer::Layer,
    loss::{self, Loss, Targets},
    optimizer::{Descent, Letter, Optimizer, Step},
    random::{Purpose, Random},
};
use difference::Differences;
use ndarray::{Array1, Array2, ArrayView2};
use std::sync::Arc;
use wrapping::RecordedNetwork;

/// How a network is traced.
#[derive(Clone, Debug)]
pub struct Tracing {
    /// The loss that is minimised.
    pub loss: Arc<dyn Loss<f64>>,
    /// The rule of the steps.
    pub optimizer: Arc<dyn Optimizer<f64>>,
    /// α.
    pub learning_rate: f64,
    /// How many steps, each with the whole batch.
    pub steps: usize,
    /// Whether each gradient stands beside its difference quotients, which take two passes for each number.
    pub differences: bool,
    /// Whether layers compute what they predict, and not what they do in training: dropout is off, and batch
    /// normalisation uses its running statistics.
    pub predicts: bool,
    /// Of the numbers that dropout draws.
    pub seed: u64,
}

/// Some steps of a network with all their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The columns of the inputs.
    pub inputs: usize,
    /// The columns of the outputs.
    pub outputs: usize,
    /// The name of the loss.
    pub loss: String,
    /// The name of the optimizer.
    pub optimizer: String,
    /// α.
    pub learning_rate: f64,
    /// The optimizer's constants, such as β₁.
    pub constants: Vec<(&'static str, f64)>,
    /// See [`Tracing::predicts`].
    pub predicts: bool,
    /// Whether some layer computes something else in training than in prediction.
    pub has_training_layers: bool,
    /// The steps: at least one.
    pub steps: Vec<StepTrace>,
}

impl Tracing {
    /// One step of the length 0.01 with difference quotients.
    pub fn new(loss: Arc<dyn Loss<f64>>, optimizer: Arc<dyn Optimizer<f64>>) -> Self {
        Self {
            loss,
            optimizer,
            learning_rate: 0.01,
            steps: 1,
            differences: true,
            predicts: false,
            seed: 0,
        }
    }

    /// Traces steps that start at this network, which stays as it is. `x` is [rows × inputs].
    ///
    /// A loss that is no finite number is an error.
    pub fn run(
        &self,
        network: &Network<f64>,
        x: ArrayView2<f64>,
        targets: Targets<f64>,
    ) -> Result<Trace, Error> {
        let batch = Batch::new(x, targets);
        self.check(network, &batch)?;
        let mut recorded = RecordedNetwork::new(network, self.predicts)?;
        let mut descent = Descent::with_decay_on(
            self.optimizer.clone(),
            network.parameters().len(),
            network.weight_ranges(),
        );
        let mut random = Random::new(self.seed, Purpose::Dropout { shard: 0 });
        let mut steps = Vec::with_capacity(self.steps);
        for number in 1..=self.steps as u64 {
            let mut before = Differences::new(&recorded, random.clone(), &*self.loss, &batch);
            let value = recorded.pass(&mut random, &*self.loss, &batch);
            if !value.is_finite() {
                return Err(Error::Diverged { epoch: number as usize - 1, batch: 0 });
            }
            let differences = self.differences.then_some(&mut before);
            let (layers, y, dy) = recorded.written(differences);
            let loss = self.loss_of(&batch, value, &y, dy);
            let mut step = StepTrace {
                number,
                x: Quantity::matrix("x", &batch.x, Formula::Given),
                targets: Quantity::matrix("t", &batch.targets, Formula::Given),
                weights: batch.weights.as_ref().map(|weights| {
                    Quantity::new("w", [weights.len()], weights.to_vec(), Formula::Given)
                }),
                layers,
                y,
                loss,
            };
            self.descend(&mut descent, &mut recorded.network, &mut step);
            steps.push(step);
        }
        Ok(Trace {
            inputs: network.inputs(),
            outputs: network.outputs(),
            loss: self.loss.name().to_owned(),
            optimizer: self.optimizer.name().to_owned(),
            learning_rate: self.learning_rate,
            constants: self.optimizer.constants(),
            predicts: self.predicts,
            has_training_layers: !network.layer().predicts_as_it_trains(),
            steps,
        })
    }

    fn check(&self, network: &Network<f64>, batch: &Batch) -> Result<(), Error> {
        let (rows, columns) = batch.x.dim();
        if rows == 0 {
            return Err(Error::NoSamples { what: "the batch" });
        }
        let rate = self.learning_rate;
        setting("the learning rate", rate, rate > 0.0 && rate.is_finite(), "above 0")?;
        setting("the number of steps", self.steps as f64, self.steps > 0, "at least 1")?;
        expect("columns of the inputs", network.inputs(), columns)?;
        expect("rows of the targets", rows, batch.targets.nrows())?;
        if let Some(weights) = &batch.weights {
            expect("sample weights", rows, weights.len())?;
        }
        for (what, array) in [("the inputs", &batch.x), ("the targets", &batch.targets)] {
            if let Some(((row, column), &value)) =
                array.indexed_iter().find(|(_, v)| !v.is_finite())
            {
                return Err(Error::NotFinite { what, row, column, value });
            }
        }
        loss::check(&*self.loss, network.outputs(), batch.targets())
    }

    fn loss_of(&self, batch: &Batch, value: f64, y: &Quantity, gradient: Quantity) -> LossTrace {
        let rows = y.values.chunks_exact(y.shape[1]).zip(batch.targets.outer_iter());
        let samples: Vec<f64> = rows.map(|(y, t)| self.loss.value(y, &t.to_vec())).collect();
        LossTrace {
            value,
            samples: Quantity::new("ℓ", [samples.len()], samples, Formula::SampleLoss),
            divisor: self.loss.divisor(batch.targets()),
            probabilities: self.probabilities(y),
            gradient,
        }
    }

    /// What the loss makes of the outputs on its way.
    fn probabilities(&self, y: &Quantity) -> Option<Quantity> {
        let p: Vec<f64> = match self.loss.name() {
            "cross_entropy" => y.values.chunks_exact(y.shape[1]).flat_map(loss::softmax).collect(),
            "binary_cross_entropy" => y.values.iter().map(|&y| Sigmoid.value(y)).collect(),
            _ => return None,
        };
        Some(Quantity::new("p", y.shape.clone(), p, Formula::Probability))
    }

    /// Takes the step and writes down what it did to each block of parameters.
    fn descend(
        &self,
        descent: &mut Descent<f64, Arc<dyn Optimizer<f64>>>,
        network: &mut Network<f64>,
        step: &mut StepTrace,
    ) {
        let blocks = step.layers.iter().flat_map(|layer| &layer.parameters);
        let gradient: Vec<f64> =
            blocks.flat_map(|block| block.gradient.values.iter().copied()).collect();
        descent.step(self.learning_rate, network.parameters_mut(), &gradient);
        let number = Step { number: step.number, learning_rate: self.learning_rate };
        let letters = self.optimizer.letters(number);
        let moments = &descent.moments().vectors;
        let letter = |i: usize| letters.get(i).copied().unwrap_or(Letter::plain("moment"));
        let mut start = 0;
        for parameter in step.layers.iter_mut().flat_map(|layer| &mut layer.parameters) {
            let shape = &parameter.value.shape;
            let range = start..start + parameter.value.values.len();
            start = range.end;
            for (i, vector) in moments.iter().enumerate() {
                let Letter { name, divisor } = letter(i);
                let moment = &vector[range.clone()];
                let new = Quantity::new(name, shape.clone(), moment, Formula::Moment);
                parameter.moments.push(new);
                if let Some(divisor) = divisor {
                    let moment: Vec<f64> = moment.iter().map(|v| v / divisor).collect();
                    let name = format!("{name}_hat");
                    let new = Quantity::new(&name, shape.clone(), moment, Formula::Corrected);
                    parameter.corrected.push(new);
                }
            }
            let after = &network.parameters()[range.clone()];
            let change = after.iter().zip(&parameter.value.values).map(|(new, old)| new - old);
            let change: Vec<f64> = change.collect();
            parameter.change = Quantity::new("Δ", shape.clone(), change, Formula::Change);
            parameter.after = Quantity::new("θ", shape.clone(), after, Formula::Step);
        }
    }
}

/// The rows of a step, in standard layout.
#[derive(Clone, Debug)]
struct Batch {
    x: Array2<f64>,
    targets: Array2<f64>,
    weights: Option<Array1<f64>>,
}

impl Batch {
    fn new(x: ArrayView2<f64>, targets: Targets<f64>) -> Self {
        Self {
            x: x.as_standard_layout().into_owned(),
            targets: targets.values.as_standard_layout().into_owned(),
            weights: targets.weights.map(|weights| weights.to_owned()),
        }
    }

    fn targets(&self) -> Targets<'_, f64> {
        Targets {
            values: self.targets.view(),
            weights: self.weights.as_ref().map(|weights| weights.view()),
        }
    }
}
