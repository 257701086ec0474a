use super::{FullBatch, Residuals, full_batch::GIB};
use crate::{
    Network, Real,
    data::Dataset,
    error::{Error, expect},
    layer::Layer,
    solver::{Demand, Evidence, NormalEquations},
};
use ndarray::{Array2, ArrayView2};

/// How sure a network is of its outputs, after a training by
/// [Bayesian regularisation](crate::solver::BayesianRegularization).
///
/// Near the minimum the parameters are as good as normally distributed around θ, and the network as good as linear in
/// them. With the evidence's noise σ² and penalty λ and the Jacobian J of all residuals, the variance of an output y
/// with g = ∂y/∂θ, and that of a target around it, are
///
/// > var(y) = s² gᵀ (JᵀJ + λI)⁻¹ g, var(t) = var(y) + σ², where s² is σ² in the unit of a residual
///
/// (MacKay, *A practical Bayesian framework for backpropagation networks*, Neural Computation 4 (1992) 448,
/// section 4).
pub struct Posterior<T> {
    network: Network<T>,
    equations: NormalEquations,
    /// σ², in squared units of the targets.
    noise: f64,
    /// s².
    scale: f64,
}

impl<T: Real> Posterior<T> {
    /// Of a network that was trained on these data, with the [evidence](super::History::evidence) of its training.
    ///
    /// # Errors
    ///
    /// [`Error::Shape`] if the data or the evidence are not those of the network, [`Error::Unsuitable`] for dropout and
    /// batch normalisation, [`Error::Memory`] if it has too many
    /// parameters, and [`Error::Start`] if they are no finite numbers.
    pub fn new(network: &Network<T>, data: &Dataset<T>, evidence: Evidence) -> Result<Self, Error> {
        expect("columns of the inputs", network.inputs(), data.x().ncols())?;
        expect("columns of the targets", network.outputs(), data.targets().values.ncols())?;
        expect("parameters of the evidence", network.parameters().len(), evidence.parameters)?;
        let residuals = data.len() * network.outputs();
        expect("residuals of the evidence (of other data?)", residuals, evidence.residuals)?;
        if !network.layer().predicts_as_it_trains() {
            let what = "dropout or batch normalisation".to_owned();
            let instead = "leave them out".to_owned();
            return Err(Error::Unsuitable { solver: "the posterior", what, instead });
        }
        let bytes = Demand::primal(evidence.parameters).bytes;
        if bytes > FullBatch::<T>::MOST_BYTES {
            let (parameters, gigabytes) = (evidence.parameters, bytes / GIB);
            let (solver, instead) = ("the posterior", "a smaller network");
            return Err(Error::Memory { solver, parameters, gigabytes, instead });
        }
        let mut residuals = Residuals::new(network, data, 0.0);
        let mut equations = NormalEquations::primal(&residuals);
        let theta: Vec<f64> = network.parameters().iter().map(|v| v.f64()).collect();
        equations.assemble(&mut residuals, &theta);
        let ridge = evidence.ridge;
        if !ridge.is_finite() || !equations.factorize(|_| ridge) {
            return Err(Error::Start);
        }
        let noise = evidence.noise;
        Ok(Self {
            network: network.clone(),
            equations,
            noise,
            scale: noise / evidence.residuals as f64,
        })
    }

    /// The standard deviation of each output [rows × outputs] for inputs `x` [rows × inputs]: how far the network may be
    /// from the function behind the data, if it can represent it.
    pub fn deviations(&mut self, x: ArrayView2<T>) -> Result<Array2<T>, Error> {
        Ok(self.variances(x)?.mapv(|variance| T::of(variance.sqrt())))
    }

    /// The same of a target that is measured there: the noise comes to it.
    pub fn deviations_of_targets(&mut self, x: ArrayView2<T>) -> Result<Array2<T>, Error> {
        let noise = self.noise;
        Ok(self.variances(x)?.mapv(|variance| T::of((variance + noise).sqrt())))
    }

    fn variances(&mut self, x: ArrayView2<T>) -> Result<Array2<f64>, Error> {
        expect("columns of the inputs", self.network.inputs(), x.ncols())?;
        let outputs = self.network.outputs();
        let mut variances = Array2::zeros((x.nrows(), outputs));
        let mut one = self.network.workspace(1);
        let (layer, parameters) = (self.network.shared_layer(), self.network.parameters().len());
        let mut gradient = vec![0.0; parameters];
        for (row, x) in x.outer_iter().enumerate() {
            for k in 0..outputs {
                one.gradient_of_output(&*layer, self.network.parameters(), x, k);
                for (to, g) in gradient.iter_mut().zip(one.gradient()) {
                    *to = g.f64();
                }
                variances[[row, k]] = self.scale * self.equations.inverse_product(&gradient);
            }
        }
        Ok(variances)
    }
}
