use super::Formula;
use crate::layer::Role;
use ndarray::Array2;

/// Numbers with a letter and a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The letter, such as `W`, `z` or `dz`; `dv` is ∂L/∂v.
    pub symbol: String,
    /// The shape: empty for a single number, else the length, or rows and columns.
    pub shape: Vec<usize>,
    /// The numbers, row by row.
    pub values: Vec<f64>,
    /// Of a gradient: the central difference quotient of the loss for each entry, where it was asked for.
    pub numerical: Option<Vec<f64>>,
    /// How they were computed.
    pub formula: Formula,
}

impl Quantity {
    pub(super) fn new(
        symbol: &str,
        shape: impl Into<Vec<usize>>,
        values: impl Into<Vec<f64>>,
        formula: Formula,
    ) -> Self {
        let (shape, values) = (shape.into(), values.into());
        debug_assert_eq!(shape.iter().product::<usize>(), values.len(), "{symbol} {shape:?}");
        Self { symbol: symbol.to_owned(), shape, values, numerical: None, formula }
    }

    /// The same of an array of rows.
    pub(super) fn matrix(symbol: &str, array: &Array2<f64>, formula: Formula) -> Self {
        let shape = [array.nrows(), array.ncols()];
        Self::new(symbol, shape, array.iter().copied().collect::<Vec<f64>>(), formula)
    }

    pub(super) fn beside(mut self, numerical: Option<Vec<f64>>) -> Self {
        self.numerical = numerical;
        self
    }

    /// Rows and columns: a vector is one row.
    pub fn rows_and_columns(&self) -> (usize, usize) {
        match self.shape[..] {
            [] => (1, 1),
            [columns] => (1, columns),
            [rows, ref rest @ ..] => (rows, rest.iter().product()),
        }
    }

    /// The entry in this row and column, counted from 0.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.rows_and_columns().1 + column]
    }

    /// The largest distance |value − difference quotient|, where there are quotients.
    pub fn deviation(&self) -> Option<f64> {
        let numerical = self.numerical.as_ref()?;
        let distances = self.values.iter().zip(numerical).map(|(v, n)| (v - n).abs());
        // NaN stays NaN.
        distances.reduce(|a, b| if a >= b || a.is_nan() { a } else { b })
    }
}

/// What happened in one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerTrace {
    /// Its name in the network, such as `dense_1` or `residual_1.dense_2`.
    pub name: String,
    /// Its kind, such as `dense`.
    pub kind: String,
    /// Its settings, such as `relu, he_normal`.
    pub settings: String,
    /// The name of σ, of a dense layer.
    pub activation: Option<String>,
    /// The columns of x.
    pub inputs: usize,
    /// The columns of y.
    pub outputs: usize,
    /// Inside of how many layers it lies: 0 in the network's own chain.
    pub depth: usize,
    /// The way there: x, what the layer remembers, and y; of a dense layer x, z, a and σ′(z).
    pub forward: Vec<Quantity>,
    /// The way back: dy, what the layer remembers, and dx; of a dense layer da, dz and dx.
    pub backward: Vec<Quantity>,
    /// Its parameters with their gradients and their step. Those of a layer inside stand there.
    pub parameters: Vec<ParameterTrace>,
}

impl LayerTrace {
    /// The quantity of this letter on the way there or back.
    pub fn get(&self, symbol: &str) -> Option<&Quantity> {
        self.forward.iter().chain(&self.backward).find(|quantity| quantity.symbol == symbol)
    }

    /// The block of parameters of this letter.
    pub fn parameter(&self, symbol: &str) -> Option<&ParameterTrace> {
        self.parameters.iter().find(|parameter| parameter.value.symbol == symbol)
    }
}

/// What happened to one block of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterTrace {
    /// Its name in the network, such as `dense_1.w`.
    pub name: String,
    /// What it does in the layer.
    pub role: Role,
    /// θ before the step.
    pub value: Quantity,
    /// g = ∂L/∂θ.
    pub gradient: Quantity,
    /// What the optimizer remembers after the gradient was seen, such as m and v.
    pub moments: Vec<Quantity>,
    /// The same, corrected for the start at zero, such as m̂ and v̂.
    pub corrected: Vec<Quantity>,
    /// θ′ − θ.
    pub change: Quantity,
    /// θ′, after the step.
    pub after: Quantity,
}

/// The loss of the batch.
#[derive(Clone, Debug, PartialEq)]
pub struct LossTrace {
    /// L: the weighted mean of the samples' losses.
    pub value: f64,
    /// ℓ of each sample.
    pub samples: Quantity,
    /// What L divides by: the sum of the weights.
    pub divisor: f64,
    /// The probabilities, where the loss makes them of the outputs.
    pub probabilities: Option<Quantity>,
    /// ∂L/∂y.
    pub gradient: Quantity,
}

/// One step: a batch forward, its loss, backward, and the new parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct StepTrace {
    /// The number of the step, from 1.
    pub number: u64,
    /// The inputs [rows × inputs].
    pub x: Quantity,
    /// The targets [rows × columns].
    pub targets: Quantity,
    /// The weights of the samples, if they have any.
    pub weights: Option<Quantity>,
    /// The layers in the order of the way there; a layer made of layers stands before those inside it.
    pub layers: Vec<LayerTrace>,
    /// The outputs of the network.
    pub y: Quantity,
    /// The loss.
    pub loss: LossTrace,
}

impl StepTrace {
    /// All gradients of the step with the names of their layers or parameters.
    pub fn gradients(&self) -> impl Iterator<Item = (&str, &Quantity)> {
        let of_layers = self.layers.iter().flat_map(|layer| {
            let back = layer.backward.iter().map(|quantity| (layer.name.as_str(), quantity));
            back.chain(layer.parameters.iter().map(|one| (one.name.as_str(), &one.gradient)))
        });
        std::iter::once(("loss", &self.loss.gradient)).chain(of_layers)
    }

    /// The gradient that is furthest from its difference quotients: the name, the letter and the distance.
    pub fn worst_deviation(&self) -> Option<(String, f64)> {
        let all = self.gradients().filter_map(|(name, quantity)| {
            Some((format!("{} of {name}", quantity.symbol), quantity.deviation()?))
        });
        all.reduce(|a, b| if a.1 >= b.1 || a.1.is_nan() { a } else { b })
    }
}
