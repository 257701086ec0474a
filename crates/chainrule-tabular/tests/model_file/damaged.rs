//! Files that were cut off or changed somewhere: a sentence, never a panic, and of version 2 never a model.

use crate::{
    by_hand::{predict, table, value_model},
    golden,
};
use chainrule_tabular::{FormatError, Model, Table, file::forged};
use proptest::prelude::*;

/// Nobody's bytes bring the program down: a damaged file is told or, where it is another model, that can be used and
/// written.
pub(crate) fn survive(bytes: &[u8], table: &Table) -> Result<Model, FormatError> {
    let model = Model::from_bytes(bytes).inspect_err(|error| {
        assert!(!error.to_string().is_empty());
    })?;
    let again = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(again.predict_within(table, Some(0.8)), model.predict_within(table, Some(0.8)));
    Ok(model)
}

#[test]
fn every_truncation_is_told() {
    let table = table();
    for bytes in [value_model().to_bytes().unwrap(), golden::bytes("classes")] {
        assert!(survive(&bytes, &table).is_ok());
        for end in 0..bytes.len() {
            assert!(Model::from_bytes(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
        }
        // And so is every byte too many.
        assert!(Model::from_bytes(&[&bytes[..], b"\0"].concat()).is_err());
    }
}

#[test]
fn every_change_of_a_byte_is_told() {
    let mut bytes = value_model().to_bytes().unwrap();
    assert!(bytes.len() < 5000, "{}", bytes.len());
    for place in 0..bytes.len() {
        let before = bytes[place];
        for change in 1..=255 {
            bytes[place] = before ^ change;
            let error = Model::from_bytes(&bytes).expect_err("the checksum is over every byte");
            assert!(!error.to_string().is_empty());
        }
        bytes[place] = before;
    }
}

#[test]
fn every_change_of_a_bit_of_a_trained_model_is_told() {
    for kind in golden::KINDS {
        let mut bytes = golden::bytes(kind);
        for place in 0..bytes.len() {
            let before = bytes[place];
            for change in [1, 1 << (place % 8), 0x80, 0xFF] {
                bytes[place] = before ^ change;
                assert!(Model::from_bytes(&bytes).is_err(), "{kind}: byte {place} ^ {change}");
            }
            bytes[place] = before;
        }
    }
}

/// Version 1 has no checksum: a change of a number is another number.
#[test]
fn every_change_of_a_byte_of_version_1_is_survived() {
    let (mut bytes, table) =
        (std::fs::read(golden::fixture("value_v1.safetensors")).unwrap(), table());
    assert!(survive(&bytes, &table).is_ok());
    for end in 0..bytes.len() {
        assert!(Model::from_bytes(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
    }
    let mut models = 0;
    for place in 0..bytes.len() {
        let before = bytes[place];
        for change in 1..=255 {
            bytes[place] = before ^ change;
            models += usize::from(survive(&bytes, &table).is_ok());
        }
        bytes[place] = before;
    }
    // Most changes of the numbers are other numbers.
    assert!(models > 13 * 4 * 200, "{models}");
}

/// Behind the checksum, as somebody would who wants to bring the program down.
#[test]
fn every_change_of_a_byte_with_a_new_checksum_is_survived() {
    let (whole, table) = (value_model().to_bytes().unwrap(), table());
    let mut models = 0;
    for place in 0..whole.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut bytes = whole.clone();
            bytes[place] ^= change;
            forged::seal(&mut bytes);
            models += usize::from(survive(&bytes, &table).is_ok());
        }
    }
    assert!(models > 13 * 4 * 8, "{models}");
    let mut bytes = whole.clone();
    forged::seal(&mut bytes);
    assert_eq!(predict(&Model::from_bytes(&bytes).unwrap()), predict(&value_model()));
}

#[test]
fn numbers_that_are_none_are_told() {
    for not_finite in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut bytes = value_model().to_bytes().unwrap();
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&not_finite.to_le_bytes());
        assert_eq!(Model::from_bytes(&bytes).unwrap_err(), FormatError::Checksum);
        forged::seal(&mut bytes);
        let error = Model::from_bytes(&bytes).unwrap_err().to_string();
        assert_eq!(error, "a parameter of the network is not a finite number");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_model_or_a_complaint(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(survive(&bytes, &table()).is_err());
    }

    /// The same behind a header's length, so that the header is read.
    #[test]
    fn any_header_is_a_model_or_a_complaint(header in "[{}\\[\\]\":,0-9a-z_ ]{0,80}") {
        prop_assert!(survive(&forged::file(&header, &[0; 8]), &table()).is_err());
    }

    /// The same as the description of a model.
    #[test]
    fn any_description_is_a_model_or_a_complaint(json in "[{}\\[\\]\":,0-9a-z_ ]{0,80}") {
        let bytes = forged::with_description(&golden::bytes("count"), &json).unwrap();
        prop_assert!(survive(&bytes, &table()).is_err());
    }
}
