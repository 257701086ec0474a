//! Draws the pictures of the book, in English and in Chinese, below a folder (`out` unless told otherwise):
//! `cargo xtask generate` writes them to where they belong.
//!
//! What is drawn was computed by the library, in double precision and from fixed seeds.

mod experiments;

use chainrule_report::chart::Weights;
use chainrule_report::{Chart, Labels, Series, chart};
use experiments::{Curve, steps};
use std::{env, error::Error, fs, path::Path};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "out".to_owned());
    let results = experiments::run()?;
    for language in [Language::English, Language::Chinese] {
        let name = if language == Language::English { "en" } else { "zh" };
        let folder = Path::new(&folder).join("docs/book").join(name).join("src/figures");
        fs::create_dir_all(&folder)?;
        for (name, chart) in charts(&results, language)? {
            fs::write(folder.join(name).with_extension("svg"), chart.svg())?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Language {
    English,
    Chinese,
}

/// All pictures with the names of their files.
fn charts(
    results: &experiments::Results,
    language: Language,
) -> Result<Vec<(&'static str, Chart)>> {
    let say = |english: &'static str, chinese: &'static str| match language {
        Language::English => english,
        Language::Chinese => chinese,
    };
    let labels = |title, x, y| Labels { title, x, y };
    let race = |labels: Labels<'_>, curves: &[Curve], names: &[&str]| {
        let series: Vec<Series<'_>> = curves
            .iter()
            .zip(names)
            .map(|(curve, name)| Series::new(name, &curve.x, &curve.y))
            .collect();
        chart::race(labels, &series)
    };

    let network = {
        let [w1, w2, w3] = &results.network;
        let layers = [
            Weights { inputs: 2, outputs: 4, w: w1 },
            Weights { inputs: 4, outputs: 3, w: w2 },
            Weights { inputs: 3, outputs: 1, w: w3 },
        ];
        let title = say("2 inputs, two hidden layers, 1 output", "两个输入、两个隐层、一个输出");
        let signs = [say("positive weight", "正权重"), say("negative weight", "负权重")];
        let words = labels(title, say("from → to", "从 → 到"), say("weight", "权重"));
        chart::network(words, &layers, &["x₁", "x₂"], &["y"], signs)?
    };
    let loss_by_step =
        |title| labels(title, say("steps", "步数"), say("mean squared error", "均方误差"));
    let absolute = {
        // Three styles, as the sum lies on the one hinge or on the other.
        let [right, left, sum] = &results.absolute[..] else { return Err("three curves".into()) };
        chart::fit(
            labels(say("Two hinges make |x|", "两个铰链函数合成 |x|"), "x", ""),
            Series::new("max(x, 0)", &right.x, &right.y),
            Some(Series::new(say("sum", "和"), &sum.x, &sum.y)),
            Series::new("max(−x, 0)", &left.x, &left.y),
        )?
    };
    let sin = {
        let line = steps(0.0, std::f64::consts::TAU, 400);
        let truth: Vec<f64> = line.iter().map(|x| x.sin()).collect();
        let title = say("Eight hinges and the sine", "八个折点与正弦函数");
        chart::fit(
            labels(title, "x", "y"),
            Series::new(say("corners", "折点"), &results.corners.x, &results.corners.y),
            Some(Series::new("sin x", &line, &truth)),
            Series::new(say("network", "网络"), &results.broken_line.x, &results.broken_line.y),
        )?
    };
    let equation = {
        let truth: Vec<f64> = results.solution.x.iter().map(|x| x.sin()).collect();
        let (points, solution) = (&results.points, &results.solution);
        chart::fit(
            labels(say("u″ = −u, solved by a network", "网络解出 u″ = −u"), "x", "u"),
            Series::new(say("where the equation holds", "要求方程成立的点"), &points.x, &points.y),
            Some(Series::new("sin x", &solution.x, &truth)),
            Series::new(say("network", "网络"), &solution.x, &solution.y),
        )?
    };
    Ok(vec![
        ("network", network),
        (
            "difference",
            race(
                labels(
                    say("The error of a difference quotient", "差商的误差"),
                    "h",
                    say("error", "误差"),
                ),
                &results.difference,
                &[say("one-sided", "单侧差商"), say("two-sided", "中心差商")],
            )?,
        ),
        (
            "initialisation",
            race(
                labels(
                    say("The signal on its way through ReLU layers", "信号穿过各 ReLU 层"),
                    say("layer", "层"),
                    say("mean square", "均方"),
                ),
                &results.initialisation,
                &["Var w = 1/i", "Var w = 2/i", "Var w = 3/i"],
            )?,
        ),
        (
            "adam",
            race(
                loss_by_step(say("The same network, the same start", "同一网络，同一初值")),
                &results.optimizers,
                &[say("gradient descent", "梯度下降"), say("with momentum", "加动量"), "Adam"],
            )?,
        ),
        ("hinges-abs", absolute),
        (
            "hinges-parts",
            race(
                labels(say("The hinges one by one", "逐个铰链函数"), "x", ""),
                &results.hinges,
                &["1", "2", "3", "4", "5", "6", "7", "8"],
            )?,
        ),
        ("hinges-sin", sin),
        (
            "vanishing",
            race(
                labels(
                    say("The gradient by layer, before training", "训练之前各层的梯度"),
                    say("layer", "层"),
                    "‖dw‖",
                ),
                &results.vanishing,
                &[
                    "sigmoid",
                    say("sigmoid, normalised", "sigmoid 加归一化"),
                    say("sigmoid, residual", "sigmoid 加残差"),
                    "ReLU",
                ],
            )?,
        ),
        (
            "levenberg-marquardt",
            race(
                loss_by_step(say("A network 1-20-1 and the sine", "1-20-1 网络学正弦")),
                &results.solvers,
                &["Levenberg–Marquardt", "Adam"],
            )?,
        ),
        ("equation", equation),
    ])
}
