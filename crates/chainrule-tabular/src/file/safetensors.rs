//! The bytes of a model file. Its layout is that of <https://github.com/huggingface/safetensors>: the length
//! of the header, the header as JSON, then the numbers of all tensors without gaps, little-endian.

use super::{FormatError, checksum, description::Description, version1};
use crate::{
    Model, Parts, Precision,
    encode::Encoder,
    model::{AnyNetwork, Member, ModelError, with_network},
};
use chainrule::{
    Network, Real,
    layer::{Block, Layer},
};
use safetensors::{Dtype, SafeTensors, tensor::Metadata};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

const FORMAT: &str = "chainrule";
const VERSION: u32 = 2;

/// The length of the header comes first.
pub(super) const PREFIX: usize = size_of::<u64>();

pub(super) fn write(model: &Model) -> Result<Vec<u8>, FormatError> {
    let description = Description::of(model).to_json()?;
    let mut header = Map::new();
    let metadata = json!({
        "checksum": checksum::BLANK,
        "description": description,
        "format": FORMAT,
        "format_version": VERSION.to_string(),
    });
    header.insert("__metadata__".to_owned(), metadata);
    let mut numbers = Vec::new();
    for (place, member) in model.members().iter().enumerate() {
        with_network!(&member.network, network => write_network(network, place, &mut header, &mut numbers));
    }
    Ok(assemble(header, &numbers))
}

/// The file of this header and the numbers that its tensors have, sealed.
pub(super) fn assemble(header: Map<String, Value>, numbers: &[u8]) -> Vec<u8> {
    let mut header = Value::Object(header).to_string();
    // So that the numbers begin at a multiple of 8.
    let padding = header.len().next_multiple_of(PREFIX) - header.len();
    header.extend(std::iter::repeat_n(' ', padding));

    let mut bytes = Vec::with_capacity(PREFIX + header.len() + numbers.len());
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(numbers);
    checksum::seal(&mut bytes);
    bytes
}

/// Written by hand rather than by the crate, which has no fixed order for the metadata.
fn write_network<T: Stored>(
    network: &Network<T>,
    place: usize,
    header: &mut Map<String, Value>,
    numbers: &mut Vec<u8>,
) {
    let mut start = numbers.len();
    for block in blocks(network.layer()) {
        let end = start + block.len() * size_of::<T>();
        let tensor = json!({
            "dtype": T::DTYPE.to_string(),
            "shape": block.shape,
            "data_offsets": [start, end],
        });
        header.insert(prefix(place) + &block.name, tensor);
        start = end;
    }
    for &number in network.parameters().iter().chain(network.statistics()) {
        number.write(numbers);
    }
}

/// Stands before the names of the tensors of the network in this place.
fn prefix(place: usize) -> String {
    format!("network_{}.", place + 1)
}

pub(super) fn read(bytes: &[u8]) -> Result<Model, FormatError> {
    check_offsets(bytes)?;
    let (header, tensors) = SafeTensors::read_metadata(bytes)
        .map_err(|error| FormatError::Safetensors { reason: error.to_string() })?;
    let (version, description) = description(&tensors)?;
    if version > 1 && !checksum::is_whole(bytes) {
        return Err(FormatError::Checksum);
    }
    if !description.output.suits(&description.targets) {
        return Err(ModelError::Output.into());
    }
    let tensors = Tensors { tensors, numbers: &bytes[PREFIX + header..] };
    let prefixes: Vec<String> = match version {
        1 => vec![String::new()],
        _ => (0..description.members.len()).map(prefix).collect(),
    };
    let members = match description.precision {
        Precision::F32 => tensors.networks::<f32>(&description, &prefixes)?,
        Precision::F64 => tensors.networks::<f64>(&description, &prefixes)?,
    };
    let folds = description.members;
    let members = members.into_iter().zip(folds);
    Ok(Model::of_built(Parts {
        inputs: description.inputs,
        targets: description.targets,
        output: description.output,
        architecture: description.architecture,
        members: members.map(|(network, training)| Member { network, training }).collect(),
        calibration: description.calibration,
        record: description.record,
    })?)
}

/// No tensor lies beyond the end of the file: the crate adds up the sizes that a file claims, and their sum may be more than a
/// number can hold. What can not be read is left to the crate to complain about.
fn check_offsets(bytes: &[u8]) -> Result<(), FormatError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Place {
        data_offsets: (u64, u64),
    }
    /// As in the crate, but for what does not matter here: what this can not read, the crate can not read either.
    #[derive(Deserialize)]
    struct Header {
        #[serde(rename = "__metadata__", default)]
        _metadata: IgnoredAny,
        #[serde(flatten)]
        places: HashMap<String, Place>,
    }
    let Some((length, rest)) = bytes.split_first_chunk::<PREFIX>() else { return Ok(()) };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let Some(header) = rest.get(..length) else { return Ok(()) };
    let Ok(Header { places, .. }) = serde_json::from_slice(header) else { return Ok(()) };
    match places.values().all(|place| place.data_offsets.1 <= bytes.len() as u64) {
        true => Ok(()),
        false => {
            let reason = "a tensor lies beyond the end of the file".to_owned();
            Err(FormatError::Safetensors { reason })
        }
    }
}

/// The version of the format, and the description.
fn description(tensors: &Metadata) -> Result<(u32, Description), FormatError> {
    let metadata = tensors.metadata().as_ref().ok_or(FormatError::Foreign)?;
    if metadata.get("format").is_none_or(|format| format != FORMAT) {
        return Err(FormatError::Foreign);
    }
    let entry = |name: &str| metadata.get(name).map_or("", String::as_str);
    let version = entry("format_version");
    match version.parse::<u32>() {
        Ok(1) => Ok((1, version1::from_json(entry("description"))?)),
        Ok(VERSION) => Ok((VERSION, Description::from_json(entry("description"))?)),
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
    /// Networks of the described architecture, if these are exactly their tensors, with these prefixes before their
    /// names.
    fn networks<T: Stored>(
        &self,
        description: &Description,
        prefixes: &[String],
    ) -> Result<Vec<AnyNetwork>, FormatError>
    where
        Network<T>: Into<AnyNetwork>,
    {
        let encoder = Encoder::new(description.inputs.clone());
        let (inputs, outputs) = (encoder.width(), description.output.width(&description.targets));
        let layers = description
            .architecture
            .layers::<T>(inputs, &encoder.embeddings(), outputs)
            .map_err(ModelError::from)?;
        let named = |prefix: &String, mut blocks: Vec<Block>| {
            blocks.iter_mut().for_each(|block| block.name.insert_str(0, prefix));
            blocks
        };
        let all = blocks(&layers);
        // Many networks of many layers are few bytes of a description; their tensors are not.
        if all.len().saturating_mul(prefixes.len()) > self.tensors.offset_keys().len() {
            return Err(self.first_missing(&all, prefixes));
        }
        let expected = prefixes.iter().flat_map(|prefix| named(prefix, all.clone()));
        self.check::<T>(&expected.collect::<Vec<_>>())?;

        let network = |prefix: &String| {
            let theta = self.gather::<T>(&named(prefix, layers.blocks()))?;
            let statistics = self.gather::<T>(&named(prefix, layers.statistics()))?;
            let mut network = Network::new(layers.clone(), 0);
            network.set(&theta, &statistics).map_err(ModelError::from)?;
            Ok(network.into())
        };
        prefixes.iter().map(network).collect()
    }

    /// The complaint about the first tensor that these networks need and the file does not have.
    fn first_missing(&self, blocks: &[Block], prefixes: &[String]) -> FormatError {
        let names = prefixes.iter().flat_map(|prefix| {
            blocks.iter().map(move |block| [prefix, block.name.as_str()].concat())
        });
        let missing = names.into_iter().find(|name| self.tensors.info(name).is_none());
        FormatError::Tensor { name: missing.unwrap_or_default(), problem: "is missing".to_owned() }
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
        let expected: HashSet<&str> = expected.iter().map(|block| block.name.as_str()).collect();
        match self.tensors.offset_keys().iter().find(|name| !expected.contains(name.as_str())) {
            Some(name) => Err(problem(name, "does not belong to this model".to_owned())),
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
