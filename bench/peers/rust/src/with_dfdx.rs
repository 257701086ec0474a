//! dfdx: the network is a type, so each workload is a piece of code of its own.

use anyhow::{Result, bail};
use dfdx::{
    nn::builders::{Linear, ReLU},
    optim::{Adam, AdamConfig},
    prelude::*,
};

use crate::{EPOCHS, MiniBatches, Random, report, sine};

type Sine = ((Linear<1, 100>, ReLU), Linear<100, 1>);
type Tab = ((Linear<8, 64>, ReLU), (Linear<64, 64>, ReLU), Linear<64, 1>);
type Wide =
    ((Linear<64, 256>, ReLU), (Linear<256, 256>, ReLU), (Linear<256, 256>, ReLU), Linear<256, 1>);
type Mnist = ((Linear<784, 512>, ReLU), (Linear<512, 512>, ReLU), Linear<512, 10>);

/// As many steps of Adam, on what `$samples` gives, from a copy of the network `$first`.
macro_rules! train {
    ($first:expr, $rate:expr, $steps:expr, $loss:expr, $samples:expr) => {{
        let mut model = $first.clone();
        let mut adam = Adam::new(&model, AdamConfig { lr: $rate, ..Default::default() });
        let mut gradients = model.alloc_grads();
        for step in 0..$steps {
            let (x, t) = $samples(step);
            let y = model.forward_mut(x.traced(gradients));
            gradients = $loss(y, t).backward();
            adam.update(&mut model, &gradients).expect("the loss depends on every parameter");
            model.zero_grads(&mut gradients);
        }
    }};
}

macro_rules! full_batch {
    ($real:ty, $precision:expr) => {{
        let device = Cpu::default();
        let first = device.build_module::<Sine, $real>();
        let (x, t) = sine();
        let column = |v: Vec<f64>| {
            let v = v.into_iter().map(|v| v as $real).collect();
            device.tensor_from_vec(v, (Const::<100>, Const::<1>))
        };
        let (x, t) = (column(x), column(t));
        report("dfdx", "dfdx", "sine", $precision, EPOCHS, || {
            // A clone shares the numbers.
            train!(first, 0.01, EPOCHS, mse_loss, |_| (x.clone(), t.clone()));
            Ok(())
        })?;
    }};
}

macro_rules! mini_batches {
    ($workload:expr, $model:ty, $batch:literal, $inputs:literal, $outputs:literal, $loss:expr) => {{
        let shape = MiniBatches::of($workload)?;
        assert_eq!(shape.batch, $batch);
        let device = Cpu::default();
        let first = device.build_module::<$model, f32>();
        let mut random = Random(0);
        let inputs = shape.inputs(&mut random);
        let mut targets = vec![0.0f32; shape.rows * $outputs];
        for (row, target) in targets.chunks_mut($outputs).enumerate() {
            if $outputs == 1 {
                target[0] = inputs[row * $inputs..][..$inputs].iter().sum::<f32>().sin();
            } else {
                target[random.below($outputs)] = 1.0;
            }
        }
        // The buffers of a batch, as slices and as tensors.
        let (mut rows, mut row_targets) =
            (vec![0.0; $batch * $inputs], vec![0.0; $batch * $outputs]);
        let mut x: Tensor<Rank2<$batch, $inputs>, f32, _> = device.zeros();
        let mut t: Tensor<Rank2<$batch, $outputs>, f32, _> = device.zeros();
        let (mut order, mut orders) = (Vec::new(), Random(1));
        let per_epoch = shape.rows / shape.batch;
        report("dfdx", "dfdx", $workload, "f32", shape.steps(), || {
            train!(first, 1e-3, shape.steps(), $loss, |step: usize| {
                if step % per_epoch == 0 {
                    order = orders.order(shape.rows);
                }
                let chosen = &order[step % per_epoch * $batch..][..$batch];
                for (k, &row) in chosen.iter().enumerate() {
                    let row = row as usize;
                    rows[k * $inputs..][..$inputs]
                        .copy_from_slice(&inputs[row * $inputs..][..$inputs]);
                    row_targets[k * $outputs..][..$outputs]
                        .copy_from_slice(&targets[row * $outputs..][..$outputs]);
                }
                x.copy_from(&rows);
                t.copy_from(&row_targets);
                (x.clone(), t.clone())
            });
            Ok(())
        })
    }};
}

pub fn run(workload: &str) -> Result<()> {
    // As its examples do.
    dfdx::flush_denormals_to_zero();
    match workload {
        "sine" => {
            full_batch!(f32, "f32");
            full_batch!(f64, "f64");
            Ok(())
        }
        "tab" => mini_batches!("tab", Tab, 32, 8, 1, mse_loss),
        "wide" => mini_batches!("wide", Wide, 256, 64, 1, mse_loss),
        "mnist" => mini_batches!("mnist", Mnist, 128, 784, 10, cross_entropy_with_logits_loss),
        _ => bail!("dfdx has no workload `{workload}`"),
    }
}
