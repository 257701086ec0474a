//! Model files that this program never wrote, with a right checksum: so that tests and fuzzers get behind it.

use super::checksum;
use serde_json::Value;

const PREFIX: usize = size_of::<u64>();

/// Puts the right checksum into the bytes of a file, if there is a place for it.
pub fn seal(bytes: &mut [u8]) {
    checksum::seal(bytes);
}

/// The bytes of a safetensors file with this header and these numbers, sealed if there is a place for a checksum.
pub fn file(header: &str, numbers: &[u8]) -> Vec<u8> {
    let mut bytes = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), numbers].concat();
    seal(&mut bytes);
    bytes
}

/// The header of a safetensors file and its numbers; `None` if these bytes are none.
pub fn parts(bytes: &[u8]) -> Option<(Value, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<PREFIX>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (header, numbers) = rest.split_at_checked(length)?;
    Some((serde_json::from_slice(header).ok()?, numbers))
}

/// A model file with another description, sealed; `None` if these bytes are no such file.
pub fn with_description(bytes: &[u8], description: &str) -> Option<Vec<u8>> {
    let (mut header, numbers) = parts(bytes)?;
    let metadata = header.get_mut("__metadata__")?;
    *metadata.get_mut("description")? = Value::from(description);
    if let Some(checksum) = metadata.get_mut("checksum") {
        *checksum = Value::from(checksum::BLANK);
    }
    Some(file(&header.to_string(), numbers))
}

/// The description in a model file; `None` if these bytes are none.
pub fn description(bytes: &[u8]) -> Option<String> {
    let (header, _) = parts(bytes)?;
    Some(header.get("__metadata__")?.get("description")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Architecture, FormatError, Input, Model, Output, Parts, Target};

    #[test]
    fn forged_files_have_the_right_checksum() {
        let architecture = Architecture { hidden: vec![], activation: "tanh".into(), dropout: 0.0 };
        let network = architecture.build::<f64>(1, 1, 0).unwrap();
        let (inputs, targets) = (vec![Input::raw("x")], vec![Target::raw("y")]);
        let parts = Parts::of_network(inputs, targets, Output::Value, architecture, network);
        let bytes = Model::new(parts).unwrap().to_bytes().unwrap();
        let own = description(&bytes).unwrap();
        let again = with_description(&bytes, &own).unwrap();
        assert_eq!(Model::from_bytes(&again).unwrap().to_bytes().unwrap(), bytes);
        let error = Model::from_bytes(&with_description(&bytes, "{").unwrap()).unwrap_err();
        assert!(matches!(error, FormatError::Description { .. }), "{error}");
        for bad in [&[][..], &[0; 8], &[255; 8], &bytes[..40]] {
            assert_eq!(with_description(bad, "{}"), None);
            assert_eq!(description(bad), None);
        }
    }
}
