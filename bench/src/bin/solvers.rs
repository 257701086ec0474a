//! The solvers against each other and against those of others, on two classic problems.
//!
//! usage: solvers [--python PYTHON] [--chart CHART.svg]
//!
//! With a Python that has numpy, and scipy, torch and scikit-learn where they can be had, the peers run too.

use anyhow::{Context, Result, bail};
use chainrule::{
    Dataset, Network, Training,
    activation::{Identity, Relu, Tanh},
    initialization::{Bias, Weights},
    loss::MeanSquaredError,
    solver::{BayesianRegularization, Lbfgs, LevenbergMarquardt, ScaledConjugateGradient, Solver},
    training::{Epoch, FullBatch, History, Observer},
};
use chainrule_report::{Labels, Series, chart};
use ndarray::{Array1, Axis};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

fn main() -> Result<()> {
    let (mut python, mut chart_file) = (None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().map(PathBuf::from).context("a value is missing");
        match argument.as_str() {
            "--python" => python = Some(value()?),
            "--chart" => chart_file = Some(value()?),
            other => bail!(
                "unknown argument {other}; usage: solvers [--python PYTHON] [--chart CHART.svg]"
            ),
        }
    }
    sine_benchmark()?;
    iteration_against_epoch()?;
    lesson(python, chart_file)
}

/// How a network is trained here.
#[derive(Clone, Copy)]
enum Method {
    Solver(Solver),
    /// Adam with the full batch and this learning rate.
    Adam(f64),
}

/// The course of a training until the goal, the time or the iterations are over.
#[derive(Clone, Serialize, Deserialize)]
struct Run {
    seconds: f64,
    loss: f64,
    /// Seconds and the smallest error so far.
    course: Vec<(f64, f64)>,
}

struct Clock {
    started: Instant,
    goal: f64,
    limit: Duration,
    course: Vec<(f64, f64)>,
}

impl Observer<f64> for Clock {
    fn epoch(&mut self, epoch: &Epoch, _: &Network<f64>) -> ControlFlow<()> {
        let elapsed = self.started.elapsed();
        let before = self.course.last().map_or(f64::INFINITY, |point| point.1);
        if epoch.training_loss < before {
            self.course.push((elapsed.as_secs_f64(), epoch.training_loss));
        }
        if epoch.training_loss <= self.goal || elapsed > self.limit {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

fn train(
    method: Method,
    mut network: Network<f64>,
    data: &Dataset<f64>,
    goal: f64,
    iterations: usize,
    limit: Duration,
) -> Result<Run> {
    let mut clock =
        Clock { started: Instant::now(), goal, limit, course: Vec::with_capacity(iterations) };
    let _: History = match method {
        Method::Solver(solver) => {
            let training = FullBatch { iterations, ..FullBatch::new(MeanSquaredError, solver) };
            training.run(&mut network, data, None, &mut clock)?
        }
        Method::Adam(learning_rate) => {
            let usual = Training::new(MeanSquaredError);
            let training = Training { learning_rate, epochs: iterations, ..usual };
            training.run(&mut network, data, None, &mut clock)?
        }
    };
    let seconds = clock.started.elapsed().as_secs_f64();
    let loss = clock.course.last().context("no iteration")?.1;
    // Until the goal, or until the method ended.
    let seconds =
        clock.course.iter().find(|point| point.1 <= goal).map_or(seconds, |point| point.0);
    Ok(Run { seconds, loss, course: clock.course })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One period of the sine, a 1-5-1 tanh network, mean squared error 0.002, 30 starts.
fn sine_benchmark() -> Result<()> {
    const STARTS: u64 = 30;
    const GOAL: f64 = 0.002;
    let x = Array1::linspace(-1.0, 1.0, 41).insert_axis(Axis(1));
    let data = Dataset::new(x.clone(), x.mapv(|x: f64| (std::f64::consts::PI * x).sin()))?;
    println!(
        "SIN: 1-5-1 tanh, one period of the sine, 41 samples, until the mean squared error is {GOAL}\n"
    );
    println!("| method | reached | mean time | median | iterations, mean | time / that of LM |");
    println!("|---|---|---|---|---|---|");
    let mut of_lm = None;
    for (name, method) in [
        ("Levenberg–Marquardt", Method::Solver(LevenbergMarquardt::default().into())),
        ("Bayesian regularisation", Method::Solver(BayesianRegularization::default().into())),
        ("L-BFGS", Method::Solver(Lbfgs::default().into())),
        ("scaled conjugate gradients", Method::Solver(ScaledConjugateGradient.into())),
        ("Adam, α = 0.01", Method::Adam(0.01)),
        ("Adam, α = 0.05", Method::Adam(0.05)),
    ] {
        let (mut times, mut iterations, mut reached) = (Vec::new(), 0, 0);
        for seed in 0..STARTS {
            let network = Network::builder(1).dense(5, Tanh).dense(1, Identity).build(seed)?;
            let limit = Duration::from_secs(20);
            let run = train(method, network.clone(), &data, GOAL, 50_000, limit)?;
            reached += usize::from(run.loss <= GOAL);
            iterations += run.course.len();
            // The median of five, the first of which warms up.
            let mut seconds = vec![run.seconds];
            for _ in 0..4 {
                seconds.push(train(method, network.clone(), &data, GOAL, 50_000, limit)?.seconds);
            }
            times.push(median(seconds));
        }
        let mean = times.iter().sum::<f64>() / STARTS as f64;
        println!(
            "| {name} | {reached} of {STARTS} | {:.0} µs | {:.0} µs | {:.0} | {:.1} |",
            mean * 1e6,
            median(times) * 1e6,
            iterations as f64 / STARTS as f64,
            mean / *of_lm.get_or_insert(mean),
        );
    }
    println!();
    Ok(())
}

/// What an iteration on the lesson's network costs, in Adam's epochs.
fn iteration_against_epoch() -> Result<()> {
    let x = Array1::linspace(-10.0, 10.0, 100).insert_axis(Axis(1));
    let data = Dataset::new(&x / x.std(0.0), x.mapv(f64::sin))?;
    let time = |method, iterations: usize| -> Result<f64> {
        let mut times = Vec::new();
        for seed in 0..7 {
            let network = Network::builder(1)
                .dense_from(100, Relu, Weights::HeNormal, Bias::STANDARDISED)
                .dense(1, Identity)
                .build(seed)?;
            let started = Instant::now();
            let mut counting = Counting(0);
            match method {
                Method::Solver(solver) => {
                    let usual = FullBatch::new(MeanSquaredError, solver);
                    let training = FullBatch { iterations, ..usual };
                    training.run(&mut network.clone(), &data, None, &mut counting)?;
                }
                Method::Adam(learning_rate) => {
                    let usual = Training::new(MeanSquaredError);
                    let training = Training { learning_rate, epochs: iterations, ..usual };
                    training.run(&mut network.clone(), &data, None, &mut counting)?;
                }
            }
            times.push(started.elapsed().as_secs_f64() / counting.0 as f64);
        }
        Ok(median(times))
    };
    let lm = time(Method::Solver(LevenbergMarquardt::default().into()), 100)?;
    let adam = time(Method::Adam(0.01), 5000)?;
    println!(
        "1-100-1 ReLU, 100 samples, f64: an iteration of Levenberg–Marquardt takes {:.0} µs, an epoch of Adam \
         {:.1} µs: {:.1} epochs\n",
        lm * 1e6,
        adam * 1e6,
        lm / adam
    );
    Ok(())
}

struct Counting(usize);

impl Observer<f64> for Counting {
    fn epoch(&mut self, _: &Epoch, _: &Network<f64>) -> ControlFlow<()> {
        self.0 += 1;
        ControlFlow::Continue(())
    }
}

/// What the peers are given.
#[derive(Serialize)]
struct Starts {
    x: Vec<f64>,
    y: Vec<f64>,
    goal: f64,
    starts: Vec<Start>,
}

#[derive(Serialize)]
struct Start {
    w1: Vec<f64>,
    b1: Vec<f64>,
    w2: Vec<f64>,
    b2: Vec<f64>,
}

const GOAL: f64 = 1e-9;
const UNITS: usize = 20;

/// The lesson's curve without noise, a 1-20-1 tanh network, 20 starts: until the mean squared error is 10⁻⁹.
fn lesson(python: Option<PathBuf>, chart_file: Option<PathBuf>) -> Result<()> {
    let x = Array1::linspace(-10.0, 10.0, 100);
    let x = (&x / x.std(0.0)).insert_axis(Axis(1));
    let y = Array1::linspace(-10.0, 10.0, 100).mapv(f64::sin).insert_axis(Axis(1));
    let data = Dataset::new(x.clone(), y.clone())?;
    // As the command starts networks with one standardised input.
    let gain = 3.0 * (UNITS as f64).sqrt();
    let network = |seed| {
        Network::builder(1)
            .dense_from(UNITS, Tanh, Weights::Orthogonal { gain }, Bias::STANDARDISED)
            .dense(1, Identity)
            .build(seed)
    };
    let mut runs: Vec<(String, Vec<Run>)> = Vec::new();
    for (name, method, iterations) in [
        ("chainrule LM", Method::Solver(LevenbergMarquardt::default().into()), 1000),
        ("chainrule L-BFGS", Method::Solver(Lbfgs::default().into()), 20_000),
        ("chainrule SCG", Method::Solver(ScaledConjugateGradient.into()), 20_000),
        ("chainrule Adam", Method::Adam(0.01), 100_000),
    ] {
        let limit = Duration::from_secs(2);
        let mut all = Vec::new();
        train(method, network(0)?, &data, GOAL, iterations.min(100), limit)?;
        for seed in 0..20 {
            all.push(train(method, network(seed)?, &data, GOAL, iterations, limit)?);
        }
        runs.push((name.to_owned(), all));
    }
    if let Some(python) = python {
        let mut starts = Vec::new();
        for seed in 0..20 {
            let network = network(seed)?;
            let mut theta = network.parameters().chunks(UNITS);
            let mut next = || theta.next().unwrap_or_default().to_vec();
            starts.push(Start { w1: next(), b1: next(), w2: next(), b2: next() });
        }
        let (x, y) = (x.into_raw_vec_and_offset().0, y.into_raw_vec_and_offset().0);
        let file =
            std::env::temp_dir().join(format!("chainrule-starts-{}.json", std::process::id()));
        std::fs::write(&file, serde_json::to_vec(&Starts { x, y, goal: GOAL, starts })?)?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/solvers.py");
        let output = Command::new(python)
            .arg(script)
            .arg(&file)
            .output()
            .context("Python does not start")?;
        std::fs::remove_file(&file)?;
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            bail!("the peers failed");
        }
        let peers: BTreeMap<String, Vec<Run>> = serde_json::from_slice(&output.stdout)?;
        runs.extend(peers);
    }

    println!("sin x without noise, 1-20-1 tanh, 100 samples, f64, 20 starts; the goal is 10⁻⁹\n");
    println!(
        "| method | reached | error, median | worst | seconds, median | LM reaches that error in | times as fast |"
    );
    println!("|---|---|---|---|---|---|---|");
    // Some go on after the goal: what counts is when they reached it.
    for run in runs.iter_mut().flat_map(|(_, all)| all) {
        if let Some(reached) = run.course.iter().position(|point| point.1 <= GOAL) {
            run.course.truncate(reached + 1);
            (run.seconds, run.loss) = run.course[reached];
        }
    }
    let lm = runs[0].1.clone();
    for (name, all) in &runs {
        let reached = all.iter().filter(|run| run.loss <= GOAL).count();
        let error = median(all.iter().map(|run| run.loss).collect());
        let seconds = median(all.iter().map(|run| run.seconds).collect());
        let worst = all.iter().map(|run| run.loss).fold(0.0, f64::max);
        // Run by run: when ours was first as low as that one ends.
        let until = |(run, ours): (&Run, &Run)| {
            let first = ours.course.iter().find(|point| point.1 <= run.loss.max(GOAL));
            first.map_or(f64::INFINITY, |point| point.0)
        };
        let ours = median(all.iter().zip(&lm).map(until).collect());
        println!(
            "| {name} | {reached} of {} | {error:.1e} | {worst:.1e} | {seconds:.4} | {ours:.4} | {:.1} |",
            all.len(),
            seconds / ours
        );
    }
    if let Some(file) = chart_file {
        let shown = |name: &str| name != "chainrule SCG";
        let columns: Vec<(&str, Vec<f64>, Vec<f64>)> = runs
            .iter()
            .filter(|(name, _)| shown(name))
            .map(|(name, all)| {
                let (t, e) = all[0].course.iter().copied().unzip();
                (name.as_str(), t, e)
            })
            .collect();
        let series: Vec<_> = columns.iter().map(|(name, t, e)| Series::new(name, t, e)).collect();
        let labels = Labels {
            title: "sin x, a 1-20-1 tanh network, one start",
            x: "seconds",
            y: "mean squared error",
        };
        std::fs::write(&file, chart::race(labels, &series)?.svg())?;
        println!("\nWritten: {}", file.display());
    }
    Ok(())
}
