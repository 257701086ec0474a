use super::Network;
use crate::{
    Real,
    activation::Activation,
    error::Error,
    initialization::{Bias, Weights},
    layer::{
        BatchNorm, Category, Combine, Dense, Dropout, Embedding, Layer, LayerNorm, Parallel, Prelu,
        Residual, Sequential,
    },
};
use std::sync::Arc;

/// Lays layers one after another. What is wrong with one of them is told by [`Builder::build`].
///
/// ```
/// use chainrule::{Network, activation::{Gelu, Identity}};
///
/// let network = Network::<f64>::builder(8)
///     .dense(64, Gelu)
///     .residual(|inner| inner.layer_norm().dense(64, Gelu).dropout(0.1).dense(64, Identity))
///     .dense(1, Identity)
///     .build(7)?;
/// println!("{}", network.summary());
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder<T> {
    width: usize,
    layers: Vec<Arc<dyn Layer<T>>>,
    error: Option<Error>,
}

impl<T: Real> Builder<T> {
    pub(super) fn new(inputs: usize) -> Self {
        Self { width: inputs, layers: Vec::new(), error: None }
    }

    /// y = σ(xw + b) with this many outputs, started as suits the activation.
    pub fn dense(self, outputs: usize, activation: impl Activation<T> + 'static) -> Self {
        let layer = Dense::new(self.width, outputs, activation);
        self.layer(layer)
    }

    /// The same with a choice of the initial weights and biases.
    pub fn dense_from(
        self,
        outputs: usize,
        activation: impl Activation<T> + 'static,
        weights: Weights,
        bias: Bias,
    ) -> Self {
        let layer = Dense::new(self.width, outputs, activation).weights(weights).bias(bias);
        self.layer(layer)
    }

    /// Leaves out each number with this probability, in training only.
    pub fn dropout(self, rate: f64) -> Self {
        let layer = Dropout::new(self.width, rate);
        self.try_layer(layer)
    }

    /// The last columns are codes of these categories: each becomes the numbers learnt for its level. The columns
    /// before them go through as they are.
    ///
    /// ```
    /// use chainrule::{Network, activation::{Identity, Relu}, layer::Category};
    ///
    /// // Two numbers and a code from 0 to 6, which becomes 3 numbers.
    /// let builder = Network::<f32>::builder(3).embedding([Category { levels: 7, width: 3 }]);
    /// let network = builder.dense(16, Relu).dense(1, Identity).build(7)?;
    /// assert_eq!(network.blocks()[0].name, "embedding_1.w_1");
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    pub fn embedding(self, categories: impl Into<Vec<Category>>) -> Self {
        let categories = categories.into();
        let layer = match self.width.checked_sub(categories.len()) {
            Some(numbers) => Embedding::new(numbers, categories),
            None => Err(Error::Shape {
                what: "columns before the embedding, one for each category at least".to_owned(),
                expected: categories.len(),
                found: self.width,
            }),
        };
        self.try_layer(layer)
    }

    /// Normalises each row.
    pub fn layer_norm(self) -> Self {
        let layer = LayerNorm::new(self.width);
        self.layer(layer)
    }

    /// Normalises each feature over the batch.
    pub fn batch_norm(self) -> Self {
        let layer = BatchNorm::new(self.width);
        self.layer(layer)
    }

    /// A ReLU with a learned slope for negative numbers.
    pub fn prelu(self) -> Self {
        let layer = Prelu::new(self.width);
        self.layer(layer)
    }

    /// y = x + f(x), where f are the layers that `inner` lays.
    pub fn residual(self, inner: impl FnOnce(Self) -> Self) -> Self {
        let layer = inner(Self::new(self.width)).chain();
        self.try_layer(layer.and_then(|inner| Residual::new(Arc::new(inner))))
    }

    /// Two branches that read the same numbers, put side by side or added up.
    pub fn parallel(
        self,
        combine: Combine,
        left: impl FnOnce(Self) -> Self,
        right: impl FnOnce(Self) -> Self,
    ) -> Self {
        let branches = left(Self::new(self.width))
            .chain()
            .and_then(|l| Ok((l, right(Self::new(self.width)).chain()?)));
        self.try_layer(branches.and_then(|(left, right)| {
            Parallel::new(vec![Arc::new(left), Arc::new(right)], combine)
        }))
    }

    /// Any layer, also one of your own.
    pub fn layer(mut self, layer: impl Layer<T> + 'static) -> Self {
        self.width = layer.outputs();
        self.layers.push(Arc::new(layer));
        self
    }

    fn try_layer(mut self, layer: Result<impl Layer<T> + 'static, Error>) -> Self {
        match layer {
            Ok(layer) => self.layer(layer),
            Err(error) => {
                self.error.get_or_insert(error);
                self
            }
        }
    }

    fn chain(self) -> Result<Sequential<T>, Error> {
        match self.error {
            Some(error) => Err(error),
            None => Sequential::new(self.layers),
        }
    }

    /// The network, its parameters drawn with this seed, or the first thing that is wrong with it.
    pub fn build(self, seed: u64) -> Result<Network<T>, Error> {
        Ok(Network::new(self.chain()?, seed))
    }
}
