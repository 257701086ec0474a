//! Handwritten digits: a 784-100-100-10 network learns MNIST.
//!
//! `CHAINRULE_DATA=FOLDER cargo run --release -p chainrule --example mnist`, where FOLDER/data/mnist holds the
//! four original idx files, compressed with gzip. With `CHAINRULE_QUICK` set it takes only a tenth of the
//! images and two epochs, to show that it runs.

use chainrule::{
    Dataset, Network, Training,
    activation::{Identity, Relu},
    loss::CrossEntropy,
    metric,
    optimizer::Schedule,
    training::{Epoch, Observer},
};
use ndarray::Array2;
use std::{error::Error, fs::File, io::Read, ops::ControlFlow, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let quick = std::env::var_os("CHAINRULE_QUICK").is_some();
    let Some(folder) = std::env::var_os("CHAINRULE_DATA") else {
        println!("SKIPPED: set CHAINRULE_DATA to the folder whose data/mnist holds the idx files");
        return Ok(());
    };
    let folder = Path::new(&folder).join("data/mnist");
    let train = digits(&folder, "train", if quick { 6_000 } else { 60_000 })?;
    let test = digits(&folder, "t10k", 10_000)?;
    let epochs = if quick { 2 } else { 20 };

    let mut network = Network::<f32>::builder(784)
        .dense(100, Relu)
        .dense(100, Relu)
        .dense(10, Identity) // logits: softmax lives in the loss
        .build(42)?;
    println!("{}", network.summary());
    let training = Training {
        epochs,
        batch_size: Some(128),
        learning_rate: 2e-3,
        schedule: Schedule::Cosine { epochs: epochs as f64, end: 0.0 },
        ..Training::new(CrossEntropy::default().label_smoothing(0.05)?)
    };
    training.run(&mut network, &train, None, &mut Lines)?;

    let classes = test.targets().values.column(0).to_owned();
    let accuracy = metric::accuracy(network.predict(test.x())?.view(), classes.view())?;
    println!("test accuracy {:.2} %", 100.0 * accuracy);
    assert!(quick || accuracy >= 0.978, "this recipe reaches 98 %");
    Ok(())
}

struct Lines;

impl Observer<f32> for Lines {
    fn epoch(&mut self, epoch: &Epoch, _: &Network<f32>) -> ControlFlow<()> {
        println!("epoch {:2}, loss {:.4}", epoch.number + 1, epoch.training_loss);
        ControlFlow::Continue(())
    }
}

/// The first `count` images, as numbers from 0 to 1, with their digits.
fn digits(folder: &Path, set: &str, count: usize) -> Result<Dataset<f32>, Box<dyn Error>> {
    let images = idx(&folder.join(format!("{set}-images-idx3-ubyte.gz")), 16 + count * 784)?;
    let labels = idx(&folder.join(format!("{set}-labels-idx1-ubyte.gz")), 8 + count)?;
    let x = images[16..].iter().map(|&v| f32::from(v) / 255.0).collect();
    let t = labels[8..].iter().map(|&v| f32::from(v)).collect();
    let x = Array2::from_shape_vec((count, 784), x)?;
    Ok(Dataset::new(x, Array2::from_shape_vec((count, 1), t)?)?)
}

/// The first bytes of an idx file: a magic number, the dimensions (each four bytes), then the values.
fn idx(path: &Path, length: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut bytes = vec![0; length];
    flate2::read::GzDecoder::new(file).read_exact(&mut bytes)?;
    Ok(bytes)
}
