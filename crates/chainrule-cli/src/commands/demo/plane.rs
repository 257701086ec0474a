use super::{Demo, Failure, Outcome, Task, architecture, length, record};
use crate::text;
use chainrule::{Dataset, Network, Real, data::synthetic::Plane, loss::BinaryCrossEntropy, metric};
use chainrule_report::{
    Labels,
    chart::{self, Grid, Samples},
};
use chainrule_tabular::{AnyNetwork, Input, Model, Output, Parts, Target, encode::Scale};
use ndarray::{Array2, ArrayView2};
use std::sync::Arc;

const SAMPLES: usize = 300;
/// Cells of the drawn regions in each direction.
const CELLS: usize = 120;

/// A network learns to tell two classes of points in the plane apart.
pub(crate) fn train<T: Real>(args: &Demo, plane: Plane) -> Result<Outcome, Failure>
where
    Network<T>: Into<AnyNetwork>,
{
    if args.as_lesson {
        return Err(Failure::Usage(
            "--as-lesson is for the curves, sine and polynomial".to_owned(),
        ));
    }
    let (noise, title) = match plane {
        Plane::Spiral => (0.02, "A network untangles two spirals"),
        Plane::Moons => (0.1, "A network parts two moons"),
        Plane::Xor => (0.05, "A network learns exclusive or"),
    };
    let samples = plane.sample::<f64>(SAMPLES, args.noise.unwrap_or(noise), args.seed);
    let scale_of = |x: ndarray::ArrayView1<f64>| Scale::standard(&x.to_vec()).unwrap_or(Scale::RAW);
    let scales: Vec<Scale> = samples.x().columns().into_iter().map(scale_of).collect();
    let scale = |x: ArrayView2<f64>| -> Array2<T> {
        Array2::from_shape_fn(x.dim(), |(i, j)| T::of(scales[j].transform(x[[i, j]])))
    };
    let classes = samples.targets().values;
    let data = Dataset::new(scale(samples.x()), classes.mapv(T::of))?;

    let architecture = architecture(args, &[32, 32]);
    let mut network = architecture.build::<T>(2, 1, args.seed)?;
    let epochs = args.epochs.unwrap_or(1000);
    let task = Task { loss: Arc::new(BinaryCrossEntropy), epochs, optimizer: None, unit: 1.0 };
    let history = task.train(args, &mut network, &data)?;

    let logits = network.predict(data.x())?;
    let accuracy = metric::accuracy(logits.view(), data.targets().values.column(0))?;
    let chart = draw(title, &network, samples.x(), classes, scale)?;
    let result = format!(
        "{} of {SAMPLES} samples right, loss {}, after {}, {} parameters, {}",
        text::strong(&format!("{:.1} %", 100.0 * accuracy)),
        text::number(history.loss),
        length(&history),
        network.parameters().len(),
        T::NAME,
    );
    let inputs = ["x1", "x2"].iter().zip(scales).map(|(name, scale)| Input::scaled(name, scale));
    let target = Target::classes("class", ["0", "1"]);
    let (inputs, output) = (inputs.collect(), Output::Probability);
    let model = Model::new(Parts {
        record: record(args, SAMPLES, &history),
        ..Parts::of_network(inputs, vec![target], output, architecture, network)
    })?;
    Ok(Outcome { model, chart, history, result })
}

/// The probabilities over a rectangle a little larger than the samples, and the samples.
fn draw<T: Real>(
    title: &str,
    network: &Network<T>,
    x: ArrayView2<f64>,
    classes: ArrayView2<f64>,
    scale: impl Fn(ArrayView2<f64>) -> Array2<T>,
) -> Result<chart::Chart, Failure> {
    let range = |column: usize| {
        let values = x.column(column);
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let margin = 0.1 * (high - low).max(1e-9);
        (low - margin, high + margin)
    };
    let (horizontal, vertical) = (range(0), range(1));
    let center = |(low, high): (f64, f64), cell: usize| {
        low + (high - low) * (cell as f64 + 0.5) / CELLS as f64
    };
    let cells = Array2::from_shape_fn((CELLS * CELLS, 2), |(i, j)| match j {
        0 => center(horizontal, i % CELLS),
        _ => center(vertical, i / CELLS),
    });
    let logits = network.predict(scale(cells.view()).view())?;
    let probabilities: Vec<f64> = logits
        .iter()
        .flat_map(|logit| {
            let p = 1.0 / (1.0 + (-logit.f64()).exp());
            [1.0 - p, p]
        })
        .collect();
    let grid = Grid::of_probabilities(horizontal, vertical, CELLS, 2, &probabilities)?;
    let class: Vec<usize> = classes.iter().map(|&class| class as usize).collect();
    let samples = Samples { x: &x.column(0).to_vec(), y: &x.column(1).to_vec(), class: &class };
    let labels = Labels { title, x: "x1", y: "x2" };
    Ok(chart::regions(labels, &["class 0", "class 1"], &grid, samples)?)
}
