//! Ten steps of each optimizer down the same gradients, and clipping.

use super::{FLOOR, RELATIVE, assert_all_have_cases, assert_close, our_name};
use chainrule::{
    optimizer::{Adagrad, Adam, Clip, Descent, Lion, Nadam, Optimizer, RmsProp, Sgd},
    table,
};
use serde::Deserialize;
use std::sync::Arc;

const OPTIMIZERS: &str = include_str!("../../fixtures/optimizers.json");

#[derive(Deserialize)]
struct Optimizers {
    start: Vec<f64>,
    gradients: Vec<Vec<f64>>,
    clip: ClipCase,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    settings: Settings,
    trajectory: Vec<Vec<f64>>,
}

/// PyTorch's settings; those that an optimizer does not have are missing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Settings {
    learning_rate: f64,
    epsilon: f64,
    alpha: f64,
    betas: [f64; 2],
    momentum: f64,
    momentum_decay: f64,
    weight_decay: f64,
    initial_accumulator_value: f64,
    nesterov: bool,
    centered: bool,
    amsgrad: bool,
}

impl Case {
    fn optimizer(&self) -> Arc<dyn Optimizer<f64>> {
        let Settings { epsilon, betas: [beta1, beta2], momentum, weight_decay, .. } = self.settings;
        let Settings { alpha, momentum_decay, nesterov, amsgrad, .. } = self.settings;
        assert!(!self.settings.centered && self.settings.initial_accumulator_value == 0.0);
        match our_name(&self.name) {
            "sgd" | "momentum" | "nesterov" => Arc::new(Sgd { momentum, nesterov }),
            "rms_prop" => Arc::new(RmsProp { decay: alpha, epsilon, momentum }),
            "adagrad" => Arc::new(Adagrad { epsilon }),
            "adam" | "ams_grad" | "adam_w" => {
                Arc::new(Adam { beta1, beta2, epsilon, ams_grad: amsgrad, weight_decay })
            }
            "nadam" => Arc::new(Nadam { beta1, beta2, epsilon, momentum_decay }),
            "lion" => Arc::new(Lion { beta1, beta2, weight_decay }),
            name => panic!("nothing makes {name}"),
        }
    }
}

#[test]
fn optimizers() {
    let Optimizers { start, gradients, cases, .. } = serde_json::from_str(OPTIMIZERS).unwrap();
    for case in &cases {
        let optimizer = case.optimizer();
        assert_eq!(optimizer.name(), our_name(&case.name));
        let what = format!("{optimizer:?}");
        let (mut theta, mut descent) = (start.clone(), Descent::new(optimizer, start.len()));
        assert_eq!((case.trajectory.len(), gradients.len()), (10, 10));
        for (gradient, expected) in gradients.iter().zip(&case.trajectory) {
            descent.step(case.settings.learning_rate, &mut theta, gradient);
            let what = format!("{what}, step {}", descent.steps());
            assert_close(&what, &theta, expected, RELATIVE, FLOOR);
        }
    }
    let entries = table::optimizers::<f64>();
    assert_all_have_cases(
        entries.iter().map(|entry| entry.name().to_owned()),
        cases.iter().map(|case| case.name.as_str()),
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClipCase {
    gradient: Vec<f64>,
    norm: f64,
    max_norm: f64,
    clipped_by_norm: Vec<f64>,
    max_value: f64,
    clipped_by_value: Vec<f64>,
}

#[test]
fn clipping() {
    let Optimizers { clip: case, .. } = serde_json::from_str(OPTIMIZERS).unwrap();
    let clipped = |clip: Clip| {
        let mut gradient = case.gradient.clone();
        clip.apply(&mut gradient);
        gradient
    };
    // PyTorch scales by max / (norm + 10⁻⁶), which falls short of the limit; we reach it.
    let shortfall = case.norm / (case.norm + 1e-6);
    let by_norm: Vec<f64> =
        clipped(Clip::Norm(case.max_norm)).iter().map(|g| g * shortfall).collect();
    assert_close("clipped by norm", &by_norm, &case.clipped_by_norm, RELATIVE, 0.0);
    let by_value = clipped(Clip::Value(case.max_value));
    assert_close("clipped by value", &by_value, &case.clipped_by_value, 0.0, 0.0);
    for clip in [Clip::None, Clip::Norm(2.0 * case.norm), Clip::Value(2.0 * case.norm)] {
        assert_eq!(clipped(clip), case.gradient, "{clip:?} has nothing to do");
    }
}
