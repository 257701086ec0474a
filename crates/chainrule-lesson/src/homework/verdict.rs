use super::{
    Answer, Exercise, Factor, HomeworkError, Slip,
    exercise::Gradients,
    file::{Numbers, misshapen},
};
use crate::{Language, number::significant};
use ndarray::Array2;
use serde_json::{Value, json};
use std::fmt::Write;

/// What part of the largest entry of a block a number may be off: enough for numbers that were rounded to four digits.
pub const TOLERANCE: f64 = 1e-3;

/// More slips at once than these explain anything.
const MOST_SLIPS: usize = 3;

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
    fn slips(&self) -> usize {
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

/// The student's numbers in the order of the layers. A matrix is transposed where its shape says so.
struct Mine {
    layers: Vec<(Option<Matrix>, Option<Vec<f64>>)>,
}

struct Matrix {
    numbers: Array2<f64>,
    /// Its shape is that of the transpose, and cannot be that of the matrix.
    is_transposed: bool,
}

impl Mine {
    fn new(exercise: &Exercise, answer: &Answer) -> Result<Self, HomeworkError> {
        let names = exercise.layers.iter().flat_map(|layer| {
            let shape = [layer.w.nrows(), layer.w.ncols()];
            [
                (format!("{}.w", layer.name), shape.to_vec()),
                (format!("{}.b", layer.name), vec![shape[1]]),
            ]
        });
        let names: Vec<(String, Vec<usize>)> = names.collect();
        let there = || names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        for name in answer.gradients.keys() {
            if !names.iter().any(|(known, _)| known == name) {
                let (name, what) = (name.clone(), "block of parameters");
                let there = format!("this network has {}", there());
                return Err(HomeworkError::Unknown { what, name, there });
            }
        }
        let hint = |found: &Numbers, name: &str| {
            let other = names.iter().find(|(other, shape)| other != name && *shape == found.shape);
            other.map_or(String::new(), |(other, _)| format!("; that is the shape of {other}"))
        };
        let layers = exercise.layers.iter().map(|layer| {
            let w_name = format!("{}.w", layer.name);
            let w = answer.gradients.get(&w_name).map(|found| {
                let (rows, columns) = layer.w.dim();
                let is_transposed = rows != columns && found.shape == [columns, rows];
                let shape = if is_transposed { [columns, rows] } else { [rows, columns] };
                let numbers = found.clone().matrix(&w_name, Some(shape[0]), shape[1]);
                let numbers = numbers.map_err(|_| {
                    misshapen(&w_name, &[rows, columns], &found.shape, &hint(found, &w_name))
                })?;
                let numbers = if is_transposed { numbers.t().to_owned() } else { numbers };
                Ok::<_, HomeworkError>(Matrix { numbers, is_transposed })
            });
            let b_name = format!("{}.b", layer.name);
            let b = answer.gradients.get(&b_name).map(|found| {
                let vector = found.clone().vector(&b_name, layer.b.len());
                vector.map(|vector| vector.to_vec()).map_err(|_| {
                    misshapen(&b_name, &[layer.b.len()], &found.shape, &hint(found, &b_name))
                })
            });
            Ok((w.transpose()?, b.transpose()?))
        });
        Ok(Self { layers: layers.collect::<Result<_, HomeworkError>>()? })
    }

    fn blocks(&self, exercise: &Exercise, right: &Gradients) -> Vec<Block> {
        let largest = largest(right);
        let mut blocks = Vec::new();
        for (layer, ((w, b), (dw, db))) in exercise.layers.iter().zip(self.layers.iter().zip(right))
        {
            let columns = dw.ncols();
            let entry = |i: usize| format!("w[{},{}]", i / columns, i % columns);
            let (numbers, is_transposed) = match w {
                Some(w) => (w.numbers.iter().copied().collect::<Vec<f64>>(), w.is_transposed),
                None => (Vec::new(), false),
            };
            let dw: Vec<f64> = dw.iter().copied().collect();
            let given = w.as_ref().map(|_| &numbers[..]);
            let mut block = Block::new(format!("{}.w", layer.name), given, &dw, largest, &entry);
            block.is_transposed = is_transposed;
            blocks.push(block);
            let entry = |i: usize| format!("b[{i}]");
            let db: Vec<f64> = db.iter().copied().collect();
            blocks.push(Block::new(
                format!("{}.b", layer.name),
                b.as_deref(),
                &db,
                largest,
                &entry,
            ));
        }
        blocks
    }

    /// Whether all numbers are right but for the decimals that were not written, and two of these are there at least.
    fn is_rounded(&self, right: &Gradients) -> bool {
        let pairs = self.layers.iter().zip(right).flat_map(|((w, b), (dw, db))| {
            let w = w.iter().flat_map(|w| w.numbers.iter()).zip(dw);
            w.chain(b.iter().flatten().zip(db))
        });
        let pairs: Vec<(f64, f64)> = pairs.map(|(mine, right)| (*mine, *right)).collect();
        let decimals = |v: f64| v.to_string().split_once('.').map_or(0, |(_, after)| after.len());
        let decimals = pairs.iter().map(|(mine, _)| decimals(*mine)).max().unwrap_or(0);
        let half = 0.5001 * 0.1f64.powi(decimals as i32);
        decimals >= 2 && pairs.iter().all(|(mine, right)| (mine - right).abs() <= half)
    }

    /// The fewest slips that give these numbers.
    fn explanations(&self, exercise: &Exercise) -> Vec<Explanation> {
        let mut best: Vec<Explanation> = Vec::new();
        let mut fewest = MOST_SLIPS;
        let factors = sets_of_factors(exercise);
        for slip in Slip::all(exercise) {
            let Some(gradients) = exercise.gradients_with(slip) else { continue };
            for (set, factor) in &factors {
                let Some(transposed) = self.are(&gradients, *factor) else { continue };
                let explanation = Explanation { slip, factors: set.clone(), transposed };
                let slips = explanation.slips();
                if slips == 0 || slips > fewest {
                    continue;
                }
                if slips < fewest {
                    best.clear();
                    fewest = slips;
                }
                best.push(explanation);
            }
        }
        best
    }

    /// Whether these are the student's numbers, and which matrices are transposed for it.
    fn are(&self, gradients: &Gradients, factor: f64) -> Option<Vec<usize>> {
        let largest = largest(gradients) * factor.abs();
        let mut transposed = Vec::new();
        for (layer, ((w, b), (dw, db))) in self.layers.iter().zip(gradients).enumerate() {
            if let Some(b) = b {
                let db: Vec<f64> = db.iter().map(|v| factor * v).collect();
                (distance(b, &db, largest) <= TOLERANCE).then_some(())?;
            }
            let Some(Matrix { numbers, is_transposed }) = w else { continue };
            let w: Vec<f64> = numbers.iter().copied().collect();
            let as_it_is: Vec<f64> = dw.iter().map(|v| factor * v).collect();
            if distance(&w, &as_it_is, largest) <= TOLERANCE {
                if *is_transposed {
                    transposed.push(layer);
                }
                continue;
            }
            let turned: Vec<f64> = dw.t().iter().map(|v| factor * v).collect();
            let is_square = dw.nrows() == dw.ncols();
            (is_square && distance(&w, &turned, largest) <= TOLERANCE)
                .then(|| transposed.push(layer))?;
        }
        Some(transposed)
    }
}

impl Block {
    fn new(
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
}

/// The largest distance as a part of the largest right number, be it a small part of the largest of all.
fn distance(mine: &[f64], right: &[f64], largest_of_all: f64) -> f64 {
    let largest = right.iter().fold(TOLERANCE * largest_of_all, |most, v| most.max(v.abs()));
    let distances = mine.iter().zip(right).map(|(a, b)| (a - b).abs());
    // The numbers that a slip would give may overflow: they are as far off as can be.
    let distances = distances.map(|d| if d.is_finite() { d } else { f64::INFINITY });
    let furthest = distances.fold(0.0, f64::max);
    if furthest == f64::INFINITY {
        return furthest;
    }
    if furthest == 0.0 { 0.0 } else { furthest / largest.max(f64::MIN_POSITIVE) }
}

fn largest(gradients: &Gradients) -> f64 {
    let all = gradients.iter().flat_map(|(dw, db)| dw.iter().chain(db));
    all.fold(0.0, |most, v| most.max(v.abs()))
}

/// No factor, one, or two that do not undo each other, with their product.
fn sets_of_factors(exercise: &Exercise) -> Vec<(Vec<Factor>, f64)> {
    let all = Factor::all(exercise);
    let mut sets = vec![(Vec::new(), 1.0)];
    sets.extend(all.iter().map(|&(one, factor)| (vec![one], factor)));
    for (i, &(one, a)) in all.iter().enumerate() {
        for &(other, b) in &all[i + 1..] {
            if (a * b - 1.0).abs() > 1e-9 {
                sets.push((vec![one, other], a * b));
            }
        }
    }
    sets
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
