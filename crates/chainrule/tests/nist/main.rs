//! NIST's reference problems of nonlinear regression: 27 data sets, two starts each, certified to 11 digits.
//!
//! The files are in `tests/fixtures/nist-strd`. Run this test with `--no-capture` for a table of the digits.

mod models;

use chainrule::solver::least_squares;
use models::{MODELS, Model};
use std::path::Path;

/// A data set.
struct Problem {
    x: Vec<Vec<f64>>,
    y: Vec<f64>,
    starts: [Vec<f64>; 2],
    certified: Vec<f64>,
    sum_of_squares: f64,
}

impl Problem {
    fn read(folder: &Path, model: &Model) -> Self {
        let path = folder.join(format!("{}.dat", model.name));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let numbers = |line: &str| -> Vec<f64> {
            line.split_whitespace().map_while(|word| word.parse().ok()).collect()
        };
        let mut problem = Self {
            x: Vec::new(),
            y: Vec::new(),
            starts: [Vec::new(), Vec::new()],
            certified: Vec::new(),
            sum_of_squares: f64::NAN,
        };
        for line in text.lines().skip(40).take(20) {
            match line.split_once('=') {
                Some((name, values)) if name.trim().starts_with('b') => {
                    let values = numbers(values);
                    problem.starts[0].push(values[0]);
                    problem.starts[1].push(values[1]);
                    problem.certified.push(values[2]);
                }
                _ => {}
            }
            if let Some(sum) = line.strip_prefix("Residual Sum of Squares:") {
                problem.sum_of_squares = sum.trim().parse().unwrap();
            }
        }
        for line in text.lines().skip(60).filter(|line| !line.trim().is_empty()) {
            let values = numbers(line);
            let y = if model.name == "Nelson" { values[0].ln() } else { values[0] };
            problem.y.push(y);
            problem.x.push(values[1..].to_vec());
        }
        assert!(problem.y.len() > 5 && problem.sum_of_squares.is_finite(), "{path:?}");
        problem
    }
}

/// How many digits agree: −log₁₀ of the relative error, at most 11, as many as are certified.
fn digits(value: f64, certified: f64) -> f64 {
    (-((value - certified) / certified).abs().log10()).clamp(0.0, 11.0)
}

#[test]
fn certified_values_are_found_from_both_starts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nist-strd");
    println!(
        "| data set | digits of θ, start 1 | start 2 | digits of Σr², start 1 | start 2 | iterations |"
    );
    println!("|---|---|---|---|---|---|");
    let mut failed = Vec::new();
    for model in &MODELS {
        let problem = Problem::read(&folder, model);
        let (n, p) = (problem.y.len(), problem.certified.len());
        let mut row = [[0.0; 2]; 2];
        let mut iterations = [0; 2];
        for (i, start) in problem.starts.iter().enumerate() {
            let solution = least_squares(
                n,
                |theta, r| {
                    for ((r, x), y) in r.iter_mut().zip(&problem.x).zip(&problem.y) {
                        *r = (model.value)(theta, x) - y;
                    }
                },
                |theta, jacobian| {
                    for (row, x) in jacobian.chunks_exact_mut(p).zip(&problem.x) {
                        (model.gradient)(theta, x, row);
                    }
                },
                start,
            )
            .unwrap();
            let pairs = solution.theta.iter().zip(&problem.certified);
            assert!(solution.theta.iter().all(|v| v.is_finite()), "{}: {solution:?}", model.name);
            row[0][i] = pairs.map(|(&v, &c)| digits(v, c)).fold(11.0, f64::min);
            row[1][i] = digits(solution.value, problem.sum_of_squares);
            iterations[i] = solution.iterations;
            // The residuals of this one are 10⁻¹³ of its data, of which doubles have 16 digits.
            let digits_of_sum = if model.name == "Lanczos1" { 1.5 } else { 8.0 };
            if row[0][i] < 7.0 || row[1][i] < digits_of_sum {
                failed.push(format!("{} start {}: {:?}", model.name, i + 1, solution));
            }
        }
        println!(
            "| {} | {:.1} | {:.1} | {:.1} | {:.1} | {}, {} |",
            model.name, row[0][0], row[0][1], row[1][0], row[1][1], iterations[0], iterations[1]
        );
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The gradients of the models, which the solutions rest on.
#[test]
fn gradients_agree_with_difference_quotients() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nist-strd");
    for model in &MODELS {
        let problem = Problem::read(&folder, model);
        let theta = &problem.certified;
        let mut gradient = vec![0.0; theta.len()];
        for x in &problem.x {
            (model.gradient)(theta, x, &mut gradient);
            for (j, &g) in gradient.iter().enumerate() {
                let quotient = |h: f64| {
                    let at = |steps: f64| {
                        let mut moved = theta.clone();
                        moved[j] += steps * h;
                        (model.value)(&moved, x)
                    };
                    (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * h)
                };
                let quotients = [1e-3, 1e-4, 1e-5, 1e-6].map(|h| quotient(h * theta[j].abs()));
                let errors = quotients.iter().map(|quotient| (g - quotient).abs());
                let error = errors.fold(f64::INFINITY, f64::min);
                let scale = g.abs() + (model.value)(theta, x).abs() / theta[j].abs();
                assert!(
                    error < 1e-7 * scale + 1e-14,
                    "{} ∂/∂b{}: {g} {quotients:?}",
                    model.name,
                    j + 1
                );
            }
        }
    }
}
