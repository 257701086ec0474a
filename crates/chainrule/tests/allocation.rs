//! After its memory is planned, a training step allocates nothing: no layer, loss, optimizer or batch does.
//!
//! An allocator that counts shows it: a training of 110 epochs allocates as often as one of 10.

#![allow(unsafe_code, reason = "an allocator can not be written without it")]

use chainrule::{
    Dataset, Network, Real, Training,
    activation::{Gelu, Identity, Relu, Tanh},
    graph::{Graph, Over, Plan},
    layer::{Category, Combine, Dense, Layer, Sequential},
    loss::{Formula, Loss, MeanSquaredError, Targets},
    optimizer::{Adam, Clip, Descent, Penalty, Schedule},
    random::{Purpose, Random},
    solver::Stopping,
    table,
    training::{EarlyStopping, FullBatch},
};
use ndarray::{Array1, Array2};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::Arc,
};

/// The system's allocator, counting how often this thread asks it for memory.
struct Counting;

thread_local! {
    // A plain number that needs no memory itself and is never dropped.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
}

// SAFETY: every call goes on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `realloc`, and `memory` came from the system.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and `memory` came from the system.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `action` asks for memory.
fn allocations(action: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    action();
    ALLOCATIONS.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| ()), 0);
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![0.0; 100]))), 1);
    let mut numbers: Vec<u8> = Vec::with_capacity(1);
    assert_eq!(allocations(|| numbers.extend([0; 100])), 1, "growing counts");
}

const INPUTS: usize = 3;

/// Random samples with weights.
fn samples<T: Real>(rows: usize) -> Dataset<T> {
    let mut random = Random::new(1, Purpose::Data);
    let x = Array2::from_shape_simple_fn((rows, INPUTS), || random.normal());
    // Zeros and ones suit every loss: as numbers, probabilities, counts and classes.
    let t = Array2::from_shape_simple_fn((rows, 1), || T::of(random.below(2) as f64));
    let weights = Array1::from_shape_simple_fn(rows, || random.uniform(T::one(), T::of(2.0)));
    Dataset::new(x, t).unwrap().with_weights(weights).unwrap()
}

/// A small network that ends in as many outputs as the loss needs.
fn network<T: Real>(loss: &dyn Loss<T>) -> Network<T> {
    let outputs = loss.outputs(1).unwrap_or(2);
    Network::builder(INPUTS).dense(8, Tanh).dense(outputs, Identity).build(1).unwrap()
}

/// A network with one of everything.
fn deep<T: Real>() -> Network<T> {
    Network::builder(INPUTS)
        .dense(8, Tanh)
        .batch_norm()
        .residual(|inner| inner.layer_norm().dense(9, Gelu).dropout(0.2).dense(8, Identity))
        .parallel(
            Combine::Concatenate,
            |left| left.dense(3, Tanh).prelu(),
            |right| right.dropout(0.1),
        )
        .parallel(Combine::Sum, |left| left.dense(4, Tanh), |right| right.dense(4, Gelu))
        .dense(1, Identity)
        .build(1)
        .unwrap()
}

/// Fails unless the training allocates as often for 110 epochs as for 10, without and with validation.
fn assert_epochs_allocate_nothing<T: Real>(
    training: &Training<T>,
    network: &Network<T>,
    data: &Dataset<T>,
) {
    let validation = samples(20);
    for validation in [None, Some(&validation)] {
        let run = |epochs: usize| {
            let (mut network, training) =
                (network.clone(), Training { epochs, ..training.clone() });
            allocations(|| {
                let history = training.run(&mut network, data, validation, &mut ()).unwrap();
                assert_eq!(history.epochs.len(), epochs);
            })
        };
        run(1); // what is made once for the whole process
        let (few, many) = (run(10), run(110));
        assert!(few > 10, "the workspace was counted: {few}");
        assert_eq!(many, few, "100 epochs more took memory: {training:?}");
    }
}

#[test]
fn steps_that_threads_share_allocate_nothing() {
    let network = Network::<f32>::builder(INPUTS).dense(400, Tanh).dense(400, Gelu);
    let network = network.dense(1, Identity).build(1).unwrap();
    for threads in [1, 2] {
        let (threads, batch_size) = (Some(threads), Some(64));
        let training = Training { threads, batch_size, ..Training::new(MeanSquaredError) };
        let run = |epochs| {
            let mut network = network.clone();
            let training = Training { epochs, ..training.clone() };
            allocations(|| drop(training.run(&mut network, &samples(128), None, &mut ()).unwrap()))
        };
        run(1); // what is made once for each thread
        assert_eq!(run(2), run(9), "{threads:?} threads");
    }
}

#[test]
fn predictions_with_a_plan_allocate_nothing() {
    let lesson = Network::<f32>::builder(1).dense(100, Relu).dense(1, Identity).build(1).unwrap();
    let tanh = Network::<f32>::builder(1).dense(7, Tanh).dense(2, Identity).build(1).unwrap();
    for network in [lesson, tanh] {
        let mut predictor = network.predictor(4);
        let x = Array2::from_elem((9, 1), 0.5);
        let mut y = Array2::zeros((9, network.outputs()));
        let mut row = vec![0.0; network.outputs()];
        // What is found out once for the whole process.
        network.predict_row(&[0.5], &mut row, &mut predictor).unwrap();
        let count = allocations(|| {
            network.predict_row(&[0.5], &mut row, &mut predictor).unwrap();
            network.predict_into(x.view(), y.view_mut(), &mut predictor).unwrap();
        });
        assert_eq!(count, 0);
        assert!(y.outer_iter().all(|y| y.as_slice() == Some(&row[..])));
    }
}

/// A plan for one network serves another of any layers.
#[test]
fn a_plan_follows_its_network() {
    let narrow = Network::<f64>::builder(2).dense(4, Tanh).dense(3, Identity).build(1).unwrap();
    let deep = Network::<f64>::builder(2).dense(3, Tanh).dense(3, Tanh).dense(1, Tanh);
    let deep = deep.dense(3, Identity).build(1).unwrap();
    let mut predictor = narrow.predictor(1);
    for network in [&deep, &narrow] {
        let mut y = [0.0; 3];
        network.predict_row(&[0.5, -1.0], &mut y, &mut predictor).unwrap();
        let expected = network.predict(ndarray::array![[0.5, -1.0]].view()).unwrap();
        assert_eq!(expected.as_slice(), Some(&y[..]));
        assert!(network.predict_row(&[0.5], &mut y, &mut predictor).is_err());
        assert!(network.predict_row(&[0.5, -1.0], &mut y[..2], &mut predictor).is_err());
    }
}

/// The full batch, several blocks of it, and mini-batches with a smaller last one.
const BATCHES: [(usize, Option<usize>); 3] = [(30, None), (300, None), (30, Some(8))];

fn steps_of_networks_allocate_nothing<T: Real>() {
    for (rows, batch_size) in BATCHES {
        let training = Training { batch_size, ..Training::new(MeanSquaredError) };
        let data = samples(rows);
        assert_epochs_allocate_nothing(&training, &deep(), &data);
        for layer in table::layers::<T>() {
            let last: Arc<dyn Layer<T>> = Arc::new(Dense::new(layer.outputs(), 1, Identity));
            let network = Network::new(Sequential::new(vec![layer, last]).unwrap(), 1);
            assert_epochs_allocate_nothing(&training, &network, &data);
        }
    }
}

#[test]
fn steps_of_every_layer_allocate_nothing() {
    steps_of_networks_allocate_nothing::<f32>();
    steps_of_networks_allocate_nothing::<f64>();
}

#[test]
fn steps_under_every_loss_allocate_nothing() {
    for (rows, batch_size) in BATCHES {
        for loss in table::losses::<f32>() {
            let (data, network) = (samples(rows), network(&*loss));
            let training = Training { loss, batch_size, ..Training::new(MeanSquaredError) };
            assert_epochs_allocate_nothing(&training, &network, &data);
        }
    }
}

/// Once each thread has its memory, which the first step gives it.
#[test]
fn steps_under_a_formula_allocate_nothing() {
    for (rows, batch_size) in BATCHES {
        let formula = Formula::new("cauchy", 1, 1, |y, t| ((y - t).squared() + 1.0).ln()).unwrap();
        let network = network(&formula);
        let training = Training { batch_size, ..Training::new(formula) };
        assert_epochs_allocate_nothing::<f32>(&training, &network, &samples(rows));
    }
}

#[test]
fn plans_of_expressions_allocate_nothing() {
    let graph = Graph::<f64>::new();
    let x = graph.input(samples(30).x());
    let w = graph.parameter("w", &Array2::from_elem((INPUTS, 4), 0.1));
    let loss = (x.dot(w).softmax(Over::Columns) * x.dot(w).tanh()).squared().mean(Over::All);
    let [dw] = loss.gradient_by([w]);
    let mut plan = Plan::new(loss + dw.squared().sum(Over::All)).unwrap();
    let theta = graph.theta();
    let mut step = || assert!(plan.gradient(&theta).unwrap().0.is_finite());
    step();
    assert_eq!(allocations(|| (0..100).for_each(|_| step())), 0);
}

#[test]
fn steps_with_every_activation_allocate_nothing() {
    for activation in table::activations::<f32>() {
        let hidden = Dense::with_activation(INPUTS, 5, activation);
        let network = Network::builder(INPUTS).layer(hidden).dense(1, Identity).build(1).unwrap();
        let data = samples(30);
        assert_epochs_allocate_nothing(&Training::new(MeanSquaredError), &network, &data);
    }
}

#[test]
fn steps_of_every_optimizer_allocate_nothing() {
    for (rows, batch_size) in BATCHES {
        for optimizer in table::optimizers::<f32>() {
            let training = Training {
                optimizer,
                batch_size,
                learning_rate: 1e-4,
                schedule: Schedule::WarmUp {
                    epochs: 5.0,
                    start: 0.1,
                    then: Box::new(Schedule::ReduceOnPlateau { factor: 0.9, patience: 2 }),
                },
                penalty: Penalty { l1: 1e-5, l2: 1e-5 },
                clip: Clip::Norm(1.0),
                early_stopping: Some(EarlyStopping::after(1000)),
                ..Training::new(MeanSquaredError)
            };
            let data = samples(rows);
            assert_epochs_allocate_nothing(&training, &deep(), &data);
        }
    }
}

/// After as many iterations as L-BFGS remembers, a longer run asks for no more memory than a shorter one.
#[test]
fn iterations_of_every_solver_allocate_nothing() {
    for (rows, embedded) in [(7, false), (30, false), (600, false), (30, true)] {
        for solver in table::solvers() {
            let run = |iterations| {
                // Steps that never end by themselves: noise, and no tolerance.
                let stopping = Stopping { goal: 0.0, gradient: 0.0, step: 0.0, decrease: 0.0 };
                let training =
                    FullBatch { iterations, stopping, ..FullBatch::new(MeanSquaredError, solver) };
                let mut builder = Network::builder(INPUTS);
                if embedded {
                    builder = builder.embedding([Category { levels: 3, width: 2 }]);
                }
                let mut network = builder.dense(5, Tanh).dense(1, Identity).build(1).unwrap();
                let data = samples::<f64>(rows);
                let mut epochs = 0;
                let count = allocations(|| {
                    epochs = training.run(&mut network, &data, None, &mut ()).unwrap().epochs.len();
                });
                (count, epochs)
            };
            run(1); // the first product on a thread plans room for all
            let ((short, few), (long, more)) = (run(3), run(12));
            assert!(few < more, "{solver:?} with {rows} rows ended after {more} iterations");
            // The room for the history is one allocation of any size.
            assert_eq!(short, long, "{solver:?} with {rows} rows");
        }
    }
}

/// The loop that anyone can write: after the first step not one allocation.
#[test]
fn a_hand_written_loop_allocates_nothing() {
    fn steps<T: Real>(network: &mut Network<T>, loss: &dyn Loss<T>, weighted: bool) -> usize {
        let data = samples(30);
        let weights = data.targets().weights.filter(|_| weighted);
        let targets = Targets { values: data.targets().values, weights };
        let mut workspace = network.workspace(30);
        let mut descent = Descent::new(Adam::default(), network.parameters().len());
        let mut step = || {
            network.forward(data.x(), &mut workspace);
            let value = network.backward(loss, targets, &mut workspace);
            descent.step(1e-3, network.parameters_mut(), workspace.gradient());
            assert!(value.is_finite());
        };
        step();
        allocations(|| (0..100).for_each(|_| step()))
    }
    for weighted in [false, true] {
        assert_eq!(steps(&mut deep::<f32>(), &MeanSquaredError, weighted), 0);
        assert_eq!(steps(&mut deep::<f64>(), &MeanSquaredError, weighted), 0);
        for loss in table::losses::<f64>() {
            assert_eq!(steps(&mut network(&*loss), &*loss, weighted), 0, "{loss:?}");
        }
    }
}
