//! candle: its Adam is AdamW without decay.

use anyhow::{Result, bail};
use candle_core::{DType, Device, Tensor};
use candle_nn::{
    Activation, AdamW, Module, Optimizer, ParamsAdamW, Sequential, VarBuilder, VarMap, linear,
    loss, seq,
};

use crate::{EPOCHS, MiniBatches, Random, report, sine};

type Loss = fn(&Tensor, &Tensor) -> candle_core::Result<Tensor>;

/// A network with its optimizer.
struct Trainer {
    network: Sequential,
    adam: AdamW,
    loss: Loss,
}

impl Trainer {
    fn new(layers: &[usize], precision: DType, rate: f64, loss: Loss) -> Result<Self> {
        let parameters = VarMap::new();
        let builder = VarBuilder::from_varmap(&parameters, precision, &Device::Cpu);
        let mut network = seq();
        for (k, pair) in layers.windows(2).enumerate() {
            network = network.add(linear(pair[0], pair[1], builder.pp(k.to_string()))?);
            if k + 2 < layers.len() {
                network = network.add(Activation::Relu);
            }
        }
        let settings = ParamsAdamW { lr: rate, weight_decay: 0.0, ..Default::default() };
        Ok(Self { network, adam: AdamW::new(parameters.all_vars(), settings)?, loss })
    }

    fn step(&mut self, x: &Tensor, t: &Tensor) -> Result<()> {
        let loss = (self.loss)(&self.network.forward(x)?, t)?;
        Ok(self.adam.backward_step(&loss)?)
    }
}

pub fn run(workload: &str) -> Result<()> {
    match workload {
        "sine" => full_batch(),
        "tab" | "wide" | "mnist" => mini_batches(workload),
        _ => bail!("candle has no workload `{workload}`"),
    }
}

fn full_batch() -> Result<()> {
    let (x, t) = sine();
    let n = x.len();
    for (precision, name) in [(DType::F32, "f32"), (DType::F64, "f64")] {
        let column = |v: &[f64]| Tensor::from_slice(v, (n, 1), &Device::Cpu)?.to_dtype(precision);
        let (x, t) = (column(&x)?, column(&t)?);
        report("candle", "candle-core", "sine", name, EPOCHS, || {
            let mut trainer = Trainer::new(&[1, 100, 1], precision, 0.01, loss::mse)?;
            (0..EPOCHS).try_for_each(|_| trainer.step(&x, &t))
        })?;
    }
    Ok(())
}

fn mini_batches(workload: &str) -> Result<()> {
    let shape = MiniBatches::of(workload)?;
    let mut random = Random(0);
    let inputs = shape.inputs(&mut random);
    let (width, rows) = (shape.layers[0], shape.rows);
    let (t, loss): (Tensor, Loss) = if workload == "mnist" {
        let classes: Vec<u32> = (0..rows).map(|_| random.below(10) as u32).collect();
        (Tensor::from_vec(classes, rows, &Device::Cpu)?, loss::cross_entropy)
    } else {
        let curve: Vec<f32> = inputs.chunks(width).map(|x| x.iter().sum::<f32>().sin()).collect();
        (Tensor::from_vec(curve, (rows, 1), &Device::Cpu)?, loss::mse)
    };
    let x = Tensor::from_vec(inputs, (rows, width), &Device::Cpu)?;
    report("candle", "candle-core", workload, "f32", shape.steps(), || {
        let mut trainer = Trainer::new(shape.layers, DType::F32, 1e-3, loss)?;
        for _ in 0..shape.epochs {
            for chosen in random.order(rows).chunks(shape.batch) {
                let chosen = Tensor::new(chosen, &Device::Cpu)?;
                trainer.step(&x.index_select(&chosen, 0)?, &t.index_select(&chosen, 0)?)?;
            }
        }
        Ok(())
    })
}
