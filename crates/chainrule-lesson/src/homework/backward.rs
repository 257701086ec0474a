//! Back-propagation as it stands in a textbook, with a slip where one is asked for.

use super::{
    Exercise, Slip,
    exercise::{Chained, Gradients},
};
use ndarray::{Array2, Axis};

/// z = xW + b and a = σ(z) of a layer.
struct Passed {
    x: Array2<f64>,
    z: Array2<f64>,
    a: Array2<f64>,
}

impl Exercise {
    /// The gradients with this slip. `None` where the shapes do not let anybody make it.
    pub(super) fn gradients_with(&self, slip: Slip) -> Option<Gradients> {
        let mut passed: Vec<Passed> = Vec::new();
        for Chained { activation, w, b, .. } in &self.layers {
            let x = passed.last().map_or(&self.x, |before| &before.a).clone();
            let z = match slip {
                Slip::BiasLeftOut => x.dot(w),
                _ => x.dot(w) + b,
            };
            let a = z.mapv(|z| activation.value(z));
            passed.push(Passed { x, z, a });
        }

        let mut dy = self.loss_gradient(&passed.last()?.a, slip)?;
        let mut gradients = Gradients::new();
        for (l, layer) in self.layers.iter().enumerate().rev() {
            let Passed { x, .. } = &passed[l];
            // δ = dy ⊙ σ′(z)
            let dz = &dy * &self.slope(&passed, l, slip)?;
            // dW = xᵀδ, db = Σδ
            let dw = match slip {
                Slip::OwnOutput { layer } if layer == l => passed[l].a.t().dot(&dz),
                _ => x.t().dot(&dz),
            };
            let db = match slip {
                Slip::BiasGradientZero => dz.sum_axis(Axis(0)) * 0.0,
                Slip::BiasGradientOfOneRow => dz.row(0).to_owned(),
                Slip::BiasGradientAveraged => dz.sum_axis(Axis(0)) / self.rows() as f64,
                _ => dz.sum_axis(Axis(0)),
            };
            (dw.dim() == layer.w.dim()).then_some(())?;
            // dx = δWᵀ
            dy = match slip {
                Slip::WeightsNotTransposed { layer: at } if at == l => {
                    (layer.w.nrows() == layer.w.ncols()).then(|| dz.dot(&layer.w))?
                }
                Slip::WeightsOfNeighbour { layer: at } if at == l => {
                    let other = &self.layers[at.checked_sub(1)?].w;
                    (other.dim() == layer.w.dim()).then(|| dz.dot(&other.t()))?
                }
                _ => dz.dot(&layer.w.t()),
            };
            gradients.push((dw, db));
        }
        gradients.reverse();
        if let Slip::Exchanged { layer } = slip {
            let is_possible = layer + 1 < gradients.len()
                && gradients[layer].0.dim() == gradients[layer + 1].0.dim();
            is_possible.then(|| gradients.swap(layer, layer + 1))?;
        }
        Some(gradients)
    }

    /// σ′ of a layer.
    fn slope(&self, passed: &[Passed], l: usize, slip: Slip) -> Option<Array2<f64>> {
        let activation = &self.layers[l].activation;
        let at = |z: &Array2<f64>, a: &Array2<f64>| {
            let mut slope = z.clone();
            slope.zip_mut_with(a, |z, &a| *z = activation.derivative(*z, a));
            slope
        };
        let Passed { z, a, .. } = &passed[l];
        Some(match slip {
            Slip::DerivativeMissing { layer } if layer == l => Array2::ones(z.dim()),
            // The formula in the output, such as a(1 − a), with the input put in.
            Slip::DerivativeAtInput { layer } if layer == l => at(z, z),
            // The derivative of a function that has been applied already.
            Slip::DerivativeAtOutput { layer } if layer == l => {
                at(a, &a.mapv(|a| activation.value(a)))
            }
            Slip::DerivativeOfNeighbour { layer } if layer == l => {
                let before = &passed[l.checked_sub(1)?];
                (before.z.dim() == z.dim()).then(|| at(&before.z, &before.a))?
            }
            _ => at(z, a),
        })
    }

    /// ∂L/∂y.
    fn loss_gradient(&self, y: &Array2<f64>, slip: Slip) -> Option<Array2<f64>> {
        let divisor = self.loss.divisor(self.targets());
        let mut dy = Array2::zeros(y.dim());
        match slip {
            Slip::OutputsAsProbabilities => {
                (y.dim() == self.targets.dim()).then(|| dy = (y - &self.targets) / divisor)?;
            }
            Slip::SquaredErrorOfProbabilities => {
                let is_binary = self.loss.name() == "binary_cross_entropy";
                let p = y.mapv(|y| 1.0 / (1.0 + (-y).exp()));
                (is_binary && y.dim() == self.targets.dim()).then(|| {
                    dy = 2.0 * (&p - &self.targets) * (&p * &(1.0 - &p)) / divisor;
                })?;
            }
            _ => self.loss.batch_gradient(y.view(), self.targets(), divisor, dy.view_mut()),
        }
        Some(dy)
    }
}
