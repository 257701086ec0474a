//! What makes up a step: schedule, penalty, clipping, optimizer.

use super::{Last, batches, descent, network, regression};
use crate::support::assert_close;
use chainrule::{
    Dataset, Network, Training,
    activation::Identity,
    initialization::{Bias, Weights},
    loss::MeanSquaredError,
    optimizer::{Adam, Clip, Descent, Optimizer, Penalty, Schedule},
    table,
    training::History,
};
use ndarray::array;
use std::sync::Arc;

fn schedules() -> [Schedule; 7] {
    [
        Schedule::Constant,
        Schedule::Step { every: 2.0, factor: 0.5 },
        Schedule::Exponential { factor: 0.9 },
        Schedule::Cosine { epochs: 8.0, end: 0.1 },
        Schedule::CosineRestarts { epochs: 3.0, growth: 2.0, end: 0.0 },
        Schedule::OneCycle { epochs: 12.0, peak: 0.3, start: 0.1, end: 0.01 },
        Schedule::WarmUp {
            epochs: 3.0,
            start: 0.1,
            then: Box::new(Schedule::Exponential { factor: 0.5 }),
        },
    ]
}

#[test]
fn the_history_tells_the_learning_rate_of_the_last_step() {
    for schedule in schedules() {
        for batch_size in [None, Some(8)] {
            let data = regression::<f64>(30);
            let training = Training { schedule: schedule.clone(), batch_size, ..descent(0.02, 12) };
            let history = training.run(&mut network(), &data, None, &mut ()).unwrap();
            let batches = batches(&data, &training) as f64;
            for epoch in &history.epochs {
                let time = epoch.number as f64 + (batches - 1.0) / batches;
                assert_eq!(epoch.learning_rate, 0.02 * schedule.factor(time), "{schedule:?}");
            }
            assert_eq!(history.epochs.len(), 12);
        }
    }
}

/// The whole step, written out with the parts that anyone can use.
#[test]
fn a_training_is_the_hand_written_loop() {
    let data = regression::<f32>(30);
    for schedule in schedules() {
        for optimizer in table::optimizers::<f32>() {
            let training = Training {
                schedule: schedule.clone(),
                optimizer: Arc::clone(&optimizer),
                penalty: Penalty { l1: 1e-3, l2: 1e-2 },
                clip: Clip::Norm(0.5),
                ..descent(1e-3, 7)
            };
            let mut trained = network();
            let history = training.run(&mut trained, &data, None, &mut ()).unwrap();

            let mut network = network::<f32>();
            let weights = network.weight_ranges();
            let parameters = network.parameters().len();
            let mut descent = Descent::with_decay_on(optimizer, parameters, weights.clone());
            let mut workspace = network.workspace(30);
            let mut best = (f64::INFINITY, Vec::new());
            for epoch in &history.epochs {
                network.forward(data.x(), &mut workspace);
                let loss = network.backward(&MeanSquaredError, data.targets(), &mut workspace);
                assert_eq!(loss, epoch.training_loss);
                if loss < best.0 {
                    best = (loss, network.parameters().to_vec());
                }
                let (theta, gradient) = (network.parameters_mut(), workspace.gradient_mut());
                training.penalty.add_gradient(theta, &weights, gradient);
                training.clip.apply(gradient);
                descent.step(1e-3 * schedule.factor(epoch.number as f64), theta, gradient);
            }
            let loss = network.evaluate(&MeanSquaredError, data.x(), data.targets()).unwrap();
            if loss < best.0 {
                best = (loss, network.parameters().to_vec());
            }
            assert_eq!((history.loss, trained.parameters()), (best.0, &best.1[..]), "{training:?}");
        }
    }
}

/// A line through two points, which starts as y = 0: its last slope and bias, and the history. The inputs ±1 have
/// mean 0 and mean square 1.
fn line(training: &Training<f64>, targets: [f64; 2]) -> ([f64; 2], History) {
    let data = Dataset::new(array![[-1.0], [1.0]], array![[targets[0]], [targets[1]]]).unwrap();
    let builder = Network::builder(1);
    let mut network =
        builder.dense_from(1, Identity, Weights::Zeros, Bias::Zeros).build(0).unwrap();
    let mut last = Last::default();
    let history = training.run(&mut network, &data, None, &mut last).unwrap();
    ([last.0[0], last.0[1]], history)
}

#[test]
fn a_plateau_reduces_the_learning_rate() {
    let schedule = Schedule::ReduceOnPlateau { factor: 0.5, patience: 2 };
    let training = Training { schedule: schedule.clone(), ..descent(0.1, 9) };
    // The line y = 0 is right from the start: the loss can not become smaller.
    let (_, history) = line(&training, [0.0, 0.0]);
    let rates: Vec<f64> = history.epochs.iter().map(|epoch| epoch.learning_rate).collect();
    assert_eq!(rates, [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]);
    // Here it becomes smaller in each epoch.
    let (_, history) = line(&training, [1.0, 2.0]);
    assert!(history.epochs.iter().all(|epoch| epoch.learning_rate == 0.1));

    // Losses of likelihoods are negative when they are good.
    let mut plateau = schedule.plateau();
    (0..6).for_each(|i| plateau.observe(-1.0 - f64::from(i)));
    assert_eq!(plateau.factor(), 1.0, "smaller each time");
    (0..3).for_each(|_| plateau.observe(-6.0));
    assert_eq!(plateau.factor(), 0.5, "three times the same");
}

/// With targets 3 ∓ 2, least squares give the slope 2 and the bias 3. The penalty λ₂/2 w² turns 2(w − 2) = 0
/// into 2(w − 2) + λ₂w = 0, the penalty λ₁|w| into 2(w − 2) + λ₁ = 0 (or w = 0 where λ₁ ≥ 4).
#[test]
fn penalties_shrink_the_weights_and_not_the_biases() {
    let fit = |l1: f64, l2: f64, rate: f64| {
        line(&Training { penalty: Penalty { l1, l2 }, ..descent(rate, 400) }, [1.0, 5.0]).0
    };
    for (l1, l2, slope) in
        [(0.0, 0.0, 2.0), (0.0, 1.0, 4.0 / 3.0), (0.0, 6.0, 0.5), (1.0, 0.0, 1.5)]
    {
        let [w, b] = fit(l1, l2, 0.05);
        assert!((w - slope).abs() < 1e-12 && (b - 3.0).abs() < 1e-12, "{l1} {l2}: {w} {b}");
    }
    // At zero the sign jumps, and the weight with it by at most one step, 10⁻³ (4 + 6).
    let [w, _] = fit(6.0, 0.0, 1e-3);
    assert!(w.abs() <= 1e-2, "{w}");
}

/// Each weight goes down by λ₁ α per step until it is at zero, up to the step's length.
#[test]
fn an_l1_penalty_drives_idle_weights_to_zero() {
    let penalty = Penalty { l1: 1.0, l2: 0.0 };
    let weights = [0..1, 1..3];
    let mut theta = [0.8, -0.5, 0.0, 0.3];
    for _ in 0..1000 {
        let mut gradient = [0.0; 4];
        penalty.add_gradient(&theta, &weights, &mut gradient);
        theta.iter_mut().zip(gradient).for_each(|(w, g): (&mut f64, f64)| *w -= 1e-3 * g);
    }
    assert!(theta[..3].iter().all(|w| w.abs() <= 1e-3), "{theta:?}");
    assert_eq!((theta[2], theta[3]), (0.0, 0.3), "at zero it stays, and a bias is not touched");
    let start: [f64; 4] = [0.8, -0.5, 0.0, 0.3];
    let value = Penalty { l1: 2.0, l2: 4.0 }.value(&start, &weights);
    assert!((value - (2.0 * 1.3 + 2.0 * (0.64 + 0.25))).abs() < 1e-15);
}

#[test]
fn decoupled_decay_shrinks_weights_alone() {
    let optimizer = Adam::decoupled(0.5);
    assert_eq!(Optimizer::<f64>::weight_decay(&optimizer), 0.5);
    let mut descent = Descent::with_decay_on(optimizer, 3, vec![0..1, 2..3]);
    let mut theta = [1.0f64, 1.0, -2.0];
    for _ in 0..10 {
        descent.step(0.1, &mut theta, &[0.0; 3]);
    }
    let kept = 0.95f64.powi(10);
    assert_close("θ", &theta, &[kept, 1.0, -2.0 * kept], 1e-12, 0.0);
}

#[test]
fn clipping_limits_the_step() {
    let step = |clip: Clip| {
        let (mut network, data) = (network::<f64>(), regression(30));
        let (before, mut last) = (network.parameters().to_vec(), Last::default());
        let training = Training { clip, ..descent(1.0, 1) };
        training.run(&mut network, &data, None, &mut last).unwrap();
        before.iter().zip(&last.0).map(|(before, after)| before - after).collect::<Vec<f64>>()
    };
    let norm = |step: &[f64]| step.iter().map(|v| v * v).sum::<f64>().sqrt();
    let by_norm = step(Clip::Norm(0.01));
    assert!((norm(&by_norm) - 0.01).abs() < 1e-12, "{}", norm(&by_norm));
    let largest = step(Clip::Value(0.01)).iter().fold(0.0f64, |largest, v| largest.max(v.abs()));
    assert!((largest - 0.01).abs() < 1e-12, "{largest}");
    // Far above the gradient's norm, a limit does nothing.
    assert_eq!(step(Clip::Norm(1e3)), step(Clip::None));
}

/// Within 300 epochs of the full batch the loss falls to a tenth of that of the start.
#[test]
fn every_optimizer_learns() {
    for optimizer in table::optimizers::<f32>() {
        let learning_rate = match optimizer.name() {
            "sgd" | "adagrad" => 0.1,
            "momentum" | "nesterov" => 0.03,
            "rms_prop" | "adam" | "ams_grad" | "adam_w" | "nadam" => 0.01,
            "lion" => 0.003,
            name => panic!("{name} needs a learning rate here"),
        };
        let training = Training { optimizer, ..descent(learning_rate, 300) };
        let history = training.run(&mut network(), &regression(60), None, &mut ()).unwrap();
        let (first, last) = (history.epochs[0].training_loss, history.loss);
        assert!(last < 0.1 * first, "{:?}: from {first} to {last}", training.optimizer);
    }
}
