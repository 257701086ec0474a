use super::Exercise;
use crate::Language;

/// Something that goes wrong in a back-propagation. Layers are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// None at all.
    None,
    /// dy · 1 in place of dy · σ′(z).
    DerivativeMissing {
        /// The layer.
        layer: usize,
    },
    /// The formula of σ′ in terms of the output, such as a(1 − a), with z in place of a.
    DerivativeAtInput {
        /// The layer.
        layer: usize,
    },
    /// σ′(a) in place of σ′(z).
    DerivativeAtOutput {
        /// The layer.
        layer: usize,
    },
    /// σ′ at the z of the layer before.
    DerivativeOfNeighbour {
        /// The layer.
        layer: usize,
    },
    /// dW = aᵀδ with the layer's own output in place of its input.
    OwnOutput {
        /// The layer.
        layer: usize,
    },
    /// dW as a matrix of [outputs × inputs].
    Transposed {
        /// The layer.
        layer: usize,
    },
    /// dx = δW in place of δWᵀ.
    WeightsNotTransposed {
        /// The layer.
        layer: usize,
    },
    /// dx with the weights of the layer before.
    WeightsOfNeighbour {
        /// The layer.
        layer: usize,
    },
    /// The gradients of this layer and of the next one in each other's place.
    Exchanged {
        /// The first of the two.
        layer: usize,
    },
    /// z = xW, without b.
    BiasLeftOut,
    /// db = 0.
    BiasGradientZero,
    /// db = δ of the first row.
    BiasGradientOfOneRow,
    /// db divided by the rows once more than dW.
    BiasGradientAveraged,
    /// y − t with y that are no probabilities yet.
    OutputsAsProbabilities,
    /// The gradient of the squared error where the loss is the cross-entropy.
    SquaredErrorOfProbabilities,
}

/// What all gradients are multiplied by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Factor {
    /// The samples were summed, not averaged.
    Summed,
    /// The division by the samples was done twice.
    AveragedTwice,
    /// The outputs of a sample were summed, not averaged.
    OutputsSummed,
    /// The 2 of the derivative of a square was lost.
    TwoLost,
    /// A 2 too much.
    TwoTooMuch,
    /// The sign: y − t and t − y exchanged.
    Sign,
}

impl Slip {
    /// All slips that can be made in an exercise, the simplest first. (A transposed matrix is seen by comparing.)
    pub(super) fn all(exercise: &Exercise) -> Vec<Self> {
        type Of = fn(usize) -> Slip;
        const OF_LAYERS: [Of; 8] = [
            |layer| Slip::DerivativeMissing { layer },
            |layer| Slip::DerivativeAtInput { layer },
            |layer| Slip::DerivativeAtOutput { layer },
            |layer| Slip::WeightsNotTransposed { layer },
            |layer| Slip::OwnOutput { layer },
            |layer| Slip::DerivativeOfNeighbour { layer },
            |layer| Slip::WeightsOfNeighbour { layer },
            |layer| Slip::Exchanged { layer },
        ];
        let whole = [
            Slip::None,
            Slip::BiasLeftOut,
            Slip::BiasGradientZero,
            Slip::BiasGradientOfOneRow,
            Slip::BiasGradientAveraged,
            Slip::OutputsAsProbabilities,
            Slip::SquaredErrorOfProbabilities,
        ];
        let layers = exercise.layers.len();
        let of_layers = OF_LAYERS.iter().flat_map(|of| (0..layers).map(of));
        whole.into_iter().chain(of_layers).collect()
    }

    /// It as a sentence.
    pub fn told(self, exercise: &Exercise, language: Language) -> String {
        let layer = |layer: usize| exercise.layers[layer].name.as_str();
        let sigma = |layer: usize| exercise.layers[layer].activation.name().to_owned();
        match language {
            Language::En => match self {
                Self::None => "nothing".to_owned(),
                Self::DerivativeMissing { layer: l } => format!(
                    "in {} the derivative of the activation is missing: δ = dy ⊙ σ′(z), not dy alone",
                    layer(l)
                ),
                Self::DerivativeAtInput { layer: l } => format!(
                    "in {} the derivative of {} is taken at the input in place of the output: its formula in a, such as \
                     a(1 − a) or 1 − a², with z put in",
                    layer(l),
                    sigma(l)
                ),
                Self::DerivativeAtOutput { layer: l } => format!(
                    "in {} the derivative of {} is taken at a in place of z: σ′(a), not σ′(z)",
                    layer(l),
                    sigma(l)
                ),
                Self::DerivativeOfNeighbour { layer: l } => format!(
                    "in {} the derivative is taken at the z of the layer before: off by one layer",
                    layer(l)
                ),
                Self::OwnOutput { layer: l } => format!(
                    "in {} dW is made with the layer's own output: dW = xᵀδ with its input x, off by one layer",
                    layer(l)
                ),
                Self::Transposed { layer: l } => format!(
                    "dW of {} is transposed: dW = xᵀδ has a row for each input and a column for each output, as W has",
                    layer(l)
                ),
                Self::WeightsNotTransposed { layer: l } => format!(
                    "on the way back through {} the weights are not transposed: dx = δWᵀ, not δW",
                    layer(l)
                ),
                Self::WeightsOfNeighbour { layer: l } => format!(
                    "on the way back through {} the weights of the layer before are taken: off by one layer",
                    layer(l)
                ),
                Self::Exchanged { layer: l } => format!(
                    "the gradients of {} and {} stand in each other's place: off by one layer",
                    layer(l),
                    layer(l + 1)
                ),
                Self::BiasLeftOut => "the biases are left out on the way there: z = xW + b".to_owned(),
                Self::BiasGradientZero => "the biases have no gradient: db = Σ δ over the rows".to_owned(),
                Self::BiasGradientOfOneRow => {
                    "db is δ of the first row alone: db = Σ δ over the rows".to_owned()
                }
                Self::BiasGradientAveraged => {
                    "db is divided by the number of rows once more: δ has the mean in it, so db is its sum".to_owned()
                }
                Self::OutputsAsProbabilities => {
                    "y − t is taken of the outputs themselves: the loss makes probabilities p of them, and dy = (p − t)/n"
                        .to_owned()
                }
                Self::SquaredErrorOfProbabilities => {
                    "the gradient is that of a squared error of the probabilities: of the cross-entropy it is dy = (p − t)/n"
                        .to_owned()
                }
            },
            Language::Zh => match self {
                Self::None => "没有差错".to_owned(),
                Self::DerivativeMissing { layer: l } => format!(
                    "{} 漏乘了激活函数的导数：δ = dy ⊙ σ′(z)，而不是 dy 本身",
                    layer(l)
                ),
                Self::DerivativeAtInput { layer: l } => format!(
                    "{} 中 {} 的导数取在了输入处：用输出 a 表示的公式（如 a(1 − a) 或 1 − a²）误代入了 z",
                    layer(l),
                    sigma(l)
                ),
                Self::DerivativeAtOutput { layer: l } => {
                    format!("{} 中 {} 的导数取在了 a 处：应为 σ′(z)，而不是 σ′(a)", layer(l), sigma(l))
                }
                Self::DerivativeOfNeighbour { layer: l } => {
                    format!("{} 的导数用了前一层的 z：错开了一层", layer(l))
                }
                Self::OwnOutput { layer: l } => {
                    format!("{} 的 dW 用了本层的输出：dW = xᵀδ 中的 x 是本层的输入，错开了一层", layer(l))
                }
                Self::Transposed { layer: l } => {
                    format!("{} 的 dW 转置了：dW = xᵀδ 与 W 同形，行对应输入，列对应输出", layer(l))
                }
                Self::WeightsNotTransposed { layer: l } => {
                    format!("反向经过 {} 时权重没有转置：dx = δWᵀ，而不是 δW", layer(l))
                }
                Self::WeightsOfNeighbour { layer: l } => {
                    format!("反向经过 {} 时用了前一层的权重：错开了一层", layer(l))
                }
                Self::Exchanged { layer: l } => {
                    format!("{} 与 {} 的梯度互换了位置：错开了一层", layer(l), layer(l + 1))
                }
                Self::BiasLeftOut => "前向传播漏掉了偏置：z = xW + b".to_owned(),
                Self::BiasGradientZero => "偏置的梯度漏算了（成了零）：应为 db = Σ δ（对各行求和）".to_owned(),
                Self::BiasGradientOfOneRow => "db 只取了第一行的 δ：应对各行求和".to_owned(),
                Self::BiasGradientAveraged => {
                    "db 多除以了一次样本数：δ 中已含平均，db 是 δ 对各行之和".to_owned()
                }
                Self::OutputsAsProbabilities => {
                    "y − t 直接用了网络的输出：损失先把输出变为概率 p，dy = (p − t)/n".to_owned()
                }
                Self::SquaredErrorOfProbabilities => {
                    "用了概率的平方误差的梯度：交叉熵的梯度是 dy = (p − t)/n".to_owned()
                }
            },
        }
    }
}

impl Factor {
    /// All of them with their numbers, where they are not 1.
    pub(super) fn all(exercise: &Exercise) -> Vec<(Self, f64)> {
        let samples = exercise.loss.divisor(exercise.targets());
        let outputs = exercise.targets.ncols() as f64;
        let all = [
            (Self::Summed, samples),
            (Self::AveragedTwice, 1.0 / samples),
            (Self::OutputsSummed, outputs),
            (Self::TwoLost, 0.5),
            (Self::TwoTooMuch, 2.0),
            (Self::Sign, -1.0),
        ];
        all.into_iter().filter(|(_, factor)| *factor != 1.0).collect()
    }

    /// It as a sentence.
    pub fn told(self, language: Language) -> &'static str {
        match self {
            Self::Summed => language.say(
                "the gradients are summed over the samples, not averaged: the loss is a mean, so divide by their number",
                "梯度对样本求了和而没有取平均：损失是平均值，应除以样本数",
            ),
            Self::AveragedTwice => language.say(
                "the division by the number of samples is done twice",
                "重复除以了样本数（除了两次）",
            ),
            Self::OutputsSummed => language.say(
                "the outputs of a sample are summed, not averaged: its loss is the mean over them",
                "对每个样本各个输出上的损失求了和而没有取平均：样本的损失是它们的平均",
            ),
            Self::TwoLost => language.say(
                "a factor 2 is lost: (y − t)² has the derivative 2(y − t)",
                "丢了因子 2：(y − t)² 的导数是 2(y − t)",
            ),
            Self::TwoTooMuch => language.say("a factor 2 is too much", "多了因子 2"),
            Self::Sign => language.say(
                "the sign is wrong: y − t, not t − y",
                "符号反了：应为 y − t，而不是 t − y",
            ),
        }
    }
}
