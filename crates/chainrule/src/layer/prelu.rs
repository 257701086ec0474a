use super::{Block, Layer, Memory, Mode, Pass, Role};
use crate::{Real, random::Random};
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Zip};

/// The parametric rectified linear unit: y = x for x > 0, else a · x, with a learned slope a for each
/// feature (He et al., arXiv 1502.01852).
#[derive(Clone, Debug)]
pub struct Prelu {
    features: usize,
}

impl Prelu {
    /// A layer for this many features.
    pub fn new(features: usize) -> Self {
        Self { features }
    }
}

impl<T: Real> Layer<T> for Prelu {
    fn name(&self) -> String {
        "prelu".to_owned()
    }

    fn inputs(&self) -> usize {
        self.features
    }

    fn outputs(&self) -> usize {
        self.features
    }

    fn blocks(&self) -> Vec<Block> {
        vec![Block::new("slope", Role::Scale, [self.features])]
    }

    /// Slopes start at 0.25, as in the paper.
    fn initialize(&self, theta: &mut [T], _: &mut [T], _: &mut Random) {
        theta.fill(T::of(0.25));
    }

    fn forward(
        &self,
        theta: &[T],
        x: ArrayView2<T>,
        mut y: ArrayViewMut2<T>,
        _: &mut Memory<T>,
        _: Mode<T>,
    ) {
        let slope = ArrayView1::from(theta);
        for (x, y) in x.outer_iter().zip(y.outer_iter_mut()) {
            Zip::from(y).and(x).and(slope).for_each(|y, &x, &a| {
                *y = if x > T::zero() { x } else { a * x };
            });
        }
    }

    /// > dx = dy for x > 0, else a · dy; da = Σ x · dy over the rows with x ≤ 0
    fn backward(
        &self,
        pass: Pass<T>,
        dy: ArrayView2<T>,
        dx: Option<ArrayViewMut2<T>>,
        d_theta: &mut [T],
        _: &mut Memory<T>,
    ) {
        let slope = ArrayView1::from(pass.theta);
        for (x, dy) in pass.x.outer_iter().zip(dy.outer_iter()) {
            Zip::from(ArrayViewMut1::from(&mut *d_theta)).and(x).and(dy).for_each(|da, &x, &dy| {
                if x <= T::zero() {
                    *da += x * dy;
                }
            });
        }
        if let Some(mut dx) = dx {
            for ((x, dy), dx) in pass.x.outer_iter().zip(dy.outer_iter()).zip(dx.outer_iter_mut()) {
                Zip::from(dx).and(x).and(dy).and(slope).for_each(|dx, &x, &dy, &a| {
                    *dx = if x > T::zero() { dy } else { a * dy };
                });
            }
        }
    }
}
