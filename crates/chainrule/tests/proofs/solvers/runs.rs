//! Trainings by a solver: precision, early stopping, interruptions, what is refused, threads.

use super::*;

/// In single precision too, and in a few iterations much lower than the start.
#[test]
fn every_solver_trains_in_both_precisions() {
    fn losses<T: chainrule::Real>() -> Vec<f64> {
        let x = Array1::linspace(-1.7, 1.7, 60).insert_axis(Axis(1));
        let data = Dataset::new(x.mapv(T::of), x.mapv(|x: f64| T::of((2.0 * x).sin()))).unwrap();
        let train = |solver| {
            let mut network =
                Network::<T>::builder(1).dense(8, Tanh).dense(1, Identity).build(3).unwrap();
            let training =
                FullBatch { iterations: 100, ..FullBatch::new(MeanSquaredError, solver) };
            training.run(&mut network, &data, None, &mut ()).unwrap().loss
        };
        table::solvers().into_iter().map(train).collect()
    }
    for (single, double) in losses::<f32>().into_iter().zip(losses::<f64>()) {
        assert!(double < 2e-3 && single < 2e-3, "{single} {double}");
    }
}

/// With validation data the best parameters are returned, whatever came after.
#[test]
fn early_stopping_returns_the_best_parameters() {
    let mut random = random(5);
    let x = normals::<f64>(40, 3, &mut random);
    let t = x.map_axis(Axis(1), |x| x[0] * x[1]).insert_axis(Axis(1))
        + normals::<f64>(40, 1, &mut random) * 0.5;
    let data = Dataset::new(x, t).unwrap();
    let (data, validation) = data.split(0.4, 1).unwrap();
    for solver in table::solvers() {
        let mut network = Network::builder(3).dense(12, Tanh).dense(1, Identity).build(1).unwrap();
        let training = FullBatch {
            early_stopping: Some(EarlyStopping::after(5)),
            ..FullBatch::new(MeanSquaredError, solver)
        };
        let history = training.run(&mut network, &data, Some(&validation), &mut ()).unwrap();
        let loss =
            network.evaluate(&MeanSquaredError, validation.x(), validation.targets()).unwrap();
        let losses = history.epochs.iter().map(|epoch| epoch.validation_loss.unwrap());
        let smallest = losses.fold(f64::INFINITY, f64::min);
        assert_eq!(history.validation_loss, Some(loss), "{solver:?}");
        assert!(loss <= smallest, "{solver:?}: {loss} {smallest}");
        assert!(history.learned);
    }
}

#[test]
fn an_observer_can_break_it_off() {
    struct Stop(usize);
    impl Observer<f64> for Stop {
        fn epoch(&mut self, epoch: &Epoch, _: &Network<f64>) -> ControlFlow<()> {
            assert!(epoch.iteration.is_some());
            if epoch.number == self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    let (mut network, data) = problem(50, 1, false);
    for solver in table::solvers() {
        let training = FullBatch::new(MeanSquaredError, solver);
        let history = training.run(&mut network, &data, None, &mut Stop(2)).unwrap();
        assert_eq!(history.ended, Ended::Interrupted { epoch: 2 }, "{solver:?}");
        assert_eq!(history.epochs.len(), 3);
    }
}

#[test]
fn what_a_solver_is_not_made_for_is_told_before_anything_is_allocated() {
    let run = |training: &FullBatch<f64>, network: &mut Network<f64>, data: &Dataset<f64>| {
        training.run(network, data, None, &mut ()).unwrap_err()
    };
    let lm = || LevenbergMarquardt::default();
    let (mut plain, data) = problem(10, 1, false);
    let class = Dataset::new(data.x().to_owned(), Array2::zeros((10, 1))).unwrap();
    let mut classes = Network::builder(3).dense(2, Identity).build(1).unwrap();
    let loss = || Arc::new(CrossEntropy::default()) as Arc<dyn Loss<f64>>;
    let training = FullBatch { loss: loss(), ..FullBatch::new(MeanSquaredError, lm()) };
    assert_eq!(
        run(&training, &mut classes, &class).to_string(),
        "levenberg_marquardt is not made for the loss cross_entropy, which is no sum of squares; take lbfgs \
         or scaled_conjugate_gradient"
    );
    let training = FullBatch { loss: loss(), ..FullBatch::new(MeanSquaredError, Lbfgs::default()) };
    assert!(training.run(&mut classes, &class, None, &mut ()).is_ok());

    let mut dropout = Network::builder(3).dropout(0.5).dense(1, Identity).build(1).unwrap();
    for solver in table::solvers() {
        let error = run(&FullBatch::new(MeanSquaredError, solver), &mut dropout, &data).to_string();
        assert!(error.contains("is not made for dropout or batch normalisation"), "{error}");
        let training = FullBatch {
            penalty: Penalty { l1: 0.1, l2: 0.0 },
            ..FullBatch::new(MeanSquaredError, solver)
        };
        let error = run(&training, &mut plain, &data).to_string();
        assert!(error.contains("an l1 penalty"), "{error}");
    }
    let training = FullBatch {
        penalty: Penalty { l1: 0.0, l2: 0.1 },
        ..FullBatch::new(MeanSquaredError, table::solver("bayesian_regularization").unwrap())
    };
    assert!(run(&training, &mut plain, &data).to_string().contains("finds its own"));

    let mut large = Network::builder(3).dense(1000, Tanh).dense(1000, Tanh).dense(1, Identity);
    large = large.dense(1, Identity);
    let mut large = large.build(1).unwrap();
    let many = Dataset::new(Array2::zeros((100_000, 3)), Array2::zeros((100_000, 1))).unwrap();
    let error = run(&FullBatch::new(MeanSquaredError, lm()), &mut large, &many);
    assert!(matches!(error, Error::Memory { .. }), "{error}");
    let error = error.to_string();
    assert!(error.starts_with("levenberg_marquardt would need "), "{error}");
    assert!(error.contains("GiB of memory for 1006003 parameters; use lbfgs"), "{error}");

    plain.parameters_mut()[0] = f64::NAN;
    for solver in table::solvers() {
        let error = run(&FullBatch::new(MeanSquaredError, solver), &mut plain, &data);
        assert_eq!(error, Error::Start, "{solver:?}");
    }
    let nowhere = least_squares(1, |_, r| r[0] = f64::NAN, |_, j| j[0] = 1.0, &[1.0]);
    assert_eq!(nowhere, Err(Error::Start));
    assert!(least_squares(0, |_, _| {}, |_, _| {}, &[1.0]).is_err());
}

/// Trainings in parallel: the same bits for any number of threads, in the order of their numbers.
#[test]
fn trainings_in_parallel_have_the_same_bits() {
    let (_, data) = problem(300, 2, true);
    for solver in table::solvers() {
        let train = |number: usize| {
            let builder = Network::builder(3).dense(9, Tanh).dense(2, Identity);
            let mut network = builder.build(number as u64).unwrap();
            let training = FullBatch { iterations: 25, ..FullBatch::new(MeanSquaredError, solver) };
            training.run(&mut network, &data, None, &mut ()).unwrap();
            network.parameters().iter().map(|v| v.to_bits()).collect::<Vec<_>>()
        };
        let one = in_parallel(5, 1, train);
        for threads in [2, 3, 4, 8] {
            assert!(in_parallel(5, threads, train) == one, "{solver:?}, {threads} threads");
        }
        assert_ne!(one[0], one[1]);
    }
}
