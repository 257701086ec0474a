//! Where the hinges of a ReLU network start decides how much of a sine it learns.
//!
//! Each row is a seed. Each column is a way to start a 1-100-1 network: all hinges at x = 0 or spread over
//! the data, x as it is or in units of its standard deviation. It shows the mean squared error after 5000
//! epochs and, in brackets, how many of the 100 hinges then lie in the outer half of the interval. See
//! `chainrule::guide::initialization`.
//!
//! `cargo run --release --package chainrule --example hinges`

use chainrule::{
    Dataset, Error, Network, Training,
    activation::{Identity, Relu},
    data::synthetic,
    initialization::{Bias, Weights},
    loss::MeanSquaredError,
};

fn main() -> Result<(), Error> {
    let quick = std::env::var_os("CHAINRULE_QUICK").is_some();
    let (seeds, epochs) = if quick { (2, 300) } else { (20, 5000) };
    let raw = synthetic::SINE.sample::<f32>(100, 0.0, 0);
    let deviation = raw.x().std(0.0); // the mean of x is 0
    let standardised = Dataset::new(&raw.x() / deviation, raw.targets().values.to_owned())?;

    println!("seed      x, at 0   x/std, at 0     x, spread  x/std, spread");
    for seed in 0..seeds {
        print!("{seed:4}");
        for (data, end, bias) in [
            (&raw, 10.0, Bias::Zeros),
            (&standardised, 10.0 / deviation, Bias::Zeros),
            (&raw, 10.0, Bias::Spread { low: -10.0, high: 10.0 }),
            (&standardised, 10.0 / deviation, Bias::STANDARDISED),
        ] {
            let (loss, outer) = train(data, end, bias, epochs, seed)?;
            print!("  {loss:7.5} ({outer:2})");
        }
        println!();
    }
    Ok(())
}

/// Trains with Adam on the full batch, as the lesson does: the loss of the best epoch and the number of hinges
/// −b/w in the outer half of [−end, end].
fn train(
    data: &Dataset<f32>,
    end: f32,
    bias: Bias,
    epochs: usize,
    seed: u64,
) -> Result<(f64, usize), Error> {
    let mut network = Network::builder(1)
        .dense_from(100, Relu, Weights::HeNormal, bias)
        .dense_from(1, Identity, Weights::HeNormal, Bias::Zeros)
        .build(seed)?;
    let training = Training { epochs, learning_rate: 0.01, ..Training::new(MeanSquaredError) };
    let loss = training.run(&mut network, data, None, &mut ())?.loss;
    let (w, b) = network.parameters()[..200].split_at(100);
    let hinges = w.iter().zip(b).map(|(w, b)| (b / w).abs());
    Ok((loss, hinges.filter(|hinge| (0.5 * end..=end).contains(hinge)).count()))
}
