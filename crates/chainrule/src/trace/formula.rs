/// Where a quantity comes from: the formula that it was computed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Formula {
    /// It was there before: inputs, targets, weights, parameters.
    Given,
    /// It is the output of the layer before.
    Output,
    /// z = xW + b
    Affine,
    /// a = σ(z)
    Activation,
    /// σ′(z)
    Slope,
    /// x̂ = (x − mean) / √(variance + ε)
    Normalised,
    /// 1 / √(variance + ε)
    InverseDeviation,
    /// What dropout multiplies by: 0, or 1/(1 − p).
    Factor,
    /// y = f(x; θ) of a layer without letters of its own
    Layer,
    /// ŷ as probabilities: softmax or the sigmoid of the outputs
    Probability,
    /// ℓ(y, t) of each sample
    SampleLoss,
    /// L = Σ wᵢ ℓᵢ / Σ wᵢ
    MeanLoss,
    /// ∂L/∂y at the output of the network
    LossGradient,
    /// dy is the dx of the layer after
    PassedBack,
    /// δ = dz = da ⊙ σ′(z)
    Delta,
    /// dW = xᵀδ
    WeightGradient,
    /// db = Σ δ over the rows
    BiasGradient,
    /// dx = δWᵀ
    InputGradient,
    /// dx or dθ of a layer without letters of its own
    LayerGradient,
    /// What the optimizer remembers, such as m ← β₁m + (1 − β₁)g.
    Moment,
    /// A moment corrected for its start at zero, such as m̂ = m / (1 − β₁ᵗ).
    Corrected,
    /// Δθ = θ′ − θ
    Change,
    /// θ′, after the step
    Step,
}

impl Formula {
    /// Its name in files: lower case with underscores, the same for ever.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Output => "output",
            Self::Affine => "affine",
            Self::Activation => "activation",
            Self::Slope => "slope",
            Self::Normalised => "normalised",
            Self::InverseDeviation => "inverse_deviation",
            Self::Factor => "factor",
            Self::Layer => "layer",
            Self::Probability => "probability",
            Self::SampleLoss => "sample_loss",
            Self::MeanLoss => "mean_loss",
            Self::LossGradient => "loss_gradient",
            Self::PassedBack => "passed_back",
            Self::Delta => "delta",
            Self::WeightGradient => "weight_gradient",
            Self::BiasGradient => "bias_gradient",
            Self::InputGradient => "input_gradient",
            Self::LayerGradient => "layer_gradient",
            Self::Moment => "moment",
            Self::Corrected => "corrected",
            Self::Change => "change",
            Self::Step => "step",
        }
    }
}
