//! A student's numbers beside those that a slip would give.

use super::{
    Answer, Block, Exercise, Explanation, Factor, HomeworkError, Slip, TOLERANCE,
    exercise::Gradients,
    file::{Numbers, misshapen},
};
use ndarray::Array2;

/// More slips at once than these explain anything.
const MOST_SLIPS: usize = 3;

/// The student's numbers in the order of the layers. A matrix is transposed where its shape says so.
pub(super) struct Mine {
    layers: Vec<(Option<Matrix>, Option<Vec<f64>>)>,
}

struct Matrix {
    numbers: Array2<f64>,
    /// Its shape is that of the transpose, and cannot be that of the matrix.
    is_transposed: bool,
}

impl Mine {
    pub(super) fn new(exercise: &Exercise, answer: &Answer) -> Result<Self, HomeworkError> {
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

    pub(super) fn blocks(&self, exercise: &Exercise, right: &Gradients) -> Vec<Block> {
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
    pub(super) fn is_rounded(&self, right: &Gradients) -> bool {
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
    pub(super) fn explanations(&self, exercise: &Exercise) -> Vec<Explanation> {
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

/// The largest distance as a part of the largest right number, be it a small part of the largest of all.
pub(super) fn distance(mine: &[f64], right: &[f64], largest_of_all: f64) -> f64 {
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
