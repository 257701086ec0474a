//! Numbers that are humane.

use chainrule::{
    Network,
    activation::{Identity, Relu},
    loss::MeanSquaredError,
    optimizer::Sgd,
    random::{Purpose, Random},
    trace::{LayerTrace, Trace, Tracing},
};
use ndarray::Array2;
use std::{collections::HashSet, sync::Arc};

/// α of the step.
pub(super) const LEARNING_RATE: f64 = 0.1;

/// No number of an exercise is larger.
const LARGEST: f64 = 60.0;

/// So many draws in a row that are none, or are there already, end the search.
const MOST_FAILURES: usize = 20_000;

/// Different exercises; fewer than asked for if there are not so many.
pub(super) fn exercises(widths: &[usize], count: usize, seed: u64) -> Vec<Trace> {
    let mut random = Random::new(seed, Purpose::Data);
    let (mut exercises, mut drawn): (Vec<Trace>, _) = (Vec::new(), HashSet::new());
    let mut failures = 0;
    while exercises.len() < count && failures < MOST_FAILURES {
        failures += 1;
        let Some(draw) = Draw::new(widths, &mut random) else { continue };
        if !drawn.insert(draw.bits()) {
            continue;
        }
        let Some(trace) = draw.trace().filter(is_humane) else { continue };
        exercises.push(trace);
        failures = 0;
    }
    exercises
}

/// The numbers of an exercise, humane or not.
struct Draw {
    network: Network<f64>,
    x: Array2<f64>,
    t: Array2<f64>,
}

impl Draw {
    fn new(widths: &[usize], random: &mut Random) -> Option<Self> {
        let (&outputs, hidden) = widths[1..].split_last()?;
        let builder = Network::<f64>::builder(widths[0]);
        let builder = hidden.iter().fold(builder, |builder, &units| builder.dense(units, Relu));
        let mut network = builder.dense(outputs, Identity).build(0).ok()?;

        let mut one_of = |numbers: &[f64]| numbers[random.below(numbers.len())];
        let blocks = network.blocks();
        let theta = blocks.iter().flat_map(|block| {
            let numbers: &[f64] = if block.shape.len() == 2 {
                &[-2.0, -1.0, 1.0, 2.0, 3.0]
            } else {
                &[-1.0, 0.0, 1.0, 2.0]
            };
            (0..block.len()).map(|_| one_of(numbers)).collect::<Vec<_>>()
        });
        let theta: Vec<f64> = theta.collect();
        network.set(&theta, &[]).ok()?;
        let x =
            Array2::from_shape_simple_fn((1, widths[0]), || one_of(&[-2.0, -1.0, 1.0, 2.0, 3.0]));
        // dy = 2(y − t)/outputs is to be a small whole number.
        let y = network.predict(x.view()).ok()?;
        let t = y.mapv(|y| y - one_of(&[-2.0, -1.0, 1.0, 2.0]) * outputs as f64 / 2.0);

        Some(Self { network, x, t })
    }

    /// What tells it from others.
    fn bits(&self) -> Vec<u64> {
        let numbers = self.network.parameters().iter().chain(&self.x).chain(&self.t);
        numbers.map(|v| v.to_bits()).collect()
    }

    /// The step with all its numbers.
    fn trace(&self) -> Option<Trace> {
        let tracing = Tracing {
            learning_rate: LEARNING_RATE,
            differences: false,
            ..Tracing::new(Arc::new(MeanSquaredError), Arc::new(Sgd::default()))
        };
        tracing.run(&self.network, self.x.view(), self.t.view().into()).ok()
    }
}

/// Whether all numbers are small and short, no ReLU is at its kink, and the hidden units are not all alike.
fn is_humane(trace: &Trace) -> bool {
    let step = &trace.steps[0];
    let is_short = |v: &f64| v.abs() <= LARGEST && (v * 100.0 - (v * 100.0).round()).abs() < 1e-9;
    let all_short = step.layers.iter().all(|layer| {
        let passes = layer.forward.iter().chain(&layer.backward);
        let parameters = layer.parameters.iter().flat_map(|one| [&one.gradient, &one.after]);
        passes.chain(parameters).all(|quantity| quantity.values.iter().all(is_short))
    });
    let (_, hidden) = step.layers.split_last().expect("there is a layer");
    let z = |layer: &LayerTrace| layer.get("z").map_or(Vec::new(), |z| z.values.clone());
    let no_kink = hidden.iter().all(|layer| z(layer).iter().all(|z| *z != 0.0));
    // Something comes through each layer; and somewhere a unit is off, if there are two.
    let on = hidden.iter().all(|layer| z(layer).iter().any(|z| *z > 0.0));
    let has_choice = hidden.iter().any(|layer| layer.outputs > 1);
    let off = hidden.iter().any(|layer| z(layer).iter().any(|z| *z < 0.0));
    // The first layer learns something.
    let first = &step.layers[0].parameters[0].gradient;
    all_short && no_kink && on && (off || !has_choice) && first.values.iter().any(|v| *v != 0.0)
}
