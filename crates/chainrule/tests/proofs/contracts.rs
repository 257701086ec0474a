//! What the trait `Layer` promises, of each layer in the table.

use crate::support::{Trial, fill, network, normals, random};
use chainrule::{
    Network, Real,
    activation::{Gelu, Identity, Tanh},
    layer::{Dense, Layer, Pass},
    table,
};
use ndarray::{Array2, Axis, s};
use std::sync::Arc;

/// Each layer on some rows, after a pass in training (true) or prediction.
fn trials(rows: usize) -> impl Iterator<Item = Trial<f64>> {
    let layers =
        table::layers().into_iter().flat_map(|layer| [(Arc::clone(&layer), true), (layer, false)]);
    layers.map(move |(layer, training)| {
        let mut trial = Trial::new(layer, rows, 17);
        if training {
            trial.train()
        } else {
            trial.predict()
        }
        trial
    })
}

/// Sums that start at another number round differently, hence 10⁻¹³ and not the last bit.
fn assert_sum(name: &str, sum: &[f64], parts: [&[f64]; 2]) {
    for (i, sum) in sum.iter().enumerate() {
        let (a, b) = (parts[0][i], parts[1][i]);
        let size = a.abs().max(b.abs()).max(1.0);
        assert!((sum - (a + b)).abs() < 1e-13 * size, "{name}: dθ[{i}] is {sum}, not {a} + {b}");
    }
}

#[test]
fn backward_writes_dx_and_adds_to_d_theta() {
    for mut trial in trials(13) {
        let name = trial.name();
        let mut once = trial.zeros();
        // `backward` hands in a dx full of NaN.
        let dx = trial.backward(&mut once);
        assert!(dx.iter().all(|v| v.is_finite()), "{name}: dx {dx}");
        assert!(dx.iter().any(|&v| v != 0.0), "{name}: dx is zero everywhere");

        // Again with the same memory, which a backward pass must leave good for another.
        let mut twice = once.clone();
        assert_eq!(trial.backward(&mut twice), dx, "{name}: dx is written, not added to");
        assert_sum(&name, &twice, [&once, &once]);

        let start: Vec<f64> = (0..once.len()).map(|i| 10.0 - i as f64).collect();
        let mut added = start.clone();
        trial.backward(&mut added);
        assert_sum(&name, &added, [&start, &once]);
    }
}

/// The first pass of a step does not look at what `d_theta` holds, and has the bits of a pass that adds to zeros.
#[test]
fn backward_first_writes_what_backward_adds() {
    for mut trial in trials(7) {
        let name = trial.name();
        let (mut added, mut written) = (trial.zeros(), trial.zeros());
        let dx = trial.backward(&mut added);
        written.fill(f64::NAN);
        assert_eq!(trial.backward_first(&mut written), dx, "{name}: dx");
        assert_eq!(written, added, "{name}: dθ");
        // A short way that asks for no dx is another one.
        added.fill(0.0);
        trial.backward_of_parameters(&mut added);
        written.fill(f64::NAN);
        trial.backward_first_of_parameters(&mut written);
        assert_eq!(written, added, "{name}: dθ alone");
    }
}

/// The rows that are kept apart add up to the gradient, and each is that of the row alone.
#[test]
fn backward_by_row_is_backward_of_each_row() {
    for mut trial in trials(7).filter(|trial| trial.layer.predicts_as_it_trains()) {
        let name = trial.name();
        let mut sum = trial.zeros();
        let dx = trial.backward(&mut sum);
        // `backward_by_row` writes both: the NaN must be gone after it.
        let mut jacobian = Array2::from_elem((7, sum.len()), f64::NAN);
        let mut dx_by_row = Array2::from_elem(dx.dim(), f64::NAN);
        let pass = Pass { theta: &trial.theta, x: trial.x.view(), y: trial.y.view() };
        let (dy, memory) = (trial.dy.view(), &mut trial.memory);
        let wanted = Some(dx_by_row.view_mut());
        trial.layer.backward_by_row(pass, dy, wanted, jacobian.view_mut(), memory);
        assert!((&dx_by_row - &dx).iter().all(|d| d.abs() < 1e-13), "{name}: {dx_by_row} {dx}");
        for (j, column) in jacobian.columns().into_iter().enumerate() {
            let size = column.iter().fold(1.0f64, |size, v| size.max(v.abs()));
            assert!((column.sum() - sum[j]).abs() < 1e-13 * size, "{name}: dθ[{j}]");
        }
        for row in 0..7 {
            let only = s![row..row + 1, ..];
            let (x, dy) = (trial.x.slice(only).to_owned(), trial.dy.slice(only).to_owned());
            let layer = Arc::clone(&trial.layer);
            let mut alone =
                Trial::with_numbers(layer, trial.theta.clone(), trial.statistics.clone(), x, dy);
            alone.train();
            let mut d_theta = alone.zeros();
            alone.backward(&mut d_theta);
            assert_sum(&name, jacobian.row(row).as_slice().unwrap(), [&d_theta, &trial.zeros()]);
        }
    }
}

#[test]
fn the_gradient_of_the_parameters_does_not_depend_on_whether_dx_is_asked_for() {
    for mut trial in trials(13) {
        let (mut with, mut without) = (trial.zeros(), trial.zeros());
        trial.backward(&mut with);
        trial.backward_of_parameters(&mut without);
        assert_eq!(with, without, "{}", trial.name());
        let has_parameters = !with.is_empty();
        assert!(!has_parameters || with.iter().any(|&g| g != 0.0), "{}", trial.name());
    }
}

/// Memory that was planned for more rows, and has been used for other numbers, does the same.
#[test]
fn a_pass_does_not_depend_on_what_was_in_the_memory() {
    for training in [true, false] {
        for layer in table::layers::<f64>() {
            let mut trial = Trial::new(Arc::clone(&layer), 6, 17);
            let statistics = trial.statistics.clone();
            let pass = |trial: &mut Trial<f64>| {
                trial.statistics.copy_from_slice(&statistics);
                trial.y.fill(f64::NAN);
                if training {
                    trial.train()
                } else {
                    trial.predict()
                }
                let mut d_theta = trial.zeros();
                let dx = trial.backward(&mut d_theta);
                (trial.y.clone(), dx, d_theta, trial.statistics.clone())
            };
            let first = pass(&mut trial);
            assert!(first.0.iter().all(|y| y.is_finite()), "{}", trial.name());
            assert_eq!(pass(&mut trial), first, "{} with the same memory", trial.name());
            trial.memory = layer.memory(50);
            fill(&mut trial.memory, 1e9);
            assert_eq!(pass(&mut trial), first, "{} with a larger memory", trial.name());
        }
    }
}

#[test]
fn prediction_changes_no_statistics() {
    for layer in table::layers::<f64>() {
        let mut trial = Trial::new(layer, 5, 17);
        let before = trial.statistics.clone();
        trial.predict();
        assert_eq!(trial.statistics, before, "{}", trial.name());
    }
}

/// A network with this layer between dense layers whose widths leave remainders in every kernel.
fn network_around<T: Real>(layer: Arc<dyn Layer<T>>) -> Network<T> {
    let outputs = layer.outputs();
    network(
        vec![
            Arc::new(Dense::new(5, 43, Gelu)),
            Arc::new(Dense::new(43, 3, Tanh)),
            layer,
            Arc::new(Dense::new(outputs, 37, Tanh)),
            Arc::new(Dense::new(37, 2, Identity)),
        ],
        8,
    )
}

#[test]
fn a_prediction_does_not_depend_on_the_other_rows() {
    let x: Array2<f32> = normals(600, 5, &mut random(4));
    for layer in table::layers::<f32>() {
        let network = network_around(Arc::clone(&layer));
        let predict = |x: &Array2<f32>| network.predict(x.view()).unwrap();
        let alone: Vec<Array2<f32>> =
            x.axis_chunks_iter(Axis(0), 1).map(|row| predict(&row.to_owned())).collect();
        let alone =
            ndarray::concatenate(Axis(0), &alone.iter().map(|y| y.view()).collect::<Vec<_>>())
                .unwrap();
        for rows in (1..=70).chain([255, 256, 257, 600]) {
            let together = predict(&x.slice(s![..rows, ..]).to_owned());
            assert_eq!(together, alone.slice(s![..rows, ..]), "{layer:?}, {rows} rows");
        }
        // In another company and at another place.
        let turned = predict(&x.slice(s![..;-1, ..]).to_owned());
        assert_eq!(turned, alone.slice(s![..;-1, ..]), "{layer:?}, in reverse");
    }
}

/// Inputs may lie in memory as they like.
#[test]
fn a_prediction_does_not_depend_on_the_layout_of_its_inputs() {
    let x: Array2<f32> = normals(20, 5, &mut random(4));
    let columns_first = x.t().as_standard_layout().into_owned().reversed_axes();
    assert!(!columns_first.is_standard_layout());
    for layer in table::layers() {
        let network = network_around(layer);
        assert_eq!(network.predict(columns_first.view()), network.predict(x.view()));
    }
}

#[test]
fn zero_rows_do_no_harm() {
    for layer in table::layers::<f64>() {
        let network = network_around(Arc::clone(&layer));
        assert_eq!(network.predict(Array2::zeros((0, 5)).view()).unwrap().dim(), (0, 2));
        for planned in [0, 4] {
            for training in [true, false] {
                let mut trial = Trial::new(Arc::clone(&layer), 0, 1);
                trial.memory = layer.memory(planned);
                let before = trial.statistics.clone();
                if training {
                    trial.train()
                } else {
                    trial.predict()
                }
                let mut d_theta = trial.zeros();
                trial.backward(&mut d_theta);
                assert!(d_theta.iter().all(|&g| g == 0.0), "{}: {d_theta:?}", trial.name());
                assert_eq!(trial.statistics, before, "{}", trial.name());
            }
        }
    }
}
