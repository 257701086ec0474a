//! What several targets do.

use chainrule_tabular::{Model, Table, table::Column, table::is_guarded};
use std::panic;

/// Panics of a decoder that others wrote become complaints, as in the command; all others bring the target down. To be
/// called when libFuzzer has its own hook, which ends the program at the first panic.
pub fn let_guarded_panics_unwind() {
    let ends = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !is_guarded() {
            ends(panic);
        }
    }));
}

/// Writes the model, reads it again, and predicts numbers, words and gaps with both.
pub fn use_model(model: &Model) {
    let written = model.to_bytes().expect("a model can be written");
    let again = Model::from_bytes(&written).expect("what was written can be read");
    let words = Column::words([Some("2021-03-04"), None, Some("clay"), Some("2020-12-31T23:59")]);
    let numbers = Column::numbers(vec![0.5, f64::NAN, -1e300, 20.0]);
    for column in [words, numbers] {
        let columns = model.inputs().iter().map(|input| (input.name.clone(), column.clone()));
        let table = Table::of(columns.collect()).expect("the inputs have names of their own");
        // A complaint may name a number that is none, and which is equal to nothing.
        let predict = |model: &Model| {
            model.predict_within(&table, Some(0.8)).map_err(|error| error.to_string())
        };
        let prediction = predict(model);
        assert_eq!(predict(&again), prediction);
        if let Ok(prediction) = prediction {
            prediction.table.write_csv(&mut Vec::new()).expect("memory takes everything");
        }
    }
}
