//! The learning rates of 40 epochs under each schedule.

use super::{FLOOR, RELATIVE, assert_close, our_name};
use chainrule::optimizer::Schedule;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct Schedules {
    base_rate: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    settings: Value,
    rates: Vec<f64>,
    /// What a schedule that watches the losses has seen after each epoch.
    losses: Option<Vec<f64>>,
}

impl Case {
    /// PyTorch's settings are rates, ours are factors of the base rate.
    fn schedule(&self, base_rate: f64) -> Schedule {
        let get = |name: &str| self.settings[name].as_f64().expect(name);
        let end = || get("eta_min") / base_rate;
        match our_name(&self.name) {
            "constant" => Schedule::Constant,
            "step" => Schedule::Step { every: get("step_size"), factor: get("gamma") },
            "exponential" => Schedule::Exponential { factor: get("gamma") },
            "cosine" => Schedule::Cosine { epochs: get("T_max"), end: end() },
            "cosine_restarts" => {
                Schedule::CosineRestarts { epochs: get("T_0"), growth: get("T_mult"), end: end() }
            }
            "one_cycle" => {
                assert_eq!(get("max_lr"), base_rate);
                let start = 1.0 / get("div_factor");
                let end = start / get("final_div_factor");
                let (epochs, peak) = (get("total_steps"), get("pct_start"));
                Schedule::OneCycle { epochs, peak, start, end }
            }
            "warm_up" => Schedule::WarmUp {
                epochs: get("total_iters"),
                start: get("start_factor"),
                then: Box::new(Schedule::Cosine { epochs: get("T_max"), end: end() }),
            },
            "reduce_on_plateau" => {
                assert_eq!(get("threshold"), 1e-4, "ours is fixed");
                let patience = get("patience") as usize;
                Schedule::ReduceOnPlateau { factor: get("factor"), patience }
            }
            name => panic!("nothing makes the schedule {name}"),
        }
    }
}

/// The names of all schedules. A new variant does not compile until it has one, and then needs a case.
fn name(schedule: &Schedule) -> &'static str {
    match schedule {
        Schedule::Constant => "constant",
        Schedule::Step { .. } => "step",
        Schedule::Exponential { .. } => "exponential",
        Schedule::Cosine { .. } => "cosine",
        Schedule::CosineRestarts { .. } => "cosine_restarts",
        Schedule::OneCycle { .. } => "one_cycle",
        Schedule::WarmUp { .. } => "warm_up",
        Schedule::ReduceOnPlateau { .. } => "reduce_on_plateau",
    }
}

#[test]
fn schedules() {
    let file = include_str!("../../fixtures/schedules.json");
    let Schedules { base_rate, cases } = serde_json::from_str(file).unwrap();
    let mut seen = BTreeSet::new();
    for case in &cases {
        let schedule = case.schedule(base_rate);
        assert_eq!(schedule.check(), Ok(()), "{schedule:?}");
        seen.insert(name(&schedule));
        let mut plateau = schedule.plateau();
        let rates: Vec<f64> = (0..40)
            .map(|epoch| {
                let rate = base_rate * schedule.factor(f64::from(epoch)) * plateau.factor();
                if let Some(losses) = &case.losses {
                    plateau.observe(losses[epoch as usize]);
                }
                rate
            })
            .collect();
        assert_close(&format!("{schedule:?}"), &rates, &case.rates, RELATIVE, FLOOR);
    }
    assert_eq!(seen.len(), 8, "each of the schedules above has a case: {seen:?}");
}
