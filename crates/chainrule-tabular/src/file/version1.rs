//! The description of format version 1: one network, columns of numbers, no checksum.

use super::{FormatError, description::Description};
use crate::{
    Architecture, Output, Precision, Record,
    encode::{Encoding, Input, Scale, Target, TargetValues},
    model::Calibration,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Version1 {
    inputs: Vec<Number>,
    targets: Vec<Number>,
    output: Meaning,
    precision: Precision,
    architecture: Architecture,
    record: Record,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Meaning {
    Value,
    Probability,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    name: String,
    mean: f64,
    deviation: f64,
}

/// The same as a description of today. A probability was that of the class 1, beside the class 0.
pub(super) fn from_json(json: &str) -> Result<Description, FormatError> {
    let old: Version1 = serde_json::from_str(json)
        .map_err(|error| FormatError::Description { reason: error.to_string() })?;
    let input = |Number { name, mean, deviation }| {
        let scale = Scale { center: mean, spread: deviation, ..Scale::RAW };
        Input { name, encoding: Encoding::Number { scale, fill: None, indicator: false } }
    };
    let target = |Number { name, mean, deviation }| match old.output {
        Meaning::Value => {
            Target { name, values: TargetValues::Number { mean, deviation, log: false } }
        }
        Meaning::Probability => Target::classes(&name, ["0", "1"]),
    };
    Ok(Description {
        inputs: old.inputs.into_iter().map(input).collect(),
        targets: old.targets.into_iter().map(target).collect(),
        output: match old.output {
            Meaning::Value => Output::Value,
            Meaning::Probability => Output::Probability,
        },
        precision: old.precision,
        architecture: old.architecture,
        members: vec![0],
        calibration: Calibration::default(),
        record: old.record,
    })
}
