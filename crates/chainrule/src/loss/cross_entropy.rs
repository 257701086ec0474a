use super::{Loss, STANDARD_LAYOUT, Sum, Targets, slice};
use crate::{
    Real,
    elementary::{exp, ln},
    error::{Error, setting},
    kernel,
};
use ndarray::{ArrayView2, ArrayViewMut2};

/// The cross-entropy of one class out of several, on logits: with p = softmax(y) and class t,
/// ℓ = −ln p_t. Softmax lives in this loss, not in the network; its gradient is p − u, where u is the
/// target's distribution.
///
/// For probabilities, take [`softmax`] of a network's outputs.
///
/// The target is one column with the number of the class, counted from 0.
///
/// With label smoothing ε the target's distribution is (1 − ε) on the class and ε/C on each of the C
/// classes (Szegedy et al., arXiv 1512.00567). Class weights c multiply the term of each class, and the
/// mean over a batch is divided by the sum of the weights of its targets, as in PyTorch.
#[derive(Clone, Debug, Default)]
pub struct CrossEntropy {
    label_smoothing: f64,
    class_weights: Option<Vec<f64>>,
}

impl CrossEntropy {
    /// Spreads a part ε in [0, 1] of each target evenly over all classes.
    pub fn label_smoothing(mut self, epsilon: f64) -> Result<Self, Error> {
        setting("label smoothing", epsilon, (0.0..=1.0).contains(&epsilon), "in [0, 1]")?;
        self.label_smoothing = epsilon;
        Ok(self)
    }

    /// Weighs the classes, one positive weight for each.
    pub fn class_weights(mut self, weights: impl Into<Vec<f64>>) -> Result<Self, Error> {
        let weights = weights.into();
        for &w in &weights {
            setting("a class weight", w, w > 0.0 && w.is_finite(), "positive and finite")?;
        }
        self.class_weights = Some(weights);
        Ok(self)
    }

    fn class_weight<T: Real>(&self, class: usize) -> T {
        self.class_weights.as_ref().map_or(T::one(), |weights| T::of(weights[class]))
    }

    /// u_c · c: the part of the target's distribution on a class, times the class's weight.
    fn target_weight<T: Real>(&self, class: usize, target: usize, classes: usize) -> T {
        let smoothed = self.label_smoothing / classes as f64;
        let part = if class == target { 1.0 - self.label_smoothing + smoothed } else { smoothed };
        T::of(part) * self.class_weight::<T>(class)
    }
}

impl<T: Real> Loss<T> for CrossEntropy {
    fn name(&self) -> &str {
        "cross_entropy"
    }

    fn outputs(&self, _: usize) -> Option<usize> {
        self.class_weights.as_ref().map(Vec::len)
    }

    // −Σ_c u_c c_c ln p_c with −ln p_c = ln Σ e^(y − max) + (max − y_c)
    fn value(&self, y: &[T], target: &[T]) -> T {
        let (target, max) = (class(target), largest(y));
        let log_sum = ln(sum_exp(y, max));
        let mut loss = T::zero();
        for (c, &y_c) in y.iter().enumerate() {
            let weight: T = self.target_weight(c, target, y.len());
            // A class without weight adds nothing, even where its logit is so low that 0 · ∞ is NaN.
            if weight > T::zero() {
                loss += weight * (log_sum + (max - y_c));
            }
        }
        loss
    }

    /// ∂ℓ/∂y_c = p_c Σ_k u_k c_k − u_c c_c, which is p − u without class weights
    fn gradient(&self, y: &[T], target: &[T], dy: &mut [T]) {
        let (target, max) = (class(target), largest(y));
        let sum = sum_exp(y, max);
        let total: T = (0..y.len()).map(|c| self.target_weight::<T>(c, target, y.len())).sum();
        for (c, (dy, &y_c)) in dy.iter_mut().zip(y).enumerate() {
            *dy = exp(y_c - max) / sum * total - self.target_weight(c, target, y.len());
        }
    }

    fn share(&self, target: &[T]) -> T {
        self.class_weight(class(target))
    }

    // One exponential for each logit, and all of them in one loop.
    fn sum_and_gradient(
        &self,
        y: ArrayView2<T>,
        targets: Targets<T>,
        divisor: f64,
        mut dy: ArrayViewMut2<T>,
    ) -> Sum {
        let classes = y.ncols();
        let (y, dy) = (slice(&y), dy.as_slice_mut().expect(STANDARD_LAYOUT));
        for (y, dy) in y.chunks_exact(classes).zip(dy.chunks_exact_mut(classes)) {
            let max = largest(y);
            dy.iter_mut().zip(y).for_each(|(dy, &y)| *dy = y - max);
        }
        kernel::zip_in_place(y, dy, |_, shifted| exp(shifted));

        let mut total = Sum::default();
        let rows = y.chunks_exact(classes).zip(dy.chunks_exact_mut(classes));
        for (i, (y, dy)) in rows.enumerate() {
            let weight = targets.weight(i).f64();
            if weight == 0.0 {
                dy.fill(T::zero());
                continue; // also where its loss is infinite
            }
            let target = targets.values[[i, 0]].f64() as usize;
            let sum: T = dy.iter().copied().sum();
            let (max, log_sum) = (largest(y), ln(sum));
            let scale = T::of(weight / divisor);
            let of_all: T = (0..classes).map(|c| self.target_weight::<T>(c, target, classes)).sum();
            let mut loss = T::zero();
            for (c, (dy, &y_c)) in dy.iter_mut().zip(y).enumerate() {
                let u: T = self.target_weight(c, target, classes);
                if u > T::zero() {
                    loss += u * (log_sum + (max - y_c));
                }
                *dy = scale * (*dy / sum * of_all - u);
            }
            total.loss += weight * loss.f64();
            total.weight += weight * self.class_weight::<T>(target).f64();
        }
        total
    }

    fn check_target(&self, target: &[T], outputs: usize) -> Result<(), String> {
        let [t] = target else {
            return Err(format!("it has {} columns, but a class is one number", target.len()));
        };
        let t = t.f64();
        if t.fract() == 0.0 && t >= 0.0 && t < outputs as f64 {
            return Ok(());
        }
        Err(format!("it is {t}, but a class is a whole number from 0 to {}", outputs.max(1) - 1))
    }
}

fn class<T: Real>(target: &[T]) -> usize {
    target[0].f64() as usize
}

/// The largest number; NaN only if all are.
fn largest<T: Real>(y: &[T]) -> T {
    y.iter().copied().fold(T::neg_infinity(), T::max)
}

/// The probabilities p_c = e^(y_c) / Σ e^y of the classes with these logits.
pub fn softmax<T: Real>(y: &[T]) -> Vec<T> {
    let max = largest(y);
    let mut p: Vec<T> = y.iter().map(|&y| exp(y - max)).collect();
    let sum: T = p.iter().copied().sum();
    p.iter_mut().for_each(|p| *p /= sum);
    p
}

/// Σ e^(y − max), in which nothing overflows.
fn sum_exp<T: Real>(y: &[T], max: T) -> T {
    y.iter().map(|&y| exp(y - max)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_up_to_one() {
        assert!(softmax(&[3.0f64, 3.0]).iter().all(|p| (p - 0.5).abs() < 1e-15));
        let p = softmax(&[1000.0f32, 0.0, 998.0]);
        assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6 && p[1] == 0.0 && p[0] > p[2]);
    }
}
