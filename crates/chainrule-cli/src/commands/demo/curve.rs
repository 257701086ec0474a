use super::{Demo, Failure, Outcome, Task, architecture, length, lesson::RandomState, record};
use crate::text;
use chainrule::{
    Dataset, Network, Real,
    data::synthetic::Curve,
    loss::MeanSquaredError,
    optimizer::{Adam, Optimizer},
};
use chainrule_report::{Labels, Series, chart};
use chainrule_tabular::{
    AnyNetwork, Architecture, Input, Model, Output, Parts, Target, encode::Scale,
};
use ndarray::{Array1, Array2, Axis};
use std::sync::Arc;

const SAMPLES: usize = 100;

/// A network learns a function of one variable from 100 samples.
pub(crate) fn train<T: Real>(args: &Demo, curve: Curve, formula: &str) -> Result<Outcome, Failure>
where
    Network<T>: Into<AnyNetwork>,
{
    let problem = if args.as_lesson { as_lesson(args, curve)? } else { standardised(args, curve)? };
    let Problem { x, y, architecture, mut network, optimizer, input, target } = problem;

    let scale = |v: &Array1<f64>| -> Array2<T> {
        v.mapv(|v| T::of(input.transform(v))).insert_axis(Axis(1))
    };
    let t = y.mapv(|y| T::of(target.transform(y))).insert_axis(Axis(1));
    let data = Dataset::new(scale(&x), t)?;
    let epochs = args.epochs.unwrap_or(5000);
    let unit = target.unit().unwrap_or(1.0).powi(2);
    let task = Task { loss: Arc::new(MeanSquaredError), epochs, optimizer, unit };
    let history = task.train(args, &mut network, &data)?;

    let smooth = Array1::linspace(curve.interval.0, curve.interval.1, 1000);
    let prediction = network.predict(scale(&smooth).view())?;
    let prediction: Vec<f64> = prediction.iter().map(|v| target.inverse(v.f64())).collect();
    let truth = smooth.mapv(curve.f).to_vec();
    let (smooth, x, y) = (smooth.to_vec(), x.to_vec(), y.to_vec());
    let title = format!("A network learns {formula}");
    let chart = chart::fit(
        Labels { title: &title, x: "x", y: "y" },
        Series::new("samples", &x, &y),
        Some(Series::new("true function", &smooth, &truth)),
        Series::new("prediction", &smooth, &prediction),
    )?;
    let loss = history.loss * unit;
    if !loss.is_finite() {
        let message = "the values are too large to be squared; use less --noise".to_owned();
        return Err(Failure::Data(message));
    }
    let result = format!(
        "Mean squared error {} on {SAMPLES} samples, after {}, {} parameters, {}",
        text::strong(&text::number(loss)),
        length(&history),
        network.parameters().len(),
        T::NAME,
    );
    let inputs = vec![Input::scaled("x", input)];
    let model = Model::new(Parts {
        record: record(args, SAMPLES, &history),
        ..Parts::of_network(inputs, vec![target], Output::Value, architecture, network)
    })?;
    Ok(Outcome { model, chart, history, result })
}

/// Samples, the network before its training, and how both are scaled.
struct Problem<T> {
    x: Array1<f64>,
    y: Array1<f64>,
    architecture: Architecture,
    network: Network<T>,
    /// That of the lesson.
    optimizer: Option<Arc<dyn Optimizer<T>>>,
    input: Scale,
    target: Target,
}

/// Standardised x, and hinges spread over the data. Values far beyond 1, as those of the polynomial, are
/// standardised too.
fn standardised<T: Real>(args: &Demo, curve: Curve) -> Result<Problem<T>, Failure> {
    let data = curve.sample::<f64>(SAMPLES, args.noise.unwrap_or(0.0), args.seed);
    let (x, y) = (data.x().column(0).to_owned(), data.targets().values.column(0).to_owned());
    let input = Scale::standard(&x.to_vec()).unwrap_or(Scale::RAW);
    let target = Target::number("y", &y.to_vec(), false);
    let is_large = |target: &Target| target.unit().is_some_and(|unit| unit > 10.0);
    let target = target.filter(is_large).unwrap_or(Target::raw("y"));
    let architecture = architecture(args, &[100]);
    let network = architecture.build(1, 1, args.seed)?;
    Ok(Problem { input, x, y, architecture, network, optimizer: None, target })
}

/// The lesson's script: one number of noise for all samples, then the weights, from one stream.
fn as_lesson<T: Real>(args: &Demo, curve: Curve) -> Result<Problem<T>, Failure> {
    let seed = u32::try_from(args.seed)
        .map_err(|_| Failure::Usage("numpy's seeds end at 4294967295".to_owned()))?;
    let architecture = architecture(args, &[100]);
    let [units] = architecture.hidden[..] else {
        return Err(Failure::Usage("the lesson's network has one hidden layer".to_owned()));
    };
    let mut random = RandomState::new(seed);
    let offset = 0.1 * random.normal();
    let x = Array1::linspace(curve.interval.0, curve.interval.1, SAMPLES);
    let y = x.mapv(|x| (curve.f)(x) + offset);

    let mut network = architecture.build::<T>(1, 1, args.seed)?;
    let mut he = |inputs: f64, count: usize| -> Vec<T> {
        (0..count).map(|_| T::of(random.normal() * (2.0 / inputs).sqrt())).collect()
    };
    let zeros = vec![T::zero(); units];
    let theta = [he(1.0, units), zeros, he(units as f64, units), vec![T::zero()]].concat();
    network.set(&theta, &[])?;

    // The script gives Adam y − t, which is n/2 times the gradient of the mean. Adam does not notice the
    // factor but for ε, so ε is scaled instead.
    let epsilon = 1e-8 * 2.0 / SAMPLES as f64;
    let optimizer: Arc<dyn Optimizer<T>> = Arc::new(Adam { epsilon, ..Adam::default() });
    let (input, target) = (Scale::RAW, Target::raw("y"));
    Ok(Problem { x, y, architecture, network, optimizer: Some(optimizer), input, target })
}
