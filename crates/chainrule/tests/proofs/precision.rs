//! Single precision agrees with double precision, nothing overflows, and no NaN is hidden.

use crate::support::{Trial, loss_and_gradient, normals, outputs, random, targets};
use chainrule::{
    Network, Real,
    activation::{Activation, Identity},
    layer::Dense,
    loss::Loss,
    table,
};
use ndarray::{Array2, array};
use std::sync::Arc;

/// The numbers in double precision.
fn f64s(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().copied().map(f64::from).collect()
}

/// Fails unless each f32 lies within `tolerance` of its f64, relative to the larger one of it and `scale`.
fn assert_agree(what: &str, single: &[f32], double: &[f64], scale: f64, tolerance: f64) {
    assert_eq!(single.len(), double.len());
    for (i, (&s, &d)) in single.iter().zip(double).enumerate() {
        let error = (f64::from(s) - d).abs() / d.abs().max(scale);
        assert!(error <= tolerance, "{what}: number {i} is {s:e}, in f64 {d:e} ({error:.1e})");
    }
}

/// y = σ(x) and σ'(x) through the kernels, as a layer computes them.
fn value_and_derivative<T: Real>(activation: &dyn Activation<T>, x: &[T]) -> [Vec<T>; 2] {
    let (mut y, mut derivative) = (vec![T::zero(); x.len()], vec![T::zero(); x.len()]);
    activation.apply(x, &mut y);
    activation.apply_derivative(x, &y, &vec![T::one(); x.len()], &mut derivative);
    [y, derivative]
}

/// Two precisions of each activation.
fn activations() -> impl Iterator<Item = (Arc<dyn Activation<f32>>, Arc<dyn Activation<f64>>)> {
    table::activations().into_iter().zip(table::activations())
}

/// Within 10⁻⁶ of max(1, |y|): some 8 roundings of f32.
#[test]
fn activations_agree() {
    let x: Vec<f32> = (-2000..=2000).map(|i| i as f32 * 0.01).collect();
    for (single, double) in activations() {
        let [y, derivative] = value_and_derivative(&*single, &x);
        let [exact_y, exact_derivative] = value_and_derivative(&*double, &f64s(&x));
        assert_agree(&format!("{single:?}"), &y, &exact_y, 1.0, 1e-6);
        let what = format!("derivative of {single:?}");
        assert_agree(&what, &derivative, &exact_derivative, 1.0, 1e-6);
    }
}

#[test]
fn activations_far_out_are_finite_and_saturate() {
    let x = [-1e38f32, -1e4, -100.0, 100.0, 1e4, 1e38];
    for (single, double) in activations() {
        let [y, derivative] = value_and_derivative(&*single, &x);
        let [exact_y, exact_derivative] = value_and_derivative(&*double, &f64s(&x));
        for v in exact_y.iter().chain(&exact_derivative) {
            assert!(v.is_finite(), "{double:?} in f64: {v}");
        }
        assert_agree(&format!("{single:?}"), &y, &exact_y, 1.0, 1e-6);
        let what = format!("derivative of {single:?}");
        assert_agree(&what, &derivative, &exact_derivative, 1.0, 1e-6);
    }
}

/// Each place of a vector, and the numbers left over after the vectors.
#[test]
fn no_activation_hides_a_nan() {
    fn assert_shows<T: Real>(activation: Arc<dyn Activation<T>>) {
        for place in 0..37 {
            let mut x = vec![T::of(0.5); 37];
            x[place] = T::nan();
            let [y, _] = value_and_derivative(&*activation, &x);
            let nans: Vec<usize> = (0..37).filter(|&i| y[i].is_nan()).collect();
            assert_eq!(nans, [place], "{activation:?} in {}", T::NAME);
        }
        let dense = Dense::with_activation(2, 3, Arc::clone(&activation));
        let network = Network::builder(2).layer(dense).dense(1, Identity).build(0).unwrap();
        let x = array![[T::one(), T::one()], [T::nan(), T::one()]];
        let y = network.predict(x.view()).unwrap();
        assert!(y[[0, 0]].is_finite() && y[[1, 0]].is_nan(), "{activation:?}: {y}");
    }
    table::activations::<f32>().into_iter().for_each(assert_shows);
    table::activations::<f64>().into_iter().for_each(assert_shows);
}

/// Two precisions of each loss.
fn losses() -> impl Iterator<Item = (Arc<dyn Loss<f32>>, Arc<dyn Loss<f64>>)> {
    table::losses().into_iter().zip(table::losses())
}

/// Within 10⁻⁵ of max(1, |v|) for losses, and of the largest entry for their gradients.
#[test]
fn losses_agree() {
    for (single, double) in losses() {
        for columns in [1, 3] {
            let mut random = random(5);
            let y = normals::<f32>(40, outputs(&*single, columns), &mut random) * 3.0;
            let t = targets(&*single, 40, columns, &mut random);
            let (value, gradient) = loss_and_gradient(&*single, &y, t.view().into());
            let (y, t) = (y.mapv(f64::from), t.mapv(f64::from));
            let (exact, exact_gradient) = loss_and_gradient(&*double, &y, t.view().into());
            let error = (value - exact).abs() / exact.abs().max(1.0);
            assert!(error < 1e-5, "{single:?}: {value}, in f64 {exact}");
            let largest = exact_gradient.fold(0.0f64, |largest, g| largest.max(g.abs()));
            let (gradient, exact) =
                (gradient.as_slice().unwrap(), exact_gradient.as_slice().unwrap());
            assert_agree(&format!("gradient of {single:?}"), gradient, exact, largest, 1e-5);
        }
    }
}

/// Predictions of ±10⁴ in every combination with their neighbours, and for losses without a range of
/// targets also such targets.
#[test]
fn losses_far_out_are_finite() {
    let far = [-1e4f32, 0.0, 1e4];
    for loss in table::losses::<f32>() {
        let columns = outputs(&*loss, 1);
        let rows = 3usize.pow(columns as u32);
        let digit = |i: usize, j: usize| far[i / 3usize.pow(j as u32) % 3];
        let y = Array2::from_shape_fn((rows, columns), |(i, j)| digit(i, j));
        let suitable = targets(&*loss, rows, 1, &mut random(1));
        let mut trials = vec![suitable];
        let target = |t: f32| Array2::from_elem((rows, 1), t);
        trials.extend(
            [-1e4, 0.0, 1.0, 1e4]
                .map(target)
                .into_iter()
                .filter(|target| loss.check_target(&[target[[0, 0]]], columns).is_ok()),
        );
        assert!(trials.len() > 2, "{loss:?} has few targets");
        for t in trials {
            for i in 0..rows {
                let (y, t) = (y.slice(ndarray::s![i..=i, ..]), t.slice(ndarray::s![i..=i, ..]));
                let (value, gradient) = loss_and_gradient(&*loss, &y.to_owned(), t.into());
                let fine = value.is_finite() && gradient.iter().all(|g| g.is_finite());
                assert!(fine, "{loss:?} of {y} and {t}: {value}, gradient {gradient}");
            }
        }
    }
}

#[test]
fn no_loss_hides_a_nan() {
    for loss in table::losses::<f64>() {
        let random = &mut random(2);
        let t = targets(&*loss, 3, 1, random);
        for place in 0..outputs(&*loss, 1) {
            let mut y = normals(3, outputs(&*loss, 1), random);
            y[[1, place]] = f64::NAN;
            let (value, gradient) = loss_and_gradient(&*loss, &y, t.view().into());
            assert!(value.is_nan() && gradient[[1, place]].is_nan(), "{loss:?}: {gradient}");
            let others = gradient.row(0).iter().chain(gradient.row(2)).all(|g| g.is_finite());
            assert!(others, "{loss:?}: a sample's gradient is its own: {gradient}");
        }
    }
}

/// Within 10⁻⁵ of the largest number of each array, forwards and backwards, in training and prediction.
#[test]
fn layers_agree() {
    let layers = table::layers::<f32>().into_iter().zip(table::layers::<f64>());
    for (single, double) in layers {
        for training in [false, true] {
            let mut s = Trial::new(Arc::clone(&single), 33, 3);
            let (x, dy) = (s.x.mapv(f64::from), s.dy.mapv(f64::from));
            let (theta, statistics) = (f64s(&s.theta), f64s(&s.statistics));
            let mut d = Trial::with_numbers(Arc::clone(&double), theta, statistics, x, dy);
            if training {
                s.train();
                d.train();
            } else {
                s.predict();
                d.predict();
            }
            let (mut s_theta, mut d_theta) = (s.zeros(), d.zeros());
            let (s_dx, d_dx) = (s.backward(&mut s_theta), d.backward(&mut d_theta));
            let compare = |what: &str, single: &[f32], double: &[f64]| {
                let largest = double.iter().fold(0.0f64, |largest, v| largest.max(v.abs()));
                let what = format!("{what} of {} (training: {training})", s.name());
                assert_agree(&what, single, double, largest, 1e-5);
            };
            compare("y", s.y.as_slice().unwrap(), d.y.as_slice().unwrap());
            compare("dx", s_dx.as_slice().unwrap(), d_dx.as_slice().unwrap());
            compare("dθ", &s_theta, &d_theta);
            compare("the statistics", &s.statistics, &d.statistics);
        }
    }
}
