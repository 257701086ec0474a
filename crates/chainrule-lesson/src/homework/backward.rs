//! Back-propagation as it stands in a textbook, with a slip where one is asked for.

use super::{
    Exercise, Slip,
    exercise::{Chained, Gradients},
    slip::Layers,
};
use chainrule::{
    activation::{Activation, Sigmoid},
    loss::softmax,
};
use ndarray::{Array1, Array2, Axis};

/// z = xW + b and a = σ(z) of a layer.
struct Passed {
    x: Array2<f64>,
    z: Array2<f64>,
    a: Array2<f64>,
}

impl Exercise {
    /// The gradients with this slip. `None` where nobody can make it.
    pub(super) fn gradients_with(&self, slip: Slip) -> Option<Gradients> {
        self.can_be_made(slip).then_some(())?;
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
                Slip::BiasGradientZero { layers } if layers.has(l) => dz.sum_axis(Axis(0)) * 0.0,
                Slip::BiasGradientOfOneRow { layers } if layers.has(l) => dz.row(0).to_owned(),
                Slip::BiasGradientAveraged { layers } if layers.has(l) => {
                    dz.sum_axis(Axis(0)) / self.rows() as f64
                }
                _ => dz.sum_axis(Axis(0)),
            };
            (dw.dim() == layer.w.dim()).then_some(())?;
            // dx = δWᵀ
            dy = match slip {
                // Nobody needs the dx of the first layer, square or not.
                Slip::WeightsNotTransposed { layers } if layers.has(l) && l > 0 => {
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

    /// Whether a slip differs from the others: one in all layers needs two of them at least that it can be made in.
    fn can_be_made(&self, slip: Slip) -> bool {
        let names = || self.layers.iter().map(|layer| layer.activation.name());
        let bent = names().filter(|name| *name != "identity").count();
        let is_bent = |layers: Layers| match layers {
            Layers::One(l) => names().nth(l) != Some("identity"),
            Layers::All => bent > 1,
        };
        let is_another = |layers: Layers, of: &str| {
            is_bent(layers) && names().enumerate().any(|(l, name)| layers.has(l) && name != of)
        };
        match slip {
            Slip::DerivativeMissing { layers }
            | Slip::DerivativeAtInput { layers }
            | Slip::DerivativeAtOutput { layers } => is_bent(layers),
            Slip::DerivativeOfSigmoid { layers } => is_another(layers, "sigmoid"),
            Slip::DerivativeOfTanh { layers } => is_another(layers, "tanh"),
            Slip::WeightsNotTransposed { layers: Layers::One(l) } => l > 0,
            Slip::WeightsNotTransposed { layers: Layers::All } => self.layers.len() > 2,
            Slip::BiasGradientZero { layers: Layers::One(_) }
            | Slip::BiasGradientOfOneRow { layers: Layers::One(_) }
            | Slip::BiasGradientAveraged { layers: Layers::One(_) } => self.layers.len() > 1,
            _ => true,
        }
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
        // Where there is no activation, nothing can go wrong with its derivative.
        let is_bent = activation.name() != "identity";
        let is_at = |layers: Layers| is_bent && layers.has(l);
        Some(match slip {
            Slip::DerivativeMissing { layers } if is_at(layers) => Array2::ones(z.dim()),
            // The formula in the output, such as a(1 − a), with the input put in.
            Slip::DerivativeAtInput { layers } if is_at(layers) => at(z, z),
            // The derivative of a function that has been applied already.
            Slip::DerivativeAtOutput { layers } if is_at(layers) => {
                at(a, &a.mapv(|a| activation.value(a)))
            }
            Slip::DerivativeOfSigmoid { layers } if is_at(layers) => a.mapv(|a| a * (1.0 - a)),
            Slip::DerivativeOfTanh { layers } if is_at(layers) => a.mapv(|a| 1.0 - a * a),
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
        // A sample is the mean over its columns of targets, and has its weight.
        let mean = |mut dy: Array2<f64>| {
            dy /= divisor * self.targets.ncols() as f64;
            if let Some(weights) = &self.sample_weights {
                dy *= &weights.view().insert_axis(Axis(1));
            }
            dy
        };
        match slip {
            // dy = p − t with y in place of p
            Slip::OutputsAsProbabilities => {
                let (_, t) = self.probabilities(y)?;
                dy = mean(y - &t);
            }
            // dp = 2(p − t), and back through the sigmoid or softmax that made p of y
            Slip::SquaredErrorOfProbabilities => {
                let (p, t) = self.probabilities(y)?;
                let dp = mean(2.0 * (&p - &t));
                dy = match self.loss.name() {
                    "cross_entropy" => {
                        let along_p = (&dp * &p).sum_axis(Axis(1)).insert_axis(Axis(1));
                        &p * &(&dp - &along_p)
                    }
                    _ => &dp * &p * &(1.0 - &p),
                };
            }
            _ => self.loss.batch_gradient(y.view(), self.targets(), divisor, dy.view_mut()),
        }
        Some(dy)
    }

    /// The probabilities that the loss makes of the outputs, and those that it wants. `None` if it makes none.
    fn probabilities(&self, y: &Array2<f64>) -> Option<(Array2<f64>, Array2<f64>)> {
        match self.loss.name() {
            "binary_cross_entropy" if y.dim() == self.targets.dim() => {
                Some((y.mapv(|y| Sigmoid.value(y)), self.targets.clone()))
            }
            "cross_entropy" => {
                let mut p = y.clone();
                for mut row in p.rows_mut() {
                    let p = Array1::from(softmax(&row.to_vec()));
                    row.assign(&p);
                }
                // 1 for the class of the row
                let class = |row: usize| self.targets[[row, 0]];
                let t =
                    Array2::from_shape_fn(y.dim(), |(row, k)| f64::from(class(row) == k as f64));
                Some((p, t))
            }
            _ => None,
        }
    }
}
