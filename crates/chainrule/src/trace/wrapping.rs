use super::{
    Batch, Formula, LayerTrace, ParameterTrace, Quantity,
    difference::Differences,
    recorder::{Place, Record, SharedRecording},
};
use crate::{
    Error, Network,
    layer::{Block, Layer, Sequential, count},
    loss::Loss,
    network::Workspace,
    random::Random,
};
use ndarray::Array2;
use std::{ops::Range, sync::Arc};

/// A network with a recorder around each of its layers.
#[derive(Debug)]
pub(super) struct RecordedNetwork {
    pub(super) network: Network<f64>,
    pub(super) recording: SharedRecording,
    workspace: Option<Workspace<f64>>,
    outlines: Vec<Outline>,
    rows: usize,
}

/// What is known of a layer before anything goes through it.
#[derive(Clone, Debug)]
struct Outline {
    name: String,
    kind: String,
    settings: String,
    activation: Option<String>,
    inputs: usize,
    outputs: usize,
    depth: usize,
    /// Its parameters, with their place in θ; none if they are those of layers inside.
    blocks: Vec<(Block, Range<usize>)>,
}

impl RecordedNetwork {
    /// The same network; `predicts` as in [`Tracing`](super::Tracing).
    pub(super) fn new(network: &Network<f64>, predicts: bool) -> Result<Self, Error> {
        let recording = SharedRecording::default();
        let blocks = network.blocks();
        let mut wrapping = Wrapping {
            recording: &recording,
            outlines: Vec::new(),
            predicts,
            blocks,
            next: 0,
            theta: 0,
        };
        let layers = network.layer().with_inner(&mut |name, layer| wrapping.wrap(name, 0, layer));
        let outlines = wrapping.outlines;
        // The chain of recorders is the one layer of another chain.
        let mut recorded = Network::new(Sequential::new(layers.into_iter().collect())?, 0);
        recorded.set(network.parameters(), network.statistics())?;
        Ok(Self { network: recorded, recording, workspace: None, outlines, rows: 0 })
    }

    /// Both passes; returns the loss.
    pub(super) fn pass(&mut self, random: &mut Random, loss: &dyn Loss<f64>, batch: &Batch) -> f64 {
        self.rows = batch.x.nrows();
        let workspace = self.workspace.get_or_insert_with(|| self.network.workspace(self.rows));
        workspace.set_random(random.clone());
        self.network.forward(batch.x.view(), workspace);
        let value = self.network.backward(loss, batch.targets(), workspace);
        *random = workspace.random().clone();
        value
    }

    /// What the last passes wrote down: the layers, y and ∂L/∂y.
    pub(super) fn written(
        &self,
        mut differences: Option<&mut Differences<'_>>,
    ) -> (Vec<LayerTrace>, Quantity, Quantity) {
        let Some(workspace) = &self.workspace else { unreachable!("after a pass") };
        let records = self.recording.records();
        let outlines = self.outlines.iter().zip(&records).enumerate();
        let layers = outlines.map(|(index, (outline, record))| {
            let parameters = outline.blocks.iter().map(|(block, range)| {
                outline.parameter(
                    block,
                    &self.network.parameters()[range.clone()],
                    &workspace.gradient()[range.clone()],
                    differences.as_mut().map(|d| d.of_parameters(range.clone())),
                )
            });
            let parameters = parameters.collect();
            outline.layer(index, self.rows, record, parameters, differences.as_deref_mut())
        });
        let layers = layers.collect();
        let matrix = |array: ndarray::ArrayView2<f64>| -> Array2<f64> { array.to_owned() };
        let y = Quantity::matrix("y", &matrix(workspace.output()), Formula::Output);
        let dy = matrix(workspace.output_gradient());
        let dy = Quantity::matrix("dy", &dy, Formula::LossGradient);
        let numerical = differences.map(|differences| differences.of_outputs(&y.values));
        (layers, y, dy.beside(numerical))
    }
}

/// Puts recorders around layers.
struct Wrapping<'a> {
    recording: &'a SharedRecording,
    outlines: Vec<Outline>,
    predicts: bool,
    /// The blocks of the network under their full names, and how many of them belong to the layers so far.
    blocks: Vec<Block>,
    next: usize,
    /// How much of θ belongs to the layers so far.
    theta: usize,
}

impl Wrapping<'_> {
    /// The layer with recorders around it and all layers inside. A chain inside of a layer has none of its own: what it
    /// reads and writes, its first and its last layer do.
    fn wrap(
        &mut self,
        name: &str,
        depth: usize,
        layer: &Arc<dyn Layer<f64>>,
    ) -> Arc<dyn Layer<f64>> {
        if is_chain(&**layer) {
            let chain = layer
                .with_inner(&mut |own, inner| self.wrap(&format!("{name}.{own}"), depth, inner));
            return chain.unwrap_or_else(|| Arc::clone(layer));
        }
        // A layer stands before those inside it.
        let index = self.recording.reserve();
        self.outlines.push(Outline {
            name: name.to_owned(),
            kind: layer.name(),
            settings: layer.describe(),
            activation: layer.as_dense().map(|dense| dense.activation().name().to_owned()),
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            depth,
            blocks: Vec::new(),
        });
        let with_inner = layer.with_inner(&mut |own, inner| {
            let full = match (own, is_chain(&**inner)) {
                ("", true) => name.to_owned(),
                ("", false) => format!("{name}.{}", inner.name()),
                (own, _) => format!("{name}.{own}"),
            };
            self.wrap(&full, depth + 1, inner)
        });
        let inner = with_inner.unwrap_or_else(|| {
            self.outlines[index].blocks = self.next_blocks(&**layer);
            Arc::clone(layer)
        });
        Arc::new(self.recording.recorder(inner, index, self.predicts))
    }

    /// The blocks of a layer, under their names in the network.
    fn next_blocks(&mut self, layer: &dyn Layer<f64>) -> Vec<(Block, Range<usize>)> {
        let blocks = layer.blocks();
        let names = &self.blocks[self.next..][..blocks.len()];
        self.next += blocks.len();
        let mut start = self.theta;
        self.theta += count(&blocks);
        let placed = names.iter().map(|block| {
            start += block.len();
            (block.clone(), start - block.len()..start)
        });
        placed.collect()
    }
}

fn is_chain(layer: &dyn Layer<f64>) -> bool {
    layer.name() == "sequential"
}

impl Outline {
    fn is_dense(&self) -> bool {
        self.activation.is_some()
    }

    /// A block before the step; the step is still to come.
    fn parameter(
        &self,
        block: &Block,
        value: &[f64],
        gradient: &[f64],
        numerical: Option<Vec<f64>>,
    ) -> ParameterTrace {
        let own = block.name.rsplit('.').next().unwrap_or_default();
        let (symbol, formula) = match (self.is_dense(), own) {
            (true, "w") => ("W", Formula::WeightGradient),
            (true, "b") => ("b", Formula::BiasGradient),
            (_, own) => (own, Formula::LayerGradient),
        };
        let quantity = |symbol: &str, values: &[f64], formula| {
            Quantity::new(symbol, block.shape.clone(), values, formula)
        };
        let value = quantity(symbol, value, Formula::Given);
        ParameterTrace {
            name: block.name.clone(),
            role: block.role,
            gradient: quantity(&format!("d{symbol}"), gradient, formula).beside(numerical),
            moments: Vec::new(),
            corrected: Vec::new(),
            change: value.clone(),
            after: value.clone(),
            value,
        }
    }

    fn layer(
        &self,
        index: usize,
        rows: usize,
        record: &Record,
        parameters: Vec<ParameterTrace>,
        mut differences: Option<&mut Differences<'_>>,
    ) -> LayerTrace {
        let [x_shape, y_shape] = [[rows, self.inputs], [rows, self.outputs]];
        let mut numerical = |place: Place, at: &[f64]| {
            differences.as_mut().map(|differences| differences.of_layer(index, place, at))
        };
        let (y, y_formula, dx_formula) = match self.is_dense() {
            true => ("a", Formula::Activation, Formula::InputGradient),
            false => ("y", Formula::Layer, Formula::LayerGradient),
        };
        let mut forward = vec![Quantity::new("x", x_shape, &record.x[..], Formula::Output)];
        let dy = Quantity::new(&format!("d{y}"), y_shape, &record.dy[..], Formula::PassedBack);
        let mut backward = vec![dy.beside(numerical(Place::Y, &record.y))];
        for (one, values) in &record.remembered {
            let formula = match one.name {
                "z" => Formula::Affine,
                "dz" => Formula::Delta,
                "x_hat" => Formula::Normalised,
                "inverse_deviation" => Formula::InverseDeviation,
                "factor" => Formula::Factor,
                _ => Formula::Layer,
            };
            let quantity = Quantity::new(one.name, one.shape.clone(), &values[..], formula);
            match formula {
                Formula::Delta => {
                    let z = forward.iter().find(|other| other.symbol == "z");
                    let z = z.map_or(&[][..], |z| &z.values);
                    backward.push(quantity.beside(numerical(Place::Z, z)));
                }
                _ => forward.push(quantity),
            }
        }
        forward.push(Quantity::new(y, y_shape, &record.y[..], y_formula));
        if let Some(slope) = &record.slope {
            forward.push(Quantity::new("slope", y_shape, &slope[..], Formula::Slope));
        }
        let dx = Quantity::new("dx", x_shape, &record.dx[..], dx_formula);
        backward.push(dx.beside(numerical(Place::X, &record.x)));
        LayerTrace {
            name: self.name.clone(),
            kind: self.kind.clone(),
            settings: self.settings.clone(),
            activation: self.activation.clone(),
            inputs: self.inputs,
            outputs: self.outputs,
            depth: self.depth,
            forward,
            backward,
            parameters,
        }
    }
}
