use super::{
    Answer, Exercise, Factor, HomeworkError, Slip,
    comparison::{Mine, distance},
};
use crate::{Language, number::significant};
use serde_json::{Value, json};
use std::fmt::Write;

/// What part of the largest entry of a block a number may be off: enough for numbers that were rounded to four digits.
pub const TOLERANCE: f64 = 1e-3;

/// A student's gradients beside the right ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Each block of parameters, from the inputs to the outputs.
    pub blocks: Vec<Block>,
    /// The fewest slips that explain all of it; several where they have the same effect.
    pub explanations: Vec<Explanation>,
    /// Where the first wrong number on the way back stands, if nothing explains it.
    pub place: Option<Place>,
}

/// One block of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its name, such as `dense_1.w`.
    pub name: String,
    /// Whether the student's file has it.
    pub is_given: bool,
    /// The largest distance as a part of the largest entry; none where nothing is given.
    pub error: Option<f64>,
    /// Whether it has the shape of the transpose, and cannot be taken for the matrix itself.
    pub is_transposed: bool,
    /// The entry that is furthest off, if numbers are wrong.
    pub worst: Option<Wrong>,
}

/// A wrong entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// Its name, such as `w[0,1]`.
    pub entry: String,
    /// The student's number.
    pub mine: f64,
    /// The right one.
    pub right: f64,
}

/// Slips that give the student's numbers when they are made together.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// On the way.
    pub slip: Slip,
    /// Of everything.
    pub factors: Vec<Factor>,
    /// Layers whose dW is transposed, counted from 0.
    pub transposed: Vec<usize>,
}

impl Explanation {
    pub(super) fn slips(&self) -> usize {
        usize::from(self.slip != Slip::None)
            + self.factors.len()
            + usize::from(!self.transposed.is_empty())
    }

    /// It in sentences.
    pub fn told(&self, exercise: &Exercise, language: Language) -> String {
        let factors = self.factors.iter().map(|factor| factor.told(exercise, language).to_owned());
        let transposed = self
            .transposed
            .iter()
            .map(|&layer| Slip::Transposed { layer }.told(exercise, language));
        let slip = (self.slip != Slip::None).then(|| self.slip.told(exercise, language));
        let all: Vec<String> = slip.into_iter().chain(transposed).chain(factors).collect();
        all.join(language.say("; and ", "；并且"))
    }
}

/// Where the first wrong number on the way back stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the last layer: dy or σ′.
    AtTheLoss,
    /// δ is right, since db is; dW is not.
    WeightsOf(usize),
    /// δ is right, since dW is; db is not.
    BiasOf(usize),
    /// Nowhere: the numbers are right as far as they are written.
    Rounded,
    /// The next layer is given and right, and this one is not.
    Before(usize),
    /// In this layer, and of the next one not everything is given.
    In(usize),
}

impl Verdict {
    /// Compares.
    pub fn new(exercise: &Exercise, answer: &Answer) -> Result<Self, HomeworkError> {
        let mine = Mine::new(exercise, answer)?;
        let right = exercise.gradients()?;
        let blocks = mine.blocks(exercise, &right);
        let is_right = !blocks.iter().any(Block::is_wrong);
        let explanations = if is_right { Vec::new() } else { mine.explanations(exercise) };
        let place = (!is_right && explanations.is_empty()).then(|| match mine.is_rounded(&right) {
            true => Place::Rounded,
            false => place(&blocks),
        });
        Ok(Self { blocks, explanations, place })
    }

    /// Whether all blocks are there, and right.
    pub fn is_right(&self) -> bool {
        self.blocks.iter().all(|block| block.is_given && !block.is_wrong())
    }

    /// In sentences, a block in each line.
    pub fn text(&self, exercise: &Exercise, language: Language) -> String {
        let mut text = String::new();
        let rows = exercise.rows();
        // Writing to a string cannot fail, here and below.
        let _ = match language {
            Language::En => writeln!(
                text,
                "Your gradients beside those of back-propagation: {rows} row{}, {}.\n",
                if rows == 1 { "" } else { "s" },
                exercise.loss()
            ),
            Language::Zh => {
                writeln!(text, "你的梯度与反向传播的结果：{rows} 行，损失 {}。\n", exercise.loss())
            }
        };
        let width = self.blocks.iter().map(|block| block.name.len()).max().unwrap_or(0);
        for block in &self.blocks {
            let _ = writeln!(text, "  {:<width$}  {}", block.name, block.told(language));
        }
        let _ = writeln!(text, "\n{}", self.conclusion(exercise, language));
        text
    }

    /// What to think of it.
    pub fn conclusion(&self, exercise: &Exercise, language: Language) -> String {
        let likely = language.say("The likely slip: ", "可能的差错：");
        let stop = language.say(".", "。");
        if let [first, others @ ..] = &self.explanations[..] {
            let mut text = format!("{likely}{}{stop}", first.told(exercise, language));
            for other in others {
                let or = language.say("\nOr, with the same numbers: ", "\n或者（数值相同）：");
                let _ = write!(text, "{or}{}{stop}", other.told(exercise, language));
            }
            return text;
        }
        let layer = |layer: usize| exercise.layers[layer].name.as_str();
        match (self.place, language) {
            (Some(Place::AtTheLoss), Language::En) => format!(
                "The first wrong number on the way back is in {}: look at dy = ∂L/∂y and at δ = dy ⊙ σ′(z) there.",
                layer(exercise.layers.len() - 1)
            ),
            (Some(Place::AtTheLoss), Language::Zh) => format!(
                "反向看，第一个错误出现在 {}：请检查那里的 dy = ∂L/∂y 和 δ = dy ⊙ σ′(z)。",
                layer(exercise.layers.len() - 1)
            ),
            (Some(Place::WeightsOf(l)), Language::En) => format!(
                "δ of {0} is right, since db is; but dW = xᵀδ is not: look at x, the input of {0}.",
                layer(l)
            ),
            (Some(Place::WeightsOf(l)), Language::Zh) => format!(
                "{0} 的 db 正确，故 δ 正确；但 dW = xᵀδ 不对：请检查 {0} 的输入 x。",
                layer(l)
            ),
            (Some(Place::BiasOf(l)), Language::En) => {
                format!("δ of {} is right, since dW is; but db = Σ δ is not: add δ over the rows.", layer(l))
            }
            (Some(Place::BiasOf(l)), Language::Zh) => {
                format!("{} 的 dW 正确，故 δ 正确；但 db = Σ δ 不对：应把 δ 对各行求和。", layer(l))
            }
            (Some(Place::Rounded), _) => language
                .say(
                    "As far as they are written your numbers are right: give more digits, four significant ones at least.",
                    "就写出的位数而言，你的数值是对的：请多写几位，至少四位有效数字。",
                )
                .to_owned(),
            (Some(Place::In(l)), Language::En) => {
                format!("The first wrong number on the way back, of those that are given, is in {}.", layer(l))
            }
            (Some(Place::In(l)), Language::Zh) => {
                format!("在已给出的数值中，反向看第一个错误出现在 {}。", layer(l))
            }
            (Some(Place::Before(l)), Language::En) => format!(
                "{} is right and {} is not: the slip is between them, in dx = δWᵀ of the one or in δ = dy ⊙ σ′(z) of the other.",
                layer(l + 1),
                layer(l)
            ),
            (Some(Place::Before(l)), Language::Zh) => format!(
                "{} 正确而 {} 不对：差错在两者之间，即前者的 dx = δWᵀ 或后者的 δ = dy ⊙ σ′(z)。",
                layer(l + 1),
                layer(l)
            ),
            (None, _) if self.is_right() => {
                language.say("All of them are right.", "全部正确。").to_owned()
            }
            (None, _) => language
                .say(
                    "What is there is right; some gradients are missing: each weight and each bias has one.",
                    "已给出的都正确；但缺少部分梯度：每个权重和偏置都有梯度。",
                )
                .to_owned(),
        }
    }

    /// For programs: `docs/trace.md` of the project describes it.
    pub fn json(&self, exercise: &Exercise) -> Value {
        let block = |block: &Block| {
            let worst = block.worst.as_ref().map(
                |worst| json!({ "entry": worst.entry, "mine": worst.mine, "right": worst.right }),
            );
            json!({
                "name": block.name,
                "given": block.is_given,
                "error": block.error,
                "transposed": block.is_transposed,
                "worst": worst,
            })
        };
        let explanations = self.explanations.iter().map(|one| one.told(exercise, Language::En));
        json!({
            "right": self.is_right(),
            "blocks": self.blocks.iter().map(block).collect::<Vec<_>>(),
            "explanations": explanations.collect::<Vec<_>>(),
            "conclusion": self.conclusion(exercise, Language::En),
        })
    }
}

impl Block {
    pub(super) fn new(
        name: String,
        given: Option<&[f64]>,
        right: &[f64],
        largest: f64,
        entry: &dyn Fn(usize) -> String,
    ) -> Self {
        let Some(mine) = given else {
            return Self { name, is_given: false, error: None, is_transposed: false, worst: None };
        };
        let error = distance(mine, right, largest);
        let off = |i: usize| (mine[i] - right[i]).abs();
        let worst = (0..right.len()).max_by(|&a, &b| off(a).total_cmp(&off(b)));
        let worst = worst.filter(|_| error > TOLERANCE).map(|i| Wrong {
            entry: entry(i),
            mine: mine[i],
            right: right[i],
        });
        Self { name, is_given: true, error: Some(error), is_transposed: false, worst }
    }

    /// Whether something is given that is not right.
    pub fn is_wrong(&self) -> bool {
        self.worst.is_some() || self.is_transposed
    }

    fn told(&self, language: Language) -> String {
        match (&self.worst, self.error, language) {
            (None, None, _) => language.say("– not given", "– 未给出").to_owned(),
            (Some(Wrong { entry, mine, right }), ..) => {
                let (mine, right) = (significant(*mine, 6), significant(*right, 6));
                match language {
                    Language::En => format!("✗ {entry}: yours {mine}, right {right}"),
                    Language::Zh => format!("✗ {entry}：你的值 {mine}，正确值 {right}"),
                }
            }
            (None, ..) if self.is_transposed => language
                .say("✗ right numbers, but of the transpose", "✗ 数值正确，但形状是转置的")
                .to_owned(),
            (None, Some(0.0), _) => language.say("✓ right", "✓ 正确").to_owned(),
            (None, Some(error), Language::En) => {
                format!("✓ right, to {} of its largest entry", significant(error, 2))
            }
            (None, Some(error), Language::Zh) => {
                format!("✓ 正确（误差与绝对值最大的元素之比为 {}）", significant(error, 2))
            }
        }
    }
}

/// The first wrong place, seen from the loss.
fn place(blocks: &[Block]) -> Place {
    let layers = blocks.len() / 2;
    for layer in (0..layers).rev() {
        let (w, b) = (&blocks[2 * layer], &blocks[2 * layer + 1]);
        if b.is_given && !b.is_wrong() && w.is_wrong() {
            return Place::WeightsOf(layer);
        }
        if w.is_given && !w.is_wrong() && b.is_wrong() {
            return Place::BiasOf(layer);
        }
        if w.is_wrong() || b.is_wrong() {
            let is_given = |block: Option<&Block>| block.is_some_and(|block| block.is_given);
            return match layer + 1 == layers {
                true => Place::AtTheLoss,
                false if (2..4).all(|next| is_given(blocks.get(2 * layer + next))) => {
                    Place::Before(layer)
                }
                false => Place::In(layer),
            };
        }
    }
    Place::AtTheLoss
}
