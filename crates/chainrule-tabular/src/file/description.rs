use super::FormatError;
use crate::{
    Architecture, Model, Output, Precision, Record, encode::Input, encode::Target,
    model::Calibration,
};
use serde::{Deserialize, Serialize};

/// Everything of a model but its numbers, as JSON.
///
/// A field that predictions depend on must be known to the reader; of the record, which they do not
/// depend on, it may skip what is new.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    pub(super) inputs: Vec<Input>,
    pub(super) targets: Vec<Target>,
    pub(super) output: Output,
    pub(super) precision: Precision,
    pub(super) architecture: Architecture,
    /// For each network the fold that it was not trained on.
    pub(super) members: Vec<usize>,
    pub(super) calibration: Calibration,
    pub(super) record: Record,
}

impl Description {
    pub(super) fn of(model: &Model) -> Self {
        Self {
            inputs: model.inputs().to_vec(),
            targets: model.targets().to_vec(),
            output: model.output().clone(),
            precision: model.precision(),
            architecture: model.architecture().clone(),
            members: model.members().iter().map(|member| member.training).collect(),
            calibration: model.calibration().clone(),
            record: model.record().clone(),
        }
    }

    /// As JSON that reads back as the same description.
    pub(super) fn to_json(&self) -> Result<String, FormatError> {
        let unwritable = |reason: String| FormatError::Unwritable { reason };
        let json = serde_json::to_string(self).map_err(|error| unwritable(error.to_string()))?;
        // JSON has no infinity: what is none would be lost.
        match serde_json::from_str::<Self>(&json) {
            Ok(again) if again == *self => Ok(json),
            Ok(_) => Err(unwritable("a number in the record is not finite".to_owned())),
            Err(error) => {
                Err(unwritable(format!("a number in the record is not finite ({error})")))
            }
        }
    }

    pub(super) fn from_json(json: &str) -> Result<Self, FormatError> {
        serde_json::from_str(json)
            .map_err(|error| FormatError::Description { reason: error.to_string() })
    }
}
