//! The proof of a Jacobian, and of the normal equations that solvers make of it.

use super::{Entry, Failure, Report, TOLERANCE, compare};
use crate::solver::{LeastSquares, NormalEquations};

/// Checks the Jacobian ∂rᵢ/∂θⱼ of a sum of squares at θ: every entry.
pub fn jacobian(problem: &mut dyn LeastSquares, theta: &[f64]) -> Result<Report, Failure> {
    let parameters = problem.parameters();
    let mut all = Report { checked: 0, kinks: 0, worst: None, relative_errors: Vec::new() };
    let mut any_slope = false;
    for shard in 0..problem.shards().len() {
        let count = problem.shards()[shard];
        let (mut r, mut jacobian) = (vec![0.0; count], vec![f64::NAN; count * parameters]);
        problem.jacobian(theta, shard, &mut r, &mut jacobian);
        for (i, row) in jacobian.chunks_exact(parameters).enumerate() {
            let name = |j: usize| format!("∂r[{i}]/∂θ[{j}] of shard {shard}");
            let report = compare("the residual", theta, row, &name, |theta, _| {
                problem.residuals(theta, shard, &mut r);
                r[i]
            });
            match report {
                // A single residual may be flat, as where all units are dead.
                Err(Failure::AllZero { .. }) => {
                    all.checked += parameters;
                    all.relative_errors.extend(vec![Some(0.0); parameters]);
                }
                Err(failure) => return Err(failure),
                Ok(report) => {
                    any_slope = true;
                    all.checked += report.checked;
                    all.kinks += report.kinks;
                    all.relative_errors.extend(report.relative_errors);
                    let error = |entry: &Option<Entry>| {
                        entry.as_ref().map_or(-1.0, |entry| entry.relative_error)
                    };
                    if error(&report.worst) > error(&all.worst) {
                        all.worst = report.worst;
                    }
                }
            }
        }
    }
    if any_slope { Ok(all) } else { Err(Failure::AllZero { what: "the residuals".to_owned() }) }
}

/// Checks what a solver makes of the Jacobian: g = Jᵀr + Cθ, and the matrix JᵀJ, or JJᵀ where there are fewer
/// residuals than parameters, against a Jacobian of difference quotients.
///
/// An entry (i, j) of the matrix is compared in units of the norms of the two columns or rows that it multiplies.
pub fn normal_equations(problem: &mut dyn LeastSquares, theta: &[f64]) -> Result<Report, Failure> {
    let shards = problem.shards().to_vec();
    let (n, parameters) = (shards.iter().sum::<usize>(), theta.len());
    let residuals = |problem: &mut dyn LeastSquares, theta: &[f64]| {
        let (mut r, mut start) = (vec![0.0; n], 0);
        for (shard, count) in shards.iter().enumerate() {
            problem.residuals(theta, shard, &mut r[start..start + count]);
            start += count;
        }
        r
    };
    let r = residuals(problem, theta);
    let mut columns = Vec::with_capacity(parameters);
    for j in 0..parameters {
        let h = 2e-4 * theta[j].abs().max(1.0);
        let mut moved = theta.to_vec();
        let mut at = |v: f64| {
            moved[j] = v;
            residuals(problem, &moved)
        };
        let [up, down] = [at(theta[j] + h), at(theta[j] - h)];
        let [far_up, far_down] = [at(theta[j] + 2.0 * h), at(theta[j] - 2.0 * h)];
        let quotient =
            |i: usize| (8.0 * (up[i] - down[i]) - (far_up[i] - far_down[i])) / (12.0 * h);
        columns.push((0..n).map(quotient).collect::<Vec<f64>>());
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();

    let mut equations = NormalEquations::new(problem);
    equations.assemble(problem, theta);
    let mut worst: Option<Entry> = None;
    let (mut relative_errors, mut wrong) = (Vec::new(), 0);
    let mut check = |name: String, backward: f64, numerical: f64, scale: f64| {
        let scale = scale.max(f64::MIN_POSITIVE);
        let relative_error = (backward - numerical).abs() / scale;
        relative_errors.push(Some(relative_error));
        // Also where it is no number.
        let is_above = |bound: f64| relative_error > bound || relative_error.is_nan();
        wrong += usize::from(is_above(TOLERANCE));
        if worst.as_ref().is_none_or(|worst| is_above(worst.relative_error)) {
            worst = Some(Entry { name, backward, numerical, relative_error });
        }
    };
    for (j, column) in columns.iter().enumerate() {
        let penalty = problem.ridge().map_or(0.0, |ridge| ridge[j] * theta[j]);
        let scale = (dot(column, column) * dot(&r, &r)).sqrt() + penalty.abs();
        check(format!("g[{j}]"), equations.gradient[j], dot(column, &r) + penalty, scale);
    }
    let (lines, name): (Vec<Vec<f64>>, _) = if equations.is_dual() {
        let row = |i: usize| columns.iter().map(|column| column[i]).collect();
        ((0..n).map(row).collect(), "JJᵀ")
    } else {
        (columns, "JᵀJ")
    };
    for (i, a) in lines.iter().enumerate() {
        for (j, b) in lines.iter().enumerate().skip(i) {
            let scale = (dot(a, a) * dot(b, b)).sqrt();
            check(format!("{name}[{i},{j}]"), equations.gram(i, j), dot(a, b), scale);
        }
    }
    let checked = relative_errors.len();
    match worst {
        Some(worst) if wrong > 0 => Err(Failure::Wrong { worst, wrong, checked }),
        worst if lines.iter().flatten().any(|v| *v != 0.0) => {
            Ok(Report { checked, kinks: 0, worst, relative_errors })
        }
        _ => Err(Failure::AllZero { what: "the residuals".to_owned() }),
    }
}
