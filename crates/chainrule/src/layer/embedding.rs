use super::{Block, Layer, Memory, Mode, Pass, Role, ranges, slice, slice_mut};
use crate::{
    Real,
    error::{Error, setting},
    random::Random,
};
use ndarray::{ArrayView2, ArrayViewMut2};
use std::ops::Range;

/// A column of categories: how many there are, and how many numbers each of them becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// The codes that there are: 0, …, levels − 1. From 1 to 2²⁴, up to which f32 holds every whole number.
    pub levels: usize,
    /// The numbers that stand for a code: at least 1.
    pub width: usize,
}

/// A learned embedding of categories (Guo and Berkhahn, arXiv 1604.06737): a row of p plain numbers and the codes
/// c₁, c₂, … of its categories becomes
///
/// > y = (x₁, …, x_p, w₁\[c₁\], w₂\[c₂\], …),
///
/// where row c of the matrix w_k [levels × width] is what has been learnt about level c of category k.
///
/// A code is a number in x. One that is not whole counts as the nearest whole number (a half away from 0), one below 0
/// as 0 and one above levels − 1 as levels − 1. A code that is NaN gives numbers that are NaN, as in a dense layer.
///
/// It is a dense layer on columns that are 1 for the row's level and else 0, without the zeros. So its matrices are
/// [weights](Role::Weight): penalties and weight decay act on them, in each step on all levels. A level that is seldom seen
/// is drawn towards 0, where it makes no difference, and leaves it as far as its samples insist.
#[derive(Clone, Debug)]
pub struct Embedding {
    numbers: usize,
    categories: Vec<Category>,
    /// Where the matrix of each category lies in θ.
    theta: Vec<Range<usize>>,
    outputs: usize,
}

/// The standard deviation of the first weights: levels start nearly alike, and what tells them apart is learnt.
const DEVIATION: f64 = 0.01;

/// 2²⁴: f32 holds every whole number up to it.
const MOST_LEVELS: usize = 1 << 24;

/// As many as could be addressed, so that all sizes can be computed.
const MOST_WEIGHTS: usize = isize::MAX as usize / size_of::<f64>();

impl Embedding {
    /// For rows of `numbers` plain numbers and then a code for each of the categories.
    pub fn new(numbers: usize, categories: impl Into<Vec<Category>>) -> Result<Self, Error> {
        let categories = categories.into();
        let fits = numbers <= MOST_LEVELS;
        setting("the plain columns beside categories", numbers as f64, fits, "at most 2^24")?;
        let (mut outputs, mut weights) = (numbers, 0_usize);
        for &Category { levels, width } in &categories {
            let fits = (1..=MOST_LEVELS).contains(&levels);
            setting("the number of levels of a category", levels as f64, fits, "from 1 to 2^24")?;
            setting("the width of an embedding", width as f64, width > 0, "at least 1")?;
            weights = weights.saturating_add(levels.saturating_mul(width));
            let (fits, range) = (weights <= MOST_WEIGHTS, "few enough for a machine's memory");
            setting("the number of weights of an embedding", weights as f64, fits, range)?;
            outputs += width;
        }
        let theta = ranges(categories.iter().map(|category| category.levels * category.width));
        Ok(Self { numbers, categories, theta, outputs })
    }

    /// The columns of categories.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// For each category of a row `x`: where the numbers of its level lie in θ (nowhere if the code is NaN), and where in
    /// the row y.
    fn places<T: Real>(
        &self,
        x: &[T],
    ) -> impl Iterator<Item = (Option<Range<usize>>, Range<usize>)> {
        let mut start = self.numbers;
        let codes = &x[self.numbers..];
        self.categories.iter().zip(&self.theta).zip(codes).map(move |((category, theta), code)| {
            let width = category.width;
            let level = level(code.f64(), category.levels);
            let from = level.map(|level| theta.start + level * width);
            start += width;
            (from.map(|from| from..from + width), start - width..start)
        })
    }

    /// > dx = dy of a plain number, and 0 of a code
    ///
    /// y is a step function of a code: its derivative is 0 wherever there is one.
    fn write_dx<T: Real>(&self, dy: &ArrayView2<T>, dx: &mut ArrayViewMut2<T>) {
        let (inputs, outputs) = (self.numbers + self.categories.len(), self.outputs);
        let rows = slice_mut(dx).chunks_exact_mut(inputs.max(1));
        for (dx, dy) in rows.zip(slice(dy).chunks_exact(outputs.max(1))) {
            let (plain, codes) = dx.split_at_mut(self.numbers);
            plain.copy_from_slice(&dy[..self.numbers]);
            codes.fill(T::zero());
        }
    }
}

/// The level that a code means.
fn level(code: f64, levels: usize) -> Option<usize> {
    // The conversion ends at 0 and at the largest number.
    if code.is_nan() { None } else { Some((code.round() as usize).min(levels - 1)) }
}

impl<T: Real> Layer<T> for Embedding {
    fn name(&self) -> String {
        "embedding".to_owned()
    }

    fn describe(&self) -> String {
        let of = |category: &Category| format!("{} → {}", category.levels, category.width);
        let categories: Vec<String> = self.categories.iter().map(of).collect();
        format!("{} plain, levels {}", self.numbers, categories.join(", "))
    }

    fn inputs(&self) -> usize {
        self.numbers + self.categories.len()
    }

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn blocks(&self) -> Vec<Block> {
        let block = |(i, category): (usize, &Category)| {
            let shape = [category.levels, category.width];
            Block::new(&format!("w_{}", i + 1), Role::Weight, shape)
        };
        self.categories.iter().enumerate().map(block).collect()
    }

    /// Normal with the standard deviation 0.01, as in fastai (Howard and Gugger, arXiv 2002.04688).
    fn initialize(&self, theta: &mut [T], _: &mut [T], random: &mut Random) {
        theta.fill_with(|| random.normal::<T>() * T::of(DEVIATION));
    }

    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        _: &mut Memory<T>,
        _: Mode<T>,
    ) {
        for (x, mut y) in x.outer_iter().zip(y.outer_iter_mut()) {
            let x = x.to_slice().expect(super::STANDARD_LAYOUT);
            let y = y.as_slice_mut().expect(super::STANDARD_LAYOUT);
            y[..self.numbers].copy_from_slice(&x[..self.numbers]);
            for (level, columns) in self.places(x) {
                match level {
                    Some(level) => y[columns].copy_from_slice(&theta[level]),
                    None => y[columns].fill(T::nan()),
                }
            }
        }
    }

    /// > dw_k\[c_k\] = Σ over the rows of dy at the columns of category k; dx = dy of a plain number, and 0 of a code
    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        _: &mut Memory<T>,
    ) {
        for (x, dy) in pass.x.outer_iter().zip(dy.outer_iter()) {
            let x = x.to_slice().expect(super::STANDARD_LAYOUT);
            let dy = dy.to_slice().expect(super::STANDARD_LAYOUT);
            for (level, columns) in self.places(x) {
                let dw = level.map_or(&mut [][..], |level| &mut d_theta[level]);
                dw.iter_mut().zip(&dy[columns]).for_each(|(dw, &dy)| *dw += dy);
            }
        }
        if let Some(mut dx) = dx {
            self.write_dx(&dy, &mut dx);
        }
    }

    /// Of row i: dw_k\[c_k\] = dy at the columns of category k, and 0 of all other levels.
    fn backward_by_row(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        mut jacobian: ArrayViewMut2<T>,
        _: &mut Memory<T>,
    ) {
        jacobian.fill(T::zero());
        let rows = pass.x.outer_iter().zip(dy.outer_iter());
        for ((x, dy), mut d_theta) in rows.zip(jacobian.outer_iter_mut()) {
            let x = x.to_slice().expect(super::STANDARD_LAYOUT);
            let dy = dy.to_slice().expect(super::STANDARD_LAYOUT);
            let d_theta = d_theta.as_slice_mut().expect(super::STANDARD_LAYOUT);
            for (level, columns) in self.places(x) {
                if let Some(level) = level {
                    d_theta[level].copy_from_slice(&dy[columns]);
                }
            }
        }
        if let Some(mut dx) = dx {
            self.write_dx(&dy, &mut dx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    /// One plain number, a category of 3 levels as 2 numbers and one of 2 levels as 1.
    fn embedding() -> Embedding {
        let categories = [Category { levels: 3, width: 2 }, Category { levels: 2, width: 1 }];
        Embedding::new(1, categories).unwrap()
    }

    /// w₁ = [[1, 2], [3, 4], [5, 6]], w₂ = [[7], [8]].
    const THETA: [f64; 8] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];

    fn forward(x: &Array2<f64>) -> Array2<f64> {
        let mut y = Array2::zeros((x.nrows(), 4));
        let mode = Mode::Predict { statistics: &[] };
        embedding().forward(&THETA, x.view(), y.view_mut(), &mut Memory::none(), mode);
        y
    }

    #[test]
    fn a_code_chooses_a_row() {
        let x = array![[0.5, 2.0, 0.0], [-1.5, 0.0, 1.0]];
        assert_eq!(forward(&x), array![[0.5, 5.0, 6.0, 7.0], [-1.5, 1.0, 2.0, 8.0]]);
    }

    #[test]
    fn every_number_is_a_code() {
        let cases = [
            (-1e300, 0),
            (f64::NEG_INFINITY, 0),
            (-0.5, 0),
            (0.49, 0),
            (0.5, 1),
            (1.49, 1),
            (1.5, 2),
            (2.0, 2),
            (3.0, 2),
            (1e300, 2),
            (f64::INFINITY, 2),
        ];
        for (code, expected) in cases {
            assert_eq!(level(code, 3), Some(expected), "{code}");
        }
        assert_eq!(level(f64::NAN, 3), None);
        let y = forward(&array![[0.5, f64::NAN, 1.0]]);
        assert!(y[[0, 1]].is_nan() && y[[0, 2]].is_nan());
        assert_eq!((y[[0, 0]], y[[0, 3]]), (0.5, 8.0), "the others are whole");
    }

    /// Two rows of one level add up, a level that is not there keeps its 0, and no code has a derivative.
    #[test]
    fn gradients_go_to_the_rows_that_were_chosen() {
        let x = array![[0.5, 2.0, 0.0], [-1.5, 0.0, 1.0], [0.0, 2.0, f64::NAN]];
        let dy = array![[1.0, 10.0, 20.0, 30.0], [2.0, 40.0, 50.0, 60.0], [3.0, 0.5, 0.25, 9.0]];
        let y = forward(&x);
        let mut dx = Array2::from_elem((3, 3), f64::NAN);
        let mut d_theta = [0.0; 8];
        let pass = Pass { theta: &THETA, x: x.view(), y: y.view() };
        let wanted = Some(dx.view_mut());
        embedding().backward(pass, dy.view(), wanted, &mut d_theta, &mut Memory::none());
        assert_eq!(d_theta, [40.0, 50.0, 0.0, 0.0, 10.5, 20.25, 30.0, 60.0]);
        assert_eq!(dx, array![[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [3.0, 0.0, 0.0]]);
    }

    #[test]
    fn sizes_are_checked() {
        for (levels, width) in [(0, 1), (1, 0), (MOST_LEVELS + 1, 1), (2, usize::MAX / 2)] {
            assert!(Embedding::new(1, [Category { levels, width }]).is_err(), "{levels} {width}");
        }
    }

    #[test]
    fn a_builder_knows_the_plain_columns() {
        use crate::{Network, activation::Identity};
        let network = |inputs| {
            let categories = [Category { levels: 3, width: 2 }, Category { levels: 2, width: 1 }];
            Network::<f64>::builder(inputs).embedding(categories).dense(1, Identity).build(0)
        };
        assert_eq!(network(5).unwrap().weight_ranges(), [0..6, 6..8, 8..14]);
        let error = network(1).unwrap_err();
        assert!(matches!(error, Error::Shape { expected: 2, found: 1, .. }), "{error}");
    }

    #[test]
    fn weights_start_small_and_have_names() {
        let embedding = Embedding::new(0, [Category { levels: 500, width: 8 }]).unwrap();
        let mut theta = vec![0.0f64; 4000];
        let mut random = Random::new(1, crate::random::Purpose::Parameters);
        embedding.initialize(&mut theta, &mut [], &mut random);
        let deviation = (theta.iter().map(|w| w * w).sum::<f64>() / 4000.0).sqrt();
        assert!((deviation / DEVIATION - 1.0).abs() < 0.05, "{deviation}");
        let names: Vec<String> =
            Layer::<f64>::blocks(&self::embedding()).into_iter().map(|b| b.name).collect();
        assert_eq!(names, ["w_1", "w_2"]);
    }
}
