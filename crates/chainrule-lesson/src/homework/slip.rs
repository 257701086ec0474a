use super::Exercise;
use crate::Language;

/// Where a slip is made. Layers are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layers {
    /// In this one.
    One(usize),
    /// In each: one function for all layers.
    All,
}

impl Layers {
    /// Whether this layer is one of them.
    pub(super) fn has(self, layer: usize) -> bool {
        self == Self::All || self == Self::One(layer)
    }
}

/// Something that goes wrong in a back-propagation. Layers are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// None at all.
    None,
    /// dy · 1 in place of dy · σ′(z).
    DerivativeMissing {
        /// Where.
        layers: Layers,
    },
    /// The formula of σ′ in terms of the output, such as a(1 − a), with z in place of a.
    DerivativeAtInput {
        /// Where.
        layers: Layers,
    },
    /// σ′(a) in place of σ′(z).
    DerivativeAtOutput {
        /// Where.
        layers: Layers,
    },
    /// a(1 − a), the derivative of the sigmoid, where the activation is another one.
    DerivativeOfSigmoid {
        /// Where.
        layers: Layers,
    },
    /// 1 − a², the derivative of tanh, where the activation is another one.
    DerivativeOfTanh {
        /// Where.
        layers: Layers,
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
        /// Where.
        layers: Layers,
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
    BiasGradientZero {
        /// Where.
        layers: Layers,
    },
    /// db = δ of the first row.
    BiasGradientOfOneRow {
        /// Where.
        layers: Layers,
    },
    /// db divided by the rows once more than dW.
    BiasGradientAveraged {
        /// Where.
        layers: Layers,
    },
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
        type At = fn(Layers) -> Slip;
        type Of = fn(usize) -> Slip;
        const AT: [At; 9] = [
            |layers| Slip::BiasGradientZero { layers },
            |layers| Slip::BiasGradientOfOneRow { layers },
            |layers| Slip::BiasGradientAveraged { layers },
            |layers| Slip::DerivativeMissing { layers },
            |layers| Slip::DerivativeAtInput { layers },
            |layers| Slip::DerivativeAtOutput { layers },
            |layers| Slip::DerivativeOfSigmoid { layers },
            |layers| Slip::DerivativeOfTanh { layers },
            |layers| Slip::WeightsNotTransposed { layers },
        ];
        const OF: [Of; 4] = [
            |layer| Slip::OwnOutput { layer },
            |layer| Slip::DerivativeOfNeighbour { layer },
            |layer| Slip::WeightsOfNeighbour { layer },
            |layer| Slip::Exchanged { layer },
        ];
        let whole = [
            Slip::None,
            Slip::BiasLeftOut,
            Slip::OutputsAsProbabilities,
            Slip::SquaredErrorOfProbabilities,
        ];
        let layers = exercise.layers.len();
        let places = || (0..layers).map(Layers::One).chain([Layers::All]);
        let at = AT.iter().flat_map(|at| places().map(at));
        let of = OF.iter().flat_map(|of| (0..layers).map(of));
        whole.into_iter().chain(at).chain(of).collect()
    }

    /// It as a sentence.
    pub fn told(self, exercise: &Exercise, language: Language) -> String {
        let layer = |layer: usize| exercise.layers[layer].name.as_str();
        let at = |layers: Layers| match (layers, language) {
            (Layers::One(l), Language::En) => layer(l).to_owned(),
            (Layers::One(l), Language::Zh) => format!("层 {} ", layer(l)),
            (Layers::All, _) => language.say("each layer", "每一层").to_owned(),
        };
        let of = |layers: Layers| match (layers, language) {
            (Layers::One(l), Language::En) => format!(" of {}", layer(l)),
            (Layers::One(l), Language::Zh) => format!("{} 的 ", layer(l)),
            (Layers::All, _) => String::new(),
        };
        match language {
            Language::En => match self {
                Self::None => "nothing".to_owned(),
                Self::DerivativeMissing { layers } => format!(
                    "in {} the derivative of the activation is missing: δ = dy ⊙ σ′(z), not dy alone",
                    at(layers)
                ),
                Self::DerivativeAtInput { layers } => format!(
                    "in {} the derivative of the activation is taken at the input in place of the output: its formula in \
                     a, such as a(1 − a) or 1 − a², with z put in",
                    at(layers)
                ),
                Self::DerivativeAtOutput { layers } => format!(
                    "in {} the derivative of the activation is taken at a in place of z: σ′(a), not σ′(z)",
                    at(layers)
                ),
                Self::DerivativeOfSigmoid { layers } => format!(
                    "in {} the derivative is that of the sigmoid, a(1 − a), which is not the activation there",
                    at(layers)
                ),
                Self::DerivativeOfTanh { layers } => format!(
                    "in {} the derivative is that of tanh, 1 − a², which is not the activation there",
                    at(layers)
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
                Self::WeightsNotTransposed { layers } => format!(
                    "on the way back through {} the weights are not transposed: dx = δWᵀ, not δW",
                    at(layers)
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
                Self::BiasGradientZero { layers } => {
                    format!("db{} is zero, but the biases have a gradient: db = Σ δ over the rows", of(layers))
                }
                Self::BiasGradientOfOneRow { layers } => {
                    format!("db{} is δ of the first row alone: db = Σ δ over the rows", of(layers))
                }
                Self::BiasGradientAveraged { layers } => format!(
                    "db{} is divided by the number of rows once more: δ has the mean in it, so db is its sum",
                    of(layers)
                ),
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
                Self::DerivativeMissing { layers } => format!(
                    "{}漏乘了激活函数的导数：δ = dy ⊙ σ′(z)，而不是 dy 本身",
                    at(layers)
                ),
                Self::DerivativeAtInput { layers } => format!(
                    "{}中激活函数的导数取在了输入处：用输出 a 表示的公式（如 a(1 − a) 或 1 − a²）误代入了 z",
                    at(layers)
                ),
                Self::DerivativeAtOutput { layers } => {
                    format!("{}中激活函数的导数取在了 a 处：应为 σ′(z)，而不是 σ′(a)", at(layers))
                }
                Self::DerivativeOfSigmoid { layers } => {
                    format!("{}用了 sigmoid 的导数 a(1 − a)，但那里的激活函数不是 sigmoid", at(layers))
                }
                Self::DerivativeOfTanh { layers } => {
                    format!("{}用了 tanh 的导数 1 − a²，但那里的激活函数不是 tanh", at(layers))
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
                Self::WeightsNotTransposed { layers } => {
                    format!("反向经过{}时权重没有转置：dx = δWᵀ，而不是 δW", at(layers))
                }
                Self::WeightsOfNeighbour { layer: l } => {
                    format!("反向经过{}时用了前一层的权重：错开了一层", layer(l))
                }
                Self::Exchanged { layer: l } => {
                    format!("{} 与 {} 的梯度互换了位置：错开了一层", layer(l), layer(l + 1))
                }
                Self::BiasLeftOut => "前向传播漏掉了偏置：z = xW + b".to_owned(),
                Self::BiasGradientZero { layers } => {
                    format!("{}db 漏算了（成了零）：应为 db = Σ δ（对各行求和）", of(layers))
                }
                Self::BiasGradientOfOneRow { layers } => {
                    format!("{}db 只取了第一行的 δ：应对各行求和", of(layers))
                }
                Self::BiasGradientAveraged { layers } => {
                    format!("{}db 多除以了一次样本数：δ 中已含平均，db 是 δ 对各行之和", of(layers))
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
    pub fn told(self, exercise: &Exercise, language: Language) -> &'static str {
        let has_square = exercise.loss.name() == "mean_squared_error";
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
            Self::TwoLost if !has_square => {
                language.say("everything is half of what it should be", "所有数值都只有应有的一半")
            }
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
