//! The bytes of a model file. Its layout is that of <https://github.com/huggingface/safetensors>: the length
//! of the header, the header as JSON, then the numbers of all tensors without gaps, little-endian.

use super::{FormatError, description::Description};
use crate::{
    Model, Parts, Precision,
    model::{AnyNetwork, ModelError, with_network},
};
use chainrule::{
    Network, Real,
    layer::{Block, Layer},
};
use safetensors::{Dtype, SafeTensors, tensor::Metadata};
use serde_json::{Map, Value, json};

const FORMAT: &str = "chainrule";
const VERSION: u32 = 1;

/// The length of the header comes first.
const PREFIX: usize = size_of::<u64>();

pub(super) fn write(model: &Model) -> Result<Vec<u8>, FormatError> {
    let description = Description::of(model).to_json()?;
    with_network!(model.network(), network => Ok(write_network(network, &description)))
}

/// Written by hand rather than by the crate, which has no fixed order for the metadata.
fn write_network<T: Stored>(network: &Network<T>, description: &str) -> Vec<u8> {
    let mut header = Map::new();
    let metadata = json!({
        "description": description,
        "format": FORMAT,
        "format_version": VERSION.to_string(),
    });
    header.insert("__metadata__".to_owned(), metadata);
    let mut start = 0;
    for block in blocks(network.layer()) {
        let end = start + block.len() * size_of::<T>();
        let tensor = json!({
            "dtype": T::DTYPE.to_string(),
            "shape": block.shape,
            "data_offsets": [start, end],
        });
        header.insert(block.name, tensor);
        start = end;
    }
    let mut header = Value::Object(header).to_string();
    // So that the numbers begin at a multiple of 8.
    let padding = header.len().next_multiple_of(PREFIX) - header.len();
    header.extend(std::iter::repeat_n(' ', padding));

    let mut bytes = Vec::with_capacity(PREFIX + header.len() + start);
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header.as_bytes());
    for &number in network.parameters().iter().chain(network.statistics()) {
        number.write(&mut bytes);
    }
    bytes
}

pub(super) fn read(bytes: &[u8]) -> Result<Model, FormatError> {
    let (header, tensors) = SafeTensors::read_metadata(bytes)
        .map_err(|error| FormatError::Safetensors { reason: error.to_string() })?;
    let description = description(&tensors)?;
    let tensors = Tensors { tensors, numbers: &bytes[PREFIX + header..] };
    let network: AnyNetwork = match description.precision {
        Precision::F32 => tensors.network::<f32>(&description)?.into(),
        Precision::F64 => tensors.network::<f64>(&description)?.into(),
    };
    let Description { inputs, targets, output, architecture, record, .. } = description;
    Ok(Model::of_built(Parts { inputs, targets, output, architecture, network, record })?)
}

fn description(tensors: &Metadata) -> Result<Description, FormatError> {
    let metadata = tensors.metadata().as_ref().ok_or(FormatError::Foreign)?;
    if metadata.get("format").is_none_or(|format| format != FORMAT) {
        return Err(FormatError::Foreign);
    }
    let entry = |name: &str| metadata.get(name).map_or("", String::as_str);
    let version = entry("format_version");
    match version.parse::<u32>() {
        Ok(VERSION) => Description::from_json(entry("description")),
        Ok(newer) if newer > VERSION => Err(FormatError::Version { found: newer, known: VERSION }),
        _ => Err(FormatError::Description { reason: format!("its format version is {version:?}") }),
    }
}

/// The tensors of a file.
struct Tensors<'a> {
    tensors: Metadata,
    numbers: &'a [u8],
}

impl Tensors<'_> {
    /// The described network, if these are exactly its tensors.
    fn network<T: Stored>(&self, description: &Description) -> Result<Network<T>, FormatError> {
        let (inputs, outputs) = (description.inputs.len(), description.targets.len());
        let layers =
            description.architecture.layers::<T>(inputs, outputs).map_err(ModelError::from)?;
        let (parameters, statistics) = (layers.blocks(), layers.statistics());
        self.check::<T>(&blocks(&layers))?;

        let (theta, statistics) = (self.gather::<T>(&parameters)?, self.gather::<T>(&statistics)?);
        let mut network = Network::new(layers, 0);
        network.set(&theta, &statistics).map_err(ModelError::from)?;
        Ok(network)
    }

    fn check<T: Stored>(&self, expected: &[Block]) -> Result<(), FormatError> {
        let problem =
            |name: &str, problem: String| FormatError::Tensor { name: name.to_owned(), problem };
        for block in expected {
            let name = &block.name;
            let tensor = self.tensors.info(name);
            let tensor = tensor.ok_or_else(|| problem(name, "is missing".to_owned()))?;
            if tensor.dtype != T::DTYPE {
                let what = format!("holds {} numbers instead of {}", tensor.dtype, T::DTYPE);
                return Err(problem(name, what));
            }
            if tensor.shape != block.shape {
                let what = format!("has the shape {:?} instead of {:?}", tensor.shape, block.shape);
                return Err(problem(name, what));
            }
        }
        let names = self.tensors.offset_keys();
        match names.iter().find(|name| expected.iter().all(|block| block.name != **name)) {
            Some(name) => Err(problem(name, "does not belong to this network".to_owned())),
            None => Ok(()),
        }
    }

    /// The numbers of these blocks, one after another.
    fn gather<T: Stored>(&self, blocks: &[Block]) -> Result<Vec<T>, FormatError> {
        let mut numbers = Vec::with_capacity(chainrule::layer::count(blocks));
        for block in blocks {
            let bytes = self
                .tensors
                .info(&block.name)
                .and_then(|tensor| self.numbers.get(tensor.data_offsets.0..tensor.data_offsets.1));
            let bytes = bytes.ok_or_else(|| FormatError::Tensor {
                name: block.name.clone(),
                problem: "is not whole".to_owned(),
            })?;
            numbers.extend(bytes.chunks_exact(size_of::<T>()).map(T::read));
        }
        Ok(numbers)
    }
}

/// The blocks of the parameters and, after them, of the statistics.
fn blocks<T: Real>(layers: &impl Layer<T>) -> Vec<Block> {
    [layers.blocks(), layers.statistics()].concat()
}

/// A number as it lies in the file.
trait Stored: Real {
    const DTYPE: Dtype;

    fn write(self, to: &mut Vec<u8>);

    /// From as many bytes as the number has.
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! stored {
    ($type:ident, $dtype:ident) => {
        impl Stored for $type {
            const DTYPE: Dtype = Dtype::$dtype;

            fn write(self, to: &mut Vec<u8>) {
                to.extend(self.to_le_bytes());
            }

            fn read(bytes: &[u8]) -> Self {
                let mut all = [0; size_of::<Self>()];
                all.copy_from_slice(bytes);
                Self::from_le_bytes(all)
            }
        }
    };
}

stored!(f32, F32);
stored!(f64, F64);
