//! Draws each chart with made-up numbers into a folder (`out` unless told otherwise), and prints it:
//! `cargo run -p chainrule-report --example gallery -- [FOLDER] [--colour]`.

use std::{env, error::Error, fs, path::Path};

use chainrule_report::chart::{Grid, Samples};
use chainrule_report::{Chart, Labels, Series, chart};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let folder = folder.unwrap_or_else(|| "out".to_owned());
    let colour = env::args().any(|argument| argument == "--colour");
    fs::create_dir_all(&folder)?;
    let charts = [
        ("fit", fit()?),
        ("fit-early", fit_early()?),
        ("loss", loss()?),
        ("race", race()?),
        ("regions", regions()?),
        ("regions-ten", ten_regions()?),
        ("predicted-against-true", predicted_against_true()?),
    ];
    for (name, chart) in charts {
        let path = Path::new(&folder).join(name);
        fs::write(path.with_extension("svg"), chart.svg())?;
        fs::write(path.with_extension("png"), chart.png()?)?;
        fs::write(path.with_extension("txt"), chart.terminal(80, 24, colour))?;
        println!("{}", chart.terminal(80, 24, colour));
    }
    Ok(())
}

/// Numbers from −1 to 1 that look random (the generator of Numerical Recipes).
fn noise(seed: u32) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state) / f64::from(u32::MAX / 2) - 1.0
    }
}

/// `n` numbers from `low` to `high`.
fn steps(low: f64, high: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| low + (high - low) * i as f64 / (n - 1) as f64).collect()
}

/// Straight between knots half a unit apart, as a network of ReLU neurons is.
fn piecewise(x: f64, f: impl Fn(f64) -> f64) -> f64 {
    let knot = (x * 1.3).floor() / 1.3;
    let (a, b) = (f(knot), f(knot + 1.0 / 1.3));
    a + (b - a) * (x - knot) * 1.3
}

fn race() -> Result<Chart, chainrule_report::Error> {
    let x: Vec<f64> = (0..60).map(|i| 1e-4 * 1.2f64.powi(i)).collect();
    let courses: Vec<(&str, Vec<f64>)> = [("fast", 1.2), ("steady", 0.7), ("slow", 0.3)]
        .map(|(name, rate)| (name, x.iter().map(|x| (x / 1e-5).powf(-rate) + 1e-5).collect()))
        .to_vec();
    let series: Vec<Series<'_>> =
        courses.iter().map(|(name, y)| Series::new(name, &x, y)).collect();
    chart::race(Labels { title: "Errors against time", x: "seconds", y: "error" }, &series)
}

fn fit() -> Result<Chart, chainrule_report::Error> {
    let mut noise = noise(1);
    let x = steps(-10.0, 10.0, 200);
    let y: Vec<f64> = x.iter().map(|x| x.sin() + 0.12 * (noise() + noise())).collect();
    let line = steps(-10.0, 10.0, 1000);
    let truth: Vec<f64> = line.iter().map(|x| x.sin()).collect();
    let prediction: Vec<f64> = line.iter().map(|x| piecewise(*x, |x| 0.98 * x.sin())).collect();
    chart::fit(
        Labels { title: "100 hidden neurons learn the sine", x: "x", y: "y" },
        Series::new("200 noisy samples", &x, &y),
        Some(Series::new("sin x", &line, &truth)),
        Series::new("prediction", &line, &prediction),
    )
}

fn fit_early() -> Result<Chart, chainrule_report::Error> {
    let x = steps(-10.0, 10.0, 200);
    let y: Vec<f64> = x.iter().map(|x| x.sin()).collect();
    let prediction: Vec<f64> =
        x.iter().map(|x| piecewise(*x, |x| x.sin() * (-x.abs() / 4.0).exp())).collect();
    let labels = Labels { title: "After 100 of 5000 epochs", x: "x", y: "y" };
    chart::fit(
        labels,
        Series::new("samples", &x, &y),
        None,
        Series::new("prediction", &x, &prediction),
    )
}

fn loss() -> Result<Chart, chainrule_report::Error> {
    let mut noise = noise(3);
    let epochs = steps(1.0, 2000.0, 2000);
    let training: Vec<f64> = epochs
        .iter()
        .map(|e| (0.6 * (-e / 90.0).exp() + 0.08 / (1.0 + e / 60.0)) * (1.0 + 0.1 * noise()))
        .collect();
    let validation: Vec<f64> = epochs
        .iter()
        .zip(&training)
        .map(|(e, t)| t * (1.1 + 0.05 * noise()) + 0.004 + 2e-6 * e)
        .collect();
    chart::loss(
        Labels { title: "Training of the sine network", x: "epoch", y: "mean squared error" },
        Series::new("training", &epochs, &training),
        Some(Series::new("validation", &epochs, &validation)),
        "best epoch",
    )
}

fn regions() -> Result<Chart, chainrule_report::Error> {
    let mut noise = noise(5);
    let (mut x, mut y, mut class) = (vec![], vec![], vec![]);
    for i in 0..240 {
        let (arm, along) = (i % 3, i as f64 / 240.0);
        let angle = std::f64::consts::TAU * (arm as f64 / 3.0 + 0.62 * along) + 0.25 * noise();
        x.push(2.0 * along * angle.cos() + 0.08 * noise());
        y.push(2.0 * along * angle.sin() + 0.08 * noise());
        class.push(arm);
    }
    let cells = 200;
    let mut probability = vec![];
    for row in 0..cells {
        for column in 0..cells {
            let at = |i: usize| -2.3 + 4.6 * (i as f64 + 0.5) / cells as f64;
            let (a, b) = (at(column), at(row));
            let turned = b.atan2(a) / std::f64::consts::TAU - 0.62 * a.hypot(b) / 2.0;
            let scores: Vec<f64> = (0..3)
                .map(|arm| {
                    (3.0 * a.hypot(b)
                        * (std::f64::consts::TAU * (turned - f64::from(arm) / 3.0)).cos())
                    .exp()
                })
                .collect();
            let sum: f64 = scores.iter().sum();
            probability.extend(scores.iter().map(|score| score / sum));
        }
    }
    let grid = Grid::of_probabilities((-2.3, 2.3), (-2.3, 2.3), cells, 3, &probability)?;
    let labels = Labels { title: "Three spirals", x: "x₁", y: "x₂" };
    chart::regions(
        labels,
        &["first arm", "second arm", "third arm"],
        &grid,
        Samples { x: &x, y: &y, class: &class },
    )
}

fn ten_regions() -> Result<Chart, chainrule_report::Error> {
    let mut noise = noise(8);
    let centres: Vec<(f64, f64)> = (0..10).map(|_| (5.0 * noise(), 3.0 * noise())).collect();
    let nearest = |x: f64, y: f64| {
        let distance = |c: &usize| (centres[*c].0 - x).hypot(centres[*c].1 - y);
        (0..10).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
    };
    let (columns, rows) = (200, 200);
    let at = |i: usize, n: usize, half: f64| -half + 2.0 * half * (i as f64 + 0.5) / n as f64;
    let cells: Vec<usize> = (0..rows)
        .flat_map(|r| (0..columns).map(move |c| (r, c)))
        .map(|(r, c)| nearest(at(c, columns, 6.0), at(r, rows, 4.0)))
        .collect();
    let class: Vec<usize> = (0..400).map(|i| i % 10).collect();
    let (x, y): (Vec<f64>, Vec<f64>) = class
        .iter()
        .map(|c| {
            (centres[*c].0 + 0.7 * (noise() + noise()), centres[*c].1 + 0.5 * (noise() + noise()))
        })
        .unzip();
    let names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let grid = Grid::of_classes((-6.0, 6.0), (-4.0, 4.0), columns, &cells)?;
    let labels = Labels {
        title: "Ten digits in two dimensions",
        x: "first component",
        y: "second component",
    };
    chart::regions(labels, &names, &grid, Samples { x: &x, y: &y, class: &class })
}

fn predicted_against_true() -> Result<Chart, chainrule_report::Error> {
    let mut noise = noise(13);
    let truth: Vec<f64> =
        (0..1000).map(|_| 25.0 + 22.0 * (noise() + 0.4 * noise()).clamp(-1.0, 1.5)).collect();
    let predicted: Vec<f64> =
        truth.iter().map(|t| t + 4.0 * (noise() + noise() + noise())).collect();
    chart::predicted_against_true(
        Labels {
            title: "Compressive strength of concrete",
            x: "measured (MPa)",
            y: "predicted (MPa)",
        },
        &[
            Series::new("800 training rows", &truth[..800], &predicted[..800]),
            Series::new("200 test rows", &truth[800..], &predicted[800..]),
        ],
        "perfect prediction",
    )
}
