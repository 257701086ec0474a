//! The workloads: the lesson's sine, three trainings in mini-batches, predictions of single rows.

use crate::{Line, calibration::Machine, median};
use anyhow::{Result, ensure};
use chainrule::{
    Dataset, Network, Real, Training,
    activation::{Identity, Relu},
    initialization::Weights,
    layer::{Block, Expression, Role},
    loss::{CrossEntropy, Loss, MeanSquaredError},
    random::{Purpose, Random},
    training::Observer,
};
use chainrule_tabular::Table;
use ndarray::{Array1, Array2, Axis};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    hint::black_box,
    io::{BufWriter, Write},
    ops::ControlFlow,
    path::Path,
    time::Instant,
};

/// What is timed.
#[derive(Clone, Copy)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) precision: &'static str,
    pub(crate) threads: usize,
    pub(crate) unit: &'static str,
    /// Inputs, hidden units, outputs.
    widths: &'static [usize],
    kind: Kind,
    written: Written,
}

/// How the network is written.
#[derive(Clone, Copy)]
enum Written {
    /// In layers that bring their derivatives.
    InLayers,
    /// As one expression that differentiates itself.
    AsExpression,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Full batch on so many points of the sine.
    Sine { epochs: usize },
    /// Rows, batch, epochs; of classes or of numbers.
    Batches { rows: usize, batch: usize, epochs: usize, classes: bool },
    /// One row at a time.
    Prediction,
    /// A file of a million rows of twenty numbers becomes a matrix.
    Csv,
}

pub(crate) fn all() -> Vec<Workload> {
    const SINE: &[usize] = &[1, 100, 1];
    const TAB: &[usize] = &[8, 64, 64, 1];
    let tab = |threads| Workload {
        name: "tab",
        precision: "f32",
        threads,
        unit: "µs/step",
        widths: TAB,
        kind: Kind::Batches { rows: 20_480, batch: 32, epochs: 10, classes: false },
        written: Written::InLayers,
    };
    let sine = |precision, threads| Workload {
        name: "sine",
        precision,
        threads,
        unit: "µs/epoch",
        widths: SINE,
        kind: Kind::Sine { epochs: 5000 },
        written: Written::InLayers,
    };
    let wide = |threads| Workload {
        name: "wide",
        precision: "f32",
        threads,
        unit: "µs/step",
        widths: &[64, 256, 256, 256, 1],
        kind: Kind::Batches { rows: 51_200, batch: 256, epochs: 1, classes: false },
        written: Written::InLayers,
    };
    let mnist = |threads| Workload {
        name: "mnist",
        precision: "f32",
        threads,
        unit: "µs/step",
        widths: &[784, 512, 512, 10],
        kind: Kind::Batches { rows: 12_800, batch: 128, epochs: 1, classes: true },
        written: Written::InLayers,
    };
    let predict = |name, widths| Workload {
        name,
        precision: "f32",
        threads: 1,
        unit: "µs/row",
        widths,
        kind: Kind::Prediction,
        written: Written::InLayers,
    };
    vec![
        sine("f32", 1),
        sine("f32", 2),
        sine("f64", 1),
        tab(1),
        tab(2),
        Workload { name: "tab, expression", written: Written::AsExpression, ..tab(1) },
        wide(1),
        wide(2),
        mnist(1),
        mnist(2),
        predict("predict 1-100-1", SINE),
        predict("predict 8-64-64-1", TAB),
        Workload {
            name: "csv",
            precision: "f32",
            threads: 2,
            unit: "s",
            widths: &[],
            kind: Kind::Csv,
            written: Written::InLayers,
        },
    ]
}

/// ReLU layers and a linear one, as one expression.
fn expression<T: Real>(widths: &[usize]) -> Result<Expression<T>, chainrule::Error> {
    let blocks = widths.windows(2).flat_map(|ends| {
        let w = Block::new("w", Role::Weight, [ends[0], ends[1]]);
        [w, Block::new("b", Role::Bias, [ends[1]])]
    });
    let expression = Expression::new(widths[0], blocks.collect::<Vec<_>>(), |x, theta| {
        let mut y = x;
        for (i, layer) in theta.chunks_exact(2).enumerate() {
            let z = y.dot(layer[0]) + layer[1];
            y = if i + 2 < widths.len() { z.relu() } else { z };
        }
        y
    });
    Ok(expression?.weights(Weights::HeNormal))
}

impl Workload {
    /// The same work with numbers of another precision.
    pub(crate) fn in_precision(self, precision: &'static str) -> Self {
        Self { precision, ..self }
    }

    /// The median of five runs, or of as many as a second has time for: what is over in milliseconds would say no more
    /// than how fast the machine was at that moment.
    pub(crate) fn measure(&self) -> Result<f64> {
        let once = || match self.precision {
            "f64" => self.run::<f64>(),
            _ => self.run::<f32>(),
        };
        once()?;
        let (started, mut values) = (Instant::now(), Vec::new());
        while values.len() < 5 || started.elapsed().as_secs_f64() < 1.0 {
            values.push(once()?);
        }
        Ok(median(values))
    }

    fn run<T: Real>(&self) -> Result<f64> {
        match self.kind {
            Kind::Prediction => self.predictions::<T>(),
            Kind::Csv => seconds_of_reading::<T>(),
            Kind::Sine { .. } | Kind::Batches { .. } => {
                let (training, data) = self.training_and_data::<T>()?;
                self.steps(training, &data)
            }
        }
    }

    fn training_and_data<T: Real>(&self) -> Result<(Training<T>, Dataset<T>)> {
        match self.kind {
            Kind::Batches { rows, batch, epochs, classes } => {
                let mut random = Random::new(0, Purpose::Data);
                let x =
                    Array2::from_shape_simple_fn((rows, self.widths[0]), || random.normal::<T>());
                let target = |x: ndarray::ArrayView1<T>| match classes {
                    true => T::of((x[0].f64().abs() * 1e4).floor() % 10.0),
                    false => x.sum().sin(),
                };
                let targets = x.map_axis(Axis(1), target).insert_axis(Axis(1));
                let training = match classes {
                    true => self.training(CrossEntropy::default()),
                    false => self.training(MeanSquaredError),
                };
                let training = Training { epochs, batch_size: Some(batch), ..training };
                Ok((training, Dataset::new(x, targets)?))
            }
            _ => {
                let epochs = if let Kind::Sine { epochs } = self.kind { epochs } else { 0 };
                let x = Array1::<f64>::linspace(-10.0, 10.0, 100).insert_axis(Axis(1));
                let data = Dataset::new(x.mapv(T::of), x.mapv(|x| T::of(x.sin())))?;
                let training =
                    Training { epochs, learning_rate: 0.01, ..self.training(MeanSquaredError) };
                Ok((training, data))
            }
        }
    }

    fn training<T: Real>(&self, loss: impl Loss<T> + 'static) -> Training<T> {
        Training { threads: Some(self.threads), ..Training::new(loss) }
    }

    fn network<T: Real>(&self) -> Result<Network<T>> {
        let (outputs, hidden) = self.widths[1..].split_last().expect("there are outputs");
        let builder = Network::builder(self.widths[0]);
        if let Written::AsExpression = self.written {
            return Ok(builder.layer(expression(self.widths)?).build(1)?);
        }
        let builder = hidden.iter().fold(builder, |builder, &units| builder.dense(units, Relu));
        Ok(builder.dense(*outputs, Identity).build(1)?)
    }

    /// SHA-256 of the trained parameters for each of these numbers of threads; nothing where nothing is trained.
    pub(crate) fn digests(&self, threads: &[usize]) -> Result<Vec<String>> {
        if matches!(self.kind, Kind::Prediction | Kind::Csv) {
            return Ok(Vec::new());
        }
        let digest = |&threads: &usize| match self.precision {
            "f64" => self.digest::<f64>(threads),
            _ => self.digest::<f32>(threads),
        };
        threads.iter().map(digest).collect()
    }

    fn digest<T: Real>(&self, threads: usize) -> Result<String> {
        let (training, data) = self.training_and_data::<T>()?;
        let mut network = self.network()?;
        Training { threads: Some(threads), ..training }.run(&mut network, &data, None, &mut ())?;
        let mut hasher = Sha256::new();
        for parameter in network.parameters() {
            hasher.update(parameter.f64().to_le_bytes());
        }
        Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Microseconds of a step, with all that belongs to it: order, gathering, loss, gradient, update.
    fn steps<T: Real>(&self, training: Training<T>, data: &Dataset<T>) -> Result<f64> {
        let mut clock = Clock::new();
        training.run(&mut self.network()?, data, None, &mut clock)?;
        Ok(clock.microseconds())
    }

    fn predictions<T: Real>(&self) -> Result<f64> {
        const ROWS: usize = 20_000;
        let network = self.network::<T>()?;
        let mut predictor = network.predictor(1);
        let (mut x, mut y) =
            (vec![T::of(0.3); network.inputs()], vec![T::zero(); network.outputs()]);
        let started = Instant::now();
        for _ in 0..ROWS {
            black_box(&mut x);
            network.predict_row(&x, &mut y, &mut predictor)?;
            black_box(&mut y);
        }
        Ok(started.elapsed().as_secs_f64() * 1e6 / ROWS as f64)
    }

    /// The time that the machine needs at least: the multiply–adds of all products, and one cycle for each parameter
    /// in the update, whose division and root are one unit's work.
    ///
    /// In a step no gradient of the inputs is needed. The sine has no limit by multiply–adds: its products are
    /// vectors; 3200 cycles are two passes of three operations over 100 × 7 vectors of 16, less what runs beside.
    pub(crate) fn limit(&self, machine: &Machine) -> Option<f64> {
        let pairs = self.widths.windows(2);
        let parameters: usize = pairs.map(|pair| (pair[0] + 1) * pair[1]).sum();
        let threads = self.threads as f64;
        match self.kind {
            Kind::Sine { .. } => {
                let cycles = if self.precision == "f64" { 6400.0 } else { 3200.0 };
                Some(cycles / machine.clock / 1e3)
            }
            Kind::Batches { batch, .. } => {
                let products = flop(self.widths, batch) / machine.peak[self.threads - 1] / 1e3;
                Some(products + parameters as f64 / threads / machine.clock / 1e3)
            }
            Kind::Prediction | Kind::Csv => None,
        }
    }

    pub(crate) fn line(&self, who: &'static str, value: f64) -> Line {
        Line {
            who,
            version: if who == "chainrule" { env!("CARGO_PKG_VERSION") } else { "" },
            workload: self.name,
            precision: self.precision,
            threads: self.threads,
            value,
            unit: self.unit,
        }
    }
}

/// From the path to the matrix. The file is made if it is not there.
fn seconds_of_reading<T: Real>() -> Result<f64> {
    let path = Path::new("target/bench/million.csv");
    if !path.exists() {
        fs::create_dir_all("target/bench")?;
        let mut file = BufWriter::new(File::create(path)?);
        let names: Vec<String> = (0..20).map(|column| format!("c{column}")).collect();
        writeln!(file, "{}", names.join(","))?;
        let mut random = Random::new(0, Purpose::Data);
        for _ in 0..1_000_000 {
            let row: Vec<String> =
                (0..20).map(|_| format!("{:.6}", random.normal::<f64>())).collect();
            writeln!(file, "{}", row.join(","))?;
        }
        file.flush()?;
    }
    let started = Instant::now();
    let matrix = Table::open(path)?.matrix::<T>()?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(matrix.dim() == (1_000_000, 20), "the matrix is {:?}", matrix.dim());
    Ok(seconds)
}

/// Floating-point operations of the products of a step: to the outputs, to the parameters and, but for the first layer, to
/// the inputs.
pub(crate) fn flop(widths: &[usize], batch: usize) -> f64 {
    let weights: usize = widths.windows(2).map(|pair| pair[0] * pair[1]).sum();
    2.0 * batch as f64 * (3 * weights - widths[0] * widths[1]) as f64
}

/// Tells the time of the first step and of the last one.
pub(crate) struct Clock {
    first: Option<Instant>,
    last: Instant,
    steps: usize,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { first: None, last: Instant::now(), steps: 0 }
    }

    pub(crate) fn tick(&mut self) {
        self.last = Instant::now();
        match self.first {
            None => self.first = Some(self.last),
            Some(_) => self.steps += 1,
        }
    }

    /// Steps after the first one.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// Of a step.
    pub(crate) fn microseconds(&self) -> f64 {
        let first = self.first.unwrap_or(self.last);
        (self.last - first).as_secs_f64() * 1e6 / self.steps as f64
    }
}

impl<T: Real> Observer<T> for Clock {
    fn step(&mut self) -> ControlFlow<()> {
        self.tick();
        ControlFlow::Continue(())
    }
}
