//! Jacobians, normal equations and gradients are those of the functions.

use super::*;

/// In the primal and in the dual form, with one shard and with several, with and without weights and penalty.
#[test]
fn jacobians_and_normal_equations() {
    for (rows, outputs) in [(1, 1), (5, 1), (90, 1), (7, 2), (40, 3), (150, 2), (300, 1)] {
        for is_weighted in [false, true] {
            for l2 in [0.0, 0.3] {
                let (network, data) = problem(rows, outputs, is_weighted);
                let what = format!("{rows} × {outputs}, weighted {is_weighted}, λ₂ {l2}");
                let mut residuals = Residuals::new(&network, &data, l2);
                let theta = network.parameters().to_vec();
                if rows <= 90 {
                    let report = gradient_check::jacobian(&mut residuals, &theta);
                    let report = report.unwrap_or_else(|failure| panic!("{what}: {failure}"));
                    assert_eq!(report.checked, rows * outputs * theta.len(), "{what}");
                }
                let report = gradient_check::normal_equations(&mut residuals, &theta);
                report.unwrap_or_else(|failure| panic!("{what}: {failure}"));
            }
        }
    }
}

/// More parameters than two shards of residuals, so that the dual form takes its blocks from two shards.
#[test]
fn the_dual_form_with_several_shards() {
    let network = Network::builder(2).dense(90, Tanh).dense(1, Identity).build(2).unwrap();
    let mut random = random(4);
    let (x, t) = (normals(290, 2, &mut random), normals(290, 1, &mut random));
    let data = Dataset::new(x, t).unwrap();
    let mut residuals = Residuals::new(&network, &data, 0.0);
    assert!(residuals.shards().len() == 2 && residuals.parameters() > 290);
    gradient_check::normal_equations(&mut residuals, network.parameters()).unwrap();
    // And the steps are good: a network with more parameters than samples goes through all of them.
    let mut network = network;
    let training = FullBatch::new(MeanSquaredError, LevenbergMarquardt::default());
    let history = training.run(&mut network, &data, None, &mut ()).unwrap();
    assert!(history.loss < 1e-6, "{} {:?}", history.loss, history.ended);
}

#[test]
fn a_wrong_jacobian_is_named() {
    struct Wrong([usize; 1]);
    impl LeastSquares for Wrong {
        fn parameters(&self) -> usize {
            2
        }
        fn shards(&self) -> &[usize] {
            &self.0
        }
        fn residuals(&mut self, theta: &[f64], _: usize, r: &mut [f64]) {
            r.copy_from_slice(&[theta[0] * theta[1], theta[0] - 1.0, theta[1].exp()]);
        }
        fn jacobian(&mut self, theta: &[f64], shard: usize, r: &mut [f64], jacobian: &mut [f64]) {
            self.residuals(theta, shard, r);
            jacobian.copy_from_slice(&[theta[1], theta[0], 1.0, 0.0, 0.0, 1.0]);
        }
    }
    let error = gradient_check::jacobian(&mut Wrong([3]), &[0.5, 2.0]).unwrap_err().to_string();
    assert!(error.starts_with("∂r[2]/∂θ[1] of shard 0: backward 1.0"), "{error}");
    let error = gradient_check::normal_equations(&mut Wrong([3]), &[0.5, 2.0]).unwrap_err();
    assert!(error.to_string().contains("JᵀJ[1,1]"), "{error}");
}

/// The gradient that L-BFGS sees is that of the loss that is reported, for every loss, with weights and penalty.
#[test]
fn the_objective_is_the_mean_loss_and_its_gradient() {
    for loss in table::losses::<f64>() {
        let outputs = crate::support::outputs(&*loss, 1);
        let mut random = random(8);
        let network = Network::builder(2).dense(5, Tanh).dense(outputs, Identity).build(2).unwrap();
        let x = normals(300, 2, &mut random);
        let targets = crate::support::targets(&*loss, 300, 1, &mut random);
        let data = Dataset::new(x, targets).unwrap();
        let data = data.with_weights(weights(300, &mut random)).unwrap();
        let l2 = 0.1;
        let mut objective = MeanLoss::new(&network, Arc::clone(&loss), &data, l2);
        let theta = network.parameters().to_vec();
        let mut gradient = vec![f64::NAN; theta.len()];
        let value = objective.gradient(&theta, &mut gradient);
        let mean = network.evaluate(&*loss, data.x(), data.targets()).unwrap();
        let penalty = Penalty { l1: 0.0, l2 }.value(&theta, &network.weight_ranges());
        assert!((value - mean - penalty).abs() < 1e-12 * value.abs().max(1.0), "{loss:?}");
        for j in 0..theta.len() {
            let mut at = |h: f64| {
                let mut theta = theta.clone();
                theta[j] += h;
                objective.gradient(&theta, &mut vec![0.0; theta.len()])
            };
            let quotient = (at(1e-5) - at(-1e-5)) / 2e-5;
            let error = (gradient[j] - quotient).abs();
            assert!(error < 1e-6, "{loss:?} ∂L/∂θ[{j}]: {} {quotient}", gradient[j]);
        }
    }
}
