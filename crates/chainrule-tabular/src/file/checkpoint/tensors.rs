//! The tensors of each training, by their names.

use super::{damaged, epochs};
use crate::{
    Precision,
    file::{FormatError, safetensors},
};
use ::safetensors::{Dtype, tensor::Metadata};
use chainrule::training::Epoch;
use serde_json::{Map, Value, json};

/// Tensors to be written.
pub(super) struct Write {
    header: Map<String, Value>,
    numbers: Vec<u8>,
    precision: Precision,
    prefix: String,
}

/// Tensors to be read.
pub(super) struct Read<'a> {
    tensors: &'a Metadata,
    numbers: &'a [u8],
    precision: Precision,
    prefix: String,
}

/// Stands before the names of the tensors of a training.
fn prefix(training: usize) -> String {
    format!("training_{}.", training + 1)
}

impl Write {
    pub(super) fn new(header: Map<String, Value>, precision: Precision) -> Self {
        Self { header, numbers: Vec::new(), precision, prefix: String::new() }
    }

    /// What follows is of this training.
    pub(super) fn training(&mut self, number: usize) {
        self.prefix = prefix(number);
    }

    /// Numbers of the precision that the networks have.
    pub(super) fn reals(&mut self, name: &str, numbers: &[f64]) {
        let shape = [numbers.len()];
        match self.precision {
            Precision::F64 => self.doubles(name, &shape, numbers),
            Precision::F32 => {
                // They were single before they were widened.
                let bytes = numbers.iter().flat_map(|v| (*v as f32).to_le_bytes());
                self.tensor(name, Dtype::F32, &shape, bytes);
            }
        }
    }

    pub(super) fn doubles(&mut self, name: &str, shape: &[usize], numbers: &[f64]) {
        self.tensor(name, Dtype::F64, shape, numbers.iter().flat_map(|v| v.to_le_bytes()));
    }

    pub(super) fn counts(&mut self, name: &str, counts: &[usize]) {
        let bytes = counts.iter().flat_map(|count| (*count as u64).to_le_bytes());
        self.tensor(name, Dtype::U64, &[counts.len()], bytes);
    }

    pub(super) fn epochs(&mut self, epochs: &[Epoch]) {
        self.doubles("epochs", &[epochs.len(), epochs::WIDTH], &epochs::to_numbers(epochs));
    }

    fn tensor(
        &mut self,
        name: &str,
        dtype: Dtype,
        shape: &[usize],
        bytes: impl Iterator<Item = u8>,
    ) {
        let start = self.numbers.len();
        self.numbers.extend(bytes);
        let tensor = json!({
            "dtype": dtype.to_string(),
            "shape": shape,
            "data_offsets": [start, self.numbers.len()],
        });
        self.header.insert(format!("{}{name}", self.prefix), tensor);
    }

    /// The bytes of the file.
    pub(super) fn finish(self) -> Vec<u8> {
        safetensors::assemble(self.header, &self.numbers)
    }
}

impl<'a> Read<'a> {
    pub(super) fn new(tensors: &'a Metadata, numbers: &'a [u8], precision: Precision) -> Self {
        Self { tensors, numbers, precision, prefix: String::new() }
    }

    /// What follows is of this training.
    pub(super) fn training(&mut self, number: usize) {
        self.prefix = prefix(number);
    }

    pub(super) fn reals(&self, name: &str) -> Result<Vec<f64>, FormatError> {
        match self.precision {
            Precision::F64 => Ok(self.doubles(name)?.1),
            Precision::F32 => {
                let (_, bytes) = self.tensor(name, Dtype::F32)?;
                let (numbers, _) = bytes.as_chunks();
                Ok(numbers.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect())
            }
        }
    }

    /// The shape and the numbers.
    pub(super) fn doubles(&self, name: &str) -> Result<(&'a [usize], Vec<f64>), FormatError> {
        let (shape, bytes) = self.tensor(name, Dtype::F64)?;
        let (numbers, _) = bytes.as_chunks();
        Ok((shape, numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()))
    }

    pub(super) fn counts(&self, name: &str) -> Result<Vec<usize>, FormatError> {
        let (_, bytes) = self.tensor(name, Dtype::U64)?;
        let (counts, _) = bytes.as_chunks();
        // What is too large for this machine is too large for any table on it, too.
        let count = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes).try_into().unwrap_or(usize::MAX);
        Ok(counts.iter().map(count).collect())
    }

    pub(super) fn epochs(&self) -> Result<Vec<Epoch>, FormatError> {
        match self.doubles("epochs")? {
            ([_, epochs::WIDTH], numbers) => Ok(epochs::from_numbers(&numbers)),
            (shape, _) => Err(damaged(format!("epochs have the shape {shape:?}"))),
        }
    }

    /// The shape and the bytes of a tensor, whose number the reader of the format has checked.
    fn tensor(&self, name: &str, dtype: Dtype) -> Result<(&'a [usize], &'a [u8]), FormatError> {
        let name = format!("{}{name}", self.prefix);
        let tensor = self.tensors.info(&name);
        let tensor = tensor.ok_or_else(|| damaged(format!("the tensor {name} is missing")))?;
        if tensor.dtype != dtype {
            let found = tensor.dtype;
            return Err(damaged(format!("the tensor {name} holds {found} instead of {dtype}")));
        }
        let (start, end) = tensor.data_offsets;
        let bytes = self.numbers.get(start..end);
        let bytes = bytes.ok_or_else(|| damaged(format!("the tensor {name} is not whole")))?;
        Ok((&tensor.shape, bytes))
    }
}
