//! Limits on the gradient, against single steps that go too far.

use crate::Real;

/// How a gradient is limited before the optimizer sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Clip {
    /// Not at all.
    #[default]
    None,
    /// Scaled down so that its Euclidean norm is at most this (Pascanu et al., arXiv 1211.5063).
    Norm(f64),
    /// Each entry limited to ± this.
    Value(f64),
}

impl Clip {
    /// Limits the gradient in place.
    pub fn apply<T: Real>(self, gradient: &mut [T]) {
        match self {
            Self::None => {}
            Self::Norm(limit) => {
                let norm = gradient.iter().map(|g| g.f64() * g.f64()).sum::<f64>().sqrt();
                if norm > limit {
                    let scale = T::of(limit / norm);
                    gradient.iter_mut().for_each(|g| *g *= scale);
                }
            }
            Self::Value(limit) => {
                let limit = T::of(limit);
                for g in gradient {
                    if g.abs() > limit {
                        *g = limit * g.signum();
                    }
                }
            }
        }
    }
}
