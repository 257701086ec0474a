use crate::{
    layer::{Block, Layer, Memory, Mode, Pass, Remembered, slice},
    random::Random,
};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A layer that computes what the layer inside computes, and writes down what went through it.
#[derive(Debug)]
pub(super) struct Recorder {
    inner: Arc<dyn Layer<f64>>,
    /// Its place in the recording.
    index: usize,
    /// Whether it predicts, also in a training pass.
    predicts: bool,
    recording: SharedRecording,
}

/// What all recorders of a network write to.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedRecording(Arc<Mutex<Recording>>);

#[derive(Debug, Default)]
struct Recording {
    records: Vec<Record>,
    nudge: Option<Nudge>,
}

/// What went through a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    pub(super) dy: Vec<f64>,
    pub(super) dx: Vec<f64>,
    pub(super) remembered: Vec<(Remembered, Vec<f64>)>,
    /// σ′(z) of a dense layer.
    pub(super) slope: Option<Vec<f64>>,
}

/// A number that is moved on the way there, to see what it does to the loss.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nudge {
    pub(super) layer: usize,
    pub(super) place: Place,
    pub(super) entry: usize,
    pub(super) by: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    X,
    /// Of a dense layer.
    Z,
    Y,
}

impl SharedRecording {
    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Room for one more record: its index.
    pub(super) fn reserve(&self) -> usize {
        let mut recording = self.lock();
        recording.records.push(Record::default());
        recording.records.len() - 1
    }

    /// A recorder around this layer that writes to the record of this index.
    pub(super) fn recorder(
        &self,
        inner: Arc<dyn Layer<f64>>,
        index: usize,
        predicts: bool,
    ) -> Recorder {
        Recorder { inner, index, predicts, recording: self.clone() }
    }

    /// What was written down, in the order of the indices.
    pub(super) fn records(&self) -> Vec<Record> {
        self.lock().records.clone()
    }

    /// From now on this number is moved.
    pub(super) fn set_nudge(&self, nudge: Option<Nudge>) {
        self.lock().nudge = nudge;
    }
}

impl Recorder {
    fn mode<'a>(&self, mode: Mode<'a, f64>) -> Mode<'a, f64> {
        match mode {
            Mode::Train { statistics, .. } if self.predicts => Mode::Predict { statistics },
            mode => mode,
        }
    }

    fn nudge(&self) -> Option<Nudge> {
        self.recording.lock().nudge.filter(|nudge| nudge.layer == self.index)
    }

    /// z is moved by way of b, in the one row of the entry: the layer itself computes what becomes of it.
    fn move_z(&self, nudge: Nudge, theta: &[f64], x: ArrayView2<f64>, y: &mut ArrayViewMut2<f64>) {
        let outputs = self.inner.outputs();
        let (row, unit) = (nudge.entry / outputs, nudge.entry % outputs);
        let mut theta = theta.to_vec();
        let first_bias = theta.len() - outputs;
        theta[first_bias + unit] += nudge.by;
        let only = s![row..row + 1, ..];
        let (y, mode) = (y.slice_mut(only), Mode::Predict { statistics: &[] });
        self.inner.forward(&theta, x.slice(only), y, &mut self.inner.memory(1), mode);
    }
}

impl Layer<f64> for Recorder {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn describe(&self) -> String {
        self.inner.describe()
    }

    fn inputs(&self) -> usize {
        self.inner.inputs()
    }

    fn outputs(&self) -> usize {
        self.inner.outputs()
    }

    fn blocks(&self) -> Vec<Block> {
        self.inner.blocks()
    }

    fn statistics(&self) -> Vec<Block> {
        self.inner.statistics()
    }

    fn initialize(&self, theta: &mut [f64], statistics: &mut [f64], random: &mut Random) {
        self.inner.initialize(theta, statistics, random);
    }

    fn memory(&self, rows: usize) -> Memory<f64> {
        self.inner.memory(rows)
    }

    fn couples_rows(&self) -> bool {
        self.inner.couples_rows()
    }

    fn predicts_as_it_trains(&self) -> bool {
        self.inner.predicts_as_it_trains()
    }

    fn forward(
        &self,
        theta: &[f64],
        x: ArrayView2<f64>,
        mut y: ArrayViewMut2<f64>,
        memory: &mut Memory<f64>,
        mode: Mode<f64>,
    ) {
        let mode = self.mode(mode);
        let nudge = self.nudge();
        if let Some(Nudge { place: Place::X, entry, by, .. }) = nudge {
            let mut moved = x.to_owned();
            moved[[entry / x.ncols(), entry % x.ncols()]] += by;
            return self.inner.forward(theta, moved.view(), y, memory, mode);
        }
        self.inner.forward(theta, x, y.view_mut(), memory, mode);
        match nudge {
            Some(Nudge { place: Place::Y, entry, by, .. }) => {
                let columns = y.ncols();
                y[[entry / columns, entry % columns]] += by;
            }
            Some(nudge) => self.move_z(nudge, theta, x, &mut y),
            None => {}
        }
    }

    /// Also asks for the dx that nobody needs, that of the inputs.
    fn backward(
        &self,
        pass: Pass<f64>,
        dy: ArrayView2<f64>,
        dx: Option<ArrayViewMut2<f64>>,
        d_theta: &mut [f64],
        memory: &mut Memory<f64>,
    ) {
        let mut own_dx = Array2::zeros(pass.x.dim());
        self.inner.backward(pass, dy, Some(own_dx.view_mut()), d_theta, memory);

        let remembered = self.inner.remembered(pass.x.nrows()).into_iter();
        let remembered: Vec<(Remembered, Vec<f64>)> = remembered
            .map(|one| {
                let numbers = memory.numbers[one.range()].to_vec();
                (one, numbers)
            })
            .collect();
        let slope = self.inner.as_dense().and_then(|dense| {
            let (_, z) = remembered.iter().find(|(one, _)| one.name == "z")?;
            let mut slope = vec![0.0; z.len()];
            let ones = vec![1.0; z.len()];
            dense.activation().apply_derivative(z, slice(&pass.y), &ones, &mut slope);
            Some(slope)
        });
        self.recording.lock().records[self.index] = Record {
            x: slice(&pass.x).to_vec(),
            y: slice(&pass.y).to_vec(),
            dy: slice(&dy).to_vec(),
            dx: own_dx.iter().copied().collect(),
            remembered,
            slope,
        };
        if let Some(mut dx) = dx {
            dx.assign(&own_dx);
        }
    }
}
