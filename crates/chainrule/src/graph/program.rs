//! What a graph becomes when it is to be computed often: a list of instructions in one piece of memory.
//!
//! Of the graph's nodes only those remain that the results need. Each has its place in the memory; a place whose number
//! nobody will read any more is given to a later node of the same size. So nothing is allocated when the program runs,
//! and what it touches stays in the cache.

use super::{
    Error, Graph, Node, Shape, Value,
    operation::{Matrix, Operation},
};
use crate::Real;
use std::panic::Location;

/// A program in phases: the first computes what is asked of it, the next go on from there.
#[derive(Clone, Debug)]
pub(crate) struct Program<T> {
    phases: Vec<Phase>,
    /// Where the numbers of each node are; of those that are needed.
    places: Vec<Option<Place>>,
    shapes: Vec<Shape>,
    constants: Vec<T>,
    inputs: Vec<(usize, Option<Vec<T>>)>,
    /// The memory that it needs.
    extent: Extent,
    identity: u64,
}

/// The instructions of one phase, in their order.
#[derive(Clone, Debug)]
struct Phase(Vec<Instruction>);

#[derive(Clone, Copy, Debug)]
struct Instruction {
    operation: Operation,
    /// The nodes that it reads, and the one that it writes.
    operands: [usize; 3],
    result: usize,
}

/// A number that grows with the rows of the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Extent {
    fixed: usize,
    per_row: usize,
}

impl Extent {
    fn of(shape: Shape) -> Self {
        let fixed = shape.len(0);
        Self { fixed, per_row: shape.len(1) - fixed }
    }

    fn at(self, batch: usize) -> usize {
        self.fixed + batch * self.per_row
    }

    fn add(&mut self, other: Self) {
        self.fixed += other.fixed;
        self.per_row += other.per_row;
    }
}

/// Where numbers are.
#[derive(Clone, Copy, Debug)]
enum Place {
    Theta(usize),
    Constant(usize),
    Memory(Extent),
}

impl<T: Real> Program<T> {
    /// A program that computes these values, phase after phase.
    pub(crate) fn new(graph: &Graph<T>, results: &[&[Value<'_, T>]]) -> Result<Self, Error> {
        graph.check()?;
        let list = graph.list.borrow();
        let nodes = &list.nodes;
        let phase_of = phases(nodes, results);

        // Who reads a node last: an instruction of its own phase, or nobody may have its place.
        let order: Vec<Vec<usize>> = (0..results.len())
            .map(|phase| (0..nodes.len()).filter(|&node| phase_of[node] == Some(phase)).collect())
            .collect();
        let mut last_reader: Vec<Option<usize>> = vec![None; nodes.len()];
        let mut is_kept: Vec<bool> = vec![false; nodes.len()];
        results
            .iter()
            .flat_map(|values| values.iter())
            .for_each(|value| is_kept[value.place] = true);
        for &node in order.iter().flatten() {
            is_kept[node] |= nodes[node].operation == Operation::Input;
            for &operand in nodes[node].operands() {
                last_reader[operand] = Some(node);
                is_kept[operand] |= phase_of[operand] != phase_of[node];
            }
        }

        let mut program = Self {
            phases: Vec::new(),
            places: vec![None; nodes.len()],
            shapes: nodes.iter().map(|node| node.shape).collect(),
            constants: list.constants.clone(),
            inputs: list.inputs.clone(),
            extent: Extent::default(),
            identity: graph.identity,
        };
        let mut free: Vec<(Extent, Extent)> = Vec::new(); // sizes and places
        // What comes from outside is there before the first instruction runs.
        for &node in order.iter().flatten() {
            if nodes[node].operation == Operation::Input {
                let place = program.room(nodes[node].shape, &mut free);
                program.places[node] = Some(Place::Memory(place));
            }
        }
        for phase in order {
            let mut instructions = Vec::new();
            for result in phase {
                let Node { operation, operands, shape, .. } = nodes[result];
                program.places[result] = match operation {
                    Operation::Input => continue,
                    Operation::Parameter { start } => Some(Place::Theta(start)),
                    Operation::Constant { start } => Some(Place::Constant(start)),
                    _ => {
                        instructions.push(Instruction { operation, operands, result });
                        Some(Place::Memory(program.room(shape, &mut free)))
                    }
                };
                // From here on the places of the operands are free, if nobody else reads them.
                let mut operands = nodes[result].operands().to_vec();
                operands.sort_unstable();
                operands.dedup();
                for operand in operands {
                    let is_last = last_reader[operand] == Some(result) && !is_kept[operand];
                    if let (true, Some(Place::Memory(place))) = (is_last, program.places[operand]) {
                        free.push((Extent::of(nodes[operand].shape), place));
                    }
                }
            }
            program.phases.push(Phase(instructions));
        }
        Ok(program)
    }

    /// A place in the memory for such a node.
    fn room(&mut self, shape: Shape, free: &mut Vec<(Extent, Extent)>) -> Extent {
        let size = Extent::of(shape);
        if let Some(i) = free.iter().rposition(|(free, _)| *free == size) {
            return free.swap_remove(i).1;
        }
        let place = self.extent;
        self.extent.add(size);
        place
    }

    /// How many operations it computes.
    pub(crate) fn operations(&self) -> usize {
        self.phases.iter().map(|phase| phase.0.len()).sum()
    }

    /// How many numbers its memory has, for a batch of so many rows.
    pub(crate) fn memory_len(&self, batch: usize) -> usize {
        self.extent.at(batch)
    }

    /// Its memory, with the numbers of the inputs; or which of them only a batch brings.
    #[track_caller]
    pub(super) fn memory(&self) -> Result<Vec<T>, Error> {
        let mut memory = vec![T::zero(); self.memory_len(0)];
        for (node, numbers) in &self.inputs {
            let Some(Place::Memory(place)) = self.places[*node] else { continue };
            let (shape, location) = (self.shapes[*node], Location::caller());
            let numbers = numbers.as_ref().ok_or(Error::NoBatch { shape, location })?;
            memory[place.at(0)..][..numbers.len()].copy_from_slice(numbers);
        }
        Ok(memory)
    }

    /// Writes the numbers of an input, if anything that was asked for depends on it.
    pub(crate) fn set_input(
        &self,
        node: usize,
        memory: &mut [T],
        batch: usize,
        numbers: impl IntoIterator<Item = T>,
    ) {
        if let Some(Place::Memory(place)) = self.places[node] {
            let places = &mut memory[place.at(batch)..][..self.shapes[node].len(batch)];
            places.iter_mut().zip(numbers).for_each(|(place, number)| *place = number);
        }
    }

    /// The node of a value, if it is an input of this program's graph.
    pub(super) fn node_of_input(&self, value: Value<'_, T>) -> Option<usize> {
        let is_input = self.inputs.iter().any(|&(node, _)| node == value.place);
        (value.graph.identity == self.identity && is_input).then_some(value.place)
    }

    /// Runs one of the phases. The memory holds what the phases before it have left there.
    pub(crate) fn run(&self, phase: usize, theta: &[T], memory: &mut [T], batch: usize) {
        for Instruction { operation, operands, result } in &self.phases[phase].0 {
            let shape = self.shapes[*result];
            let Some(Place::Memory(place)) = self.places[*result] else { continue };
            let (start, len) = (place.at(batch), shape.len(batch));
            let (before, rest) = memory.split_at_mut(start);
            let (y, after) = rest.split_at_mut(len);
            if let Operation::Count(counted) = operation {
                y[0] = T::of(counted.len(batch) as f64);
                continue;
            }
            let x = operands.map(|operand| {
                let shape = self.shapes[operand].of(batch);
                let len = shape[0] * shape[1];
                let numbers = match self.places[operand] {
                    Some(Place::Theta(start)) => &theta[start..start + len],
                    Some(Place::Constant(start)) => &self.constants[start..start + len],
                    Some(Place::Memory(place)) => match place.at(batch) {
                        from if from < start => &before[from..from + len],
                        from if from >= start + y.len() => &after[from - start - y.len()..][..len],
                        _ => &[], // no operand: the operation has fewer
                    },
                    None => &[],
                };
                Matrix { numbers, shape }
            });
            operation.value(x, y, shape.of(batch));
        }
    }

    /// The numbers of a result after its phase.
    pub(crate) fn result<'m>(
        &'m self,
        node: usize,
        theta: &'m [T],
        memory: &'m [T],
        batch: usize,
    ) -> &'m [T] {
        let len = self.shapes[node].len(batch);
        match self.places[node] {
            Some(Place::Theta(start)) => &theta[start..start + len],
            Some(Place::Constant(start)) => &self.constants[start..start + len],
            Some(Place::Memory(place)) => &memory[place.at(batch)..][..len],
            None => &[],
        }
    }
}

/// The phase in which each node is needed first.
fn phases<T>(nodes: &[Node], results: &[&[Value<'_, T>]]) -> Vec<Option<usize>> {
    let mut phase_of = vec![None; nodes.len()];
    for (phase, values) in results.iter().enumerate() {
        let mut needed = vec![false; nodes.len()];
        values.iter().for_each(|value| needed[value.place] = true);
        for node in (0..nodes.len()).rev() {
            if needed[node] {
                nodes[node].operands().iter().for_each(|&operand| needed[operand] = true);
                phase_of[node].get_or_insert(phase);
            }
        }
    }
    phase_of
}

/// The first operation that mixes rows of the batch on the way to a value, if there is one.
pub(crate) fn mixing<T: Real>(value: Value<'_, T>) -> Option<Error> {
    let list = value.graph.list.borrow();
    let nodes = &list.nodes;
    let phase_of = phases(nodes, &[&[value]]);
    let mut used = (0..nodes.len()).filter(|&node| phase_of[node].is_some());
    let mixes = |&node: &usize| {
        let x: Vec<Shape> = nodes[node].operands().iter().map(|&x| nodes[x].shape).collect();
        nodes[node].operation.mixes_rows(&x)
    };
    let Node { operation, location, .. } = nodes[used.find(mixes)?];
    Some(Error::MixedRows { operation: operation.name().to_owned(), location })
}
